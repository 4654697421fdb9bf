//! Who did what, to whom, when: entries appended in the same transaction as the deed (DESIGN §5 "Audit").
//!
//! ```text
//! deed ─ record ─▶ audit_entry ─ Sealer ─▶ numbered, chained, head signed ─▶ audit_checkpoint ─ export ─▶ elsewhere
//!             └──▶ audit_personal                        └──────────────── verify ◀───────────────────────────┘
//! ```
//! Entries are never changed. Personal values stand in an entry as salted hashes, and in clear in a side table beside it,
//! which [`forget`] erases: purging a person changes no entry, so the chain over them stays whole (WEB-22).
//! What the chain proves and what it does not: `docs/decisions/008-audit-chain.md`.

mod chain;
mod checkpoint;
mod entry;
mod export;
mod hex;
mod read;
mod row;
mod seal;
mod verify;
mod write;

pub use chain::ChainHash;
pub use checkpoint::{AuditKey, Checkpoint, Format, PublicKey};
pub use entry::{Actor, Entry, Target};
pub use export::{ExportError, export_checkpoints, read_checkpoints, tenants};
pub use hex::Hex;
pub use read::{Line, Of, page, page_of, place_at};
pub use seal::{SealError, Sealer};
pub use verify::{Break, How, Report, verify};
pub use write::{forget, record, record_all};

#[cfg(test)]
mod tests;
