//! What goes out about a person or a client: the claims of each kind of token, and UserInfo.

mod profile;
mod tokens;
mod userinfo;

pub use profile::{Address, Membership, Profile};
pub use tokens::{ACCESS_TOKEN_TYPE, ENROLMENT_PROOF_TYPE, ID_TOKEN_TYPE, LOGOUT_TOKEN_TYPE};
pub use tokens::{AccessTokenClaims, BACKCHANNEL_LOGOUT_EVENT, IdTokenClaims, LogoutEvents, LogoutTokenClaims};
pub use userinfo::{SCOPE_CLAIMS, scope_of, userinfo};
