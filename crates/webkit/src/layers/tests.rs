//! One test for each thing that the middleware promises, with its positive control.

use axum::Router;
use axum::extract::{FromRef, Path};
use axum::http::{Method, Request, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Extension, http::request::Builder};
use serde::Deserialize;

use super::testing::{Answer, ask, kit, kit_over};
use super::{ContentSecurityPolicy, layers};
use crate::{Brand, BrowserId, Failure, Form, Kit, Visit};

#[derive(Clone)]
struct State(Kit);

impl FromRef<State> for Kit {
    fn from_ref(state: &State) -> Self {
        state.0.clone()
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Name {
    name: String,
}

async fn broken() -> crate::Result<()> {
    Err(Failure::internal("database at 10.0.0.7 is gone"))
}

async fn panics() {
    panic!("unwrap on secrets");
}

async fn old() -> Response {
    (Extension(Brand::named("Aurora")), Failure::gone("error-410-detail").code("invalid_grant")).into_response()
}

fn app_over(kit: &Kit) -> Router {
    let app = Router::new()
        .route("/csrf", get(|visit: Visit| async move { visit.csrf }))
        .route("/language", get(|visit: Visit| async move { visit.lang.to_string() }))
        .route("/browser", get(|BrowserId(id): BrowserId| async move { id }))
        .route("/name", post(|Form(form): Form<Name>| async move { form.name }))
        .route("/token", post(|| async { "token" }))
        .route("/open", get(|| async { "open" }))
        .route("/number/{n}", get(|Path(n): Path<u8>| async move { n.to_string() }))
        .route("/broken", get(broken))
        .route("/api/broken", get(broken))
        .route("/panics", get(panics))
        .route("/old", get(old))
        .route(
            "/form-post",
            get(|| async { (Extension(ContentSecurityPolicy::default().form_action("https://app.example")), "x") }),
        )
        .merge(crate::routes())
        .with_state(State(kit.clone()));
    layers(app, kit, &["/token"])
}

fn app() -> Router {
    app_over(&kit())
}

fn get_(path: &str) -> Builder {
    Request::builder().uri(path).header("host", "id.example")
}

fn post_(path: &str) -> Builder {
    get_(path).method(Method::POST).header("content-type", "application/x-www-form-urlencoded")
}

/// Opens the page of a form: the browser's cookie and its token.
async fn open_form(app: &Router) -> (String, String) {
    let answer = ask(app, get_("/csrf"), "").await;
    let cookie = answer.header("set-cookie").split(';').next().unwrap().to_owned();
    (cookie, answer.body)
}

#[tokio::test]
async fn every_answer_has_the_security_headers() {
    let app = app();
    for (path, status) in [
        ("/open", 200),
        ("/nothing", 404),
        ("/broken", 500),
        ("/panics", 500),
        ("/token", 405),
        ("/assets/nothing.css", 404),
    ] {
        let answer = ask(&app, get_(path), "").await;
        assert_eq!(answer.status, status, "{path}");
        assert!(answer.header("content-security-policy").starts_with("default-src 'none'; style-src 'self'"), "{path}");
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("referrer-policy", "same-origin"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cache-control", "no-store"),
        ] {
            assert_eq!(answer.header(name), value, "{path}");
        }
        assert!(!answer.header("permissions-policy").is_empty());
        assert_eq!(answer.header("x-request-id").len(), 11);
    }
}

#[tokio::test]
async fn a_handler_may_open_the_policy_for_one_origin() {
    let answer = ask(&app(), get_("/form-post"), "").await;
    assert!(
        answer.header("content-security-policy").contains("form-action 'self' https://app.example; base-uri 'none'")
    );
}

#[tokio::test]
async fn hsts_is_sent_over_https_but_never_for_loopback() {
    let secure = app_over(&kit_over(true));
    assert_eq!(ask(&secure, get_("/open"), "").await.header("strict-transport-security"), "max-age=63072000");
    let loopback = Request::builder().uri("/open").header("host", "localhost:8443");
    assert_eq!(ask(&secure, loopback, "").await.header("strict-transport-security"), "");
    assert_eq!(ask(&app(), get_("/open"), "").await.header("strict-transport-security"), "");
}

#[tokio::test]
async fn cookies_have_the_host_prefix_over_https() {
    let answer = ask(&app_over(&kit_over(true)), get_("/csrf"), "").await;
    let cookie = answer.header("set-cookie");
    assert!(
        cookie.starts_with("__Host-lk_test_browser=") && cookie.contains("; Path=/; HttpOnly; SameSite=Lax; Secure"),
        "{cookie}"
    );
}

#[tokio::test]
async fn a_post_from_another_site_is_refused() {
    let app = app();
    let (cookie, token) = open_form(&app).await;
    let body = format!("csrf={token}&name=Mina");
    for (site, status) in [("cross-site", 403), ("same-site", 403), ("same-origin", 200), ("none", 200)] {
        let answer = ask(&app, post_("/name").header("cookie", &cookie).header("sec-fetch-site", site), &body).await;
        assert_eq!(answer.status, status, "{site}");
    }
    assert_eq!(ask(&app, post_("/token").header("sec-fetch-site", "cross-site"), "").await.status, 200);
    assert_eq!(ask(&app, get_("/open").header("sec-fetch-site", "cross-site"), "").await.status, 200);
}

#[tokio::test]
async fn a_form_needs_the_token_of_its_browser() {
    let app = app();
    let (cookie, token) = open_form(&app).await;
    let (other, _) = open_form(&app).await;
    let send = |cookie: &str, body: String| {
        let request = post_("/name").header("cookie", cookie);
        let app = app.clone();
        async move { ask(&app, request, &body).await }
    };
    let good = send(&cookie, format!("name=Mina&csrf={token}")).await;
    assert_eq!((good.status, good.body.as_str()), (StatusCode::OK, "Mina"));
    assert_eq!(send(&other, format!("name=Mina&csrf={token}")).await.status, 403);
    assert_eq!(send("", format!("name=Mina&csrf={token}")).await.status, 403);
    assert_eq!(send(&format!("{cookie}; {cookie}"), format!("name=Mina&csrf={token}")).await.status, 403);
    let stale = send(&cookie, "name=Mina".into()).await;
    assert_eq!(stale.status, 403);
    assert!(stale.body.contains("This form is too old") && stale.body.contains("Nothing was changed"));
    for body in [format!("name=a&name=b&csrf={token}"), format!("name=a&admin=1&csrf={token}")] {
        assert_eq!(send(&cookie, body).await.status, 400);
    }
}

#[tokio::test]
async fn a_form_larger_than_the_limit_is_refused_as_a_page() {
    let answer = ask(&app(), post_("/name"), &"x".repeat(super::BODY_LIMIT + 1)).await;
    assert_eq!(answer.status, 413);
    assert!(answer.body.contains("That is too large"));
}

#[tokio::test]
async fn an_error_page_names_its_reference_and_nothing_of_the_inside() {
    let app = app();
    for path in ["/broken", "/panics"] {
        let answer = ask(&app, get_(path), "").await;
        let reference = format!("id=\"error-reference\">{}<", answer.header("x-request-id"));
        assert!(answer.body.contains(&reference), "{}", answer.body);
        assert!(!answer.body.contains("10.0.0.7") && !answer.body.contains("unwrap"));
        assert!(answer.body.contains("id=\"error-home\""));
    }
}

#[tokio::test]
async fn bare_errors_of_the_framework_become_pages_in_the_visitors_language() {
    let app = app();
    for (path, title) in [
        ("/nothing", "Hier ist nichts"),
        ("/number/x", "Das konnten wir nicht lesen"),
        ("/token", "Das geht hier nicht"),
    ] {
        let answer = ask(&app, get_(path).header("accept-language", "de-AT, en;q=0.5"), "").await;
        assert!(answer.body.contains("<html lang=\"de\"") && answer.body.contains(title), "{path}: {}", answer.body);
    }
    assert_eq!(ask(&app, get_("/token"), "").await.header("allow"), "POST");
}

#[tokio::test]
async fn a_failure_shows_its_code_and_the_tenants_brand() {
    let answer = ask(&app(), get_("/old"), "").await;
    assert_eq!(answer.status, 410);
    assert!(answer.body.contains("id=\"error-code\">invalid_grant<") && answer.body.contains("· Aurora</title>"));
}

#[tokio::test]
async fn under_api_errors_are_problem_json() {
    let app = app();
    for path in ["/api/broken", "/api/nothing"] {
        let answer = ask(&app, get_(path), "").await;
        assert_eq!(answer.header("content-type"), "application/problem+json");
        let problem: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
        assert_eq!(problem["status"], answer.status.as_u16());
        assert_eq!(problem["reference"], answer.header("x-request-id"));
    }
}

#[tokio::test]
async fn the_browser_keeps_its_id_and_gets_a_cookie_only_where_it_matters() {
    let app = app();
    assert_eq!(ask(&app, get_("/open"), "").await.header("set-cookie"), "");
    let first = ask(&app, get_("/browser"), "").await;
    let cookie = first.header("set-cookie").split(';').next().unwrap().to_owned();
    let second: Answer = ask(&app, get_("/browser").header("cookie", &cookie), "").await;
    assert_eq!((second.body.as_str(), second.header("set-cookie")), (first.body.as_str(), ""));
    let odd = ask(&app, get_("/browser").header("cookie", "lk_test_browser=<script>"), "").await;
    assert_eq!(odd.body.len(), 22);
}

#[tokio::test]
async fn language_comes_from_the_address_then_the_cookie_then_the_browser() {
    let app = app();
    let ask_with = |path: &'static str, cookie: &'static str| {
        let (app, request) = (app.clone(), get_(path).header("cookie", cookie).header("accept-language", "de"));
        async move { ask(&app, request, "").await.body }
    };
    assert_eq!(ask_with("/language", "").await, "de");
    assert_eq!(ask_with("/language", "lk_test_lang=en").await, "en");
    assert_eq!(ask_with("/language?ui_locales=fr%20de", "lk_test_lang=en").await, "de");
}

#[tokio::test]
async fn preferences_are_kept_and_lead_back_to_this_server_only() {
    let app = app();
    let (cookie, token) = open_form(&app).await;
    for (back, location) in
        [("%2Fmembers%3Fq%3D1", "/members?q=1"), ("%2F%2Fevil.example", "/"), ("https%3A%2F%2Fevil.example", "/")]
    {
        let body = format!("csrf={token}&value=dark&return_to={back}");
        let answer = ask(&app, post_("/preferences/theme").header("cookie", &cookie), &body).await;
        assert_eq!((answer.status, answer.header("location")), (StatusCode::SEE_OTHER, location));
        assert!(answer.header("set-cookie").starts_with("lk_test_theme=dark; "));
    }
}

#[tokio::test]
async fn assets_are_kept_for_ever_and_pages_compressed() {
    let app = app();
    let css = ask(&app, get_(crate::asset("app.css")).header("accept-encoding", "gzip"), "").await;
    assert_eq!(
        (css.header("cache-control"), css.header("content-encoding")),
        ("public, max-age=31536000, immutable", "gzip")
    );
    let old = ask(&app, get_("/assets/app.0000000000000000.css"), "").await;
    assert_eq!((old.status, old.header("cache-control")), (StatusCode::OK, "no-cache"));
    let brand = ask(&app, get_("/assets/brand/2fbf71.css"), "").await;
    assert!(brand.body.starts_with(":root{--accent:#") && brand.header("content-type").starts_with("text/css"));
    assert_eq!(ask(&app, get_("/assets/brand/2fbf7.css"), "").await.status, 404);
}
