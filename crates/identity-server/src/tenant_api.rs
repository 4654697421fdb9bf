use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use identity::grants;
use identity::links::{self, Applied, Snapshot};
use identity::tenants::TenantId;
use oidc::scope;
use serde::{Deserialize, Serialize};
use store::StoreError;

use crate::fault;
use crate::state::IdentityServer;
use crate::userinfo::bearer;

/// How many members one request may tell of.
const MOST: usize = 500;

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

/// A tenant tells of its members (DESIGN §3.5). Which tenant, its token says; nothing in the body can.
pub async fn members(
    State(server): State<IdentityServer>,
    headers: HeaderMap,
    Json(told): Json<Told>,
) -> webkit::Result<Response> {
    let unauthorized = || webkit::Failure::new(StatusCode::UNAUTHORIZED);
    let token = bearer(&headers).ok_or_else(unauthorized)?;
    let client = grants::client_of_token(&server.identity, token, scope::MEMBERS).await.map_err(fault::failure)?;
    let tenant = client.and_then(|client| client.tenant).ok_or_else(unauthorized)?;
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
