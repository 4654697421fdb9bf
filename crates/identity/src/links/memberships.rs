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

/// How many roles, and how many groups, a member has at most: they stand on pages, and in tokens.
const MOST_KEYS: usize = 200;
/// How long a key of theirs is at most; a blueprint's rule.
const LONGEST_KEY: usize = 64;
/// The longest key of a provider: of a tenant's own, its short name, a dot and a name.
const LONGEST_PROVIDER: usize = 128;
/// The longest subject of a person at a provider (OIDC Core §2).
const LONGEST_SUBJECT: usize = 255;

impl Snapshot {
    /// Whether it says no more than a blueprint could, in keys as a blueprint has them. They are shown on our own pages, where a tenant
    /// has no words of its own to say.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        let plain = |key: &str, longest: usize| {
            (1..=longest).contains(&key.len())
                && key.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"._-".contains(&byte))
        };
        let key = |key: &String| plain(key, LONGEST_KEY) && key.starts_with(|first: char| first.is_ascii_lowercase());
        let few = |keys: &[String]| keys.len() <= MOST_KEYS && keys.iter().all(key);
        few(&self.roles)
            && few(&self.groups)
            && self.provider.as_deref().is_none_or(|provider| plain(provider, LONGEST_PROVIDER))
            && self.preset.as_deref().is_none_or(|subject| (1..=LONGEST_SUBJECT).contains(&subject.len()))
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    fn told(roles: &[&str], provider: Option<&str>, preset: Option<&str>) -> Snapshot {
        let keys = |keys: &[&str]| keys.iter().map(|key| (*key).to_owned()).collect();
        Snapshot {
            subject: "subject".to_owned(),
            version: 1,
            state: MemberState::Active,
            roles: keys(roles),
            groups: keys(roles),
            provider: provider.map(str::to_owned),
            switched: 0,
            compromised: false,
            compromised_version: 0,
            preset: preset.map(str::to_owned),
            break_glass: false,
        }
    }

    #[test]
    fn wb_06_a_snapshot_says_keys_and_nothing_else() {
        let (longest, longer) = ("r".repeat(64), "r".repeat(65));
        for role in ["viewer", "team.lead_2-b", &longest] {
            assert!(told(&[role], Some("acme.corp-2"), Some("Any Subject / é")).is_plain(), "{role}");
        }
        for role in ["", &longer, "Viewer", "2nd", "a b", "call +49", "é", "a\n", "<b>"] {
            assert!(!told(&[role], None, None).is_plain(), "{role}");
        }
        assert!(!told(&["viewer"], Some("call us now"), None).is_plain());
        assert!(!told(&["viewer"], Some(""), None).is_plain());
        assert!(!told(&["viewer"], None, Some(&"s".repeat(256))).is_plain());
        assert!(told(&["viewer"; 200], None, None).is_plain());
        assert!(!told(&["viewer"; 201], None, None).is_plain());
    }
}
