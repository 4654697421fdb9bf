use std::collections::BTreeSet;

use mail::Parcel;
use store::{StoreError, TenantRead, TenantStore, TenantTx};

use super::{By, Change, Deed, Denied, Refusal, Step, Switching, Target, apply, judge};
use crate::blueprint::Blueprint;
use crate::mails::{self, Told};
use crate::members::{self, Member, MemberId};
use crate::requests::clean_text;
use crate::roles::{self, Acting, Rights};
use crate::{Context, invitations, providers};

/// The longest reason, in characters.
const LONGEST_REASON: usize = 1_000;

/// What became of a member by a deed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Done {
    /// It was done; how the member stands now.
    Changed(Box<Member>),
    /// It was so already (PP-05).
    Unchanged,
}

/// Does one deed to one member, with the rights of this moment. A switch is none of these: [`switch`].
///
/// # Errors
/// [`Denied`].
pub async fn act(
    store: &TenantStore,
    context: Context,
    by: MemberId,
    member: MemberId,
    deed: Deed,
) -> Result<Done, Denied> {
    if matches!(deed, Deed::Switch { .. }) {
        return Err(Denied::Refused(Refusal::NoProof));
    }
    act_on(store, context, by, member, deed, (None, None)).await
}

/// Switches one member, of whom the identity server was asked.
///
/// # Errors
/// [`Denied`].
pub async fn switch(store: &TenantStore, context: Context, by: MemberId, switching: Switching) -> Result<Done, Denied> {
    let (member, deed) = (switching.member(), switching.deed().clone());
    act_on(store, context, by, member, deed, (Some(switching), None)).await
}

/// Does it to a member of exactly that version, if one is named.
pub(super) async fn act_on(
    store: &TenantStore,
    context: Context,
    by: MemberId,
    member: MemberId,
    deed: Deed,
    (switching, version): (Option<Switching>, Option<i64>),
) -> Result<Done, Denied> {
    let deed = tidy(&context, deed)?;
    let found = members::by_id(&mut store.read().await?, member).await?;
    let parcel = found.and_then(|member| prepare(&context, &deed, &member));
    store
        .write(
            (context, by, member, deed, (switching, parcel)),
            move |mut tx, (context, by, member, deed, (switching, parcel))| {
                Box::pin(async move {
                    if deed.may_unseat() {
                        roles::raise_guard(&mut tx).await?;
                    }
                    let acting = roles::acting(&mut tx, context, *by, deed.permission()).await?;
                    let member = members::by_id(&mut tx, *member).await?.ok_or(Denied::NotFound)?;
                    let is_other = version.is_some_and(|version| version != member.version);
                    if is_other || switching.as_ref().is_some_and(|switching| !switching.is_about(&member)) {
                        return Err(Denied::ChangedSince);
                    }
                    perform(&mut tx, context, &acting, member, deed, parcel.as_ref()).await
                })
            },
        )
        .await
}

/// A deed as it may be done: with a reason where one is needed, and roles that there are.
pub(crate) fn tidy(context: &Context, mut deed: Deed) -> Result<Deed, Denied> {
    match &mut deed {
        Deed::Reject { reason } => {
            *reason = clean_text(reason, LONGEST_REASON);
            if reason.is_empty() {
                return Err(Denied::NoReason);
            }
        }
        Deed::Approve { roles } | Deed::Roles { roles, .. }
            if roles.iter().any(|key| context.tenant.blueprint.role(key).is_none()) =>
        {
            return Err(Denied::UnknownRole);
        }
        Deed::Switch { to, preset, .. } => providers::tidy(to, preset)?,
        _ => {}
    }
    Ok(deed)
}

/// Words and seals the mail about a deed, before the write door. Whoever cannot get mail gets none, and their page tells
/// them.
pub(crate) fn prepare(context: &Context, deed: &Deed, member: &Member) -> Option<Parcel> {
    let kind = deed.mail()?;
    let told = match deed {
        Deed::Approve { roles } => Told { roles: Some(roles), ..Told::default() },
        Deed::Reject { reason } => Told { reason: Some(reason), ..Told::default() },
        Deed::Switch { to, .. } => {
            Told { provider: to.as_deref().map(|key| context.providers.name_of(key)), ..Told::default() }
        }
        _ => Told::default(),
    };
    mails::prepare(context, kind, member, told)
}

