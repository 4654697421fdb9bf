//! A second opinion: whatever the `openidconnect` crate refuses of an ID token, this crate refuses too.

use std::time::{Duration, UNIX_EPOCH};

use evil_provider::Trick;
use openidconnect::core::{CoreIdToken, CoreIdTokenVerifier, CoreJsonWebKeySet, CoreJwsSigningAlgorithm as Alg};
use openidconnect::{ClientId, IssuerUrl, Nonce};

use super::Stage;
use crate::{Ask, Redeem, Secrets};

#[tokio::test]
async fn another_implementation_agrees_about_every_id_token() {
    let mut stage = Stage::new().await;
    let mut both = 0;
    for trick in Trick::ATTACKS.iter().chain(Trick::CONTROLS) {
        stage.anew();
        stage.evil.behaves();
        stage.evil.plays(*trick);
        let Some((secrets, code)) = code(&stage).await else { continue };
        let (nonce, verifier) = (&*secrets.nonce, &*secrets.verifier);
        let Ok(provider) = stage.party.provider().await else { continue };
        let Ok(tokens) = stage.party.exchange(&provider, &code, verifier).await else { continue };
        let Some(id_token) = tokens.id_token.clone() else { continue };
        let fresh = stage.party.with_new_keys().await.unwrap();
        let keys = serde_json::to_value(&fresh.keys).and_then(serde_json::from_value::<CoreJsonWebKeySet>).unwrap();
        let theirs = their_opinion(&stage, keys, &id_token, nonce);
        let redeem = Redeem { code: &code, nonce, verifier, max_age: None };
        let ours = stage.party.verify_id_token(&fresh, &id_token, &tokens, &redeem);
        if theirs.is_err() {
            both += 1;
            assert!(ours.is_err(), "{trick:?}: they say {theirs:?}");
        }
        if ours.is_ok() {
            assert_eq!(theirs, Ok(()), "{trick:?}");
        }
    }
    assert!(both >= 25, "{both}");
}

async fn code(stage: &Stage) -> Option<(Secrets, String)> {
    let secrets = Secrets::fresh(&stage.ambient);
    let ask = Ask { state: &secrets.state, nonce: &secrets.nonce, verifier: &secrets.verifier, ..Ask::default() };
    let url = stage.party.authorization_url(&ask).await.ok()?;
    let code = super::answer(&stage.evil.authorize(&url)).code?;
    Some((secrets, code))
}

fn their_opinion(stage: &Stage, keys: CoreJsonWebKeySet, token: &str, nonce: &str) -> Result<(), String> {
    let issuer = IssuerUrl::new(stage.evil.issuer().to_owned()).unwrap();
    let now = UNIX_EPOCH + Duration::from_secs(stage.ambient.now().as_seconds().unsigned_abs());
    let verifier = CoreIdTokenVerifier::new_public_client(ClientId::new("us".into()), issuer, keys)
        .set_allowed_algs([Alg::RsaSsaPkcs1V15Sha256, Alg::EcdsaP256Sha256])
        .set_time_fn(move || (now - Duration::from_secs(60)).into())
        .set_issue_time_verifier_fn(move |issued| {
            let latest = now + Duration::from_secs(60);
            if std::time::SystemTime::from(issued) <= latest { Ok(()) } else { Err("ahead".into()) }
        });
    let token: CoreIdToken = token.parse().map_err(|error| format!("{error}"))?;
    token.claims(&verifier, &Nonce::new(nonce.into())).map(drop).map_err(|error| error.to_string())
}
