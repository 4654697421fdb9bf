//! The schema: brought up to date when asked to, checked otherwise.
//!
//! ```text
//! database's highest migration   this program's highest: 8
//!   none                         empty: `latchkey migrate`
//!   7                            older: `latchkey migrate`
//!   8                            fine
//!   9                            fine: migrations only add, so that version N and N + 1 run side by side
//!   10                           newer: a newer program is needed
//! ```

use sqlx::SqlSafeStr;
use sqlx::migrate::{Migrate, MigrateError, Migration, Migrator};

/// What opening a database does to its schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Schema {
    /// Creates it, or brings it up to date.
    BringUpToDate,
    /// Refuses one that this program cannot work with.
    Expect,
}

/// A schema that this program cannot work with.
#[derive(Debug, thiserror::Error)]
pub enum SchemaError {
    /// Nothing is there.
    #[error("it is empty; `latchkey migrate` prepares it")]
    Empty,
    /// It lacks migrations.
    #[error("its schema is at version {found}, this program needs {needed}; `latchkey migrate` brings it up to date")]
    Older {
        /// The database's.
        found: i64,
        /// The program's.
        needed: i64,
    },
    /// It is too far ahead.
    #[error(
        "its schema is at version {found}, this program knows {known} and works with one more; run a newer latchkey"
    )]
    Newer {
        /// The database's.
        found: i64,
        /// The program's.
        known: i64,
    },
    /// A migration could not be applied, or an applied one is not the one that this program knows.
    #[error("cannot bring its schema up to date: {0}")]
    Migration(#[from] MigrateError),
}

/// The same migrations for PostgreSQL: its texts compare by their bytes, as SQLite's do, so that lists have one order and a
/// prefix is a range of the index.
pub(crate) fn for_postgres(migrations: &Migrator) -> Migrator {
    let same_order = |migration: &Migration| {
        let sql = migration.sql.as_str().replace(" TEXT", " TEXT COLLATE \"C\"");
        Migration { sql: sqlx::AssertSqlSafe(sql).into_sql_str(), ..migration.clone() }
    };
    Migrator::with_migrations(migrations.iter().map(same_order).collect())
}

/// Applies or checks.
pub(crate) async fn prepare<C: Migrate>(
    conn: &mut C,
    migrations: &Migrator,
    schema: Schema,
) -> Result<(), SchemaError> {
    let known: Vec<i64> = migrations.iter().map(|migration| migration.version).collect();
    let newest = known.iter().copied().max().unwrap_or_default();
    let applied = match conn.list_applied_migrations(&migrations.table_name).await {
        Ok(applied) => applied,
        // No such table yet.
        Err(MigrateError::Execute(sqlx::Error::Database(_))) => Vec::new(),
        Err(error) => return Err(error.into()),
    };
    let found = applied.iter().map(|migration| migration.version).max().unwrap_or_default();
    let complete = known.iter().all(|version| applied.iter().any(|migration| migration.version == *version));
    if found > newest + 1 {
        return Err(SchemaError::Newer { found, known: newest });
    }
    match schema {
        _ if complete => Ok(()),
        Schema::BringUpToDate => Ok(migrations.run_direct(None, conn, false).await?),
        Schema::Expect if applied.is_empty() => Err(SchemaError::Empty),
        Schema::Expect => Err(SchemaError::Older { found, needed: newest }),
    }
}
