use serde::Serialize;
use store::StoreError;
use tenant::batches::{self, Claims, Unsorted};

use super::api;
use crate::instance::App;
use crate::rp::RpError;

#[derive(Serialize)]
struct Asked<'a> {
    provider: &'a str,
    subjects: Vec<&'a str>,
}

/// Sorts some members of a batch that is to switch them. While the identity server cannot be asked, the batch goes on waiting:
/// without its word, nobody knows who would be left without a way in.
pub(super) async fn some(app: &App) -> Result<bool, StoreError> {
    let context = app.background();
    let Some(unsorted) = batches::unsorted(&mut app.store.read().await?, &context).await? else { return Ok(false) };
    match ask(app, &unsorted).await {
        Ok(claims) => {
            batches::sort(&app.store, unsorted, &claims).await?;
            Ok(true)
        }
        Err(error) => {
            tracing::warn!(%error, tenant = %app.tenant.slug, "the identity server could not be asked who can prove themselves");
            Ok(false)
        }
    }
}

async fn ask(app: &App, unsorted: &Unsorted) -> Result<Claims, RpError> {
    let asked = Asked { provider: &unsorted.provider, subjects: unsorted.subjects() };
    if asked.subjects.is_empty() {
        return Ok(Claims::default());
    }
    api::post(app, "/api/v1/tenant/claims", &asked).await
}
