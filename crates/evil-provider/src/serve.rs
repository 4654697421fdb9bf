use std::collections::HashMap;
use std::convert::Infallible;

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::header::{CONTENT_TYPE, LOCATION};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use axum::{Json, Router};
use futures_util::{StreamExt, stream};
use serde_json::Value;
use tokio::net::TcpListener;
use url::form_urlencoded;

use crate::{Evil, Trick, authorize, documents, tokens};

const INSIDE: &str = "http://169.254.169.254/latest/meta-data";

pub(crate) async fn serve(evil: Evil, listener: TcpListener) {
    let router = Router::new().fallback(any).with_state(evil);
    axum::serve(listener, router).await.unwrap();
}

/// Everything comes here: the layout differs from vendor to vendor.
async fn any(State(evil): State<Evil>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, 1 << 20).await.unwrap_or_default();
    let path = parts.uri.path();
    let path = path.strip_prefix(&*evil.0.path).unwrap_or(path).to_owned();
    *evil.told().asked.entry(path.clone()).or_default() += 1;
    if evil.does(Trick::Away) {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    }
    if evil.does(Trick::Slow) {
        std::future::pending::<()>().await;
    }
    let query = form(parts.uri.query().unwrap_or_default().as_bytes());
    match path.as_str() {
        "/.well-known/openid-configuration" if evil.0.vendor.has_discovery() => discovery(&evil),
        "/jwks" if evil.does(Trick::KeysGarbage) => {
            ([(CONTENT_TYPE, "application/json")], "{\"keys\": [").into_response()
        }
        "/jwks" => Json(documents::keys(&evil)).into_response(),
        "/authorize" | "/login/oauth/authorize" => authorized(&evil, query),
        "/token" | "/login/oauth/access_token" => tokens::token(&evil, &parts.headers, &form(&body)),
        "/userinfo" => tokens::user_info(&evil, &parts.headers),
        "/user" => tokens::github_user(&evil, &parts.headers),
        "/user/emails" => tokens::github_emails(&evil, &parts.headers),
        "/logout" => logged_out(&evil, &query),
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

fn form(encoded: &[u8]) -> HashMap<String, String> {
    form_urlencoded::parse(encoded).into_owned().collect()
}

fn discovery(evil: &Evil) -> Response {
    let document = documents::metadata(evil);
    if evil.does(Trick::MetadataGarbage) {
        return ([(CONTENT_TYPE, "application/json")], "{\"issuer\": ").into_response();
    }
    if evil.does(Trick::MetadataHuge) {
        return ([(CONTENT_TYPE, "application/json")], gigabyte(evil.clone())).into_response();
    }
    if evil.does(Trick::MetadataDouble) {
        let text = document.to_string().replacen('{', "{\"issuer\":\"https://another.example\",", 1);
        return ([(CONTENT_TYPE, "application/json")], text).into_response();
    }
    if evil.does(Trick::MetadataType) {
        return Html(document.to_string()).into_response();
    }
    if evil.does(Trick::MetadataRedirect) {
        return found(INSIDE);
    }
    Json(document).into_response()
}

/// A gigabyte in pieces of 64 KiB, unannounced, counted as they are taken.
fn gigabyte(evil: Evil) -> Body {
    let pieces = stream::iter(0..16 * 1024).map(move |_| {
        evil.told().streamed += 64 * 1024;
        Ok::<_, Infallible>(vec![b' '; 64 * 1024])
    });
    Body::from_stream(pieces)
}

fn authorized(evil: &Evil, query: HashMap<String, String>) -> Response {
    let posted = query.get("response_mode").is_some_and(|mode| mode == "form_post");
    match authorize::answer(evil, query) {
        Ok(back) if posted => Html(form_post(&back)).into_response(),
        Ok(back) => found(back.as_str()),
        Err(refusal) => (StatusCode::BAD_REQUEST, refusal).into_response(),
    }
}

/// OAuth 2.0 Form Post Response Mode §2, with a button instead of a script. Values are the provider's own and the client's, so
/// quotes alone would break it.
fn form_post(back: &url::Url) -> String {
    let escape = |text: &str| text.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;");
    let mut action = back.clone();
    action.set_query(None);
    let fields: String = back
        .query_pairs()
        .map(|(name, value)| format!("<input type=\"hidden\" name=\"{}\" value=\"{}\">", escape(&name), escape(&value)))
        .collect();
    let action = escape(action.as_str());
    format!("<form method=\"post\" action=\"{action}\">{fields}<button id=\"go-back\">Go back</button></form>")
}

/// RP-Initiated Logout §2: back to where it should go on, without asking.
fn logged_out(evil: &Evil, query: &HashMap<String, String>) -> Response {
    evil.told().last_logout.clone_from(query);
    let state = if evil.does(Trick::LogoutState) { Some("another") } else { query.get("state").map(String::as_str) };
    match query.get("post_logout_redirect_uri").map(|to| url::Url::parse(to)) {
        Some(Ok(mut to)) => {
            to.query_pairs_mut().extend_pairs(state.map(|state| ("state", state)));
            found(to.as_str())
        }
        _ => "signed out".into_response(),
    }
}

fn found(to: &str) -> Response {
    (StatusCode::FOUND, [(LOCATION, to)]).into_response()
}

pub(crate) fn refuse(evil: &Evil, error: &str) -> Response {
    let status = if evil.0.vendor.refuses_with_success() { StatusCode::OK } else { StatusCode::BAD_REQUEST };
    (status, Json(serde_json::json!({ "error": error }))).into_response()
}

pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    headers.get("authorization")?.to_str().ok()?.strip_prefix("Bearer ")
}

pub(crate) fn jwt(token: String) -> Response {
    ([(CONTENT_TYPE, "application/jwt")], token).into_response()
}

pub(crate) fn as_html(value: &Value) -> Response {
    Html(value.to_string()).into_response()
}
