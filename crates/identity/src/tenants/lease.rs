use std::time::Duration;

use ambient::Timestamp;
use serde::Serialize;
use store::{Conn, StoreError, params};
use uuid::Uuid;

use super::{Tenant, TenantId};
use crate::clients::ClientRowId;
use crate::{Fault, Identity};

/// How long a lease speaks for its tenants (DESIGN §3.5): with access tokens of five minutes, a lock works within ten
/// whatever is cut off from what.
pub const LEASE_LIFETIME: Duration = Duration::from_secs(5 * 60);

/// How many changes one answer tells of; the rest comes with the next.
const MOST_CHANGES: i64 = 500;

/// How far back the next answer looks beyond this one: a change is stamped before it is committed.
const OVERLAP: Duration = Duration::from_secs(60);

store::words!(
    /// How a tenant stands, for its server.
    Standing {
        /// It is served.
        Open = "open",
        /// The platform has suspended it.
        Suspended = "suspended",
        /// It is gone.
        Deleted = "deleted",
    }
);

/// What its server has to know of a tenant, whole, as of a version.
#[derive(Debug, Clone, Serialize)]
pub struct Change {
    /// Which tenant.
    pub tenant_id: TenantId,
    /// Older versions are no news.
    pub version: i64,
    /// Name.
    pub name: String,
    /// Logo.
    pub icon: String,
    /// `rrggbb`.
    pub accent: Option<String>,
    /// Terms.
    pub terms_url: Option<String>,
    /// Privacy notice.
    pub privacy_url: Option<String>,
    /// The hash of its picture, which takes the logo's place ([`super::logo_for`]).
    pub logo: Option<String>,
    /// How it stands.
    pub standing: Standing,
}

/// The answer to a renewal.
#[derive(Debug, Clone, Serialize)]
pub struct Renewal {
    /// What to ask from the next time, by this server's clock, microseconds.
    pub heard_at: Timestamp,
    /// What has changed since, oldest first; perhaps something that was told before.
    pub changes: Vec<Change>,
    /// Whether there is more to hear: ask again at once.
    pub more: bool,
}

#[derive(sqlx::FromRow)]
struct Row {
    #[sqlx(flatten)]
    tenant: Tenant,
    version: i64,
    changed_at: Timestamp,
    suspended_at: Option<Timestamp>,
    deleted_at: Option<Timestamp>,
}

/// A tenant server says that all it told is complete, apart from the tenants in `withheld`: one statement renews the lease
/// of all its tenants. The answer tells what has changed about them.
///
/// # Errors
/// [`Fault`].
pub async fn renew(
    identity: &Identity,
    server: ClientRowId,
    withheld: &[Uuid],
    heard_at: Timestamp,
) -> Result<Renewal, Fault> {
    let now = identity.ambient.now();
    let input = (server, now, serde_json::to_string(withheld)?);
    identity
        .store
        .write::<_, _, StoreError, _>(input, |tx, (server, now, withheld)| {
            Box::pin(tx.execute(
                "UPDATE tenant_server SET leased_at = $2, withheld = $3 WHERE client_id = $1",
                params![server, now, withheld],
            ))
        })
        .await?;
    let rows: Vec<Row> = identity
        .store
        .read()
        .await?
        .all(
            "SELECT id, slug, name, base_url, icon, accent, approval, terms_url, privacy_url, logo, version,
                    changed_at, suspended_at, deleted_at
             FROM tenant WHERE server_id = $1 AND changed_at >= $2 ORDER BY changed_at, id LIMIT $3",
            params![server, heard_at, MOST_CHANGES],
        )
        .await?;
    let full = i64::try_from(rows.len()).is_ok_and(|rows| rows == MOST_CHANGES);
    let last = rows.last().map(|row| row.changed_at).filter(|last| full && *last > heard_at);
    let (heard_at, more) = (last.unwrap_or_else(|| now.minus(OVERLAP)), last.is_some());
    Ok(Renewal { heard_at, changes: rows.into_iter().map(Change::from).collect(), more })
}

impl From<Row> for Change {
    fn from(row: Row) -> Self {
        let standing = match (row.deleted_at, row.suspended_at) {
            (Some(_), _) => Standing::Deleted,
            (None, Some(_)) => Standing::Suspended,
            (None, None) => Standing::Open,
        };
        Self {
            tenant_id: row.tenant.id,
            version: row.version,
            name: row.tenant.name,
            icon: row.tenant.icon,
            accent: row.tenant.accent,
            terms_url: row.tenant.terms_url,
            privacy_url: row.tenant.privacy_url,
            logo: row.tenant.logo,
            standing,
        }
    }
}

/// A tenant server, as the overview shows it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct ServerLine {
    /// Its client's public name.
    pub client_id: String,
    /// Since when.
    pub enrolled_at: Timestamp,
    /// When it was last heard of.
    pub leased_at: Timestamp,
}

impl ServerLine {
    /// Whether its lease lives.
    #[must_use]
    pub fn lives(&self, now: Timestamp) -> bool {
        now.since(self.leased_at) < LEASE_LIFETIME
    }
}

/// The tenant servers, by when they came; the first hundred.
///
/// # Errors
/// The database's.
pub async fn servers(conn: &mut Conn) -> Result<Vec<ServerLine>, StoreError> {
    conn.all(
        "SELECT client.client_id, enrolled_at, leased_at FROM tenant_server
         JOIN client ON client.id = tenant_server.client_id WHERE disabled_at IS NULL
         ORDER BY tenant_server.client_id LIMIT 100",
        params![],
    )
    .await
}
