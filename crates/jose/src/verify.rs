use std::time::Duration;

use ambient::Timestamp;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::{Algorithm, JwkSet, from_base64url};

/// Longer tokens are refused unread (OA-11).
const LONGEST: usize = 16 * 1024;

/// What a token must be for the verifier to take it. Every field is a rule; there is no default.
#[derive(Debug, Clone, Copy)]
pub struct Expected<'a> {
    /// The header's `typ`, compared without case and without `application/`. `None`: absent or `JWT` (OIDC Core has no
    /// rule for ID tokens).
    pub typ: Option<&'a str>,
    /// `iss`, exactly.
    pub issuer: &'a str,
    /// `aud` contains one of these.
    pub audiences: &'a [&'a str],
    /// Algorithms that this token may be signed with.
    pub algorithms: &'a [Algorithm],
    /// The verifier's time.
    pub now: Timestamp,
    /// How far apart the two clocks may be.
    pub leeway: Duration,
}

/// Why a token is refused. For the log; what the other side hears is its endpoint's business.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JwtError {
    /// Not three base64url parts with a JSON header and claims, or too long, or with a `crit` extension.
    #[error("not a token that can be read: {0}")]
    Malformed(&'static str),
    /// An algorithm that is not taken here.
    #[error("alg {0:?} is not accepted here")]
    Algorithm(String),
    /// A type that is not taken here.
    #[error("typ {0:?} is not accepted here")]
    Type(Option<String>),
    /// No key of the set is the one it was signed with (its `kid`, if it has one).
    #[error("no key fits (kid {0:?})")]
    UnknownKey(Option<String>),
    /// The signature is wrong.
    #[error("the signature is wrong")]
    Signature,
    /// A registered claim says that the token is not for us, or not now.
    #[error("claim {0}")]
    Claim(&'static str),
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    #[serde(default)]
    typ: Option<String>,
    #[serde(default)]
    kid: Option<String>,
    #[serde(default)]
    crit: Option<Value>,
}

#[derive(Deserialize)]
struct Registered {
    iss: Option<String>,
    #[serde(default)]
    aud: Option<Audience>,
    exp: Option<f64>,
    nbf: Option<f64>,
    iat: Option<f64>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

/// The types that a token may have, compared without case and without `application/`.
#[derive(Debug, Clone, Copy)]
pub enum Type<'a> {
    /// This one.
    Only(&'a str),
    /// None, or one of these.
    NoneOr(&'a [&'a str]),
}

/// Verifies `token` against `keys` and returns its claims. Keys named inside the token (`jwk`, `jku`, `x5u`) are never
/// looked at.
///
/// # Errors
/// [`JwtError`] says which rule it broke, in the order: form, algorithm and type, key, signature, claims.
pub fn verify<T: DeserializeOwned>(token: &str, keys: &JwkSet, expected: &Expected<'_>) -> Result<T, JwtError> {
    let typ = expected.typ.map_or(Type::NoneOr(&["jwt"]), Type::Only);
    let (_, claims) = signed(token, keys, typ, expected.algorithms)?;
    let registered: Registered = json(claims).ok_or(JwtError::Malformed("claims"))?;
    check_claims(&registered, expected)?;
    json(claims).ok_or(JwtError::Malformed("claims"))
}

/// The same but for the claims, which the caller checks: **all** of them. For those who say exactly what is wrong.
///
/// # Errors
/// [`JwtError`], but never about a claim's value.
pub fn open<T: DeserializeOwned>(
    token: &str,
    keys: &JwkSet,
    typ: Type<'_>,
    algorithms: &[Algorithm],
) -> Result<(Algorithm, T), JwtError> {
    let (algorithm, claims) = signed(token, keys, typ, algorithms)?;
    Ok((algorithm, json(claims).ok_or(JwtError::Malformed("claims"))?))
}

/// What a token says of itself, with nothing verified: no more than a reason to look no further.
///
/// # Errors
/// [`JwtError::Malformed`].
pub fn peek<T: DeserializeOwned>(token: &str) -> Result<T, JwtError> {
    if token.len() > LONGEST {
        return Err(JwtError::Malformed("too long"));
    }
    let mut parts = token.split('.').skip(1);
    let (claims, signature) = (parts.next(), parts.next());
    let claims = claims.filter(|_| signature.is_some()).ok_or(JwtError::Malformed("parts"))?;
    json(claims).ok_or(JwtError::Malformed("claims"))
}

/// Form, algorithm and type, key, signature: what signed it, and its claims as they travelled.
fn signed<'t>(
    token: &'t str,
    keys: &JwkSet,
    typ: Type<'_>,
    algorithms: &[Algorithm],
) -> Result<(Algorithm, &'t str), JwtError> {
    if token.len() > LONGEST {
        return Err(JwtError::Malformed("too long"));
    }
    let (message, signature) = token.rsplit_once('.').ok_or(JwtError::Malformed("parts"))?;
    let (header, claims) = message.split_once('.').ok_or(JwtError::Malformed("parts"))?;
    let header: Header = json(header).ok_or(JwtError::Malformed("header"))?;
    if header.crit.is_some() {
        // RFC 7515 §4.1.11: an extension that is not understood makes the token invalid.
        return Err(JwtError::Malformed("critical extension"));
    }
    check_type(header.typ, typ)?;
    let algorithm = Algorithm::foreign(&header.alg)
        .filter(|algorithm| algorithms.contains(algorithm))
        .ok_or(JwtError::Algorithm(header.alg))?;

    let key = keys
        .find(header.kid.as_deref(), algorithm)
        .and_then(crate::Jwk::decoding_key)
        .ok_or(JwtError::UnknownKey(header.kid))?;
    let good = jsonwebtoken::crypto::verify(signature, message.as_bytes(), &key, algorithm.for_verification());
    if good.unwrap_or(false) { Ok((algorithm, claims)) } else { Err(JwtError::Signature) }
}

