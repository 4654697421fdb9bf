//! Roles by the groups of a provider (DESIGN §4.10, decision 016).
//!
//! ```text
//! map        whoever manages roles, and holds by hand all that the role carries ▸ group_role ▸ group_ask: the identity server hears
//!            which groups are asked for, and tells of no others
//! sign-in    logins::sign_in ▸ follow: the groups of the provider that opened *this* login ▸ mappings that stand at this moment
//!            ▸ roles come and go, marked by the group; what was given by hand stays ▸ snapshot ▸ audit: one transaction
//! unmap      takes the role from everybody who has it by that group alone, at once
//! switch     ends them: they belong to the provider that opens the member
//! ```
//! The last sign-in decides: by another way than that provider, no group was stated, and none counts. Whoever runs the tenant by a
//! group alone is never counted as its last administrator, so no claim of a provider can take that one away.

mod ask;
mod follow;
mod map;
mod read;
mod rules;
mod seed;

use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::sync::LazyLock;

use store::{ManyRows, StoreError, TenantTx, params};

use crate::members::MemberId;

pub use ask::{Ask, next, postpone, settle};
pub(crate) use follow::follow;
pub use map::{MapError, Mapped, map, unmap};
pub use read::{Source, mappings, sources_of};
pub use rules::{Rest, Standing, is_group, manages_people, standing};
pub use seed::seed;

/// How many groups of one provider may give roles.
pub const MOST: usize = 200;
/// How long a group's name may be, in characters.
pub const LONGEST_GROUP: usize = 200;

/// What the identity server tells of the groups of somebody who comes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct Stated {
    /// The provider that stated them.
    #[serde(default)]
    pub idp: String,
    /// Those of them that this tenant asked for.
    #[serde(default)]
    pub names: Vec<String>,
    /// Why some of what the provider stated could not be read, or all: a word.
    #[serde(default)]
    pub missing: Option<String>,
    /// How many, where they could be counted.
    #[serde(default)]
    pub left_out: u64,
}

/// A group that gives a role.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, sqlx::FromRow)]
pub struct Given {
    /// The role's key.
    pub role: String,
    /// The provider's key.
    pub provider: String,
    /// The group.
    #[sqlx(rename = "group_name")]
    pub group: String,
}

static FORGET: LazyLock<ManyRows> = LazyLock::new(|| {
    ManyRows::new(
        "DELETE FROM member_group WHERE tenant_id = $1 AND member_id IN (SELECT v.column1 FROM (VALUES ",
        "",
        0,
        1,
        ") AS v)",
    )
});
static GONE: LazyLock<ManyRows> = LazyLock::new(|| {
    let before =
        "DELETE FROM member_role WHERE tenant_id = $1 AND NOT by_hand AND member_id IN (SELECT v.column1 FROM (VALUES ";
    ManyRows::new(before, "", 0, 1, ") AS v)")
});
static BY_HAND: LazyLock<ManyRows> = LazyLock::new(|| {
    let before = "UPDATE member_role SET by_group = FALSE WHERE tenant_id = $1 AND by_group AND member_id IN
             (SELECT v.column1 FROM (VALUES ";
    ManyRows::new(before, "", 0, 1, ") AS v)")
});

/// Another provider, or none, opens the tenant to these: what groups gave them has ended. Whoever calls tells of it.
pub(crate) async fn end(tx: &mut TenantTx<'_>, members: &[MemberId]) -> Result<(), StoreError> {
    let rows: Vec<_> = members.iter().map(|member| params![member]).collect();
    for sql in [&FORGET, &GONE, &BY_HAND] {
        tx.execute_many(sql, &[], &rows).await?;
    }
    Ok(())
}

/// The roles that these give.
fn roles_of<'a>(given: impl IntoIterator<Item = &'a Given>) -> BTreeSet<String> {
    given.into_iter().map(|one| one.role.clone()).collect()
}
