use std::ops::{Deref, DerefMut};

use sqlx::pool::PoolConnection;
use sqlx::query::{Query, QueryAs};
use sqlx::sqlite::{SqliteArguments, SqliteRow};
use sqlx::{FromRow, Sqlite};

use crate::{StoreError, Value};

/// A row type: `#[derive(sqlx::FromRow)]` on a struct, or a tuple.
pub trait Record: for<'r> FromRow<'r, SqliteRow> + Send + Unpin {}
impl<T: for<'r> FromRow<'r, SqliteRow> + Send + Unpin> Record for T {}

/// A connection to read from. Obtained from [`Store::read`](crate::Store::read); a [`Tx`] is one too.
pub struct Conn(pub(crate) Inner);

pub(crate) enum Inner {
    Sqlite(PoolConnection<Sqlite>),
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
    /// Every row of the answer. Lists that can grow ask for a page (`LIMIT`) in their statement.
    ///
    /// # Errors
    /// What the database says.
    pub async fn all<T: Record>(&mut self, sql: &'static str, params: Vec<Value>) -> Result<Vec<T>, StoreError> {
        match &mut self.0 {
            Inner::Sqlite(conn) => Ok(typed(sql, params).fetch_all(&mut **conn).await?),
        }
    }

    /// The first row, if there is one.
    ///
    /// # Errors
    /// What the database says.
    pub async fn maybe<T: Record>(&mut self, sql: &'static str, params: Vec<Value>) -> Result<Option<T>, StoreError> {
        match &mut self.0 {
            Inner::Sqlite(conn) => Ok(typed(sql, params).fetch_optional(&mut **conn).await?),
        }
    }

    /// The one row that must be there.
    ///
    /// # Errors
    /// What the database says; no row is an error too.
    pub async fn one<T: Record>(&mut self, sql: &'static str, params: Vec<Value>) -> Result<T, StoreError> {
        match &mut self.0 {
            Inner::Sqlite(conn) => Ok(typed(sql, params).fetch_one(&mut **conn).await?),
        }
    }

    pub(crate) async fn run(&mut self, sql: &'static str, params: Vec<Value>) -> Result<u64, StoreError> {
        match &mut self.0 {
            Inner::Sqlite(conn) => Ok(untyped(sql, params).execute(&mut **conn).await?.rows_affected()),
        }
    }
}

fn typed<T: Record>(sql: &'static str, params: Vec<Value>) -> QueryAs<'static, Sqlite, T, SqliteArguments> {
    bind_all!(sqlx::query_as::<Sqlite, T>(sql), params)
}

fn untyped(sql: &'static str, params: Vec<Value>) -> Query<'static, Sqlite, SqliteArguments> {
    bind_all!(sqlx::query::<Sqlite>(sql), params)
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
