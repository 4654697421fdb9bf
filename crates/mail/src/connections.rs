//! Kept connections to the relay.
//!
//! Not lettre's own pool: that one takes a connection back whose hand-over was cut off in the middle, and the next mail then
//! reads the answers to the one before it, a refusal as an acceptance (REL-06). Here only a connection that carried its mail
//! to the end is kept; any other is closed by being dropped.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use lettre::address::Envelope;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use tokio::time::Instant;

/// How many idle connections are kept, and how long: relays close them after a while.
const KEPT: usize = 4;
const KEPT_FOR: Duration = Duration::from_secs(30);

/// How a connection is protected.
pub(crate) enum Cover {
    None,
    Whole(TlsParameters),
    Upgrade(TlsParameters),
}

/// Where it went wrong.
pub(crate) enum Trouble {
    /// On the way to the relay: every mail would fare the same.
    Relay(Error),
    /// With this mail, as far as one can tell.
    Mail(Error),
}

pub(crate) struct Connections {
    host: String,
    port: u16,
    cover: Cover,
    login: Option<Credentials>,
    hello: ClientId,
    kept: Mutex<Vec<(AsyncSmtpConnection, Instant)>>,
}

impl Connections {
    pub(crate) fn new(host: String, port: u16, cover: Cover, login: Option<Credentials>) -> Self {
        Self { host, port, cover, login, hello: ClientId::default(), kept: Mutex::default() }
    }

    /// Hands one mail over. May be dropped at any time.
    pub(crate) async fn send(&self, envelope: &Envelope, raw: &[u8]) -> Result<(), Trouble> {
        let mut connection = match self.reuse().await {
            Some(kept) => kept,
            None => self.connect().await.map_err(Trouble::Relay)?,
        };
        connection.send(envelope, raw).await.map_err(Trouble::Mail)?;
        let mut kept = self.lock();
        if kept.len() < KEPT {
            kept.push((connection, Instant::now()));
        }
        Ok(())
    }

    /// A kept connection that still answers.
    async fn reuse(&self) -> Option<AsyncSmtpConnection> {
        let mut connection = self.take()?;
        connection.test_connected().await.then_some(connection)
    }

    /// The connection used last, if it is fresh; staler ones go.
    fn take(&self) -> Option<AsyncSmtpConnection> {
        let mut kept = self.lock();
        kept.retain(|(_, since)| since.elapsed() < KEPT_FOR);
        kept.pop().map(|(connection, _)| connection)
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, Error> {
        let whole = match &self.cover {
            Cover::Whole(tls) => Some(tls.clone()),
            Cover::None | Cover::Upgrade(_) => None,
        };
        let relay = (self.host.as_str(), self.port);
        let mut connection = AsyncSmtpConnection::connect_tokio1(relay, None, &self.hello, whole, None).await?;
        if let Cover::Upgrade(tls) = &self.cover {
            // A relay that does not offer it is an error: nothing goes on in clear.
            connection.starttls(tls.clone(), &self.hello).await?;
        }
        if let Some(login) = &self.login {
            connection.auth(DEFAULT_MECHANISMS, login).await?;
        }
        Ok(connection)
    }

    fn lock(&self) -> MutexGuard<'_, Vec<(AsyncSmtpConnection, Instant)>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
