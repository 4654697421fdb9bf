use mail::Parcel;
use store::{StoreError, TenantRead, TenantStore, TenantTx, params};

use super::{Batch, BatchId, BatchState, Outcome, read, read_deed, write_deed};
use crate::Context;
use crate::lifecycle::{self, Deed, Denied, Done, Refusal, Step, Target, carry_out, judge};
use crate::members::{self, MemberId, MemberRow};
use crate::roles::{self, Acting};
use crate::service_accounts;

/// How many items one transaction does: few enough that a login waits for no more than some hundredths of a second.
const CHUNK: i64 = 50;

/// Gives the word. That is for whoever made it, and must still be allowed to do such a thing: it was looked at with their rights,
/// and somebody with more of them would do what the page calls refused (AZ-05).
///
/// # Errors
/// [`Denied`]; [`Refusal::AlreadySo`] if it is not waiting for it (any more).
pub async fn start(store: &TenantStore, context: Context, by: MemberId, id: BatchId) -> Result<(), Denied> {
    turn(store, context, by, id, BatchState::Running, "batch.started").await
}

/// Stops it: what was done stays done, the rest is left alone.
///
/// # Errors
/// As [`start`].
pub async fn cancel(store: &TenantStore, context: Context, by: MemberId, id: BatchId) -> Result<(), Denied> {
    turn(store, context, by, id, BatchState::Cancelled, "batch.cancelled").await
}

async fn turn(
    store: &TenantStore,
    context: Context,
    by: MemberId,
    id: BatchId,
    to: BatchState,
    action: &'static str,
) -> Result<(), Denied> {
    store
        .write((context, by, id), move |mut tx, (context, by, id)| {
            Box::pin(async move {
                let batch = read::by_id(&mut tx, *id).await?.ok_or(Denied::NotFound)?;
                let deed = batch.deed()?;
                roles::acting(&mut tx, context, *by, deed.permission()).await?;
                if to == BatchState::Running && batch.made_by != *by {
                    return Err(Denied::Forbidden);
                }
                let (from, also) = match to {
                    BatchState::Running => ("ready", "ready"),
                    _ => ("running", if batch.state == BatchState::Ready { "ready" } else { "gathering" }),
                };
                let (started, ended) = match to {
                    BatchState::Running => (Some(context.now), None),
                    _ => (None, Some(context.now)),
                };
                let turned = tx
                    .execute(
                        "UPDATE batch SET state = $3, started_at = COALESCE($4, started_at), ended_at = $5
                         WHERE tenant_id = $1 AND id = $2 AND state IN ($6, $7)",
                        params![id, to, started, ended, from, also],
                    )
                    .await?;
                if turned == 0 {
                    return Err(Denied::Refused(Refusal::AlreadySo));
                }
                let detail = serde_json::json!({
                    "deed": deed.name(), "items": batch.items, "fitting": batch.fitting, "undo_of": batch.undo_of,
                });
                let entry = context.audit(audit::Actor::Member(by.0), action).on("batch", id).detail(detail);
                Ok(audit::record(&mut tx, &entry).await?)
            })
        })
        .await
}

/// An item that is up.
#[derive(sqlx::FromRow)]
struct Next {
    position: i64,
    member_id: MemberId,
    deed: Option<String>,
    since: Option<i64>,
}

/// The same, ready for the write door: its mail is worded and sealed.
struct Prepared {
    position: i64,
    member: MemberId,
    deed: Deed,
    since: Option<i64>,
    mail: Option<Parcel>,
}

/// Does the next chunk.
pub(super) async fn some(store: &TenantStore, context: Context, batch: Batch) -> Result<(), StoreError> {
    let mut read = store.read().await?;
    let sql = "SELECT position, member_id, deed, since FROM batch_item
               WHERE tenant_id = $1 AND batch_id = $2 AND position > $3 ORDER BY position LIMIT $4";
    let next: Vec<Next> = read.all(sql, params![batch.id, batch.reached, CHUNK]).await?;
    let general = batch.deed()?;
    let mut chunk = Vec::with_capacity(next.len());
    let here = members::some(&mut read, next.iter().map(|next| next.member_id)).await?;
    for Next { position, member_id: member, deed, since } in next {
        let deed = deed.as_deref().map(read_deed).transpose()?.unwrap_or_else(|| general.clone());
        let mail = here.get(&member).and_then(|row| lifecycle::prepare(&context, &deed, &row.member));
        chunk.push(Prepared { position, member, deed, since, mail });
    }
    let context = service_accounts::speaking(&mut read, context, batch.made_by).await?;
    drop(read);
    store
        .write((context, batch, chunk), |tx, (context, batch, chunk)| Box::pin(do_chunk(tx, context, batch, chunk)))
        .await
}

