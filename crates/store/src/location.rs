use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use sqlx::postgres::{PgConnectOptions, PgConnection, PgSslMode};
use sqlx::{AssertSqlSafe, Connection};

use crate::StoreError;

/// Where a database is.
#[derive(Clone)]
pub enum Location {
    /// A SQLite file.
    Sqlite(PathBuf),
    /// A schema of a PostgreSQL database.
    Postgres {
        /// How it is reached.
        server: Box<PgConnectOptions>,
        /// The schema that holds our tables.
        schema: String,
        /// The most connections that this process opens to it.
        connections: u32,
    },
}

/// Names the PostgreSQL database that tests use instead of SQLite files.
const TEST_DATABASE: &str = "LATCHKEY_TEST_DATABASE";
/// How many connections a process opens to PostgreSQL unless told otherwise.
pub const POSTGRES_CONNECTIONS: u32 = 16;

/// An address of a PostgreSQL database that cannot be read. Does not repeat the address: it may carry a password.
#[derive(Debug, thiserror::Error)]
#[error("not the address of a PostgreSQL database (postgres://user:password@host:port/database): {0}")]
pub struct LocationError(String);

impl Location {
    /// From `postgres://user:password@host:port/database?sslmode=…`. Without `sslmode`, a host that is not this machine is
    /// asked for TLS with a certificate that names it (`verify-full`): the default of the driver would fall back to plain text.
    ///
    /// # Errors
    /// [`LocationError`] says what is wrong with it.
    pub fn postgres(url: &str, schema: &str, connections: u32) -> Result<Self, LocationError> {
        let known = ["postgres://", "postgresql://"].iter().any(|scheme| url.starts_with(scheme));
        if !known {
            return Err(LocationError("it does not begin with postgres://".to_owned()));
        }
        let mut server = PgConnectOptions::from_str(url).map_err(|error| LocationError(error.to_string()))?;
        if !url.contains("sslmode=") {
            let host = server.get_host();
            let here = host == "localhost" || host.starts_with("127.") || host == "::1" || host.starts_with('/');
            let socket = server.get_socket().is_some();
            server = server.ssl_mode(if here || socket { PgSslMode::Prefer } else { PgSslMode::VerifyFull });
        }
        if server.get_database().is_none() {
            return Err(LocationError("it names no database".to_owned()));
        }
        Ok(Self::Postgres { server: Box::new(server), schema: schema.to_owned(), connections })
    }

    /// Removes a PostgreSQL schema with everything in it; of a SQLite file, nothing.
    ///
    /// # Errors
    /// What the database, or the way to it, says.
    pub async fn drop_schema(&self) -> Result<(), StoreError> {
        if let Self::Postgres { server, schema, .. } = self {
            let mut connection = PgConnection::connect_with(server).await?;
            let drop = format!("DROP SCHEMA IF EXISTS \"{schema}\" CASCADE");
            sqlx::raw_sql(AssertSqlSafe(drop)).execute(&mut connection).await?;
            connection.close().await?;
        }
        Ok(())
    }

    /// A database of its own for a test: a file in its folder, or a fresh schema of the PostgreSQL database that
    /// `LATCHKEY_TEST_DATABASE` names.
    #[doc(hidden)]
    #[must_use]
    #[expect(clippy::expect_used, reason = "a test whose database is misnamed must not run on another one")]
    pub fn for_test(folder: &Path, name: &str) -> Self {
        let Some(url) = std::env::var(TEST_DATABASE).ok().filter(|url| !url.is_empty()) else {
            return Self::Sqlite(folder.join(format!("{name}.db")));
        };
        // The folder's name is random: it is the test's.
        let test: String = folder.to_string_lossy().chars().filter(char::is_ascii_alphanumeric).collect();
        Self::postgres(&url, &format!("{name}_{}", test.to_lowercase()), 12).expect(TEST_DATABASE)
    }
}

/// Names the database without its password.
impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => path.display().fmt(f),
            Self::Postgres { server, schema, .. } => write!(
                f,
                "PostgreSQL {}:{}/{}, schema {schema}",
                server.get_host(),
                server.get_port(),
                server.get_database().unwrap_or_default()
            ),
        }
    }
}

impl fmt::Debug for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_named_without_its_password_and_tls_is_asked_for_elsewhere() {
        let remote = Location::postgres("postgres://u:secret@db.example/latchkey", "identity", 4).unwrap();
        assert_eq!(remote.to_string(), "PostgreSQL db.example:5432/latchkey, schema identity");
        assert!(!format!("{remote:?}").contains("secret"));
        let mode = |location: &Location| match location {
            Location::Postgres { server, .. } => server.get_ssl_mode(),
            Location::Sqlite(_) => panic!(),
        };
        assert!(matches!(mode(&remote), PgSslMode::VerifyFull));
        let here = Location::postgres("postgres://u@127.0.0.1:5433/latchkey", "identity", 4).unwrap();
        assert!(matches!(mode(&here), PgSslMode::Prefer));
        let told = Location::postgres("postgres://u@db.example/latchkey?sslmode=require", "identity", 4).unwrap();
        assert!(matches!(mode(&told), PgSslMode::Require));
    }

    #[test]
    fn what_is_no_address_is_refused_without_repeating_it() {
        for url in ["mysql://u:secret@h/d", "postgres://u:secret@h", "postgres://u:secret@h:x/d"] {
            let error = Location::postgres(url, "identity", 4).unwrap_err().to_string();
            assert!(!error.contains("secret"), "{error}");
        }
    }
}
