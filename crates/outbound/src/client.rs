use std::collections::HashSet;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use reqwest::dns::Resolve;
use reqwest::{Certificate, ClientBuilder};
use url::{Host, Url};

use crate::address::is_public;
use crate::error::{DEFAULT_MAX_BYTES, DEFAULT_TIMEOUT};
use crate::resolve::{Guard, system};
use crate::{Origin, OutboundError, Request, Response, SetupError};

/// What the operator decides. No API, page or tenant reaches it.
#[derive(Debug, Clone)]
pub struct Config {
    /// The exact origins that may be plain `http` or lie inside; the demo and the tests list their own.
    pub exceptions: Vec<Origin>,
    /// Further certificate authorities, PEM, beside those of the system.
    pub extra_ca_pem: Option<Vec<u8>>,
    /// The total time of one request: name, connection, TLS, answer and body.
    pub timeout: Duration,
    /// The most bytes of a body.
    pub max_bytes: usize,
}

impl Default for Config {
    /// No exceptions, 10 s, 1 MiB.
    fn default() -> Self {
        Self { exceptions: Vec::new(), extra_ca_pem: None, timeout: DEFAULT_TIMEOUT, max_bytes: DEFAULT_MAX_BYTES }
    }
}

/// The guarded client. Cheap to clone; keeps its connections.
#[derive(Clone)]
pub struct Client(Arc<Inner>);

struct Inner {
    /// To the public internet: `https`, judged addresses.
    guarded: reqwest::Client,
    /// To the operator's exceptions. Connections are never shared between the two.
    excepted: reqwest::Client,
    exceptions: HashSet<Origin>,
    max_bytes: usize,
}

impl Client {
    /// A client for this process.
    ///
    /// # Errors
    /// [`SetupError`] for an unreadable CA file.
    pub fn new(config: Config) -> Result<Self, SetupError> {
        Self::with_resolver(config, Arc::new(Guard::new(system)))
    }

    pub(crate) fn with_resolver(config: Config, resolver: Arc<dyn Resolve>) -> Result<Self, SetupError> {
        let authorities = match &config.extra_ca_pem {
            Some(pem) => {
                Certificate::from_pem_bundle(pem).map_err(|error| SetupError::Certificates(error.to_string()))?
            }
            None => Vec::new(),
        };
        Ok(Self(Arc::new(Inner {
            guarded: build(&config, &authorities, |it| it.https_only(true).dns_resolver(Arc::clone(&resolver)))?,
            excepted: build(&config, &authorities, |it| it)?,
            exceptions: config.exceptions.into_iter().collect(),
            max_bytes: config.max_bytes,
        })))
    }

    /// Sends a request and reads the whole answer.
    ///
    /// # Errors
    /// [`OutboundError`]; an answer with any status is no error.
    pub async fn send(&self, request: Request) -> Result<Response, OutboundError> {
        let (client, origin) = self.admit(&request.url)?;
        let failed = |error| OutboundError::from_reqwest(origin.clone(), error);
        let sent = client.request(request.method, request.url).headers(request.headers).body(request.body).send().await;
        let mut answer = sent.map_err(failed)?;
        let too_large = || OutboundError::TooLarge(origin.clone(), self.0.max_bytes);
        let announced = answer.content_length().unwrap_or(0);
        if usize::try_from(announced).map_or(true, |length| length > self.0.max_bytes) {
            return Err(too_large());
        }
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(failed)? {
            if body.len() + chunk.len() > self.0.max_bytes {
                return Err(too_large());
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Response { status: answer.status(), headers: std::mem::take(answer.headers_mut()), body })
    }

    /// As [`Client::send`], in the types of the `openidconnect` crate:
    /// `let http = |request| client.call(request);` and then `….request_async(&http)`.
    ///
    /// # Errors
    /// As [`Client::send`].
    pub async fn call(&self, request: http::Request<Vec<u8>>) -> Result<http::Response<Vec<u8>>, OutboundError> {
        Ok(self.send(request.try_into()?).await?.into())
    }

    /// Which way a request goes, if it goes at all.
    fn admit(&self, url: &Url) -> Result<(&reqwest::Client, Origin), OutboundError> {
        let origin = Origin::of(url).ok_or_else(|| OutboundError::NotHttps(format!("{}:…", url.scheme())))?;
        if !url.username().is_empty() || url.password().is_some() {
            return Err(OutboundError::Address(format!("{origin} with a user name in it")));
        }
        if self.0.exceptions.contains(&origin) {
            return Ok((&self.0.excepted, origin));
        }
        if url.scheme() != "https" {
            return Err(OutboundError::NotHttps(origin.to_string()));
        }
        // A literal is connected to without asking the resolver, so it is judged here.
        let literal = match url.host() {
            Some(Host::Ipv4(address)) => Some(address.into()),
            Some(Host::Ipv6(address)) => Some(address.into()),
            Some(Host::Domain(_)) | None => None,
        };
        if literal.is_some_and(|address| !is_public(address)) {
            return Err(OutboundError::Inside(origin.to_string()));
        }
        Ok((&self.0.guarded, origin))
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("exceptions", &self.0.exceptions).finish_non_exhaustive()
    }
}

fn build(
    config: &Config,
    authorities: &[Certificate],
    finish: impl Fn(ClientBuilder) -> ClientBuilder,
) -> Result<reqwest::Client, SetupError> {
    let builder = || {
        let builder = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .no_proxy()
            .http1_only()
            .timeout(config.timeout)
            .user_agent(concat!("latchkey/", env!("CARGO_PKG_VERSION")));
        finish(builder)
    };
    builder().tls_certs_merge(authorities.iter().cloned()).build().or_else(|error| {
        // A system without certificate authorities, such as a bare container. Only the operator's are trusted then: every
        // other https host is refused, and plain exceptions still work.
        tracing::warn!(%error, "the system's certificate authorities cannot be used");
        builder()
            .tls_certs_only(authorities.iter().cloned())
            .build()
            .map_err(|error| SetupError::Client(error.to_string()))
    })
}
