use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use ambient::Ambient;
use aws_lc_rs::digest::{SHA256, digest};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Form, Json, Router};
use jose::{Algorithm, Expected, JwkSet, SigningKey};
use serde_json::{Value, json};

/// A change of a token's claims.
pub(super) type Lie = fn(&mut Value);

/// An identity server that gives tokens to whom the test says, and lies as the test says.
#[derive(Clone)]
pub(super) struct Idp(Arc<Inner>);

struct Inner {
    issuer: String,
    key: SigningKey,
    ambient: Ambient,
    told: Mutex<Told>,
}

#[derive(Default)]
pub(super) struct Told {
    /// Code → claims of the ID token (nonce, sub …) and challenge.
    codes: HashMap<String, (Value, String)>,
    /// Access token → what UserInfo says.
    people: HashMap<String, Value>,
    /// The client's keys, to check its assertions.
    pub client_keys: JwkSet,
    /// Assertions' `jti`s.
    seen: Vec<String>,
    /// Snapshots that came in.
    pub members: Vec<Value>,
    /// Changes the claims of the next ID token.
    pub lie: Option<Lie>,
    /// What UserInfo says instead of the right subject.
    pub other_subject: bool,
    /// Answers 500 to everything.
    pub away: bool,
    /// How often it was asked for its discovery document.
    pub asked: usize,
    /// Person → the provider by which they have just proved who they are; others by the platform.
    pub idps: HashMap<String, String>,
    /// The providers that it tells of; nothing: it does not know that question.
    pub providers: Option<Value>,
    /// How often it was asked for them.
    pub asked_for_providers: usize,
    /// Subjects whose identity of a provider is claimed.
    pub claimed: Vec<String>,
    /// When which subject last came by their identity of a provider.
    pub used: HashMap<String, i64>,
    /// How many more snapshots it is too busy for.
    pub busy: usize,
    /// It does not answer who is claimed.
    pub deaf: bool,
    /// Subjects who can prove nothing.
    pub unprovable: Vec<String>,
}

impl Idp {
    pub(super) async fn start(ambient: Ambient) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        let key = SigningKey::generate(Algorithm::ES256, &ambient).unwrap();
        let idp = Self(Arc::new(Inner { issuer, key, ambient, told: Mutex::default() }));
        let app = Router::new()
            .route("/.well-known/openid-configuration", get(discovery))
            .route("/jwks", get(jwks))
            .route("/token", post(token))
            .route("/userinfo", get(userinfo))
            .route("/api/v1/tenant/members", post(members))
            .route("/api/v1/tenant/providers", get(providers))
            .route("/api/v1/tenant/claims", post(claims))
            .with_state(idp.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        idp
    }

    pub(super) fn issuer(&self) -> &str {
        &self.0.issuer
    }

    pub(super) fn tell<T>(&self, what: impl FnOnce(&mut Told) -> T) -> T {
        what(&mut self.0.told.lock().unwrap())
    }

    /// Someone has signed in and consented: a code for this authorization request.
    pub(super) fn code(&self, person: &str, request: &HashMap<String, String>) -> String {
        let code = self.0.ambient.identifier();
        let now = self.0.ambient.now().as_seconds();
        let subject = format!("subject-of-{person}");
        let (idp, version) = self.tell(|told| {
            let of_them = told.members.iter().filter(|it| it["subject"] == subject.as_str());
            let version = of_them.filter_map(|it| it["version"].as_i64()).max().unwrap_or(0);
            (told.idps.get(person).cloned().unwrap_or_else(|| "platform".to_owned()), version)
        });
        let claims = json!({
            "iss": self.0.issuer, "sub": subject, "aud": request["client_id"], "iat": now,
            "exp": now + 300, "auth_time": now, "nonce": request["nonce"], "acr": "1", "amr": ["pwd"],
            "sid": format!("sid-of-{person}"), "idp": idp, "member_version": version,
        });
        self.tell(|told| told.codes.insert(code.clone(), (claims, request["code_challenge"].clone())));
        code
    }

    pub(super) fn sign(&self, typ: &str, claims: &Value) -> String {
        self.0.key.sign(typ, claims).unwrap()
    }
}

async fn discovery(State(idp): State<Idp>) -> Response {
    let away = idp.tell(|told| {
        told.asked += 1;
        told.away
    });
    if away {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    }
    let at = |path: &str| format!("{}{path}", idp.issuer());
    Json(json!({
        "issuer": idp.issuer(), "authorization_endpoint": at("/authorize"), "token_endpoint": at("/token"),
        "userinfo_endpoint": at("/userinfo"), "jwks_uri": at("/jwks"), "end_session_endpoint": at("/logout"),
        "response_types_supported": ["code"], "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": ["RS256", "ES256"],
        "authorization_response_iss_parameter_supported": true,
    }))
    .into_response()
}

async fn jwks(State(idp): State<Idp>) -> Response {
    Json(JwkSet { keys: vec![idp.0.key.public_jwk().unwrap()] }).into_response()
}

