//! The company directory knows teams: it states them at UserInfo. Its server is one of ours, which has no groups of its own.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::StatusCode;
use axum::http::header::CONTENT_LENGTH;
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value};

use super::cast::DIRECTORY_GROUPS;

/// The claim that states them.
pub const CLAIM: &str = "groups";
/// How long an answer of UserInfo is at most.
const LONGEST: usize = 64 * 1024;

/// The directory's router, with groups.
pub fn stating(router: Router) -> Router {
    router.layer(from_fn(state))
}

async fn state(request: Request, next: Next) -> Response {
    let asked = request.uri().path() == "/userinfo";
    let answer = next.run(request).await;
    if !asked || answer.status() != StatusCode::OK {
        return answer;
    }
    let (mut parts, body) = answer.into_parts();
    let Ok(body) = to_bytes(body, LONGEST).await else { return StatusCode::BAD_GATEWAY.into_response() };
    parts.headers.remove(CONTENT_LENGTH);
    Response::from_parts(parts, Body::from(with_groups(&body).unwrap_or_else(|| body.to_vec())))
}

/// The same claims, with the groups of whoever has that address.
fn with_groups(claims: &[u8]) -> Option<Vec<u8>> {
    let mut claims: Map<String, Value> = serde_json::from_slice(claims).ok()?;
    let email = claims.get("email")?.as_str()?;
    let (_, groups) = DIRECTORY_GROUPS.iter().find(|(known, _)| *known == email)?;
    claims.insert(CLAIM.to_owned(), groups.to_vec().into());
    serde_json::to_vec(&claims).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn who_is_in_groups_has_them_stated() {
        let stated = |claims: Value| {
            let told = with_groups(&serde_json::to_vec(&claims).unwrap());
            told.map(|told| serde_json::from_slice::<Value>(&told).unwrap()["groups"].clone())
        };
        assert_eq!(stated(json!({ "email": "wei@aurora.example" })), Some(json!(["Everyone", "Archive"])));
        assert_eq!((stated(json!({ "email": "eve@a.example" })), stated(json!({ "sub": "x" }))), (None, None));
    }
}
