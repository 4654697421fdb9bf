use std::collections::{BTreeMap, BTreeSet};

use store::{StoreError, TenantRead};

use super::{Batch, Item, read_deed};
use crate::blueprint::Blueprint;
use crate::lifecycle::{Deed, Target, exchange};
use crate::members::{self, MemberRow};

/// How a batch changes one of its people, where that is not the same for all of them (PP-05).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Roles come and go.
    Roles {
        /// Keys.
        give: BTreeSet<String>,
        /// Keys.
        take: BTreeSet<String>,
    },
    /// Another provider opens the tenant to them.
    Provider {
        /// The key of the one before; `None`: whatever their account allows.
        from: Option<String>,
        /// Likewise.
        to: Option<String>,
    },
}

/// What will change for each of these items, as they are now; or what has changed, for those that the batch has come to. By their
/// positions.
///
/// # Errors
/// What the database says.
pub async fn changes(
    read: &mut impl TenantRead,
    blueprint: &Blueprint,
    batch: &Batch,
    items: &[Item],
) -> Result<BTreeMap<i64, Change>, StoreError> {
    let (general, mut found) = (batch.deed()?, BTreeMap::new());
    if !matches!(general, Deed::Roles { .. } | Deed::Exchange { .. } | Deed::Switch { .. }) {
        return Ok(found);
    }
    let ahead = items.iter().filter(|item| !item.is_done() && item.outcome().will_be_done());
    let here = members::some(read, ahead.map(|item| item.member_id)).await?;
    for item in items {
        let own = item.deed.as_deref().map(read_deed).transpose()?;
        let deed = own.as_ref().unwrap_or(&general);
        let change = match (item.undo.as_deref().map(read_deed).transpose()?, here.get(&item.member_id)) {
            (Some(back), _) => has_changed(deed, back),
            (None, Some(row)) if !item.is_done() => will_change(blueprint, deed, row),
            _ => None,
        };
        found.extend(change.map(|change| (item.position, change)));
    }
    Ok(found)
}

/// What takes it back tells what it was.
fn has_changed(deed: &Deed, back: Deed) -> Option<Change> {
    match (deed, back) {
        (Deed::Switch { to, .. }, Deed::Switch { to: from, .. }) => Some(Change::Provider { from, to: to.clone() }),
        (_, Deed::Exchange { give: take, take: give }) => Some(Change::Roles { give, take }),
        _ => None,
    }
}

fn will_change(blueprint: &Blueprint, deed: &Deed, row: &MemberRow) -> Option<Change> {
    if let Deed::Switch { to, .. } = deed {
        return Some(Change::Provider { from: row.member.provider.clone(), to: to.clone() });
    }
    let target = Target { member: &row.member, roles: &row.roles(), follows: &row.follows() };
    exchange(blueprint, target, deed).map(|(give, take)| Change::Roles { give, take })
}
