//! What happens to every request, in one order.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use axum::body::{Body, to_bytes};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::de::DeserializeOwned;
use serde_json::Value;
use tenant::Context;
use webkit::{Message, Visit};

use super::caller::Caller;
use super::imports;
use super::once::{self, once};
use super::operations::{Method, Operation};
use super::problem::Problem;
use super::query::Query;
use crate::instance::App;

const JSON: &[&str] = &["application/json"];

pub(super) type PathValues = HashMap<String, String>;

/// A request as it came.
pub(super) struct Asked {
    pub path: PathValues,
    pub query: String,
    pub headers: HeaderMap,
    pub body: Body,
}

/// A request that may be served.
pub(super) struct Call {
    pub operation: &'static Operation,
    pub app: App,
    pub visit: Visit,
    pub caller: Caller,
    /// `{id}` or `{key}` of the path.
    pub id: Option<String>,
    pub query: Query,
    /// As it came; empty where there is none.
    pub body: String,
    /// The body of an operation that takes a file: not read yet. Locked only because no body is `Sync`.
    pub file: Mutex<Body>,
}

/// What is answered.
pub(super) struct Reply {
    pub status: StatusCode,
    pub body: Value,
    /// A file, which is the whole answer.
    file: Option<Response>,
}

impl Reply {
    pub(super) const fn new(status: StatusCode, body: Value) -> Self {
        Self { status, body, file: None }
    }

    pub(super) const fn ok(body: Value) -> Self {
        Self::new(StatusCode::OK, body)
    }

    pub(super) const fn created(body: Value) -> Self {
        Self::new(StatusCode::CREATED, body)
    }

    /// A file instead of JSON: of what is read alone, since no answer of that kind is kept.
    pub(super) const fn file(file: Response) -> Self {
        Self { status: StatusCode::OK, body: Value::Null, file: Some(file) }
    }
}

impl IntoResponse for Reply {
    fn into_response(self) -> Response {
        if let Some(file) = self.file {
            return file;
        }
        let kind = if self.status.is_success() { "application/json" } else { "application/problem+json" };
        (self.status, [(CONTENT_TYPE, HeaderValue::from_static(kind))], self.body.to_string()).into_response()
    }
}

pub(super) async fn answer(operation: &'static Operation, app: App, visit: Visit, asked: Asked) -> Response {
    let (call, key) = match admit(operation, app, visit.clone(), asked).await {
        Ok(admitted) => admitted,
        Err(problem) => return problem.answer(&visit),
    };
    match key {
        Some(key) => once(call, key).await,
        None => match call.run().await {
            Ok(reply) => reply.into_response(),
            Err(problem) => problem.answer(&visit),
        },
    }
}

/// The checks that every operation has: who, how often, what for, what, and whether they may.
async fn admit(
    operation: &'static Operation,
    app: App,
    visit: Visit,
    asked: Asked,
) -> Result<(Call, Option<String>), Problem> {
    let changes = operation.method == Method::Post;
    let caller = Caller::of(&app, &asked.headers).await?;
    let limited = app.limits.take(&caller.client_id, changes, app.kit.ambient().now());
    limited.map_err(|seconds| Problem::later(StatusCode::TOO_MANY_REQUESTS, "too_many_requests", seconds))?;
    caller.needs_scope(operation.scopes)?;
    if asked.path.values().any(|part| part.contains('\0')) {
        // PostgreSQL keeps no such text, so nothing is called so.
        return Err(Problem::not_found());
    }
    let query = Query::read(operation.query, &asked.query)?;
    let (body, file) =
        if operation.file { (String::new(), asked.body) } else { (read(operation, asked.body).await?, Body::empty()) };
    has_kind(operation, &asked.headers, body.trim().is_empty())?;
    caller.needs(operation.permissions)?;
    let key = if changes { once::key(operation, &asked.headers)? } else { None };
    let id = asked.path.get("id").or_else(|| asked.path.get("key")).cloned();
    Ok((Call { operation, app, visit, caller, id, query, body, file: Mutex::new(file) }, key))
}

/// The body as text, where the operation takes one.
async fn read(operation: &Operation, body: Body) -> Result<String, Problem> {
    let too_long = |_| Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too_long", "api-too_long");
    let body = to_bytes(body, operation.longest).await.map_err(too_long)?;
    let text = String::from_utf8(body.into()).map_err(Problem::unfit)?;
    if text.contains("\\u0000") {
        return Err(Problem::unfit("no text contains U+0000"));
    }
    if operation.body.is_some() {
        return Ok(text);
    }
    if ["", "{}"].contains(&text.trim()) { Ok(String::new()) } else { Err(Problem::unfit("no body is expected")) }
}

/// Whether the body is said to be what it has to be.
fn has_kind(operation: &Operation, headers: &HeaderMap, empty: bool) -> Result<(), Problem> {
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let (kinds, asked) = match (operation.file, operation.body) {
        (true, _) => (imports::KINDS, true),
        (false, body) => (JSON, body.is_some() && !empty),
    };
    if !asked || kinds.contains(&kind.as_str()) {
        return Ok(());
    }
    let detail = Message::new("api-unsupported_media_type").with("kinds", kinds.join(", "));
    Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", detail))
}

impl Call {
    pub(super) async fn run(self) -> Result<Reply, Problem> {
        (self.operation.run)(self).await
    }

    /// What surrounds a deed.
    pub(super) fn context(&self) -> Context {
        self.caller.context(&self.app, &self.visit)
    }

    /// The body, with nothing in it that the document does not say (AZ-01).
    pub(super) fn json<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        serde_json::from_str(&self.body).map_err(Problem::unfit)
    }

    /// The file that comes as the body, once.
    pub(super) fn take_file(&mut self) -> Body {
        std::mem::take(self.file.get_mut().unwrap_or_else(PoisonError::into_inner))
    }

    /// The key of the path.
    pub(super) fn key(&self) -> &str {
        self.id.as_deref().unwrap_or_default()
    }

    /// The id of the path. What is no id is nobody's.
    pub(super) fn uuid(&self) -> Result<uuid::Uuid, Problem> {
        let id = self.id.as_deref().and_then(|id| uuid::Uuid::parse_str(id).ok());
        id.ok_or_else(Problem::not_found)
    }
}
