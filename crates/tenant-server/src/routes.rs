//! The index: which address leads where.

use axum::Router;
use axum::extract::{DefaultBodyLimit, OriginalUri, Request, State};
use axum::http::{Method, StatusCode};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use store::WebSessions;
use tenant::control::Standing;
use tower_sessions::cookie::SameSite;
use tower_sessions::{Expiry, SessionManagerLayer};
use webkit::{Cookie, Exceptions, Failure, see_other};

use crate::auth::{backchannel, callback, login, logout};
use crate::instance::App;
use crate::pages::{
    accept, assign, audit, audit_export, audit_login, break_glass, closed, deed, export, fields, fields_settings,
    groups, health, help, home, import, import_job, invitation, invitations, invite, invite_many, job, job_subjects,
    jobs, keeper, leave, logo, mapping, member, members, newcomers, own_provider, profile, provider, providers,
    request, requests, reset, roles, service_accounts, standing, states, terms, terms_settings, undo, views,
};

/// With a text of up to 100,000 characters, as browsers and programs write it; in bytes.
pub(crate) const LONG_BODY: usize = 1024 * 1024;
const LONG_TEXT: DefaultBodyLimit = DefaultBodyLimit::max(LONG_BODY);

/// A file of that size, with what stands around it in a form.
const A_LIST: DefaultBodyLimit = DefaultBodyLimit::max(job_subjects::MOST + 64 * 1024);

/// A tenant's router, complete with sessions and headers.
pub(crate) fn router(app: &App, standing: Standing) -> Router {
    let routes = match standing {
        Standing::Open => open(),
        Standing::Suspended | Standing::Deleted => shut(standing),
    };
    let routes = routes
        .merge(webkit::routes())
        .layer(from_fn_with_state(app.clone(), branded))
        .layer(sessions(app))
        .with_state(app.clone());
    webkit::layers_with(
        routes,
        &app.kit,
        Exceptions { cross_site_posts: &["/backchannel-logout"], slow_posts: &["/members/import", "/api/v1/imports"] },
    )
}

/// What is left of a tenant that the platform has closed: sessions can still be ended.
fn shut(standing: Standing) -> Router<App> {
    Router::new()
        .route("/backchannel-logout", post(backchannel::take))
        .route("/health", get(health::answer))
        .route("/brand/{hash}", get(logo::show))
        .fallback(move || async move {
            match standing {
                Standing::Deleted => Failure::gone("tenant-deleted-detail").title("tenant-deleted-title"),
                _ => Failure::forbidden("tenant-suspended-detail").title("tenant-suspended-title"),
            }
        })
}

