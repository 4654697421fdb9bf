use evil_provider::{Authentication, Client, Person, Trick, Vendor};
use jose::{Algorithm, JwkSet, SigningKey};
use serde_json::json;
use std::sync::Arc;

use super::Stage;
use crate::{Ask, ClientAuthentication, Credential, Groups, Mapping, Settings};

#[tokio::test]
async fn what_is_unusual_and_right_passes() {
    let mut stage = Stage::new().await;
    for trick in Trick::CONTROLS {
        stage.anew();
        stage.evil.plays(*trick);
        let identity = stage.login().await.unwrap_or_else(|fault| panic!("{trick:?}: {fault}"));
        assert_eq!(identity.subject, "subject-of-mina", "{trick:?}");
        assert_eq!(identity.given_name.as_deref(), Some("mina"), "{trick:?}");
        stage.evil.behaves();
    }
}

#[tokio::test]
async fn everything_that_is_known_of_somebody_comes_out() {
    let stage = Stage::new().await;
    stage.evil.has(Person::named("mina").in_groups(&["staff", "board"]));
    let identity = stage.login().await.unwrap();
    assert_eq!(identity.issuer, stage.evil.issuer());
    assert_eq!((identity.email.as_deref(), identity.email_verified), (Some("mina@people.example"), true));
    assert_eq!((identity.name.as_deref(), identity.family_name.as_deref()), (Some("mina Test"), Some("Test")));
    assert_eq!((identity.preferred_username.as_deref(), identity.locale.as_deref()), (Some("mina"), Some("en")));
    assert_eq!((identity.acr.as_deref(), identity.sid.as_deref()), (Some("1"), Some("sid-of-subject-of-mina")));
    assert_eq!((identity.amr.as_slice(), identity.auth_time), (&["pwd".to_owned()][..], Some(stage.ambient.now())));
    assert_eq!(identity.claims["groups"], serde_json::json!(["staff", "board"]));
    assert_eq!(identity.claims.len(), 1, "{:?}", identity.claims);
    assert!(identity.id_token.unwrap().starts_with("eyJ"));
    assert_eq!(identity.groups, Groups::default(), "nobody asked for them");
}

#[tokio::test]
async fn a_mapping_names_the_claims_that_count_and_an_address_of_another_claim_is_not_verified() {
    let mapping = Mapping {
        given_name: "profile.first".to_owned(),
        email: "upn".to_owned(),
        groups: "realm_access.roles".to_owned(),
        ..Mapping::default()
    };
    let stage = Stage::with(Vendor::Nobody, |settings| settings.mapping = mapping).await;
    let mut mina = Person::named("mina");
    for (name, value) in [
        ("profile", json!({ "first": "Mina-from-there" })),
        ("upn", json!("mina@upn.example")),
        ("realm_access", json!({ "roles": ["staff"] })),
    ] {
        mina.more.insert(name.to_owned(), value);
    }
    stage.evil.has(mina);
    for everything_in_the_id_token in [false, true] {
        if everything_in_the_id_token {
            stage.evil.plays(Trick::NoUserInfo);
        }
        let identity = stage.login().await.unwrap();
        assert_eq!(
            (identity.given_name.as_deref(), identity.family_name.as_deref()),
            (Some("Mina-from-there"), Some("Test"))
        );
        assert_eq!((identity.email.as_deref(), identity.email_verified), (Some("mina@upn.example"), false));
        assert_eq!(identity.groups.names, ["staff"]);
    }
}

#[tokio::test]
async fn ph_05_an_address_counts_as_verified_only_by_a_true_beside_it() {
    let stage = Stage::new().await;
    let told = async |trick: Option<Trick>, person: Person| {
        stage.evil.behaves();
        trick.into_iter().for_each(|trick| stage.evil.plays(trick));
        stage.evil.has(person);
        let identity = stage.login().await.unwrap();
        (identity.email.unwrap_or_default(), identity.email_verified)
    };
    let mina = || Person::named("mina");
    assert_eq!(told(None, mina()).await, ("mina@people.example".into(), true));
    assert!(!told(None, mina().with_email("mina@people.example", false)).await.1);
    assert_eq!(told(None, mina().with_email("new@people.example", true)).await, ("new@people.example".into(), true));
    assert!(!told(Some(Trick::TextVerified), mina()).await.1, "a text is no true");
    assert_eq!(told(Some(Trick::NoEmail), mina()).await, (String::new(), false));
    // The signed address is not verified; the other one's mark does not count for it.
    assert_eq!(told(Some(Trick::TwoEmails), mina()).await, ("signed@people.example".into(), false));
    for nonsense in ["no address", "@people.example", "mina@", "a b@people.example", &"x".repeat(300)] {
        assert_eq!(told(None, mina().with_email(nonsense, true)).await, (String::new(), false), "{nonsense}");
    }
}

