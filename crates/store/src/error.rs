use sqlx::error::{DatabaseError, ErrorKind};
use sqlx::postgres::PgDatabaseError;

/// Why the database did not do what it was asked to.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A row with the same key exists. Rules that expect it decide on it; elsewhere it is a defect.
    #[error("a row with the same key exists: {0}")]
    Duplicate(String),
    /// The database is busy, full, gone or read-only: worth another try later.
    #[error("the database is not available: {0}")]
    Unavailable(String),
    /// The transaction ended without an answer (its closure panicked, or the group's commit failed).
    #[error("the write was rolled back: {0}")]
    RolledBack(String),
    /// A stored value cannot be read back.
    #[error("a stored value is damaged: {0}")]
    Damaged(String),
    /// Anything else: a defect of ours.
    #[error(transparent)]
    Database(sqlx::Error),
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::Database(database) if database.kind() == ErrorKind::UniqueViolation => {
                Self::Duplicate(database.message().to_owned())
            }
            sqlx::Error::Database(database) if is_transient(database.as_ref()) => {
                Self::Unavailable(database.message().to_owned())
            }
            sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            // A connection that ended within an answer, as when PostgreSQL is stopped.
            | sqlx::Error::Protocol(_)
            | sqlx::Error::WorkerCrashed => Self::Unavailable(error.to_string()),
            _ => Self::Database(error),
        }
    }
}

/// Whether a transaction of PostgreSQL lost against a concurrent one and can be run again.
pub(crate) fn is_conflict(error: &sqlx::Error) -> bool {
    // serialization_failure, deadlock_detected
    error.as_database_error().and_then(sqlstate).is_some_and(|code| matches!(code, "40001" | "40P01"))
}

fn sqlstate(error: &dyn DatabaseError) -> Option<&str> {
    error.try_downcast_ref::<PgDatabaseError>().map(PgDatabaseError::code)
}

fn is_transient(error: &dyn DatabaseError) -> bool {
    match sqlstate(error) {
        Some(code) => is_transient_state(code),
        None => error.code().and_then(|code| code.parse().ok()).is_some_and(is_transient_result),
    }
}

/// PostgreSQL's classes for connections (08), lost conflicts (40), resources such as a full disk (53), locks (55), the
/// operator's interventions such as a shutdown (57), the system (58); and a read-only transaction, as on a standby.
fn is_transient_state(code: &str) -> bool {
    ["08", "40", "53", "55", "57", "58"].iter().any(|class| code.starts_with(class)) || code == "25006"
}

/// SQLite's primary result codes for busy (5), locked (6), read-only (8), I/O error (10), full (13), cannot open (14),
/// in their extended forms too (the primary code is the low byte).
const fn is_transient_result(code: i64) -> bool {
    matches!(code & 0xff, 5 | 6 | 8 | 10 | 13 | 14)
}
