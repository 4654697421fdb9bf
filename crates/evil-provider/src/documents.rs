use jose::{Algorithm, JwkSet, SigningKey};
use serde_json::{Value, json};

use crate::{Evil, Trick};

/// The discovery document, bent as told.
pub(crate) fn metadata(evil: &Evil) -> Value {
    let mut document = json!({
        "issuer": evil.issuer(), "authorization_endpoint": evil.at("/authorize"), "token_endpoint": evil.at("/token"),
        "userinfo_endpoint": evil.at("/userinfo"), "jwks_uri": evil.at("/jwks"),
        "end_session_endpoint": evil.at("/logout"), "response_types_supported": ["code"],
        "subject_types_supported": ["public"], "scopes_supported": ["openid", "profile", "email"],
        "id_token_signing_alg_values_supported": ["RS256", "PS256", "ES256", "EdDSA", "HS256", "none"],
        "token_endpoint_auth_methods_supported":
            ["client_secret_basic", "client_secret_post", "private_key_jwt", "none"],
        "code_challenge_methods_supported": ["S256"], "backchannel_logout_supported": true,
        "authorization_response_iss_parameter_supported": true,
    });
    evil.0.vendor.documents(&mut document);
    let issuer = evil.issuer();
    let mut set = |name: &str, value: Value| document[name] = value;
    let tricks = evil.told().tricks.clone();
    let stated = evil.told().stated.clone();
    stated.into_iter().for_each(|(name, value)| set(&name, value));
    for trick in tricks {
        match trick {
            Trick::MetadataIssuer => set("issuer", "https://another.example".into()),
            Trick::MetadataSlash => set("issuer", format!("{issuer}/").into()),
            Trick::MetadataNoToken => set("token_endpoint", Value::Null),
            Trick::MetadataNoKeys => set("jwks_uri", Value::Null),
            Trick::NoUserInfo => set("userinfo_endpoint", Value::Null),
            Trick::KeysInside => set("jwks_uri", "http://169.254.169.254/latest/meta-data".into()),
            Trick::LogoutScript => set("end_session_endpoint", "javascript:alert(1)".into()),
            Trick::NoLogout => set("end_session_endpoint", Value::Null),
            Trick::OnlySymmetric => set("id_token_signing_alg_values_supported", json!(["HS256", "none"])),
            Trick::NoIssPromised => set("authorization_response_iss_parameter_supported", false.into()),
            _ => {}
        }
    }
    document
}

/// The published keys, bent as told.
pub(crate) fn keys(evil: &Evil) -> Value {
    let mut keys: Vec<_> = evil.told().keys.iter().map(|key| key.public_jwk().unwrap()).collect();
    if evil.does(Trick::TwoKeysNoKid) {
        let another = SigningKey::generate(Algorithm::ES256, &evil.0.ambient).unwrap();
        keys.push(another.public_jwk().unwrap());
    }
    if [Trick::TwoKeysNoKid, Trick::OneKeyNoKid, Trick::KeysRotateNoKid].iter().any(|trick| evil.does(*trick)) {
        keys.iter_mut().for_each(|key| key.kid = None);
    }
    let mut set = serde_json::to_value(JwkSet { keys }).unwrap();
    if evil.does(Trick::StrangeKeys)
        && let Some(keys) = set["keys"].as_array_mut()
    {
        keys.insert(0, json!({ "kty": "AKP", "alg": "ML-DSA-44", "pub": "AAAA", "kid": "of-tomorrow" }));
        keys.insert(0, json!({ "kid": "of-no-type" }));
        keys.insert(0, json!({ "kty": "oct", "k": "AAAA", "kid": "symmetric" }));
    }
    set
}
