use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use identity::clients::{self, Registered};
use identity::tenants::{self, Managed};
use serde::Deserialize;
use webkit::{Brand, FieldErrors, Form, Shell, Visit, html, html_with_status, see_other};

use super::door::{Administrator, Done, Pill, pill, tenant};
use super::wrong::errors;
use crate::fault;
use crate::state::IdentityServer;

/// How many of its clients the page of a tenant shows.
const CLIENTS_SHOWN: i64 = 100;

#[derive(Template)]
#[template(path = "admin/tenant.html")]
struct TenantPage {
    visit: Visit,
    brand: Brand,
    shell: Shell,
    it: Managed,
    pill: Pill,
    clients: Vec<Registered>,
    errors: FieldErrors,
    /// What stands in the field for another name.
    renamed: String,
}

/// One tenant: how it stands, its face, its applications, and what can be done to it.
pub async fn show(
    State(server): State<IdentityServer>,
    administrator: Administrator,
    Path(slug): Path<String>,
    Query(done): Query<Done>,
) -> webkit::Result<Response> {
    Ok(html(page(&server, administrator, &slug, &done, None).await?))
}

async fn page(
    server: &IdentityServer,
    administrator: Administrator,
    slug: &str,
    done: &Done,
    renaming: Option<(String, FieldErrors)>,
) -> webkit::Result<TenantPage> {
    let (it, reach) = tenant(server, slug).await?;
    let mut conn = server.identity.store.read().await.map_err(fault::store_failure)?;
    let clients = clients::of_tenant(&mut conn, it.tenant.id, None, CLIENTS_SHOWN).await.map_err(fault::failure)?;
    let (renamed, errors) = renaming.unwrap_or_else(|| (it.tenant.name.clone(), FieldErrors::none()));
    Ok(TenantPage {
        brand: administrator.brand(server),
        shell: administrator.shell(done),
        visit: administrator.visit,
        pill: pill(reach, it.server.is_some()),
        it,
        clients,
        errors,
        renamed,
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Renaming {
    name: String,
}

pub async fn rename(
    State(server): State<IdentityServer>,
    administrator: Administrator,
    Path(slug): Path<String>,
    Form(form): Form<Renaming>,
) -> webkit::Result<Response> {
    let (it, _) = tenant(&server, &slug).await?;
    let renamed = tenants::rename(&server.identity, administrator.actor(), it.tenant.id, &form.name).await;
    match renamed.map_err(fault::failure)? {
        Ok(()) => Ok(see_other(&format!("/admin/tenants/{}?done=renamed", it.tenant.slug))),
        Err(wrong) => {
            let renaming = Some((form.name, errors(&[wrong])));
            let page = page(&server, administrator, &slug, &Done::default(), renaming).await?;
            Ok(html_with_status(StatusCode::UNPROCESSABLE_ENTITY, page))
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}

/// A new enrolment code, shown this once; those before are void.
pub async fn new_code(
    State(server): State<IdentityServer>,
    administrator: Administrator,
    Path(slug): Path<String>,
    Form(Nothing {}): Form<Nothing>,
) -> webkit::Result<Response> {
    let (it, _) = tenant(&server, &slug).await?;
    let code =
        tenants::new_code(&server.identity, administrator.actor(), it.tenant.id).await.map_err(fault::failure)?;
    Ok(code_page(&server, administrator, it.tenant.slug, it.tenant.name, code))
}

#[derive(Template)]
#[template(path = "admin/code.html")]
struct CodePage {
    visit: Visit,
    brand: Brand,
    shell: Shell,
    slug: String,
    name: String,
    code: String,
    issuer: String,
}

/// The page that shows a code.
pub fn code_page(
    server: &IdentityServer,
    administrator: Administrator,
    slug: String,
    name: String,
    code: String,
) -> Response {
    let (brand, shell) = (administrator.brand(server), administrator.shell(&Done::default()));
    let issuer = server.identity.settings.issuer().to_owned();
    html(CodePage { visit: administrator.visit, brand, shell, slug, name, code, issuer })
}
