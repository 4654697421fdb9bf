use std::ops::{Deref, DerefMut};

use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgConnection, PgRow};
use sqlx::sqlite::{SqliteConnection, SqliteRow};
use sqlx::{FromRow, Postgres, Sqlite, Transaction};

use crate::error::is_conflict;
use crate::{StoreError, Value};

/// A row type: `#[derive(sqlx::FromRow)]` on a struct, or a tuple.
pub trait Record: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin {}
impl<T: for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow> + Send + Unpin> Record for T {}

/// A connection to read from. Obtained from [`Store::read`](crate::Store::read); a [`Tx`] is one too.
pub struct Conn {
    inner: Inner,
    /// Whether a statement lost against a concurrent transaction: the write door runs its closure again.
    pub(crate) conflict: bool,
}

pub(crate) enum Inner {
    Sqlite(PoolConnection<Sqlite>),
    Postgres(PoolConnection<Postgres>),
    /// Of the write door; dropped without a commit, it rolls back.
    Transaction(Transaction<'static, Postgres>),
}

/// The driver's connection beneath.
enum Wire<'c> {
    Sqlite(&'c mut SqliteConnection),
    Postgres(&'c mut PgConnection),
}

/// One SQL text with its parameters, on whichever database it is.
macro_rules! on_wire {
    ($conn:expr, $query:ident $(::<$row:ty>)?, $sql:expr, $params:expr, $run:ident $(, $then:ident)?) => {{
        let answer = match $conn.wire() {
            Wire::Sqlite(wire) => bind_all!(sqlx::$query::<Sqlite $(, $row)?>($sql), $params).$run(wire).await$(.map(|done| done.$then()))?,
            Wire::Postgres(wire) => bind_all!(sqlx::$query::<Postgres $(, $row)?>($sql), $params).$run(wire).await$(.map(|done| done.$then()))?,
        };
        answer.map_err(|error| $conn.note(error))
    }};
}

macro_rules! bind_all {
    ($query:expr, $params:expr) => {{
        let mut query = $query;
        for value in $params {
            query = match value {
                Value::Int(value) => query.bind(value),
                Value::Text(value) => query.bind(value),
                Value::Bytes(value) => query.bind(value),
                Value::Uuid(value) => query.bind(value),
                Value::Bool(value) => query.bind(value),
            };
        }
        query
    }};
}

impl Conn {
    pub(crate) const fn new(inner: Inner) -> Self {
        Self { inner, conflict: false }
    }

    pub(crate) fn into_inner(self) -> Inner {
        self.inner
    }

    fn wire(&mut self) -> Wire<'_> {
        match &mut self.inner {
            Inner::Sqlite(conn) => Wire::Sqlite(conn),
            Inner::Postgres(conn) => Wire::Postgres(conn),
            Inner::Transaction(conn) => Wire::Postgres(conn),
        }
    }

    pub(crate) const fn is_sqlite(&self) -> bool {
        matches!(self.inner, Inner::Sqlite(_))
    }

    fn note(&mut self, error: sqlx::Error) -> StoreError {
        self.conflict |= is_conflict(&error);
        error.into()
    }

    /// Every row of the answer. Lists that can grow ask for a page (`LIMIT`) in their statement.
    ///
    /// # Errors
    /// What the database says.
    pub async fn all<T: Record>(&mut self, sql: &'static str, params: Vec<Value>) -> Result<Vec<T>, StoreError> {
        on_wire!(self, query_as::<T>, sql, params, fetch_all)
    }

    /// The first row, if there is one.
    ///
    /// # Errors
    /// What the database says.
    pub async fn maybe<T: Record>(&mut self, sql: &'static str, params: Vec<Value>) -> Result<Option<T>, StoreError> {
        on_wire!(self, query_as::<T>, sql, params, fetch_optional)
    }

    /// The one row that must be there.
    ///
    /// # Errors
    /// What the database says; no row is an error too.
    pub async fn one<T: Record>(&mut self, sql: &'static str, params: Vec<Value>) -> Result<T, StoreError> {
        on_wire!(self, query_as::<T>, sql, params, fetch_one)
    }

    /// Whether there is a row: `SELECT 1 FROM …`.
    ///
    /// # Errors
    /// What the database says.
    pub async fn exists(&mut self, sql: &'static str, params: Vec<Value>) -> Result<bool, StoreError> {
        on_wire!(self, query, sql, params, fetch_optional, is_some)
    }

    pub(crate) async fn run(&mut self, sql: &'static str, params: Vec<Value>) -> Result<u64, StoreError> {
        on_wire!(self, query, sql, params, execute, rows_affected)
    }
}

/// A transaction inside the write door: a connection that may also write.
pub struct Tx(pub(crate) Conn);

impl Tx {
    /// Runs a statement and says how many rows it touched: for single-use things, that count is the decision.
    ///
    /// # Errors
    /// What the database says.
    pub async fn execute(&mut self, sql: &'static str, params: Vec<Value>) -> Result<u64, StoreError> {
        self.0.run(sql, params).await
    }
}

impl Deref for Tx {
    type Target = Conn;
    fn deref(&self) -> &Conn {
        &self.0
    }
}

impl DerefMut for Tx {
    fn deref_mut(&mut self) -> &mut Conn {
        &mut self.0
    }
}
