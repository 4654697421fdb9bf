use askama::Template;
use axum::body::{Body, HttpBody};
use axum::extract::{Request, State};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::Response;
use serde_json::json;

use super::context::Clues;
use crate::{Brand, Failure, Kit, Message, Visit};

/// Draws the page of a [`Failure`], and of bare errors: axum's own 404, 405 and extractor rejections, the time-out.
pub(super) async fn draw(State(kit): State<Kit>, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let clues = Clues::of(&parts, &kit);
    let mut response = next.run(Request::from_parts(parts, body)).await;
    let failure = response.extensions_mut().remove::<Failure>().or_else(|| bare(&response));
    let Some(failure) = failure else { return response };
    let brand = response.extensions_mut().remove::<Brand>().unwrap_or_else(|| kit.brand());
    let visit = Visit::new(&kit, &clues);
    let (content_type, text) = if wants_json(&clues) {
        ("application/problem+json", problem(&visit, &failure))
    } else {
        clues.context.browser.remember();
        ("text/html; charset=utf-8", page(visit, brand, &failure))
    };
    // Status and the other headers stay: `Allow`, `Retry-After`, cookies.
    response.headers_mut().remove(CONTENT_LENGTH);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    *response.body_mut() = Body::from(text);
    response
}

/// An error that nobody dressed: no content, or axum's plain words about an extractor (which go to the log).
fn bare(response: &Response) -> Option<Failure> {
    let status = response.status();
    let content_type = response.headers().get(CONTENT_TYPE).map(|value| value.as_bytes());
    let ours = match content_type {
        None => response.body().size_hint().exact() == Some(0) && status != StatusCode::UNAUTHORIZED,
        Some(kind) => {
            kind.starts_with(b"text/plain") && matches!(status.as_u16(), 400 | 404 | 405 | 408 | 413..=415 | 422 | 431)
        }
    };
    ((status.is_client_error() || status.is_server_error()) && ours).then(|| Failure::new(status))
}

fn wants_json(clues: &Clues) -> bool {
    let accept = clues.header("accept").unwrap_or_default();
    clues.uri.path().starts_with("/api/") || (accept.contains("json") && !accept.contains("text/html"))
}

/// Statuses with words of their own; the others share those of 400 and 500.
fn text_of(status: StatusCode, part: &str) -> Message {
    let number = match status.as_u16() {
        known @ (400 | 403 | 404 | 405 | 409 | 410 | 413 | 429 | 500 | 503) => known,
        408 | 504 => 503,
        server if server >= 500 => 500,
        _ => 400,
    };
    Message::new(format!("error-{number}-{part}"))
}

struct Words {
    title: String,
    detail: String,
    lost: String,
}

impl Words {
    fn of(visit: &Visit, failure: &Failure) -> Self {
        let told = failure.told();
        let text = |own: &Option<Message>, part| {
            own.as_ref().map_or_else(|| visit.message(&text_of(told.status, part)), |own| visit.message(own))
        };
        Self {
            title: text(&told.title, "title"),
            detail: text(&told.detail, "detail"),
            lost: visit.message(&told.lost),
        }
    }
}

/// RFC 9457.
fn problem(visit: &Visit, failure: &Failure) -> String {
    let told = failure.told();
    let words = Words::of(visit, failure);
    let mut problem = json!({
        "type": "about:blank",
        "status": told.status.as_u16(),
        "title": words.title,
        "detail": words.detail,
        "reference": visit.request_id,
    });
    if let (Some(code), Some(problem)) = (&told.code, problem.as_object_mut()) {
        problem.insert("code".into(), code.as_str().into());
    }
    problem.to_string()
}

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage<'a> {
    visit: Visit,
    brand: Brand,
    words: Words,
    status: StatusCode,
    code: Option<&'a str>,
    retry_after: Option<u64>,
    next: Option<(&'a str, String)>,
}

fn page(visit: Visit, brand: Brand, failure: &Failure) -> String {
    let told = failure.told();
    let page = ErrorPage {
        words: Words::of(&visit, failure),
        status: told.status,
        code: told.code.as_deref(),
        retry_after: told.retry_after.map(|wait| wait.as_secs().max(1)),
        next: told.next.as_ref().map(|(href, label)| (href.as_str(), visit.message(label))),
        visit,
        brand,
    };
    page.render().unwrap_or_else(|error| {
        tracing::error!(%error, "the error page could not be drawn");
        page.visit.request_id.clone()
    })
}
