//! Upstream providers: who else can say who somebody is. Each is the platform's, or one tenant's own, and vouches no farther
//! than its owner reaches (DESIGN §4.2).
//!
//! What is needed to speak to one (issuer, client, endpoints) is text of the relying party's here, and its secret is sealed;
//! the rules look at the owner, the domains that it is trusted for, and whether it may be used.

mod ending;
mod manage;
mod remove;
mod rules;

use ambient::Timestamp;
use store::{Conn, StoreError, params};
use uuid::Uuid;

use crate::Identity;
use crate::tenants::TenantId;

pub use ending::end_some;
pub use manage::{Change, NewProvider, Saved, create, foresee, save, set_enabled};
pub use remove::{Removed, SAMPLE, Stranded, remove, stranded};
pub use rules::{Unfit, is_key, read_domain};

store::row_id!(
    /// A provider.
    ProviderId
);

store::words!(
    /// How a provider is offered on the sign-in page.
    Shown {
        /// A button among others.
        Button = "button",
        /// Reached by a domain or a policy alone.
        Hidden = "hidden",
        /// The only one that is offered on the way to a tenant. It shuts nobody out: that is what a member's policy does.
        Forced = "forced",
    }
);

/// The owner that stands for the platform in keys of tables.
pub(crate) const PLATFORM_OWNER: Uuid = Uuid::nil();

/// A provider.
#[derive(Debug, Clone)]
pub struct Provider {
    /// Its id.
    pub id: ProviderId,
    /// The tenant that owns it; none: the platform.
    pub tenant: Option<TenantId>,
    /// Its name in addresses, policies and the claim `idp`: `contoso`, or `acme.contoso` of the tenant `acme`.
    pub key: String,
    /// Its name for people.
    pub name: String,
    /// Which preset it was made from: its logo, its quirks.
    pub preset: String,
    /// Its issuer identifier.
    pub issuer: String,
    /// How it is spoken to, JSON: the relying party's own.
    pub settings: String,
    /// E-mail domains that it is trusted for.
    pub domains: Vec<String>,
    /// How it is offered.
    pub shown: Shown,
    /// Rises with each change.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// Nobody signs in by it at the moment.
    pub disabled: bool,
    sealed: Option<Vec<u8>>,
}

impl Provider {
    /// Whether there is a secret, sealed.
    #[must_use]
    pub const fn has_secret(&self) -> bool {
        self.sealed.is_some()
    }

    /// What the audit log says of it beside its id.
    pub(super) fn told(&self) -> serde_json::Value {
        serde_json::json!({ "key": self.key, "tenant": self.tenant })
    }

    /// Whether it may be used on the way to this tenant (none: to something of the platform).
    #[must_use]
    pub fn serves(&self, tenant: Option<TenantId>) -> bool {
        !self.disabled && (self.tenant.is_none() || self.tenant == tenant)
    }

    /// Whether it is trusted to say whose an address of this domain is.
    #[must_use]
    pub fn is_trusted_for(&self, domain: &str) -> bool {
        self.domains.iter().any(|known| known == domain)
    }

    /// Its secret: a client secret, or a private key.
    ///
    /// # Errors
    /// [`store::SealError`]: another master key than the one that sealed it.
    pub fn secret(&self, identity: &Identity) -> Result<Option<String>, store::SealError> {
        let Some(sealed) = &self.sealed else { return Ok(None) };
        let opened = identity.master_key.open(&seal_context(self.id), sealed)?;
        Ok(Some(String::from_utf8_lossy(&opened).into_owned()))
    }
}

fn seal_context(id: ProviderId) -> String {
    format!("provider {id}")
}

#[derive(sqlx::FromRow)]
struct Row {
    id: ProviderId,
    tenant_id: Option<TenantId>,
    key: String,
    name: String,
    preset: String,
    issuer: String,
    settings: String,
    sealed: Option<Vec<u8>>,
    domains: String,
    shown: Shown,
    version: i64,
    created_at: Timestamp,
    disabled_at: Option<Timestamp>,
}

