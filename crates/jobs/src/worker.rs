use std::fmt::Display;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures_util::FutureExt;
use tokio::task::JoinHandle;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tracing::Instrument;

use crate::{Wake, people, retry_after};

/// While people wait, a loop rests so many times as long as its tick took: it takes a quarter of the time at most.
const STEPS_BACK: u32 = 3;
/// The longest such rest: a tick that waited for somebody else was not in anybody's way.
const LONGEST: Duration = Duration::from_millis(250);

/// What a tick found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// It did a batch and there may be more: tick again at once.
    More,
    /// Nothing is due: rest.
    Idle,
}

/// A running background loop. Dropping it lets the loop run on; its token stops it.
#[derive(Debug)]
pub struct Worker(JoinHandle<()>);

impl Worker {
    /// Starts a loop that calls `tick` until `cancel` is cancelled.
    ///
    /// `name` stands in the log. After [`Progress::Idle`] the loop rests until `wake` rings or `idle` has passed. An error or a
    /// panic of a tick is logged and waited out ([`retry_after`], whatever rings), and never ends the loop.
    pub fn spawn<T, F, E>(name: &'static str, cancel: &CancellationToken, wake: Wake, idle: Duration, tick: T) -> Self
    where
        T: FnMut() -> F + Send + 'static,
        F: Future<Output = Result<Progress, E>> + Send + 'static,
        E: Display + Send + 'static,
    {
        let cancel = cancel.clone();
        let span = tracing::info_span!("worker", name);
        Self(tokio::spawn(run(name, cancel, wake, idle, tick).instrument(span)))
    }

    /// Waits until the loop has ended, after its token was cancelled: a clean shutdown lets the last tick finish.
    pub async fn stopped(self) {
        if let Err(error) = self.0.await {
            tracing::error!(%error, "a worker ended in an unforeseen way");
        }
    }
}

async fn run<T, F, E>(name: &'static str, cancel: CancellationToken, wake: Wake, idle: Duration, mut tick: T)
where
    T: FnMut() -> F,
    F: Future<Output = Result<Progress, E>>,
    E: Display,
{
    let mut failures: u32 = 0;
    while !cancel.is_cancelled() {
        let begun = Instant::now();
        // The future is made inside, so that a panic before its first await is caught too.
        let outcome = AssertUnwindSafe(async { tick().await }).catch_unwind().await;
        let trouble = match outcome {
            Ok(Ok(progress)) => {
                failures = 0;
                match progress {
                    // A worker with much to do lets others have their turn, and people first.
                    Progress::More if people::do_wait() => {
                        let rest = (begun.elapsed() * STEPS_BACK).min(LONGEST);
                        let _cancelled = cancel.run_until_cancelled(tokio::time::sleep(rest)).await;
                    }
                    Progress::More => tokio::task::yield_now().await,
                    Progress::Idle => rest(&cancel, &wake, idle).await,
                }
                continue;
            }
            Ok(Err(error)) => error.to_string(),
            Err(_) => "it panicked".to_owned(),
        };
        failures = failures.saturating_add(1);
        let wait = retry_after(failures);
        tracing::warn!(worker = name, %trouble, failures, wait_seconds = wait.as_secs(), "a tick failed");
        let _cancelled = cancel.run_until_cancelled(tokio::time::sleep(wait)).await;
    }
}

async fn rest(cancel: &CancellationToken, wake: &Wake, idle: Duration) {
    tokio::select! {
        () = cancel.cancelled() => {}
        () = wake.rung() => {}
        () = tokio::time::sleep(idle) => {}
    }
}
