use axum::extract::{Path, State};
use axum::response::Response;
use identity::clients::Registered;
use identity::tenants::{self, Tenant};
use webkit::{Brand, Failure, Kit};

use crate::fault;
use crate::state::IdentityServer;

/// A tenant's picture, at the address that holds its hash.
pub async fn picture(State(server): State<IdentityServer>, Path(hash): Path<String>) -> webkit::Result<Response> {
    let mut conn = server.identity.store.read().await.map_err(fault::store_failure)?;
    let logo = tenants::logo(&mut conn, &hash).await.map_err(fault::store_failure)?.ok_or_else(Failure::not_found)?;
    Ok(webkit::picture(&logo.media_type, logo.bytes))
}

/// The face of a page: the tenant's where the person is on the way into one, else the product's.
pub fn brand(kit: &Kit, tenant: Option<&Tenant>, client: Option<&Registered>) -> Brand {
    let mut brand = kit.brand();
    if let Some(tenant) = tenant {
        brand.name.clone_from(&tenant.name);
        brand.logo_icon.clone_from(&tenant.icon);
        brand.logo.clone_from(&tenant.logo);
        brand.accent = tenant.accent.as_ref().map(|accent| format!("#{accent}"));
        // Its own pages: they show what it has published, or lead to the address that it was given here (PP-19).
        let origin = tenant.base_url.trim_end_matches('/');
        brand.terms_url = Some(format!("{origin}/terms"));
        brand.privacy_url = Some(format!("{origin}/privacy"));
        brand.help_url = Some(format!("{origin}/help"));
    }
    if let Some(client) = client {
        brand.home_url.clone_from(&client.home_url);
    }
    brand
}
