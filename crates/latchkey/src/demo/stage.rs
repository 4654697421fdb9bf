use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use anyhow::{Context, bail};
use axum::Router;
use axum::serve::ListenerExt;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::layout::{Layout, Place};
use super::open::House;
use super::tls::Tls;

/// How long open connections may finish after a stop.
const DRAIN: Duration = Duration::from_secs(3);

/// Every port, bound before anything else happens: a busy one is told before the data is touched.
pub struct Stage {
    listeners: Vec<(Place, TcpListener)>,
}

impl Stage {
    /// Binds them all.
    pub async fn bind(layout: Layout) -> anyhow::Result<Self> {
        let mut listeners = Vec::with_capacity(Place::ALL.len());
        for place in Place::ALL {
            let socket = layout.socket(place);
            match TcpListener::bind(socket).await {
                Ok(listener) => listeners.push((place, listener)),
                Err(error) if error.kind() == io::ErrorKind::AddrInUse => bail!(
                    "{socket} is in use, by another demo perhaps; stop that, or choose other ports with --port-base and another folder with --data"
                ),
                Err(error) => return Err(error).with_context(|| format!("cannot listen on {socket}")),
            }
        }
        Ok(Self { listeners })
    }

    /// Takes the listener of a place.
    pub fn take(&mut self, place: Place) -> anyhow::Result<TcpListener> {
        let index = self.listeners.iter().position(|(other, _)| *other == place).context("a port taken twice")?;
        Ok(self.listeners.swap_remove(index).1)
    }

    /// Serves every place until cancelled.
    pub fn serve(mut self, house: House, tls: Option<Tls>, cancel: &CancellationToken) -> anyhow::Result<Running> {
        let mut tasks = JoinSet::new();
        for (place, router) in house.routers {
            let (listener, tls, cancel) = (self.take(place)?, tls.clone(), cancel.clone());
            tasks.spawn(async move {
                if let Err(error) = serve(listener, tls, router, cancel).await {
                    tracing::error!(%error, ?place, "a server ended");
                }
            });
        }
        Ok(Running { tasks, workers: house.workers })
    }
}

async fn serve(listener: TcpListener, tls: Option<Tls>, router: Router, cancel: CancellationToken) -> io::Result<()> {
    let stop = cancel.clone().cancelled_owned();
    // TapIo tells the peer's address of any listener.
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    match tls {
        Some(tls) => {
            axum::serve(tls.listen(listener, cancel)?.tap_io(|_| {}), service).with_graceful_shutdown(stop).await
        }
        None => axum::serve(listener, service).with_graceful_shutdown(stop).await,
    }
}

/// What runs until it is cancelled.
pub struct Running {
    tasks: JoinSet<()>,
    workers: Vec<jobs::Worker>,
}

impl Running {
    /// Waits until everything has ended; open connections get a few seconds.
    pub async fn ended(mut self) {
        let drained = async {
            while self.tasks.join_next().await.is_some() {}
            for worker in self.workers {
                worker.stopped().await;
            }
        };
        if tokio::time::timeout(DRAIN, drained).await.is_err() {
            tracing::warn!("some connections were cut off");
        }
    }
}
