use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use identity::groups::{self, Asked, Heard, LONGEST_NAME, MOST_ASKED};
use serde::{Deserialize, Serialize};
use webkit::Failure;

use super::Speaking;
use crate::fault;
use crate::state::IdentityServer;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    provider: String,
    version: i64,
    groups: Vec<String>,
}

#[derive(Serialize)]
struct Counts {
    version: i64,
}

/// A tenant says which groups of a provider it wants to hear of when one of its members comes by it: those that it has mapped.
pub async fn ask(
    State(server): State<IdentityServer>,
    Speaking(tenant): Speaking,
    Json(wanted): Json<Wanted>,
) -> webkit::Result<Response> {
    let Wanted { provider, version, groups: names } = wanted;
    if names.len() > MOST_ASKED {
        return Err(Failure::new(StatusCode::PAYLOAD_TOO_LARGE));
    }
    if names.iter().any(|name| name.is_empty() || name.chars().count() > LONGEST_NAME) {
        return Err(Failure::new(StatusCode::UNPROCESSABLE_ENTITY));
    }
    match groups::ask(&server.identity, tenant, Asked { provider, version, names }).await.map_err(fault::failure)? {
        Heard::Yes => Ok(Json(Counts { version }).into_response()),
        // Another tenant's provider is answered like one that there is not (DESIGN §4.8).
        Heard::Unknown => Err(Failure::not_found()),
    }
}
