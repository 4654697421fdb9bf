use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use identity::tenants::{self, Creation, FirstAdministrator, NewTenant};
use serde::Deserialize;
use webkit::{Brand, FieldErrors, Form, Shell, Visit, html, html_with_status};

use super::door::{Administrator, Done};
use super::tenant::code_page;
use super::wrong::errors;
use crate::fault;
use crate::state::IdentityServer;

#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entered {
    name: String,
    slug: String,
    base_url: String,
    blueprint: String,
    email: String,
    #[serde(default)]
    given_name: String,
    #[serde(default)]
    family_name: String,
}

#[derive(Template)]
#[template(path = "admin/new_tenant.html")]
struct NewTenantPage {
    visit: Visit,
    brand: Brand,
    shell: Shell,
    errors: FieldErrors,
    entered: Entered,
    blueprints: Vec<String>,
}

fn page(server: &IdentityServer, administrator: Administrator, entered: Entered, errors: FieldErrors) -> NewTenantPage {
    let (brand, shell) = (administrator.brand(server), administrator.shell(&Done::default()));
    let blueprints = server.identity.settings.blueprints.names().to_vec();
    NewTenantPage { visit: administrator.visit, brand, shell, errors, entered, blueprints }
}

pub async fn show(State(server): State<IdentityServer>, administrator: Administrator) -> Response {
    html(page(&server, administrator, Entered::default(), FieldErrors::none()))
}

/// Makes the tenant; the answer shows its code, this once.
pub async fn create(
    State(server): State<IdentityServer>,
    administrator: Administrator,
    Form(entered): Form<Entered>,
) -> webkit::Result<Response> {
    let it = entered.clone();
    let new = NewTenant {
        slug: it.slug.trim().to_owned(),
        name: it.name,
        base_url: it.base_url,
        blueprint: it.blueprint,
        first_administrator: FirstAdministrator {
            email: it.email,
            given_name: it.given_name.trim().to_owned(),
            family_name: it.family_name.trim().to_owned(),
            locale: administrator.visit.lang.code().to_owned(),
        },
    };
    match tenants::create(&server.identity, administrator.actor(), new).await.map_err(fault::failure)? {
        Creation::Created(created) => {
            Ok(code_page(&server, administrator, created.tenant.slug, created.tenant.name, created.code))
        }
        Creation::Wrong(wrong) => {
            let page = page(&server, administrator, entered, errors(&wrong));
            Ok(html_with_status(StatusCode::UNPROCESSABLE_ENTITY, page))
        }
    }
}
