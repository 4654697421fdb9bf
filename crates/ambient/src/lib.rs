//! What a rule cannot compute from its input comes from here, as a value: the time, randomness, fresh ids and secrets.
//!
//! Servers hold one [`Ambient`]; tests build theirs from a [`FixedClock`] and a [`SeededRandom`].

mod clock;
mod content;
mod network;
mod opaque;
mod random;
mod timestamp;

use std::sync::Arc;

use uuid::Uuid;

pub use clock::{Clock, FixedClock, SystemClock};
pub use content::content_hash;
pub use network::network;
pub use opaque::{Opaque, SecretHash};
pub use random::{Randomness, SeededRandom, SystemRandom};
pub use timestamp::Timestamp;

/// The clock and the randomness of one process.
#[derive(Clone)]
pub struct Ambient {
    clock: Arc<dyn Clock>,
    random: Arc<dyn Randomness>,
}

impl Ambient {
    /// The machine's own clock and random generator.
    #[must_use]
    pub fn system() -> Self {
        Self::new(Arc::new(SystemClock), Arc::new(SystemRandom))
    }

    /// Any other pair; tests bring fixed ones.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>, random: Arc<dyn Randomness>) -> Self {
        Self { clock, random }
    }

    /// The current time.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// `N` unpredictable bytes.
    #[must_use]
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.random.fill(&mut bytes);
        bytes
    }

    /// A time-ordered row id (UUIDv7, RFC 9562 §5.7). It tells its time: never a subject, a code or a secret.
    #[must_use]
    pub fn row_id(&self) -> Uuid {
        let millis = u64::try_from(self.now().as_micros() / 1_000).unwrap_or(0);
        uuid::Builder::from_unix_timestamp_millis(millis, &self.bytes::<10>()).into_uuid()
    }

    /// An unpredictable identifier of 128 random bits, base64url: pairwise subjects, `sid`, `jti`, `state`, `nonce`.
    #[must_use]
    pub fn identifier(&self) -> String {
        opaque::encode(&self.bytes::<16>())
    }

    /// A fresh bearer secret with a fresh row id.
    #[must_use]
    pub fn opaque(&self) -> Opaque {
        Opaque::new(self.row_id(), self.bytes())
    }
}
