use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use thiserror::Error;
use tokio::sync::Notify;
use tokio::time::timeout;

use crate::folder;
use crate::message::Message;

/// The most messages kept; the oldest are dropped.
const MAX_MESSAGES: usize = 5_000;
/// The most bytes kept, as they came over the wire.
const MAX_BYTES: usize = 64 * 1024 * 1024;
/// How long [`Mailbox::wait_for`] waits.
const PATIENCE: Duration = Duration::from_secs(15);

/// A mail that a test waited for didn't come.
#[derive(Debug, Error)]
#[error("no mail number {nth} to {to} within {} s; there are {found}", PATIENCE.as_secs())]
pub struct NotArrived {
    to: String,
    nth: usize,
    found: usize,
}

/// Everything that arrived, oldest first.
#[derive(Default)]
pub(crate) struct Mailbox {
    messages: Mutex<VecDeque<Arc<Message>>>,
    arrived: Notify,
    folder: Option<PathBuf>,
}

impl Mailbox {
    /// A mailbox with what its folder holds.
    pub fn open(folder: Option<PathBuf>) -> std::io::Result<Self> {
        let kept = folder.as_deref().map(folder::load).transpose()?.unwrap_or_default();
        Ok(Self { messages: Mutex::new(kept.into_iter().map(Arc::new).collect()), arrived: Notify::new(), folder })
    }

    /// Adds a message and drops the oldest ones over the limits.
    pub async fn keep(&self, message: Message) {
        if let Some(folder) = &self.folder {
            folder::save(folder, &message).await;
        }
        let dropped = {
            let mut messages = self.lock();
            messages.push_back(Arc::new(message));
            over_limits(&mut messages)
        };
        self.arrived.notify_waiters();
        if let Some(folder) = &self.folder {
            for message in dropped {
                folder::remove(folder, &message).await;
            }
        }
    }

    pub fn get(&self, id: &str) -> Option<Arc<Message>> {
        self.lock().iter().find(|message| message.id == id).cloned()
    }

    /// Those that `wanted` accepts, oldest first.
    pub fn select(&self, wanted: impl Fn(&Message) -> bool) -> Vec<Arc<Message>> {
        self.lock().iter().filter(|message| wanted(message)).cloned().collect()
    }

    pub async fn wait_for(&self, to: &str, nth: usize) -> Result<Arc<Message>, NotArrived> {
        let arrival = async {
            loop {
                // Listening starts before looking, so that no arrival falls between.
                let mut next = std::pin::pin!(self.arrived.notified());
                next.as_mut().enable();
                if let Some(message) = self.lock().iter().filter(|message| message.is_to(to)).nth(nth.saturating_sub(1))
                {
                    return Arc::clone(message);
                }
                next.await;
            }
        };
        timeout(PATIENCE, arrival).await.map_err(|_| {
            let found = self.lock().iter().filter(|message| message.is_to(to)).count();
            NotArrived { to: to.to_owned(), nth, found }
        })
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Arc<Message>>> {
        self.messages.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn over_limits(messages: &mut VecDeque<Arc<Message>>) -> Vec<Arc<Message>> {
    let mut bytes: usize = messages.iter().map(|message| message.source.len()).sum();
    let mut dropped = Vec::new();
    while messages.len() > MAX_MESSAGES || (bytes > MAX_BYTES && messages.len() > 1) {
        let Some(oldest) = messages.pop_front() else { break };
        bytes -= oldest.source.len();
        dropped.push(oldest);
    }
    dropped
}

#[cfg(test)]
mod tests {
    use ambient::Timestamp;

    use super::*;

    fn mail(number: usize) -> Message {
        Message {
            id: format!("{number:08}"),
            to: vec!["A@b.test".into()],
            from: String::new(),
            subject: number.to_string(),
            text: String::new(),
            html: None,
            links: Vec::new(),
            received_at: Timestamp::from_seconds(0),
            source: String::new(),
        }
    }

    #[tokio::test]
    async fn the_oldest_goes_when_there_are_too_many() {
        let mailbox = Mailbox::default();
        for number in 0..=MAX_MESSAGES {
            mailbox.keep(mail(number)).await;
        }
        assert_eq!(mailbox.select(|_| true).len(), MAX_MESSAGES);
        assert_eq!(mailbox.get("00000000"), None);
    }

    #[tokio::test]
    async fn who_waits_gets_the_nth_as_soon_as_it_is_there() {
        let mailbox = Arc::new(Mailbox::default());
        let waiting = tokio::spawn({
            let mailbox = Arc::clone(&mailbox);
            async move { mailbox.wait_for("a@B.test", 2).await }
        });
        mailbox.keep(mail(1)).await;
        tokio::task::yield_now().await;
        mailbox.keep(mail(2)).await;
        assert_eq!(waiting.await.unwrap().unwrap().subject, "2");
    }

    #[tokio::test]
    async fn messages_come_back_from_the_folder_in_their_order() {
        let folder = tempfile::tempdir().unwrap();
        let mailbox = Mailbox::open(Some(folder.path().join("mail"))).unwrap();
        for number in [2, 1, 3] {
            mailbox.keep(mail(number)).await;
        }
        std::fs::write(folder.path().join("mail/broken.json"), "{").unwrap();
        let again = Mailbox::open(Some(folder.path().join("mail"))).unwrap();
        assert_eq!(
            again.select(|_| true).iter().map(|mail| mail.subject.as_str()).collect::<Vec<_>>(),
            ["1", "2", "3"]
        );
    }
}
