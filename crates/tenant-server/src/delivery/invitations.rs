use jobs::Progress;
use serde::Serialize;
use tenant::invitations::{Item, Receipt, next_batch, postpone, settle};

use super::api;
use super::{DeliverError, Round};
use crate::instance::App;

#[derive(Serialize)]
struct Told<'a> {
    invitations: Vec<&'a Item>,
}

/// One batch: read, told, settled with what the identity server says. Whatever goes wrong, it is due again later.
pub(super) async fn round(app: &App) -> Result<Round, DeliverError> {
    let now = || app.kit.ambient().now();
    let batch = next_batch(&mut app.store.read().await?, now()).await?;
    if batch.is_empty() {
        return Ok(Round { applied: 0, progress: Progress::Idle });
    }
    let told = Told { invitations: batch.iter().map(|outgoing| &outgoing.item).collect() };
    match api::post::<_, Receipt>(app, "/api/v1/tenant/invitations", &told).await {
        Ok(receipt) => {
            let applied = settle(&app.store, batch, receipt, now()).await?;
            Ok(Round { applied, progress: Progress::More })
        }
        Err(error) => {
            postpone(&app.store, batch, now()).await?;
            Err(error.into())
        }
    }
}
