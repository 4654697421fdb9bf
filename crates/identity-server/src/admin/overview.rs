use ambient::Timestamp;
use askama::Template;
use axum::extract::State;
use axum::response::Response;
use identity::tenants::{self, ServerLine};
use webkit::{Brand, Shell, Visit, html};

use super::door::{Administrator, Done};
use crate::fault;
use crate::state::IdentityServer;

#[derive(Template)]
#[template(path = "admin/overview.html")]
struct OverviewPage {
    visit: Visit,
    brand: Brand,
    shell: Shell,
    servers: Vec<ServerLine>,
    issuer: String,
    now: Timestamp,
}

/// Where to begin: search, the servers and whether they are heard of.
pub async fn show(State(server): State<IdentityServer>, administrator: Administrator) -> webkit::Result<Response> {
    let mut conn = server.identity.store.read().await.map_err(fault::store_failure)?;
    let servers = tenants::servers(&mut conn).await.map_err(fault::store_failure)?;
    let (brand, shell) = (administrator.brand(&server), administrator.shell(&Done::default()));
    let now = administrator.visit.now;
    let issuer = server.identity.settings.issuer().to_owned();
    Ok(html(OverviewPage { visit: administrator.visit, brand, shell, servers, issuer, now }))
}
