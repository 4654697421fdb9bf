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
use crate::migrate::{Schema, SchemaError, prepare};
use crate::postgres::Postgres;
use crate::{Conn, Location, StoreError, TenantStore, Tx};

/// How many writes may wait at the door before callers wait to get in line.
const QUEUE: usize = 4_096;

/// In KiB, as SQLite reads it: what a transaction of some hundred rows changes in all indexes stays in memory until its commit.
const WRITER_CACHE: &str = "-16384";

/// A database: many readers, one write door. Cheap to clone.
#[derive(Clone)]
pub struct Store(Arc<Doors>);

enum Doors {
    Sqlite { readers: SqlitePool, writer: mpsc::Sender<Box<dyn Job>> },
    Postgres(Postgres),
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
    #[error("database {location} does not let us in: {source}; is it running, and are its address and password right?")]
    Database {
        /// Which one.
        location: Location,
        /// What it, or the way to it, said.
        source: sqlx::Error,
    },
    /// Its schema.
    #[error("database {location}: {source}")]
    Schema {
        /// Which one.
        location: Location,
        /// What is wrong with it.
        source: SchemaError,
    },
}

impl Store {
    /// Opens a database: applies or checks its schema, and starts its writer. SQLite files are created.
    ///
    /// # Errors
    /// [`OpenError`] names the database and the reason.
    pub async fn open(location: &Location, migrations: &Migrator, schema: Schema) -> Result<Self, OpenError> {
        let doors = match location {
            Location::Sqlite(path) => open_sqlite(path, location, migrations, schema).await?,
            Location::Postgres { server, schema: name, connections } => {
                let opened = Postgres::open(server, name, *connections, migrations, schema).await;
                Doors::Postgres(opened.map_err(|refused| refused.at(location))?)
            }
        };
        Ok(Self(Arc::new(doors)))
    }

    /// Lends a read-only connection.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when none becomes free in time.
    pub async fn read(&self) -> Result<Conn, StoreError> {
        match &*self.0 {
            Doors::Sqlite { readers, .. } => Ok(Conn::new(Inner::Sqlite(readers.acquire().await?))),
            Doors::Postgres(postgres) => postgres.read().await,
        }
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
        match &*self.0 {
            Doors::Sqlite { writer, .. } => {
                let (caller, answer) = oneshot::channel();
                let job = Box::new(Closure { input, work, outcome: None, caller });
                let closed = || StoreError::Unavailable("the database is closed".to_owned());
                writer.send(job).await.map_err(|_| closed())?;
                answer.await.map_err(|_| closed())?
            }
            Doors::Postgres(postgres) => postgres.write(input, work).await,
        }
    }

    /// The same database, narrowed to one tenant.
    #[must_use]
    pub fn for_tenant(&self, tenant: Uuid) -> TenantStore {
        TenantStore::new(self.clone(), tenant)
    }
}

/// What went wrong, before it is known where.
pub(crate) enum Refused {
    Database(sqlx::Error),
    Schema(SchemaError),
}

impl From<sqlx::Error> for Refused {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error)
    }
}

impl From<SchemaError> for Refused {
    fn from(error: SchemaError) -> Self {
        Self::Schema(error)
    }
}

impl Refused {
    fn at(self, location: &Location) -> OpenError {
        let location = location.clone();
        match self {
            Self::Database(source) => OpenError::Database { location, source },
            Self::Schema(source) => OpenError::Schema { location, source },
        }
    }
}

async fn open_sqlite(
    path: &Path,
    location: &Location,
    migrations: &Migrator,
    schema: Schema,
) -> Result<Doors, OpenError> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(|source| OpenError::File { path: folder.to_owned(), source })?;
    }
    connect_sqlite(path, migrations, schema).await.map_err(|refused| refused.at(location))
}

async fn connect_sqlite(path: &Path, migrations: &Migrator, schema: Schema) -> Result<Doors, Refused> {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(5))
        .statement_cache_capacity(512);
    let writes = options.clone().pragma("cache_size", WRITER_CACHE);
    let mut connection = sqlite_pool(1).connect_with(writes).await?.acquire().await?;
    prepare(&mut *connection, migrations, schema).await?;
    let readers = sqlite_pool(4).connect_with(options.read_only(true)).await?;
    let (writer, queue) = mpsc::channel(QUEUE);
    tokio::spawn(run_writer(Tx(Conn::new(Inner::Sqlite(connection))), queue));
    Ok(Doors::Sqlite { readers, writer })
}

fn sqlite_pool(connections: u32) -> PoolOptions<Sqlite> {
    // A connection to a file cannot go stale: testing it before each use costs more than the query.
    PoolOptions::new()
        .max_connections(connections)
        .test_before_acquire(false)
        .idle_timeout(None)
        .max_lifetime(None)
        .acquire_timeout(Duration::from_secs(5))
}
