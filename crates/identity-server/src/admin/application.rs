use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use identity::clients::{self, Line};
use oidc::client::AuthMethod;
use webkit::{Brand, Failure, Form, Shell, Visit, html, see_other};

use super::door::{Administrator, Done};
use super::tenant::Nothing;
use crate::fault;
use crate::state::IdentityServer;

#[derive(Template)]
#[template(path = "admin/application.html")]
struct ApplicationPage {
    visit: Visit,
    brand: Brand,
    shell: Shell,
    it: Line,
    has_secret: bool,
}

async fn find(server: &IdentityServer, client_id: &str) -> webkit::Result<Line> {
    let mut conn = server.identity.store.read().await.map_err(fault::store_failure)?;
    clients::application(&mut conn, client_id).await.map_err(fault::failure)?.ok_or_else(Failure::not_found)
}

/// One application, as it is registered.
pub async fn show(
    State(server): State<IdentityServer>,
    administrator: Administrator,
    Path(client_id): Path<String>,
    Query(done): Query<Done>,
) -> webkit::Result<Response> {
    let it = find(&server, &client_id).await?;
    let (brand, shell) = (administrator.brand(&server), administrator.shell(&done));
    let method = it.registered.client.auth_method;
    let has_secret = matches!(method, AuthMethod::ClientSecretBasic | AuthMethod::ClientSecretPost);
    Ok(html(ApplicationPage { visit: administrator.visit, brand, shell, it, has_secret }))
}

/// A new secret, shown this once.
pub async fn rotate(
    State(server): State<IdentityServer>,
    administrator: Administrator,
    Path(client_id): Path<String>,
    Form(Nothing {}): Form<Nothing>,
) -> webkit::Result<Response> {
    let it = find(&server, &client_id).await?;
    let secret = clients::rotate_secret(&server.identity, administrator.actor(), it.registered.id).await;
    let secret = secret.map_err(fault::failure)?.ok_or_else(|| Failure::conflict("application-without-secret"))?;
    Ok(secret_page(&server, administrator, client_id, it.registered.client.name, Some(secret)))
}

pub async fn disable(
    State(server): State<IdentityServer>,
    administrator: Administrator,
    Path(client_id): Path<String>,
    Form(Nothing {}): Form<Nothing>,
) -> webkit::Result<Response> {
    let it = find(&server, &client_id).await?;
    let actor = administrator.actor();
    clients::disable(&server.identity, actor, it.registered.id).await.map_err(fault::failure)?;
    Ok(see_other(&format!("/admin/applications/{}?done=disabled", it.registered.client.client_id)))
}

pub async fn enable(
    State(server): State<IdentityServer>,
    administrator: Administrator,
    Path(client_id): Path<String>,
    Form(Nothing {}): Form<Nothing>,
) -> webkit::Result<Response> {
    let it = find(&server, &client_id).await?;
    let actor = administrator.actor();
    clients::enable(&server.identity, actor, it.registered.id).await.map_err(fault::failure)?;
    Ok(see_other(&format!("/admin/applications/{}?done=enabled", it.registered.client.client_id)))
}

#[derive(Template)]
#[template(path = "admin/secret.html")]
struct SecretPage {
    visit: Visit,
    brand: Brand,
    shell: Shell,
    client_id: String,
    name: String,
    secret: Option<String>,
    issuer: String,
}

/// The page that shows what an application has to be told.
pub fn secret_page(
    server: &IdentityServer,
    administrator: Administrator,
    client_id: String,
    name: String,
    secret: Option<String>,
) -> Response {
    let (brand, shell) = (administrator.brand(server), administrator.shell(&Done::default()));
    let issuer = server.identity.settings.issuer().to_owned();
    html(SecretPage { visit: administrator.visit, brand, shell, client_id, name, secret, issuer })
}
