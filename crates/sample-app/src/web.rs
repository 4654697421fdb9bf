//! The routes.

use std::ops::Deref;
use std::sync::Arc;

use axum::extract::rejection::{FormRejection, QueryRejection};
use axum::extract::{FromRef, Query, State};
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, LOCATION};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Extension, Router};
use serde::Deserialize;
use serde_json::{Map, Value};
use webkit::{BrowserId, Cookie, Form, Kit, Visit, continue_to, see_other};

use crate::App;
use crate::backchannel;
use crate::begin::begin;
use crate::finish::{Answer, Refused, finish};
use crate::logout::{farewell, is_expected};
use crate::pages::{SignedOutPage, brand, signed_in};
use crate::refresh::refresh;
use crate::refusal::Refusal;

/// The state of the router.
#[derive(Clone)]
struct Shared(Arc<App>);

impl Deref for Shared {
    type Target = App;

    fn deref(&self) -> &App {
        &self.0
    }
}

impl FromRef<Shared> for Kit {
    fn from_ref(shared: &Shared) -> Self {
        shared.kit.clone()
    }
}

pub fn router(app: App) -> Router {
    let kit = app.kit.clone();
    let brand = brand(&app.config);
    let routes = Router::new()
        .route("/", get(home))
        .route("/login", get(login).post(choose_and_login))
        .route("/callback", get(callback))
        .route("/refresh", post(ask_again))
        .route("/logout", post(logout))
        .route("/backchannel-logout", post(told))
        .route("/signed-out", get(signed_out))
        .route("/sample.css", get(|| async { ([(CONTENT_TYPE, "text/css")], include_str!("../assets/sample.css")) }))
        .merge(webkit::routes())
        .with_state(Shared(Arc::new(app)))
        // Error pages in this application's colours.
        .layer(axum::middleware::map_response(move |response: Response| {
            let brand = brand.clone();
            async move { (Extension(brand), response) }
        }));
    webkit::layers(routes, &kit, &["/backchannel-logout"])
}

async fn home(app: State<Shared>, visit: Visit, headers: HeaderMap) -> Response {
    let session = session_cookie(&app).read(&headers).and_then(|id| app.sessions.get(id, visit.now));
    match session {
        Some(session) => signed_in(visit, &app.config, &session),
        None => SignedOutPage::new(visit, &app.config).show(),
    }
}

#[derive(Deserialize)]
struct Tenant {
    #[serde(default)]
    tenant: String,
}

async fn login(app: State<Shared>, browser: BrowserId, Query(named): Query<Tenant>) -> Response {
    // A link can't make a tenant's own application ask for another tenant.
    let tenant = app.config.tenant.clone().or_else(|| Some(named.tenant).filter(|slug| is_slug(slug)));
    match begin(&app, &browser, tenant.clone()).await {
        Ok(url) => (StatusCode::SEE_OTHER, [(LOCATION, String::from(url))]).into_response(),
        Err(refusal) => refused(&app, (refusal, tenant)),
    }
}

async fn choose_and_login(app: State<Shared>, visit: Visit, browser: BrowserId, Form(form): Form<Tenant>) -> Response {
    let typed = form.tenant.trim().to_owned();
    if !typed.is_empty() && !is_slug(&typed) {
        return SignedOutPage::new(visit, &app.config).wrong_tenant(typed);
    }
    let tenant = app.config.tenant.clone().or_else(|| Some(typed).filter(|slug| !slug.is_empty()));
    match begin(&app, &browser, tenant.clone()).await {
        Ok(url) => continue_to(&visit, url.as_str()),
        Err(refusal) => refused(&app, (refusal, tenant)),
    }
}

