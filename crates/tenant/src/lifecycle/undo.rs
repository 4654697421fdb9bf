//! The way back from what somebody has just done to one member. The log says what that was: no address and no form can.

use std::collections::BTreeSet;

use audit::{Line, Of};
use store::{StoreError, TenantRead, TenantStore};

use super::perform::act_on;
use super::{Deed, Denied};
use crate::Context;
use crate::members::{self, Lifecycle, Member, MemberId};

/// What takes back the last thing that happened to a member; none: that was somebody else's deed, or there is no way back from it.
///
/// # Errors
/// What the database says.
pub async fn way_back(read: &mut impl TenantRead, by: MemberId, member: &Member) -> Result<Option<Deed>, StoreError> {
    let last = audit::page_of(read, Of::Target("member", &member.id.to_string()), None, 1).await?;
    let by = by.to_string();
    let own = last.first().filter(|line| line.actor_kind == "member" && line.actor_id.as_deref() == Some(by.as_str()));
    Ok(own.and_then(|line| inverse(line, member)))
}

/// Takes it back, if the member is still of that version; tells what was done.
///
/// # Errors
/// [`Denied`].
pub async fn take_back(
    store: &TenantStore,
    context: Context,
    by: MemberId,
    member: MemberId,
    version: i64,
) -> Result<Deed, Denied> {
    let mut read = store.read().await?;
    let found = members::by_id(&mut read, member).await?.ok_or(Denied::NotFound)?;
    let deed = way_back(&mut read, by, &found).await?.ok_or(Denied::ChangedSince)?;
    drop(read);
    act_on(store, context, by, member, deed.clone(), (None, Some(version))).await?;
    Ok(deed)
}

fn inverse(line: &Line, member: &Member) -> Option<Deed> {
    let keys = |name: &str| -> BTreeSet<String> {
        let keys = line.detail.get(name).and_then(|keys| keys.as_array());
        keys.into_iter().flatten().filter_map(|key| key.as_str().map(str::to_owned)).collect()
    };
    match line.action.as_str() {
        "member.locked" => Some(Deed::Unlock),
        "member.unlocked" => Some(Deed::Lock),
        "member.suspended" => Some(Deed::Resume),
        "member.resumed" => Some(Deed::Suspend),
        "member.deleted" if member.lifecycle == Lifecycle::Deleted => Some(Deed::Reactivate),
        "member.reactivated" => Some(Deed::Delete),
        "member.invitation_queued" => Some(Deed::Withdraw),
        "member.roles_changed" => Some(Deed::Exchange { give: keys("taken"), take: keys("given") }),
        _ => None,
    }
}
