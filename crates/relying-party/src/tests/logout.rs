use evil_provider::Trick;
use serde_json::{Value, json};

use super::Stage;
use crate::LogoutType::{Lax, Strict};

const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

#[tokio::test]
async fn oa_19_a_good_logout_token_is_taken_and_forged_ones_are_not() {
    let stage = Stage::new().await;
    let now = stage.ambient.now().as_seconds();
    let check = async |name: &str, value: Value| {
        let token = stage.evil.logout_token("us", "subject-of-mina", |claims| {
            if value.is_null() { drop(claims.remove(name)) } else { drop(claims.insert(name.to_owned(), value)) }
        });
        stage.party.verify_logout_token(&token, Strict).await
    };
    let good = check("other", json!(1)).await.unwrap();
    assert_eq!(good.subject.as_deref(), Some("subject-of-mina"));
    assert_eq!(good.sid.as_deref(), Some("sid-of-subject-of-mina"));
    assert_eq!((good.issued_at, good.expires_at.as_seconds()), (stage.ambient.now(), now + 180));
    assert_ne!(good.jti, check("other", json!(1)).await.unwrap().jti);
    assert_eq!(check("sid", Value::Null).await.unwrap().sid, None);
    assert_eq!(check("sub", Value::Null).await.unwrap().subject, None);
    assert!(check("aud", json!(["them", "us"])).await.is_ok());

    for (name, value, code) in [
        ("iss", json!("https://evil.test"), "iss"),
        ("iss", Value::Null, "iss"),
        ("aud", json!("them"), "aud"),
        ("aud", Value::Null, "aud"),
        ("exp", json!(now - 61), "expired"),
        ("exp", Value::Null, "exp_missing"),
        ("iat", json!(now + 61), "iat_ahead"),
        ("iat", json!(now - 601), "iat_old"),
        ("iat", Value::Null, "iat_missing"),
        ("jti", json!(""), "jti"),
        ("jti", Value::Null, "jti"),
        ("jti", json!(7), "claim"),
        ("nonce", json!("n"), "nonce_forbidden"),
        ("sub", json!("käthe"), "sub_unusable"),
        ("events", json!({}), "events"),
        ("events", json!({"http://schemas.openid.net/event/other": {}}), "events"),
        ("events", json!({ EVENT: true }), "events"),
        ("events", json!([EVENT]), "events"),
        ("events", Value::Null, "events"),
    ] {
        let fault = check(name, value.clone()).await.unwrap_err();
        assert_eq!(fault.code(), format!("logout_token_{code}"), "{name} {value}");
    }
    let nobody = stage.evil.logout_token("us", "s", |claims| claims.retain(|name, _| name != "sub" && name != "sid"));
    assert_eq!(stage.party.verify_logout_token(&nobody, Strict).await.unwrap_err().code(), "logout_token_nobody");
}

#[tokio::test]
async fn oa_19_no_other_token_ends_a_session() {
    let stage = Stage::new().await;
    let mut claims = serde_json::Map::new();
    let _good = stage.evil.logout_token("us", "s", |it| claims = it.clone());
    for (typ, strict, lax) in [
        ("logout+jwt", true, true),
        ("JWT", false, true),
        ("at+jwt", false, false),
        ("token-introspection+jwt", false, false),
    ] {
        let token = stage.evil.signed(typ, &claims);
        assert_eq!(stage.party.verify_logout_token(&token, Strict).await.is_ok(), strict, "{typ}");
        assert_eq!(stage.party.verify_logout_token(&token, Lax).await.is_ok(), lax, "{typ}");
    }
    // An ID token with everything but the event, and with a nonce: not even where types are not looked at.
    let identity = stage.login().await.unwrap();
    let id_token = identity.id_token.unwrap();
    assert!(stage.party.verify_logout_token(&id_token, Lax).await.unwrap_err().code().starts_with("logout_token_"));
    // And a logout token is no ID token.
    stage.evil.plays(Trick::TypAccess);
    assert_eq!(stage.login().await.unwrap_err().code(), "id_token_typ");
}

#[tokio::test]
async fn a_logout_token_after_the_keys_have_changed_is_taken() {
    let stage = Stage::new().await;
    stage.login().await.unwrap();
    stage.evil.rotates_its_keys();
    let token = stage.evil.logout_token("us", "subject-of-mina", |_| {});
    assert!(stage.party.verify_logout_token(&token, Strict).await.is_ok());
}
