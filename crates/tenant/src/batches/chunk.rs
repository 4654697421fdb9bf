use std::time::Duration;

use store::{StoreError, TenantRead, TenantStore, TenantTx, params};

use super::item::{self, Outcome, has_changed};
use super::plan::{Chunk, Prepared, Way, plan};
use super::{Batch, BatchState, forget_reason, write_deed};
use crate::lifecycle::{Deed, Denied, Done, Step, Target, carry_out, judge};
use crate::members::{self, MemberRow};
use crate::pace::Pace;
use crate::roles::{self, Acting};
use crate::{Context, service_accounts};

/// Why a chunk was not done.
enum Undone {
    /// What it was planned on has changed since.
    Outdated,
    Store(StoreError),
}

impl From<StoreError> for Undone {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// Does the next chunk. What was planned and does not hold any more is done one by one.
pub(super) async fn some(store: &TenantStore, context: Context, batch: Batch, pace: &Pace) -> Result<(), StoreError> {
    let context = service_accounts::speaking(&mut store.read().await?, context, batch.made_by).await?;
    match attempt(store, &context, &batch, (pace.size(), Way::Together)).await {
        Ok((items, held)) => {
            pace.took(items, held);
            Ok(())
        }
        Err(Undone::Outdated) => match attempt(store, &context, &batch, (pace.size(), Way::OneByOne)).await {
            Ok(_) | Err(Undone::Outdated) => Ok(()),
            Err(Undone::Store(error)) => Err(error),
        },
        Err(Undone::Store(error)) => Err(error),
    }
}

/// Answers with how many items it did, and how long it held the write door.
async fn attempt(
    store: &TenantStore,
    context: &Context,
    batch: &Batch,
    (size, way): (i64, Way),
) -> Result<(i64, Duration), Undone> {
    let chunk = plan(&mut store.read().await?, context, batch, size, way).await?;
    let items = chunk.items;
    let held = store
        .write((context.clone(), batch.clone(), chunk), |mut tx, (context, batch, chunk)| {
            Box::pin(async move {
                let begun = context.ambient.now();
                write(&mut tx, context, batch, chunk).await?;
                Ok::<_, Undone>(context.ambient.now().since(begun))
            })
        })
        .await?;
    Ok((items, held))
}

async fn write(tx: &mut TenantTx<'_>, context: &Context, batch: &Batch, chunk: &Chunk) -> Result<(), Undone> {
    let (state, ended) = if chunk.more { (BatchState::Running, None) } else { (BatchState::Done, Some(context.now)) };
    // The gate: of two workers, or after a crash, only who finds the batch where it was read does this chunk.
    let moved = tx
        .execute(
            "UPDATE batch SET reached = $3, state = $4, ended_at = $5, come_to = come_to + $7, changed = changed + $8,
                 unchanged = unchanged + $9
             WHERE tenant_id = $1 AND id = $2 AND state = 'running' AND reached = $6",
            params![batch.id, chunk.reached, state, ended, batch.reached, chunk.items, chunk.changed, chunk.unchanged],
        )
        .await?;
    if moved == 0 {
        return Ok(());
    }
    let acting = who(tx, context, batch).await?;
    if !chunk.outcomes.is_empty() && acting.as_ref().map(|acting| &acting.rights) != chunk.rights.as_ref() {
        return Err(Undone::Outdated);
    }
    if !chunk.together.write(tx, context, batch.made_by).await? {
        return Err(Undone::Outdated);
    }
    let (one_by_one, changed, unchanged) = each(tx, context, batch, acting, chunk).await?;
    let outcomes: Vec<_> = chunk.outcomes.iter().chain(&one_by_one).cloned().collect();
    item::settle(tx, batch.id, &outcomes).await?;
    if changed + unchanged > 0 {
        let sql =
            "UPDATE batch SET changed = changed + $3, unchanged = unchanged + $4 WHERE tenant_id = $1 AND id = $2";
        tx.execute(sql, params![batch.id, changed, unchanged]).await?;
    }
    if !chunk.more {
        let (deed, changed, unchanged) = (batch.deed()?, chunk.changed + changed, chunk.unchanged + unchanged);
        forget_reason(tx, batch.id, &deed).await?;
        let detail = serde_json::json!({
            "deed": deed.name(), "items": batch.items, "undo_of": batch.undo_of, "retry_of": batch.retry_of,
            "changed": batch.changed + changed, "unchanged": batch.unchanged + unchanged,
        });
        let entry = context.audit(audit::Actor::System, "batch.done").on("batch", batch.id).detail(detail);
        audit::record(tx, &entry).await?;
    }
    Ok(())
}

/// What is done one by one: the rows of its outcomes, how many changed and how many were so already.
async fn each(
    tx: &mut TenantTx<'_>,
    context: &Context,
    batch: &Batch,
    mut acting: Option<Acting>,
    chunk: &Chunk,
) -> Result<(Vec<item::Settled>, i64, i64), StoreError> {
    let (mut settled, mut changed, mut unchanged) = (Vec::with_capacity(chunk.one_by_one.len()), 0, 0);
    if chunk.one_by_one.iter().any(|item| item.deed.may_unseat()) {
        roles::raise_guard(tx).await?;
    }
    // Nobody is in a batch twice: whom this chunk changes, it has read before.
    let mut here = members::some(tx, chunk.one_by_one.iter().map(|item| item.member)).await?;
    for item in &chunk.one_by_one {
        let row = here.remove(&item.member);
        if let Some(outcome) = item.left_out {
            settled.push(item::Settled { position: item.position, outcome, undo: None, version: None });
            continue;
        }
        let (outcome, undo, version) = match act(tx, context, acting.as_ref(), item, row).await {
            Ok((Done::Changed(after), undo)) => (Outcome::Changed, undo, Some(after.version)),
            Ok((Done::Unchanged, _)) => (Outcome::Unchanged, None, None),
            Err(Denied::Store(error)) => return Err(error),
            Err(denied) => (Outcome::of(&denied), None, None),
        };
        changed += i64::from(outcome == Outcome::Changed);
        unchanged += i64::from(outcome == Outcome::Unchanged);
        let undo = undo.as_ref().map(write_deed).transpose()?;
        settled.push(item::Settled { position: item.position, outcome, undo, version });
        if item.member == batch.made_by {
            // They may have changed their own rights.
            acting = who(tx, context, batch).await?;
        }
    }
    Ok((settled, changed, unchanged))
}

/// The actor with the rights of this moment; none, if they may not do such a thing any more.
pub(super) async fn who(
    read: &mut impl TenantRead,
    context: &Context,
    batch: &Batch,
) -> Result<Option<Acting>, StoreError> {
    match roles::acting(read, context, batch.made_by, batch.deed()?.permission()).await {
        Ok(acting) => Ok(Some(acting)),
        Err(Denied::Store(error)) => Err(error),
        Err(_) => Ok(None),
    }
}

async fn act(
    tx: &mut TenantTx<'_>,
    context: &Context,
    acting: Option<&Acting>,
    item: &Prepared,
    row: Option<MemberRow>,
) -> Result<(Done, Option<Deed>), Denied> {
    let acting = acting.ok_or(Denied::Forbidden)?;
    let row = row.ok_or(Denied::NotFound)?;
    if has_changed(&row, item.since, &item.deed) {
        return Err(Denied::ChangedSince);
    }
    let (roles, follows) = (row.roles(), row.follows());
    let target = Target { member: &row.member, roles: &roles, follows: &follows };
    let step: Step = judge(context, acting, target, &item.deed).map_err(Denied::Refused)?;
    let undo = item.deed.inverse(&step);
    let by = acting.member.id;
    let done = carry_out(tx, context, by, (row.member, &roles, &follows), &item.deed, step, item.mail.as_ref()).await?;
    Ok((done, undo))
}
