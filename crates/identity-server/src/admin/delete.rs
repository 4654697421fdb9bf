use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use identity::tenants;
use serde::Deserialize;
use webkit::{Brand, FieldErrors, Form, Shell, Visit, html, html_with_status, see_other};

use super::door::{Administrator, Done, tenant};
use crate::fault;
use crate::state::IdentityServer;

#[derive(Template)]
#[template(path = "admin/delete.html")]
struct DeletePage {
    visit: Visit,
    brand: Brand,
    shell: Shell,
    errors: FieldErrors,
    slug: String,
    name: String,
    typed: String,
}

fn page(
    server: &IdentityServer,
    administrator: Administrator,
    slug: String,
    name: String,
    typed: String,
    errors: FieldErrors,
) -> DeletePage {
    let (brand, shell) = (administrator.brand(server), administrator.shell(&Done::default()));
    DeletePage { visit: administrator.visit, brand, shell, errors, slug, name, typed }
}

/// Says what a deletion takes away for good, and asks for the short name.
pub async fn ask(
    State(server): State<IdentityServer>,
    administrator: Administrator,
    Path(slug): Path<String>,
) -> webkit::Result<Response> {
    let (it, _) = tenant(&server, &slug).await?;
    Ok(html(page(&server, administrator, slug, it.tenant.name, String::new(), FieldErrors::none())))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Typed {
    slug: String,
}

pub async fn delete(
    State(server): State<IdentityServer>,
    administrator: Administrator,
    Path(slug): Path<String>,
    Form(typed): Form<Typed>,
) -> webkit::Result<Response> {
    let (it, _) = tenant(&server, &slug).await?;
    if typed.slug.trim() != it.tenant.slug {
        let errors = FieldErrors::one("slug", "wrong-typed-slug");
        let page = page(&server, administrator, slug, it.tenant.name, typed.slug, errors);
        return Ok(html_with_status(StatusCode::UNPROCESSABLE_ENTITY, page));
    }
    tenants::delete(&server.identity, administrator.actor(), it.tenant.id).await.map_err(fault::failure)?;
    Ok(see_other("/admin/tenants?done=deleted"))
}
