//! The middleware that every route gets, errors included (SECURITY-BAR WEB-01).

mod context;
mod fetch_site;
mod headers;
mod pages;
mod patience;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;

use std::any::Any;

use axum::Router;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, MatchedPath, Request};
use axum::http::header::CONTENT_TYPE;
use axum::http::{Extensions, HeaderMap, StatusCode, Version};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::trace::{DefaultOnFailure, DefaultOnResponse, TraceLayer};
use tracing::{Level, Span};

use crate::{Failure, Kit};

pub(crate) use context::Clues;
pub use context::RequestId;
pub use headers::{ContentSecurityPolicy, PublicDocument};

/// The largest request body, in bytes, unless a route has a `DefaultBodyLimit` of its own.
pub const BODY_LIMIT: usize = 64 * 1024;

/// Wraps a server's finished router. `cross_site_posts` are the paths that other sites may post to: protocol endpoints
/// whose callers are authenticated otherwise, such as `/token`. One that ends in `/` means everything below.
pub fn layers(router: Router, kit: &Kit, cross_site_posts: &'static [&'static str]) -> Router {
    layers_with(router, kit, Exceptions { cross_site_posts, ..Exceptions::default() })
}

/// For which paths a layer is another.
#[derive(Debug, Clone, Copy, Default)]
pub struct Exceptions {
    /// See [`layers()`].
    pub cross_site_posts: &'static [&'static str],
    /// Those that take files, for which a slow network needs minutes.
    pub slow_posts: &'static [&'static str],
}

/// [`layers()`] with more exceptions.
pub fn layers_with(router: Router, kit: &Kit, exceptions: Exceptions) -> Router {
    let Exceptions { cross_site_posts, slow_posts } = exceptions;
    // The last layer is the outermost one.
    router
        .layer(CatchPanicLayer::custom(panicked))
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(from_fn_with_state(slow_posts, patience::limit))
        .layer(from_fn_with_state(cross_site_posts, fetch_site::guard))
        .layer(from_fn_with_state(kit.clone(), pages::draw))
        .layer(CompressionLayer::new().compress_when(is_page))
        .layer(from_fn_with_state(kit.clone(), headers::secure))
        .layer(
            TraceLayer::new_for_http()
                .make_span_with(span)
                .on_response(DefaultOnResponse::new().level(Level::DEBUG))
                .on_failure(DefaultOnFailure::new().level(Level::WARN)),
        )
        .layer(from_fn_with_state(kit.clone(), context::establish))
}

/// No query strings: they carry codes, states and login hints. No path values either, where the route is known.
fn span(request: &Request) -> Span {
    let matched = request.extensions().get::<MatchedPath>().map(MatchedPath::as_str);
    let path = matched.unwrap_or_else(|| request.uri().path());
    let id = request.extensions().get::<RequestId>().map(|id| id.to_string()).unwrap_or_default();
    tracing::info_span!("request", method = %request.method(), path, id)
}

/// Pages and their parts are compressed. Protocol answers are not: they mix secrets with what others sent (BREACH).
fn is_page(_: StatusCode, _: Version, headers: &HeaderMap, _: &Extensions) -> bool {
    headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).is_some_and(|value| {
        ["text/html", "text/css", "text/javascript", "image/svg+xml"].iter().any(|kind| value.starts_with(kind))
    })
}

fn panicked(panic: Box<dyn Any + Send + 'static>) -> Response<Body> {
    let words = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
    Failure::internal(format!("a handler panicked: {}", words.unwrap_or("without words"))).into_response()
}
