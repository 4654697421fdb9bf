use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;

use crate::{Outgoing, Transport, Undelivered};

/// Keeps what is sent, for tests. Clones share one mailbox.
#[derive(Debug, Clone, Default)]
pub struct Memory(Arc<Mutex<Mailbox>>);

#[derive(Debug, Default)]
struct Mailbox {
    sent: Vec<Outgoing>,
    trouble: Option<Undelivered>,
}

impl Memory {
    /// An empty mailbox that takes everything.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Everything sent so far, oldest first.
    #[must_use]
    pub fn sent(&self) -> Vec<Outgoing> {
        self.lock().sent.clone()
    }

    /// What was sent to one address, oldest first.
    #[must_use]
    pub fn sent_to(&self, address: &str) -> Vec<Outgoing> {
        self.lock().sent.iter().filter(|mail| mail.letter.to == address).cloned().collect()
    }

    /// From now on every attempt fails like this; `None`: none does.
    pub fn fail_with(&self, trouble: Option<Undelivered>) {
        self.lock().trouble = trouble;
    }

    fn lock(&self) -> MutexGuard<'_, Mailbox> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Transport for Memory {
    async fn send(&self, mail: &Outgoing) -> Result<(), Undelivered> {
        let mut mailbox = self.lock();
        match &mailbox.trouble {
            Some(trouble) => Err(trouble.clone()),
            None => {
                mailbox.sent.push(mail.clone());
                Ok(())
            }
        }
    }
}
