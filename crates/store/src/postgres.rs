//! The write door on PostgreSQL: concurrent transactions, each as if it were alone.
//!
//! ```text
//! caller ──▶ BEGIN ISOLATION LEVEL SERIALIZABLE · closure · COMMIT ──▶ answer
//!              │ lost against a concurrent one (40001, 40P01)
//!              └──▶ once more; from the third time on in one lane, so that the losers stop fighting each other
//! ```
//! SERIALIZABLE gives a closure what it has on SQLite, where it is alone: what it read is still so when it commits.
//! A transaction is owned by a task of its own, so a client that hangs up never leaves half of it behind.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use sqlx::migrate::Migrator;
use sqlx::pool::PoolOptions;
use sqlx::postgres::PgConnectOptions;
use sqlx::{AssertSqlSafe, Connection, PgConnection, PgPool};
use tokio::sync::Semaphore;

use crate::conn::Inner;
use crate::door::Work;
use crate::error::is_conflict;
use crate::migrate::{Schema, for_postgres, prepare};
use crate::open::Refused;
use crate::{Conn, StoreError, Tx};

/// How often a closure is run before its caller hears that the database is busy, and from which time on in the lane.
const ATTEMPTS: u32 = 20;
const LANE: u32 = 2;
/// A connection that rested longer is asked whether it still lives before it is lent: the server may have been restarted.
const STALE: Duration = Duration::from_secs(1);

#[derive(Clone)]
pub(crate) struct Postgres {
    readers: PgPool,
    writers: PgPool,
    lane: Arc<Semaphore>,
}

impl Postgres {
    pub(crate) async fn open(
        server: &PgConnectOptions,
        name: &str,
        connections: u32,
        migrations: &Migrator,
        schema: Schema,
    ) -> Result<Self, Refused> {
        let server = server.clone().application_name("latchkey").statement_cache_capacity(512).options([
            ("search_path", name),
            ("synchronous_commit", "on"),
            ("statement_timeout", "30s"),
            ("lock_timeout", "5s"),
            ("idle_in_transaction_session_timeout", "30s"),
            // Statements here run for milliseconds: compiling one takes hundreds, starting helpers for it tens.
            ("jit", "off"),
            ("max_parallel_workers_per_gather", "0"),
        ]);
        let mut connection = PgConnection::connect_with(&server).await?;
        if schema == Schema::BringUpToDate {
            let create = format!("CREATE SCHEMA IF NOT EXISTS \"{name}\"");
            sqlx::raw_sql(AssertSqlSafe(create)).execute(&mut connection).await?;
        }
        prepare(&mut connection, &for_postgres(migrations), schema).await?;
        connection.close().await?;
        let half = (connections / 2).max(1);
        Ok(Self {
            readers: pool(half).connect_lazy_with(server.clone().options([("default_transaction_read_only", "on")])),
            writers: pool(half).connect_lazy_with(server),
            lane: Arc::new(Semaphore::new(1)),
        })
    }

    pub(crate) async fn read(&self) -> Result<Conn, StoreError> {
        Ok(Conn::new(Inner::Postgres(self.readers.acquire().await?)))
    }

    pub(crate) async fn write<I, T, E, F>(&self, input: I, work: F) -> Result<T, E>
    where
        I: Send + Sync + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: for<'t> Fn(&'t mut Tx, &'t I) -> Work<'t, T, E> + Send + Sync + 'static,
    {
        let door = self.clone();
        let task = tokio::spawn(async move { door.until_it_wins(&input, &work).await });
        task.await.unwrap_or_else(|_| Err(StoreError::RolledBack("its task ended".to_owned()).into()))
    }

    async fn until_it_wins<I, T, E, F>(&self, input: &I, work: &F) -> Result<T, E>
    where
        I: Sync,
        E: From<StoreError>,
        F: for<'t> Fn(&'t mut Tx, &'t I) -> Work<'t, T, E>,
    {
        for attempt in 0..ATTEMPTS {
            let _lane = if attempt >= LANE { self.lane.acquire().await.ok() } else { None };
            match self.attempt(input, work).await {
                Attempt::Decided(answer) => return answer,
                Attempt::Lost => tracing::debug!(attempt, "a write lost against a concurrent one"),
            }
        }
        Err(StoreError::Unavailable("too many concurrent writes of the same rows".to_owned()).into())
    }

    async fn attempt<I, T, E, F>(&self, input: &I, work: &F) -> Attempt<Result<T, E>>
    where
        E: From<StoreError>,
        F: for<'t> Fn(&'t mut Tx, &'t I) -> Work<'t, T, E>,
    {
        let transaction = match self.writers.begin_with("BEGIN ISOLATION LEVEL SERIALIZABLE").await {
            Ok(transaction) => transaction,
            Err(error) => return Attempt::Decided(Err(StoreError::from(error).into())),
        };
        let mut tx = Tx(Conn::new(Inner::Transaction(transaction)));
        let outcome = AssertUnwindSafe(work(&mut tx, input)).catch_unwind().await;
        if tx.conflict {
            return Attempt::Lost;
        }
        let kept = match outcome {
            Ok(Ok(kept)) => kept,
            Ok(Err(own)) => return Attempt::Decided(Err(own)),
            Err(_) => {
                return Attempt::Decided(Err(StoreError::RolledBack("its closure panicked".to_owned()).into()));
            }
        };
        match commit(tx).await {
            Ok(()) => Attempt::Decided(Ok(kept)),
            Err(error) if is_conflict(&error) => Attempt::Lost,
            Err(error) => {
                tracing::error!(%error, "a write was rolled back");
                Attempt::Decided(Err(StoreError::Unavailable(error.to_string()).into()))
            }
        }
    }
}

enum Attempt<A> {
    Decided(A),
    Lost,
}

async fn commit(tx: Tx) -> Result<(), sqlx::Error> {
    match tx.0.into_inner() {
        Inner::Transaction(transaction) => transaction.commit().await,
        Inner::Sqlite(_) | Inner::Postgres(_) => Ok(()),
    }
}

fn pool(connections: u32) -> PoolOptions<sqlx::Postgres> {
    PoolOptions::new()
        .max_connections(connections)
        .test_before_acquire(false)
        .before_acquire(|connection: &mut PgConnection, rested| {
            Box::pin(async move { Ok(rested.idle_for < STALE || connection.ping().await.is_ok()) })
        })
        .acquire_timeout(Duration::from_secs(5))
}
