use jobs::Progress;
use serde::Deserialize;
use tenant::groups::{next, postpone, settle};

use super::DeliverError;
use super::api;
use crate::instance::App;

#[derive(Deserialize)]
struct Heard {}

/// Tells the identity server which groups of one provider this tenant wants to hear of. Whatever goes wrong, it is due again later.
pub(super) async fn round(app: &App) -> Result<Progress, DeliverError> {
    let now = || app.kit.ambient().now();
    let Some(ask) = next(&mut app.store.read().await?, now()).await? else { return Ok(Progress::Idle) };
    match api::post::<_, Heard>(app, "/api/v1/tenant/groups", &ask).await {
        Ok(Heard {}) => {
            settle(&app.store, ask).await?;
            Ok(Progress::More)
        }
        Err(error) => {
            postpone(&app.store, ask, now()).await?;
            Err(error.into())
        }
    }
}
