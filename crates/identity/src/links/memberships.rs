use ambient::Timestamp;
use serde::{Deserialize, Serialize};
use store::{Conn, StoreError, Tx, params};
use uuid::Uuid;

use crate::accounts::AccountId;
use crate::grants::revoke;
use crate::linking::{self, TieId};
use crate::logout;
use crate::tenants::TenantId;

store::words!(
    /// A member's state as its tenant tells it.
    MemberState {
        /// Invited, has not come yet.
        Invited = "invited",
        /// Waits for approval.
        ToReview = "to_review",
        /// May enter.
        Active = "active",
        /// Was refused.
        Rejected = "rejected",
        /// Locked by the tenant.
        Locked = "locked",
        /// Suspended by the tenant.
        Suspended = "suspended",
        /// Deleted there.
        Deleted = "deleted",
    }
);

/// A member as its tenant tells it: one version of the whole truth, addressed by the tenant's own subject.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Snapshot {
    /// Pairwise subject.
    pub subject: String,
    /// Rises with every change of this member.
    pub version: i64,
    /// State.
    pub state: MemberState,
    /// Roles, by key.
    pub roles: Vec<String>,
    /// Groups, by key.
    pub groups: Vec<String>,
    /// The one provider that opens the tenant to this member; none: platform.
    #[serde(default)]
    pub provider: Option<String>,
    /// Its version when that was last changed.
    #[serde(default)]
    pub switched: i64,
    /// Whoever changed it does not trust what opened the tenant before.
    #[serde(default)]
    pub compromised: bool,
    /// The upstream subject that whoever changed it has named.
    #[serde(default)]
    pub preset: Option<String>,
}

/// What became of a snapshot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Applied {
    /// It, or a newer one, is in force.
    InForce,
    /// The subject is none of this tenant's.
    UnknownSubject,
}

/// Applies a snapshot. Older and equal versions change nothing, so that a repeated delivery is harmless; a subject of
/// another tenant is the same as one that does not exist. `fresh` is for the tie that it may name.
///
/// # Errors
/// The database's.
pub async fn apply(
    tx: &mut Tx,
    tenant: TenantId,
    (fresh, it): &(Uuid, Snapshot),
    now: Timestamp,
) -> Result<Applied, StoreError> {
    let known: Option<(AccountId, Option<i64>, Option<String>)> = tx
        .maybe(
            "SELECT account_id, membership.switched, membership.provider FROM subject
             LEFT JOIN membership ON membership.tenant_id = sector_id AND membership.subject = subject.subject
             WHERE sector_id = $1 AND subject.subject = $2",
            params![tenant, it.subject],
        )
        .await?;
    let Some((account, before, provider_before)) = known else { return Ok(Applied::UnknownSubject) };
    let list = |words: &[String]| serde_json::Value::from(words.to_vec()).to_string();
    let news = tx
        .execute(
            "INSERT INTO membership (tenant_id, subject, version, state, roles, groups, provider, applied_at, switched,
                 compromised)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
             ON CONFLICT (tenant_id, subject) DO UPDATE SET
                version = excluded.version, state = excluded.state, roles = excluded.roles, groups = excluded.groups,
                provider = excluded.provider, applied_at = excluded.applied_at, switched = excluded.switched,
                compromised = excluded.compromised
             WHERE membership.version < excluded.version",
            params![
                tenant,
                it.subject,
                it.version,
                it.state,
                list(&it.roles),
                list(&it.groups),
                it.provider,
                now,
                it.switched,
                it.compromised
            ],
        )
        .await?;
    let switched = it.switched > before.unwrap_or_default() || it.provider != provider_before;
    if news == 1 && switched {
        linking::end_of_member(tx, tenant, account, it.compromised, now).await?;
        revoke::of_switched(tx, tenant, account, now).await?;
        if let (Some(provider), Some(subject)) = (&it.provider, &it.preset) {
            linking::preset(tx, (tenant, account), TieId(*fresh), (provider, subject), now).await?;
        }
    }
    if news == 1 && (switched || it.state != MemberState::Active) {
        // Who may not enter the tenant is signed out of its applications too: they are told, and what they hold ends.
        logout::tell_of_member(tx, tenant, account, now).await?;
        revoke::of_member(tx, tenant, account, now).await?;
    }
    Ok(Applied::InForce)
}

/// A member as last told by its tenant.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Membership {
    /// The version in force.
    pub version: i64,
    /// State.
    pub state: MemberState,
    /// Roles, a JSON array.
    pub(super) roles: String,
    /// Groups, a JSON array.
    pub(super) groups: String,
    /// The one provider that opens the tenant to them.
    pub provider: Option<String>,
}

impl Membership {
    /// Roles, by key.
    #[must_use]
    pub fn roles(&self) -> Vec<String> {
        serde_json::from_str(&self.roles).unwrap_or_default()
    }

    /// Groups, by key.
    #[must_use]
    pub fn groups(&self) -> Vec<String> {
        serde_json::from_str(&self.groups).unwrap_or_default()
    }
}

/// The membership of a subject.
///
/// # Errors
/// The database's.
pub async fn membership(conn: &mut Conn, tenant: TenantId, subject: &str) -> Result<Option<Membership>, StoreError> {
    conn.maybe(
        "SELECT version, state, roles, groups, provider FROM membership WHERE tenant_id = $1 AND subject = $2",
        params![tenant, subject],
    )
    .await
}
