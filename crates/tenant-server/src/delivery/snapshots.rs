use axum::http::StatusCode;
use jobs::Progress;
use outbound::Request;
use serde::Serialize;
use tenant::snapshots::{Receipt, Snapshot, next_batch, postpone, settle};
use url::Url;

use super::DeliverError;
use crate::instance::App;
use crate::rp::RpError;

#[derive(Serialize)]
struct Members<'a> {
    members: &'a [Snapshot],
}

/// What a round did.
pub(super) struct Round {
    pub applied: usize,
    pub progress: Progress,
}

/// One batch: read, sent, settled. Whatever goes wrong, the batch stays and is due again later.
pub(super) async fn round(app: &App) -> Result<Round, DeliverError> {
    let batch = next_batch(&mut app.store.read().await?, app.kit.ambient().now()).await?;
    if batch.is_empty() {
        return Ok(Round { applied: 0, progress: Progress::Idle });
    }
    match send(app, &batch).await {
        Ok(receipt) => {
            if !receipt.unknown.is_empty() {
                tracing::warn!(tenant = %app.tenant.slug, unknown = receipt.unknown.len(), "the identity server knows no link of some members");
            }
            let applied = settle(&app.store, batch, receipt, app.kit.ambient().now()).await?;
            Ok(Round { applied, progress: Progress::More })
        }
        Err(error) => {
            postpone(&app.store, batch, app.kit.ambient().now()).await?;
            Err(error.into())
        }
    }
}

async fn send(app: &App, batch: &[Snapshot]) -> Result<Receipt, RpError> {
    let token = app.rp.client_token().await?;
    let address = Url::parse(&app.identity_page("/api/v1/tenant/members"));
    let address = address.map_err(|error| RpError::Away(error.to_string()))?;
    let request =
        Request::json(address, &Members { members: batch }).map_err(|error| RpError::Away(error.to_string()))?;
    let request = request.bearer(&token).map_err(|error| RpError::Away(error.to_string()))?;
    let response = app.rp.http().send(request).await.map_err(|error| RpError::Away(error.to_string()))?;
    match response.status {
        StatusCode::OK => response.json().map_err(|error| RpError::Away(error.to_string())),
        StatusCode::UNAUTHORIZED => {
            // Revoked, or signed with a key that is gone: the next try brings a new one.
            app.rp.forget_client_token().await;
            Err(RpError::Refused("the access token".to_owned()))
        }
        status => Err(RpError::Refused(format!("member snapshots: {status}"))),
    }
}
