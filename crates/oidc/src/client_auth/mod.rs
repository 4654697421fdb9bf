//! Client authentication (RFC 6749 §2.3, RFC 7523): what was presented, and whether an assertion is good. Whether a
//! *secret* is, the caller finds out by its stored hash.
//!
//! 1. [`Presented::read`]: exactly one way, one client id;
//! 2. the caller finds the client by [`Presented::client_id`];
//! 3. [`Presented::check_method`]: the way that this client registered;
//! 4. the secret's hash, or [`check_assertion`] and then the `jti`, once.

mod assertion;
mod presented;

pub use assertion::{AssertionId, check_assertion};
pub use presented::Presented;
