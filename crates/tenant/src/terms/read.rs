use ambient::Timestamp;
use store::{StoreError, TenantRead, params};

use super::{Kind, Version};
use crate::members::{self, MemberId};

/// How many rows one page of a list has.
pub const ON_A_PAGE: i64 = 100;

macro_rules! version {
    ($rest:literal) => {
        version!("body", $rest)
    };
    ($body:literal, $rest:literal) => {
        concat!(
            "SELECT kind, number, ",
            $body,
            ", address, asked, published_at, published_by FROM terms_version ",
            $rest
        )
    };
}

/// The newest version of a kind.
///
/// # Errors
/// What the database says.
pub async fn current(read: &mut impl TenantRead, kind: Kind) -> Result<Option<Version>, StoreError> {
    read.maybe(version!("WHERE tenant_id = $1 AND kind = $2 ORDER BY number DESC LIMIT 1"), params![kind]).await
}

/// One version.
///
/// # Errors
/// What the database says.
pub async fn version(read: &mut impl TenantRead, kind: Kind, number: i64) -> Result<Option<Version>, StoreError> {
    read.maybe(version!("WHERE tenant_id = $1 AND kind = $2 AND number = $3"), params![kind, number]).await
}

/// The versions of a kind before that one, newest first, at most `limit`. Their texts, which can be long, are left out.
///
/// # Errors
/// What the database says.
pub async fn versions(
    read: &mut impl TenantRead,
    kind: Kind,
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<Version>, StoreError> {
    let sql = version!(
        "CAST(NULL AS TEXT) AS body",
        "WHERE tenant_id = $1 AND kind = $2 AND number < $3 ORDER BY number DESC LIMIT $4"
    );
    read.all(sql, params![kind, before.unwrap_or(i64::MAX), limit]).await
}

/// What a member has still to accept: the newest version of each kind of which they accepted none that would do.
///
/// # Errors
/// What the database says.
pub async fn pending(read: &mut impl TenantRead, member: MemberId) -> Result<Vec<Version>, StoreError> {
    read.all(
        version!(
            "v WHERE tenant_id = $1
               AND number = (SELECT MAX(n.number) FROM terms_version n WHERE n.tenant_id = $1 AND n.kind = v.kind)
               AND EXISTS (SELECT 1 FROM terms_version r WHERE r.tenant_id = $1 AND r.kind = v.kind AND r.required
                 AND NOT EXISTS (SELECT 1 FROM terms_acceptance a WHERE a.tenant_id = $1 AND a.member_id = $2
                   AND a.kind = r.kind AND a.number >= r.number))
             ORDER BY kind DESC"
        ),
        params![member],
    )
    .await
}

/// Whether there is anything of it. [`crate::sessions::resume`] asks the same within its own statement.
///
/// # Errors
/// What the database says.
pub async fn must_accept(read: &mut impl TenantRead, member: MemberId) -> Result<bool, StoreError> {
    let sql = "SELECT EXISTS (SELECT 1 FROM terms_version v WHERE v.tenant_id = $1 AND v.required
                 AND NOT EXISTS (SELECT 1 FROM terms_acceptance a WHERE a.tenant_id = $1 AND a.member_id = $2
                   AND a.kind = v.kind AND a.number >= v.number))";
    Ok(read.one::<(bool,)>(sql, params![member]).await?.0)
}

/// That a member accepted a version.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Accepted {
    /// Of what.
    pub kind: Kind,
    /// Which.
    pub number: i64,
    /// When.
    pub accepted_at: Timestamp,
}

/// What a member accepted, newest first, at most [`ON_A_PAGE`].
///
/// # Errors
/// What the database says.
pub async fn accepted_by(read: &mut impl TenantRead, member: MemberId) -> Result<Vec<Accepted>, StoreError> {
    let sql = "SELECT kind, number, accepted_at FROM terms_acceptance WHERE tenant_id = $1 AND member_id = $2
               ORDER BY accepted_at DESC, kind, number LIMIT $3";
    read.all(sql, params![member, ON_A_PAGE]).await
}

/// The same of everybody, with who it was.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Acceptance {
    /// Whose.
    pub member_id: MemberId,
    /// What and when.
    #[sqlx(flatten)]
    pub accepted: Accepted,
    given_name: String,
    family_name: String,
    /// Their address.
    pub email: String,
}

impl Acceptance {
    /// Their name.
    #[must_use]
    pub fn name(&self) -> String {
        members::full_name(&self.given_name, &self.family_name, &self.email)
    }

    /// The place after it.
    #[must_use]
    pub const fn place(&self) -> (MemberId, Kind, i64) {
        (self.member_id, self.accepted.kind, self.accepted.number)
    }
}

/// Everybody's acceptances after a place, at most `limit`, in the order of the members' ids.
///
/// # Errors
/// What the database says.
pub async fn acceptances(
    read: &mut impl TenantRead,
    after: Option<(MemberId, Kind, i64)>,
    limit: i64,
) -> Result<Vec<Acceptance>, StoreError> {
    let (member, kind, number) = match after {
        Some((member, kind, number)) => (member, kind.word(), number),
        None => (MemberId(uuid::Uuid::nil()), "", 0),
    };
    read.all(
        "SELECT a.member_id, a.kind, a.number, a.accepted_at, m.given_name, m.family_name, m.email
         FROM terms_acceptance a JOIN member m ON m.tenant_id = a.tenant_id AND m.id = a.member_id
         WHERE a.tenant_id = $1 AND (a.member_id, a.kind, a.number) > ($2, $3, $4)
         ORDER BY a.member_id, a.kind, a.number LIMIT $5",
        params![member, kind, number, limit],
    )
    .await
}
