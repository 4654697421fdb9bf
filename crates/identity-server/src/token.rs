use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::header::{AUTHORIZATION, CACHE_CONTROL, PRAGMA, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use identity::Fault;
use identity::clients::Registered;
use identity::grants::{self, CodePresented, GrantError};
use oidc::error::{ErrorCode, OAuthError};
use oidc::params::Params;
use oidc::token::{TokenRequest, TokenResponse};
use store::StoreError;

use crate::state::IdentityServer;

/// Answers carry tokens: nobody may keep them (RFC 6749 §5.1).
pub const UNCACHED: [(axum::http::HeaderName, &str); 2] = [(CACHE_CONTROL, "no-store"), (PRAGMA, "no-cache")];

/// The token endpoint (RFC 6749 §3.2).
pub async fn token(
    State(server): State<IdentityServer>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Response {
    match grant(&server, &headers, body).await {
        Ok(tokens) => (UNCACHED, Json(tokens)).into_response(),
        Err(error) => error_answer(&error),
    }
}

/// The client that asks, proved, and what it sent: the beginning of every endpoint that clients call.
pub async fn authenticated(
    server: &IdentityServer,
    headers: &HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<(Registered, Params), GrantError> {
    let body = body.unwrap_or_default();
    // What is too long or no text is an empty request: the answer is the same OAuth error, as JSON.
    let params = Params::parse(std::str::from_utf8(&body).unwrap_or_default()).map_err(OAuthError::from)?;
    let authorization = headers.get(AUTHORIZATION).map(|value| value.to_str().unwrap_or("unreadable"));
    Ok((grants::authenticate_client(&server.identity, authorization, &params).await?, params))
}

async fn grant(
    server: &IdentityServer,
    headers: &HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<TokenResponse, GrantError> {
    let (client, params) = authenticated(server, headers, body).await?;
    let request = TokenRequest::parse(&params)?;
    request.check_allowed(&client.client)?;
    let resource = oidc::resource::of_token_request(&params)?;
    match request {
        TokenRequest::AuthorizationCode { code, redirect_uri, code_verifier } => {
            let presented = CodePresented {
                code: &code,
                redirect_uri: &redirect_uri,
                code_verifier: code_verifier.as_deref(),
                resource: resource.as_deref(),
            };
            grants::redeem_code(&server.identity, &client, presented).await
        }
        TokenRequest::RefreshToken { refresh_token, scope } => {
            grants::exchange(&server.identity, &client, &refresh_token, scope, resource).await
        }
        TokenRequest::ClientCredentials { scope } => {
            grants::client_credentials(&server.identity, &client, scope.as_ref(), resource.as_deref()).await
        }
    }
}

/// Whatever went wrong, as JSON.
pub fn error_answer(error: &GrantError) -> Response {
    match error {
        GrantError::OAuth(error) => refusal(error),
        GrantError::Fault(fault) => fault_answer(fault),
    }
}

/// An OAuth error as JSON (RFC 6749 §5.2); the detail stays in the log.
fn refusal(error: &OAuthError) -> Response {
    tracing::info!(code = error.code().as_str(), detail = error.detail(), "token request refused");
    let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::BAD_REQUEST);
    let mut response = (status, UNCACHED, Json(error.body())).into_response();
    if error.code() == ErrorCode::InvalidClient {
        let challenge = axum::http::HeaderValue::from_static("Basic realm=\"token\"");
        response.headers_mut().insert(WWW_AUTHENTICATE, challenge);
    }
    response
}

pub fn fault_answer(fault: &Fault) -> Response {
    let (code, text) = match fault {
        Fault::Busy(_) | Fault::Store(StoreError::Unavailable(_)) => {
            (ErrorCode::TemporarilyUnavailable, "try again in a few seconds")
        }
        _ => (ErrorCode::ServerError, "something failed on our side"),
    };
    tracing::error!(error = %fault, "token request failed");
    let error = OAuthError::new(code, text);
    let status = StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, UNCACHED, [(RETRY_AFTER, "5")], Json(error.body())).into_response()
}
