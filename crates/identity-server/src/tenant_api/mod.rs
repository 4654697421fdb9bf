pub mod decisions;
pub mod groups;
pub mod own;
pub mod providers;
pub mod resets;

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Json;
use axum::extract::{FromRequestParts, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use identity::grants;
use identity::invitations;
use identity::links::{self, Snapshot};
use identity::tenants::{self, TenantId};
use oidc::client::ClientKind;
use oidc::scope;
use serde::{Deserialize, Serialize};

use crate::fault;
use crate::state::IdentityServer;
use crate::userinfo::{bearer, refuse};

/// How many members one request may tell of.
const MOST: usize = 500;
/// How long a request may be: so many members with many roles.
pub const BODY_LIMIT: usize = 1024 * 1024;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Told {
    members: Vec<Snapshot>,
}

#[derive(Serialize)]
struct Heard {
    applied: Vec<AppliedVersion>,
    unknown: Vec<String>,
}

#[derive(Serialize)]
struct AppliedVersion {
    subject: String,
    version: i64,
}

/// The tenant that a request speaks for: its token says so, and nothing in the body can. An extractor, so that it is asked
/// before anything of the body is read.
pub struct Speaking(pub TenantId);

impl FromRequestParts<IdentityServer> for Speaking {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, server: &IdentityServer) -> Result<Self, Response> {
        let Some(token) = bearer(&parts.headers) else { return Err(refuse(StatusCode::UNAUTHORIZED, "Bearer")) };
        match grants::client_of_token(&server.identity, token, scope::MEMBERS).await {
            // A tenant's other applications speak for nobody, whatever scope they were registered with.
            Ok(client) => client
                .filter(|client| client.client.kind == ClientKind::TenantInstance)
                .and_then(|client| client.tenant)
                .map(Self),
            Err(fault) => return Err(fault::failure(fault).into_response()),
        }
        .ok_or_else(|| refuse(StatusCode::UNAUTHORIZED, "Bearer error=\"invalid_token\""))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ToldInvitations {
    invitations: Vec<invitations::Item>,
}

#[derive(Serialize)]
struct Stand {
    invitations: Vec<invitations::Standing>,
}

/// A tenant wants people to be invited, or invitations to end; the answer says how each stands (DESIGN §4.5).
pub async fn invitations(
    State(server): State<IdentityServer>,
    Speaking(tenant): Speaking,
    Json(told): Json<ToldInvitations>,
) -> webkit::Result<Response> {
    if told.invitations.len() > invitations::MAX_ITEMS {
        return Err(webkit::Failure::new(StatusCode::PAYLOAD_TOO_LARGE));
    }
    let mut conn = server.identity.store.read().await.map_err(fault::store_failure)?;
    let tenant = tenants::find(&mut conn, tenant).await.map_err(fault::store_failure)?;
    drop(conn);
    let tenant = tenant.ok_or_else(webkit::Failure::not_found)?;
    let invitations = invitations::take(&server.identity, tenant, told.invitations).await.map_err(fault::failure)?;
    Ok(Json(Stand { invitations }).into_response())
}

/// A tenant tells of its members (DESIGN §3.5).
pub async fn members(
    State(server): State<IdentityServer>,
    Speaking(tenant): Speaking,
    Json(told): Json<Told>,
) -> webkit::Result<Response> {
    if told.members.len() > MOST {
        return Err(webkit::Failure::new(StatusCode::PAYLOAD_TOO_LARGE));
    }
    if !told.members.iter().all(Snapshot::is_plain) {
        return Err(webkit::Failure::new(StatusCode::UNPROCESSABLE_ENTITY));
    }
    let Some(_turn) = server.underway.begin(tenant) else { return Err(webkit::Failure::too_many(AGAIN)) };
    let heard = links::hear(&server.identity, tenant, told.members).await.map_err(fault::store_failure)?;
    // Applications may have to hear of it.
    server.identity.logout_wake.ring();
    let applied = heard.applied.into_iter().map(|(subject, version)| AppliedVersion { subject, version }).collect();
    Ok(Json(Heard { applied, unknown: heard.unknown }).into_response())
}

/// When a tenant for which something is being done may ask for more.
const AGAIN: Duration = Duration::from_secs(1);

/// The tenants for which something is being done: one request each, so that no tenant fills the writer's queue with its members,
/// or has this server ask others without end.
#[derive(Clone, Default)]
pub struct Underway(Arc<Mutex<HashSet<TenantId>>>);

/// A tenant's turn, until it is dropped: also when the client hangs up.
pub struct Turn(Underway, TenantId);

impl Underway {
    pub fn begin(&self, tenant: TenantId) -> Option<Turn> {
        let mut tenants = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        tenants.insert(tenant).then(|| Turn(self.clone(), tenant))
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.1);
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn rel_09_one_list_of_members_a_tenant_at_a_time() {
        let (underway, one, two) = (Underway::default(), TenantId(Uuid::from_u128(1)), TenantId(Uuid::from_u128(2)));
        let turn = underway.begin(one);
        assert!(turn.is_some() && underway.begin(one).is_none());
        assert!(underway.begin(two).is_some(), "another tenant");
        drop(turn);
        assert!(underway.begin(one).is_some(), "when it is done");
    }
}
