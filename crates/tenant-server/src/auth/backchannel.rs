//! Back-channel logout: the identity server posts a logout token (OpenID Connect Back-Channel Logout 1.0 §2.5 to §2.8).

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header::CACHE_CONTROL};
use axum::response::{IntoResponse, Response};
use axum::{Form, Json};
use jose::{Algorithm, Expected, JwtError};
use serde::Deserialize;
use serde_json::json;
use tenant::sessions::{LogoutClaims, check_logout_token, end_by_logout_token};

use crate::instance::App;
use crate::rp::{Provider, RpError};

/// How far the two clocks may be apart.
const LEEWAY: Duration = Duration::from_secs(30);

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
    let claims = verify(app, token).await?;
    let context = app.background();
    let named = check_logout_token(claims, context.now).map_err(|fault| Refusal::Invalid(fault.to_string()))?;
    let ended = end_by_logout_token(&app.store, context, named).await;
    ended.map_err(|error| Refusal::Later(error.to_string()))?.map_err(|fault| Refusal::Invalid(fault.to_string()))
}

async fn verify(app: &App, token: &str) -> Result<LogoutClaims, Refusal> {
    let away = |error: RpError| Refusal::Later(error.to_string());
    let known = app.rp.provider().await.map_err(away)?;
    match verify_with(app, &known, token) {
        Err(JwtError::UnknownKey(_)) => {
            let renewed = app.rp.with_new_keys().await.map_err(away)?;
            verify_with(app, &renewed, token)
        }
        decided => decided,
    }
    .map_err(|error| Refusal::Invalid(error.to_string()))
}

fn verify_with(app: &App, provider: &Arc<Provider>, token: &str) -> Result<LogoutClaims, JwtError> {
    let expected = Expected {
        typ: Some("logout+jwt"),
        issuer: app.rp.issuer(),
        audiences: &[app.rp.client_id()],
        algorithms: Algorithm::ALL,
        now: app.kit.ambient().now(),
        leeway: LEEWAY,
    };
    jose::verify(token, &provider.keys, &expected)
}
