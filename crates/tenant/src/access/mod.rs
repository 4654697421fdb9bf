//! May this person come in? One pure function, [`decide_entry`], asked at sign-in and again at every request.
//!
//! ```text
//! no member, or a purged one ──▶ the blueprint: Apply (a member to review is created) or InviteOnly
//! deleted · asked for deletion · suspended · locked ──▶ a page that says so, no session
//! invited ──▶ AcceptInvitation      to review ──▶ Standing      rejected ──▶ Rejected      reviewed ──▶ Admit
//! ```

use ambient::Timestamp;

use crate::blueprint::{StrangerEntry, Strangers};
use crate::members::{Authorization, Lifecycle, Member};

/// What someone gets who has proved who they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    /// Reviewed, active, not locked: in.
    Admit,
    /// Asked to join; nobody has decided yet.
    Standing {
        /// When they asked.
        since: Timestamp,
    },
    /// Turned down.
    Rejected(Rejected),
    /// Invited: becomes reviewed by accepting (PP-26: no second approval).
    AcceptInvitation,
    /// Unknown here, and may ask: becomes *to review*.
    Apply,
    /// The way in is closed.
    Closed(Closed),
}

/// What someone who was turned down is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejected {
    /// The administrator's words.
    pub reason: String,
    /// When.
    pub at: Timestamp,
    /// From when they may ask again; `None`: never.
    pub may_ask_again_at: Option<Timestamp>,
    /// Whether that moment has come.
    pub may_ask_now: bool,
}

store::words! {
    /// Why there is no way in. The word stands in the address of the page that says so.
    Closed {
        /// Strangers need an invitation here.
        InviteOnly = "invite-only",
        /// Locked by an administrator.
        Locked = "locked",
        /// Deactivated together with the tenant's plan, or by an administrator (PS-05).
        Suspended = "suspended",
        /// Deleted here (PP-13: a login never makes a second member).
        Deleted = "deleted",
        /// Asked for their own deletion (PP-14).
        Inactive = "inactive",
    }
}

impl Entry {
    /// Whether a session may exist for it: those who wait or were rejected have pages of their own here.
    #[must_use]
    pub const fn has_session(&self) -> bool {
        matches!(self, Self::Admit | Self::Standing { .. } | Self::Rejected(_))
    }
}

/// The decision. What is worse for the member is said first: a locked member who is also to review is locked.
#[must_use]
pub fn decide_entry(member: Option<&Member>, strangers: &Strangers, now: Timestamp) -> Entry {
    let Some(member) = member.filter(|member| member.lifecycle != Lifecycle::Purged) else {
        return match strangers.entry {
            StrangerEntry::ToReview => Entry::Apply,
            StrangerEntry::InviteOnly => Entry::Closed(Closed::InviteOnly),
        };
    };
    match member.lifecycle {
        Lifecycle::Deleted => return Entry::Closed(Closed::Deleted),
        Lifecycle::Suspended => return Entry::Closed(Closed::Suspended),
        Lifecycle::Active | Lifecycle::Purged => {}
    }
    match member.authorization {
        Authorization::UserDeletion => Entry::Closed(Closed::Inactive),
        _ if member.locked => Entry::Closed(Closed::Locked),
        Authorization::Invited => Entry::AcceptInvitation,
        Authorization::ToReview => Entry::Standing { since: member.requested_at.unwrap_or(member.created_at) },
        Authorization::Rejected => Entry::Rejected(rejected(member, strangers, now)),
        Authorization::Reviewed => Entry::Admit,
    }
}

/// What is said of a rejection, and whether a new request is possible.
#[must_use]
pub fn rejected(member: &Member, strangers: &Strangers, now: Timestamp) -> Rejected {
    let at = member.decided_at.unwrap_or(member.changed_at);
    // Where strangers may not ask any more, nobody may ask again either.
    let span = strangers.ask_again_after.filter(|_| strangers.entry == StrangerEntry::ToReview);
    let may_ask_again_at = span.map(|span| at.plus(span.0));
    Rejected {
        reason: member.decision_reason.clone().unwrap_or_default(),
        at,
        may_ask_again_at,
        may_ask_now: may_ask_again_at.is_some_and(|from| from <= now),
    }
}

#[cfg(test)]
mod tests;
