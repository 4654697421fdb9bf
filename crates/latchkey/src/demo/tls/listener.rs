use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use axum::serve::Listener;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tokio_util::sync::CancellationToken;

/// How long a handshake may take.
const HANDSHAKE: Duration = Duration::from_secs(5);
/// How many finished handshakes may wait to be served.
const WAITING: usize = 128;

type Accepted = (TlsStream<TcpStream>, SocketAddr);

/// Connections whose handshake is done. Handshakes run beside each other: a slow one holds up nobody.
pub struct TlsListener {
    accepted: mpsc::Receiver<Accepted>,
    address: SocketAddr,
}

impl TlsListener {
    /// Starts taking connections, until cancelled.
    pub fn start(listener: TcpListener, acceptor: TlsAcceptor, cancel: CancellationToken) -> io::Result<Self> {
        let address = listener.local_addr()?;
        let (sender, accepted) = mpsc::channel(WAITING);
        tokio::spawn(async move {
            tokio::select! {
                () = cancel.cancelled() => {}
                () = take(listener, acceptor, sender) => {}
            }
        });
        Ok(Self { accepted, address })
    }
}

async fn take(mut listener: TcpListener, acceptor: TlsAcceptor, sender: mpsc::Sender<Accepted>) {
    loop {
        let (stream, peer) = Listener::accept(&mut listener).await;
        let (acceptor, sender) = (acceptor.clone(), sender.clone());
        tokio::spawn(async move {
            if let Ok(Ok(stream)) = tokio::time::timeout(HANDSHAKE, acceptor.accept(stream)).await {
                let _stopped = sender.send((stream, peer)).await;
            }
        });
    }
}

impl Listener for TlsListener {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> Accepted {
        match self.accepted.recv().await {
            Some(accepted) => accepted,
            // Cancelled: the server is about to stop asking.
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        Ok(self.address)
    }
}
