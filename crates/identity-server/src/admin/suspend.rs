use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use identity::tenants;
use webkit::{Brand, Form, Shell, Visit, html, see_other};

use super::door::{Administrator, Done, tenant};
use super::tenant::Nothing;
use crate::fault;
use crate::state::IdentityServer;

#[derive(Template)]
#[template(path = "admin/suspend.html")]
struct SuspendPage {
    visit: Visit,
    brand: Brand,
    shell: Shell,
    slug: String,
    name: String,
}

/// Says what a suspension does, and asks.
pub async fn ask(
    State(server): State<IdentityServer>,
    administrator: Administrator,
    Path(slug): Path<String>,
) -> webkit::Result<Response> {
    let (it, _) = tenant(&server, &slug).await?;
    let (brand, shell) = (administrator.brand(&server), administrator.shell(&Done::default()));
    Ok(html(SuspendPage { visit: administrator.visit, brand, shell, slug, name: it.tenant.name }))
}

pub async fn suspend(
    State(server): State<IdentityServer>,
    administrator: Administrator,
    Path(slug): Path<String>,
    Form(Nothing {}): Form<Nothing>,
) -> webkit::Result<Response> {
    let (it, _) = tenant(&server, &slug).await?;
    tenants::suspend(&server.identity, administrator.actor(), it.tenant.id).await.map_err(fault::failure)?;
    Ok(see_other(&format!("/admin/tenants/{}?done=suspended", it.tenant.slug)))
}

pub async fn resume(
    State(server): State<IdentityServer>,
    administrator: Administrator,
    Path(slug): Path<String>,
    Form(Nothing {}): Form<Nothing>,
) -> webkit::Result<Response> {
    let (it, _) = tenant(&server, &slug).await?;
    tenants::resume(&server.identity, administrator.actor(), it.tenant.id).await.map_err(fault::failure)?;
    Ok(see_other(&format!("/admin/tenants/{}?done=resumed", it.tenant.slug)))
}
