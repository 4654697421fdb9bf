//! `id_token_hint`: an ID token of ours that comes back, at the authorization endpoint (OIDC Core §3.1.2.1) and at logout
//! (RP-Initiated Logout §2). It may have expired; everything else about it must be right.

use std::time::Duration;

use ambient::Timestamp;
use jose::{Algorithm, Expected, JwkSet, JwtError};
use serde::Deserialize;

use crate::peek;

/// For how long after `exp` a hint still counts: as good as forever; the keys don't live that long.
const LONG_AGO: Duration = Duration::from_secs(10 * 365 * 24 * 3600);

/// What a verified hint says.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct HintClaims {
    /// The client that it was issued to.
    pub aud: String,
    /// The person, pairwise.
    pub sub: String,
    /// The session, pairwise.
    pub sid: Option<String>,
}

/// The client that a hint *claims* to have been issued to: what to look up, and nothing to rely on.
#[must_use]
pub fn claimed_client(jwt: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct Audience {
        aud: String,
    }
    peek::unverified::<Audience>(jwt).map(|claims| claims.aud)
}

/// Verifies a hint with our own `keys`, retired ones included, for the client `client_id`.
///
/// # Errors
/// [`JwtError`], for the log: a bad hint is treated as none, or as somebody else's.
pub fn verify(jwt: &str, keys: &JwkSet, issuer: &str, client_id: &str, now: Timestamp) -> Result<HintClaims, JwtError> {
    let expected =
        Expected { typ: None, issuer, audiences: &[client_id], algorithms: Algorithm::ALL, now, leeway: LONG_AGO };
    jose::verify(jwt, keys, &expected)
}

#[cfg(test)]
mod tests {
    use ambient::Ambient;
    use jose::{SigningKey, base64url};
    use serde_json::{Value, json};

    use super::*;

    const NOW: Timestamp = Timestamp::from_seconds(1_700_000_000);

    #[test]
    fn an_expired_hint_counts_and_an_altered_or_foreign_one_does_not() {
        let ambient = Ambient::system();
        let key = SigningKey::generate(Algorithm::ES256, &ambient).unwrap();
        let keys = JwkSet { keys: vec![key.public_jwk().unwrap()] };
        let claims = json!({"iss": "https://id.test", "aud": "rp", "sub": "s", "sid": "x", "iat": 1_600_000_000, "exp": 1_600_000_300});
        let check = |jwt: &str| verify(jwt, &keys, "https://id.test", "rp", NOW);
        let with = |name: &str, value: Value| {
            let mut claims = claims.clone();
            claims[name] = value;
            key.sign("JWT", &claims).unwrap()
        };
        let good = key.sign("JWT", &claims).unwrap();
        assert_eq!(check(&good), Ok(HintClaims { aud: "rp".into(), sub: "s".into(), sid: Some("x".into()) }));
        assert_eq!(claimed_client(&good).as_deref(), Some("rp"));
        assert_eq!(claimed_client("x"), None);

        assert_eq!(check(&with("aud", json!("other"))), Err(JwtError::Claim("aud")));
        assert_eq!(check(&with("iss", json!("https://evil.test"))), Err(JwtError::Claim("iss")));
        assert!(check(&with("sub", Value::Null)).is_err());
        assert!(check(&key.sign("at+jwt", &claims).unwrap()).is_err(), "an access token is no hint");
        assert!(check(&key.sign("logout+jwt", &claims).unwrap()).is_err());
        let (message, signature) = good.rsplit_once('.').unwrap();
        let header = message.split_once('.').unwrap().0;
        let altered = base64url(claims.to_string().replace("\"s\"", "\"t\"").as_bytes());
        assert_eq!(check(&format!("{header}.{altered}.{signature}")), Err(JwtError::Signature));
        let foreign = SigningKey::generate(Algorithm::ES256, &ambient).unwrap();
        assert!(check(&foreign.sign("JWT", &claims).unwrap()).is_err());
    }
}
