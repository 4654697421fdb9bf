//! What is known of a provider, and how often it is asked.

use std::sync::Arc;
use std::time::Duration;

use ambient::Timestamp;
use jose::{Jwk, JwkSet};
use serde_json::Value;

use crate::metadata::{self, Metadata};
use crate::{Endpoint, Fault, Problem, RelyingParty, wire};

/// How long what was discovered counts.
const FRESH: Duration = Duration::from_mins(10);
/// How lately it must have answered for a browser to be sent there unasked.
const JUST_SEEN: Duration = Duration::from_secs(5);
/// How long it is not asked again after it did not answer. Requests that waited for that answer get it too: while it hangs, one
/// of them waits and the others with it, instead of one after another.
const FAILED_LATELY: Duration = Duration::from_secs(3);
/// How often at most an unknown key makes us ask again (OA-12).
const ASK_AGAIN: Duration = Duration::from_mins(1);
/// More keys than this are not looked through.
const MOST_KEYS: usize = 100;

/// A provider, as discovered.
#[derive(Debug)]
pub struct Provider {
    /// What it says of itself.
    pub metadata: Metadata,
    /// Its public keys.
    pub keys: JwkSet,
    at: Timestamp,
}

impl Provider {
    pub(crate) const fn stated(metadata: Metadata, keys: JwkSet, at: Timestamp) -> Self {
        Self { metadata, keys, at }
    }
}

/// What is known of it.
#[derive(Default)]
pub(crate) struct Known {
    provider: Option<Arc<Provider>>,
    /// When it last did not answer, and why, if that was the last thing that happened.
    failed: Option<(Timestamp, Fault)>,
    /// When it was last asked for because of an unknown key.
    refreshed_at: Option<Timestamp>,
}

impl RelyingParty {
    /// What is known; asked for if that is nothing, or old. While it is away, what was known before still counts.
    ///
    /// # Errors
    /// A [`Fault`] of discovery.
    pub async fn provider(&self) -> Result<Arc<Provider>, Fault> {
        let mut known = self.known.lock().await;
        let fault = match self.look(&mut known, FRESH).await {
            Ok(provider) => return Ok(provider),
            Err(fault) => fault,
        };
        let old = known.provider.clone().ok_or_else(|| fault.clone())?;
        tracing::warn!(%fault, issuer = self.settings.issuer, "discovery failed; the last answer is used");
        Ok(old)
    }

    /// The same, but only if it answered a moment ago or answers now: before a browser is sent there.
    ///
    /// # Errors
    /// A [`Fault`] of discovery.
    pub async fn present(&self) -> Result<Arc<Provider>, Fault> {
        let mut known = self.known.lock().await;
        self.look(&mut known, JUST_SEEN).await
    }

    async fn look(&self, known: &mut Known, younger_than: Duration) -> Result<Arc<Provider>, Fault> {
        let now = self.ambient.now();
        if let Some(provider) = known.provider.as_ref().filter(|provider| now.since(provider.at) < younger_than) {
            return Ok(provider.clone());
        }
        self.fetch(known).await
    }

    /// The only way to the network: under the lock, so that there is one at a time, and its failure is everybody's.
    async fn fetch(&self, known: &mut Known) -> Result<Arc<Provider>, Fault> {
        let now = self.ambient.now();
        if let Some((_, fault)) = known.failed.as_ref().filter(|(at, _)| now.since(*at) < FAILED_LATELY) {
            return Err(fault.clone());
        }
        match self.discover(now).await {
            Ok(provider) => {
                let provider = Arc::new(provider);
                (known.provider, known.failed) = (Some(provider.clone()), None);
                Ok(provider)
            }
            Err(fault) => {
                known.failed = Some((self.ambient.now(), fault.clone()));
                Err(fault)
            }
        }
    }

    /// Asks anew, because a token was signed with a key that is not known; at most once a minute.
    ///
    /// # Errors
    /// A [`Fault`] of discovery.
    pub async fn with_new_keys(&self) -> Result<Arc<Provider>, Fault> {
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

    async fn discover(&self, now: Timestamp) -> Result<Provider, Fault> {
        self.settings.check()?;
        if let Some(metadata) = Metadata::of_oauth(&self.settings) {
            return Ok(Provider { metadata, keys: JwkSet::default(), at: now });
        }
        let address = metadata::address(&self.settings.issuer)?;
        let document = wire::get_object(&self.http, Endpoint::Discovery, address).await?;
        let metadata = Metadata::read(&document, &self.settings)?;
        let keys = self.keys(&metadata).await?;
        Ok(Provider { metadata, keys, at: now })
    }

    /// RFC 7517 §5: keys of unknown types are passed over, not refused.
    pub(crate) async fn keys(&self, metadata: &Metadata) -> Result<JwkSet, Fault> {
        let at = Endpoint::Keys;
        let address = metadata.jwks_uri.clone().ok_or(Fault::at(at, Problem::Missing))?;
        let document = wire::get_object(&self.http, at, address).await?;
        let Some(Value::Array(keys)) = document.get("keys") else {
            return Err(Fault::at(at, Problem::NotJson("there is no list of keys".to_owned())));
        };
        let keys = keys.iter().take(MOST_KEYS).filter_map(|key| serde_json::from_value::<Jwk>(key.clone()).ok());
        Ok(JwkSet { keys: keys.collect() })
    }
}
