//! RP-Initiated Logout 1.0: an application sends the browser here to sign out.

use std::fmt;

use crate::client::Client;
use crate::error::OAuthError;
use crate::id_token_hint::HintClaims;
use crate::params::Params;

/// What was asked for. `Debug` has no tokens in it (OA-26).
#[derive(Clone, Default, PartialEq, Eq)]
pub struct LogoutRequest {
    /// Not verified yet: see [`crate::id_token_hint`].
    pub id_token_hint: Option<String>,
    /// Who asks, by its own account.
    pub client_id: Option<String>,
    /// Where the browser is to go afterwards.
    pub post_logout_redirect_uri: Option<String>,
    /// To be returned byte for byte.
    pub state: Option<String>,
    /// Languages, in order of preference.
    pub ui_locales: Vec<String>,
}

/// What may be done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LogoutPlan {
    /// Where the browser goes afterwards, `state` included; `None`: a page here says that it is done.
    pub redirect: Option<String>,
    /// Whether the person must be asked first. Where this is false, ask nevertheless if the browser's session is not the
    /// hint's (`sub`, `sid`): else any site could sign out whoever passes by.
    pub ask: bool,
}

impl LogoutRequest {
    /// Reads a query or body.
    ///
    /// # Errors
    /// `invalid_request` for a doubled parameter.
    pub fn parse(params: &Params) -> Result<Self, OAuthError> {
        let text = |name| params.one(name).map(|value| value.map(str::to_owned));
        Ok(Self {
            id_token_hint: text("id_token_hint")?,
            client_id: text("client_id")?,
            post_logout_redirect_uri: text("post_logout_redirect_uri")?,
            state: text("state")?,
            ui_locales: params.one("ui_locales")?.unwrap_or_default().split_whitespace().map(str::to_owned).collect(),
        })
    }

    /// The client to look up: what the request names, else what the hint claims.
    #[must_use]
    pub fn claimed_client(&self) -> Option<String> {
        let hinted = || self.id_token_hint.as_deref().and_then(crate::id_token_hint::claimed_client);
        self.client_id.clone().or_else(hinted)
    }
}

impl fmt::Debug for LogoutRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LogoutRequest")
            .field("client_id", &self.client_id)
            .field("post_logout_redirect_uri", &self.post_logout_redirect_uri)
            .field("hinted", &self.id_token_hint.is_some())
            .finish_non_exhaustive()
    }
}

/// Decides. `client` is the one of [`LogoutRequest::claimed_client`], if there is one; `hint` is the verified hint, `None`
/// also for one that failed.
///
/// A redirect needs proof of who asks: a hint of ours, issued to that client. `client_id` alone is public, so with it any
/// page could use us to send people on (RP-Initiated Logout §3, §4, OA-06).
#[must_use]
pub fn check(request: &LogoutRequest, client: Option<&Client>, hint: Option<&HintClaims>) -> LogoutPlan {
    let asked = LogoutPlan { redirect: None, ask: true };
    let Some(client) = asking_client(request, client, hint) else { return asked };
    match request.post_logout_redirect_uri.as_deref() {
        None => LogoutPlan { redirect: None, ask: false },
        Some(uri) if is_registered(client, uri) => {
            LogoutPlan { redirect: Some(with_state(uri, request.state.as_deref())), ask: false }
        }
        Some(_) => asked,
    }
}

/// The client, if hint, request and registration agree on it.
fn asking_client<'a>(
    request: &LogoutRequest,
    client: Option<&'a Client>,
    hint: Option<&HintClaims>,
) -> Option<&'a Client> {
    let (client, hint) = (client?, hint?);
    let agreed = hint.aud == client.client_id
        && request.client_id.as_deref().is_none_or(|named| named == client.client_id)
        && request.id_token_hint.is_some();
    agreed.then_some(client)
}

/// Byte equality, and nothing that may not be registered, as for redirect URIs.
fn is_registered(client: &Client, uri: &str) -> bool {
    client.post_logout_redirect_uris.iter().any(|registered| registered == uri)
        && crate::redirect_uri::acceptable_for_registration(uri, client.native).is_ok()
}

fn with_state(uri: &str, state: Option<&str>) -> String {
    let Some(state) = state else { return uri.to_owned() };
    let query = url::form_urlencoded::Serializer::new(String::new()).append_pair("state", state).finish();
    format!("{uri}{}{query}", crate::authorize::separator(uri))
}

#[cfg(test)]
#[path = "logout_tests.rs"]
mod tests;
