use axum::Json;
use axum::extract::{FromRequestParts, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use identity::grants;
use identity::invitations;
use identity::links::{self, Applied, Snapshot};
use identity::tenants::{self, TenantId};
use oidc::client::ClientKind;
use oidc::scope;
use serde::{Deserialize, Serialize};
use store::StoreError;

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

#[derive(Serialize, Default)]
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
pub struct Speaking(TenantId);

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
    let heard = apply(&server, tenant, told.members).await.map_err(fault::store_failure)?;
    Ok(Json(heard).into_response())
}

async fn apply(server: &IdentityServer, tenant: TenantId, snapshots: Vec<Snapshot>) -> Result<Heard, StoreError> {
    let now = server.identity.ambient.now();
    let store = &server.identity.store;
    store
        .write((tenant, snapshots, now), |tx, (tenant, snapshots, now)| {
            Box::pin(async move {
                let mut heard = Heard::default();
                for snapshot in snapshots {
                    match links::apply(tx, *tenant, snapshot, *now).await? {
                        Applied::InForce => heard
                            .applied
                            .push(AppliedVersion { subject: snapshot.subject.clone(), version: snapshot.version }),
                        Applied::UnknownSubject => heard.unknown.push(snapshot.subject.clone()),
                    }
                }
                Ok(heard)
            })
        })
        .await
}