async fn callback(
    app: State<Shared>,
    browser: BrowserId,
    headers: HeaderMap,
    answer: Result<Query<Answer>, QueryRejection>,
) -> Response {
    let Ok(Query(answer)) = answer else { return refused(&app, (Refusal::Malformed, None)) };
    match finish(&app, &browser, answer).await {
        Ok(session) => {
            let (cookie, now) = (session_cookie(&app), session.since);
            // A new id for each sign-in: one that was known before is worth nothing (session fixation).
            cookie.read(&headers).and_then(|old| app.sessions.take(old, now));
            let id = app.kit.ambient().opaque().expose();
            app.sessions.put(id.clone(), session, now);
            (cookie.set(&id, None), see_other("/")).into_response()
        }
        Err(refusal) => refused(&app, refusal),
    }
}

#[derive(Deserialize)]
struct Nothing {}

async fn logout(
    app: State<Shared>,
    visit: Visit,
    browser: BrowserId,
    headers: HeaderMap,
    _: Form<Nothing>,
) -> Response {
    let cookie = session_cookie(&app);
    let Some(session) = cookie.read(&headers).and_then(|id| app.sessions.take(id, visit.now)) else {
        return (cookie.clear(), see_other("/")).into_response();
    };
    let onward = match farewell(&app, &browser, &session).await {
        Some(url) => continue_to(&visit, url.as_str()),
        None => SignedOutPage::new(visit, &app.config).notice("signed-out-here").show(),
    };
    (cookie.clear(), onward).into_response()
}

/// What the identity server says now, roles above all; who may not go on is signed out.
async fn ask_again(app: State<Shared>, visit: Visit, headers: HeaderMap, _: Form<Nothing>) -> Response {
    let (cookie, now) = (session_cookie(&app), visit.now);
    let id = cookie.read(&headers).unwrap_or_default();
    let Some(session) = app.sessions.get(id, now) else { return see_other("/") };
    match refresh(&app, &session).await {
        Ok(fresh) => {
            app.sessions.put(id.to_owned(), fresh, now);
            see_other("/")
        }
        Err(Refusal::CodeRefused(_)) => {
            app.sessions.take(id, now);
            (cookie.clear(), SignedOutPage::new(visit, &app.config).notice("access-ended").show()).into_response()
        }
        Err(refusal) => refused(&app, (refusal, None)),
    }
}

#[derive(Deserialize)]
struct Notice {
    logout_token: String,
}

/// From the identity server, not from a browser (Back-Channel Logout §2.8).
async fn told(app: State<Shared>, notice: Result<axum::Form<Notice>, FormRejection>) -> Response {
    let outcome = match notice {
        Ok(axum::Form(notice)) => backchannel::end_sessions(&app, &notice.logout_token).await,
        Err(rejection) => Err(backchannel::Refused::Invalid(rejection.to_string())),
    };
    let status = match outcome {
        Ok(ended) => {
            tracing::info!(ended, "sessions ended by the identity server");
            StatusCode::OK
        }
        Err(backchannel::Refused::Invalid(reason)) => {
            tracing::warn!(reason, "a logout token was refused");
            StatusCode::BAD_REQUEST
        }
        Err(backchannel::Refused::Later(reason)) => {
            tracing::warn!(reason, "a logout token could not be checked");
            StatusCode::SERVICE_UNAVAILABLE
        }
    };
    (status, [(CACHE_CONTROL, "no-store")], axum::Json(Map::<String, Value>::new())).into_response()
}

#[derive(Deserialize)]
struct Returned {
    state: Option<String>,
}

async fn signed_out(
    app: State<Shared>,
    visit: Visit,
    browser: BrowserId,
    Query(returned): Query<Returned>,
) -> Response {
    if is_expected(&app, &browser, returned.state.as_deref(), visit.now) {
        SignedOutPage::new(visit, &app.config).notice("signed-out-everywhere").show()
    } else {
        see_other("/")
    }
}

fn refused(app: &App, (refusal, tenant): Refused) -> Response {
    let retry = match (tenant, &app.config.tenant) {
        (Some(tenant), None) => format!("/login?tenant={tenant}"),
        (None, None) => "/".into(),
        (_, Some(_)) => "/login".into(),
    };
    refusal.page(retry).into_response()
}

fn session_cookie(app: &App) -> Cookie {
    Cookie::new(&app.kit, "session")
}

fn is_slug(text: &str) -> bool {
    (1..=63).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}
