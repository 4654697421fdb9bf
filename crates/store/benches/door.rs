//! How many closures a second pass the write door, alone and when many wait, against writes of the same row one by one
//! without it: `cargo bench -p store`. An element is a closure, or a write.
#![expect(clippy::unwrap_used, reason = "a benchmark that cannot write has nothing to measure")]

use std::time::Instant;

use ambient::Ambient;
use criterion::{BenchmarkId, Criterion, Throughput};
use futures_util::future::join_all;
use store::sqlx::ConnectOptions;
use store::sqlx::migrate::Migrator;
use store::sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use store::{Location, Schema, Store, StoreError, params};
use tempfile::TempDir;
use tokio::runtime::Runtime;
use uuid::Uuid;

/// How many wait at the same time.
const WAITERS: [u64; 3] = [1, 32, 128];
const SCHEMA: &str = "CREATE TABLE note (id UUID NOT NULL PRIMARY KEY, words TEXT NOT NULL);";
const INSERT: &str = "INSERT INTO note (id, words) VALUES ($1, $2)";
/// About as long as a stored authorization request.
const WORDS: &str =
    "response_type=code&client_id=lightbox&redirect_uri=http%3A%2F%2F127.0.0.4%3A8403%2Fcallback&scope=openid";

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let runtime = Runtime::new().unwrap();
    // Not in memory: what is measured is the way to the disk. So the folder lies where the target folder does.
    let folder = TempDir::new_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    one_by_one(&mut criterion, &runtime, &folder);
    for (name, store) in runtime.block_on(databases(&folder)) {
        door(&mut criterion, &runtime, name, &store);
    }
    criterion.final_summary();
}

async fn migrations(folder: &TempDir) -> Migrator {
    let migrations = folder.path().join("migrations");
    std::fs::create_dir_all(&migrations).unwrap();
    std::fs::write(migrations.join("0001_note.sql"), SCHEMA).unwrap();
    Migrator::new(migrations).await.unwrap()
}

/// A SQLite file, and the PostgreSQL database that `LATCHKEY_TEST_DATABASE` names.
async fn databases(folder: &TempDir) -> Vec<(&'static str, Store)> {
    let migrations = migrations(folder).await;
    let mut locations = vec![("sqlite", Location::Sqlite(folder.path().join("door.db")))];
    if let second @ Location::Postgres { .. } = Location::for_test(folder.path(), "door") {
        locations.push(("postgres", second));
    }
    let mut stores = Vec::new();
    for (name, location) in locations {
        stores.push((name, Store::open(&location, &migrations, Schema::BringUpToDate).await.unwrap()));
    }
    stores
}

fn door(criterion: &mut Criterion, runtime: &Runtime, name: &str, store: &Store) {
    let mut group = criterion.benchmark_group("door");
    for waiters in WAITERS {
        group.throughput(Throughput::Elements(waiters));
        group.bench_function(BenchmarkId::new(name, waiters), |bencher| {
            bencher.iter_custom(|rounds| {
                runtime.block_on(async {
                    let begun = Instant::now();
                    for _ in 0..rounds {
                        for kept in join_all((0..waiters).map(|_| write(store))).await {
                            kept.unwrap();
                        }
                    }
                    begun.elapsed()
                })
            });
        });
    }
    group.finish();
}

async fn write(store: &Store) -> Result<u64, StoreError> {
    store.write(id(), |tx, id| Box::pin(tx.execute(INSERT, params![*id, WORDS]))).await
}

/// A connection of its own, a transaction for each row.
fn one_by_one(criterion: &mut Criterion, runtime: &Runtime, folder: &TempDir) {
    let options = SqliteConnectOptions::new()
        .filename(folder.path().join("one-by-one.db"))
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full);
    let mut connection = runtime.block_on(options.connect()).unwrap();
    runtime.block_on(store::sqlx::raw_sql(SCHEMA).execute(&mut connection)).unwrap();
    let mut group = criterion.benchmark_group("door");
    group.throughput(Throughput::Elements(1));
    group.bench_function("sqlite, one by one", |bencher| {
        bencher.iter_custom(|rounds| {
            runtime.block_on(async {
                let begun = Instant::now();
                for _ in 0..rounds {
                    store::sqlx::query(INSERT).bind(id()).bind(WORDS).execute(&mut connection).await.unwrap();
                }
                begun.elapsed()
            })
        });
    });
    group.finish();
}

/// Ids in the order of time, as the product's rows have.
fn id() -> Uuid {
    Ambient::system().row_id()
}
