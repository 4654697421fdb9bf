use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use identity::tenants::{self, Face, ICONS};
use serde::Deserialize;
use webkit::{Brand, FieldErrors, Form, Shell, Visit, html, html_with_status, see_other};

use super::door::{Administrator, Done, tenant};
use super::wrong::errors;
use crate::fault;
use crate::state::IdentityServer;

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entered {
    icon: String,
    accent: String,
    terms_url: String,
    privacy_url: String,
}

#[derive(Template)]
#[template(path = "admin/branding.html")]
struct BrandingPage {
    visit: Visit,
    brand: Brand,
    shell: Shell,
    errors: FieldErrors,
    slug: String,
    name: String,
    entered: Entered,
    icons: &'static [&'static str],
}

/// How a tenant looks on its own pages and on ours (PP-19).
pub async fn show(
    State(server): State<IdentityServer>,
    administrator: Administrator,
    Path(slug): Path<String>,
) -> webkit::Result<Response> {
    let (it, _) = tenant(&server, &slug).await?;
    let entered = Entered {
        icon: it.tenant.icon,
        accent: it.tenant.accent.map(|accent| format!("#{accent}")).unwrap_or_default(),
        terms_url: it.tenant.terms_url.unwrap_or_default(),
        privacy_url: it.tenant.privacy_url.unwrap_or_default(),
    };
    Ok(html(page(&server, administrator, slug, it.tenant.name, entered, FieldErrors::none())))
}

fn page(
    server: &IdentityServer,
    administrator: Administrator,
    slug: String,
    name: String,
    entered: Entered,
    errors: FieldErrors,
) -> BrandingPage {
    let (brand, shell) = (administrator.brand(server), administrator.shell(&Done::default()));
    // The page itself shows the colour: that is the preview.
    let brand = Brand { accent: Some(entered.accent.clone()).filter(|accent| !accent.is_empty()), ..brand };
    BrandingPage { visit: administrator.visit, brand, shell, errors, slug, name, entered, icons: ICONS }
}

pub async fn save(
    State(server): State<IdentityServer>,
    administrator: Administrator,
    Path(slug): Path<String>,
    Form(entered): Form<Entered>,
) -> webkit::Result<Response> {
    let (it, _) = tenant(&server, &slug).await?;
    let Entered { icon, accent, terms_url, privacy_url } = entered.clone();
    let face = Face { icon, accent, terms_url, privacy_url };
    let set = tenants::set_face(&server.identity, administrator.actor(), it.tenant.id, &face).await;
    match set.map_err(fault::failure)? {
        Ok(()) => Ok(see_other(&format!("/admin/tenants/{}?done=branded", it.tenant.slug))),
        Err(wrong) => {
            let page = page(&server, administrator, slug, it.tenant.name, entered, errors(&wrong));
            Ok(html_with_status(StatusCode::UNPROCESSABLE_ENTITY, page))
        }
    }
}
