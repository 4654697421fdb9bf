use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use identity::clients::{self, NewApplication, Registration};
use identity::tenants;
use jose::Algorithm;
use oidc::client::AuthMethod;
use serde::Deserialize;
use webkit::{Brand, FieldErrors, Form, Shell, Visit, html, html_with_status};

use super::application::secret_page;
use super::door::{Administrator, Done};
use super::wrong::application_errors;
use crate::fault;
use crate::state::IdentityServer;

#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entered {
    name: String,
    /// A tenant's short name; empty: platform-wide.
    #[serde(default)]
    tenant: String,
    auth_method: String,
    #[serde(default)]
    jwks: String,
    /// One a line.
    #[serde(default)]
    redirect_uris: String,
    #[serde(default)]
    post_logout_uris: String,
    #[serde(default)]
    backchannel_uri: String,
    id_token_alg: String,
    #[serde(default)]
    pkce: Option<String>,
    #[serde(default)]
    native: Option<String>,
    #[serde(default)]
    service: Option<String>,
}

#[derive(Template)]
#[template(path = "admin/new_application.html")]
struct NewApplicationPage {
    visit: Visit,
    brand: Brand,
    shell: Shell,
    errors: FieldErrors,
    entered: Entered,
    methods: &'static [AuthMethod],
    algorithms: &'static [Algorithm],
}

fn page(
    server: &IdentityServer,
    administrator: Administrator,
    entered: Entered,
    errors: FieldErrors,
) -> NewApplicationPage {
    let (brand, shell) = (administrator.brand(server), administrator.shell(&Done::default()));
    let visit = administrator.visit;
    NewApplicationPage { visit, brand, shell, errors, entered, methods: AuthMethod::ALL, algorithms: Algorithm::ALL }
}

#[derive(Default, Deserialize)]
pub struct Address {
    /// From a tenant's page.
    #[serde(default)]
    tenant: String,
}

pub async fn show(
    State(server): State<IdentityServer>,
    administrator: Administrator,
    Query(address): Query<Address>,
) -> Response {
    let entered = Entered { tenant: address.tenant, pkce: Some("on".to_owned()), ..Entered::default() };
    html(page(&server, administrator, entered, FieldErrors::none()))
}

/// Registers the application; the answer shows its secret, this once.
pub async fn register(
    State(server): State<IdentityServer>,
    administrator: Administrator,
    Form(entered): Form<Entered>,
) -> webkit::Result<Response> {
    let errors = match read(&server, &entered).await? {
        Ok(new) => {
            let name = new.name.clone();
            let registered = clients::register_application(&server.identity, administrator.actor(), new).await;
            match registered.map_err(fault::failure)? {
                Registration::Registered { client_id, secret } => {
                    return Ok(secret_page(&server, administrator, client_id, name, secret));
                }
                Registration::Unfit(unfit) => application_errors(&unfit),
            }
        }
        Err(errors) => errors,
    };
    let page = page(&server, administrator, entered, errors);
    Ok(html_with_status(StatusCode::UNPROCESSABLE_ENTITY, page))
}

/// The form's words as values.
async fn read(server: &IdentityServer, entered: &Entered) -> webkit::Result<Result<NewApplication, FieldErrors>> {
    let mut errors = FieldErrors::none();
    let slug = entered.tenant.trim();
    let mut tenant = None;
    if !slug.is_empty() {
        let mut conn = server.identity.store.read().await.map_err(fault::store_failure)?;
        tenant = tenants::find_by_slug(&mut conn, slug).await.map_err(fault::store_failure)?.map(|tenant| tenant.id);
        if tenant.is_none() {
            errors.add("tenant", "wrong-tenant");
        }
    }
    let jwks = Some(entered.jwks.trim()).filter(|text| !text.is_empty()).map(serde_json::from_str).transpose();
    if jwks.is_err() {
        errors.add("jwks", "wrong-jwks");
    }
    let (method, algorithm) = (AuthMethod::named(&entered.auth_method), Algorithm::named(&entered.id_token_alg));
    if method.is_none() {
        errors.add("auth_method", "wrong-choice");
    }
    if algorithm.is_none() {
        errors.add("id_token_alg", "wrong-choice");
    }
    let (Some(auth_method), Some(id_token_alg), Ok(jwks), true) = (method, algorithm, jwks, errors.is_empty()) else {
        return Ok(Err(errors));
    };
    let lines = |text: &str| text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect();
    Ok(Ok(NewApplication {
        name: entered.name.clone(),
        tenant,
        auth_method,
        jwks,
        redirect_uris: lines(&entered.redirect_uris),
        post_logout_redirect_uris: lines(&entered.post_logout_uris),
        backchannel_logout_uri: Some(entered.backchannel_uri.trim().to_owned()).filter(|uri| !uri.is_empty()),
        id_token_alg,
        require_pkce: entered.pkce.is_some(),
        native: entered.native.is_some(),
        service: entered.service.is_some(),
    }))
}
