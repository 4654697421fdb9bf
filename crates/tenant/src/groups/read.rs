use ambient::Timestamp;
use store::{StoreError, TenantRead, params};

use super::{Given, MOST};
use crate::members::{MemberId, full_name};

/// A group that gives a role, with who said so.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Source {
    /// Which group of which provider gives which role.
    #[sqlx(flatten)]
    pub given: Given,
    /// Who made it so.
    pub made_by: MemberId,
    /// When.
    pub made_at: Timestamp,
    given_name: Option<String>,
    family_name: Option<String>,
    email: Option<String>,
}

impl Source {
    /// The name of whoever made it, if they are known.
    #[must_use]
    pub fn maker(&self) -> Option<String> {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        let name = full_name(&text(&self.given_name), &text(&self.family_name), self.email.as_deref()?);
        Some(name).filter(|name| !name.is_empty())
    }
}

/// Every group of a provider that gives a role, by name.
///
/// # Errors
/// What the database says.
pub async fn mappings(read: &mut impl TenantRead, provider: &str) -> Result<Vec<Source>, StoreError> {
    read.all(
        "SELECT g.role, g.provider, g.group_name, g.made_by, g.made_at, m.given_name, m.family_name, m.email
         FROM group_role g LEFT JOIN member m ON m.tenant_id = g.tenant_id AND m.id = g.made_by
         WHERE g.tenant_id = $1 AND g.provider = $2 ORDER BY g.group_name, g.role LIMIT $3",
        params![provider, i64::try_from(MOST).unwrap_or(i64::MAX)],
    )
    .await
}

/// By which groups a member has which roles.
///
/// # Errors
/// What the database says.
pub async fn sources_of(read: &mut impl TenantRead, member: MemberId) -> Result<Vec<Given>, StoreError> {
    read.all(
        "SELECT role, provider, group_name FROM member_group WHERE tenant_id = $1 AND member_id = $2
         ORDER BY role, provider, group_name",
        params![member],
    )
    .await
}
