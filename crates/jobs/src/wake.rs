use std::sync::Arc;

use tokio::sync::Notify;

/// Wakes one worker: whoever has committed work for it rings. Cheap to clone; one per worker.
#[derive(Debug, Clone, Default)]
pub struct Wake(Arc<Notify>);

impl Wake {
    /// A bell that nobody has rung yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Says that there is work. Rung during a tick, the worker ticks once more after it, so nothing is missed; rung several
    /// times, that counts once. Ring after the commit, never inside the write closure.
    pub fn ring(&self) {
        self.0.notify_one();
    }

    /// Waits for the next ring, or takes the one that came before.
    pub async fn rung(&self) {
        self.0.notified().await;
    }
}
