//! Tenants as the identity server knows them: a name, an address, a face for the pages, and how far what it tells of its
//! members can be believed. Its members are its own business; of them there is only a read model ([`crate::links`]).
//!
//! ```text
//! create ──code──▶ (tenant server) enrol ──▶ its server renews one lease a minute
//!    │                                            │
//!    └── reach: open · suspended · cut off ◀──────┘   asked before every code and every token (DESIGN §3.5)
//! suspend ⇄ resume        delete: what is the tenant's goes, batch by batch; the row and its short name stay
//! ```

mod blueprints;
mod change;
mod create;
mod ending;
mod enrol;
mod export;
mod lease;
mod logo;
mod manage;
mod picture;
mod proof;
mod reach;
mod rules;

use ambient::Timestamp;
use store::{Conn, StoreError, Tx, params};

use crate::authorize::InteractionId;

pub use blueprints::Blueprints;
pub use change::{Face, rename, set_face};
pub use create::{Created, Creation, NewTenant, create};
pub use ending::{delete, end_some, resume, suspend};
pub use enrol::{CODE_LIFETIME, Enrolled, Enrolment, EnrolmentRefused, FirstAdministrator, enrol, new_code};
pub use export::{Export, export};
pub use lease::{Change, LEASE_LIFETIME, Renewal, ServerLine, Standing, renew, servers};
pub use logo::{Logo, logo, logo_for, remove_logo, set_logo};
pub(crate) use manage::containing;
pub use manage::{List, Managed, Search, TENANTS_ON_A_PAGE, detail, list};
pub use picture::{MOST_BYTES as LOGO_MOST_BYTES, MOST_PIXELS as LOGO_MOST_PIXELS, Picture, Unfit, inspect};
pub use reach::{Reach, reach, refusal};
pub(crate) use rules::name;
pub use rules::{ICONS, Wrong};

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
    /// Its terms (PP-19).
    #[sqlx(default)]
    pub terms_url: Option<String>,
    /// Its privacy notice.
    #[sqlx(default)]
    pub privacy_url: Option<String>,
    /// The hash of its picture, which takes the icon's place.
    #[sqlx(default)]
    pub logo: Option<String>,
}

/// By id; deleted tenants don't exist.
///
/// # Errors
/// The database's.
pub async fn find(conn: &mut Conn, id: TenantId) -> Result<Option<Tenant>, StoreError> {
    conn.maybe(
        "SELECT id, slug, name, base_url, icon, accent, approval, terms_url, privacy_url, logo FROM tenant
         WHERE id = $1 AND deleted_at IS NULL",
        params![id],
    )
    .await
}

/// By its short name; deleted tenants don't exist.
///
/// # Errors
/// The database's.
pub async fn find_by_slug(conn: &mut Conn, slug: &str) -> Result<Option<Tenant>, StoreError> {
    conn.maybe(
        "SELECT id, slug, name, base_url, icon, accent, approval, terms_url, privacy_url, logo FROM tenant
         WHERE slug = $1 AND deleted_at IS NULL",
        params![slug],
    )
    .await
}

/// Writes a tenant down as it is; [`create()`] is the way that checks and audits.
///
/// # Errors
/// [`StoreError::Duplicate`] when the id, the short name or the address is taken.
pub async fn insert(tx: &mut Tx, tenant: &Tenant, blueprint: &str, now: Timestamp) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO tenant (id, slug, name, sort_name, base_url, icon, accent, approval, terms_url, privacy_url, blueprint,
             changed_at, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12)",
        params![
            tenant.id,
            tenant.slug,
            tenant.name,
            tenant.name.to_lowercase(),
            tenant.base_url,
            tenant.icon,
            tenant.accent,
            tenant.approval,
            tenant.terms_url,
            tenant.privacy_url,
            blueprint,
            now
        ],
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
        "SELECT tenant.id, slug, tenant.name, base_url, icon, accent, approval, terms_url, privacy_url,
                tenant.logo
         FROM interaction JOIN client ON client.id = interaction.client_id JOIN tenant ON tenant.id = client.tenant_id
         WHERE interaction.id = $1 AND tenant.deleted_at IS NULL",
        params![interaction],
    )
    .await
}
