//! Logout tokens at their receiver (Back-Channel Logout 1.0 §2.6).

use std::time::Duration;

use ambient::Timestamp;
use jose::{Algorithm, Expected, JwkSet, JwtError};
use serde::Deserialize;
use serde_json::Value;

use crate::claims::{LOGOUT_TOKEN_TYPE, LogoutEvents};

const CLOCKS_APART: Duration = Duration::from_secs(60);
/// A token that was made longer ago is refused, whatever it says of its expiry.
const OLDEST: Duration = Duration::from_secs(10 * 60);

/// What a good logout token says: end the sessions of this person, or this session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logout {
    /// The person, pairwise.
    pub sub: Option<String>,
    /// The session, pairwise.
    pub sid: Option<String>,
    /// Counts once: the caller records it.
    pub jti: String,
    /// When it was made.
    pub issued_at: Timestamp,
    /// When the record may be forgotten.
    pub expires_at: Timestamp,
}

#[derive(Deserialize)]
struct Claims {
    sub: Option<String>,
    sid: Option<String>,
    jti: String,
    iat: i64,
    exp: i64,
    #[serde(rename = "events")]
    _events: LogoutEvents,
    nonce: Option<Value>,
}

/// Verifies a logout token for `client_id` with the issuer's `keys`. The type is demanded, so that no other token of the
/// issuer ends a session (OA-19).
///
/// # Errors
/// [`JwtError`], for the log; the sender hears 400 `invalid_request`.
pub fn verify(jwt: &str, keys: &JwkSet, issuer: &str, client_id: &str, now: Timestamp) -> Result<Logout, JwtError> {
    let expected = Expected {
        typ: Some(LOGOUT_TOKEN_TYPE),
        issuer,
        audiences: &[client_id],
        algorithms: Algorithm::ALL,
        now,
        leeway: CLOCKS_APART,
    };
    let claims: Claims = jose::verify(jwt, keys, &expected)?;
    if claims.nonce.is_some() {
        return Err(JwtError::Claim("nonce"));
    }
    if claims.sub.is_none() && claims.sid.is_none() {
        return Err(JwtError::Claim("sub"));
    }
    if claims.jti.is_empty() || claims.iat > claims.exp {
        return Err(JwtError::Claim("jti"));
    }
    let issued_at = Timestamp::from_seconds(claims.iat);
    if now.since(issued_at) > OLDEST {
        return Err(JwtError::Claim("iat"));
    }
    let expires_at = Timestamp::from_seconds(claims.exp).plus(CLOCKS_APART);
    Ok(Logout { sub: claims.sub, sid: claims.sid, jti: claims.jti, issued_at, expires_at })
}

#[cfg(test)]
mod tests {
    use ambient::Ambient;
    use jose::SigningKey;
    use serde_json::json;

    use super::*;
    use crate::claims::{BACKCHANNEL_LOGOUT_EVENT, LogoutTokenClaims};

    const NOW: Timestamp = Timestamp::from_seconds(1_000_000);

    fn claims() -> LogoutTokenClaims {
        LogoutTokenClaims {
            iss: "https://id.test".into(),
            aud: "rp".into(),
            iat: 1_000_000,
            exp: 1_000_120,
            jti: "j".into(),
            sub: "s".into(),
            sid: "x".into(),
            events: LogoutEvents::logout(),
        }
    }

    #[test]
    fn oa_19_what_we_send_is_taken_and_forged_ones_are_not() {
        let ambient = Ambient::system();
        let key = SigningKey::generate(Algorithm::ES256, &ambient).unwrap();
        let keys = JwkSet { keys: vec![key.public_jwk().unwrap()] };
        let check = |jwt: &str| verify(jwt, &keys, "https://id.test", "rp", NOW);
        let with = |name: &str, value: Value| {
            let mut claims = serde_json::to_value(claims()).unwrap();
            claims[name] = value;
            check(&key.sign(LOGOUT_TOKEN_TYPE, &claims).unwrap())
        };
        let good = check(&key.sign(LOGOUT_TOKEN_TYPE, &claims()).unwrap()).unwrap();
        assert_eq!((good.sub.as_deref(), good.sid.as_deref(), good.jti.as_str()), (Some("s"), Some("x"), "j"));
        assert_eq!(serde_json::to_value(claims()).unwrap()["events"], json!({BACKCHANNEL_LOGOUT_EVENT: {}}));
        assert!(with("sid", Value::Null).is_ok(), "one of sub and sid is enough");

        assert!(check(&key.sign("JWT", &claims()).unwrap()).is_err(), "an ID token's type");
        assert!(check(&key.sign("at+jwt", &claims()).unwrap()).is_err());
        let foreign = SigningKey::generate(Algorithm::ES256, &ambient).unwrap();
        assert!(check(&foreign.sign(LOGOUT_TOKEN_TYPE, &claims()).unwrap()).is_err());
        for (name, value) in [
            ("iss", json!("https://evil.test")),
            ("aud", json!("other")),
            ("exp", json!(999_900)),
            ("exp", Value::Null),
            ("iat", json!(1_000_100)),
            ("iat", Value::Null),
            ("jti", json!("")),
            ("jti", Value::Null),
            ("nonce", json!("n")),
            ("events", json!({})),
            ("events", json!({"http://schemas.openid.net/event/other": {}})),
            ("events", json!({BACKCHANNEL_LOGOUT_EVENT: true})),
            ("events", json!([BACKCHANNEL_LOGOUT_EVENT])),
            ("events", Value::Null),
        ] {
            assert!(with(name, value.clone()).is_err(), "{name} {value}");
        }
        let mut nobody = serde_json::to_value(claims()).unwrap();
        nobody["sub"] = Value::Null;
        nobody["sid"] = Value::Null;
        assert!(check(&key.sign(LOGOUT_TOKEN_TYPE, &nobody).unwrap()).is_err());
    }
}
