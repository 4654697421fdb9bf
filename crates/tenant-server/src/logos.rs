//! Tenants' pictures come from the identity server once and are shown from this server's own origins: a page asks no stranger.

use ambient::content_hash;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use outbound::Request;
use tenant::control::{self, Logo};
use url::Url;

use crate::TenantServer;
use crate::delivery::DeliverError;
use crate::rp::{RelyingParty, RpError};

/// What a browser shows as a picture and nothing else. An identity server that says otherwise is not believed.
const KINDS: [&str; 3] = ["image/png", "image/jpeg", "image/webp"];

impl TenantServer {
    /// Asks for the pictures that were told of and are not here yet, and shows them from now on.
    ///
    /// # Errors
    /// [`DeliverError`]: of the first that did not come; the others are asked for with the next renewal.
    pub(crate) async fn fetch_logos(&self, party: &RelyingParty, issuer: &str) -> Result<(), DeliverError> {
        let wanted = control::wanted(&mut self.0.control.read().await?, issuer).await?;
        // Usually none: a picture is fetched once.
        for wanted in wanted {
            let Some(logo) = fetch(party, issuer, &wanted.wanted_logo).await? else {
                control::forget_wanted(&self.0.control, wanted).await?;
                continue;
            };
            if let Some(served) = control::keep_logo(&self.0.control, wanted, logo).await?
                && let Err(error) = self.follow(served).await
            {
                tracing::error!(%error, "a tenant's logo cannot be taken over");
            }
        }
        Ok(())
    }
}

/// The picture with this hash; `None` if the identity server has none.
async fn fetch(party: &RelyingParty, issuer: &str, hash: &str) -> Result<Option<Logo>, RpError> {
    let away = |error: &dyn std::fmt::Display| RpError::Away(error.to_string());
    let token = party.client_token().await?;
    let url = Url::parse(&format!("{}/api/v1/tenant-servers/logos/{hash}", issuer.trim_end_matches('/')));
    let request = Request::get(url.map_err(|error| away(&error))?).bearer(&token).map_err(|error| away(&error))?;
    let response = party.http().send(request).await.map_err(|error| away(&error))?;
    if response.status == StatusCode::NOT_FOUND {
        return Ok(None);
    }
    let told = response.headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let kind = KINDS.into_iter().find(|kind| *kind == told);
    match kind {
        Some(kind) if response.status == StatusCode::OK && content_hash(&response.body) == hash => {
            Ok(Some(Logo { media_type: kind.to_owned(), bytes: response.body }))
        }
        _ => Err(RpError::Refused(format!("logo: {}", response.status))),
    }
}
