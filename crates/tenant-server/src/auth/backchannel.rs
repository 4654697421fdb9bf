//! Back-channel logout: the identity server posts a logout token (OpenID Connect Back-Channel Logout 1.0 §2.5 to §2.8).

use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header::CACHE_CONTROL};
use axum::response::{IntoResponse, Response};
use axum::{Form, Json};
use serde::Deserialize;
use serde_json::json;
use tenant::sessions::end_by_logout_token;

use crate::instance::App;
use crate::rp::RpError;

#[derive(Deserialize)]
pub(crate) struct Notice {
    logout_token: String,
}

/// Why nothing was ended.
enum Refusal {
    /// §2.8: 400.
    Invalid(String),
    /// Ours, or the identity server's keys cannot be had: worth another try.
    Later(String),
}

/// Takes a logout token and ends what it names.
pub(crate) async fn take(
    State(app): State<App>,
    notice: Result<Form<Notice>, axum::extract::rejection::FormRejection>,
) -> Response {
    let outcome = match notice {
        Ok(Form(notice)) => accept(&app, &notice.logout_token).await,
        Err(_) => Err(Refusal::Invalid("a form with one logout_token is expected".to_owned())),
    };
    let answer = match outcome {
        Ok(ended) => {
            tracing::info!(ended, tenant = %app.tenant.slug, "sessions ended by the identity server");
            StatusCode::OK.into_response()
        }
        Err(Refusal::Invalid(reason)) => {
            tracing::warn!(reason, tenant = %app.tenant.slug, "a logout token was refused");
            let body = json!({ "error": "invalid_request", "error_description": reason });
            (StatusCode::BAD_REQUEST, Json(body)).into_response()
        }
        Err(Refusal::Later(reason)) => {
            tracing::warn!(reason, "a logout token could not be checked");
            (StatusCode::SERVICE_UNAVAILABLE, Json(json!({ "error": "temporarily_unavailable" }))).into_response()
        }
    };
    ([(CACHE_CONTROL, HeaderValue::from_static("no-store"))], answer).into_response()
}

async fn accept(app: &App, token: &str) -> Result<usize, Refusal> {
    let named = app.rp.logout(token).await.map_err(|error| match error {
        RpError::BadTokens(reason) => Refusal::Invalid(reason),
        other => Refusal::Later(other.to_string()),
    })?;
    let ended = end_by_logout_token(&app.store, app.background(), named).await;
    ended.map_err(|error| Refusal::Later(error.to_string()))?.map_err(|replayed| Refusal::Invalid(replayed.to_string()))
}
