use store::{Conn, Store, Value};

use super::place::Place;
use super::world::World;

/// Tables that a refused or neutral answer must leave as they were.
pub const IDENTITY_TABLES: [&str; 14] = [
    "account",
    "password",
    "sign_up",
    "session",
    "authentication",
    "link",
    "subject",
    "consent",
    "interaction",
    "access_grant",
    "authorization_code",
    "mail_outbox",
    "audit_entry",
    "membership",
];

impl World {
    async fn identity_conn(&self) -> Conn {
        self.identity.identity().store.read().await.unwrap()
    }

    /// One number of the identity server's database.
    pub async fn identity_count(&self, sql: &'static str) -> i64 {
        self.identity_count_of(sql, vec![]).await
    }

    pub async fn identity_count_of(&self, sql: &'static str, params: Vec<Value>) -> i64 {
        let (count,): (i64,) = self.identity_conn().await.one(sql, params).await.unwrap();
        count
    }

    /// Rows of one text of the identity server's database.
    pub async fn identity_texts(&self, sql: &'static str) -> Vec<String> {
        let rows: Vec<(String,)> = self.identity_conn().await.all(sql, vec![]).await.unwrap();
        rows.into_iter().map(|(text,)| text).collect()
    }

    /// How many rows each table has.
    pub async fn identity_rows(&self) -> Vec<(&'static str, i64)> {
        let mut rows = Vec::new();
        for table in IDENTITY_TABLES {
            let sql: &'static str = Box::leak(format!("SELECT COUNT(*) FROM {table}").into_boxed_str());
            rows.push((table, self.identity_count(sql).await));
        }
        rows
    }

    /// How many entries of this kind the audit log of the identity server has.
    pub async fn audited(&self, action: &str) -> i64 {
        self.identity_count_of("SELECT COUNT(*) FROM audit_entry WHERE action = $1", store::params![action]).await
    }

    /// One number of a tenant's database.
    pub async fn tenant_count(&self, of: &Place, sql: &'static str) -> i64 {
        self.count_in(&format!("{}.db", of.slug), sql).await
    }

    /// One number of any database of a tenant server.
    pub async fn count_in(&self, file: &str, sql: &'static str) -> i64 {
        let path = self.data.path().join(file);
        let store = Store::open_sqlite(&path, &tenant::MIGRATIONS).await.unwrap();
        let (count,): (i64,) = store.read().await.unwrap().one(sql, vec![]).await.unwrap();
        count
    }
}
