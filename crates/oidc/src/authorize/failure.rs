use super::ValidatedRedirect;
use crate::error::{ErrorCode, OAuthError};
use crate::params::{Repeated, Unreadable};

/// What becomes of a request that fails.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AuthorizeFailure {
    /// A page here, status 400: it isn't certain that the answer would go to whom it belongs (RFC 6749 §4.1.2.1).
    Page(PageReason),
    /// An error for the application.
    Redirect(ValidatedRedirect, OAuthError),
}

/// Why there is a page instead of a redirect. What stands in it came from outside: escape it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PageReason {
    /// The parameters are no text.
    #[error("unreadable parameters")]
    Unreadable,
    /// No `client_id`.
    #[error("no client_id")]
    MissingClient,
    /// No such client.
    #[error("no client {0:?}")]
    UnknownClient(String),
    /// One of the parameters that say where the answer goes came more than once (OA-05).
    #[error("{0} came more than once")]
    RepeatedParameter(&'static str),
    /// No `redirect_uri` (OIDC Core §3.1.2.1: required, also where only one is registered).
    #[error("no redirect_uri")]
    MissingRedirectUri,
    /// Not one of the client's.
    #[error("{uri:?} is no redirect URI of {client:?}")]
    UnregisteredRedirectUri {
        /// The client's name.
        client: String,
        /// What was asked for.
        uri: String,
    },
}

impl PageReason {
    /// The code that the page shows.
    #[must_use]
    pub const fn code(&self) -> ErrorCode {
        match self {
            Self::UnknownClient(_) => ErrorCode::InvalidClient,
            _ => ErrorCode::InvalidRequest,
        }
    }
}

impl From<Repeated> for PageReason {
    fn from(repeated: Repeated) -> Self {
        Self::RepeatedParameter(repeated.0)
    }
}

impl From<Unreadable> for PageReason {
    fn from(_: Unreadable) -> Self {
        Self::Unreadable
    }
}

impl<R: Into<PageReason>> From<R> for AuthorizeFailure {
    fn from(reason: R) -> Self {
        Self::Page(reason.into())
    }
}
