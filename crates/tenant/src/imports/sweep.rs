use std::time::Duration;

use ambient::Timestamp;
use store::{StoreError, TenantRead, TenantStore, params};

use super::ImportId;
use crate::housekeeping::remove_in_pieces;

/// How long an import can be looked at. Its lines are about people, many of whom never come.
const KEPT: Duration = Duration::from_hours(30 * 24);
/// After this time, a file that has not come as a whole will not.
const RECEIVED_WITHIN: Duration = Duration::from_hours(1);

/// Removes a stretch of an import whose time is over, its lines first; true if there may be more.
pub(crate) async fn sweep(store: &TenantStore, now: Timestamp) -> Result<bool, StoreError> {
    let sql = "SELECT id FROM import WHERE tenant_id = $1 AND (made_at < $3
                   OR made_at < $2 AND (state = 'receiving' OR (state = 'cancelled' AND started_at IS NULL))
                   OR state = 'receiving' AND ended_at IS NOT NULL)
               ORDER BY made_at, id LIMIT 1";
    let times = params![now.minus(RECEIVED_WITHIN), now.minus(KEPT)];
    let over: Option<(ImportId,)> = store.read().await?.maybe(sql, times).await?;
    let Some((id,)) = over else { return Ok(false) };
    remove(store, id).await?;
    Ok(true)
}

/// Removes a stretch of an import; true while it is there.
pub(super) async fn remove(store: &TenantStore, id: ImportId) -> Result<bool, StoreError> {
    let lines = "DELETE FROM import_line WHERE tenant_id = $1 AND import_id = $2 AND line IN
        (SELECT line FROM import_line WHERE tenant_id = $1 AND import_id = $2 ORDER BY line LIMIT $3)";
    remove_in_pieces(store, id.0, lines, "DELETE FROM import WHERE tenant_id = $1 AND id = $2").await
}
