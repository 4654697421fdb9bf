use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use identity::grants::{self, GrantError};
use oidc::introspection::PresentedToken;

use crate::state::IdentityServer;
use crate::token::{UNCACHED, authenticated, error_answer};

/// The revocation endpoint (RFC 7009): 200 and an empty body, whether there was anything to revoke or not (§2.2).
pub async fn revoke(
    State(server): State<IdentityServer>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    match end(&server, &headers, body).await {
        Ok(()) => UNCACHED.into_response(),
        Err(error) => error_answer(&error),
    }
}

async fn end(
    server: &IdentityServer,
    headers: &HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<(), GrantError> {
    let (client, params) = authenticated(server, headers, body).await?;
    let presented = PresentedToken::parse(&params)?;
    grants::revoke_token(&server.identity, &client, &presented.token).await
}
