use std::sync::Arc;
use std::time::Duration;

use ambient::Timestamp;
use jose::JwkSet;
use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreErrorResponseType, CoreGenderClaim, CoreJsonWebKey,
    CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm, CoreRevocableToken, CoreRevocationErrorResponse,
    CoreTokenIntrospectionResponse, CoreTokenType,
};
use openidconnect::{
    AdditionalClaims, Client, DiscoveryError, EmptyExtraTokenFields, EndpointMaybeSet, EndpointNotSet, EndpointSet,
    IdTokenFields, IssuerUrl, ProviderMetadataWithLogout, StandardErrorResponse, StandardTokenResponse,
};
use outbound::OutboundError;
use serde::{Deserialize, Serialize};
use url::Url;

use super::{Known, RelyingParty, RpError};

/// How long what was discovered counts.
const FRESH: Duration = Duration::from_mins(10);
/// How lately it must have answered for a browser to be sent there unasked.
const JUST_SEEN: Duration = Duration::from_secs(5);
/// How long it is not asked again after it did not answer. Requests that waited for that answer get it too: while it hangs, one
/// of them waits and the others with it, instead of one after another.
const FAILED_LATELY: Duration = Duration::from_secs(3);
/// How often at most an unknown key makes us ask again (OA-12).
const ASK_AGAIN: Duration = Duration::from_mins(1);

/// The claims of an ID token for a tenant instance, beside the standard ones (ARCHITECTURE.md).
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct InstanceClaims {
    /// The identity server's session, pairwise.
    #[serde(default)]
    pub sid: Option<String>,
    /// Which provider proved who it is: `platform`, or the provider's key.
    #[serde(default)]
    pub idp: Option<String>,
    /// The last snapshot of this member that it had applied.
    #[serde(default)]
    pub member_version: Option<i64>,
}
impl AdditionalClaims for InstanceClaims {}

pub(super) type Tokens = StandardTokenResponse<
    IdTokenFields<
        InstanceClaims,
        EmptyExtraTokenFields,
        CoreGenderClaim,
        CoreJweContentEncryptionAlgorithm,
        CoreJwsSigningAlgorithm,
    >,
    CoreTokenType,
>;

/// The `openidconnect` client after discovery.
pub(crate) type OidcClient = Client<
    InstanceClaims,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    Tokens,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// The identity server, as discovered.
pub(crate) struct Provider {
    pub metadata: ProviderMetadataWithLogout,
    /// The same keys, for tokens that the `openidconnect` crate does not know.
    pub keys: JwkSet,
    at: Timestamp,
}

impl Provider {
    pub(crate) fn token_endpoint(&self) -> Option<Url> {
        self.metadata.token_endpoint().map(|endpoint| endpoint.url().clone())
    }

    pub(crate) fn end_session_endpoint(&self) -> Option<Url> {
        let endpoint = self.metadata.additional_metadata().end_session_endpoint.as_ref();
        endpoint.map(|endpoint| endpoint.url().clone())
    }
}

impl RelyingParty {
    /// What is known; asked for if that is nothing, or old. While it is away, what was known before still counts.
    pub(crate) async fn provider(&self) -> Result<Arc<Provider>, RpError> {
        let mut known = self.known.lock().await;
        let error = match self.look(&mut known, FRESH).await {
            Ok(provider) => return Ok(provider),
            Err(error) => error,
        };
        let old = known.provider.clone().ok_or_else(|| RpError::Away(error.to_string()))?;
        tracing::warn!(%error, "discovery failed; the last answer is used");
        Ok(old)
    }

    /// The same, but only if it answered a moment ago or answers now: before a browser is sent there.
    ///
    /// # Errors
    /// [`RpError::Away`].
    pub(crate) async fn present(&self) -> Result<Arc<Provider>, RpError> {
        let mut known = self.known.lock().await;
        self.look(&mut known, JUST_SEEN).await
    }

    async fn look(&self, known: &mut Known, younger_than: Duration) -> Result<Arc<Provider>, RpError> {
        let now = self.ambient.now();
        if let Some(provider) = known.provider.as_ref().filter(|provider| now.since(provider.at) < younger_than) {
            return Ok(provider.clone());
        }
        self.fetch(known).await
    }

    /// The only way to the network: under the lock, so that there is one at a time, and its failure is everybody's.
    async fn fetch(&self, known: &mut Known) -> Result<Arc<Provider>, RpError> {
        let now = self.ambient.now();
        if let Some((_, reason)) = known.failed.as_ref().filter(|(at, _)| now.since(*at) < FAILED_LATELY) {
            return Err(RpError::Away(reason.clone()));
        }
        match self.discover(now).await {
            Ok(provider) => {
                let provider = Arc::new(provider);
                (known.provider, known.failed) = (Some(provider.clone()), None);
                Ok(provider)
            }
            Err(reason) => {
                known.failed = Some((self.ambient.now(), reason.clone()));
                Err(RpError::Away(reason))
            }
        }
    }

    /// Asks anew, because a token was signed with a key that is not known; at most once a minute.
    pub(crate) async fn with_new_keys(&self) -> Result<Arc<Provider>, RpError> {
        {
            let mut known = self.known.lock().await;
            let now = self.ambient.now();
            if known.refreshed_at.is_none_or(|last| now.since(last) >= ASK_AGAIN) {
                known.refreshed_at = Some(now);
                self.fetch(&mut known).await?;
            }
        }
        self.provider().await
    }

    async fn discover(&self, now: Timestamp) -> Result<Provider, String> {
        let issuer = IssuerUrl::new(self.issuer.clone()).map_err(|error| error.to_string())?;
        // Compares the document's issuer with ours, exactly (OIDC Discovery §4.3), and fetches the keys.
        let metadata = ProviderMetadataWithLogout::discover_async(issuer, &self.http).await;
        let metadata = metadata.map_err(|error: DiscoveryError<OutboundError>| match error {
            DiscoveryError::Request(error) => error.to_string(),
            other => format!("discovery: {other}"),
        })?;
        let keys = serde_json::to_value(metadata.jwks()).and_then(serde_json::from_value);
        let keys = keys.map_err(|error| format!("keys: {error}"))?;
        Ok(Provider { metadata, keys, at: now })
    }
}
