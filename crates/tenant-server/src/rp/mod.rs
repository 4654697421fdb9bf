//! This tenant as a relying party of the identity server: discovery, authorization request, token, UserInfo, logout.

mod authorize;
mod client_token;
mod http;
mod provider;
mod redeem;

use std::sync::Arc;

use ambient::{Ambient, Timestamp};
use jose::SigningKey;
use openidconnect::{ClientId, RedirectUrl};
use tokio::sync::Mutex;

pub(crate) use authorize::Ask;
pub(crate) use client_token::ClientToken;
use http::Http;
pub(crate) use provider::{OidcClient, Provider};
pub(crate) use redeem::Proven;

use crate::TenantConfig;

/// Why the identity server did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RpError {
    /// It is away, slow, or answers nonsense: worth another try.
    #[error("the identity server is away: {0}")]
    Away(String),
    /// It refused (its OAuth error code), such as a code that was used: signing in anew helps.
    #[error("the identity server refused: {0}")]
    Refused(String),
    /// Its tokens are not what OIDC Core §3.1.3.7 asks for.
    #[error("its tokens are not acceptable: {0}")]
    BadTokens(String),
}

/// The relying party of one tenant (or the tenant server's own client).
pub(crate) struct RelyingParty {
    issuer: String,
    client_id: String,
    base_url: String,
    key: Arc<SigningKey>,
    /// What a token for itself is asked for.
    own_scope: &'static str,
    ambient: Ambient,
    http: Http,
    known: Mutex<Known>,
    token: Mutex<Option<ClientToken>>,
}

/// What is known of the identity server.
#[derive(Default)]
struct Known {
    provider: Option<Arc<Provider>>,
    /// When it last did not answer, and why, if that was the last thing that happened.
    failed: Option<(Timestamp, String)>,
    /// When it was last asked for because of an unknown key (OA-12).
    refreshed_at: Option<Timestamp>,
}

impl RelyingParty {
    pub(crate) fn new(of: &TenantConfig, key: &Arc<SigningKey>, http: outbound::Client, ambient: Ambient) -> Self {
        Self {
            issuer: of.issuer.clone(),
            client_id: of.client_id.clone(),
            base_url: of.base_url.as_str().trim_end_matches('/').to_owned(),
            key: key.clone(),
            own_scope: "members",
            ambient,
            http: Http(http),
            known: Mutex::default(),
            token: Mutex::default(),
        }
    }

    /// The tenant server itself, as a client that renews its lease and signs nobody in.
    pub(crate) fn of_server(
        issuer: &str,
        client_id: &str,
        key: &Arc<SigningKey>,
        http: outbound::Client,
        ambient: Ambient,
    ) -> Self {
        Self {
            issuer: issuer.to_owned(),
            client_id: client_id.to_owned(),
            base_url: String::new(),
            key: key.clone(),
            own_scope: "lease",
            ambient,
            http: Http(http),
            known: Mutex::default(),
            token: Mutex::default(),
        }
    }

    pub(crate) fn issuer(&self) -> &str {
        &self.issuer
    }

    pub(crate) fn client_id(&self) -> &str {
        &self.client_id
    }

    pub(crate) const fn http(&self) -> &outbound::Client {
        &self.http.0
    }

    fn oidc(&self, provider: &Provider) -> Result<OidcClient, RpError> {
        let redirect_uri = RedirectUrl::new(format!("{}/auth/callback", self.base_url));
        let redirect_uri = redirect_uri.map_err(|error| RpError::Away(error.to_string()))?;
        let client_id = ClientId::new(self.client_id.clone());
        Ok(OidcClient::from_provider_metadata(provider.metadata.clone(), client_id, None)
            .set_redirect_uri(redirect_uri))
    }

    /// `client_assertion` and its type (RFC 7523 §2.2), for one request.
    fn assertion(&self) -> Result<[(&'static str, String); 2], RpError> {
        let assertion = tenant::keys::assertion(&self.key, &self.client_id, &self.issuer, &self.ambient);
        let assertion = assertion.map_err(|error| RpError::Away(error.to_string()))?;
        Ok([
            ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer".to_owned()),
            ("client_assertion", assertion),
        ])
    }
}
