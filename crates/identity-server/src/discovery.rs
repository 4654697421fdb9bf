use axum::Json;
use axum::extract::State;
use axum::http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};

use identity::sessions::ACR_SINGLE_FACTOR;

use crate::fault;
use crate::state::IdentityServer;

/// Public, the same for everyone, and cheap to ask for: browsers' applications may read it from anywhere.
const PUBLIC: [(axum::http::HeaderName, &str); 2] =
    [(ACCESS_CONTROL_ALLOW_ORIGIN, "*"), (CACHE_CONTROL, "public, max-age=300")];

/// Provider metadata (OpenID Connect Discovery §4, RFC 8414 §3).
pub async fn metadata(State(server): State<IdentityServer>) -> Response {
    (PUBLIC, Json(oidc::discovery::metadata(server.identity.settings.issuer(), &[ACR_SINGLE_FACTOR]))).into_response()
}

/// The public keys (RFC 7517 §5), as prepared when they last changed.
pub async fn jwks(State(server): State<IdentityServer>) -> Response {
    let document = server.identity.keys.current().document.to_string();
    (PUBLIC, [(CONTENT_TYPE, "application/jwk-set+json")], document).into_response()
}

/// Whether this server can do its work: its database answers, its keys are there.
pub async fn health(State(server): State<IdentityServer>) -> webkit::Result<&'static str> {
    let mut conn = server.identity.store.read().await.map_err(fault::store_failure)?;
    conn.exists("SELECT 1", vec![]).await.map_err(fault::store_failure)?;
    if server.identity.keys.current().published.keys.is_empty() {
        return Err(webkit::Failure::unavailable(std::time::Duration::from_secs(1)));
    }
    Ok("ok\n")
}
