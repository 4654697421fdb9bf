use mail::Parcel;
use store::{StoreError, TenantStore};

use super::{Change, Denied, Event, Refusal, apply};
use crate::access::rejected;
use crate::blueprint::permission;
use crate::mails::{self, MailKind, Told};
use crate::members::{self, Authorization, Member, MemberId};
use crate::sessions::{self, SessionId};
use crate::{Context, requests, roles};

/// The longest reason, in characters.
const LONGEST_REASON: usize = 1_000;

/// Lets someone in, with a role (PP-02).
///
/// # Errors
/// [`Denied`]; [`Refusal::NothingToDecide`] if someone else was faster.
pub async fn approve(
    store: &TenantStore,
    context: Context,
    by: MemberId,
    member: MemberId,
    role: String,
) -> Result<Member, Denied> {
    let told = Told { role: Some(&role), reason: None };
    let parcel = prepare_mail(store, &context, MailKind::Approved, member, told).await?;
    store
        .write((context, by, member, role, parcel), |mut tx, (context, by, member, role, parcel)| {
            Box::pin(async move {
                let acting = roles::acting(&mut tx, context, *by, permission::MEMBERS_REVIEW).await?;
                let granted = context.tenant.blueprint.role(role).ok_or(Denied::UnknownRole)?;
                if !roles::may_grant(&acting.rights, granted) {
                    return Err(Denied::Forbidden);
                }
                let member = members::by_id(&mut tx, *member).await?.ok_or(Denied::NotFound)?;
                let mut change = Change::of(&member, Event::Approve, Some(*by), parcel.as_ref());
                change.role = Some(role);
                apply(&mut tx, context, &change).await
            })
        })
        .await
}

/// Turns someone down, with a reason that they will read (PP-20).
///
/// # Errors
/// [`Denied`]; [`Refusal::NothingToDecide`] if someone else was faster.
pub async fn reject(
    store: &TenantStore,
    context: Context,
    by: MemberId,
    member: MemberId,
    reason: &str,
) -> Result<Member, Denied> {
    let reason = requests::clean_text(reason, LONGEST_REASON);
    if reason.is_empty() {
        return Err(Denied::NoReason);
    }
    let told = Told { role: None, reason: Some(&reason) };
    let parcel = prepare_mail(store, &context, MailKind::Rejected, member, told).await?;
    store
        .write((context, by, member, reason, parcel), |mut tx, (context, by, member, reason, parcel)| {
            Box::pin(async move {
                roles::acting(&mut tx, context, *by, permission::MEMBERS_REVIEW).await?;
                let member = members::by_id(&mut tx, *member).await?.ok_or(Denied::NotFound)?;
                let mut change = Change::of(&member, Event::Reject, Some(*by), parcel.as_ref());
                change.reason = Some(reason);
                apply(&mut tx, context, &change).await
            })
        })
        .await
}

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
                let event = Event::AskAgain(&told);
                let after = apply(&mut tx, context, &Change::of(&member, event, None, None)).await?;
                if let Some(session) = session {
                    sessions::carry_over(&mut tx, *session, &member, &after).await?;
                }
                Ok(after)
            })
        })
        .await
}

/// Words and seals a mail to someone as they stand now. Whoever is not there gets none, and the deed itself says so.
pub(super) async fn prepare_mail(
    store: &TenantStore,
    context: &Context,
    kind: MailKind,
    member: MemberId,
    told: Told<'_>,
) -> Result<Option<Parcel>, StoreError> {
    let member = members::by_id(&mut store.read().await?, member).await?;
    Ok(member.and_then(|member| mails::prepare(context, kind, &member, told)))
}
