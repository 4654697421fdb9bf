//! How a member's state changes: one pure table ([`transition()`]), one place for the effects, one function per deed.
//!
//! ```text
//!             accept                          lock: reviewed, to review …  ──▶ locked ──unlock──▶ as before
//! invited ───────────────▶ reviewed            accept, by who had asked before: to review, rejected ──▶ reviewed
//!    └─ accept, where the inviter may invite nobody any longer ──▶ to review
//!                             ▲
//!  (first sign-in) ──▶ to review ──reject(reason)──▶ rejected ──ask again, once the time has come──▶ to review
//!                             └──approve(role)──▶ reviewed
//! ```
//! Each arrow raises epoch (sessions that carry an older one end) and version (the identity server gets a snapshot), in the
//! transaction that also writes audit and mails.

mod change;
mod decide;
mod lock;
mod transition;

use store::StoreError;

use crate::members::MemberId;

pub(crate) use change::{Change, apply};
pub use decide::{approve, ask_again, reject};
pub use lock::{lock, unlock};
pub use transition::{Axes, Effect, Event, Refusal, Transition, transition};

/// Why something was not done.
#[derive(Debug, thiserror::Error)]
pub enum Denied {
    /// No such member in this tenant (another tenant's ids answer the same: TN-02).
    #[error("no such member")]
    NotFound,
    /// The actor may not do this, or not to this member.
    #[error("not allowed")]
    Forbidden,
    /// The blueprint has no such role.
    #[error("no such role")]
    UnknownRole,
    /// A reason is needed.
    #[error("no reason given")]
    NoReason,
    /// The member's state does not allow it.
    #[error("not in this state: {0:?}")]
    Refused(Refusal),
    /// Somebody with this address is here.
    #[error("somebody with this address is here")]
    AlreadyHere(MemberId),
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}
