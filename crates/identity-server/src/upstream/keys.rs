//! Our public keys at a provider that knows us by signed assertions, as it fetches them (`jwks_uri`).

use axum::extract::{Path, State};
use axum::response::Response;
use identity::providers;
use jose::JwkSet;
use webkit::Failure;

use super::party::read_settings;
use crate::fault;
use crate::state::IdentityServer;

/// The set: the key that signs, and one that is to follow it. Of a disabled provider too: it is set up before it opens anything.
pub async fn show(State(server): State<IdentityServer>, Path(key): Path<String>) -> webkit::Result<Response> {
    let mut conn = server.identity.store.read().await.map_err(fault::store_failure)?;
    let provider = providers::find(&mut conn, &key).await.map_err(fault::store_failure)?;
    let keys = read_settings(&provider.ok_or_else(Failure::not_found)?)?.public_keys;
    if keys.is_empty() {
        return Err(Failure::not_found());
    }
    let body = serde_json::to_vec(&JwkSet { keys }).map_err(Failure::internal)?;
    Ok(server.documents.public_keys(body))
}
