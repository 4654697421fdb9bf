use std::time::Duration;

use axum::Router;
use jobs::{Progress, Wake, Worker};
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::notify;
use super::operations::{self, Ready};
use crate::listen::{self, Entry, Tls, TlsError};
use crate::signals;

/// How often certificate files are looked at.
const LOOK: Duration = Duration::from_secs(10);

/// Everything that runs, until a signal.
pub struct Running {
    pub listener: TcpListener,
    pub entry: Entry,
    pub router: Router,
    /// Where metrics are shown, if they are.
    pub operations: Option<TcpListener>,
    pub ready: Ready,
    pub workers: Vec<Worker>,
    /// Ends the workers.
    pub cancel: CancellationToken,
}

impl Running {
    /// Serves, and carries out commands; returns when everything has ended.
    pub async fn until_stopped<C>(self, commands: impl FnOnce(CancellationToken) -> C) -> anyhow::Result<()>
    where
        C: Future<Output = ()> + Send + 'static,
    {
        let (stop, mut servers, mut workers) = (CancellationToken::new(), JoinSet::new(), self.workers);
        let mut router = self.router;
        if let Some(listener) = self.operations {
            let shown = operations::router(operations::recorder()?, self.ready);
            router = operations::counted(router);
            servers.spawn(listen::serve(listener, Entry::default(), shown, stop.clone()));
        }
        if let Some(tls) = self.entry.tls.clone() {
            workers.push(certificate_reloads(tls, &self.cancel));
        }
        let address = self.listener.local_addr()?;
        servers.spawn(listen::serve(self.listener, self.entry, router, stop.clone()));
        servers.spawn(commands(stop.clone()));
        tracing::info!(%address, "ready");
        notify::tell("READY=1");
        signals::stop().await?;
        tracing::info!("stopping: open requests finish first");
        notify::tell("STOPPING=1");
        stop.cancel();
        while servers.join_next().await.is_some() {}
        self.cancel.cancel();
        for worker in workers {
            worker.stopped().await;
        }
        Ok(())
    }
}

fn certificate_reloads(tls: Tls, cancel: &CancellationToken) -> Worker {
    Worker::spawn("certificate reloads", cancel, Wake::new(), LOOK, move || {
        let tls = tls.clone();
        async move {
            if tls.reload()? {
                tracing::info!("a new certificate is shown");
            }
            Ok::<_, TlsError>(Progress::Idle)
        }
    })
}
