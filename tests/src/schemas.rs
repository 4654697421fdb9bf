//! One text makes both schemas: what PostgreSQL makes of it is compared with what SQLite makes of it.

use std::collections::BTreeMap;

use store::sqlx::migrate::Migrator;
use store::{Location, Schema, Store};

/// Table → column → (type, may be null, place in the primary key).
type Shape = BTreeMap<String, BTreeMap<String, (String, bool, bool)>>;

async fn shape_of(location: &Location, migrations: &Migrator) -> Shape {
    let store = Store::open(location, migrations, Schema::BringUpToDate).await.unwrap();
    let columns = match location {
        Location::Sqlite(_) => {
            "SELECT m.name, c.name, c.type, c.\"notnull\" = 0 AND c.pk = 0, c.pk > 0 FROM sqlite_master m, pragma_table_info(m.name) c
             WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' AND m.name <> '_sqlx_migrations'"
        }
        Location::Postgres { .. } => {
            "SELECT c.table_name::text, c.column_name::text, upper(c.data_type)::text, c.is_nullable = 'YES',
                    EXISTS (SELECT 1 FROM information_schema.key_column_usage k
                            JOIN information_schema.table_constraints t ON t.constraint_name = k.constraint_name
                             AND t.table_schema = k.table_schema AND t.table_name = k.table_name
                            WHERE t.constraint_type = 'PRIMARY KEY' AND k.table_schema = c.table_schema
                              AND k.table_name = c.table_name AND k.column_name = c.column_name)
             FROM information_schema.columns c
             WHERE c.table_schema = current_schema() AND c.table_name <> '_sqlx_migrations'"
        }
    };
    let rows: Vec<(String, String, String, bool, bool)> =
        store.read().await.unwrap().all(columns, vec![]).await.unwrap();
    let mut shape = Shape::new();
    for (table, column, kind, nullable, key) in rows {
        shape.entry(table).or_default().insert(column, (kind, nullable, key));
    }
    shape
}

#[tokio::test]
async fn both_databases_get_the_same_schema() {
    for (name, migrations, tables) in [
        ("identity", &identity::MIGRATIONS, ["account", "refresh_family"]),
        ("tenant", &tenant::MIGRATIONS, ["member", "snapshot"]),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let sqlite = shape_of(&Location::Sqlite(folder.path().join("schema.db")), migrations).await;
        assert!(tables.iter().all(|table| sqlite.contains_key(*table)), "{:?}", sqlite.keys());
        let types = ["UUID", "BIGINT", "TEXT", "BYTEA", "BOOLEAN"];
        for (column, (kind, ..)) in sqlite.values().flatten() {
            assert!(types.contains(&kind.as_str()), "{column} is {kind}: not a portable type");
        }
        if let second @ Location::Postgres { .. } = Location::for_test(folder.path(), name) {
            assert_eq!(shape_of(&second, migrations).await, sqlite, "{name}");
        }
    }
}
