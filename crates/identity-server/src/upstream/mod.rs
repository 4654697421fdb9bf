//! The identity server as the client of upstream providers: away, back, and what is asked in between.
//!
//! What is decided stands in `identity::linking`; here a decision becomes a page.

mod accept;
mod backchannel;
pub mod begin;
mod callback;
mod failed;
mod keys;
mod link;
mod outcome;
mod party;
mod prove;
pub mod sign_out;
mod ways;

use axum::Router;
use axum::routing::{get, post};

pub use backchannel::take as backchannel_logout;

pub use begin::{elsewhere, go};
pub use keys::show as public_keys;
pub use party::{credential, party, read_settings, registration};
pub use ways::{Offered, Ways, offered};

use crate::state::IdentityServer;

/// Every address of a login that goes through a provider.
pub fn routes() -> Router<IdentityServer> {
    Router::new()
        .route("/invitation/provider", post(accept::begin))
        .route("/login/provider", post(begin::begin))
        .route("/login/elsewhere", get(begin::show_elsewhere))
        .route("/upstream/{key}/callback", get(callback::get).post(callback::post))
        .route(sign_out::BACK, get(sign_out::back).post(sign_out::leave))
        .route("/link", get(link::show).post(link::with_password))
        .route("/link/address", get(link::show_address).post(link::mail_address))
        .route("/link/candidate", post(link::mail_candidate))
        .route("/link/provider", post(prove::begin))
        .route("/link/sent", get(link::sent))
        .route("/link/mail", get(link::show_mail).post(link::follow_mail))
}
