//! Links between accounts and tenants, pairwise subjects, and the read model of memberships.
//!
//! A person makes a link at `/join`, or by accepting an invitation; nothing else does. A subject is random, stored, and never given to another person.

mod hear;
mod memberships;
mod standing;

use ambient::Timestamp;
use store::{Conn, StoreError, Tx, params};
use uuid::Uuid;

use crate::accounts::AccountId;
use crate::tenants::{Tenant, TenantId};

pub use hear::{Heard, hear};
pub use memberships::{MemberState, Membership, Snapshot, membership};
pub(crate) use standing::{Standing, standing};

/// Whether an account and a tenant are linked.
///
/// # Errors
/// The database's.
pub async fn linked(conn: &mut Conn, tenant: TenantId, account: AccountId) -> Result<bool, StoreError> {
    conn.exists("SELECT 1 FROM link WHERE tenant_id = $1 AND account_id = $2", params![tenant, account]).await
}

/// Makes the link. Making it twice is one link.
///
/// # Errors
/// The database's.
pub async fn link(tx: &mut Tx, tenant: TenantId, account: AccountId, now: Timestamp) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO link (tenant_id, account_id, created_at, opened_at) VALUES ($1, $2, $3, $3)
         ON CONFLICT (tenant_id, account_id) DO NOTHING",
        params![tenant, account, now],
    )
    .await?;
    Ok(())
}

/// The subject under which a sector knows an account; `fresh` becomes it the first time.
///
/// # Errors
/// The database's.
pub async fn subject(tx: &mut Tx, sector: Uuid, account: AccountId, fresh: &str) -> Result<String, StoreError> {
    let (subject,): (String,) = tx
        .one(
            "INSERT INTO subject (sector_id, account_id, subject) VALUES ($1, $2, $3)
             ON CONFLICT (sector_id, account_id) DO UPDATE SET subject = subject.subject
             RETURNING subject",
            params![sector, account, fresh],
        )
        .await?;
    Ok(subject)
}

/// The subject under which a sector knows an account, if it does.
///
/// # Errors
/// The database's.
pub async fn known_subject(conn: &mut Conn, sector: Uuid, account: AccountId) -> Result<Option<String>, StoreError> {
    let row: Option<(String,)> = conn
        .maybe("SELECT subject FROM subject WHERE sector_id = $1 AND account_id = $2", params![sector, account])
        .await?;
    Ok(row.map(|(subject,)| subject))
}

/// Whom a tenant knows by this subject, as far as they are linked with it. Another tenant's subject is nobody's (TN-01).
///
/// # Errors
/// The database's.
pub async fn account_of(conn: &mut Conn, tenant: TenantId, subject: &str) -> Result<Option<AccountId>, StoreError> {
    let row: Option<(AccountId,)> = conn
        .maybe(
            "SELECT subject.account_id FROM subject
             JOIN link ON link.tenant_id = subject.sector_id AND link.account_id = subject.account_id
             WHERE subject.subject = $2 AND subject.sector_id = $1",
            params![tenant, subject],
        )
        .await?;
    Ok(row.map(|(account,)| account))
}

/// One of a person's instances, as the switcher shows it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Instance {
    /// The tenant.
    #[sqlx(flatten)]
    pub tenant: Tenant,
    /// Since when they are linked.
    pub linked_at: Timestamp,
    /// When it was opened last.
    pub opened_at: Timestamp,
    /// The member's state there, as last told; none: nothing was told yet.
    pub state: Option<MemberState>,
    /// The member's roles there, a JSON array.
    pub roles: Option<String>,
}

impl Instance {
    /// The roles as words. Only their keys are told here, which begin with a small letter.
    #[must_use]
    pub fn role_names(&self) -> Vec<String> {
        let keys: Option<Vec<String>> = self.roles.as_deref().and_then(|roles| serde_json::from_str(roles).ok());
        keys.unwrap_or_default().iter().map(|key| as_word(key)).collect()
    }
}

/// `picture_editor` → `Picture editor`.
fn as_word(key: &str) -> String {
    let mut letters = key.chars().map(|letter| if matches!(letter, '_' | '-') { ' ' } else { letter });
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// A person's instances, most recently opened first; the first hundred.
///
/// # Errors
/// The database's.
pub async fn instances(conn: &mut Conn, account: AccountId) -> Result<Vec<Instance>, StoreError> {
    conn.all(
        "SELECT tenant.id, slug, name, base_url, icon, accent, approval, logo, link.created_at AS linked_at, link.opened_at,
                membership.state, membership.roles
         FROM link
         JOIN tenant ON tenant.id = link.tenant_id
         LEFT JOIN subject ON subject.sector_id = link.tenant_id AND subject.account_id = link.account_id
         LEFT JOIN membership ON membership.tenant_id = link.tenant_id AND membership.subject = subject.subject
         WHERE link.account_id = $1 ORDER BY link.opened_at DESC, tenant.id LIMIT 100",
        params![account],
    )
    .await
}
