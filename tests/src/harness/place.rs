use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// One server of the world: a tenant, an application, or the identity server.
#[derive(Clone)]
pub struct Place {
    /// Tenant slug or client id.
    pub slug: &'static str,
    pub name: &'static str,
    /// Its origin, without a trailing slash.
    pub base: String,
    down: Arc<AtomicBool>,
}

impl Place {
    /// Binds a free port on a loopback address of its own, since cookies ignore ports.
    pub async fn bind(slug: &'static str, name: &'static str, ip: &str, host: &str) -> (Self, TcpListener) {
        let listener = TcpListener::bind((ip, 0)).await.unwrap();
        let base = format!("http://{host}:{}", listener.local_addr().unwrap().port());
        (Self { slug, name, base, down: Arc::default() }, listener)
    }

    /// The same as `Host` names it.
    pub fn authority(&self) -> &str {
        self.base.trim_start_matches("http://")
    }

    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    /// The id that its slug stands for, as in the demo.
    pub fn id(&self) -> Uuid {
        let mut bytes = [0; 16];
        bytes.iter_mut().zip(self.slug.bytes()).for_each(|(byte, letter)| *byte = letter);
        uuid::Builder::from_custom_bytes(bytes).into_uuid()
    }

    /// From now on it answers 503, as a proxy does whose server is away.
    pub fn goes_down(&self) {
        self.down.store(true, Ordering::SeqCst);
    }

    pub fn comes_back(&self) {
        self.down.store(false, Ordering::SeqCst);
    }

    /// Serves until cancelled.
    pub fn serve(&self, listener: TcpListener, router: Router, cancel: &CancellationToken) {
        let (router, cancel) = (router.layer(from_fn_with_state(self.down.clone(), gate)), cancel.clone());
        let service = router.into_make_service_with_connect_info::<SocketAddr>();
        tokio::spawn(async move {
            tokio::select! {
                () = cancel.cancelled() => {}
                served = axum::serve(listener, service) => served.unwrap(),
            }
        });
    }
}

async fn gate(State(down): State<Arc<AtomicBool>>, request: Request, next: Next) -> Response {
    if down.load(Ordering::SeqCst) {
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    next.run(request).await
}

/// What a browser can be sent to.
pub trait Address {
    fn address(&self) -> String;
}

impl Address for Place {
    fn address(&self) -> String {
        self.url("/")
    }
}

impl Address for String {
    fn address(&self) -> String {
        self.clone()
    }
}

impl Address for str {
    fn address(&self) -> String {
        self.to_owned()
    }
}
