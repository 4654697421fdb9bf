//! Sign-out by the identity server (OpenID Connect Back-Channel Logout 1.0 §2.6): whoever signed out there, or was locked
//! by their tenant, is signed out here as well, without their browser.

use std::time::Duration;

use ambient::Timestamp;
use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::jwk::JwkSet;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::App;

/// No other token of the identity server ends a session (§2.4).
const TYPE: &str = "logout+jwt";
const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";
/// How far the identity server's clock may be from ours.
const SKEW: Duration = Duration::from_secs(60);
/// How old a token may be; so long its identifier is remembered.
const OLDEST: Duration = Duration::from_secs(600);

/// Why nothing was ended.
#[derive(Debug)]
pub enum Refused {
    /// 400: it will never be taken.
    Invalid(String),
    /// 503: the keys can't be had now.
    Later(String),
}

#[derive(Debug, Deserialize)]
struct Claims {
    sub: Option<String>,
    sid: Option<String>,
    jti: String,
    iat: i64,
    exp: i64,
    events: Map<String, Value>,
    nonce: Option<Value>,
}

/// Ends the sessions that a logout token names; says how many.
pub async fn end_sessions(app: &App, token: &str) -> Result<usize, Refused> {
    let now = app.kit.ambient().now();
    let claims = match verify(app, token, now).await {
        // Its keys may have changed since we looked: look again, once.
        Err(Refused::Invalid(reason)) if reason == UNKNOWN_KEY => {
            app.provider.forget().await;
            verify(app, token, now).await
        }
        decided => decided,
    }?;
    if app.heard.get(&claims.jti, now).is_some() {
        return Err(Refused::Invalid("heard before".into()));
    }
    app.heard.put(claims.jti, (), now);
    Ok(app.sessions.remove(|session| match (&claims.sid, &claims.sub) {
        (Some(sid), _) => session.claim("sid").as_ref() == Some(sid),
        (None, Some(sub)) => session.claim("sub").as_ref() == Some(sub),
        (None, None) => false,
    }))
}

const UNKNOWN_KEY: &str = "unknown key";

async fn verify(app: &App, token: &str, now: Timestamp) -> Result<Claims, Refused> {
    let invalid = |reason: &str| Refused::Invalid(reason.into());
    let header = decode_header(token).map_err(|_| invalid("no JWT"))?;
    if !header.typ.is_some_and(|typ| typ.eq_ignore_ascii_case(TYPE)) {
        return Err(invalid("not of the type of a logout token"));
    }
    let metadata = app.provider.metadata().await.map_err(|refusal| Refused::Later(refusal.to_string()))?;
    let keys: JwkSet = serde_json::to_value(metadata.jwks())
        .and_then(serde_json::from_value)
        .map_err(|error| Refused::Later(error.to_string()))?;
    let key = header.kid.as_deref().and_then(|kid| keys.find(kid)).ok_or_else(|| invalid(UNKNOWN_KEY))?;
    let key = DecodingKey::from_jwk(key).map_err(|_| invalid("a key that we can't use"))?;
    let claims = decode::<Claims>(token, &key, &validation(app, header.alg)?)
        .map_err(|error| match error.kind() {
            ErrorKind::InvalidSignature => invalid("signature"),
            other => Refused::Invalid(format!("{other:?}")),
        })?
        .claims;
    check(&claims, now).map(|()| claims).map_err(invalid)
}

fn validation(app: &App, algorithm: Algorithm) -> Result<Validation, Refused> {
    if !matches!(algorithm, Algorithm::RS256 | Algorithm::ES256) {
        return Err(Refused::Invalid("an algorithm that we don't take".into()));
    }
    let mut validation = Validation::new(algorithm);
    validation.set_issuer(&[&app.config.issuer]);
    validation.set_audience(&[&app.config.client_id]);
    validation.set_required_spec_claims(&["iss", "aud", "exp"]);
    // By our clock, below.
    validation.validate_exp = false;
    Ok(validation)
}

/// §2.6, items 4 to 8.
fn check(claims: &Claims, now: Timestamp) -> Result<(), &'static str> {
    let (issued, expires) = (Timestamp::from_seconds(claims.iat), Timestamp::from_seconds(claims.exp));
    if issued > now.plus(SKEW) || expires.plus(SKEW) <= now || now.since(issued) > OLDEST {
        return Err("not of this moment");
    }
    if !claims.events.get(EVENT).is_some_and(Value::is_object) {
        return Err("not about a logout");
    }
    if claims.nonce.is_some() || claims.jti.is_empty() {
        return Err("a nonce, or no identifier");
    }
    if claims.sid.is_none() && claims.sub.is_none() { Err("nobody is named") } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn oa_19_only_a_fresh_logout_of_somebody_counts() {
        let now = Timestamp::from_seconds(1_000_000);
        let good = || Claims {
            sub: Some("s".into()),
            sid: Some("x".into()),
            jti: "j".into(),
            iat: 1_000_000,
            exp: 1_000_120,
            events: Map::from_iter([(EVENT.to_owned(), Value::Object(Map::new()))]),
            nonce: None,
        };
        assert_eq!(check(&good(), now), Ok(()));
        assert_eq!(check(&Claims { sid: None, ..good() }, now), Ok(()));
        for bad in [
            Claims { sub: None, sid: None, ..good() },
            Claims { jti: String::new(), ..good() },
            Claims { nonce: Some("n".into()), ..good() },
            Claims { events: Map::new(), ..good() },
            Claims { events: Map::from_iter([(EVENT.to_owned(), Value::Bool(true))]), ..good() },
            Claims { iat: 1_000_061, ..good() },
            Claims { iat: 999_399, ..good() },
            Claims { exp: 999_940, ..good() },
        ] {
            assert!(check(&bad, now).is_err(), "{bad:?}");
        }
    }
}
