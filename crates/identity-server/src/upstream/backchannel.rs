//! Logout that a provider tells of: OpenID Connect Back-Channel Logout 1.0 §2.5 to §2.8, received.

use axum::extract::{Path, State};
use axum::http::header::CACHE_CONTROL;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::{Form, Json};
use identity::linking::{self, UpstreamLogout};
use identity::providers::{self, Provider};
use relying_party::LogoutType;
use serde::Deserialize;
use serde_json::json;

use super::party::party;
use crate::state::IdentityServer;

#[derive(Deserialize)]
pub struct Notice {
    logout_token: String,
}

/// One answer to all that ends nothing, so that nobody reads from it whether a tenant has such a provider (DESIGN §4.8).
const REFUSED: &str = "no logout token that could be verified";

/// Why nothing was ended.
enum Refusal {
    /// §2.8: 400.
    Invalid(String),
    /// Worth another try: something of ours.
    Later(String),
}

/// Takes a logout token, and ends the sessions that it names.
pub async fn take(
    State(server): State<IdentityServer>,
    Path(key): Path<String>,
    notice: Result<Form<Notice>, axum::extract::rejection::FormRejection>,
) -> Response {
    let outcome = match notice {
        Ok(Form(notice)) => accept(&server, &key, &notice.logout_token).await,
        Err(_) => Err(Refusal::Invalid("a form with one logout_token is expected".to_owned())),
    };
    let answer = match outcome {
        Ok(ended) => {
            tracing::info!(ended, provider = key, "sessions ended by their provider");
            StatusCode::OK.into_response()
        }
        Err(Refusal::Invalid(reason)) => {
            tracing::warn!(reason, provider = key, "a logout token was refused");
            // The log knows why. Whoever asks learns neither which providers there are nor whether they answer.
            let body = json!({ "error": "invalid_request", "error_description": REFUSED });
            (StatusCode::BAD_REQUEST, Json(body)).into_response()
        }
        Err(Refusal::Later(reason)) => {
            tracing::warn!(reason, provider = key, "a logout token could not be checked");
            (StatusCode::SERVICE_UNAVAILABLE, Json(json!({ "error": "temporarily_unavailable" }))).into_response()
        }
    };
    ([(CACHE_CONTROL, HeaderValue::from_static("no-store"))], answer).into_response()
}

async fn accept(server: &IdentityServer, key: &str, token: &str) -> Result<u64, Refusal> {
    let later = |error: &dyn std::fmt::Display| Refusal::Later(error.to_string());
    let provider = find(server, key).await.map_err(|error| later(&error))?;
    let provider = provider.ok_or_else(|| Refusal::Invalid("there is no such provider".to_owned()))?;
    let party = party(server, &provider).map_err(|_| Refusal::Invalid("the provider's settings".to_owned()))?;
    let told = party.verify_logout_token(token, LogoutType::Lax).await;
    let told = told.map_err(|fault| Refusal::Invalid(fault.to_string()))?;
    let logout = UpstreamLogout {
        provider: provider.id,
        issuer: provider.issuer,
        subject: told.subject,
        sid: told.sid,
        jti: told.jti,
        expires_at: told.expires_at,
    };
    let ended = linking::end_by_provider(&server.identity, logout).await.map_err(|fault| later(&fault))?;
    ended.ok_or_else(|| Refusal::Invalid("this token was used already".to_owned()))
}

async fn find(server: &IdentityServer, key: &str) -> Result<Option<Provider>, store::StoreError> {
    let mut conn = server.identity.store.read().await?;
    Ok(providers::find(&mut conn, key).await?.filter(|provider| !provider.disabled))
}
