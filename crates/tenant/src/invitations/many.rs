use std::sync::LazyLock;

use store::{ManyRows, StoreError, TenantTx, Value, params};

use super::{InvitationId, InvitationState};
use crate::lifecycle::Axes;
use crate::members::{self, Authorization, Lifecycle, MemberId, Newcomer};
use crate::{Context, roles};

static INVITATIONS: LazyLock<ManyRows> = LazyLock::new(|| {
    let before =
        "INSERT INTO invitation (tenant_id, message, revision, attempts, id, member_id, invited_by, state, email,
             created_at, due_at) VALUES ";
    ManyRows::new(before, "$1, '', 1, 0, ", 0, 7, "")
});

/// Makes records of many people who have not come yet, as [`invite`](super::invite()) does of one: what they are given was
/// judged before, in this transaction. Those who can come in are sent an invitation, if `invites` says so.
pub(crate) async fn create_all(
    tx: &mut TenantTx<'_>,
    context: &Context,
    by: MemberId,
    newcomers: &[Newcomer],
    invites: bool,
    source: &serde_json::Value,
) -> Result<(), StoreError> {
    members::insert_all(tx, newcomers, context.now).await?;
    let grants: Vec<_> = newcomers.iter().flat_map(|it| it.roles.iter().map(|role| (it.id, role.as_str()))).collect();
    roles::grant_all(tx, context, &grants, by).await?;
    let actor = || audit::Actor::Member(by.0);
    let made = |it: &Newcomer| {
        let detail = serde_json::json!({ "roles": it.roles, "from": source });
        let entry = context.audit(actor(), "member.imported").on("member", it.id).detail(detail);
        let entry = entry.personal("email", it.profile.email.as_str(), &context.ambient);
        match &it.kept_by {
            Some(keeper) => entry.personal("keeper", keeper.as_str(), &context.ambient),
            None => entry,
        }
    };
    let mut entries: Vec<_> = newcomers.iter().map(made).collect();
    if invites {
        let invited: Vec<_> = newcomers.iter().filter(|it| may_come(it.axes)).collect();
        let mut rows: Vec<Vec<Value>> = Vec::with_capacity(invited.len());
        for it in invited {
            let id = InvitationId(context.ambient.row_id());
            rows.push(params![id, it.id, by, InvitationState::Open, it.profile.email, context.now, context.now]);
            let entry = context.audit(actor(), "member.invitation_queued").on("member", it.id);
            entries.push(entry.detail(serde_json::json!({ "invitation": id })));
        }
        tx.execute_many(&INVITATIONS, &[], &rows).await?;
    }
    audit::record_all(tx, &entries).await
}

const fn may_come(axes: Axes) -> bool {
    matches!((axes.authorization, axes.lifecycle), (Authorization::Invited, Lifecycle::Active)) && !axes.locked
}

static LEAVING: LazyLock<ManyRows> = LazyLock::new(|| {
    let before = "UPDATE invitation SET state = 'withdrawn', ended_at = $2, ended_by = $3, revision = revision + 1,
             attempts = 0, due_at = $2 WHERE tenant_id = $1 AND state = 'open' AND member_id IN (VALUES ";
    ManyRows::new(before, "", 2, 1, ")")
});

/// Ends what is open of many.
pub(crate) async fn end_with_all(
    tx: &mut TenantTx<'_>,
    context: &Context,
    members: &[MemberId],
    by: MemberId,
) -> Result<(), StoreError> {
    let rows: Vec<_> = members.iter().map(|member| params![member]).collect();
    tx.execute_many(&LEAVING, &params![context.now, by], &rows).await?;
    Ok(())
}

static TOLD_AGAIN: LazyLock<ManyRows> = LazyLock::new(|| {
    let before = "UPDATE invitation SET revision = revision + 1, attempts = 0, due_at = $2
         WHERE tenant_id = $1 AND state = 'open' AND member_id IN (VALUES ";
    ManyRows::new(before, "", 1, 1, ")")
});

/// Those who are invited are to come another way from now on, or are called otherwise: the identity server has to know before they follow
/// the link.
pub(crate) async fn tell_again(
    tx: &mut TenantTx<'_>,
    context: &Context,
    members: &[MemberId],
) -> Result<(), StoreError> {
    let rows: Vec<_> = members.iter().map(|member| params![member]).collect();
    tx.execute_many(&TOLD_AGAIN, &params![context.now], &rows).await?;
    Ok(())
}
