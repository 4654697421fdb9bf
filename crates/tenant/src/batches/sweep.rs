use std::time::Duration;

use ambient::Timestamp;
use store::{StoreError, TenantRead, TenantStore, params};

use super::BatchId;
use crate::housekeeping::remove_in_pieces;

/// How long it can be looked at what a batch did, and be taken back.
const KEPT: Duration = Duration::from_hours(365 * 24);
/// How long one waits for somebody's word.
const WAITED_FOR: Duration = Duration::from_hours(30 * 24);

/// Removes a stretch of a batch whose time is over; true if there may be more.
pub(crate) async fn sweep(store: &TenantStore, now: Timestamp) -> Result<bool, StoreError> {
    let sql = "SELECT id FROM batch WHERE tenant_id = $1 AND (ended_at < $2 OR made_at < $3 AND started_at IS NULL)
               ORDER BY made_at, id LIMIT 1";
    let times = params![now.minus(KEPT), now.minus(WAITED_FOR)];
    let over: Option<(BatchId,)> = store.read().await?.maybe(sql, times).await?;
    let Some((id,)) = over else { return Ok(false) };
    let items = "DELETE FROM batch_item WHERE tenant_id = $1 AND batch_id = $2 AND position IN
        (SELECT position FROM batch_item WHERE tenant_id = $1 AND batch_id = $2 ORDER BY position LIMIT $3)";
    remove_in_pieces(store, id.0, items, "DELETE FROM batch WHERE tenant_id = $1 AND id = $2").await?;
    Ok(true)
}
