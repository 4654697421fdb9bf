//! Work that goes on in the background, first form: a loop that ticks while there is work, then rests until it is woken.
//!
//! ```text
//!        ┌──────────── More ───────────┐
//!        ▼                             │
//!      tick ── Idle ──▶ rest until Wake::ring or the idle interval ──▶ tick …
//!        └─── error or panic ──▶ logged, retry_after(failures) ──▶ tick …
//! ```
//! What is to be done stands in the database, never in the loop: a wake-up is a hint that saves waiting, and a lost one
//! costs the idle interval at most. Cancellation ends the loop between two ticks, never inside one. While people wait for a page
//! of this process ([`people`]), a loop with much to do steps back after each tick.

pub mod people;
mod retry;
mod wake;
mod worker;

pub use retry::{retry_after, retry_within};
pub use wake::Wake;
pub use worker::{Progress, Worker};

#[cfg(test)]
mod tests;
