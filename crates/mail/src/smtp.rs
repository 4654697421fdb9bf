use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

use async_trait::async_trait;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::Credentials as Login;
use lettre::transport::smtp::client::{Certificate, TlsParameters, TlsParametersBuilder};

use crate::connections::{Connections, Cover, Trouble};
use crate::{Outgoing, Transport, Undelivered};

/// How the connection to the relay is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// TLS from the first byte (RFC 8314 §3.3), port 465.
    Tls,
    /// STARTTLS, required: a relay that does not offer it gets no mail; port 587.
    StartTls,
    /// None; for a relay on this machine's loopback only; port 25.
    Loopback,
}

/// What the relay knows us by.
#[derive(Clone)]
pub struct Credentials {
    /// The user name.
    pub user: String,
    /// The password.
    pub password: String,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").field("user", &self.user).finish_non_exhaustive()
    }
}

/// The operator's mail relay.
#[derive(Debug, Clone)]
pub struct SmtpConfig {
    /// Its name (checked against its certificate) or address.
    pub host: String,
    /// Its port; `None` for the usual one.
    pub port: Option<u16>,
    /// How the connection is protected.
    pub security: Security,
    /// How we sign in, if the relay asks.
    pub credentials: Option<Credentials>,
    /// Further certificate authorities, PEM, beside those of the system.
    pub extra_ca_pem: Option<Vec<u8>>,
    /// How long one hand-over may take, from connecting to the relay's last word; the postman waits 60 s at most.
    pub timeout: Duration,
}

impl SmtpConfig {
    /// A relay on this machine, such as the demo's inbox: no TLS, no sign-in, 10 s.
    #[must_use]
    pub fn loopback(host: impl Into<String>, port: u16) -> Self {
        Self {
            host: host.into(),
            port: Some(port),
            security: Security::Loopback,
            credentials: None,
            extra_ca_pem: None,
            timeout: Duration::from_secs(10),
        }
    }
}

/// Why a relay cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SmtpError {
    /// Mails carry secret links: they cross no network in clear.
    #[error("{0} is not on this machine: it needs TLS or STARTTLS")]
    NotLoopback(String),
    /// The operator's CA file, or TLS itself.
    #[error("TLS for the mail relay cannot be set up: {0}")]
    Tls(String),
}

/// SMTP over a few kept connections.
pub struct Smtp {
    connections: Connections,
    timeout: Duration,
}

impl Smtp {
    /// For one relay. Nothing is connected yet: a relay that is away at the start is no reason not to start (REL-13).
    ///
    /// # Errors
    /// [`SmtpError`].
    pub fn new(config: SmtpConfig) -> Result<Self, SmtpError> {
        let (cover, usual_port) = match config.security {
            Security::Tls => (Cover::Whole(tls(&config)?), 465),
            Security::StartTls => (Cover::Upgrade(tls(&config)?), 587),
            Security::Loopback if is_loopback(&config.host) => (Cover::None, 25),
            Security::Loopback => return Err(SmtpError::NotLoopback(config.host)),
        };
        let login = config.credentials.map(|Credentials { user, password }| Login::new(user, password));
        let port = config.port.unwrap_or(usual_port);
        Ok(Self { connections: Connections::new(config.host, port, cover, login), timeout: config.timeout })
    }
}

fn tls(config: &SmtpConfig) -> Result<TlsParameters, SmtpError> {
    let failed = |error: Error| SmtpError::Tls(error.to_string());
    let mut builder = TlsParametersBuilder::new(config.host.clone());
    if let Some(pem) = &config.extra_ca_pem {
        builder = builder.add_root_certificate(Certificate::from_pem(pem).map_err(failed)?);
    }
    builder.build_rustls().map_err(failed)
}

fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[async_trait]
impl Transport for Smtp {
    async fn send(&self, mail: &Outgoing) -> Result<(), Undelivered> {
        let sent = self.connections.send(&mail.envelope, &mail.raw);
        match tokio::time::timeout(self.timeout, sent).await {
            Ok(answer) => answer.map_err(|error| undelivered(&error)),
            // It may have been taken all the same: then the next attempt repeats it under the same Message-ID.
            Err(_) => Err(Undelivered::Unreachable("no answer in time".to_owned())),
        }
    }
}

/// Keeps the code and leaves out the text of a relay's answer, which may repeat the address.
fn undelivered(trouble: &Trouble) -> Undelivered {
    let (Trouble::Relay(error) | Trouble::Mail(error)) = trouble;
    let reason = match error.status() {
        Some(code) => format!("the relay answered {code}"),
        None => error.to_string(),
    };
    match (trouble, error.status().map(u16::from)) {
        // The service is closing, or wants another sign-in (RFC 5321 §3.8, RFC 4954 §6): about the relay, not about this mail.
        (Trouble::Relay(_), _) | (_, Some(421 | 454 | 530 | 534 | 535)) => Undelivered::Unreachable(reason),
        (_, Some(_)) if error.is_permanent() => Undelivered::Refused(reason),
        (_, Some(_)) => Undelivered::Deferred(reason),
        // An address that this relay cannot be given: beyond ASCII, without SMTPUTF8 (RFC 6531).
        (_, None) if error.is_client() => Undelivered::Refused(reason),
        (_, None) => Undelivered::Unreachable(reason),
    }
}
