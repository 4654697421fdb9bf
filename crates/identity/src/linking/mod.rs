//! Whose is an external identity? **The trust rules of the product** (DESIGN §4.1–5), as one pure function.
//!
//! ```text
//! the provider's answer ─▶ facts (whose it is already, whose address it states, who asks, what they proved) ─▶ decide
//!                                     ▲                                                                       │
//!                                     └──── a proof is given: a credential, or a mail that was followed ◀─────┤
//!                             a session · a tie · an account · a question · a refusal ◀───────────────────────┘
//! ```
//! An external identity is (provider, issuer, subject). It is *tied* to an account in a *scope*: everywhere, or in one tenant.
//! What a tenant's own provider vouches for is tied in that tenant alone; a platform provider's is tied in one tenant alone
//! after that tenant has switched its member there.

mod claims;
mod decide;
mod door;
mod end;
mod gather;
#[cfg(test)]
mod model;
mod settle;
#[cfg(test)]
mod tests;
mod ties;
mod unlink;

pub(crate) use claims::{Released, preset, release, void};
pub use decide::{
    Address, Candidate, Claim, Facts, Invitation, LinkDecision, Owner, Policy, Proof, Purpose, Refusal, Scope, Tie,
    Ways, decide,
};
pub(crate) use door::claimed;
pub use end::{UpstreamLogout, end_by_provider};
pub(crate) use end::{end_of_member, end_of_provider, void_links, void_waiting};
pub use gather::Vouched;
pub(crate) use gather::{Login, gather};
pub use settle::Settled;
pub(crate) use settle::{Ready, settle};
pub(crate) use ties::ProvedBy;
pub use ties::{ExternalIdentity, Linked, Standing, Stands, TieId, of_account, standings};
pub use unlink::{Unlinked, unlink, unlink_here};
