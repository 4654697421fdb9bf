use sqlx::error::ErrorKind;

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
            sqlx::Error::Database(database) if is_transient(database.code().as_deref()) => {
                Self::Unavailable(database.message().to_owned())
            }
            sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::Io(_) | sqlx::Error::WorkerCrashed => {
                Self::Unavailable(error.to_string())
            }
            _ => Self::Database(error),
        }
    }
}

/// SQLite's primary result codes for busy (5), locked (6), read-only (8), I/O error (10), full (13), cannot open (14),
/// in their extended forms too (the primary code is the low byte).
fn is_transient(code: Option<&str>) -> bool {
    code.and_then(|code| code.parse::<i64>().ok()).is_some_and(|code| matches!(code & 0xff, 5 | 6 | 8 | 10 | 13 | 14))
}
