use std::time::Duration;

use ambient::Timestamp;
use jose::{Algorithm, Expected};
use serde::Deserialize;
use serde_json::Value;

use super::presented::unknown;
use crate::client::{AuthMethod, Client};
use crate::error::OAuthError;

/// How far ahead `nbf` and `iat` may lie: clocks differ. `exp` gets none of it: it is the client's to choose.
const CLOCKS_APART: Duration = Duration::from_secs(60);
/// How far ahead `exp` may lie: used identifiers need not be remembered longer.
const LONGEST: Duration = Duration::from_secs(600);
/// How long a `jti` may be.
const LONGEST_ID: usize = 256;

/// A good assertion's identifier. It counts once: the caller records it, with its client, and refuses if it is there
/// (RFC 7523 §3 item 7, OA-16).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AssertionId {
    /// `jti`.
    pub jti: String,
    /// When the record may be forgotten.
    pub expires_at: Timestamp,
}

#[derive(Deserialize)]
struct Claims {
    sub: String,
    aud: Value,
    exp: f64,
    jti: String,
}

/// Verifies a `private_key_jwt` assertion of `client` (RFC 7523 §3, OIDC Core §9).
///
/// # Errors
/// `invalid_client`; the detail says which rule.
pub fn check_assertion(
    jwt: &str,
    client: &Client,
    issuer: &str,
    token_endpoint: &str,
    now: Timestamp,
) -> Result<AssertionId, OAuthError> {
    if client.auth_method != AuthMethod::PrivateKeyJwt {
        return Err(unknown("the client is not registered for private_key_jwt"));
    }
    let keys = client.jwks.as_ref().ok_or_else(|| unknown("the client has no keys"))?;
    let expected = Expected {
        typ: None,
        issuer: &client.client_id,
        audiences: &[issuer, token_endpoint],
        algorithms: &[Algorithm::ES256, Algorithm::RS256],
        now,
        leeway: CLOCKS_APART,
    };
    let claims: Claims =
        jose::verify(jwt, keys, &expected).map_err(|error| unknown(&format!("the assertion: {error}")))?;
    subject_is_the_client(&claims, client)?;
    audience_is_ours_alone(&claims, &[issuer, token_endpoint])?;
    let jti = identifier(&claims)?;
    Ok(AssertionId { jti, expires_at: expiry(&claims, now)? })
}

fn subject_is_the_client(claims: &Claims, client: &Client) -> Result<(), OAuthError> {
    if claims.sub == client.client_id { Ok(()) } else { Err(unknown("the assertion's sub is another client")) }
}

/// An assertion that is also meant for somebody else can be replayed here by that somebody (OA-16, CVE-2025-27370).
fn audience_is_ours_alone(claims: &Claims, ours: &[&str]) -> Result<(), OAuthError> {
    let is_ours = |one: &Value| one.as_str().is_some_and(|one| ours.contains(&one));
    let alone = match &claims.aud {
        Value::Array(many) => many.iter().all(is_ours),
        one => is_ours(one),
    };
    if alone { Ok(()) } else { Err(unknown("the assertion is meant for others as well")) }
}

fn identifier(claims: &Claims) -> Result<String, OAuthError> {
    if (1..=LONGEST_ID).contains(&claims.jti.len()) {
        return Ok(claims.jti.clone());
    }
    Err(unknown("the assertion's jti is empty or too long"))
}

/// Not past, without leeway, and not far ahead.
#[expect(clippy::cast_possible_truncation, reason = "NumericDate may have fractions; casts from floats saturate")]
fn expiry(claims: &Claims, now: Timestamp) -> Result<Timestamp, OAuthError> {
    let expires_at = Timestamp::from_seconds(claims.exp.ceil() as i64);
    if expires_at <= now {
        return Err(unknown("the assertion has expired"));
    }
    if expires_at > now.plus(LONGEST) {
        return Err(unknown("the assertion lasts too long"));
    }
    Ok(expires_at)
}

#[cfg(test)]
#[path = "assertion_tests.rs"]
mod tests;
