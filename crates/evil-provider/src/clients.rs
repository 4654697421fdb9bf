use std::collections::HashMap;
use std::time::Duration;

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jose::{Algorithm, Expected, JwkSet};
use serde_json::Value;
use url::form_urlencoded;

use crate::Evil;

/// A client that the provider knows.
#[derive(Debug, Clone)]
pub struct Client {
    /// Its id.
    pub client_id: String,
    /// How it proves that it is it.
    pub authentication: Authentication,
    /// Where answers go; any address, if none is registered.
    pub redirect_uri: Option<String>,
}

/// How a client proves that it is it.
#[derive(Debug, Clone)]
pub enum Authentication {
    /// Not at all.
    None,
    /// By a secret, in the header or in the form.
    Secret(String),
    /// By an assertion for the issuer or the token endpoint.
    Keys(JwkSet),
    /// By a signed secret, as Apple wants it: of this team, with this key.
    Apple(String, JwkSet),
}

impl Client {
    /// A client with a secret, and any redirect address.
    #[must_use]
    pub fn with_secret(client_id: &str, secret: &str) -> Self {
        Self::new(client_id, Authentication::Secret(secret.to_owned()))
    }

    /// A client that signs.
    #[must_use]
    pub fn with_keys(client_id: &str, keys: JwkSet) -> Self {
        Self::new(client_id, Authentication::Keys(keys))
    }

    /// Any client, and any redirect address.
    #[must_use]
    pub fn new(client_id: &str, authentication: Authentication) -> Self {
        Self { client_id: client_id.to_owned(), authentication, redirect_uri: None }
    }
}

/// Who asks, if they have proved it (RFC 6749 §2.3).
pub(crate) fn caller(evil: &Evil, headers: &HeaderMap, form: &HashMap<String, String>) -> Option<Client> {
    let basic = basic(headers);
    let id = basic.as_ref().map(|(id, _)| id).or_else(|| form.get("client_id"))?;
    let client = evil.told().clients.iter().find(|client| client.client_id == *id)?.clone();
    let secret = basic.as_ref().map(|(_, secret)| secret).or_else(|| form.get("client_secret"));
    let proved = match &client.authentication {
        Authentication::None => basic.is_none() && secret.is_none(),
        Authentication::Secret(known) => secret == Some(known),
        Authentication::Keys(keys) => {
            let audiences = [evil.issuer().to_owned(), evil.at("/token")];
            let claims = form
                .get("client_assertion")
                .and_then(|token| signed(evil, token, keys, id, &audiences.each_ref().map(|it| &**it)));
            claims.is_some_and(|claims| claims["sub"] == **id && used_once(evil, &claims))
        }
        Authentication::Apple(team, keys) => {
            let claims = secret.and_then(|token| signed(evil, token, keys, team, &["https://appleid.apple.com"]));
            claims.is_some_and(|claims| claims["sub"] == **id)
        }
    };
    proved.then_some(client)
}

fn signed(evil: &Evil, token: &str, keys: &JwkSet, issuer: &str, audiences: &[&str]) -> Option<Value> {
    let (now, leeway) = (evil.0.ambient.now(), Duration::ZERO);
    let expected = Expected { typ: None, issuer, audiences, algorithms: &[Algorithm::ES256], now, leeway };
    let claims: Value = jose::verify(token, keys, &expected).ok()?;
    let lives = claims["exp"].as_i64()? - claims["iat"].as_i64()?;
    (lives <= 15_777_000).then_some(claims)
}

/// OIDC Core §9: `jti` is there, and counts once.
fn used_once(evil: &Evil, claims: &Value) -> bool {
    claims["jti"].as_str().is_some_and(|jti| evil.told().assertions.insert(jti.to_owned()))
}

fn basic(headers: &HeaderMap) -> Option<(String, String)> {
    let pair = headers.get(AUTHORIZATION)?.to_str().ok()?.strip_prefix("Basic ")?;
    let pair = String::from_utf8(STANDARD.decode(pair).ok()?).ok()?;
    let (id, secret) = pair.split_once(':')?;
    let decode = |text: &str| form_urlencoded::parse(text.as_bytes()).next().map(|(text, _)| text.into_owned());
    Some((decode(id)?, decode(secret)?))
}
