//! Tenants' pages and protocol endpoints. One [`TenantServer`] serves many tenants, told apart by host name; each has a
//! database, a client key, a brand and cookies of its own.
//!
//! ```text
//! browser                      this server                                   identity server
//!   │ GET /members ──────────▶ no session
//!   │ ◀── 303 /auth/login?return_to=/members
//!   │ GET /auth/login ───────▶ attempt written down (state, nonce, verifier; bound to this browser)
//!   │ ◀── 303 ─────────────────────────────────────────────────────────────▶ /authorize … password, /join …
//!   │ GET /auth/callback?code&state&iss ◀───────────────────────────────────── 303
//!   │                          iss is ours ▸ attempt consumed once, in this browser
//!   │                          code + verifier + assertion ─────────────────▶ /token
//!   │                          ID token: signature, iss, aud, exp, iat, nonce, at_hash ▸ UserInfo, same sub
//!   │                          tenant::logins::sign_in ▸ member (new: to review), session row
//!   │ ◀── 303 /members         a fresh web session id carries the session's id (WEB-02)
//! ```
//! A request's URL leads to a file here (`routes.rs` is the index), the rule to `crates/tenant/src/<area>/`.

mod api;
mod assemble;
mod auth;
mod catalogue;
mod config;
mod delivery;
mod directory;
mod enrol;
mod error;
mod hosts;
mod incoming;
mod instance;
mod lease;
mod logos;
mod open;
mod outgoing;
mod own_providers;
mod pages;
mod routes;
mod rp;
mod running;
mod slot;
mod visitor;

pub use config::{MailSettings, SeedMember, ServerConfig, TenantBrand, TenantConfig, TenantDatabases};
pub use delivery::{DeliverError, Delivered};
pub use enrol::{EnrolError, EnrolmentAnswer, EnrolmentRequest};
pub use error::{OpenError, SeedError};
pub use open::TenantServer;

use texts::LOCALES;

#[expect(clippy::redundant_closure, reason = "the macro asks for a closure")]
mod texts {
    fluent_templates::static_loader! {
        pub(crate) static LOCALES = {
            locales: "./locales",
            fallback_language: "en",
            customise: |bundle| webkit::customise(bundle),
        };
    }
}

#[cfg(test)]
mod tests;