/// Who calls, by `private_key_jwt`: each assertion once.
fn client(idp: &Idp, form: &HashMap<String, String>) -> Option<String> {
    let expected = Expected {
        typ: None,
        issuer: "tenant-acme",
        audiences: &[idp.issuer()],
        algorithms: &[Algorithm::ES256],
        now: idp.0.ambient.now(),
        leeway: std::time::Duration::ZERO,
    };
    let keys = idp.tell(|told| told.client_keys.clone());
    let claims: Value = jose::verify(form.get("client_assertion")?, &keys, &expected).ok()?;
    let jti = claims["jti"].as_str()?.to_owned();
    let fresh = idp.tell(|told| {
        !told.seen.contains(&jti) && {
            told.seen.push(jti);
            true
        }
    });
    (fresh && form["client_id"] == "tenant-acme").then(|| "tenant-acme".to_owned())
}

async fn token(State(idp): State<Idp>, Form(form): Form<HashMap<String, String>>) -> Response {
    let refuse = |error: &str| (StatusCode::BAD_REQUEST, Json(json!({ "error": error }))).into_response();
    if client(&idp, &form).is_none() {
        return refuse("invalid_client");
    }
    let access = idp.0.ambient.identifier();
    if form["grant_type"] == "client_credentials" {
        return Json(json!({ "access_token": "for-members", "token_type": "Bearer", "expires_in": 300 }))
            .into_response();
    }
    let Some((mut claims, challenge)) = idp.tell(|told| told.codes.remove(&form["code"])) else {
        return refuse("invalid_grant");
    };
    let verifier = form.get("code_verifier").cloned().unwrap_or_default();
    if jose::base64url(digest(&SHA256, verifier.as_bytes()).as_ref()) != challenge {
        return refuse("invalid_grant");
    }
    let subject = claims["sub"].as_str().unwrap().to_owned();
    let name = subject.trim_start_matches("subject-of-").to_owned();
    claims["at_hash"] = jose::left_half_hash(&access).into();
    if let Some(lie) = idp.tell(|told| told.lie.take()) {
        lie(&mut claims);
    }
    let sub = if idp.tell(|told| told.other_subject) { "someone-else".to_owned() } else { subject };
    let about = json!({
        "sub": sub, "given_name": name, "family_name": "Test", "email": format!("{name}@people.example"), "locale": "en",
    });
    idp.tell(|told| told.people.insert(access.clone(), about));
    let id_token = idp.sign("JWT", &claims);
    Json(json!({ "access_token": access, "token_type": "Bearer", "expires_in": 300, "id_token": id_token }))
        .into_response()
}

fn bearer(headers: &HeaderMap) -> String {
    headers["authorization"].to_str().unwrap().trim_start_matches("Bearer ").to_owned()
}

async fn userinfo(State(idp): State<Idp>, headers: HeaderMap) -> Response {
    match idp.tell(|told| told.people.get(&bearer(&headers)).cloned()) {
        Some(about) => Json(about).into_response(),
        None => StatusCode::UNAUTHORIZED.into_response(),
    }
}

async fn providers(State(idp): State<Idp>, headers: HeaderMap) -> Response {
    if bearer(&headers) != "for-members" {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let told = idp.tell(|told| {
        told.asked_for_providers += 1;
        if told.away { None } else { told.providers.clone() }
    });
    match told {
        Some(providers) => Json(json!({ "providers": providers })).into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// Of those who are asked about: whose identity is claimed, and who can prove nothing.
async fn claims(State(idp): State<Idp>, headers: HeaderMap, Json(body): Json<Value>) -> Response {
    let asked = body["subjects"].as_array().unwrap();
    if idp.tell(|told| told.deaf) {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    if bearer(&headers) != "for-members" || asked.len() > 500 || !body["provider"].is_string() {
        return StatusCode::BAD_REQUEST.into_response();
    }
    let of =
        |known: &[String]| asked.iter().filter(|it| known.iter().any(|one| it == &one)).cloned().collect::<Vec<_>>();
    let (claimed, unprovable, used) = idp.tell(|told| (of(&told.claimed), of(&told.unprovable), told.used.clone()));
    Json(json!({ "claimed": claimed, "unprovable": unprovable, "used": used })).into_response()
}

async fn members(State(idp): State<Idp>, headers: HeaderMap, Json(body): Json<Value>) -> Response {
    if bearer(&headers) != "for-members" {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let busy = idp.tell(|told| {
        let busy = told.busy > 0;
        told.busy = told.busy.saturating_sub(1);
        busy
    });
    if busy {
        return StatusCode::TOO_MANY_REQUESTS.into_response();
    }
    let list = body["members"].as_array().unwrap().clone();
    let applied: Vec<Value> =
        list.iter().map(|it| json!({ "subject": it["subject"], "version": it["version"] })).collect();
    idp.tell(|told| told.members.extend(list));
    Json(json!({ "applied": applied, "unknown": [] })).into_response()
}
