//! A tenant's terms and its privacy policy (PP-19): versions that are never changed, and who accepted which.
//!
//! ```text
//! publish(kind, text or address, required?) ──▶ version n + 1, if the editor had seen n
//!     required: whoever has accepted no version from n + 1 on sees a page that asks, before any other
//! accept(the versions that were shown) ──▶ a row each, and the audit log
//! ```

mod accept;
mod body;
mod publish;
mod read;

use ambient::Timestamp;

use crate::members::MemberId;

pub use accept::accept;
pub use body::{Block, blocks};
pub use publish::{Draft, LONGEST, Wrong, publish, seed};
pub use read::{
    Acceptance, Accepted, ON_A_PAGE, acceptances, accepted_by, current, must_accept, pending, version, versions,
};

store::words! {
    /// What it is that people accept.
    Kind {
        /// The rules of the house.
        Terms = "terms",
        /// What happens to their data.
        Privacy = "privacy",
    }
}

impl Kind {
    /// By its word.
    #[must_use]
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.word() == word)
    }
}

/// One version. It has a text or an address, never both.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Version {
    /// Of what.
    pub kind: Kind,
    /// From 1.
    pub number: i64,
    /// The text, as [`blocks`] reads it.
    pub body: Option<String>,
    /// Where it stands instead.
    pub address: Option<String>,
    /// Whether it had to be accepted, when it was published.
    pub asked: bool,
    /// When.
    pub published_at: Timestamp,
    /// By whom.
    pub published_by: Option<MemberId>,
}
