//! The one way in: TCP, TLS if there is any, HTTP. Used by the demo and by `serve` alike.
//!
//! ```text
//! accept ─▶ handshake (10 s) ─▶ request head (15 s) ─▶ router, with the client's address
//!   │ stop
//!   └─▶ no more accepts ─▶ open connections finish their request (`DRAIN`) ─▶ the rest is cut off
//! ```

mod proxy;
mod tls;

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::HeaderMap;
use axum::http::header::ACCEPT;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use jobs::people;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt;

pub use proxy::{Network, Proxy};
pub use tls::{CertificateFiles, Tls, TlsError};

/// How long a handshake, and then the head of each request, may take (REL-19).
const HANDSHAKE: Duration = Duration::from_secs(10);
const REQUEST_HEAD: Duration = Duration::from_secs(15);
/// How long open requests may go on after a stop.
const DRAIN: Duration = Duration::from_secs(20);
/// How long a stop goes on taking connections from the system's queue, and waits for a new connection's first request.
const QUEUE: Duration = Duration::from_secs(1);
const FIRST_REQUEST: Duration = Duration::from_secs(2);
/// The wait after an accept that failed for want of resources, such as file handles.
const BREATH: Duration = Duration::from_millis(100);

/// What a listener does with a connection before its requests reach the router.
#[derive(Clone, Default)]
pub struct Entry {
    /// TLS, if it ends here.
    pub tls: Option<Tls>,
    /// Whose word on the client's address counts.
    pub proxy: Proxy,
}

/// Binds an address; a busy one is told apart.
pub async fn bind(address: SocketAddr) -> Result<TcpListener, BindError> {
    TcpListener::bind(address).await.map_err(|source| match source.kind() {
        io::ErrorKind::AddrInUse => BindError::InUse(address),
        _ => BindError::Other { address, source },
    })
}

/// Why an address cannot be listened on.
#[derive(Debug, thiserror::Error)]
pub enum BindError {
    /// Somebody else does.
    #[error("{0} is in use")]
    InUse(SocketAddr),
    /// Anything else.
    #[error("cannot listen on {address}: {source}")]
    Other {
        /// Which one.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
}

/// Serves until cancelled, then lets open requests finish.
pub async fn serve(listener: TcpListener, entry: Entry, router: Router, stop: CancellationToken) {
    let open = TaskTracker::new();
    let take = |(stream, peer): (TcpStream, SocketAddr)| {
        open.spawn(enter(stream, peer, entry.clone(), router.clone(), stop.clone()));
    };
    loop {
        tokio::select! {
            () = stop.cancelled() => break,
            accepted = listener.accept() => match accepted {
                Ok(accepted) => take(accepted),
                Err(error) => {
                    tracing::warn!(%error, "a connection was not accepted");
                    tokio::time::sleep(BREATH).await;
                }
            },
        }
    }
    // Whoever stands in the system's queue has been let in, as far as they know.
    let queue = async {
        while let Ok(Ok(accepted)) = tokio::time::timeout(BREATH, listener.accept()).await {
            take(accepted);
        }
    };
    let _ended = tokio::time::timeout(QUEUE, queue).await;
    drop(listener);
    open.close();
    if tokio::time::timeout(DRAIN, open.wait()).await.is_err() {
        tracing::warn!("some requests were cut off");
    }
}

async fn enter(stream: TcpStream, peer: SocketAddr, entry: Entry, router: Router, stop: CancellationToken) {
    match entry.tls {
        None => converse(stream, peer, entry.proxy, router, stop).await,
        Some(tls) => {
            if let Ok(Ok(stream)) = tokio::time::timeout(HANDSHAKE, tls.accept(stream)).await {
                converse(stream, peer, entry.proxy, router, stop).await;
            }
        }
    }
}

/// A browser on its way to a page says so (WHATWG Fetch: the `Accept` of a document); programs, and what pages ask for by themselves, do not.
fn is_for_a_page(headers: &HeaderMap) -> bool {
    headers.get(ACCEPT).and_then(|accept| accept.to_str().ok()).is_some_and(|accept| accept.contains("text/html"))
}

/// Answers the requests of one connection. What the other side breaks off is no trouble of ours.
async fn converse<S>(stream: S, peer: SocketAddr, proxy: Proxy, router: Router, stop: CancellationToken)
where
    S: AsyncRead + AsyncWrite + Unpin + 'static,
{
    let asked = CancellationToken::new();
    let first = asked.clone();
    let service = hyper::service::service_fn(move |request: hyper::Request<Incoming>| {
        first.cancel();
        let mut request = request.map(Body::new);
        let client = proxy.client(peer, request.headers());
        request.extensions_mut().insert(ConnectInfo(client));
        let waiting = is_for_a_page(request.headers()).then(people::somebody_waits);
        let answer = router.clone().oneshot(request);
        async move {
            let answer = answer.await;
            drop(waiting);
            answer
        }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(REQUEST_HEAD)
        .serve_connection(TokioIo::new(stream), service);
    let mut connection = std::pin::pin!(connection);
    // A new connection's first request is on its way: it is answered after a stop too.
    let leaving = async {
        stop.cancelled().await;
        let _asked = tokio::time::timeout(FIRST_REQUEST, asked.cancelled()).await;
    };
    let outcome = tokio::select! {
        outcome = connection.as_mut() => outcome,
        () = leaving => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = outcome {
        tracing::debug!(%error, %peer, "a connection broke off");
    }
}
