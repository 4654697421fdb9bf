//! OpenID Connect from the side that asks. The tenants' client of the identity server and the identity server's client of upstream
//! providers are this one code, so that a check cannot be in one and missing in the other.
//!
//! ```text
//! Settings + Credential -> RelyingParty            kept by Upstreams, one for each provider and version
//!   Secrets::fresh                                 state, nonce, verifier: written down by the caller, sealed
//!   authorization_url(Ask)                         the browser goes there
//!   ... the browser is back; the caller finds its attempt by state, in the browser that began it ...
//!   admit(Answer)   -> code                        whose answer is it? did they decline?
//!   redeem(Redeem)  -> Identity                    code -> tokens -> every rule of `rules` -> UserInfo
//! ```
//! What goes wrong is a [`Fault`]: one reason each, with a word ([`Fault::code`]), a class ([`Fault::class`]) and a text for
//! administrators. [`RelyingParty::test`] asks a provider everything that can be asked without a person.
//!
//! What it does not do: it keeps no attempts, decides nothing about accounts, and never takes an e-mail address for a person.

mod authorize;
mod exchange;
mod fault;
mod identity;
mod keys;
mod mapping;
mod metadata;
mod oauth;
mod party;
pub mod presets;
mod probe;
mod provider;
mod redeem;
pub mod rules;
mod settings;
mod strict;
#[cfg(test)]
mod tests;
mod upstreams;
mod wire;

pub use authorize::{Answer, Ask, Secrets};
pub use exchange::Tokens;
pub use fault::{Broken, Class, Endpoint, Fault, Problem, Token};
pub use identity::{Identity, MOST_CLAIMS};
pub use keys::{Keys, Turn};
pub use mapping::{Groups, LONGEST_GROUP, MOST_GROUPS, Mapping, Missing};
pub use metadata::Metadata;
pub use party::RelyingParty;
pub use probe::{Check, Outcome};
pub use provider::Provider;
pub use redeem::{LogoutType, Redeem};
pub use rules::Logout;
pub use settings::{AssertionAudience, ClientAuthentication, Credential, Endpoints, Settings};
pub use upstreams::Upstreams;
