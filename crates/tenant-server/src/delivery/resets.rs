use serde::{Deserialize, Serialize};
use tenant::Context;
use tenant::lifecycle::Denied;
use tenant::members::MemberId;
use tenant::resets;
use tracing::Instrument;

use super::api;
use crate::instance::App;
use crate::rp::RpError;

#[derive(Serialize)]
struct Asked<'a> {
    subject: &'a str,
}

#[derive(Deserialize)]
struct Heard {}

/// Why no mail is asked for.
pub(crate) enum NotAsked {
    /// The tenant forbids it.
    Denied(Denied),
    /// The identity server cannot be asked, or does not know that question yet.
    Away,
}

impl<E: Into<Denied>> From<E> for NotAsked {
    fn from(error: E) -> Self {
        Self::Denied(error.into())
    }
}

/// Asks the identity server to mail a member what replaces a forgotten password (TP-09), and refuses the one of now here. The answer
/// is the same whatever the account has: how it is opened is between it and the identity server.
///
/// # Errors
/// [`NotAsked`].
pub(crate) async fn reset(app: &App, context: Context, by: MemberId, member: MemberId) -> Result<(), NotAsked> {
    let subject = resets::ask(&app.store, context, by, member).await?;
    let app = app.clone();
    // It goes on if whoever asked hangs up: what was given until the answer came is void.
    let asking = async move {
        let asked = api::post(&app, "/api/v1/tenant/resets", &Asked { subject: &subject }).await;
        let Heard {} = asked.map_err(|error: RpError| {
            tracing::warn!(%error, tenant = %app.tenant.slug, "the identity server could not be asked for a reset");
            NotAsked::Away
        })?;
        Ok(resets::heard(&app.store, member, app.kit.ambient().now()).await?)
    };
    tokio::spawn(asking.in_current_span()).await.unwrap_or_else(|error| {
        tracing::error!(%error, "asking for a reset ended early");
        Err(NotAsked::Away)
    })
}
