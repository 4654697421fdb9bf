//! A person has accepted an invitation at the identity server, and comes in: the invited record becomes theirs, once.
//!
//! ```text
//! nobody here with this subject ──▶ the invited record gets the subject, is reviewed (PP-26)
//! a member with this subject    ──▶ they get the roles and are reviewed; the invited record goes up in theirs
//! ```
//! Rights are compared again (DESIGN §4.7), with those that inviter and granters have *now*: a role that its granter may not
//! grant any longer is not given; if the inviter may invite nobody any longer, the invitation counts as a request to join.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use store::{StoreError, TenantTx, params};
use uuid::Uuid;

use super::{InvitationId, InvitationState, OPERATOR, by_id};
use crate::blueprint::permission;
use crate::lifecycle::{By, Change, Denied, Event, apply};
use crate::members::{self, Authorization, Lifecycle, Member, MemberId};
use crate::roles::{self, Rights};
use crate::{Context, providers};

/// How many invitations one sign-in settles at most.
const MOST: usize = 20;

/// Binds whatever this person has accepted. What cannot be bound (withdrawn meanwhile, locked) stays as it is, and the
/// sign-in goes on without it.
pub(crate) async fn accept(
    tx: &mut TenantTx<'_>,
    context: &Context,
    subject: &str,
    accepted: &[Uuid],
) -> Result<(), StoreError> {
    for id in accepted.iter().take(MOST) {
        match accept_one(tx, context, subject, InvitationId(*id)).await {
            Ok(()) => {}
            Err(Denied::Store(error)) => return Err(error),
            Err(denied) => return Err(StoreError::RolledBack(denied.to_string())),
        }
    }
    Ok(())
}

async fn accept_one(tx: &mut TenantTx<'_>, context: &Context, subject: &str, id: InvitationId) -> Result<(), Denied> {
    let Some(invitation) = by_id(tx, id).await? else { return Ok(()) };
    let Some(invited) = members::by_id(tx, invitation.member_id).await? else { return Ok(()) };
    let known = members::by_subject(tx, subject).await?;
    if !is_open_to(&invited) || known.as_ref().is_some_and(|known| !may_come_in(known)) {
        return Ok(());
    }
    // The gate: whoever's statement finds it open goes on (DESIGN §4.6).
    let taken = tx
        .execute(
            "UPDATE invitation SET state = $3, ended_at = $4, ended_by = NULL, accepted_at = COALESCE(accepted_at, $4),
                 revision = revision + 1, attempts = 0, due_at = $4
             WHERE tenant_id = $1 AND id = $2 AND state = 'open'",
            params![id, InvitationState::Accepted, context.now],
        )
        .await?;
    if taken == 0 {
        return Ok(());
    }
    let by = invitation.invited_by;
    let valid = by == OPERATOR || rights_of(tx, context, by).await?.has(permission::MEMBERS_MANAGE);
    let granted = weigh_roles(tx, context, invited.id, valid).await?;
    match known {
        None => bind(tx, context, &invited, subject, by, valid).await,
        Some(known) => merge(tx, context, &invited, known, by, valid.then_some(&granted)).await,
    }
}

/// Nobody has come for it yet, and it may be come for.
const fn is_open_to(invited: &Member) -> bool {
    invited.subject.is_none()
        && matches!(invited.authorization, Authorization::Invited)
        && matches!(invited.lifecycle, Lifecycle::Active)
        && !invited.locked
}

/// IN-03: an invitation is no way round a lock or a deletion. Whoever was purged is a stranger.
const fn may_come_in(known: &Member) -> bool {
    !known.locked
        && matches!(known.lifecycle, Lifecycle::Active | Lifecycle::Purged)
        && !matches!(known.authorization, Authorization::UserDeletion)
}

/// What somebody may do at this moment: nothing, unless they are in.
async fn rights_of(tx: &mut TenantTx<'_>, context: &Context, member: MemberId) -> Result<Rights, StoreError> {
    let Some(member) = members::by_id(tx, member).await? else { return Ok(Rights::default()) };
    roles::rights_of(tx, context, &member).await
}

