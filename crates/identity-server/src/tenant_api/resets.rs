//! A tenant's administrator asks for a new password of a member's account (TP-09). The tenant learns nothing of the account: the answer
//! is the same whatever opens it, and the mail goes to the account's own address.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use identity::recovery;
use identity::tenants;
use serde::{Deserialize, Serialize};

use super::Speaking;
use crate::fault;
use crate::state::IdentityServer;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    subject: String,
}

#[derive(Serialize)]
struct Heard {}

/// Another tenant's subject is nobody's (TN-01).
pub async fn ask(
    State(server): State<IdentityServer>,
    Speaking(tenant): Speaking,
    Json(asked): Json<Asked>,
) -> webkit::Result<Response> {
    let mut conn = server.identity.store.read().await.map_err(fault::store_failure)?;
    let tenant = tenants::find(&mut conn, tenant).await.map_err(fault::store_failure)?;
    drop(conn);
    let tenant = tenant.ok_or_else(webkit::Failure::not_found)?;
    let known = recovery::begin_for(&server.identity, &tenant, &asked.subject).await.map_err(fault::failure)?;
    if known { Ok(Json(Heard {}).into_response()) } else { Err(webkit::Failure::not_found()) }
}
