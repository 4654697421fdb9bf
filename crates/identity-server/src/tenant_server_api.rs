//! What tenant servers ask: to be given a tenant, once, by a code; and every minute to be believed for another five.

use ambient::Timestamp;
use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::extract::{FromRequestParts, Path, State};
use axum::http::StatusCode;
use axum::http::header::CACHE_CONTROL;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use identity::clients::ClientRowId;
use identity::tenants::{self, Enrolment, EnrolmentRefused};
use identity::{Fault, grants};
use oidc::client::ClientKind;
use oidc::scope;
use serde::Deserialize;
use serde_json::json;
use store::StoreError;
use uuid::Uuid;
use webkit::Failure;

use crate::fault;
use crate::state::IdentityServer;
use crate::userinfo::{bearer, refuse};

/// How long a renewal may be: the ids of some ten thousand tenants.
pub const BODY_LIMIT: usize = 512 * 1024;

/// Redeems an enrolment code. Whoever has no good one learns nothing else.
pub async fn enrol(
    State(server): State<IdentityServer>,
    brought: Result<Json<Enrolment>, JsonRejection>,
) -> webkit::Result<Response> {
    let Ok(Json(brought)) = brought else { return Ok(refused("invalid_request", "code, server_key and client_keys")) };
    match tenants::enrol(&server.identity, brought).await {
        Ok(Ok(enrolled)) => Ok(([(CACHE_CONTROL, "no-store")], Json(enrolled)).into_response()),
        Ok(Err(EnrolmentRefused::Code)) => Ok(refused("invalid_code", "the code is unknown, used, or too old")),
        Ok(Err(EnrolmentRefused::Keys)) => Ok(refused("invalid_keys", "each key needs a kid; the server's is ES256")),
        Ok(Err(EnrolmentRefused::Proof)) => {
            Ok(refused("invalid_proof", "the server does not prove that it has its key: bring it to this version"))
        }
        Err(Fault::Store(StoreError::Duplicate(reason))) => {
            tracing::warn!(reason, "an enrolment met another client of the same name");
            Ok(refused("invalid_code", "another application has the tenant's short name as its id"))
        }
        Err(fault) => Err(fault::failure(fault)),
    }
}

fn refused(code: &str, description: &str) -> Response {
    let body = json!({ "error": code, "error_description": description });
    (StatusCode::BAD_REQUEST, [(CACHE_CONTROL, "no-store")], Json(body)).into_response()
}

/// The tenant server that a request speaks for: asked before anything of the body is read.
pub struct Server(ClientRowId);

impl FromRequestParts<IdentityServer> for Server {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, server: &IdentityServer) -> Result<Self, Response> {
        let Some(token) = bearer(&parts.headers) else { return Err(refuse(StatusCode::UNAUTHORIZED, "Bearer")) };
        let client = grants::client_of_token(&server.identity, token, scope::LEASE).await;
        let client = client.map_err(|fault| fault::failure(fault).into_response())?;
        client
            .filter(|client| client.client.kind == ClientKind::TenantServer)
            .map(|client| Self(client.id))
            .ok_or_else(|| refuse(StatusCode::UNAUTHORIZED, "Bearer error=\"invalid_token\""))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Told {
    /// Tenants whose members' changes could not be delivered.
    withheld: Vec<Uuid>,
    /// What the last answer said; 0 at first.
    heard_at: Timestamp,
}

/// Renews the lease of all tenants of a server (DESIGN §3.5), and tells it what has changed about them.
pub async fn lease(
    State(server): State<IdentityServer>,
    Server(id): Server,
    Json(told): Json<Told>,
) -> webkit::Result<Response> {
    let renewal = tenants::renew(&server.identity, id, &told.withheld, told.heard_at).await.map_err(fault::failure)?;
    Ok(([(CACHE_CONTROL, "no-store")], Json(renewal)).into_response())
}

/// A tenant's picture, for the server of that tenant: it shows it from its own origin.
pub async fn logo(
    State(server): State<IdentityServer>,
    Server(id): Server,
    Path(hash): Path<String>,
) -> webkit::Result<Response> {
    let mut conn = server.identity.store.read().await.map_err(fault::store_failure)?;
    let logo = tenants::logo_for(&mut conn, id, &hash).await.map_err(fault::store_failure)?;
    let logo = logo.ok_or_else(Failure::not_found)?;
    Ok(webkit::picture(&logo.media_type, logo.bytes))
}
