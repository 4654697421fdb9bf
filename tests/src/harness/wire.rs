use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::USER_AGENT;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use identity::Identity;
use store::{StoreError, params};
use tokio::sync::watch;

/// The way from the tenant servers to the identity server. While it is whole, their lease is as fresh as a minute's worker
/// keeps it, however far a test moves the clock; a test can cut it.
#[derive(Clone)]
pub struct Wire(Arc<Inner>);

struct Inner {
    identity: Identity,
    cut: AtomicBool,
    of_before: AtomicBool,
    renewed_at: AtomicI64,
    held: watch::Sender<Option<u32>>,
}

impl Wire {
    pub fn new(identity: Identity) -> Self {
        let [cut, of_before] = [(); 2].map(|()| AtomicBool::new(false));
        Self(Arc::new(Inner {
            identity,
            cut,
            of_before,
            renewed_at: AtomicI64::new(0),
            held: watch::Sender::new(None),
        }))
    }

    /// From now on no server's request arrives; browsers' do.
    pub fn is_cut(&self) {
        self.0.cut.store(true, Ordering::SeqCst);
    }

    pub fn is_mended(&self) {
        self.0.cut.store(false, Ordering::SeqCst);
    }

    /// From now on what servers ask is done, and the answers wait.
    pub fn holds_answers(&self) {
        self.0.held.send_replace(Some(0));
    }

    /// So many answers wait.
    pub async fn holds(&self, answers: u32) {
        self.0.held.subscribe().wait_for(|held| held.is_some_and(|held| held >= answers)).await.unwrap();
    }

    /// They arrive, and so do all that follow.
    pub fn lets_go(&self) {
        self.0.held.send_replace(None);
    }

    /// From now on it takes no request that proves a key, as an identity server of before.
    pub fn knows_no_proofs(&self) {
        self.0.of_before.store(true, Ordering::SeqCst);
    }

    /// The identity server's router, reached over this wire.
    pub fn through(&self, router: Router) -> Router {
        router.layer(from_fn_with_state(self.clone(), pass))
    }

    /// As the lease's worker does it, which needs a clock that goes by itself.
    async fn renew(&self) {
        let now = self.0.identity.ambient.now();
        let last = self.0.renewed_at.load(Ordering::SeqCst);
        if now.as_micros() - last < i64::try_from(Duration::from_secs(60).as_micros()).unwrap() {
            return;
        }
        self.0.renewed_at.store(now.as_micros(), Ordering::SeqCst);
        let renewed = self.0.identity.store.write::<_, _, StoreError, _>(now, |tx, now| {
            Box::pin(tx.execute("UPDATE tenant_server SET leased_at = $1", params![now]))
        });
        renewed.await.unwrap();
    }
}

async fn pass(State(wire): State<Wire>, request: Request, next: Next) -> Response {
    let agent = request.headers().get(USER_AGENT).and_then(|agent| agent.to_str().ok()).unwrap_or_default();
    let is_servers = agent.starts_with("latchkey/");
    if !wire.0.cut.load(Ordering::SeqCst) {
        wire.renew().await;
    } else if is_servers {
        return StatusCode::BAD_GATEWAY.into_response();
    }
    if !wire.0.of_before.load(Ordering::SeqCst) || request.uri().path() != "/api/v1/tenant-servers/enrol" {
        let answer = next.run(request).await;
        if is_servers {
            wire.0.held.send_modify(|held| *held = held.map(|held| held + 1));
            wire.0.held.subscribe().wait_for(Option::is_none).await.unwrap();
        }
        return answer;
    }
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, 100_000).await.unwrap();
    if serde_json::from_slice::<serde_json::Value>(&body).unwrap().get("proof").is_some() {
        let refusal = r#"{"error":"invalid_request","error_description":"code, server_key and client_keys"}"#;
        return (StatusCode::BAD_REQUEST, refusal).into_response();
    }
    next.run(Request::from_parts(parts, Body::from(body))).await
}
