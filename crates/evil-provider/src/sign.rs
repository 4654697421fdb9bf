use aws_lc_rs::hmac;
use jose::{Algorithm, SigningKey, base64url};
use serde_json::{Map, Value, json};

use crate::{Evil, Trick};

/// Signs an ID token, bent as told.
pub(crate) fn id_token(evil: &Evil, claims: &Map<String, Value>) -> String {
    let key = evil.key();
    let foreign = || SigningKey::generate(key.algorithm(), &evil.0.ambient).unwrap();
    let body = Value::Object(claims.clone()).to_string();
    let mut header = json!({ "alg": key.algorithm().name(), "typ": "JWT", "kid": key.kid() });
    let tricks = evil.told().tricks.clone();
    let mut text = (None, body);
    let mut by = Signer::Key(&key);
    let another;
    for trick in tricks {
        match trick {
            Trick::AlgNone => (header["alg"], by) = ("none".into(), Signer::Nobody),
            Trick::Hs256 => (header["alg"], by) = ("HS256".into(), Signer::PublicKey),
            Trick::UnknownKid => header["kid"] = "never-published".into(),
            Trick::EmbeddedJwk | Trick::Jku | Trick::ForeignKey => {
                another = foreign();
                if trick == Trick::EmbeddedJwk {
                    header["jwk"] = serde_json::to_value(another.public_jwk().unwrap()).unwrap();
                    header["kid"] = another.kid().into();
                } else if trick == Trick::Jku {
                    header["jku"] = evil.at("/evil-keys").into();
                    header["kid"] = another.kid().into();
                }
                by = Signer::Key(&another);
                return token(&header, &text, &by, evil);
            }
            Trick::Crit => header["crit"] = json!(["http://another.example/must-know"]),
            Trick::TypAccess => header["typ"] = "at+jwt".into(),
            Trick::NoTyp => header["typ"] = Value::Null,
            Trick::TwoKeysNoKid | Trick::OneKeyNoKid | Trick::KeysRotateNoKid => header["kid"] = Value::Null,
            Trick::DoubleSub => text.1 = text.1.replacen('{', "{\"sub\":\"subject-of-the-victim\",", 1),
            Trick::DoubleAlg => text.0 = Some("{\"alg\":\"none\","),
            Trick::ZeroSignature => by = Signer::Zeros,
            Trick::Altered => by = Signer::AnotherText(&key),
            _ => {}
        }
    }
    token(&header, &text, &by, evil)
}

enum Signer<'a> {
    Key(&'a SigningKey),
    /// The signature of other claims.
    AnotherText(&'a SigningKey),
    /// HMAC with what everybody knows.
    PublicKey,
    Zeros,
    Nobody,
}

fn token(header: &Value, text: &(Option<&str>, String), by: &Signer<'_>, evil: &Evil) -> String {
    let kept: Map<_, _> = header
        .as_object()
        .unwrap()
        .iter()
        .filter(|(_, value)| !value.is_null())
        .map(|(n, v)| (n.clone(), v.clone()))
        .collect();
    let header = Value::Object(kept).to_string();
    let header = text.0.map_or(header.clone(), |begins| header.replacen('{', begins, 1));
    let message = format!("{}.{}", base64url(header.as_bytes()), base64url(text.1.as_bytes()));
    let signature = match by {
        Signer::Key(key) => key.signature(message.as_bytes()).unwrap(),
        Signer::AnotherText(key) => key.signature(b"other claims").unwrap(),
        Signer::PublicKey => {
            let secret = serde_json::to_vec(&evil.key().public_jwk().unwrap()).unwrap();
            let key = hmac::Key::new(hmac::HMAC_SHA256, &secret);
            hmac::sign(&key, message.as_bytes()).as_ref().to_vec()
        }
        Signer::Zeros => vec![0; if evil.key().algorithm() == Algorithm::ES256 { 64 } else { 256 }],
        Signer::Nobody => Vec::new(),
    };
    format!("{message}.{}", base64url(&signature))
}

/// A token that nobody has signed.
pub(crate) fn unsigned(claims: &Map<String, Value>, evil: &Evil) -> String {
    let text = (None, Value::Object(claims.clone()).to_string());
    token(&json!({ "alg": "none" }), &text, &Signer::Nobody, evil)
}
