//! Inviting people (PP-03, PD-02): an administrator types who it is, the identity server mails the link.
//!
//! ```text
//! invite ──▶ member *invited*, without subject and link (IN-02)
//!   └ send ──▶ invitation row, open, due ──deliver──▶ identity server: makes the secret, mails it, says how it stands
//!               │ again, other address ──▶ replaced, by a new one          withdraw ──▶ withdrawn
//!               ▼
//!   the person accepts there; at their sign-in here UserInfo names the invitation ──▶ accept: bound once, reviewed
//! ```
//! A tenant never sees the secret (DESIGN §4.5), and whatever the identity server answers is the same whether the address
//! has an account or not.

mod accept;
mod correct;
mod delivery;
mod invite;
mod ledger;
mod many;

pub(crate) use accept::accept;
pub use correct::{Details, correct_details, correct_email};
pub use delivery::{Item, Outgoing, Receipt, Status, next_batch, postpone, settle};
pub use invite::{NewInvitation, invite, invite_first, is_address};
pub(crate) use invite::{end_with_member, resend, take_back};
pub use ledger::{Invitation, Which, by_id, inviters, of_member, open_among, some};
pub(crate) use many::{create_all, end_with_all, tell_again};

use crate::members::MemberId;

store::row_id! {
    /// An invitation's row; the identity server knows it by this id.
    InvitationId
}

/// Whoever runs the platform, as the inviter of a new tenant's first administrator: no member has this id.
pub(crate) const OPERATOR: MemberId = MemberId(uuid::Uuid::nil());

store::words! {
    /// What the tenant wants of an invitation.
    InvitationState {
        /// It may be accepted.
        Open = "open",
        /// It was; the member is bound to whoever came.
        Accepted = "accepted",
        /// An administrator took it back.
        Withdrawn = "withdrawn",
        /// A newer one took its place.
        Replaced = "replaced",
    }
}

store::words! {
    /// How far an invitation has come: the last thing that is known of its way.
    Progress {
        /// The mail is not out yet.
        Waiting = "waiting",
        /// The mail server took the mail.
        Sent = "sent",
        /// The link was opened.
        Opened = "opened",
        /// No mail could go there, or the mail server refused it.
        Failed = "failed",
        /// Nobody has come in time.
        Expired = "expired",
        /// It was accepted, and whoever did has come in.
        Accepted = "accepted",
        /// An administrator took it back.
        Withdrawn = "withdrawn",
        /// A newer one took its place.
        Replaced = "replaced",
    }
}

store::words! {
    /// What became of the mail, as the identity server says.
    MailStatus {
        /// Written, on its way to the mail server.
        Queued = "queued",
        /// The mail server took it. Whether it reached the mailbox, nobody is told.
        Sent = "sent",
        /// The mail server refused it for good.
        Failed = "failed",
        /// Not sent: the address had got too many lately (WEB-25).
        Limited = "limited",
        /// Not sent: no mail can go to such an address.
        Unmailable = "unmailable",
    }
}
