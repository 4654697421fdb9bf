use mail::Parcel;
use store::{StoreError, TenantRead, TenantTx, params};

use super::{Axes, Denied, Effect, Event, Refusal, transition};
use crate::members::{Authorization, Member, MemberId};
use crate::{Context, requests, roles, snapshots};

/// One change of one member.
pub(crate) struct Change<'a> {
    /// The member as it was read in this transaction.
    pub member: &'a Member,
    /// What is to happen.
    pub event: Event<'a>,
    /// Who does it; `None` is the member.
    pub by: Option<MemberId>,
    /// A rejection's reason.
    pub reason: Option<&'a str>,
    /// A role that comes with it.
    pub role: Option<&'a str>,
    /// The mail about it, prepared before the write door.
    pub mail: Option<&'a Parcel>,
}

impl<'a> Change<'a> {
    /// A change without reason and role.
    pub(crate) const fn of(
        member: &'a Member,
        event: Event<'a>,
        by: Option<MemberId>,
        mail: Option<&'a Parcel>,
    ) -> Self {
        Self { member, event, by, reason: None, role: None, mail }
    }
}

/// Writes a change with everything that belongs to it: one conditional statement decides who wins, then roles, snapshot,
/// audit, mail and notice follow in the same transaction.
pub(crate) async fn apply(tx: &mut TenantTx<'_>, context: &Context, change: &Change<'_>) -> Result<Member, Denied> {
    let step = transition(Axes::of(change.member), change.event).map_err(Denied::Refused)?;
    let mut after = next(change, step.to, context);
    if !update(tx, change.member, &after).await? {
        return Err(Denied::Refused(Refusal::NothingToDecide));
    }
    after.epoch += 1;
    after.version += 1;
    if let Some(role) = change.role {
        roles::grant(tx, context, after.id, role, change.by).await?;
    }
    snapshots::write(tx, context, &after).await?;
    record(tx, context, change, step.action).await?;
    for effect in step.effects {
        match effect {
            Effect::Announce => requests::schedule_notice(tx, context).await?,
            Effect::Mail(_) => {
                if let Some(parcel) = change.mail {
                    mail::queue(tx, parcel).await?;
                }
            }
        }
    }
    Ok(after)
}

/// The row as it will stand, but for the counters, which the statement raises itself.
fn next(change: &Change<'_>, to: Axes, context: &Context) -> Member {
    let mut after = change.member.clone();
    after.authorization = to.authorization;
    after.locked = to.locked;
    after.lifecycle = to.lifecycle;
    after.changed_at = context.now;
    match change.event {
        Event::Approve | Event::Reject => {
            after.decided_at = Some(context.now);
            after.decided_by = change.by;
            after.decision_reason = change.reason.map(str::to_owned);
        }
        Event::AskAgain(_) | Event::Request => after.requested_at = Some(context.now),
        Event::Accept | Event::Lock | Event::Unlock => {}
    }
    after
}

/// Of two decisions at once, one finds the version that it read.
async fn update(tx: &mut TenantTx<'_>, before: &Member, after: &Member) -> Result<bool, StoreError> {
    let unannounced = after.authorization == Authorization::ToReview && before.authorization != Authorization::ToReview;
    let won: Option<(i64,)> = tx
        .maybe(
            "UPDATE member SET authorization_state = $3, locked = $4, lifecycle = $5, requested_at = $6, decided_at = $7,
                 decided_by = $8, decision_reason = $9, changed_at = $10, epoch = epoch + 1, version = version + 1,
                 announced_at = CASE WHEN $11 THEN NULL ELSE announced_at END
             WHERE tenant_id = $1 AND id = $2 AND version = $12 AND authorization_state = $13 AND locked = $14
                 AND lifecycle = $15
             RETURNING version",
            params![
                after.id,
                after.authorization,
                after.locked,
                after.lifecycle,
                after.requested_at,
                after.decided_at,
                after.decided_by,
                after.decision_reason,
                after.changed_at,
                unannounced,
                before.version,
                before.authorization,
                before.locked,
                before.lifecycle,
            ],
        )
        .await?;
    Ok(won.is_some())
}

async fn record(
    tx: &mut TenantTx<'_>,
    context: &Context,
    change: &Change<'_>,
    action: &'static str,
) -> Result<(), StoreError> {
    let actor = audit::Actor::Member(change.by.unwrap_or(change.member.id).0);
    let mut detail = serde_json::Map::new();
    if let Some(role) = change.role {
        detail.insert("role".to_owned(), role.into());
    }
    let mut entry = context.audit(actor, action).on("member", change.member.id).detail(detail.into());
    if let Some(reason) = change.reason {
        // The administrator's words are about a person: erasable.
        entry = entry.personal("reason", reason, &context.ambient);
    }
    audit::record(tx, &entry).await
}
