//! A tiny identity server: discovery, keys, token endpoint, UserInfo. It can be told to misbehave.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Form, Json, Router};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use url::Url;

use super::NOW;

struct Key {
    id: String,
    pkcs8: Vec<u8>,
    x: String,
    y: String,
}

impl Key {
    fn fresh(id: &str) -> Self {
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &SystemRandom::new()).unwrap();
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, pkcs8.as_ref()).unwrap();
        let point = pair.public_key().as_ref();
        let (x, y) = (URL_SAFE_NO_PAD.encode(&point[1..33]), URL_SAFE_NO_PAD.encode(&point[33..]));
        Self { id: id.into(), pkcs8: pkcs8.as_ref().to_vec(), x, y }
    }
}

/// What it does wrong.
#[derive(Default)]
pub struct Mischief {
    /// Claims of the ID token that are replaced (or, by null, left out).
    pub claims: Value,
    /// Another subject at UserInfo.
    pub userinfo_sub: Option<&'static str>,
    /// Signs with a key that it never published, under the published one's id.
    pub foreign_key: bool,
    /// Claims `alg: none` and leaves the signature out.
    pub unsigned: bool,
    /// Answers nothing but 503.
    pub away: bool,
}

struct Inner {
    issuer: String,
    key: Key,
    codes: HashMap<String, (String, String)>,
    mischief: Mischief,
    jwks_reads: usize,
    last_basic: Option<String>,
}

#[derive(Clone)]
pub struct Provider(Arc<Mutex<Inner>>);

impl Provider {
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let inner = Inner {
            issuer,
            key: Key::fresh("one"),
            codes: HashMap::new(),
            mischief: Mischief::default(),
            jwks_reads: 0,
            last_basic: None,
        };
        let provider = Self(Arc::new(Mutex::new(inner)));
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(discovery))
            .route("/jwks", get(jwks))
            .route("/token", post(token))
            .route("/userinfo", get(userinfo))
            .with_state(provider.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        provider
    }

    pub fn issuer(&self) -> String {
        self.lock().issuer.clone()
    }

    pub fn misbehave(&self, mischief: Mischief) {
        self.lock().mischief = mischief;
    }

    pub fn change_keys(&self) {
        self.lock().key = Key::fresh("two");
    }

    pub fn jwks_reads(&self) -> usize {
        self.lock().jwks_reads
    }

    /// What the token endpoint was shown as `Authorization: Basic`, decoded.
    pub fn last_basic(&self) -> Option<String> {
        self.lock().last_basic.clone()
    }

    /// Someone signs in: the code that the browser would bring back.
    pub fn authorize(&self, authorization: &Url) -> String {
        let query: HashMap<_, _> = authorization.query_pairs().into_owned().collect();
        let mut inner = self.lock();
        let code = format!("code-{}", inner.codes.len());
        inner.codes.insert(code.clone(), (query["nonce"].clone(), query["code_challenge"].clone()));
        code
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap()
    }
}

async fn discovery(State(provider): State<Provider>) -> Response {
    let inner = provider.lock();
    if inner.mischief.away {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    let at = |path: &str| format!("{}/{path}", inner.issuer);
    Json(json!({
        "issuer": inner.issuer, "authorization_endpoint": at("authorize"), "token_endpoint": at("token"),
        "jwks_uri": at("jwks"),
        "userinfo_endpoint": at("userinfo"), "end_session_endpoint": at("logout"), "response_types_supported": ["code"],
        "subject_types_supported": ["pairwise"], "id_token_signing_alg_values_supported": ["ES256"],
    }))
    .into_response()
}

async fn jwks(State(provider): State<Provider>) -> Json<Value> {
    let mut inner = provider.lock();
    inner.jwks_reads += 1;
    let Key { id, x, y, .. } = &inner.key;
    Json(json!({ "keys": [{ "kty": "EC", "crv": "P-256", "use": "sig", "kid": id, "x": x, "y": y }] }))
}

async fn token(
    State(provider): State<Provider>,
    headers: HeaderMap,
    Form(form): Form<HashMap<String, String>>,
) -> Response {
    let mut inner = provider.lock();
    let basic = headers["authorization"].to_str().unwrap().strip_prefix("Basic ").unwrap();
    inner.last_basic = Some(String::from_utf8(STANDARD.decode(basic).unwrap()).unwrap());
    let challenge = URL_SAFE_NO_PAD.encode(digest(&SHA256, form["code_verifier"].as_bytes()));
    let Some((nonce, _)) = inner.codes.remove(&form["code"]).filter(|(_, expected)| *expected == challenge) else {
        return (StatusCode::BAD_REQUEST, Json(json!({ "error": "invalid_grant" }))).into_response();
    };
    let id_token = id_token(&inner, &nonce);
    Json(json!({ "access_token": "access", "token_type": "Bearer", "expires_in": 300, "id_token": id_token }))
        .into_response()
}

fn id_token(inner: &Inner, nonce: &str) -> String {
    let at_hash = URL_SAFE_NO_PAD.encode(&digest(&SHA256, b"access").as_ref()[..16]);
    let mut claims = json!({
        "iss": inner.issuer, "sub": "subject-1", "aud": "client-1", "exp": NOW.as_seconds() + 300,
        "iat": NOW.as_seconds(),
        "auth_time": NOW.as_seconds() - 5, "nonce": nonce, "at_hash": at_hash, "amr": ["pwd"], "sid": "sid-1",
    });
    for (name, value) in inner.mischief.claims.as_object().into_iter().flatten() {
        claims[name] = value.clone();
    }
    claims.as_object_mut().unwrap().retain(|_, value| !value.is_null());
    if inner.mischief.unsigned {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        return format!("{}.{}.", part(&json!({ "alg": "none" })), part(&claims));
    }
    let foreign = inner.mischief.foreign_key.then(|| Key::fresh("one"));
    let key = foreign.as_ref().unwrap_or(&inner.key);
    let header = Header { kid: Some(key.id.clone()), ..Header::new(Algorithm::ES256) };
    encode(&header, &claims, &EncodingKey::from_ec_der(&key.pkcs8)).unwrap()
}

async fn userinfo(State(provider): State<Provider>, headers: HeaderMap) -> Json<Value> {
    assert_eq!(headers["authorization"], "Bearer access");
    let sub = provider.lock().mischief.userinfo_sub.unwrap_or("subject-1");
    Json(json!({
        "sub": sub, "name": "Mina Hollis", "email": "mina@hollis.test", "email_verified": true,
        "tenant": "acme", "roles": ["editor", "viewer"], "groups": ["north"],
    }))
}
