//! From an authorization request to a code: the request waits in an interaction, a pure function says what comes next.

mod code;
mod decide;
mod interaction;
mod step;

pub use code::{Issued, issue};
pub use decide::{Progress, Situation, decide};
pub use interaction::{
    Errand, Interaction, InteractionId, arrive, begin, choose, consent, join, load, remember_email, turn_back,
};
pub use step::{Door, Facts, Step, next_step};
