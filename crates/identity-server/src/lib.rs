//! The identity server: pages and protocol endpoints over the rules of the `identity` crate.
//!
//! [`router`] is the index: every address with the file that answers it.

mod account;
mod admin;
mod authorize;
mod brand;
mod browser;
mod closed;
mod consent;
mod discovery;
mod fault;
mod flow;
mod how;
mod introspect;
mod invitation;
mod join;
mod login;
mod logout;
mod new_password;
pub mod providers;
mod reach;
mod recover;
mod revoke;
mod signup;
mod state;
mod tenant_api;
mod tenant_server_api;
mod token;
mod upstream;
mod userinfo;
mod workers;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::routing::{get, post};
use fluent_templates::static_loader;
use store::WebSessions;
use tower_sessions::SessionManagerLayer;
use tower_sessions::cookie::SameSite;

pub use reach::Reach;
pub use state::{IdentityServer, ServerConfig};

static_loader! {
    static TEXTS = { locales: "./locales", fallback_language: "en", customise: |bundle| { webkit::customise(bundle); } };
}

/// Endpoints that other sites' pages and servers may POST to; all others take forms of our own pages only.
const CROSS_SITE_POSTS: &[&str] =
    &["/token", "/revoke", "/introspect", "/userinfo", "/authorize", "/logout", "/upstream/", "/api/"];

/// What a tenant does with its own providers.
fn own_providers() -> Router<IdentityServer> {
    use tenant_api::own;
    Router::new()
        .route("/api/v1/tenant/own-providers", post(own::add))
        .route("/api/v1/tenant/own-providers/{key}", get(own::show).post(own::change))
        .route("/api/v1/tenant/own-providers/{key}/test", post(own::test))
        .route("/api/v1/tenant/own-providers/{key}/mapping", post(own::map))
        .route("/api/v1/tenant/own-providers/{key}/key", post(own::turn_key))
        .route("/api/v1/tenant/own-providers/{key}/enable", post(own::enable))
        .route("/api/v1/tenant/own-providers/{key}/disable", post(own::disable))
        .route("/api/v1/tenant/own-providers/{key}/remove", post(own::remove))
        .layer(DefaultBodyLimit::max(own::BODY_LIMIT))
}

