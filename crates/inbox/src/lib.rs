//! Catches mail on loopback and shows it: the demo's mailbox, and the tests'.
//!
//! A small SMTP listener takes every mail, whoever it is for; web pages and JSON show them. Nothing is ever passed
//! on. It listens on loopback only, since what it holds (reset links, invitations) opens accounts.

mod folder;
mod links;
mod mailbox;
mod message;
mod smtp;
#[cfg(test)]
mod tests;
mod web;

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use ambient::Ambient;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use mailbox::Mailbox;
pub use mailbox::NotArrived;
pub use message::Message;

/// A running mail catcher. Clones are the same one.
#[derive(Clone)]
pub struct Inbox {
    mailbox: Arc<Mailbox>,
}

impl Inbox {
    /// Starts both listeners; they end when `cancel` is cancelled. With a folder, messages are kept in it and shown
    /// again after a restart.
    ///
    /// # Errors
    /// If a listener is bound to anything but loopback, or the folder can't be read.
    pub async fn start(
        smtp: TcpListener,
        web: TcpListener,
        cancel: CancellationToken,
        ambient: Ambient,
        folder: Option<PathBuf>,
    ) -> io::Result<Self> {
        for listener in [&smtp, &web] {
            if !listener.local_addr()?.ip().is_loopback() {
                return Err(io::Error::new(
                    io::ErrorKind::InvalidInput,
                    "the inbox listens on loopback addresses only",
                ));
            }
        }
        let mailbox = tokio::task::spawn_blocking(|| Mailbox::open(folder)).await.map_err(io::Error::other)??;
        let inbox = Self { mailbox: Arc::new(mailbox) };
        inbox.serve_smtp(smtp, cancel.clone(), ambient.clone());
        inbox.serve_web(web, cancel, ambient);
        Ok(inbox)
    }

    /// The messages delivered to `address`, oldest first.
    #[must_use]
    pub fn messages_to(&self, address: &str) -> Vec<Arc<Message>> {
        self.mailbox.select(|message| message.is_to(address))
    }

    /// Waits until `nth` messages (counted from 1) were delivered to `to`, and gives the last of them.
    ///
    /// # Errors
    /// If it isn't there after 15 seconds.
    pub async fn wait_for(&self, to: &str, nth: usize) -> Result<Arc<Message>, NotArrived> {
        self.mailbox.wait_for(to, nth).await
    }

    fn serve_smtp(&self, listener: TcpListener, cancel: CancellationToken, ambient: Ambient) {
        let mailbox = Arc::clone(&self.mailbox);
        tokio::spawn(smtp::listen(listener, cancel, move |envelope, raw| {
            let (mailbox, ambient) = (Arc::clone(&mailbox), ambient.clone());
            async move { mailbox.keep(Message::read(&envelope, &raw, &ambient)).await }
        }));
    }

    fn serve_web(&self, listener: TcpListener, cancel: CancellationToken, ambient: Ambient) {
        let router = web::router(Arc::clone(&self.mailbox), ambient);
        tokio::spawn(async move {
            if let Err(error) = axum::serve(listener, router).with_graceful_shutdown(cancel.cancelled_owned()).await {
                tracing::error!(%error, "the inbox's pages can't be served");
            }
        });
    }
}
