use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use crate::instance::App;

/// Whether this tenant can answer: its database can be read. The identity server's being away is not our illness.
pub(crate) async fn answer(State(app): State<App>) -> Response {
    match app.store.read().await {
        Ok(_) => (StatusCode::OK, "ok\n").into_response(),
        Err(error) => {
            tracing::warn!(%error, "not healthy");
            (StatusCode::SERVICE_UNAVAILABLE, "the database cannot be read\n").into_response()
        }
    }
}
