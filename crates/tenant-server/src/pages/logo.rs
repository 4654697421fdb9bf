use axum::extract::{Path, State};
use axum::response::Response;
use tenant::control;
use webkit::Failure;

use crate::instance::App;

/// The tenant's picture, at the address that holds its hash.
pub(crate) async fn show(State(app): State<App>, Path(hash): Path<String>) -> webkit::Result<Response> {
    let mut control = app.control.read().await.map_err(Failure::internal)?;
    let logo = control::logo(&mut control, app.tenant.id, &hash).await.map_err(Failure::internal)?;
    let logo = logo.ok_or_else(Failure::not_found)?;
    Ok(webkit::picture(&logo.media_type, logo.bytes))
}
