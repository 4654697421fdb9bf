use ambient::Timestamp;
use mail::Parcel;
use store::{StoreError, TenantRead, TenantStore};

use super::{Axes, By, Change, Denied, Event, Refusal, apply, is_missed, transition};
use crate::access::rejected;
use crate::blueprint::permission;
use crate::members::{self, Authorization, Member, MemberId};
use crate::roles::Rights;
use crate::sessions::{self, SessionId};
use crate::{Context, mails, providers, roles};

/// Asks once more, after a rejection. The new request takes the place of the old one. The session that asks goes on: its
/// holder caused the change, and gains nothing by it.
///
/// # Errors
/// [`Denied::Refused`] before the time has come, or if there was no rejection.
pub async fn ask_again(
    store: &TenantStore,
    context: Context,
    member: MemberId,
    session: Option<SessionId>,
) -> Result<Member, Denied> {
    store
        .write((context, member, session), |mut tx, (context, member, session)| {
            Box::pin(async move {
                let member = members::by_id(&mut tx, *member).await?.ok_or(Denied::NotFound)?;
                if member.authorization != Authorization::Rejected {
                    return Err(Denied::Refused(Refusal::NotRejected));
                }
                let told = rejected(&member, &context.tenant.blueprint.strangers, context.now);
                let change = Change::of(&member, Event::AskAgain(&told), By::Themselves, context)?;
                let after = apply(&mut tx, context, &change).await?;
                if let Some(session) = session {
                    sessions::carry_over(&mut tx, *session, &member, &after).await?;
                }
                Ok(after)
            })
        })
        .await
}

/// What stands in the way of asking for one's own deletion, if anything does (PP-14). Asked before, for the page, and in the
/// transaction that does it.
///
/// # Errors
/// What the database says.
pub async fn why_not_leave(
    read: &mut impl TenantRead,
    context: &Context,
    member: &Member,
) -> Result<Option<Refusal>, StoreError> {
    let blueprint = &context.tenant.blueprint;
    if let Err(refusal) = transition(Axes::of(member), Event::AskDeletion, &blueprint.lifecycle) {
        return Ok(Some(refusal));
    }
    if member.kept_by.is_some() {
        return Ok(Some(Refusal::KeptElsewhere));
    }
    let rights = Rights::of_roles(blueprint, &roles::of_member(read, member.id).await?);
    if providers::is_the_only_one(read, member).await? {
        return Ok(Some(Refusal::LastBreakGlass));
    }
    if roles::runs_tenant(&rights) { is_missed(read, context, member.id).await } else { Ok(None) }
}

/// Asks for one's own deletion (PP-14): out at once, every session here ended, no mail to the member; whoever may manage
/// members is told. `proved_at`: when the session that asks proved who it is (IN-05).
///
/// # Errors
/// [`Denied::Refused`]: not in this kind of tenant, not by its last administrator, not without a fresh proof.
pub async fn ask_deletion(
    store: &TenantStore,
    context: Context,
    member: MemberId,
    proved_at: Option<Timestamp>,
) -> Result<Member, Denied> {
    if !sessions::is_fresh(proved_at, context.now) {
        return Err(Denied::Refused(Refusal::ProofTooOld));
    }
    let mails = to_managers(store, &context, member).await?;
    store
        .write((context, member, mails), |mut tx, (context, member, mails)| {
            Box::pin(async move {
                roles::raise_guard(&mut tx).await?;
                let member = members::by_id(&mut tx, *member).await?.ok_or(Denied::NotFound)?;
                if let Some(refusal) = why_not_leave(&mut tx, context, &member).await? {
                    return Err(Denied::Refused(refusal));
                }
                let change = Change::of(&member, Event::AskDeletion, By::Themselves, context)?;
                let after = apply(&mut tx, context, &change).await?;
                for parcel in mails {
                    mail::queue(&mut tx, parcel).await?;
                }
                Ok(after)
            })
        })
        .await
}

async fn to_managers(store: &TenantStore, context: &Context, member: MemberId) -> Result<Vec<Parcel>, StoreError> {
    let mut read = store.read().await?;
    let Some(member) = members::by_id(&mut read, member).await? else { return Ok(Vec::new()) };
    let managers = roles::holders(&mut read, &context.tenant.blueprint, permission::MEMBERS_MANAGE).await?;
    let others = managers.iter().filter(|manager| manager.id != member.id);
    Ok(others.filter_map(|manager| mails::prepare_deletion_asked(context, manager, &member)).collect())
}
