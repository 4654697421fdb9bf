use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::header::{AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use identity::grants::{self, Refused};
use oidc::params::Params;

use crate::state::IdentityServer;
use crate::token::fault_answer;

/// UserInfo with the token in the header (OIDC Core §5.3.1). A token in the address is never looked at (RFC 9700 §4.3.2).
pub async fn get(State(server): State<IdentityServer>, headers: HeaderMap) -> Response {
    answer(&server, bearer(&headers)).await
}

/// The same by POST, the token in the header or the form (RFC 6750 §2.1–2), not both.
pub async fn post(State(server): State<IdentityServer>, headers: HeaderMap, body: Bytes) -> Response {
    let form =
        headers.get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"application/x-www-form-urlencoded"));
    let params =
        Params::parse(if form { std::str::from_utf8(&body).unwrap_or_default() } else { "" }).unwrap_or_default();
    let in_form = params.one("access_token").unwrap_or_default();
    match (bearer(&headers), in_form) {
        (Some(_), Some(_)) => refuse(StatusCode::BAD_REQUEST, "Bearer error=\"invalid_request\""),
        (header, form) => answer(&server, header.or(form)).await,
    }
}

/// The bearer token of a request; the scheme's name has no case (RFC 9110 §11.1).
pub fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("Bearer").then(|| token.trim())
}

async fn answer(server: &IdentityServer, token: Option<&str>) -> Response {
    let Some(token) = token else { return refuse(StatusCode::UNAUTHORIZED, "Bearer") };
    match grants::userinfo(&server.identity, token).await {
        Ok(Ok(claims)) => ([(CACHE_CONTROL, "no-store")], Json(claims)).into_response(),
        Ok(Err(Refused::Token)) => refuse(StatusCode::UNAUTHORIZED, "Bearer error=\"invalid_token\""),
        Ok(Err(Refused::Scope)) => {
            refuse(StatusCode::FORBIDDEN, "Bearer error=\"insufficient_scope\", scope=\"openid\"")
        }
        Err(fault) => fault_answer(&fault),
    }
}

/// The challenge says all (RFC 6750 §3); the body is an empty object, so that no page is drawn for a machine.
pub fn refuse(status: StatusCode, challenge: &'static str) -> Response {
    let headers = [(WWW_AUTHENTICATE, challenge), (CACHE_CONTROL, "no-store")];
    (status, headers, Json(serde_json::Map::new())).into_response()
}