async fn do_chunk(
    mut tx: TenantTx<'_>,
    context: &Context,
    batch: &Batch,
    chunk: &[Prepared],
) -> Result<(), StoreError> {
    let tx = &mut tx;
    let reached = chunk.last().map_or(batch.reached, |last| last.position);
    let more = i64::try_from(chunk.len()).unwrap_or(CHUNK) == CHUNK;
    let (state, ended) = if more { (BatchState::Running, None) } else { (BatchState::Done, Some(context.now)) };
    // The gate: of two workers, or after a crash, only who finds the batch where it was read does this chunk.
    let moved = tx
        .execute(
            "UPDATE batch SET reached = $3, state = $4, ended_at = $5
             WHERE tenant_id = $1 AND id = $2 AND state = 'running' AND reached = $6",
            params![batch.id, reached, state, ended, batch.reached],
        )
        .await?;
    if moved == 0 {
        return Ok(());
    }
    if chunk.iter().any(|item| item.deed.may_unseat()) {
        roles::raise_guard(tx).await?;
    }
    let (mut changed, mut unchanged) = (0_i64, 0_i64);
    let mut acting = who(tx, context, batch).await?;
    // Nobody is in a batch twice: whom this chunk changes, it has read before.
    let mut here = members::some(tx, chunk.iter().map(|item| item.member)).await?;
    for item in chunk {
        let row = here.remove(&item.member);
        let outcome = do_item(tx, context, batch, acting.as_ref(), (item, row)).await?;
        match outcome {
            Outcome::Changed => changed += 1,
            Outcome::Unchanged => unchanged += 1,
            _ => {}
        }
        if item.member == batch.made_by {
            // They may have changed their own rights.
            acting = who(tx, context, batch).await?;
        }
    }
    let count = i64::try_from(chunk.len()).unwrap_or(i64::MAX);
    let sql = "UPDATE batch SET come_to = come_to + $3, changed = changed + $4, unchanged = unchanged + $5
               WHERE tenant_id = $1 AND id = $2";
    tx.execute(sql, params![batch.id, count, changed, unchanged]).await?;
    if !more {
        let detail =
            serde_json::json!({ "changed": batch.changed + changed, "unchanged": batch.unchanged + unchanged });
        let entry = context.audit(audit::Actor::System, "batch.done").on("batch", batch.id).detail(detail);
        audit::record(tx, &entry).await?;
    }
    Ok(())
}

/// The actor with the rights of this moment; none, if they may not do such a thing any more.
async fn who(tx: &mut TenantTx<'_>, context: &Context, batch: &Batch) -> Result<Option<Acting>, StoreError> {
    match roles::acting(tx, context, batch.made_by, batch.deed()?.permission()).await {
        Ok(acting) => Ok(Some(acting)),
        Err(Denied::Store(error)) => Err(error),
        Err(_) => Ok(None),
    }
}

async fn do_item(
    tx: &mut TenantTx<'_>,
    context: &Context,
    batch: &Batch,
    acting: Option<&Acting>,
    (item, row): (&Prepared, Option<MemberRow>),
) -> Result<Outcome, StoreError> {
    let (outcome, undo, version) = match attempt(tx, context, acting, item, row).await {
        Ok((Done::Changed(after), undo)) => (Outcome::Changed, undo, Some(after.version)),
        Ok((Done::Unchanged, _)) => (Outcome::Unchanged, None, None),
        Err(Denied::Store(error)) => return Err(error),
        Err(denied) => (outcome_of(&denied), None, None),
    };
    let undo = undo.as_ref().map(write_deed).transpose()?;
    let sql = "UPDATE batch_item SET outcome = $4, undo = $5, version = $6
               WHERE tenant_id = $1 AND batch_id = $2 AND position = $3";
    tx.execute(sql, params![batch.id, item.position, outcome.word(), undo, version]).await?;
    Ok(outcome)
}

async fn attempt(
    tx: &mut TenantTx<'_>,
    context: &Context,
    acting: Option<&Acting>,
    item: &Prepared,
    row: Option<MemberRow>,
) -> Result<(Done, Option<Deed>), Denied> {
    let acting = acting.ok_or(Denied::Forbidden)?;
    let row = row.ok_or(Denied::NotFound)?;
    if item.since.is_some_and(|since| since != row.member.version) {
        return Err(Denied::ChangedSince);
    }
    let roles = row.roles();
    let step: Step =
        judge(context, acting, Target { member: &row.member, roles: &roles }, &item.deed).map_err(Denied::Refused)?;
    let undo = item.deed.inverse(&step);
    let by = acting.member.id;
    let done = carry_out(tx, context, by, (row.member, &roles), &item.deed, step, item.mail.as_ref()).await?;
    Ok((done, undo))
}

const fn outcome_of(denied: &Denied) -> Outcome {
    match denied {
        Denied::Refused(refusal) => Outcome::Refused(*refusal),
        Denied::Forbidden => Outcome::NotAllowed,
        Denied::ChangedSince => Outcome::ChangedSince,
        _ => Outcome::Gone,
    }
}
