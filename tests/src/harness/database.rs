use std::path::Path;

use store::uuid::Uuid;
use store::{Conn, Location, Schema, Store, StoreError, Value};

use super::open::TENANTS;
use super::place::Place;
use super::world::World;

/// Tables that a refused or neutral answer must leave as they were.
pub const IDENTITY_TABLES: [&str; 16] = [
    "account",
    "password",
    "sign_up",
    "recovery",
    "session",
    "authentication",
    "link",
    "subject",
    "consent",
    "interaction",
    "access_grant",
    "authorization_code",
    "refresh_family",
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

    /// Changes the identity server's database behind its back: what no page does yet.
    pub async fn identity_change(&self, sql: &'static str) {
        let store = &self.identity.identity().store;
        let changed = store.write::<_, _, store::StoreError, _>((), move |tx, ()| Box::pin(tx.execute(sql, vec![])));
        assert!(changed.await.unwrap() > 0, "{sql}");
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

    /// Ids of the identity server's database, as addresses carry them.
    pub async fn identity_ids(&self, sql: &'static str) -> Vec<String> {
        let rows: Vec<(Uuid,)> = self.identity_conn().await.all(sql, vec![]).await.unwrap();
        rows.into_iter().map(|(id,)| id.to_string()).collect()
    }

    /// One id of the identity server's database.
    pub async fn identity_id(&self, sql: &'static str) -> Uuid {
        let (id,): (Uuid,) = self.identity_conn().await.one(sql, vec![]).await.unwrap();
        id
    }

    /// A tenant's database: on PostgreSQL, views of its rows in the tables that all share.
    pub async fn tenant_store(&self, of: &Place) -> Store {
        opened(self.data.path(), of.slug, of.id()).await
    }

    /// One number of a tenant's database at another server.
    pub async fn count_in(&self, folder: &str, slug: &str, sql: &'static str) -> i64 {
        let tenant = "SELECT id FROM tenant WHERE slug = $1";
        let (id,): (Uuid,) = self.identity_conn().await.one(tenant, store::params![slug]).await.unwrap();
        let store = opened(&self.data.path().join(folder), slug, id).await;
        let (count,): (i64,) = store.read().await.unwrap().one(sql, vec![]).await.unwrap();
        count
    }

    /// Everything that the databases hold, as somebody finds it who has stolen them.
    pub async fn dump(&self) -> Vec<u8> {
        let mut dump = Vec::new();
        let tenants = Location::for_test(self.data.path(), TENANTS);
        if matches!(tenants, Location::Sqlite(_)) {
            for file in std::fs::read_dir(self.data.path()).unwrap() {
                dump.extend(std::fs::read(file.unwrap().path()).unwrap());
            }
            return dump;
        }
        for store in [self.identity.identity().store.clone(), open(&tenants).await] {
            let mut conn = store.read().await.unwrap();
            let tables = "SELECT tablename::text FROM pg_tables WHERE schemaname = current_schema()";
            for (table,) in conn.all::<(String,)>(tables, vec![]).await.unwrap() {
                let rows: &'static str = Box::leak(format!("SELECT CAST(t AS TEXT) FROM {table} t").into_boxed_str());
                for (row,) in conn.all::<(String,)>(rows, vec![]).await.unwrap() {
                    dump.extend(readable(&row));
                }
            }
        }
        dump
    }

    /// One number of a tenant's database; `$1` is the tenant.
    pub async fn tenant_count(&self, of: &Place, sql: &'static str) -> i64 {
        let params = if sql.contains("$1") { store::params![of.id()] } else { vec![] };
        let (count,): (i64,) = self.tenant_store(of).await.read().await.unwrap().one(sql, params).await.unwrap();
        count
    }

    /// Changes a tenant's database behind its back.
    pub async fn tenant_change(&self, of: &Place, sql: &'static str) {
        let store = self.tenant_store(of).await;
        let changed = store.write::<_, _, store::StoreError, _>((), move |tx, ()| Box::pin(tx.execute(sql, vec![])));
        assert!(changed.await.unwrap() > 0, "{sql}");
    }
}

async fn open(location: &Location) -> Store {
    Store::open(location, &tenant::MIGRATIONS, Schema::Expect).await.unwrap()
}

pub(super) async fn opened(folder: &Path, slug: &str, id: Uuid) -> Store {
    match Location::for_test(folder, TENANTS) {
        Location::Sqlite(_) => open(&Location::Sqlite(folder.join(format!("{slug}.db")))).await,
        Location::Postgres { server, schema, connections } => {
            let of_one = format!("{slug}_of_{schema}");
            let shared = Location::Postgres { server: server.clone(), schema: schema.clone(), connections };
            show_rows_of(&open(&shared).await, &schema, &of_one, id).await;
            open(&Location::Postgres { server, schema: of_one, connections }).await
        }
    }
}

/// Makes a schema of views that show one tenant's rows.
async fn show_rows_of(store: &Store, all: &str, of_one: &str, id: Uuid) {
    let tables =
        "SELECT tablename::text, EXISTS (SELECT 1 FROM information_schema.columns c WHERE c.table_schema = schemaname
                      AND c.table_name = tablename AND c.column_name = 'tenant_id')
                  FROM pg_tables WHERE schemaname = current_schema()";
    let tables: Vec<(String, bool)> = store.read().await.unwrap().all(tables, vec![]).await.unwrap();
    let mut statements = vec![format!("CREATE SCHEMA IF NOT EXISTS \"{of_one}\"")];
    for (table, by_tenant) in tables {
        let rows = if by_tenant { format!(" WHERE tenant_id = '{id}'") } else { String::new() };
        statements.push(format!(
            "CREATE OR REPLACE VIEW \"{of_one}\".\"{table}\" AS SELECT * FROM \"{all}\".\"{table}\"{rows}"
        ));
    }
    let statements: Vec<&'static str> = statements.into_iter().map(|it| &*Box::leak(it.into_boxed_str())).collect();
    let made = store.write::<_, _, StoreError, _>(statements, |tx, statements| {
        Box::pin(async move {
            for statement in statements {
                tx.execute(statement, vec![]).await?;
            }
            Ok(())
        })
    });
    made.await.unwrap();
}

/// A row with its byte strings (`\\x…`, hexadecimal) as bytes too.
fn readable(row: &str) -> Vec<u8> {
    let mut all = row.as_bytes().to_vec();
    for bytes in row.split("\\x").skip(1) {
        let digits: Vec<u8> = bytes.bytes().take_while(u8::is_ascii_hexdigit).collect();
        all.extend(
            digits.chunks_exact(2).filter_map(|two| u8::from_str_radix(std::str::from_utf8(two).ok()?, 16).ok()),
        );
    }
    all
}
