use oidc::client::ClientKind;
use store::{Conn, StoreError};

use super::Registered;
use crate::tenants::{self, Tenant};

/// The identifier of a tenant's API: the audience of its tokens, and the beginning of its addresses.
fn api_of_tenant(tenant: &Tenant) -> String {
    format!("{}/api/v1", tenant.base_url.trim_end_matches('/'))
}

/// The API that this client may ask tokens for: its tenant's, and nobody else's. A tenant's own instance needs none.
///
/// # Errors
/// The database's.
pub async fn api_of(conn: &mut Conn, client: &Registered) -> Result<Option<String>, StoreError> {
    match client.tenant {
        Some(tenant) if client.client.kind == ClientKind::TenantApplication => {
            Ok(tenants::find(conn, tenant).await?.as_ref().map(api_of_tenant))
        }
        _ => Ok(None),
    }
}
