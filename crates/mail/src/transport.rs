use std::fmt;

use async_trait::async_trait;
use lettre::address::Envelope;
use uuid::Uuid;

use crate::Letter;

/// A mail that is ready to go.
#[derive(Clone)]
pub struct Outgoing {
    /// The outbox row.
    pub id: Uuid,
    /// What it was queued for.
    pub purpose: String,
    /// What it says; tests read it, so that they need not parse mails.
    pub letter: Letter,
    /// Who it goes to, and who is told if that fails.
    pub envelope: Envelope,
    /// The message as it goes over the wire (RFC 5322).
    pub raw: Vec<u8>,
}

/// Without its content: a mail may carry a secret (OA-26).
impl fmt::Debug for Outgoing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Outgoing({}, {})", self.id, self.purpose)
    }
}

/// Why a mail did not go. The texts name no recipient: they are stored and logged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Undelivered {
    /// The relay is away: every mail would fare the same.
    #[error("the relay cannot be reached: {0}")]
    Unreachable(String),
    /// Not now: a greylisted sender, a full mailbox (4xx).
    #[error("put off: {0}")]
    Deferred(String),
    /// Never, says the relay (5xx).
    #[error("refused: {0}")]
    Refused(String),
}

/// The way out. [`Smtp`](crate::Smtp) is the real one, [`Memory`](crate::Memory) the one of tests.
#[async_trait]
pub trait Transport: Send + Sync {
    /// Hands a mail over; `Ok` once the relay has taken responsibility for it (RFC 5321 §4.2.5).
    ///
    /// # Errors
    /// [`Undelivered`] says how long to wait for the next try.
    async fn send(&self, mail: &Outgoing) -> Result<(), Undelivered>;
}
