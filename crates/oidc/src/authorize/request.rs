use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::{RequestedClaims, ResponseMode, ValidatedRedirect};
use crate::client::Client;
use crate::scope::ScopeSet;

named! {
    /// What the application wants the person to be asked (OIDC Core §3.1.2.1).
    pub enum Prompt {
        /// No page at all.
        None = "none",
        /// A fresh proof.
        Login = "login",
        /// Consent, also where it was given.
        Consent = "consent",
        /// Which account.
        SelectAccount = "select_account",
    }
}

/// A request that passed every rule. Stored as JSON while the person signs in; whoever takes it out again asks
/// [`AuthorizationRequest::redirect`] before sending anything anywhere. `Debug` leaves out what the log need not know: hints
/// are tokens and addresses of people, `state` and `nonce` are the application's secrets (OA-26).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuthorizationRequest {
    /// Who asks.
    pub client_id: String,
    /// Where the answer goes; the token request must repeat it byte for byte.
    pub redirect_uri: String,
    /// Where in that address.
    pub response_mode: ResponseMode,
    /// To be returned byte for byte.
    pub state: Option<String>,
    /// To be repeated in the ID token.
    pub nonce: Option<String>,
    /// What is asked for and may be asked for by this client; contains `openid`.
    pub scope: ScopeSet,
    /// The tenant's API, if tokens are to open it (RFC 8707).
    #[serde(default)]
    pub resource: Option<String>,
    /// What the person is to be asked; `none` stands alone.
    pub prompt: BTreeSet<Prompt>,
    /// Seconds since the last proof at most.
    pub max_age: Option<u64>,
    /// In order of preference.
    pub acr_values: Vec<String>,
    /// Single claims, and what they must be.
    pub claims: RequestedClaims,
    /// SHA-256 of the verifier (S256).
    pub code_challenge: Option<String>,
    /// The one tenant that a platform-wide application asks about; `None` for all others.
    pub tenant: Option<String>,
    /// What to fill into the sign-in form.
    pub login_hint: Option<String>,
    /// An ID token of ours, not verified yet: see [`crate::id_token_hint`].
    pub id_token_hint: Option<String>,
    /// Languages, in order of preference, as sent.
    pub ui_locales: Vec<String>,
    /// How to show pages, as sent.
    pub display: Option<String>,
}

impl AuthorizationRequest {
    /// Where the answer goes, by the client as it is registered *now*: an address that was taken off the list while the
    /// person signed in gets nothing. `None` also for another client's registration.
    #[must_use]
    pub fn redirect(&self, client: &Client) -> Option<ValidatedRedirect> {
        (client.client_id == self.client_id)
            .then(|| ValidatedRedirect::validate(client, &self.redirect_uri, self.response_mode, self.state.as_deref()))
            .flatten()
    }

    /// Whether `prompt` has this value.
    #[must_use]
    pub fn prompts(&self, value: &str) -> bool {
        Prompt::named(value).is_some_and(|prompt| self.prompt.contains(&prompt))
    }

    /// The scopes, in alphabetical order.
    #[must_use]
    pub fn scopes(&self) -> Vec<&str> {
        self.scope.iter().collect()
    }
}

impl fmt::Debug for AuthorizationRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AuthorizationRequest")
            .field("client_id", &self.client_id)
            .field("redirect_uri", &self.redirect_uri)
            .field("scope", &self.scopes())
            .field("prompt", &self.prompt)
            .field("resource", &self.resource)
            .field("tenant", &self.tenant)
            .finish_non_exhaustive()
    }
}
