//! The token endpoint: one file per grant. What all grants share stands here and in `client`, so that no grant can
//! forget it: the client proves who it is first, single-use things are consumed next, tokens are minted last.

mod client;
mod client_credentials;
mod code;
mod granted;
mod introspection;
mod living;
mod refresh;
mod revocation;
pub(crate) mod revoke;
mod tokens;
mod userinfo;

use oidc::error::OAuthError;

use crate::Fault;

pub use client::authenticate_client;
pub use client_credentials::{client_credentials, client_of_token};
pub use code::{CodePresented, redeem_code};
pub use introspection::introspect;
pub use refresh::{RefreshLifetimes, exchange};
pub use revocation::revoke_token;
pub use tokens::ACCESS_TOKEN_LIFETIME;
pub use userinfo::{Refused, userinfo};

/// Why a grant gives nothing.
#[derive(Debug, thiserror::Error)]
pub enum GrantError {
    /// The OAuth error that the client hears.
    #[error("{0:?}")]
    OAuth(OAuthError),
    /// Something on our side.
    #[error(transparent)]
    Fault(#[from] Fault),
}

impl From<OAuthError> for GrantError {
    fn from(error: OAuthError) -> Self {
        Self::OAuth(error)
    }
}

impl From<store::StoreError> for GrantError {
    fn from(error: store::StoreError) -> Self {
        Self::Fault(error.into())
    }
}
