//! What happens to every request, in one order.

use std::collections::HashMap;

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::de::DeserializeOwned;
use serde_json::Value;
use tenant::Context;
use webkit::Visit;

use super::caller::Caller;
use super::once::{self, once};
use super::operations::{Method, Operation};
use super::problem::Problem;
use super::query::Query;
use crate::instance::App;

pub(super) type PathValues = HashMap<String, String>;

/// A request as it came.
pub(super) struct Asked {
    pub path: PathValues,
    pub query: String,
    pub headers: HeaderMap,
    pub body: Result<Bytes, BytesRejection>,
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
}

/// What is answered.
pub(super) struct Reply {
    pub status: StatusCode,
    pub body: Value,
}

impl Reply {
    pub(super) const fn ok(body: Value) -> Self {
        Self { status: StatusCode::OK, body }
    }

    pub(super) const fn created(body: Value) -> Self {
        Self { status: StatusCode::CREATED, body }
    }
}

impl IntoResponse for Reply {
    fn into_response(self) -> Response {
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
    let query = Query::read(operation.query, &asked.query)?;
    let body = read(operation, &asked)?;
    caller.needs(operation.permissions)?;
    let key = if changes { once::key(&asked.headers)? } else { None };
    let id = asked.path.get("id").or_else(|| asked.path.get("key")).cloned();
    Ok((Call { operation, app, visit, caller, id, query, body }, key))
}

/// The body as text, where the operation takes one.
fn read(operation: &Operation, asked: &Asked) -> Result<String, Problem> {
    let too_long = |_| Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too_long", "api-too_long");
    let body = asked.body.as_ref().map_err(too_long)?;
    let text = std::str::from_utf8(body).map_err(Problem::unfit)?;
    let empty = text.trim().is_empty();
    if operation.body.is_none() {
        let nothing = empty || text.trim() == "{}";
        return if nothing { Ok(String::new()) } else { Err(Problem::unfit("no body is expected")) };
    }
    let kind = asked.headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    if !empty && !kind.eq_ignore_ascii_case("application/json") {
        let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
        return Err(Problem::new(status, "unsupported_media_type", "api-unsupported_media_type"));
    }
    Ok(text.to_owned())
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

    /// The id of the path. What is no id is nobody's.
    pub(super) fn uuid(&self) -> Result<uuid::Uuid, Problem> {
        let id = self.id.as_deref().and_then(|id| uuid::Uuid::parse_str(id).ok());
        id.ok_or_else(Problem::not_found)
    }
}
