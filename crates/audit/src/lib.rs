//! Who did what, to whom, when: entries appended in the same transaction as the deed (DESIGN §5 "Audit").
//!
//! Entries are never changed. They are written unchained; a sealer will chain them later (`seal_number`). Personal values
//! stand in an entry as salted hashes, and in clear in a side table beside it, which [`forget`] erases: purging a person
//! changes no entry, so a chain over them stays whole (WEB-22).

mod entry;
mod read;
mod write;

pub use entry::{Actor, Entry, Target};
pub use read::{Line, for_target, page};
pub use write::{forget, record};

#[cfg(test)]
mod tests;
