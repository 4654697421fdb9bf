//! Refresh tokens (RFC 6749 §6, RFC 9700 §4.14). A grant's tokens are one family: a chain in which each is exchanged for
//! the next.
//!
//! ```text
//!                    exchanged                    exchanged
//!  ancestors ◀─────────────────── predecessor ◀─────────────────── current
//!      │                               │                              │
//!      │                               │ within 10 s, while           │ by one conditional UPDATE
//!      │                               │ current is unused            ▼
//!      │        later ┌────────────────┤                         the successor
//!      ▼              ▼                ▼
//!  the family ends: two hold it     the same current one again: an answer was lost, or two tabs asked
//! ```
//!
//! The successor is derived from its predecessor under a key outside the database, so that it can be given again although
//! only hashes are stored. A client that the family is not of, an ended session, a scope too many: nothing changes.

mod exchange;
pub(super) mod family;
mod replay;
mod token;

use std::time::Duration;

use ambient::Timestamp;
use store::{StoreError, Tx};

use super::granted::Granted;
use crate::Identity;

pub use exchange::exchange;
pub(super) use family::Place;
pub(super) use token::RefreshToken;

/// How long refresh tokens work.
#[derive(Debug, Clone, Copy)]
pub struct RefreshLifetimes {
    /// Unless they are exchanged.
    pub idle: Duration,
    /// However often they are exchanged.
    pub absolute: Duration,
}

impl Default for RefreshLifetimes {
    fn default() -> Self {
        const DAY: Duration = Duration::from_secs(24 * 60 * 60);
        Self { idle: DAY * 14, absolute: DAY * 90 }
    }
}

/// The first of a family's tokens, before it is written down.
pub(super) struct First {
    pub token: RefreshToken,
    lifetimes: RefreshLifetimes,
}

/// A fresh one.
pub(super) fn first(identity: &Identity) -> First {
    First { token: RefreshToken::new(identity.ambient.opaque()), lifetimes: identity.settings.refresh }
}

/// Writes a family down with its first token.
pub(super) async fn begin(tx: &mut Tx, first: &First, granted: &Granted, now: Timestamp) -> Result<(), StoreError> {
    family::insert(tx, &first.token, granted, first.lifetimes, now).await
}
