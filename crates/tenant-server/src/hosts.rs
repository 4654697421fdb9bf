//! Which tenant a request is for: the one whose configured host it names, and no other (WEB-04, TN-02). The map grows while
//! it serves: a tenant that enrols, here or at another process, is there from then on. No lock is held across an `await`.

use std::collections::HashMap;
use std::sync::{Arc, RwLock};

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::{HOST, RETRY_AFTER};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Router};
use tenant::control::Standing;
use tower::ServiceExt;
use url::Url;
use webkit::{Kit, KitConfig};

use crate::slot::{Open, Slot};
use crate::{LOCALES, TenantServer};

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

    /// Puts a tenant at its host; false if another one is there that is not gone.
    pub(crate) fn put(&self, host: String, slot: Arc<Slot>) -> bool {
        let Ok(mut map) = self.0.write() else { return false };
        let gone = |known: &Slot| known.served().is_some_and(|served| served.standing == Standing::Deleted);
        let taken = |known: &Arc<Slot>| known.id() != slot.id() && !gone(known);
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

/// One router for all tenants. Each has its own layers; what no tenant answers goes through the same ones (WEB-01).
pub(crate) fn router(server: &TenantServer) -> Router {
    let nobody = webkit::layers(Router::new().fallback(refuse), &nobodys_kit(server), &[]);
    Router::new().fallback(dispatch).with_state((server.clone(), nobody))
}

/// Without a tenant there is no https to insist on, and nothing to sign.
fn nobodys_kit(server: &TenantServer) -> Kit {
    let config = &server.0.config;
    Kit::new(KitConfig {
        texts: &LOCALES,
        product: config.product.clone(),
        cookie_prefix: "t".to_owned(),
        secure: false,
        csrf_key: config.master_key.derive("csrf of no tenant"),
        ambient: config.ambient.clone(),
    })
}

/// Why no tenant answers. No pages: there is no tenant whose they would be.
#[derive(Clone, Copy)]
enum Refusal {
    /// RFC 9110 §15.5.20.
    Misdirected,
    /// It cannot be opened.
    Broken,
}

async fn refuse(Extension(refusal): Extension<Refusal>) -> Response {
    match refusal {
        Refusal::Misdirected => {
            (StatusCode::MISDIRECTED_REQUEST, "No instance answers under this name.\n").into_response()
        }
        Refusal::Broken => {
            let text = "This instance cannot be opened at the moment.\n";
            (StatusCode::SERVICE_UNAVAILABLE, [(RETRY_AFTER, "30")], text).into_response()
        }
    }
}

async fn dispatch(State((server, nobody)): State<(TenantServer, Router)>, mut request: Request<Body>) -> Response {
    let router = match find(&server, named(&request)).await {
        Ok(open) => open.router,
        Err(refusal) => {
            request.extensions_mut().insert(refusal);
            nobody
        }
    };
    router.oneshot(request).await.into_response()
}

/// The host that a request asks for.
fn named(request: &Request<Body>) -> Option<String> {
    let named = request.headers().get(HOST).and_then(|host| host.to_str().ok()).map(str::to_ascii_lowercase);
    named.or_else(|| request.uri().authority().map(|authority| authority.as_str().to_ascii_lowercase()))
}

async fn find(server: &TenantServer, named: Option<String>) -> Result<Open, Refusal> {
    let slot = match named {
        Some(host) => server.place(&host).await,
        None => None,
    };
    let slot = slot.ok_or(Refusal::Misdirected)?;
    server.opened(&slot).await.map_err(|error| {
        tracing::error!(%error, "a tenant cannot be opened");
        Refusal::Broken
    })
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
