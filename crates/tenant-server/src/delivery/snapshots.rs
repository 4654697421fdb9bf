use std::time::Duration;

use jobs::Progress;
use serde::Serialize;
use tenant::members::MemberId;
use tenant::snapshots::{Receipt, Snapshot, next_batch, postpone, settle, waiting_of};

use super::api;
use super::{DeliverError, Round};
use crate::instance::App;
use crate::rp::RpError;

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

/// How long whoever stands at the door is waited for, from one try to the next: the identity server takes one request of a tenant
/// at a time, and may be taking one.
const PAUSES: [Duration; 3] = [Duration::from_millis(100), Duration::from_millis(300), Duration::from_millis(600)];

/// The one of a member that waits, if one does. What cannot be told now is due when it was.
pub(super) async fn of(app: &App, member: MemberId) -> Result<(), DeliverError> {
    let mut pauses = PAUSES.into_iter();
    loop {
        let Some(snapshot) = waiting_of(&mut app.store.read().await?, member).await? else { return Ok(()) };
        let batch = vec![snapshot];
        match (post(app, &batch).await, pauses.next()) {
            (Ok(receipt), _) => {
                settle(&app.store, batch, receipt, app.kit.ambient().now()).await?;
                return Ok(());
            }
            (Err(RpError::Refused(_)), Some(pause)) => tokio::time::sleep(pause).await,
            (Err(error), _) => return Err(error.into()),
        }
    }
}

async fn post(app: &App, batch: &[Snapshot]) -> Result<Receipt, RpError> {
    let receipt: Receipt = api::post(app, "/api/v1/tenant/members", &Members { members: batch }).await?;
    if !receipt.unknown.is_empty() {
        tracing::warn!(tenant = %app.tenant.slug, unknown = receipt.unknown.len(), "the identity server knows no link of some members");
    }
    Ok(receipt)
}

async fn send(app: &App, batch: Vec<Snapshot>) -> Result<usize, DeliverError> {
    match post(app, &batch).await {
        Ok(receipt) => Ok(settle(&app.store, batch, receipt, app.kit.ambient().now()).await?),
        Err(error) => {
            postpone(&app.store, batch, app.kit.ambient().now()).await?;
            Err(error.into())
        }
    }
}
