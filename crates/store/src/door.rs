//! The one write door on SQLite: one task owns the one writing connection.
//!
//! ```text
//! caller ──job──▶ queue ──▶ BEGIN IMMEDIATE
//!                            closure                           (or ROLLBACK, and BEGIN anew)
//!                            SAVEPOINT · closure · RELEASE     while more jobs wait, up to GROUP (or ROLLBACK TO: it alone is undone)
//!                           COMMIT ──▶ every caller gets its answer (or all of them the commit's failure)
//! ```
//! A job is owned by the task, so a client that hangs up never leaves half a transaction behind.

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;

use futures_util::FutureExt;
use tokio::sync::{mpsc, oneshot};

use crate::{StoreError, Tx};

/// The future of a write closure.
pub type Work<'t, T, E> = Pin<Box<dyn Future<Output = Result<T, E>> + Send + 't>>;

/// How many closures share one commit at most.
const GROUP: usize = 128;

/// What the door needs to know of a queued closure.
pub(crate) trait Job: Send {
    /// Runs the closure; true if what it wrote is to be kept.
    fn run<'t>(&'t mut self, tx: &'t mut Tx) -> Pin<Box<dyn Future<Output = bool> + Send + 't>>;
    /// Hands the answer to the caller, after the commit.
    fn answer(self: Box<Self>);
    /// Tells the caller that nothing was written, and whether it is worth another try.
    fn fail(self: Box<Self>, reason: &StoreError);
}

pub(crate) struct Closure<I, F, T, E> {
    pub input: I,
    pub work: F,
    pub outcome: Option<Result<T, E>>,
    pub caller: oneshot::Sender<Result<T, E>>,
}

impl<I, F, T, E> Job for Closure<I, F, T, E>
where
    I: Send + Sync,
    F: for<'t> Fn(&'t mut Tx, &'t I) -> Work<'t, T, E> + Send + Sync,
    T: Send,
    E: From<StoreError> + Send,
{
    fn run<'t>(&'t mut self, tx: &'t mut Tx) -> Pin<Box<dyn Future<Output = bool> + Send + 't>> {
        Box::pin(async move {
            let outcome = AssertUnwindSafe((self.work)(tx, &self.input)).catch_unwind().await;
            let outcome = outcome.unwrap_or_else(|_| Err(StoreError::RolledBack("its closure panicked".into()).into()));
            let keep = outcome.is_ok();
            self.outcome = Some(outcome);
            keep
        })
    }

    fn answer(self: Box<Self>) {
        if let Some(outcome) = self.outcome {
            // A caller that went away has nobody to tell.
            let _gone = self.caller.send(outcome);
        }
    }

    fn fail(self: Box<Self>, reason: &StoreError) {
        let error = match (self.outcome, reason) {
            (Some(Err(own)), _) => own,
            (_, StoreError::Unavailable(reason)) => StoreError::Unavailable(reason.clone()).into(),
            (_, other) => StoreError::RolledBack(other.to_string()).into(),
        };
        let _gone = self.caller.send(Err(error));
    }
}

/// Runs until every sender is gone.
pub(crate) async fn run_writer(mut tx: Tx, mut queue: mpsc::Receiver<Box<dyn Job>>) {
    while let Some(first) = queue.recv().await {
        let mut group = Vec::new();
        match commit_group(&mut tx, first, &mut queue, &mut group).await {
            Ok(()) => group.into_iter().for_each(Job::answer),
            Err(error) => {
                tracing::error!(%error, closures = group.len(), "a group of writes was rolled back");
                // After a failed COMMIT the transaction may or may not be open still; either way it must not stay so.
                if let Err(rollback) = tx.execute("ROLLBACK", vec![]).await {
                    tracing::debug!(%rollback, "nothing left to roll back");
                }
                group.into_iter().for_each(|job| job.fail(&error));
            }
        }
    }
}

/// What fails is undone and nothing else. The first of a group has the transaction to itself so far.
async fn run_one(tx: &mut Tx, job: &mut dyn Job, first: bool) -> Result<(), StoreError> {
    if first {
        if !job.run(tx).await {
            tx.execute("ROLLBACK", vec![]).await?;
            tx.execute("BEGIN IMMEDIATE", vec![]).await?;
        }
        return Ok(());
    }
    tx.execute("SAVEPOINT job", vec![]).await?;
    if !job.run(tx).await {
        tx.execute("ROLLBACK TO job", vec![]).await?;
    }
    tx.execute("RELEASE job", vec![]).await?;
    Ok(())
}

async fn commit_group(
    tx: &mut Tx,
    first: Box<dyn Job>,
    queue: &mut mpsc::Receiver<Box<dyn Job>>,
    group: &mut Vec<Box<dyn Job>>,
) -> Result<(), StoreError> {
    group.push(first);
    tx.execute("BEGIN IMMEDIATE", vec![]).await?;
    loop {
        let first = group.len() == 1;
        if let Some(job) = group.last_mut() {
            run_one(tx, job.as_mut(), first).await?;
        }
        match queue.try_recv() {
            Ok(next) if group.len() < GROUP => group.push(next),
            Ok(next) => {
                // The group is full: this one opens the next, after the commit.
                tx.execute("COMMIT", vec![]).await?;
                std::mem::take(group).into_iter().for_each(Job::answer);
                group.push(next);
                tx.execute("BEGIN IMMEDIATE", vec![]).await?;
            }
            Err(_) => break,
        }
    }
    tx.execute("COMMIT", vec![]).await?;
    Ok(())
}
