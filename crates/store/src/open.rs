use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use sqlx::migrate::Migrator;
use sqlx::pool::PoolOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{Sqlite, SqlitePool};
use tokio::sync::{mpsc, oneshot};
use uuid::Uuid;

use crate::conn::Inner;
use crate::door::{Closure, Job, Work, run_writer};
use crate::{Conn, StoreError, TenantStore, Tx};

/// How many writes may wait at the door before callers wait to get in line.
const QUEUE: usize = 4_096;

/// A database: many readers, one write door. Cheap to clone.
#[derive(Clone)]
pub struct Store(Arc<Doors>);

struct Doors {
    readers: SqlitePool,
    writer: mpsc::Sender<Box<dyn Job>>,
}

/// Why a database could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The folder or file.
    #[error("{path}: {source}")]
    File {
        /// Which one.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The database itself.
    #[error("{path}: {source}")]
    Database {
        /// Which file.
        path: PathBuf,
        /// What the database said.
        source: sqlx::Error,
    },
    /// Its schema.
    #[error("{path}: cannot bring the schema up to date: {source}")]
    Migration {
        /// Which file.
        path: PathBuf,
        /// What went wrong.
        source: sqlx::migrate::MigrateError,
    },
}

impl Store {
    /// Opens (or creates) a SQLite database, brings its schema up to date and starts its writer.
    ///
    /// # Errors
    /// [`OpenError`] names the file and the reason.
    pub async fn open_sqlite(path: &Path, migrations: &Migrator) -> Result<Self, OpenError> {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(|source| OpenError::File { path: folder.to_owned(), source })?;
        }
        let in_database = |source| OpenError::Database { path: path.to_owned(), source };
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(5))
            .statement_cache_capacity(512);

        let writer_pool = pool(1).connect_with(options.clone()).await.map_err(in_database)?;
        migrations.run(&writer_pool).await.map_err(|source| OpenError::Migration { path: path.to_owned(), source })?;
        let readers = pool(4).connect_with(options.read_only(true)).await.map_err(in_database)?;

        let connection = writer_pool.acquire().await.map_err(in_database)?;
        let (writer, queue) = mpsc::channel(QUEUE);
        tokio::spawn(run_writer(Tx(Conn(Inner::Sqlite(connection))), queue));
        Ok(Self(Arc::new(Doors { readers, writer })))
    }

    /// Lends a read-only connection.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when none becomes free in time.
    pub async fn read(&self) -> Result<Conn, StoreError> {
        Ok(Conn(Inner::Sqlite(self.0.readers.acquire().await?)))
    }

    /// **The one write door.** Runs `work` in a transaction and answers after the commit. An `Err` of the closure rolls
    /// back what it wrote; a refusal whose effect must last is an `Ok` value. The closure does no I/O but its statements, and
    /// may be run more than once.
    ///
    /// # Errors
    /// The closure's own, or a [`StoreError`] as the closure's error type.
    pub async fn write<I, T, E, F>(&self, input: I, work: F) -> Result<T, E>
    where
        I: Send + Sync + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: for<'t> Fn(&'t mut Tx, &'t I) -> Work<'t, T, E> + Send + Sync + 'static,
    {
        let (caller, answer) = oneshot::channel();
        let job = Box::new(Closure { input, work, outcome: None, caller });
        let closed = || StoreError::Unavailable("the database is closed".to_owned());
        self.0.writer.send(job).await.map_err(|_| closed())?;
        answer.await.map_err(|_| closed())?
    }

    /// The same database, narrowed to one tenant.
    #[must_use]
    pub fn for_tenant(&self, tenant: Uuid) -> TenantStore {
        TenantStore::new(self.clone(), tenant)
    }
}

fn pool(connections: u32) -> PoolOptions<Sqlite> {
    // A connection to a file cannot go stale: testing it before each use costs more than the query (CRATES.md).
    PoolOptions::new()
        .max_connections(connections)
        .test_before_acquire(false)
        .idle_timeout(None)
        .max_lifetime(None)
        .acquire_timeout(Duration::from_secs(5))
}
