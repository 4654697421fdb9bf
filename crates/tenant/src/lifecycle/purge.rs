use ambient::Timestamp;
use store::{StoreError, TenantRead, TenantStore, params};

use super::{By, Change, Denied, Event, apply};
use crate::Context;
use crate::members::{self, MemberId};

/// How many members one transaction purges.
const SOME: i64 = 50;

/// Erases whoever was deleted longer ago than they may come back (PP-13), a few at a time; true while there may be more.
///
/// # Errors
/// What the database says.
pub async fn purge_some(store: &TenantStore, context: Context) -> Result<bool, StoreError> {
    let window = context.tenant.blueprint.lifecycle.reactivate_within.map_or_else(Default::default, |span| span.0);
    let deleted_until = context.now.minus(window);
    let due = due(store, deleted_until).await?;
    let more = i64::try_from(due.len()).unwrap_or(SOME) == SOME;
    if due.is_empty() {
        return Ok(false);
    }
    store
        .write((context, due, deleted_until), |mut tx, (context, due, deleted_until)| {
            Box::pin(async move {
                for id in due {
                    let Some(member) = members::by_id(&mut tx, *id).await? else { continue };
                    // Reactivated meanwhile, or deleted anew.
                    if member.deleted_at.is_none_or(|at| at > *deleted_until) {
                        continue;
                    }
                    let purged = match Change::of(&member, Event::Purge, By::System, context) {
                        Ok(change) => apply(&mut tx, context, &change).await.map(drop),
                        Err(denied) => Err(denied),
                    };
                    match purged {
                        Ok(()) | Err(Denied::Refused(_)) => {}
                        Err(Denied::Store(error)) => return Err(error),
                        Err(denied) => return Err(StoreError::RolledBack(denied.to_string())),
                    }
                }
                Ok(())
            })
        })
        .await?;
    Ok(more)
}

async fn due(store: &TenantStore, deleted_until: Timestamp) -> Result<Vec<MemberId>, StoreError> {
    let sql = "SELECT id FROM member WHERE tenant_id = $1 AND lifecycle = 'deleted' AND deleted_at <= $2
               ORDER BY deleted_at, id LIMIT $3";
    let rows: Vec<(MemberId,)> = store.read().await?.all(sql, params![deleted_until, SOME]).await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}