/// An open tenant.
fn open() -> Router<App> {
    Router::new()
        .route("/", get(home::show))
        .route("/message", post(standing::save_message))
        .route("/ask-again", post(standing::ask_again))
        .route("/requests", get(requests::list))
        .route("/requests/{id}", get(request::show))
        .route("/requests/{id}/approve", post(request::approve))
        .route("/requests/{id}/reject", post(request::reject))
        .route("/members", get(members::list))
        .route("/members/export.csv", get(export::csv))
        .route("/members/views", post(views::save))
        .route("/members/views/{id}/forget", post(views::forget))
        .route("/members/export.jsonl", get(export::json_lines))
        .route("/members/import", get(import::show).post(import::receive))
        .route("/members/import/example.csv", get(import::example))
        .route("/members/import/{id}", get(import_job::show))
        .route("/members/import/{id}/report.csv", get(import_job::report))
        .route("/members/import/{id}/{what}", post(import_job::turn))
        .route("/members/invitations", get(invitations::list))
        .route("/members/invite", get(invite::show).post(invite::invite))
        .route("/members/invite/many", get(invite_many::show).post(invite_many::look).layer(LONG_TEXT))
        .route("/members/states", get(states::show))
        .route("/members/{id}", get(member::show))
        .route("/members/{id}/email", post(invitation::correct_email))
        .route("/members/{id}/details", get(invitation::show_details).post(invitation::correct_details))
        .route("/members/{id}/reset", post(reset::send))
        .route("/members/{id}/roles", get(assign::show).post(assign::assign))
        .route("/members/{id}/fields", get(fields::show).post(fields::save))
        .route("/members/{id}/provider", get(provider::show).post(provider::save))
        .route("/members/{id}/keeper", post(keeper::save))
        .route("/members/{id}/break-glass", get(break_glass::show).post(break_glass::save))
        .route("/members/{id}/undo/{version}", post(undo::undo))
        .route("/members/{id}/{deed}", get(deed::ask).post(deed::done))
        .route("/jobs", get(jobs::list).post(jobs::create))
        .route("/jobs/{id}", get(job::show))
        .route("/jobs/{id}/report.csv", get(job::report))
        .route("/jobs/{id}/subjects", post(job_subjects::give).layer(A_LIST))
        .route("/jobs/{id}/{what}", post(job::turn))
        .route("/providers/{key}/groups", get(groups::show).post(groups::add))
        .route("/providers/{key}/groups/remove", post(groups::remove))
        .route("/roles", get(roles::show))
        .route("/service-accounts", get(service_accounts::list).post(service_accounts::create))
        .route("/providers", get(providers::list))
        .route("/providers/new", get(providers::show_new).post(providers::create))
        .route("/providers/{key}", get(own_provider::show).post(own_provider::change))
        .route("/providers/{key}/test", post(own_provider::test))
        .route("/providers/{key}/mapping", get(mapping::show).post(mapping::save))
        .route("/providers/{key}/key", post(own_provider::turn_key))
        .route("/providers/{key}/enable", post(own_provider::enable))
        .route("/providers/{key}/disable", post(own_provider::disable))
        .route("/providers/{key}/remove", get(own_provider::ask_remove).post(own_provider::remove))
        .route("/audit", get(audit::show))
        .route("/audit/export.csv", get(audit_export::csv))
        .route("/audit/login", get(audit_login::show))
        .route("/profile", get(profile::show).post(profile::save))
        .route("/accept", get(accept::ask).post(accept::accept))
        .route("/terms", get(terms::terms))
        .route("/privacy", get(terms::privacy))
        .route("/help", get(help::show))
        .route("/settings/fields", get(fields_settings::show).post(fields_settings::add))
        .route("/settings/fields/{key}", get(fields_settings::ask_change).post(fields_settings::change))
        .route("/settings/fields/{key}/remove", post(fields_settings::remove))
        .route("/settings/newcomers", get(newcomers::show).post(newcomers::save))
        .route("/settings/terms", get(terms_settings::show).post(terms_settings::publish).layer(LONG_TEXT))
        .route("/settings/terms/acceptances.csv", get(terms_settings::acceptances))
        .route("/leave", get(leave::ask).post(leave::done))
        .route("/leave/done", get(leave::told))
        .route("/auth/login", get(login::begin))
        .route("/auth/callback", get(callback::finish))
        .method_not_allowed_fallback(form_before)
        .route("/logout", post(logout::sign_out))
        .route("/logout/everywhere", post(logout::everywhere))
        .route("/signed-out", get(logout::signed_out))
        .route("/closed/{why}", get(closed::show))
        .route("/backchannel-logout", post(backchannel::take))
        .route("/health", get(health::answer))
        .route("/brand/{hash}", get(logo::show))
        .merge(crate::api::router())
}

/// Whoever opens a page's address that takes forms alone, as by choosing a language on a page that answered one, is led to what it is below.
async fn form_before(method: Method, OriginalUri(uri): OriginalUri) -> Response {
    let path = uri.path();
    // A saved view, and a version of a member, have no page of their own.
    let up = if path.ends_with("/forget") || path.contains("/undo/") { 2 } else { 1 };
    match path.rsplitn(up + 1, '/').nth(up) {
        Some(above) if method == Method::GET => see_other(if above.is_empty() { "/" } else { above }),
        _ => StatusCode::METHOD_NOT_ALLOWED.into_response(),
    }
}

/// Ends with the browser at the latest; how long a session lasts is the session row's business.
fn sessions(app: &App) -> SessionManagerLayer<WebSessions> {
    SessionManagerLayer::new(WebSessions::new(app.database.clone(), app.kit.ambient().clone()))
        .with_name(Cookie::new(&app.kit, "session").name().to_owned())
        .with_expiry(Expiry::OnSessionEnd)
        .with_same_site(SameSite::Lax)
        .with_http_only(true)
        .with_path("/")
        .with_secure(app.kit.is_secure())
}

/// Error pages look like the tenant too.
async fn branded(State(app): State<App>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    response.extensions_mut().insert(app.brand.clone());
    response
}