/// The deed, inside the transaction that does it. Judged here, whatever was judged before. One that may unseat needs the
/// guard raised.
async fn perform(
    tx: &mut TenantTx<'_>,
    context: &Context,
    acting: &Acting,
    member: Member,
    deed: &Deed,
    mail: Option<&Parcel>,
) -> Result<Done, Denied> {
    let held = roles::of_member(tx, member.id).await?;
    let follows = roles::following(tx, member.id).await?;
    let target = Target { member: &member, roles: &held, follows: &follows };
    let step = judge(context, acting, target, deed).map_err(Denied::Refused)?;
    carry_out(tx, context, acting.member.id, (member, &held, &follows), deed, step, mail).await
}

/// What [`judge`] said of a member who was read in this transaction. Refuses before anything is written.
pub(crate) async fn carry_out(
    tx: &mut TenantTx<'_>,
    context: &Context,
    by: MemberId,
    (member, held, follows): (Member, &[String], &[String]),
    deed: &Deed,
    step: Step,
    mail: Option<&Parcel>,
) -> Result<Done, Denied> {
    leaves_somebody(tx, context, Target { member: &member, roles: held, follows }, deed, &step).await?;
    let after = match step {
        Step::Nothing => return Ok(Done::Unchanged),
        Step::Invite => invitations::resend(tx, context, by, &member).await?,
        Step::Withdraw => invitations::take_back(tx, context, by, &member).await?,
        Step::Roles { give, take } => roles::assign(tx, context, by, member, &give, &take).await?,
        Step::Switch(switch) => providers::apply(tx, context, by, member, switch, mail).await?,
        Step::Move(step, roles) => {
            let reason = if let Deed::Reject { reason } = deed { Some(reason.as_str()) } else { None };
            let roles = roles.iter().map(String::as_str).collect();
            apply(tx, context, &Change { member: &member, step, by: By::Member(by), reason, roles, mail }).await?
        }
    };
    Ok(Done::Changed(Box::new(after)))
}

/// Sole survivors (DESIGN §4.6): who runs the tenant, who surely gets in, who is there for the day when providers fail.
async fn leaves_somebody(
    tx: &mut TenantTx<'_>,
    context: &Context,
    target: Target<'_>,
    deed: &Deed,
    step: &Step,
) -> Result<(), Denied> {
    let Target { member, roles, .. } = target;
    if let Step::Switch(switch) = step {
        let last = providers::takes_the_last_way_in(tx, context, member, roles, switch.to.as_deref()).await?;
        return if last { Err(Denied::Refused(Refusal::LastWayIn)) } else { Ok(()) };
    }
    if *deed == Deed::Delete && providers::is_the_only_one(tx, member).await? {
        return Err(Denied::Refused(Refusal::LastBreakGlass));
    }
    if deed.may_unseat()
        && unseats(&context.tenant.blueprint, target, step)
        && let Some(refusal) = is_missed(tx, context, target.member.id).await?
    {
        return Err(Denied::Refused(refusal));
    }
    Ok(())
}

/// Why somebody who runs the tenant is to go on doing so: nobody else would be left who does by hand, or who surely gets in.
pub(crate) async fn is_missed(
    read: &mut impl TenantRead,
    context: &Context,
    member: MemberId,
) -> Result<Option<Refusal>, StoreError> {
    if !roles::is_administered_without(read, &context.tenant.blueprint, member).await? {
        return Ok(Some(Refusal::LastAdministrator));
    }
    let last = providers::is_the_last_way_in(read, context, member).await?;
    Ok(last.then_some(Refusal::LastWayIn))
}

/// Whether a step takes from somebody that they run the tenant. Of their roles, what a hand has given counts: what a group gives,
/// its provider takes away at the next sign-in. Whoever runs it by a group alone is missed too, if they are shut out.
pub(crate) fn unseats(blueprint: &Blueprint, target: Target<'_>, step: &Step) -> bool {
    let runs = |roles: &BTreeSet<String>| roles::runs_tenant(&Rights::of_roles(blueprint, &Vec::from_iter(roles)));
    match step {
        Step::Roles { give, take } => {
            let by_hand = target.by_hand();
            let left = by_hand.difference(take).chain(give).cloned().collect();
            runs(&by_hand) && !runs(&left)
        }
        _ => runs(&target.roles.iter().cloned().collect()),
    }
}

#[cfg(test)]
mod tests;
