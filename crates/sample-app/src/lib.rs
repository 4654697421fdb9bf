//! The demo's relying application, written as an outside developer would write one: sign-in by authorization code
//! with PKCE through the `openidconnect` crate, what the tokens say, and logout at the identity server.
//!
//! ```text
//! GET /        who you are, or a button
//! GET /login   begin → identity server → GET /callback → finish → redeem → /
//! POST /refresh → fresh tokens → /
//! POST /logout → identity server → GET /signed-out
//! POST /backchannel-logout: the identity server ends a session
//! ```

mod backchannel;
mod begin;
mod claims;
mod config;
mod finish;
mod http;
mod logout;
mod pages;
mod provider;
mod redeem;
mod refresh;
mod refusal;
mod session;
mod shelf;
mod web;

#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use ambient::Ambient;
use axum::Router;
use fluent_templates::static_loader;
use webkit::{Kit, KitConfig};

use begin::Pending;
pub use config::SampleApp;
use provider::Provider;
use session::SignedIn;
use shelf::Shelf;

static_loader! {
    static LOCALES = {
        locales: "./locales",
        fallback_language: "en",
        customise: |bundle| { webkit::customise(bundle); },
    };
}

/// How long a login may take.
const LOGIN_TIME: Duration = Duration::from_secs(600);
/// How long someone stays signed in.
const SESSION_TIME: Duration = Duration::from_secs(8 * 3_600);
/// The most of each that are kept in memory.
const PLACES: usize = 10_000;

/// Everything that handlers share.
struct App {
    config: Arc<SampleApp>,
    kit: Kit,
    provider: Provider,
    pending: Shelf<Pending>,
    sessions: Shelf<SignedIn>,
    farewells: Shelf<()>,
    heard: Shelf<()>,
}

/// The application, ready to be served. `product` is what the identity server is called ("Sign in with …"). Who is
/// signed in is kept in memory: a restart signs everyone out.
pub fn router(config: SampleApp, product: &str, http: outbound::Client, ambient: Ambient) -> Router {
    let config = Arc::new(config);
    let kit = Kit::new(KitConfig {
        texts: &LOCALES,
        product: product.to_owned(),
        cookie_prefix: cookie_prefix(&config.name),
        secure: config.base_url.scheme() == "https",
        csrf_key: ambient.bytes(),
        ambient,
    });
    web::router(App {
        kit,
        provider: Provider::new(Arc::clone(&config), http),
        pending: Shelf::new(PLACES, LOGIN_TIME),
        sessions: Shelf::new(PLACES, SESSION_TIME),
        farewells: Shelf::new(PLACES, LOGIN_TIME),
        heard: Shelf::new(PLACES, LOGIN_TIME),
        config,
    })
}

/// Cookies ignore ports (RFC 6265 §8.5): two applications on one host must not share a name.
fn cookie_prefix(name: &str) -> String {
    let plain: String = name.chars().filter(char::is_ascii_alphanumeric).collect();
    format!("app_{}", plain.to_ascii_lowercase())
}
