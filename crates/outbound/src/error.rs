use std::error::Error as _;
use std::time::Duration;

use crate::Origin;
use crate::resolve::Inside;

/// Why a request brought no answer. None of these tells what lies behind a refused address.
#[derive(Debug, thiserror::Error)]
pub enum OutboundError {
    /// Neither `https` nor an exception of the operator's.
    #[error("{0} is no https address")]
    NotHttps(String),
    /// No absolute address, or one with a user name or password in it.
    #[error("not an address that requests go to: {0}")]
    Address(String),
    /// The host is, or resolves to, an address that is not on the public internet.
    #[error("{0} does not lie on the public internet")]
    Inside(String),
    /// The total time is used up.
    #[error("{0} did not answer in time")]
    Timeout(Origin),
    /// The body is longer than the limit (in bytes).
    #[error("the answer of {0} is longer than {1} bytes")]
    TooLarge(Origin, usize),
    /// No name, no connection, no TLS, no HTTP: the text says which, for the log.
    #[error("{origin} cannot be reached: {reason}")]
    Unreachable {
        /// Where it went.
        origin: Origin,
        /// What stands in the way.
        reason: String,
    },
    /// The body is not what it should be ([`Response::json`](crate::Response::json)).
    #[error("the answer cannot be read: {0}")]
    Unreadable(String),
}

/// Why no client could be made.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// The operator's CA file.
    #[error("the CA certificates cannot be read as PEM: {0}")]
    Certificates(String),
    /// TLS itself.
    #[error("no HTTP client: {0}")]
    Client(String),
}

impl OutboundError {
    pub(crate) fn from_reqwest(origin: Origin, error: reqwest::Error) -> Self {
        // The address may carry a code or a token in its query: it stays out of the log (OA-26).
        let error = error.without_url();
        let mut source = error.source();
        let mut reason = error.to_string();
        while let Some(cause) = source {
            if cause.is::<Inside>() {
                return Self::Inside(origin.to_string());
            }
            reason = format!("{reason}: {cause}");
            source = cause.source();
        }
        if error.is_timeout() { Self::Timeout(origin) } else { Self::Unreachable { origin, reason } }
    }
}

/// How long, and how much.
pub(crate) const DEFAULT_TIMEOUT: Duration = Duration::from_secs(10);
pub(crate) const DEFAULT_MAX_BYTES: usize = 1 << 20;
