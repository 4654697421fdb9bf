use ambient::Ambient;
use jose::{JwkSet, SigningKey, base64url};
use serde_json::{Value, json};

use super::*;
use crate::client::tests::web;
use crate::error::ErrorCode;

const ISSUER: &str = "https://id.test";
const ENDPOINT: &str = "https://id.test/token";
const NOW: Timestamp = Timestamp::from_seconds(1_000_000);

fn key(algorithm: Algorithm) -> SigningKey {
    SigningKey::generate(algorithm, &Ambient::system()).unwrap()
}

fn client(key: &SigningKey) -> Client {
    let mut client = web();
    client.auth_method = AuthMethod::PrivateKeyJwt;
    client.jwks = Some(JwkSet { keys: vec![key.public_jwk().unwrap()] });
    client
}

fn claims(changes: &[(&str, Value)]) -> Value {
    let mut claims = json!({"iss": "rp", "sub": "rp", "aud": ISSUER, "exp": 1_000_060, "iat": 1_000_000, "jti": "j1"});
    for (name, value) in changes {
        claims[*name] = value.clone();
    }
    claims
}

fn check(jwt: &str, client: &Client) -> Result<AssertionId, OAuthError> {
    check_assertion(jwt, client, ISSUER, ENDPOINT, NOW)
}

#[test]
fn oa_16_good_assertions_pass_and_each_broken_rule_refuses() {
    let key = key(Algorithm::ES256);
    let client = client(&key);
    let with = |name: &str, value: Value| check(&key.sign("JWT", &claims(&[(name, value)])).unwrap(), &client);

    let id = check(&key.sign("JWT", &claims(&[])).unwrap(), &client).unwrap();
    assert_eq!(id, AssertionId { jti: "j1".into(), expires_at: Timestamp::from_seconds(1_000_060) });
    for (name, value) in [
        ("aud", json!(ENDPOINT)),
        ("aud", json!([ISSUER])),
        ("aud", json!([ISSUER, ENDPOINT])),
        ("nbf", json!(1_000_008)),
        ("iat", json!(1_000_008)),
        ("iat", Value::Null),
        ("exp", json!(1_000_001)),
        ("exp", json!(1_000_600)),
        ("exp", json!(1_000_060.5)),
    ] {
        assert!(with(name, value.clone()).is_ok(), "{name} {value}");
    }
    for (name, value) in [
        ("iss", json!("other")),
        ("iss", json!(ISSUER)),
        ("iss", Value::Null),
        ("sub", json!("other")),
        ("sub", Value::Null),
        ("aud", json!("https://evil.test")),
        ("aud", json!([ISSUER, "https://evil.test"])),
        ("aud", json!(["https://evil.test", ENDPOINT])),
        ("aud", json!([])),
        ("aud", json!("https://id.test/")),
        ("aud", json!("https://id.test/token/")),
        ("aud", Value::Null),
        ("exp", json!(1_000_000)),
        ("exp", json!(999_999)),
        ("exp", json!(1_000_601)),
        ("exp", json!(1e300)),
        ("exp", Value::Null),
        ("nbf", json!(1_000_061)),
        ("iat", json!(1_000_061)),
        ("jti", json!("")),
        ("jti", json!("j".repeat(257))),
        ("jti", json!(1)),
        ("jti", Value::Null),
    ] {
        let error = with(name, value.clone()).unwrap_err();
        assert_eq!(error.code(), ErrorCode::InvalidClient, "{name} {value}");
        assert_eq!(error.description(), "client authentication failed", "the same for all");
    }
}

#[test]
fn oa_11_forged_assertions_are_refused() {
    let ours = key(Algorithm::ES256);
    let client = client(&ours);
    let good = ours.sign("JWT", &claims(&[])).unwrap();
    assert!(check(&good, &client).is_ok(), "the control");

    let (message, signature) = good.rsplit_once('.').unwrap();
    let body = message.split_once('.').unwrap().1;
    let headed = |header: Value| format!("{}.{body}.{signature}", base64url(header.to_string().as_bytes()));
    let evil = key(Algorithm::ES256);
    let jwk = serde_json::to_value(evil.public_jwk().unwrap()).unwrap();
    for forged in [
        evil.sign("JWT", &claims(&[])).unwrap(),
        headed(json!({"alg": "none"})),
        headed(json!({"alg": "HS256", "kid": ours.kid()})),
        headed(json!({"alg": "ES256", "kid": ours.kid(), "crit": ["b64"]})),
        headed(json!({"alg": "ES256", "jwk": jwk})),
        headed(json!({"alg": "ES256", "jku": "https://evil.test/jwks"})),
        headed(json!({"alg": "ES256", "kid": "../../dev/null"})),
        format!("{message}."),
        format!("{message}.{}", base64url(&[0; 64])),
        "a".repeat(1 << 20),
        // Other types of token, signed with the same key, are no assertions.
        ours.sign("at+jwt", &claims(&[])).unwrap(),
        ours.sign("logout+jwt", &claims(&[])).unwrap(),
    ] {
        assert_eq!(check(&forged, &client).unwrap_err().code(), ErrorCode::InvalidClient);
    }
}

#[test]
fn both_algorithms_pass_and_a_client_of_another_method_never_does() {
    let rsa = key(Algorithm::RS256);
    let mut client = client(&rsa);
    let jwt = rsa.sign("JWT", &claims(&[])).unwrap();
    assert!(check(&jwt, &client).is_ok());
    client.auth_method = AuthMethod::ClientSecretBasic;
    assert!(check(&jwt, &client).is_err());
    client.auth_method = AuthMethod::PrivateKeyJwt;
    client.jwks = None;
    assert!(check(&jwt, &client).is_err());
}
