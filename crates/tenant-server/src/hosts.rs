//! Which tenant a request is for: the one whose configured host it names, and no other (WEB-04, TN-02).

use std::collections::HashMap;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::HOST;
use axum::response::{IntoResponse, Response};
use tower::ServiceExt;
use url::Url;

/// `host` or `host:port`, as a `Host` header names this origin.
pub(crate) fn authority(base_url: &Url) -> String {
    let host = base_url.host_str().unwrap_or_default().to_ascii_lowercase();
    // `Url` drops a scheme's own port, as browsers do in `Host`.
    base_url.port().map_or(host.clone(), |port| format!("{host}:{port}"))
}

/// One router for all tenants.
pub(crate) fn router(by_host: HashMap<String, Router>) -> Router {
    Router::new().fallback(dispatch).with_state(Arc::new(by_host))
}

async fn dispatch(State(by_host): State<Arc<HashMap<String, Router>>>, request: Request<Body>) -> Response {
    let named = request.headers().get(HOST).and_then(|host| host.to_str().ok()).map(str::to_ascii_lowercase);
    let named = named.or_else(|| request.uri().authority().map(|authority| authority.as_str().to_ascii_lowercase()));
    match named.and_then(|host| by_host.get(&host)) {
        Some(router) => router.clone().oneshot(request).await.into_response(),
        // RFC 9110 §15.5.20. No page: there is no tenant whose it would be.
        None => (StatusCode::MISDIRECTED_REQUEST, "No instance answers under this name.\n").into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_named_as_browsers_do() {
        for (url, host) in [
            ("https://Acme.example/", "acme.example"),
            ("https://acme.example:443", "acme.example"),
            ("http://127.0.0.2:8401", "127.0.0.2:8401"),
            ("http://[::1]:80", "[::1]"),
        ] {
            assert_eq!(authority(&url.parse().unwrap()), host);
        }
    }
}
