//! As much of SMTP (RFC 5321) as a mailer needs to hand over a mail, and nothing that would pass it on.

mod data;
mod listener;
mod session;

pub use listener::listen;
pub use session::Envelope;

/// The largest mail taken, in bytes.
const MAX_MESSAGE: usize = 2 * 1024 * 1024;
/// The most recipients of one mail.
const MAX_RECIPIENTS: usize = 100;
