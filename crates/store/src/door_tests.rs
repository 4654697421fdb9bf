use std::path::Path;

use sqlx::migrate::Migrator;
use uuid::Uuid;

use crate::{Location, Schema, Store, StoreError, TenantRead, params};

async fn open(folder: &Path) -> Store {
    open_at(folder, &Location::for_test(&folder.join("data"), "notes")).await
}

async fn open_at(folder: &Path, location: &Location) -> Store {
    let migrations = folder.join("migrations");
    std::fs::create_dir_all(&migrations).unwrap();
    std::fs::write(
        migrations.join("0001_note.sql"),
        "CREATE TABLE note (tenant_id UUID NOT NULL, id BIGINT NOT NULL, text TEXT NOT NULL, PRIMARY KEY (tenant_id, id));",
    )
    .unwrap();
    let migrator = Migrator::new(migrations).await.unwrap();
    Store::open(location, &migrator, Schema::BringUpToDate).await.unwrap()
}

async fn add(store: &Store, tenant: u128, id: i64, fail: bool) -> Result<u64, StoreError> {
    store
        .for_tenant(Uuid::from_u128(tenant))
        .write((id, fail), |mut tx, (id, fail)| {
            Box::pin(async move {
                let rows = tx.execute("INSERT INTO note VALUES ($1, $2, 'x')", params![id]).await?;
                if *fail { Err(StoreError::Damaged("on purpose".into())) } else { Ok(rows) }
            })
        })
        .await
}

async fn count(store: &Store, tenant: u128) -> i64 {
    let mut conn = store.for_tenant(Uuid::from_u128(tenant)).read().await.unwrap();
    conn.one::<(i64,)>("SELECT COUNT(*) FROM note WHERE tenant_id = $1", vec![]).await.unwrap().0
}

#[tokio::test]
async fn writes_that_share_a_commit_fail_alone() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    let writes = (0..300).map(|id| add(&store, 1, id, id % 3 == 0));
    let answers = futures_util::future::join_all(writes).await;
    assert_eq!(answers.iter().filter(|answer| answer.is_err()).count(), 100);
    assert_eq!(count(&store, 1).await, 200);
    assert_eq!(count(&store, 2).await, 0);
}

#[tokio::test]
async fn sqlite_plans_a_statement_once_for_all_values() {
    let folder = tempfile::tempdir().unwrap();
    let store = open_at(folder.path(), &Location::Sqlite(folder.path().join("notes.db"))).await;
    let sql = "SELECT 1 FROM pragma_compile_options WHERE compile_options = 'ENABLE_QPSG' AND $1 IS NOT NULL";
    let is_stable = store.for_tenant(Uuid::nil()).read().await.unwrap().exists(sql, params![]).await.unwrap();
    assert!(is_stable, "SQLite was built without the flags of .cargo/config.toml");
}

#[tokio::test]
async fn a_closure_that_panics_rolls_back_and_the_door_stays_open() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    let panicked: Result<(), StoreError> = store
        .write((), |tx, ()| {
            Box::pin(async move {
                tx.execute("INSERT INTO note VALUES ($1, 1, 'x')", params![Uuid::from_u128(1)]).await?;
                panic!("on purpose")
            })
        })
        .await;
    assert!(matches!(panicked, Err(StoreError::RolledBack(_))));
    assert_eq!(count(&store, 1).await, 0);
    assert_eq!(add(&store, 1, 1, false).await.unwrap(), 1);
}

#[tokio::test]
async fn a_second_row_with_the_same_key_is_a_duplicate() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    add(&store, 1, 1, false).await.unwrap();
    assert!(matches!(add(&store, 1, 1, false).await, Err(StoreError::Duplicate(_))));
    add(&store, 2, 1, false).await.unwrap();
}

#[tokio::test]
async fn readers_cannot_write() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    let mut conn = store.read().await.unwrap();
    let refused = conn.run("DELETE FROM note", vec![]).await;
    assert!(matches!(refused, Err(StoreError::Unavailable(_))), "{refused:?}");
}

#[tokio::test]
async fn rel_03_a_commit_is_on_disk_before_the_answer() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    let setting = match Location::for_test(folder.path(), "notes") {
        // FULL: the log is synced with each commit (https://www.sqlite.org/pragma.html#pragma_synchronous).
        Location::Sqlite(_) => "SELECT CASE synchronous WHEN 2 THEN 'on' ELSE 'off' END FROM pragma_synchronous",
        Location::Postgres { .. } => "SELECT current_setting('synchronous_commit')",
    };
    let written: Result<(String,), StoreError> =
        store.write(setting, |tx, setting| Box::pin(async move { tx.one(setting, vec![]).await })).await;
    assert_eq!(written.unwrap().0, "on");
}
