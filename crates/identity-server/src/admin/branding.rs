use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use identity::tenants::{self, Face, ICONS, Tenant};
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
pub struct BrandingPage {
    visit: Visit,
    brand: Brand,
    shell: Shell,
    errors: FieldErrors,
    tenant: Tenant,
    entered: Entered,
    icons: &'static [&'static str],
}

/// How a tenant looks on its own pages and on ours (PP-19).
pub async fn show(
    State(server): State<IdentityServer>,
    administrator: Administrator,
    Path(slug): Path<String>,
    Query(done): Query<Done>,
) -> webkit::Result<Response> {
    let (it, _) = tenant(&server, &slug).await?;
    Ok(html(page(&server, administrator, &done, it.tenant, None, FieldErrors::none())))
}

/// The page, with what was entered or else with what is.
pub fn page(
    server: &IdentityServer,
    administrator: Administrator,
    done: &Done,
    tenant: Tenant,
    entered: Option<Entered>,
    errors: FieldErrors,
) -> BrandingPage {
    let entered = entered.unwrap_or_else(|| Entered {
        icon: tenant.icon.clone(),
        accent: tenant.accent.as_ref().map(|accent| format!("#{accent}")).unwrap_or_default(),
        terms_url: tenant.terms_url.clone().unwrap_or_default(),
        privacy_url: tenant.privacy_url.clone().unwrap_or_default(),
    });
    let (brand, shell) = (administrator.brand(server), administrator.shell(done));
    // The page itself shows the colour: that is the preview.
    let brand = Brand { accent: Some(entered.accent.clone()).filter(|accent| !accent.is_empty()), ..brand };
    BrandingPage { visit: administrator.visit, brand, shell, errors, tenant, entered, icons: ICONS }
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
            let page = page(&server, administrator, &Done::default(), it.tenant, Some(entered), errors(&wrong));
            Ok(html_with_status(StatusCode::UNPROCESSABLE_ENTITY, page))
        }
    }
}
