//! Running the platform: `/admin`. For platform administrators with a recent proof of who they are ([`door::Administrator`],
//! the one place where that is asked); for everybody else there is nothing here.
//!
//! Each action is a plain function of the `identity` crate, which the command line calls too.

mod account;
mod administrators;
mod application;
mod applications;
mod branding;
mod delete;
mod door;
mod export;
mod logins;
mod logo;
mod mapping;
mod new_application;
mod new_tenant;
mod overview;
mod providers;
mod suspend;
mod tenant;
mod tenants;
mod wrong;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};

use crate::state::IdentityServer;

/// Every address below `/admin`.
pub fn routes() -> Router<IdentityServer> {
    Router::new()
        .route("/admin", get(overview::show))
        .route("/admin/tenants", get(tenants::list))
        .route("/admin/tenants/new", get(new_tenant::show).post(new_tenant::create))
        .route("/admin/tenants/{slug}", get(tenant::show))
        .route("/admin/tenants/{slug}/rename", post(tenant::rename))
        .route("/admin/tenants/{slug}/code", post(tenant::new_code))
        .route("/admin/tenants/{slug}/branding", get(branding::show).post(branding::save))
        .route("/admin/tenants/{slug}/logo", post(logo::save).layer(DefaultBodyLimit::max(logo::BODY_LIMIT)))
        .route("/admin/tenants/{slug}/logo/remove", post(logo::remove))
        .route("/admin/tenants/{slug}/suspend", get(suspend::ask).post(suspend::suspend))
        .route("/admin/tenants/{slug}/resume", post(suspend::resume))
        .route("/admin/tenants/{slug}/export", get(export::download))
        .route("/admin/tenants/{slug}/delete", get(delete::ask).post(delete::delete))
        .route("/admin/administrators", get(administrators::list).post(administrators::add))
        .route("/admin/administrators/{id}/remove", get(administrators::ask).post(administrators::remove))
        .route("/admin/accounts", get(account::find))
        .route("/admin/accounts/{id}", get(account::show))
        .route("/admin/accounts/{id}/switch", post(account::switch))
        .route("/admin/providers", get(providers::list))
        .route("/admin/providers/new", get(providers::show_new).post(providers::create))
        .route("/admin/providers/{key}", get(providers::show).post(providers::change))
        .route("/admin/providers/{key}/test", post(providers::test))
        .route("/admin/providers/{key}/mapping", get(mapping::show).post(mapping::save))
        .route("/admin/providers/{key}/key", post(providers::turn_key))
        .route("/admin/providers/{key}/disable", post(providers::disable))
        .route("/admin/providers/{key}/enable", post(providers::enable))
        .route("/admin/providers/{key}/remove", get(providers::ask_remove).post(providers::remove))
        .route("/admin/logins", get(logins::show))
        .route("/admin/applications", get(applications::list))
        .route("/admin/applications/new", get(new_application::show).post(new_application::register))
        .route("/admin/applications/{client_id}", get(application::show))
        .route("/admin/applications/{client_id}/secret", post(application::rotate))
        .route("/admin/applications/{client_id}/disable", post(application::disable))
        .route("/admin/applications/{client_id}/enable", post(application::enable))
}
