//! A forgotten password, replaced by mail.
//!
//! ```text
//! begin(address) ──mail──▶ look(link) ──▶ complete(link, password)
//!   known: a link             GET, changes     consumes the link; new password, new epoch: every session, grant, code
//!   unknown: a note           nothing          and older link of the account ends; this browser alone is signed in
//!   switched as a whole: the name of the provider that opens the account, and no link (TP-09)
//! ```
//! A tenant's administrator begins it too, for a member: that tenant then refuses the password until it is changed, and
//! nothing links a further way in by it (DESIGN §4.9).
//!
//! A link is bound to address, purpose and credential epoch (DESIGN §4.5), so that any credential change voids it. All
//! branches of `begin` cost one write and one mail (WEB-05).

mod begin;
mod complete;
mod refused;

use std::time::Duration;

pub use begin::{Request, begin, begin_for};
pub use complete::{Completed, Pending, complete, look};
pub(crate) use refused::{carry_on, is_refused};

/// How long a mailed link works.
pub const LINK_LIFETIME: Duration = Duration::from_secs(15 * 60);
