use mail::Parcel;
use store::{StoreError, TenantRead, TenantTx, params};

use super::{Axes, Denied, Effect, Event, Refusal, Transition, erase, transition};
use crate::members::{Authorization, Lifecycle, Member, MemberId, MemberState};
use crate::{Context, invitations, mails, requests, roles, snapshots};

/// One change of one member.
pub(crate) struct Change<'a> {
    /// The member as it was read in this transaction.
    pub member: &'a Member,
    /// What the table says.
    pub step: Transition,
    /// Who does it.
    pub by: By,
    /// A rejection's reason.
    pub reason: Option<&'a str>,
    /// Keys of roles that come with it.
    pub roles: Vec<&'a str>,
    /// The mail about it, prepared before the write door.
    pub mail: Option<&'a Parcel>,
}

/// Who changes a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum By {
    /// They themselves.
    Themselves,
    /// Somebody who runs the tenant.
    Member(MemberId),
    /// The server: a time is over.
    System,
}

impl<'a> Change<'a> {
    /// What an event comes to, without reason, roles and mail.
    pub(crate) fn of(member: &'a Member, event: Event<'_>, by: By, context: &Context) -> Result<Self, Denied> {
        let rules = &context.tenant.blueprint.lifecycle;
        let step = transition(Axes::of(member), event, rules).map_err(Denied::Refused)?;
        Ok(Self { member, step, by, reason: None, roles: Vec::new(), mail: None })
    }
}

/// Writes a change with everything that belongs to it: one conditional statement decides who wins, then roles, snapshot,
/// audit, mail and notice follow in the same transaction.
pub(crate) async fn apply(tx: &mut TenantTx<'_>, context: &Context, change: &Change<'_>) -> Result<Member, Denied> {
    let mut after = next(change, context);
    if !update(tx, change.member, &after).await? {
        return Err(Denied::Refused(Refusal::NothingToDecide));
    }
    after.epoch += 1;
    after.version += 1;
    for role in &change.roles {
        roles::grant(tx, context, after.id, role, change.by.member()).await?;
    }
    audit::record(tx, &entry(context, change)).await?;
    for effect in change.step.effects {
        match effect {
            Effect::Announce => requests::schedule_notice(tx, context).await?,
            Effect::EndInvitations => invitations::end_with_member(tx, context, after.id, change.by.member()).await?,
            Effect::Erase => after = erase::erase(tx, after).await?,
            Effect::Mail(_) => {
                mails::tell(tx, context, change.mail).await?;
            }
        }
    }
    snapshots::write(tx, context, &after).await?;
    Ok(after)
}

/// The row as it will stand, but for the counters, which the statement raises itself.
pub(super) fn next(change: &Change<'_>, context: &Context) -> Member {
    let (before, to, now) = (change.member, change.step.to, Some(context.now));
    let mut after = before.clone();
    after.authorization = to.authorization;
    after.locked = to.locked;
    after.lifecycle = to.lifecycle;
    after.changed_at = context.now;
    match to.authorization {
        Authorization::ToReview if before.authorization != Authorization::ToReview => after.requested_at = now,
        // Who came by an invitation was decided on by whoever wrote it.
        Authorization::Reviewed | Authorization::Rejected if before.authorization == Authorization::ToReview => {
            if let By::Member(by) = change.by {
                (after.decided_at, after.decided_by) = (now, Some(by));
                after.decision_reason = change.reason.map(str::to_owned);
            }
        }
        _ => {}
    }
    after.deletion_asked_at = match (before.authorization, to.authorization) {
        (Authorization::UserDeletion, Authorization::UserDeletion) => before.deletion_asked_at,
        (_, Authorization::UserDeletion) => now,
        _ => None,
    };
    (after.deleted_at, after.deleted_by) = match (before.lifecycle, to.lifecycle) {
        (Lifecycle::Active | Lifecycle::Suspended, Lifecycle::Deleted | Lifecycle::Purged) => (now, change.by.member()),
        (Lifecycle::Deleted, Lifecycle::Purged) => (before.deleted_at, before.deleted_by),
        _ => (None, None),
    };
    if before.state() == MemberState::Active && after.state() != MemberState::Active {
        after.shut_out_at = now;
    }
    after
}

/// Of two decisions at once, one finds the version that it read.
async fn update(tx: &mut TenantTx<'_>, before: &Member, after: &Member) -> Result<bool, StoreError> {
    // Whoever is there again has a place in the order of lists, before anything is known of them.
    let sort_name =
        (before.lifecycle == Lifecycle::Purged && after.lifecycle != Lifecycle::Purged).then(|| after.sort_name());
    let unannounced = after.authorization == Authorization::ToReview && before.authorization != Authorization::ToReview;
    let won: Option<(i64,)> = tx
        .maybe(
            "UPDATE member SET authorization_state = $3, locked = $4, lifecycle = $5, requested_at = $6, decided_at = $7,
                 decided_by = $8, decision_reason = $9, changed_at = $10, epoch = epoch + 1, version = version + 1,
                 announced_at = CASE WHEN $11 THEN NULL ELSE announced_at END,
                 deleted_at = $16, deleted_by = $17, deletion_asked_at = $18, sort_name = COALESCE($19, sort_name),
                 shut_out_at = $20
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
                after.deleted_at,
                after.deleted_by,
                after.deletion_asked_at,
                sort_name,
                after.shut_out_at,
            ],
        )
        .await?;
    Ok(won.is_some())
}

/// What the log says of it.
pub(super) fn entry(context: &Context, change: &Change<'_>) -> audit::Entry {
    let actor = match change.by {
        By::Themselves => audit::Actor::Member(change.member.id.0),
        By::Member(by) => audit::Actor::Member(by.0),
        By::System => audit::Actor::System,
    };
    let mut detail = serde_json::Map::new();
    match change.roles.as_slice() {
        [] => {}
        [role] => drop(detail.insert("role".to_owned(), (*role).into())),
        roles => drop(detail.insert("roles".to_owned(), serde_json::json!(roles))),
    }
    let mut entry = context.audit(actor, change.step.action).on("member", change.member.id).detail(detail.into());
    if let Some(reason) = change.reason {
        // The administrator's words are about a person: erasable.
        entry = entry.personal("reason", reason, &context.ambient);
    }
    entry
}

impl By {
    /// The member who acts on another.
    const fn member(self) -> Option<MemberId> {
        match self {
            Self::Member(by) => Some(by),
            Self::Themselves | Self::System => None,
        }
    }
}
