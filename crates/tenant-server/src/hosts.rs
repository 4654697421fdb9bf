//! Which tenant a request is for: the one whose configured host it names, and no other (WEB-04, TN-02). The map grows while
//! it serves: a tenant that enrols, here or at another process, is there from then on. No lock is held across an `await`.

use std::collections::HashMap;
use std::sync::{Arc, RwLock};

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::{HOST, RETRY_AFTER};
use axum::response::{IntoResponse, Response};
use tower::ServiceExt;
use url::Url;

use crate::TenantServer;
use crate::slot::Slot;

/// `host` or `host:port`, as a `Host` header names this origin.
pub(crate) fn authority(base_url: &Url) -> String {
    let host = base_url.host_str().unwrap_or_default().to_ascii_lowercase();
    // `Url` drops a scheme's own port, as browsers do in `Host`.
    base_url.port().map_or(host.clone(), |port| format!("{host}:{port}"))
}

/// The tenants by host.
#[derive(Default)]
pub(crate) struct Hosts(RwLock<HashMap<String, Arc<Slot>>>);

impl Hosts {
    pub(crate) fn get(&self, host: &str) -> Option<Arc<Slot>> {
        self.0.read().ok()?.get(host).cloned()
    }

    /// Puts a tenant at its host; false if another one is there.
    pub(crate) fn put(&self, host: String, slot: Arc<Slot>) -> bool {
        let Ok(mut map) = self.0.write() else { return false };
        let taken = |known: &Arc<Slot>| known.id() != slot.id();
        if map.get(&host).is_some_and(taken) {
            return false;
        }
        // It may have lived elsewhere before.
        map.retain(|_, known| known.id() != slot.id());
        map.insert(host, slot);
        true
    }

    pub(crate) fn all(&self) -> Vec<Arc<Slot>> {
        self.0.read().map(|map| map.values().cloned().collect()).unwrap_or_default()
    }

    pub(crate) fn find(&self, is: impl Fn(&Slot) -> bool) -> Option<Arc<Slot>> {
        self.0.read().ok()?.values().find(|slot| is(slot)).cloned()
    }
}

/// One router for all tenants.
pub(crate) fn router(server: &TenantServer) -> Router {
    Router::new().fallback(dispatch).with_state(server.clone())
}

async fn dispatch(State(server): State<TenantServer>, request: Request<Body>) -> Response {
    let named = request.headers().get(HOST).and_then(|host| host.to_str().ok()).map(str::to_ascii_lowercase);
    let named = named.or_else(|| request.uri().authority().map(|authority| authority.as_str().to_ascii_lowercase()));
    let slot = match named {
        Some(host) => server.place(&host).await,
        None => None,
    };
    let Some(slot) = slot else {
        // RFC 9110 §15.5.20. No page: there is no tenant whose it would be.
        return (StatusCode::MISDIRECTED_REQUEST, "No instance answers under this name.\n").into_response();
    };
    match server.opened(&slot).await {
        Ok(open) => open.router.oneshot(request).await.into_response(),
        Err(error) => {
            tracing::error!(%error, "a tenant cannot be opened");
            (StatusCode::SERVICE_UNAVAILABLE, [(RETRY_AFTER, "30")], "This instance cannot be opened at the moment.\n")
                .into_response()
        }
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