#[tokio::test]
async fn every_way_to_authenticate_as_a_client_is_taken_and_another_secret_is_not() {
    let mut stage = Stage::new().await;
    let key = || Arc::new(SigningKey::generate(Algorithm::ES256, &stage.ambient).unwrap());
    let (ours, other) = (key(), key());
    let keys = JwkSet { keys: vec![ours.public_jwk().unwrap()] };
    let of_issuer = ClientAuthentication::PrivateKeyJwt { audience: crate::AssertionAudience::Issuer };
    let of_endpoint = ClientAuthentication::PrivateKeyJwt { audience: crate::AssertionAudience::TokenEndpoint };
    let apple = ClientAuthentication::AppleJwt { team_id: "TEAM123456".into() };
    let secret = |text: &str| (Authentication::Secret("of us".into()), Credential::secret(text));
    let signed = |key: &Arc<SigningKey>| (Authentication::Keys(keys.clone()), Credential::Key(key.clone()));
    let of_team = |key: &Arc<SigningKey>| {
        (Authentication::Apple("TEAM123456".into(), keys.clone()), Credential::Key(key.clone()))
    };
    let nothing = || (Authentication::None, Credential::None);
    for (method, good, bad) in [
        (ClientAuthentication::None, nothing(), (Authentication::Secret("of us".into()), Credential::None)),
        (ClientAuthentication::ClientSecretBasic, secret("of us"), secret("of them")),
        (ClientAuthentication::ClientSecretPost, secret("of us"), secret("of them")),
        (of_issuer, signed(&ours), signed(&other)),
        (of_endpoint, signed(&ours), signed(&other)),
        (apple, of_team(&ours), of_team(&other)),
    ] {
        let settings = Settings { client_authentication: method.clone(), ..stage.party.settings.clone() };
        stage.evil.knows(Client::new("us", good.0));
        stage.anew_with(settings.clone(), good.1);
        stage.login().await.unwrap_or_else(|fault| panic!("{method:?}: {fault}"));
        stage.evil.knows(Client::new("us", bad.0));
        stage.anew_with(settings.clone(), bad.1);
        assert_eq!(stage.login().await.unwrap_err().code(), "client_refused", "{method:?}");
        if method != ClientAuthentication::None {
            stage.anew_with(settings, Credential::None);
            assert_eq!(stage.login().await.unwrap_err().code(), "settings", "{method:?}");
        }
    }
}

#[tokio::test]
async fn the_authorization_request_is_complete_and_nothing_of_it_can_be_replaced() {
    let stage = Stage::with(Vendor::Nobody, |settings| settings.scopes.push("openid".into())).await;
    let extra = [("hd", "people.example"), ("redirect_uri", "https://evil.example/"), ("nonce", "x"), ("scope", "all")];
    let ask = Ask {
        prompt: Some("select_account"),
        login_hint: Some("mina@people.example"),
        ui_locales: Some("de en"),
        acr_values: Some("2"),
        extra: &extra,
        ..Ask::default()
    };
    stage.login_asking(ask).await.unwrap();
    let request = stage.evil.last_request();
    for (name, value) in [
        ("response_type", "code"),
        ("client_id", "us"),
        ("redirect_uri", super::REDIRECT_URI),
        ("scope", "openid profile email"),
        ("code_challenge_method", "S256"),
        ("prompt", "select_account"),
        ("login_hint", "mina@people.example"),
        ("ui_locales", "de en"),
        ("acr_values", "2"),
        ("hd", "people.example"),
    ] {
        assert_eq!(request[name], value, "{name}");
    }
    assert!(request["nonce"].len() == 22 && request["state"].len() == 22 && !request.contains_key("response_mode"));
    let out = stage.party.end_session_url(Some("a token"), "https://us.example/out", "s").await.unwrap();
    let query: std::collections::HashMap<_, _> = out.query_pairs().into_owned().collect();
    assert_eq!((query["id_token_hint"].as_str(), query["client_id"].as_str()), ("a token", "us"));
    assert_eq!((query["post_logout_redirect_uri"].as_str(), query["state"].as_str()), ("https://us.example/out", "s"));
}

#[tokio::test]
async fn a_login_goes_on_while_discovery_is_away_and_asks_only_when_what_is_known_is_old() {
    let stage = Stage::new().await;
    stage.login().await.unwrap();
    stage.login().await.unwrap();
    assert_eq!(stage.evil.asked("/.well-known/openid-configuration"), 1);
    stage.clock.advance(std::time::Duration::from_secs(601));
    stage.login().await.unwrap();
    assert_eq!(stage.evil.asked("/.well-known/openid-configuration"), 2);
    stage.clock.advance(std::time::Duration::from_secs(601));
    stage.evil.plays(Trick::MetadataGarbage);
    stage.login().await.unwrap();
    assert_eq!(stage.party.present().await.unwrap_err().code(), "discovery_not_json");
}
