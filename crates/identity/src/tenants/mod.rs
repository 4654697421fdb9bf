//! Tenants as the identity server knows them: a name, an address, a face for the pages, and whether someone there has to
//! let people in. Their members are the tenants' own business; of them there is only a read model ([`crate::links`]).

use ambient::Timestamp;
use store::{Conn, StoreError, Tx, params};

use crate::authorize::InteractionId;

store::row_id!(
    /// A tenant.
    TenantId
);

/// A tenant.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Tenant {
    /// Its id: the sector of its pairwise subjects.
    pub id: TenantId,
    /// Its short name in addresses and in the parameter `tenant=`.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// Where its instance lives.
    pub base_url: String,
    /// Name of an icon.
    pub icon: String,
    /// Its brand colour, `rrggbb`.
    pub accent: Option<String>,
    /// Whether a person who joins waits for somebody's approval.
    pub approval: bool,
}

/// By id.
///
/// # Errors
/// The database's.
pub async fn find(conn: &mut Conn, id: TenantId) -> Result<Option<Tenant>, StoreError> {
    conn.maybe("SELECT id, slug, name, base_url, icon, accent, approval FROM tenant WHERE id = $1", params![id]).await
}

/// By its short name.
///
/// # Errors
/// The database's.
pub async fn find_by_slug(conn: &mut Conn, slug: &str) -> Result<Option<Tenant>, StoreError> {
    conn.maybe("SELECT id, slug, name, base_url, icon, accent, approval FROM tenant WHERE slug = $1", params![slug])
        .await
}

/// Adds a tenant.
///
/// # Errors
/// [`StoreError::Duplicate`] when the id or the short name is taken.
pub async fn create(tx: &mut Tx, tenant: &Tenant, now: Timestamp) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO tenant (id, slug, name, base_url, icon, accent, approval, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        params![tenant.id, tenant.slug, tenant.name, tenant.base_url, tenant.icon, tenant.accent, tenant.approval, now],
    )
    .await?;
    Ok(())
}

/// The tenant that a waiting authorization request leads to, whichever browser asks: for the page of a mailed link.
///
/// # Errors
/// The database's.
pub async fn behind_interaction(conn: &mut Conn, interaction: InteractionId) -> Result<Option<Tenant>, StoreError> {
    conn.maybe(
        "SELECT tenant.id, slug, tenant.name, base_url, icon, accent, approval
         FROM interaction JOIN client ON client.id = interaction.client_id JOIN tenant ON tenant.id = client.tenant_id
         WHERE interaction.id = $1",
        params![interaction],
    )
    .await
}
