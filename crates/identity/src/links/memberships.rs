use serde::{Deserialize, Serialize};
use store::{Conn, StoreError, params};

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
    /// Its version when that was last said; 0: never. What was claimed before is void, also where another change followed before this was
    /// told.
    #[serde(default)]
    pub compromised_version: i64,
    /// The upstream subject that whoever changed it has named.
    #[serde(default)]
    pub preset: Option<String>,
    /// They get in when a provider fails: the tenant's instance alone opens to them, and their account is switched to one by nobody who
    /// does not name this tenant.
    #[serde(default)]
    pub break_glass: bool,
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
    /// They get in when a provider fails, through the tenant's instance alone.
    pub break_glass: bool,
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
        "SELECT version, state, roles, groups, provider, break_glass FROM membership WHERE tenant_id = $1 AND subject = $2",
        params![tenant, subject],
    )
    .await
}
