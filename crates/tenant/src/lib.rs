//! The rules of a tenant: who its members are, what they may do, and how they come in. No HTTP, no HTML; clock and
//! randomness come in as values ([`Context`]).
//!
//! ```text
//! sign-in   logins::begin ──▶ (identity server) ──▶ logins::consume ──▶ logins::sign_in ──▶ access::decide_entry
//! requests  sessions::resume at each request: live, same epoch? ──▶ Visitor { member, rights, entry }
//! changes   lifecycle::act(deed), one by one, or batches::{create, start, tick …} many at once
//!              one transaction: rights of this moment ▸ judge (pure) ▸ conditional UPDATE ▸ roles ▸ snapshot ▸ audit ▸ mail
//! files     imports::{Reader, begin, stage, finish} ──▶ tick: looked at ──▶ start ──▶ tick: done, as a batch is
//! invited   invitations::{invite, send, withdraw} ──▶ (identity server mails) ──▶ logins::sign_in ▸ invitations::accept
//! provider  lifecycle::act(Deed::Switch) ▸ providers::apply ▸ logins::admit at the next sign-in     providers::set: break-glass
//! groups    groups::{map, unmap} ▸ groups::follow at each sign-in: roles come and go with what the provider states
//! terms     terms::publish ▸ Visitor::must_accept ▸ terms::accept
//! fields    fields::of_tenant ▸ edit_own, edit ▸ add, remove
//! delivery  snapshots::next_batch ▸ (HTTP) ▸ snapshots::settle      requests::announce ▸ mail outbox
//! ```

pub mod access;
pub mod batches;
pub mod blueprint;
pub mod control;
pub mod fields;
pub mod groups;
pub mod housekeeping;
pub mod idempotency;
pub mod imports;
pub mod invitations;
pub mod keys;
pub mod lifecycle;
pub mod logins;
pub mod mails;
pub mod members;
pub mod providers;
pub mod requests;
pub mod resets;
pub mod roles;
pub mod service_accounts;
pub mod sessions;
pub mod snapshots;
pub mod terms;
pub mod views;

mod context;
mod pace;

pub use context::{Context, Tenant};
pub use pace::Pace;

/// The schema of a tenant's database.
pub static MIGRATIONS: store::sqlx::migrate::Migrator = store::sqlx::migrate!("../../migrations/tenant");

#[cfg(test)]
mod tests;
