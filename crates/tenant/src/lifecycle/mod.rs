//! A member's whole life: one pure table ([`transition()`]), one judgement on deeds ([`judge`]), one place for the effects.
//!
//! ```text
//! invited ──accept──▶ reviewed ◀──approve(roles)── to review ◀── (first sign-in, ask again)
//!                      │   ▲                          └──reject(reason)──▶ rejected
//!                      │   └──keep── asked for deletion ◀──ask (the member)
//!                      ├──lock──▶ locked ──unlock──▶        ├──suspend──▶ suspended ──resume──▶
//!                      └──delete──▶ deleted ──reactivate, in time──▶ as before
//!                                     └──time over──▶ purged: a row without a name ──sign-in──▶ to review
//!
//! a page, the API, each item of a batch ──▶ act / perform: raise guard ▸ rights of this moment ▸ judge (pure)
//!     ▸ conditional UPDATE ▸ roles ▸ audit ▸ effects (mail, invitations, erasure) ▸ snapshot: one transaction
//! ```
//! Each transition raises epoch (sessions that carry an older one end) and version (the identity server gets a snapshot). A
//! blueprint says which transitions exist ([`LifecycleRules`](crate::blueprint::LifecycleRules)).

mod change;
mod deed;
mod diagram;
mod erase;
mod exchange;
mod keeper;
mod many;
mod own;
mod perform;
mod purge;
mod switching;
mod transition;
mod undo;

use store::StoreError;

use crate::members::MemberId;

pub(crate) use change::{By, Change, apply};
pub(crate) use deed::not_above;
pub use deed::{Deed, HowRoles, Step, Target, judge, offers};
pub use diagram::{Axis, Happening, Place, diagram, outlook};
pub(crate) use exchange::exchange;
pub use keeper::{Keeper, may_name_keeper, name_keeper};
pub(crate) use many::Many;
pub use own::{ask_again, ask_deletion, why_not_leave};
pub use perform::{Done, act, switch};
pub(crate) use perform::{carry_out, is_missed, prepare, tidy, unseats};
pub use purge::purge_some;
pub use switching::{Before, Question, Switching};
pub use transition::{Axes, Effect, Event, Refusal, Transition, transition};
pub use undo::{take_back, way_back};

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
    /// The provider of that name owns what was to be changed (PP-07).
    #[error("{0} owns it")]
    ProviderOwns(String),
    /// Somebody has changed the member since, and it was to be done to them as they were.
    #[error("changed since")]
    ChangedSince,
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}