impl From<Row> for Provider {
    fn from(row: Row) -> Self {
        Self {
            id: row.id,
            tenant: row.tenant_id,
            key: row.key,
            name: row.name,
            preset: row.preset,
            issuer: row.issuer,
            settings: row.settings,
            // What cannot be read is trusted for nothing.
            domains: serde_json::from_str(&row.domains).unwrap_or_default(),
            shown: row.shown,
            version: row.version,
            created_at: row.created_at,
            disabled: row.disabled_at.is_some(),
            sealed: row.sealed,
        }
    }
}

/// A statement that reads providers; deleted ones don't exist.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, tenant_id, key, name, preset, issuer, settings, sealed, domains, shown, version, created_at, disabled_at
             FROM provider WHERE deleted_at IS NULL AND ",
            $rest
        )
    };
}

/// By its key, disabled or not.
///
/// # Errors
/// The database's.
pub async fn find(conn: &mut Conn, key: &str) -> Result<Option<Provider>, StoreError> {
    Ok(conn.maybe::<Row>(select!("key = $1"), params![key]).await?.map(Provider::from))
}

/// An owner's by its key, disabled or not. Anybody else's is like one that does not exist (TN-01).
///
/// # Errors
/// The database's.
pub async fn own(conn: &mut Conn, owner: Option<TenantId>, key: &str) -> Result<Option<Provider>, StoreError> {
    Ok(find(conn, key).await?.filter(|provider| provider.tenant == owner))
}

/// By its id, disabled or not.
///
/// # Errors
/// The database's.
pub async fn find_by_id(conn: &mut Conn, id: ProviderId) -> Result<Option<Provider>, StoreError> {
    Ok(conn.maybe::<Row>(select!("id = $1"), params![id]).await?.map(Provider::from))
}

/// How many providers one owner may have: all of them are listed.
pub const MOST: i64 = 100;

/// An owner's own.
///
/// # Errors
/// The database's.
pub async fn of_owner(conn: &mut Conn, tenant: Option<TenantId>) -> Result<Vec<Provider>, StoreError> {
    let rows: Vec<Row> = match tenant {
        Some(tenant) => conn.all(select!("tenant_id = $1 ORDER BY key LIMIT $2"), params![tenant, MOST]).await?,
        None => conn.all(select!("tenant_id IS NULL ORDER BY key LIMIT $1"), params![MOST]).await?,
    };
    Ok(rows.into_iter().map(Provider::from).collect())
}

/// Those that can be used on the way to a tenant, its own first.
///
/// # Errors
/// The database's.
pub async fn usable(conn: &mut Conn, tenant: Option<TenantId>) -> Result<Vec<Provider>, StoreError> {
    let own = match tenant {
        Some(_) => of_owner(conn, tenant).await?,
        None => Vec::new(),
    };
    let platform = of_owner(conn, None).await?;
    Ok(own.into_iter().chain(platform).filter(|provider| !provider.disabled).collect())
}

/// Where the holder of an address of this domain signs in: by the tenant's own provider in its own login, else by the
/// platform's (DESIGN §3.2, §4.2).
///
/// # Errors
/// The database's.
pub async fn of_domain(
    conn: &mut Conn,
    tenant: Option<TenantId>,
    domain: &str,
) -> Result<Option<Provider>, StoreError> {
    let own = tenant.map_or(PLATFORM_OWNER, |tenant| tenant.0);
    for owner in [own, PLATFORM_OWNER] {
        let row: Option<Row> = conn
            .maybe(
                select!(
                    "disabled_at IS NULL
                     AND id = (SELECT provider_id FROM provider_domain WHERE owner_id = $1 AND domain = $2)"
                ),
                params![owner, domain],
            )
            .await?;
        if let Some(row) = row {
            return Ok(Some(row.into()));
        }
    }
    Ok(None)
}
