//! Signing in: an attempt is written down before the browser leaves, consumed once when it comes back, and ends in a
//! session or a page that says why not.
//!
//! Whoever comes by another way than their policy asks for is sent once more, after the identity server was told ([`admit`]).

mod admission;
mod attempt;
mod return_to;
mod sign_in;

pub use admission::{Admission, Came, admit};
use attempt::is_fresh;
pub use attempt::{Attempt, Beginner, Begun, LIFETIME, MOST_UNFINISHED, Proof, UNFINISHED_WITHIN, begin, consume};
pub use return_to::ReturnTo;
pub use sign_in::{Arrival, SignIn, Way, sign_in};
