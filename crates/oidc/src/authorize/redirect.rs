use std::fmt;

use url::form_urlencoded::Serializer;

use crate::client::Client;
use crate::error::OAuthError;
use crate::redirect_uri::{acceptable_for_registration, matches};

named! {
    /// Where in the redirect URI the answer stands (OAuth 2.0 Multiple Response Type Encoding Practices §2.1).
    #[derive(Default)]
    pub enum ResponseMode {
        /// In the query: the default for codes.
        #[default]
        Query = "query",
        /// In the fragment.
        Fragment = "fragment",
    }
}

/// An address that a client registered. Its fields are private and only the check makes one, so that a redirect to
/// anywhere else doesn't compile (OA-06). `Debug` leaves out `state`, which is the application's secret (OA-26).
#[derive(Clone, PartialEq, Eq)]
pub struct ValidatedRedirect {
    uri: String,
    mode: ResponseMode,
    state: Option<String>,
}

impl ValidatedRedirect {
    /// The one way to get one. What is registered must also be what may be registered: a row from before a rule, or from
    /// another hand, makes no exception.
    pub(super) fn validate(client: &Client, uri: &str, mode: ResponseMode, state: Option<&str>) -> Option<Self> {
        let registered = client.redirect_uris.iter().any(|registered| matches(registered, uri, client.native));
        (registered && acceptable_for_registration(uri, client.native).is_ok()).then(|| Self {
            uri: uri.to_owned(),
            mode,
            state: state.map(str::to_owned),
        })
    }

    /// The redirect URI as it was asked for.
    #[must_use]
    pub fn uri(&self) -> &str {
        &self.uri
    }

    /// The address of a good answer: `code`, `state`, `iss` (RFC 9207) and nothing else.
    #[must_use]
    pub fn success(&self, code: &str, iss: &str) -> String {
        self.with(&[("code", code)], iss)
    }

    /// The address of an error: `error`, `error_description`, `state`, `iss` and nothing else.
    #[must_use]
    pub fn error(&self, error: &OAuthError, iss: &str) -> String {
        self.with(&[("error", error.code().as_str()), ("error_description", error.description())], iss)
    }

    /// The registered bytes stay as they are (RFC 6749 §3.1.2: a registered query is kept); only ours are added.
    fn with(&self, answer: &[(&str, &str)], iss: &str) -> String {
        let mut ours = Serializer::new(String::new());
        ours.extend_pairs(answer);
        if let Some(state) = &self.state {
            ours.append_pair("state", state);
        }
        ours.append_pair("iss", iss);
        let separator = match self.mode {
            ResponseMode::Fragment => "#",
            ResponseMode::Query => separator(&self.uri),
        };
        format!("{}{separator}{}", self.uri, ours.finish())
    }
}

impl fmt::Debug for ValidatedRedirect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ValidatedRedirect({:?} by {})", self.uri, self.mode.as_str())
    }
}

/// What stands between a URI without fragment and one more parameter.
pub(crate) fn separator(uri: &str) -> &'static str {
    match uri.split_once('?') {
        None => "?",
        Some((_, query)) if query.is_empty() || query.ends_with('&') => "",
        Some(_) => "&",
    }
}
