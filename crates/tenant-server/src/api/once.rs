use ambient::SecretHash;
use axum::http::header::HeaderName;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use oidc::scope::MEMBERS_READ;
use serde_json::Value;
use tenant::idempotency::{Begun, Keyed, begin, forget, keep};
use tracing::Instrument;
use webkit::Visit;

use super::operations::Operation;
use super::problem::{Problem, Rendered};
use super::serve::{Call, Reply};

/// The header of the request (draft-ietf-httpapi-idempotency-key-header).
pub(super) const KEY: &str = "idempotency-key";
/// Says that an answer is the first one, given again.
const AGAIN: HeaderName = HeaderName::from_static("idempotency-replayed");
/// The longest key.
pub(super) const LONGEST: usize = 200;

/// The key of a request, if it has one. A file has none: what it says is not known before it has come, and nothing is done by it.
pub(super) fn key(operation: &Operation, headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let Some(value) = headers.get(KEY) else { return Ok(None) };
    if operation.file {
        return Err(Problem::invalid("unknown_parameter", "Idempotency-Key"));
    }
    let plain = value.to_str().ok().filter(|key| !key.is_empty() && key.len() <= LONGEST);
    let one = headers.get_all(KEY).iter().count() == 1;
    let key = plain.filter(|_| one).ok_or_else(|| Problem::invalid("invalid_parameter", "Idempotency-Key"))?;
    Ok(Some(key.to_owned()))
}

/// Does what is asked for once, however often it is sent under this key by this caller. Whoever hangs up halfway does not stop it:
/// what was done has its answer kept.
pub(super) async fn once(call: Call, key: String) -> Response {
    let visit = call.visit.clone();
    let doing = tokio::spawn(async move { begin_to_end(call, &key).await }.in_current_span());
    match doing.await {
        Ok(response) => response,
        Err(error) => {
            tracing::error!(%error, "a request ended in the middle");
            Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "api-internal").answer(&visit)
        }
    }
}

async fn begin_to_end(call: Call, key: &str) -> Response {
    let (app, visit) = (call.app.clone(), call.visit.clone());
    let keyed = call.keyed(key);
    let begun = match begin(&app.store, keyed.clone()).await {
        Ok(begun) => begun,
        Err(error) => return Problem::from(error).answer(&visit),
    };
    match begun {
        Begun::First => {}
        Begun::Again { status, answer } => return again(status, &answer),
        Begun::AtWork => return Problem::later(StatusCode::CONFLICT, "in_progress", 1).answer(&visit),
        Begun::Other => {
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            return Problem::new(status, "idempotency_key_reused", "api-idempotency_key_reused").answer(&visit);
        }
    }
    let (status, body, response) = rendered(call.run().await, &visit);
    // What failed on our side, or has to wait, can be tried again.
    let settled = if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS {
        forget(&app.store, keyed).await
    } else {
        keep(&app.store, keyed, i64::from(status.as_u16()), body).await
    };
    if let Err(error) = settled {
        tracing::error!(%error, "an answer could not be kept");
    }
    response
}

fn rendered(outcome: Result<Reply, Problem>, visit: &Visit) -> (StatusCode, String, Response) {
    match outcome {
        Ok(reply) => (reply.status, reply.body.to_string(), reply.into_response()),
        Err(problem) => {
            let rendered: Rendered = problem.render(visit);
            (rendered.status, rendered.body.clone(), rendered.into_response())
        }
    }
}

fn again(status: i64, answer: &str) -> Response {
    let status = u16::try_from(status).ok().and_then(|status| StatusCode::from_u16(status).ok());
    let status = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = Reply::new(status, serde_json::from_str(answer).unwrap_or(Value::Null)).into_response();
    response.headers_mut().insert(AGAIN, axum::http::HeaderValue::from_static("true"));
    response
}

impl Call {
    /// Of whom, and what: a key of one caller is nothing in another's hands.
    fn keyed(&self, key: &str) -> Keyed {
        let who = format!("{}\n{}\n{key}", self.caller.client_id, self.caller.id());
        let id = self.id.as_deref().unwrap_or_default();
        // What one token may read is not told again to another.
        let reads = self.caller.has_scope(MEMBERS_READ);
        let what = format!("{} {id} {reads}\n{}", self.operation.id, self.body);
        Keyed { key: SecretHash::of(&who), request: SecretHash::of(&what), at: self.app.kit.ambient().now() }
    }
}
