//! Mails: written in the transaction that causes them, sent after it, at least once (REL-06).
//!
//! ```text
//! Letter ──seal──▶ Parcel ──queue (in the transaction)──▶ mail_outbox ──wake──▶ Postman ──Transport──▶ relay
//!         before the write closure                          │  ▲
//!         (address checked, body encrypted)                 │  └ not delivered: due again later, given up after days
//!                                                           └ sent: the body is erased, a keyed address hash remains
//! ```
//! A letter can carry a secret link, so it rests sealed under the master key (WEB-28). The postman of any node takes a due row
//! by one conditional statement that is its lease. Every attempt of a row has the same Message-ID.

mod connections;
mod letter;
mod memory;
mod outbox;
mod parcel;
mod postman;
mod render;
mod smtp;
mod transport;

pub use letter::{Action, Letter, LetterError};
pub use memory::Memory;
pub use parcel::{AddressHash, Allowance, Parcel, queue, queue_all, queue_within, seal};
pub use postman::{PostError, Postman};
pub use render::{Sender, SenderError};
pub use smtp::{Credentials, Security, Smtp, SmtpConfig, SmtpError};
pub use transport::{Outgoing, Transport, Undelivered};

#[cfg(test)]
mod tests;
