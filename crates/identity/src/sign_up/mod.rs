//! Sign-up: e-mail first, then a mailed link, and only there a name and a password.
//!
//! ```text
//! begin(address)  ──mail──▶  look(link)  ──▶  confirm(link, names, password)
//!   free: a link                GET, changes       consumes the link, makes account + password + session,
//!   taken: "you have one"       nothing            in one transaction
//! ```
//! Nothing exists before the address is proved, so an attacker who begins with somebody's address leaves nothing behind
//! that could meet them later (PH-01). Both branches of `begin` cost one write and one mail (WEB-05).

mod begin;
mod confirm;

use std::time::Duration;

pub use begin::{Begun, begin};
pub use confirm::{Confirmed, Pending, confirm, look};

/// How long a mailed link works.
pub const LINK_LIFETIME: Duration = Duration::from_secs(24 * 60 * 60);
