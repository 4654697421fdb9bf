use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};
use identity::grants::{self, GrantError};
use oidc::introspection::{Introspection, PresentedToken};

use crate::state::IdentityServer;
use crate::token::{UNCACHED, authenticated, error_answer};

/// The introspection endpoint (RFC 7662).
pub async fn introspect(
    State(server): State<IdentityServer>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    match answer(&server, &headers, body).await {
        Ok(known) => (UNCACHED, Json(known)).into_response(),
        Err(error) => error_answer(&error),
    }
}

async fn answer(
    server: &IdentityServer,
    headers: &HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Introspection, GrantError> {
    let (client, params) = authenticated(server, headers, body).await?;
    let presented = PresentedToken::parse(&params)?;
    grants::introspect(&server.identity, &client, &presented.token).await
}
