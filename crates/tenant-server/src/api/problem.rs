use axum::http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};
use store::StoreError;
use tenant::batches::CreateError;
use tenant::lifecycle::{Denied, Refusal};
use webkit::{Message, Visit};

/// What is said when it is not done: `application/problem+json` (RFC 9457), with a `code` that does not change and a sentence
/// in the caller's language.
#[derive(Debug)]
pub(super) struct Problem(Box<Told>);

#[derive(Debug)]
struct Told {
    status: StatusCode,
    code: &'static str,
    detail: Message,
    /// Members of its own.
    more: Map<String, Value>,
    /// The challenge of RFC 6750 §3.
    challenge: Option<String>,
    /// Seconds.
    retry_after: Option<u64>,
}

/// One that is rendered.
pub(super) struct Rendered {
    pub status: StatusCode,
    pub body: String,
    challenge: Option<String>,
    retry_after: Option<u64>,
}

impl Problem {
    pub(super) fn new(status: StatusCode, code: &'static str, detail: impl Into<Message>) -> Self {
        let (detail, more) = (detail.into(), Map::new());
        Self(Box::new(Told { status, code, detail, more, challenge: None, retry_after: None }))
    }

    /// What is not here, or another tenant's: the same (TN-02).
    pub(super) fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", "api-not-found")
    }

    /// The caller lacks a right.
    pub(super) fn forbidden() -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", "no-permission")
    }

    /// A value that is none: 400 in the query, 422 in the body.
    pub(super) fn invalid(code: &'static str, name: &str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, Message::new(format!("api-{code}")).with("name", name.to_owned()))
    }

    /// A body that is not what the document says.
    pub(super) fn unfit(why: impl ToString) -> Self {
        let detail = Message::new("api-invalid_body").with("why", why.to_string());
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid_body", detail)
    }

    /// Words of a search that are no filters.
    pub(super) fn not_understood(words: &[String]) -> Self {
        let detail = Message::new("filter-unknown").with("words", words.join(", "));
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "not_understood", detail)
    }

    /// RFC 6750 §3.1. Nothing is said of why: the log knows.
    pub(super) fn invalid_token() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "invalid_token", "api-invalid_token")
            .challenge("Bearer error=\"invalid_token\"")
    }

    /// RFC 6750 §3.1.
    pub(super) fn insufficient_scope(scope: &str) -> Self {
        let detail = Message::new("api-insufficient_scope").with("scope", scope.to_owned());
        Self::new(StatusCode::FORBIDDEN, "insufficient_scope", detail)
            .challenge(format!("Bearer error=\"insufficient_scope\", scope=\"{scope}\""))
    }

    /// Worth another try.
    pub(super) fn later(status: StatusCode, code: &'static str, seconds: u64) -> Self {
        let mut problem = Self::new(status, code, Message::new(format!("api-{code}")));
        problem.0.retry_after = Some(seconds.max(1));
        problem
    }

    pub(super) fn challenge(mut self, challenge: impl Into<String>) -> Self {
        self.0.challenge = Some(challenge.into());
        self
    }

    pub(super) fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.0.more.insert(name.to_owned(), value.into());
        self
    }

    pub(super) fn render(self, visit: &Visit) -> Rendered {
        let Told { status, code, detail, more, challenge, retry_after } = *self.0;
        let mut body = json!({
            "type": "about:blank",
            "title": status.canonical_reason().unwrap_or_default(),
            "status": status.as_u16(),
            "code": code,
            "detail": visit.message(&detail),
            "reference": visit.request_id,
        });
        if let Some(body) = body.as_object_mut() {
            body.extend(more);
        }
        Rendered { status, body: body.to_string(), challenge, retry_after }
    }

    pub(super) fn answer(self, visit: &Visit) -> Response {
        self.render(visit).into_response()
    }
}

impl IntoResponse for Rendered {
    fn into_response(self) -> Response {
        let kind = [(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"))];
        let mut response = (self.status, kind, self.body).into_response();
        if let Some(challenge) = self.challenge.and_then(|text| HeaderValue::from_str(&text).ok()) {
            response.headers_mut().insert(WWW_AUTHENTICATE, challenge);
        }
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        if let StoreError::Unavailable(reason) = error {
            tracing::warn!(reason, "the database is not available");
            return Self::later(StatusCode::SERVICE_UNAVAILABLE, "unavailable", 5);
        }
        tracing::error!(%error, "the API failed");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "api-internal")
    }
}

/// A state that forbids it is a conflict, with the refusal's word; a right that is missing is forbidden.
impl From<Denied> for Problem {
    fn from(denied: Denied) -> Self {
        let unprocessable = |code, key: &'static str| Self::new(StatusCode::UNPROCESSABLE_ENTITY, code, key);
        match denied {
            Denied::NotFound => Self::not_found(),
            Denied::Forbidden => Self::forbidden(),
            Denied::UnknownRole => unprocessable("unknown_role", "api-unknown_role"),
            Denied::NoReason => unprocessable("no_reason", "reason-missing"),
            Denied::Refused(refusal) => refused(refusal),
            Denied::AlreadyHere(member) => Self::new(StatusCode::CONFLICT, "already_here", "invite-already-here")
                .with("member", member.to_string()),
            Denied::ProviderOwns(provider) => {
                let detail = Message::new("provider-owned").with("provider", provider);
                Self::new(StatusCode::CONFLICT, "provider_owns", detail)
            }
            Denied::ChangedSince => Self::new(StatusCode::CONFLICT, "changed_since", "member-state-changed"),
            Denied::Store(error) => error.into(),
        }
    }
}

fn refused(refusal: Refusal) -> Problem {
    let status = if refusal.is_about_rights() { StatusCode::FORBIDDEN } else { StatusCode::CONFLICT };
    Problem::new(status, refusal.word(), Message::new(format!("refusal-{}", refusal.word())))
}

impl From<CreateError> for Problem {
    fn from(error: CreateError) -> Self {
        let unprocessable = |code, detail: Message| Self::new(StatusCode::UNPROCESSABLE_ENTITY, code, detail);
        match error {
            CreateError::Nobody => unprocessable("nobody", "job-nobody".into()),
            CreateError::TooMany => unprocessable("too_many", "job-too-many".into()),
            CreateError::NoRoles => unprocessable("no_roles", "job-choose-roles".into()),
            CreateError::NotUnderstood(words) => Self::not_understood(&words),
            CreateError::TooManyOpen => Self::new(StatusCode::CONFLICT, "too_many_open", "job-too-many-open"),
            CreateError::NothingToUndo => Self::new(StatusCode::CONFLICT, "nothing_left", "job-nothing-left"),
            CreateError::Denied(denied) => denied.into(),
        }
    }
}
