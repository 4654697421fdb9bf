use store::{TenantStore, params};

use super::{BatchId, BatchState, forget_reason, read};
use crate::Context;
use crate::lifecycle::{Denied, Refusal};
use crate::members::MemberId;
use crate::roles;

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
                    _ => match batch.state {
                        BatchState::Ready | BatchState::Sorting => (batch.state.word(), batch.state.word()),
                        _ => ("running", "gathering"),
                    },
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
                if ended.is_some() {
                    forget_reason(&mut tx, *id, &deed).await?;
                }
                let detail = serde_json::json!({
                    "deed": deed.name(), "items": batch.items, "fitting": batch.fitting, "undo_of": batch.undo_of, "retry_of": batch.retry_of,
                });
                let entry = context.audit(audit::Actor::Member(by.0), action).on("batch", id).detail(detail);
                Ok(audit::record(&mut tx, &entry).await?)
            })
        })
        .await
}
