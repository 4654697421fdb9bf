//! The one guarded HTTP client: for every address that a tenant, a client or an upstream provider can choose (OA-13).
//!
//! - `https` only, and only to public addresses. A name is resolved, **every** address of the answer is judged, and the
//!   judged addresses are the ones connected to, so a name that answers differently a moment later gains nothing
//!   (DNS rebinding). IP literals are judged in whatever spelling, since [`url`] normalises them.
//! - No redirects, no proxies from the environment, no cookies, no compression; one limit for the total time, one for the
//!   size of a body.
//! - Exceptions are exact origins (scheme, host, port) from the operator's configuration: [`Config::exceptions`].

mod address;
mod client;
mod error;
mod message;
mod origin;
mod resolve;

pub use client::{Client, Config};
pub use error::{OutboundError, SetupError};
pub use message::{Request, Response};
pub use origin::Origin;
pub use reqwest::header::{self, HeaderMap, HeaderName, HeaderValue};
pub use reqwest::{Method, StatusCode};

#[cfg(test)]
mod tests;
#[cfg(test)]
mod tests_server;
