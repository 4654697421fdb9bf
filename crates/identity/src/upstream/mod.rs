//! A browser is sent to a provider, and comes back.
//!
//! ```text
//! begin ──state, nonce, verifier──▶ provider ──▶ consume (once, in the browser that began) ──▶ returned ──▶ settle
//!                                                                                                │  ▲
//!      proof of a credential, another provider that was asked for it, or a mail that was followed ◀┘  │
//!                                                    └──────────────────────────────────────────────┘
//! ```
//! Starter = finisher (DESIGN §4.5): the row names the browser, the interaction, the provider and its version, and for a link
//! whose identity it is to become under which credential epoch. Whatever fits no more ends it.

mod begin;
mod ended;
mod mailed;
mod means;
mod returned;
mod sign_out;

pub use begin::{Away, Begun, Errand, Leave, Returned, begin, consume};
pub(crate) use ended::note_decision;
pub use ended::{ENDED_ON_A_PAGE, Ended, Failed, Turned, ended, failed, turned_away};
pub use mailed::{Followed, Mailing, follow, mail};
pub use means::{Means, means, prover};
pub use returned::{Given, Place, Waiting, back, prove, question, waiting};
pub use sign_out::{
    Departure, DepartureId, Hint, Leaving, attach_hint, back_from_logout, depart, departure, hints_of, keep_hint, leave,
};

store::row_id!(
    /// A login that is away at a provider, or waits for a proof.
    UpstreamLoginId
);