/// Every address of the identity server.
pub fn router(server: &IdentityServer) -> Router {
    let protocol = Router::new()
        .route("/token", post(token::token))
        .route("/revoke", post(revoke::revoke))
        .route("/introspect", post(introspect::introspect))
        .route("/userinfo", get(userinfo::get).post(userinfo::post))
        .route("/api/v1/tenant/members", post(tenant_api::members).layer(DefaultBodyLimit::max(tenant_api::BODY_LIMIT)))
        .route(
            "/api/v1/tenant/invitations",
            post(tenant_api::invitations).layer(DefaultBodyLimit::max(tenant_api::BODY_LIMIT)),
        )
        .route("/api/v1/tenant/providers", get(tenant_api::providers::list))
        .merge(own_providers())
        .route("/api/v1/tenant/resets", post(tenant_api::resets::ask))
        .route("/api/v1/tenant/decisions", get(tenant_api::decisions::list))
        .route(
            "/api/v1/tenant/claims",
            post(tenant_api::providers::claims).layer(DefaultBodyLimit::max(tenant_api::BODY_LIMIT)),
        )
        .route(
            "/api/v1/tenant/groups",
            post(tenant_api::groups::ask).layer(DefaultBodyLimit::max(tenant_api::BODY_LIMIT)),
        )
        .route("/upstream/{key}/backchannel-logout", post(upstream::backchannel_logout))
        .route("/upstream/{key}/jwks.json", get(upstream::public_keys))
        .route("/api/v1/tenant-servers/enrol", post(tenant_server_api::enrol))
        .route(
            "/api/v1/tenant-servers/lease",
            post(tenant_server_api::lease).layer(DefaultBodyLimit::max(tenant_server_api::BODY_LIMIT)),
        )
        .route("/api/v1/tenant-servers/logos/{hash}", get(tenant_server_api::logo))
        .route("/brand/{hash}", get(brand::picture))
        .route("/health", get(discovery::health));
    let pages = Router::new()
        .route("/", get(account::home))
        .route("/authorize", get(authorize::get).post(authorize::post))
        .route("/login", get(login::show_identifier).post(login::take_identifier))
        .route("/login/password", get(login::show_password).post(login::take_password))
        .route("/login/new-password", get(recover::show_asked))
        .route("/login/how", get(how::show).post(how::ask))
        .route("/login/how/sent", get(how::sent))
        .route("/login/forget", post(login::forget))
        .merge(upstream::routes())
        .route("/account/own", get(account::own::show).post(account::own::begin))
        .route("/account/own/mail", get(account::own::show_mail))
        .route("/account/own/make", post(account::own::make))
        .route("/account/own/sign-in", post(account::own::sign_in))
        .route("/account/own/move", get(account::own::show_move).post(account::own::move_it))
        .route("/account/sign-in", get(account::sign_in::show))
        .route("/account/sign-in/link", post(account::sign_in::link))
        .route("/account/sign-in/unlink", post(account::sign_in::unlink))
        .route("/login/accounts", get(login::show_accounts).post(login::take_account))
        .route("/signup", get(signup::show).post(signup::begin))
        .route("/signup/sent", get(signup::sent))
        .route("/signup/confirm", get(signup::show_confirm).post(signup::confirm))
        .route("/signup/welcome", get(signup::welcome))
        .route("/recover", get(recover::show).post(recover::begin))
        .route("/recover/sent", get(recover::sent))
        .route("/recover/reset", get(recover::show_reset).post(recover::reset))
        .route("/invitation", get(invitation::show))
        .route("/invitation/accept", get(invitation::show_again).post(invitation::accept))
        .route("/invitation/sign-in", post(invitation::sign_in))
        .route("/invitation/new", post(invitation::accept_as_new))
        .route("/join", get(join::show).post(join::answer))
        .route("/not-a-member", get(join::not_a_member).post(join::turn_back))
        .route("/closed", get(closed::show))
        .route("/consent", get(consent::show).post(consent::answer))
        .route("/logout", get(logout::get).post(logout::post))
        .route("/logout/confirm", post(logout::confirm))
        .route("/logout/done", get(logout::done))
        .route("/account", get(account::overview))
        .route("/account/instances", get(account::instances))
        .route("/account/sessions", get(account::sessions::list))
        .route("/account/sessions/others", get(account::sessions::ask_others).post(account::sessions::end_others))
        .route("/account/sessions/{id}", get(account::sessions::ask).post(account::sessions::end))
        .route("/account/password", get(account::password::show).post(account::password::change))
        .route("/account/password/done", get(account::password::done).post(account::password::go_on))
        .merge(admin::routes());
    let sessions = WebSessions::new(server.identity.store.clone(), server.identity.ambient.clone());
    let sessions = SessionManagerLayer::new(sessions)
        .with_name(server.session_cookie())
        .with_secure(server.kit.is_secure())
        // Lax: an application's link to /authorize is a navigation from another site.
        .with_same_site(SameSite::Lax);
    // A fallback of its own, so that the layers are around it too.
    let nowhere = async || StatusCode::NOT_FOUND;
    let app =
        pages.layer(sessions).merge(protocol).merge(webkit::routes()).fallback(nowhere).with_state(server.clone());
    let app = webkit::layers(app, &server.kit, CROSS_SITE_POSTS);
    // Documents pass by all layers; what is no GET of them does not.
    let documents = Router::new()
        .route("/.well-known/openid-configuration", get(discovery::metadata).fallback_service(app.clone()))
        .route("/.well-known/oauth-authorization-server", get(discovery::metadata).fallback_service(app.clone()))
        .route("/jwks", get(discovery::jwks).fallback_service(app.clone()))
        .with_state(server.clone());
    app.merge(documents)
}