fn json<T: DeserializeOwned>(part: &str) -> Option<T> {
    serde_json::from_slice(&from_base64url(part)?).ok()
}

fn check_type(typ: Option<String>, expected: Type<'_>) -> Result<(), JwtError> {
    let lower = typ.as_deref().map(str::to_ascii_lowercase);
    let bare = lower.as_deref().map(|typ| typ.strip_prefix("application/").unwrap_or(typ));
    let fits = match expected {
        Type::Only(expected) => bare.is_some_and(|bare| bare.eq_ignore_ascii_case(expected)),
        Type::NoneOr(some) => bare.is_none_or(|bare| some.iter().any(|typ| bare.eq_ignore_ascii_case(typ))),
    };
    if fits { Ok(()) } else { Err(JwtError::Type(typ)) }
}

#[expect(clippy::cast_precision_loss, reason = "NumericDate may have fractions (RFC 7519 §2); seconds fit 53 bits")]
fn check_claims(claims: &Registered, expected: &Expected<'_>) -> Result<(), JwtError> {
    if claims.iss.as_deref() != Some(expected.issuer) {
        return Err(JwtError::Claim("iss"));
    }
    let for_us = |audience: &str| expected.audiences.contains(&audience);
    let addressed = match &claims.aud {
        Some(Audience::One(audience)) => for_us(audience),
        Some(Audience::Many(audiences)) => audiences.iter().any(|audience| for_us(audience)),
        None => false,
    };
    if !addressed {
        return Err(JwtError::Claim("aud"));
    }
    let now = expected.now.as_seconds() as f64;
    let leeway = expected.leeway.as_secs_f64();
    match claims.exp {
        Some(exp) if now < exp + leeway => {}
        _ => return Err(JwtError::Claim("exp")),
    }
    if claims.nbf.is_some_and(|nbf| nbf > now + leeway) {
        return Err(JwtError::Claim("nbf"));
    }
    if claims.iat.is_some_and(|iat| iat > now + leeway) {
        return Err(JwtError::Claim("iat"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use ambient::Ambient;
    use serde_json::json;

    use super::*;
    use crate::{SigningKey, base64url};

    const NOW: Timestamp = Timestamp::from_seconds(1_000_000);

    fn expected() -> Expected<'static> {
        Expected {
            typ: Some("at+jwt"),
            issuer: "https://issuer.test",
            audiences: &["us"],
            algorithms: &[Algorithm::ES256, Algorithm::RS256],
            now: NOW,
            leeway: Duration::from_secs(10),
        }
    }

    fn claims() -> Value {
        json!({"iss": "https://issuer.test", "aud": ["them", "us"], "exp": 1_000_060, "iat": 1_000_000, "sub": "s"})
    }

    fn with(name: &str, value: Value) -> Value {
        let mut claims = claims();
        claims[name] = value;
        claims
    }

    #[test]
    fn each_algorithm_signs_what_it_verifies_also_after_storage() {
        let ambient = Ambient::system();
        for algorithm in Algorithm::FOREIGN {
            let key = SigningKey::generate(*algorithm, &ambient).unwrap();
            let stored = SigningKey::from_pkcs8(key.kid().into(), *algorithm, &key.to_pkcs8().unwrap()).unwrap();
            assert_eq!(key.public_jwk().unwrap(), stored.public_jwk().unwrap());
            let keys = JwkSet { keys: vec![key.public_jwk().unwrap()] };
            let token = stored.sign("at+jwt", &claims()).unwrap();
            let expected = Expected { algorithms: &[*algorithm], ..expected() };
            assert_eq!(verify::<Value>(&token, &keys, &expected).unwrap()["sub"], "s");
            for other in Algorithm::FOREIGN.iter().filter(|other| *other != algorithm) {
                let opened = open::<Value>(&token, &keys, Type::Only("at+jwt"), &[*other]);
                assert_eq!(opened, Err(JwtError::Algorithm(algorithm.name().to_owned())));
            }
        }
    }

    #[test]
    fn oa_11_every_rule_of_the_corpus_refuses_and_the_control_passes() {
        let ambient = Ambient::system();
        let key = SigningKey::generate(Algorithm::ES256, &ambient).unwrap();
        let other = SigningKey::generate(Algorithm::ES256, &ambient).unwrap();
        let keys = JwkSet { keys: vec![key.public_jwk().unwrap()] };
        let check = |token: &str| verify::<Value>(token, &keys, &expected()).map(|_| ());

        let good = key.sign("at+jwt", &claims()).unwrap();
        assert_eq!(check(&good), Ok(()));

        let (message, signature) = good.rsplit_once('.').unwrap();
        let (header, body) = message.split_once('.').unwrap();
        let forged_header = |json: Value| format!("{}.{body}.{signature}", base64url(json.to_string().as_bytes()));
        let kid = key.kid();
        assert!(matches!(check(&forged_header(json!({"alg": "none", "typ": "at+jwt"}))), Err(JwtError::Algorithm(_))));
        assert!(matches!(check(&format!("{header}.{body}.")), Err(JwtError::Signature)));
        assert!(matches!(
            check(&forged_header(json!({"alg": "HS256", "typ": "at+jwt", "kid": kid}))),
            Err(JwtError::Algorithm(_))
        ));
        assert!(matches!(
            check(&forged_header(json!({"alg": "ES256", "typ": "at+jwt", "kid": kid, "crit": ["x"]}))),
            Err(JwtError::Malformed(_))
        ));
        assert!(matches!(
            check(&forged_header(json!({"alg": "ES256", "typ": "at+jwt", "kid": "../../etc/passwd"}))),
            Err(JwtError::UnknownKey(_))
        ));
        let doubled = format!(r#"{{"alg":"ES256","alg":"none","typ":"at+jwt","kid":"{kid}"}}"#);
        assert!(matches!(
            check(&format!("{}.{body}.{signature}", base64url(doubled.as_bytes()))),
            Err(JwtError::Malformed(_))
        ));
        let zero = base64url(&[0; 64]);
        assert_eq!(check(&format!("{message}.{zero}")), Err(JwtError::Signature));
        assert!(matches!(check(&other.sign("at+jwt", &claims()).unwrap()), Err(JwtError::UnknownKey(_))));
        assert!(matches!(check(&key.sign("JWT", &claims()).unwrap()), Err(JwtError::Type(_))));
        assert_eq!(check(&"a".repeat(1 << 20)), Err(JwtError::Malformed("too long")));

        for (name, value) in [
            ("iss", json!("https://issuer.test/")),
            ("aud", json!("them")),
            ("aud", json!([])),
            ("exp", json!(999_990)),
            ("exp", Value::Null),
            ("nbf", json!(1_000_011)),
            ("iat", json!(1_000_011)),
        ] {
            assert_eq!(
                check(&key.sign("at+jwt", &with(name, value.clone())).unwrap()),
                Err(JwtError::Claim(name)),
                "{value}"
            );
        }
        assert_eq!(check(&key.sign("at+jwt", &with("nbf", json!(1_000_008))).unwrap()), Ok(()));
    }

    #[test]
    fn a_token_without_kid_needs_exactly_one_fitting_key() {
        let ambient = Ambient::system();
        let key = |algorithm| {
            let mut jwk = SigningKey::generate(algorithm, &ambient).unwrap().public_jwk().unwrap();
            jwk.kid = None;
            jwk
        };
        let one = JwkSet { keys: vec![key(Algorithm::ES256)] };
        assert!(one.find(None, Algorithm::ES256).is_some());
        assert!(one.find(None, Algorithm::RS256).is_none());
        let two = JwkSet { keys: vec![key(Algorithm::ES256), key(Algorithm::ES256)] };
        assert!(two.find(None, Algorithm::ES256).is_none());
    }
}
