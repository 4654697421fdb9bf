use jobs::Progress;
use serde::Serialize;
use tenant::members::MemberId;
use tenant::snapshots::{Receipt, Snapshot, next_batch, postpone, settle, waiting_of};

use super::api;
use super::{DeliverError, Round};
use crate::instance::App;

#[derive(Serialize)]
struct Members<'a> {
    members: &'a [Snapshot],
}

/// One batch: read, sent, settled. Whatever goes wrong, the batch stays and is due again later.
pub(super) async fn round(app: &App) -> Result<Round, DeliverError> {
    let batch = next_batch(&mut app.store.read().await?, app.kit.ambient().now()).await?;
    if batch.is_empty() {
        return Ok(Round { applied: 0, progress: Progress::Idle });
    }
    Ok(Round { applied: send(app, batch).await?, progress: Progress::More })
}

/// The one of a member that waits, if one does.
pub(super) async fn of(app: &App, member: MemberId) -> Result<usize, DeliverError> {
    let waiting = waiting_of(&mut app.store.read().await?, member).await?;
    match waiting {
        Some(snapshot) => send(app, vec![snapshot]).await,
        None => Ok(0),
    }
}

async fn send(app: &App, batch: Vec<Snapshot>) -> Result<usize, DeliverError> {
    match api::post::<_, Receipt>(app, "/api/v1/tenant/members", &Members { members: &batch }).await {
        Ok(receipt) => {
            if !receipt.unknown.is_empty() {
                tracing::warn!(tenant = %app.tenant.slug, unknown = receipt.unknown.len(), "the identity server knows no link of some members");
            }
            Ok(settle(&app.store, batch, receipt, app.kit.ambient().now()).await?)
        }
        Err(error) => {
            postpone(&app.store, batch, app.kit.ambient().now()).await?;
            Err(error.into())
        }
    }
}
