//! OpenID Connect: wire types and pure protocol rules. No HTTP framework, no database, no clock, no randomness: these
//! come in as values, and decisions go out as values.
//!
//! A login, in the order of its modules:
//! 1. [`authorize::check`] turns [`params::Params`] and the [`client::Client`] into an [`authorize::AuthorizationRequest`],
//!    an error page, or an error sent to a [`authorize::ValidatedRedirect`];
//! 2. [`client_auth`] says who asks at the token endpoint, [`token`] what for, [`pkce`] whether it is who began;
//! 3. [`claims`] are what goes out: ID token, access token, logout token, UserInfo;
//! 4. [`introspection`] is what is asked and said about a token;
//! 5. [`resource`] says where an access token opens something;
//! 6. [`logout::check`] decides what a logout request may do.
//!
//! [`discovery`] tells all of it to clients.

#[macro_use]
mod names;

pub mod authorize;
pub mod claims;
pub mod client;
pub mod client_auth;
pub mod discovery;
pub mod error;
pub mod id_token_hint;
pub mod introspection;
pub mod logout;
pub mod logout_token;
pub mod params;
pub mod pkce;
pub mod redirect_uri;
pub mod resource;
pub mod scope;
pub mod token;

mod peek;
