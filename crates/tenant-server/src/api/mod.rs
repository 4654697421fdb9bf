//! The REST API of a tenant (IK-08), under `/api/v1`. One table of operations ([`operations`]) makes both the routes and the
//! document that describes them, so that they cannot differ.
//!
//! ```text
//! request ─▶ caller: token (signature, iss, aud, exp) ▸ who: member or service account, in at this moment     401 403
//!         ─▶ limits ─▶ scope ─▶ query ▸ body: nothing unknown ─▶ rights of this moment              429 403 400 422
//!         ─▶ once (Idempotency-Key) ─▶ run: the same rules that the pages ask ─▶ JSON, or a problem (RFC 9457)
//! ```
//! No cookie opens it, and no page of another origin reads it (WEB-21).

mod audit_log;
mod caller;
mod cursor;
mod document;
mod fields;
mod groups;
mod imports;
mod invitations;
mod job_details;
mod jobs;
mod limits;
mod members;
mod once;
mod operations;
mod operations_members;
mod operations_people;
mod operations_settings;
mod own_providers;
mod people;
mod problem;
mod providers;
mod query;
mod roles;
mod schemas;
mod schemas_jobs;
mod schemas_people;
mod schemas_providers;
mod schemas_settings;
mod serve;
mod service_accounts;
mod terms;
mod views;

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, on};
use webkit::Formless;

use crate::instance::App;
pub(crate) use limits::Limits;
use operations::OPERATIONS;
use problem::Problem;

/// Where it is, below a tenant's address. The whole is its identifier: the audience of its tokens.
const BASE: &str = "/api/v1";

/// The identifier of a tenant's API: the audience of tokens for it, and the `resource` by which a client asks for them (RFC 8707).
pub(crate) fn audience(app: &App) -> String {
    app.tenant.page(BASE)
}

/// The routes of the table, and the document.
pub(crate) fn router() -> Router<App> {
    let routes = OPERATIONS.iter().fold(Router::new(), |routes, operation| {
        let answer = move |State(app): State<App>,
                           Formless(visit): Formless,
                           Path(path): Path<serve::PathValues>,
                           RawQuery(query): RawQuery,
                           headers: HeaderMap,
                           body: Body| async move {
            let asked = serve::Asked { path, query: query.unwrap_or_default(), headers, body };
            serve::answer(operation, app, visit, asked).await
        };
        routes.route(operation.path, on(operation.method.filter(), answer))
    });
    let routes =
        routes.route(document::PATH, get(document::show)).fallback(nowhere).method_not_allowed_fallback(not_that_way);
    Router::new().nest(BASE, routes)
}

async fn nowhere(Formless(visit): Formless) -> Response {
    Problem::not_found().answer(&visit)
}

async fn not_that_way(Formless(visit): Formless) -> Response {
    Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", "api-method").answer(&visit).into_response()
}
