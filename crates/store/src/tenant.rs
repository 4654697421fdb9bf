use uuid::Uuid;

use crate::door::Work;
use crate::{Conn, Record, Store, StoreError, Tx, Value};

/// The "tenant" of rows that belong to the platform itself (audit and mail of the identity server).
pub const PLATFORM: Uuid = Uuid::nil();

/// A database narrowed to one tenant: **the only way to tenant SQL**. Every statement gets the tenant's id as `$1`; the
/// parameters given follow from `$2`.
#[derive(Clone)]
pub struct TenantStore {
    store: Store,
    tenant: Uuid,
}

impl TenantStore {
    pub(crate) const fn new(store: Store, tenant: Uuid) -> Self {
        Self { store, tenant }
    }

    /// The tenant it is narrowed to.
    #[must_use]
    pub const fn tenant(&self) -> Uuid {
        self.tenant
    }

    /// Lends a read-only connection.
    ///
    /// # Errors
    /// As [`Store::read`].
    pub async fn read(&self) -> Result<TenantConn, StoreError> {
        Ok(TenantConn { conn: self.store.read().await?, tenant: self.tenant })
    }

    /// The write door, as [`Store::write`].
    ///
    /// # Errors
    /// As [`Store::write`].
    pub async fn write<I, T, E, F>(&self, input: I, work: F) -> Result<T, E>
    where
        I: Send + Sync + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
        F: for<'t> Fn(TenantTx<'t>, &'t I) -> Work<'t, T, E> + Send + Sync + 'static,
    {
        let tenant = self.tenant;
        self.store.write(input, move |tx, input| work(tx.scoped(tenant), input)).await
    }
}

/// A connection to read one tenant's rows from.
pub struct TenantConn {
    conn: Conn,
    tenant: Uuid,
}

/// A transaction on one tenant's rows.
pub struct TenantTx<'t> {
    pub(crate) tx: &'t mut Tx,
    tenant: Uuid,
}

impl Tx {
    /// The same transaction, narrowed to one tenant.
    pub fn scoped(&mut self, tenant: Uuid) -> TenantTx<'_> {
        TenantTx { tx: self, tenant }
    }
}

pub(crate) fn with_tenant(tenant: Uuid, params: Vec<Value>) -> Vec<Value> {
    let mut all = Vec::with_capacity(params.len() + 1);
    all.push(Value::Uuid(Some(tenant)));
    all.extend(params);
    all
}

/// Reading a tenant's rows, on a connection or inside a transaction; `$1` of every statement is the tenant.
pub trait TenantRead: Send {
    /// The tenant whose rows these are.
    fn tenant(&self) -> Uuid;

    /// The connection beneath.
    #[doc(hidden)]
    fn conn(&mut self) -> &mut Conn;

    /// Every row of the answer. Lists that can grow ask for a page (`LIMIT`) in their statement.
    fn all<T: Record>(
        &mut self,
        sql: &'static str,
        params: Vec<Value>,
    ) -> impl Future<Output = Result<Vec<T>, StoreError>> + Send {
        let params = with_tenant(self.tenant(), params);
        self.conn().all(sql, params)
    }

    /// The first row, if there is one.
    fn maybe<T: Record>(
        &mut self,
        sql: &'static str,
        params: Vec<Value>,
    ) -> impl Future<Output = Result<Option<T>, StoreError>> + Send {
        let params = with_tenant(self.tenant(), params);
        self.conn().maybe(sql, params)
    }

    /// Whether there is a row: `SELECT 1 FROM …`.
    fn exists(
        &mut self,
        sql: &'static str,
        params: Vec<Value>,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send {
        let params = with_tenant(self.tenant(), params);
        self.conn().exists(sql, params)
    }

    /// The one row that must be there.
    fn one<T: Record>(
        &mut self,
        sql: &'static str,
        params: Vec<Value>,
    ) -> impl Future<Output = Result<T, StoreError>> + Send {
        let params = with_tenant(self.tenant(), params);
        self.conn().one(sql, params)
    }
}

impl TenantRead for TenantConn {
    fn tenant(&self) -> Uuid {
        self.tenant
    }
    fn conn(&mut self) -> &mut Conn {
        &mut self.conn
    }
}

impl TenantRead for TenantTx<'_> {
    fn tenant(&self) -> Uuid {
        self.tenant
    }
    fn conn(&mut self) -> &mut Conn {
        self.tx
    }
}

impl TenantTx<'_> {
    /// Runs a statement and says how many rows it touched; `$1` is the tenant.
    ///
    /// # Errors
    /// What the database says.
    pub async fn execute(&mut self, sql: &'static str, params: Vec<Value>) -> Result<u64, StoreError> {
        self.tx.execute(sql, with_tenant(self.tenant, params)).await
    }
}