/// Takes away the roles that nobody vouches for any longer; answers with those that stay, and who gave them.
async fn weigh_roles(
    tx: &mut TenantTx<'_>,
    context: &Context,
    invited: MemberId,
    valid: bool,
) -> Result<Vec<(String, Option<MemberId>)>, StoreError> {
    let mut granters: BTreeMap<MemberId, Rights> = BTreeMap::new();
    let mut stay = Vec::new();
    for grant in roles::grants_of(tx, invited).await? {
        let role = context.tenant.blueprint.role(&grant.role);
        let vouched = match (grant.granted_by, role) {
            // By the operator.
            (None, Some(_)) => valid,
            (Some(by), Some(role)) => {
                let rights = match granters.entry(by) {
                    Entry::Occupied(known) => known.into_mut(),
                    Entry::Vacant(free) => free.insert(rights_of(tx, context, by).await?),
                };
                valid && roles::may_grant(rights, role)
            }
            (_, None) => false,
        };
        if vouched {
            stay.push((grant.role, grant.granted_by));
            continue;
        }
        let sql = "DELETE FROM member_role WHERE tenant_id = $1 AND member_id = $2 AND role = $3";
        tx.execute(sql, params![invited, grant.role]).await?;
        let entry = context.audit(audit::Actor::System, "member.role_not_given").on("member", invited);
        audit::record(tx, &entry.detail(serde_json::json!({ "role": grant.role }))).await?;
    }
    Ok(stay)
}

async fn bind(
    tx: &mut TenantTx<'_>,
    context: &Context,
    invited: &Member,
    subject: &str,
    by: MemberId,
    valid: bool,
) -> Result<(), Denied> {
    let bound = tx
        .execute(
            "UPDATE member SET subject = $3 WHERE tenant_id = $1 AND id = $2 AND subject IS NULL
                 AND authorization_state = 'invited' AND lifecycle = 'active' AND NOT locked",
            params![invited.id, subject],
        )
        .await?;
    if bound == 0 {
        return Err(Denied::NotFound);
    }
    let mut member = Member { subject: Some(subject.to_owned()), ..invited.clone() };
    let event = if valid { Event::Accept } else { Event::Request };
    if valid {
        (member.decided_at, member.decided_by) = (Some(context.now), (by != OPERATOR).then_some(by));
    }
    apply(tx, context, &Change::of(&member, event, By::Themselves, context)?).await?;
    Ok(())
}

/// They had asked to join before, or are members: their own record stays. `granted` is `None` if the invitation is worth
/// nothing any longer.
async fn merge(
    tx: &mut TenantTx<'_>,
    context: &Context,
    invited: &Member,
    mut known: Member,
    by: MemberId,
    granted: Option<&Vec<(String, Option<MemberId>)>>,
) -> Result<(), Denied> {
    for (role, granter) in granted.into_iter().flatten() {
        roles::grant(tx, context, known.id, role, *granter).await?;
    }
    let moved = "UPDATE invitation SET member_id = $3 WHERE tenant_id = $1 AND member_id = $2";
    tx.execute(moved, params![invited.id, known.id]).await?;
    let moved = "UPDATE import_line SET member_id = $3 WHERE tenant_id = $1 AND member_id = $2";
    tx.execute(moved, params![invited.id, known.id]).await?;
    // What was written about them stays, where they have said nothing themselves (PP-16).
    let moved = "UPDATE member_field SET member_id = $3 WHERE tenant_id = $1 AND member_id = $2 AND NOT EXISTS
                   (SELECT 1 FROM member_field o WHERE o.tenant_id = $1 AND o.member_id = $3 AND o.key = member_field.key)";
    tx.execute(moved, params![invited.id, known.id]).await?;
    for sql in [
        "DELETE FROM member_field WHERE tenant_id = $1 AND member_id = $2",
        "DELETE FROM member_role WHERE tenant_id = $1 AND member_id = $2",
        "DELETE FROM member_word WHERE tenant_id = $1 AND member_id = $2",
        "DELETE FROM member WHERE tenant_id = $1 AND id = $2 AND subject IS NULL",
    ] {
        tx.execute(sql, params![invited.id]).await?;
    }
    // Nobody is called that any more whose erasure would reach it (WEB-22).
    audit::forget(tx, "member", &invited.id.to_string()).await?;
    let entry = context.audit(audit::Actor::Member(known.id.0), "member.merged").on("member", known.id);
    audit::record(tx, &entry.detail(serde_json::json!({ "invited": invited.id }))).await?;
    if granted.is_some() {
        if known.authorization != Authorization::Reviewed {
            (known.decided_at, known.decided_by, known.decision_reason) =
                (Some(context.now), (by != OPERATOR).then_some(by), None);
        }
        let was_in = known.authorization == Authorization::Reviewed;
        let after = apply(tx, context, &Change::of(&known, Event::Accept, By::Themselves, context)?).await?;
        if !was_in {
            // Who keeps whom was decided for those too, and not for a member (PP-31).
            let sql = "UPDATE member SET kept_by = $3 WHERE tenant_id = $1 AND id = $2 AND kept_by IS NULL";
            tx.execute(sql, params![known.id, invited.kept_by]).await?;
        }
        // How they are to come in was decided for whoever is let in by this invitation, and not for a member.
        if let Some(switch) = providers::as_invited(invited, &after).filter(|_| !was_in) {
            providers::apply(tx, context, by, after, switch, None).await?;
        }
    }
    Ok(())
}
