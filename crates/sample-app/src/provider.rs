use std::sync::Arc;

use openidconnect::core::CoreClient;
use openidconnect::{
    ClientId, ClientSecret, DiscoveryError, EndpointMaybeSet, EndpointNotSet, EndpointSet, IssuerUrl,
    ProviderMetadataWithLogout, RedirectUrl,
};
use outbound::OutboundError;
use tokio::sync::Mutex;

use crate::SampleApp;
use crate::http::Http;
use crate::refusal::Refusal;

/// The `openidconnect` client after discovery.
pub type RelyingParty =
    CoreClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointMaybeSet, EndpointMaybeSet>;

/// The identity server as this application knows it: discovery document and keys, fetched when first needed and kept.
pub struct Provider {
    config: Arc<SampleApp>,
    http: Http,
    known: Mutex<Option<Arc<ProviderMetadataWithLogout>>>,
}

impl Provider {
    pub fn new(config: Arc<SampleApp>, http: outbound::Client) -> Self {
        Self { config, http: Http(http), known: Mutex::default() }
    }

    pub const fn http(&self) -> &Http {
        &self.http
    }

    /// What is known; fetched if nothing is. Several who ask at once wait for one answer.
    pub async fn metadata(&self) -> Result<Arc<ProviderMetadataWithLogout>, Refusal> {
        let mut known = self.known.lock().await;
        if let Some(metadata) = known.as_ref() {
            return Ok(Arc::clone(metadata));
        }
        let metadata = Arc::new(self.discover().await?);
        *known = Some(Arc::clone(&metadata));
        Ok(metadata)
    }

    /// Forgets what is known, so that the next to ask fetches it again: after a failure, or when a key is unknown.
    pub async fn forget(&self) {
        *self.known.lock().await = None;
    }

    /// A client with what is known.
    pub async fn relying_party(&self) -> Result<RelyingParty, Refusal> {
        let metadata = self.metadata().await?;
        let redirect_uri =
            RedirectUrl::new(self.config.redirect_uri()).map_err(|error| Refusal::Away(error.to_string()))?;
        let client_id = ClientId::new(self.config.client_id.clone());
        let secret = ClientSecret::new(self.config.client_secret.clone());
        Ok(CoreClient::from_provider_metadata((*metadata).clone(), client_id, Some(secret))
            .set_redirect_uri(redirect_uri))
    }

    async fn discover(&self) -> Result<ProviderMetadataWithLogout, Refusal> {
        let issuer = IssuerUrl::new(self.config.issuer.clone()).map_err(|error| Refusal::Away(error.to_string()))?;
        // This also compares the document's issuer with ours (OIDC Discovery §4.3).
        ProviderMetadataWithLogout::discover_async(issuer, &self.http).await.map_err(
            |error: DiscoveryError<OutboundError>| match error {
                DiscoveryError::Request(error) => Refusal::Away(error.to_string()),
                other => Refusal::Away(format!("discovery: {other}")),
            },
        )
    }
}
