//! The way back from what somebody has just done to one member. The log says what that was: no address and no form can.

use std::collections::BTreeSet;

use audit::{Line, Of};
use store::{StoreError, TenantRead, TenantStore};

use super::perform::act_on;
use super::{Deed, Denied, Switching};
use crate::Context;
use crate::members::{self, Lifecycle, Member, MemberId};
use crate::providers::PLATFORM;

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

/// Takes it back, if the member is still of that version; tells what was done. A switch is taken back by a switch, of which the
/// identity server was asked.
///
/// # Errors
/// [`Denied`].
pub async fn take_back(
    store: &TenantStore,
    context: Context,
    by: MemberId,
    member: MemberId,
    (switching, version): (Option<Switching>, i64),
) -> Result<Deed, Denied> {
    let mut read = store.read().await?;
    let found = members::by_id(&mut read, member).await?.ok_or(Denied::NotFound)?;
    let deed = way_back(&mut read, by, &found).await?.ok_or(Denied::ChangedSince)?;
    drop(read);
    let is_switch = matches!(deed, Deed::Switch { .. });
    if is_switch && switching.as_ref().map(Switching::deed) != Some(&deed) {
        return Err(Denied::ChangedSince);
    }
    act_on(store, context, by, member, deed.clone(), (switching.filter(|_| is_switch), Some(version))).await?;
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
        "member.provider_switched" => switched_back(line),
        "member.roles_changed" => Some(Deed::Exchange { give: keys("taken"), take: keys("given") }),
        _ => None,
    }
}

/// Back to what opened the tenant before. Where one subject alone could have claimed them there, there is no way back: the log does
/// not say which, and without it anybody could. Nor where it was done as compromised, which voids what they were claimed by before.
fn switched_back(line: &Line) -> Option<Deed> {
    let said = |name: &str| line.detail.get(name);
    let from = said("from")?.as_str()?;
    let to = (from != PLATFORM).then(|| from.to_owned());
    // Older lines do not tell.
    let was_named = said("from_preset").is_none_or(|named| named.as_bool() != Some(false));
    let is_open = !was_named && said("compromised").and_then(serde_json::Value::as_bool) == Some(false);
    (to.is_none() || is_open).then_some(Deed::Switch { to, compromised: false, preset: None })
}
