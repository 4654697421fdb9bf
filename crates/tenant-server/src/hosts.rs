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
use uuid::Uuid;
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
pub(crate) struct Hosts(RwLock<Places>);

#[derive(Default)]
struct Places {
    by_host: HashMap<String, Arc<Slot>>,
    /// Where each tenant lives, by id.
    hosts: HashMap<Uuid, String>,
    /// The ids of tenants by short name, which no tenant changes.
    ids: HashMap<String, Uuid>,
}

impl Places {
    fn of(&self, id: Uuid) -> Option<&Arc<Slot>> {
        self.by_host.get(self.hosts.get(&id)?)
    }

    /// Nobody is at this host any more.
    fn clear(&mut self, host: &str) {
        let Some(slot) = self.by_host.remove(host) else { return };
        self.hosts.remove(&slot.id());
        if let Some(served) = slot.served() {
            self.ids.remove(&served.slug);
        }
    }
}

impl Hosts {
    pub(crate) fn get(&self, host: &str) -> Option<Arc<Slot>> {
        self.0.read().ok()?.by_host.get(host).cloned()
    }

    /// Puts a tenant at its host; false if another one is there that is not gone.
    pub(crate) fn put(&self, host: String, slot: Arc<Slot>) -> bool {
        let (Ok(mut places), Some(served)) = (self.0.write(), slot.served()) else { return false };
        let gone = |known: &Slot| known.served().is_some_and(|served| served.standing == Standing::Deleted);
        let taken = |known: &Arc<Slot>| known.id() != slot.id() && !gone(known);
        if places.by_host.get(&host).is_some_and(taken) {
            return false;
        }
        places.clear(&host);
        // It may have lived elsewhere before.
        if let Some(before) = places.hosts.get(&slot.id()).cloned() {
            places.clear(&before);
        }
        places.hosts.insert(slot.id(), host.clone());
        places.ids.insert(served.slug, slot.id());
        places.by_host.insert(host, slot);
        true
    }

    pub(crate) fn all(&self) -> Vec<Arc<Slot>> {
        self.0.read().map(|places| places.by_host.values().cloned().collect()).unwrap_or_default()
    }

    pub(crate) fn of(&self, id: Uuid) -> Option<Arc<Slot>> {
        self.0.read().ok()?.of(id).cloned()
    }

    pub(crate) fn called(&self, slug: &str) -> Option<Arc<Slot>> {
        let places = self.0.read().ok()?;
        places.of(*places.ids.get(slug)?).cloned()
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
