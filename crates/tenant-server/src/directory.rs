//! What other processes do with the tenants of the same control database: enrol them, open them, hear that they are suspended.
//!
//! ```text
//! every quarter of a second ─▶ what was changed since? ─▶ unknown here: it gets its place
//!                                                      ─▶ only marked: something may wait for delivery, the lease sees to it
//!                                                      ─▶ anything else: opened anew from the database
//! a request for a host that is unknown here ─▶ the same, once in that time at most: a flood of them costs no query each
//! ```

use std::sync::{Arc, Mutex};
use std::time::Duration;

use ambient::Timestamp;
use jobs::{Progress, Wake, Worker};
use store::StoreError;
use tenant::control::{self, Cursor, Served};
use tokio_util::sync::CancellationToken;

use crate::error::damaged;
use crate::slot::Slot;
use crate::{OpenError, TenantServer};

/// How often it is asked what was changed (DESIGN §5).
const EVERY: Duration = Duration::from_millis(250);

/// How far this process has read, and when it last read because of a stranger.
pub(crate) struct Directory {
    cursor: tokio::sync::Mutex<Cursor>,
    looked_at: Mutex<Option<Timestamp>>,
}

impl Directory {
    pub(crate) fn read_until(cursor: Cursor) -> Self {
        Self { cursor: tokio::sync::Mutex::new(cursor), looked_at: Mutex::default() }
    }

    /// Whether it is time to look again for a host that is unknown.
    fn may_look(&self, now: Timestamp) -> bool {
        let Ok(mut looked_at) = self.looked_at.lock() else { return false };
        let may = looked_at.is_none_or(|last| now.since(last) >= EVERY);
        if may {
            *looked_at = Some(now);
        }
        may
    }
}

/// One worker, where there may be other processes.
pub(crate) fn spawn(server: &TenantServer, cancel: &CancellationToken) -> Option<Worker> {
    let worker = || {
        let server = server.clone();
        Worker::spawn("tenant directory", cancel, Wake::new(), EVERY, move || {
            let server = server.clone();
            async move { server.catch_up().await.map(|()| Progress::Idle) }
        })
    };
    server.0.config.databases.is_shared().then(worker)
}

impl TenantServer {
    /// The tenant of a host.
    pub(crate) async fn place(&self, host: &str) -> Option<Arc<Slot>> {
        if let Some(slot) = self.hosts().get(host) {
            return Some(slot);
        }
        if self.0.directory.may_look(self.0.config.ambient.now()) {
            if let Err(error) = self.catch_up().await {
                tracing::warn!(%error, "the control database cannot be asked for a host");
            }
        } else {
            // Somebody else may be looking just now.
            drop(self.0.directory.cursor.lock().await);
        }
        self.hosts().get(host)
    }

    /// Takes over what other processes changed since this was last called.
    ///
    /// # Errors
    /// The control database's. A tenant that cannot be taken over is logged, and does not hold up the others.
    pub async fn catch_up(&self) -> Result<(), StoreError> {
        let mut cursor = self.0.directory.cursor.lock().await;
        loop {
            let changed = control::changes_since(&mut self.0.control.read().await?, *cursor).await?;
            let Some(last) = changed.last() else { return Ok(()) };
            let next = Cursor::after(last);
            for served in changed {
                if let Err(error) = self.take_over(served).await {
                    tracing::error!(%error, "a change of another process cannot be taken over");
                }
            }
            *cursor = next;
        }
    }

    async fn take_over(&self, served: Served) -> Result<(), OpenError> {
        let Some(slot) = self.hosts().of(served.id) else {
            return self.take_in(served).map(|_| ());
        };
        let before = slot.served().ok_or_else(damaged)?;
        if before.changed >= served.changed {
            // It was this process that changed it.
            return Ok(());
        }
        if served.marked && before == (Served { marked: false, changed: before.changed, ..served.clone() }) {
            slot.learn(served);
            return Ok(());
        }
        self.move_in(&slot, &served)?;
        self.reopen(&slot, served).await
    }

    /// Enrolled anew, it may have another address.
    fn move_in(&self, slot: &Arc<Slot>, served: &Served) -> Result<(), OpenError> {
        let host = crate::hosts::authority(&crate::assemble::origin(served)?);
        if self.hosts().put(host, slot.clone()) { Ok(()) } else { Err(OpenError::Duplicate(served.slug.clone())) }
    }
}
