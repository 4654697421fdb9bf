use mail::Parcel;
use store::{StoreError, TenantStore, TenantTx};

use super::{By, Change, Deed, Denied, Refusal, Step, Target, apply, judge};
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

/// Does one deed to one member, with the rights of this moment.
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
    let deed = tidy(&context, deed)?;
    let found = members::by_id(&mut store.read().await?, member).await?;
    let parcel = found.and_then(|member| prepare(&context, &deed, &member));
    store
        .write((context, by, member, deed, parcel), |mut tx, (context, by, member, deed, parcel)| {
            Box::pin(async move {
                if deed.may_unseat() {
                    roles::raise_guard(&mut tx).await?;
                }
                let acting = roles::acting(&mut tx, context, *by, deed.permission()).await?;
                perform(&mut tx, context, &acting, *member, deed, parcel.as_ref()).await
            })
        })
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
        Deed::Switch { to, compromised, preset } => providers::tidy(to, compromised, preset)?,
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
pub(crate) async fn perform(
    tx: &mut TenantTx<'_>,
    context: &Context,
    acting: &Acting,
    member: MemberId,
    deed: &Deed,
    mail: Option<&Parcel>,
) -> Result<Done, Denied> {
    let member = members::by_id(tx, member).await?.ok_or(Denied::NotFound)?;
    let held = roles::of_member(tx, member.id).await?;
    let follows = roles::following(tx, member.id).await?;
    let target = Target { member: &member, roles: &held, follows: &follows };
    let step = judge(context, acting, target, deed).map_err(Denied::Refused)?;
    carry_out(tx, context, acting.member.id, (member, &held), deed, step, mail).await
}

/// What [`judge`] said of a member who was read in this transaction. Refuses before anything is written.
pub(crate) async fn carry_out(
    tx: &mut TenantTx<'_>,
    context: &Context,
    by: MemberId,
    (member, held): (Member, &[String]),
    deed: &Deed,
    step: Step,
    mail: Option<&Parcel>,
) -> Result<Done, Denied> {
    leaves_somebody(tx, context, (&member, held), deed, &step).await?;
    let after = match step {
        Step::Nothing => return Ok(Done::Unchanged),
        Step::Invite => {
            invitations::resend(tx, context, by, &member).await?;
            member
        }
        Step::Withdraw => {
            if !invitations::take_back(tx, context, by, &member).await? {
                return Err(Denied::Refused(Refusal::AlreadySo));
            }
            member
        }
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
    (member, held): (&Member, &[String]),
    deed: &Deed,
    step: &Step,
) -> Result<(), Denied> {
    if let Step::Switch(switch) = step {
        let last = providers::takes_the_last_way_in(tx, context, member, held, switch.to.as_deref()).await?;
        return if last { Err(Denied::Refused(Refusal::LastWayIn)) } else { Ok(()) };
    }
    if *deed == Deed::Delete && providers::is_the_only_one(tx, member).await? {
        return Err(Denied::Refused(Refusal::LastBreakGlass));
    }
    if deed.may_unseat() && unseats_the_last(tx, context, member, held, step).await? {
        return Err(Denied::Refused(Refusal::LastAdministrator));
    }
    Ok(())
}

/// Whether nobody would be left who runs the tenant.
pub(crate) async fn unseats_the_last(
    tx: &mut TenantTx<'_>,
    context: &Context,
    member: &Member,
    held: &[String],
    step: &Step,
) -> Result<bool, StoreError> {
    let blueprint = &context.tenant.blueprint;
    let left: Vec<&String> = match step {
        Step::Roles { give, take } => held.iter().filter(|role| !take.contains(*role)).chain(give).collect(),
        _ => Vec::new(),
    };
    let runs = |roles: &[&String]| roles::runs_tenant(&Rights::of_roles(blueprint, roles));
    if !runs(&held.iter().collect::<Vec<_>>()) || runs(&left) {
        return Ok(false);
    }
    Ok(!roles::is_administered_without(tx, blueprint, member.id).await?)
}
