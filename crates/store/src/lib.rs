//! Where everything that must not be lost goes: two pools and **one write door**.
//!
//! - [`Store::read`] lends a read-only connection ([`Conn`]).
//! - [`Store::write`] takes an owned input and a closure over a transaction ([`Tx`]). All writes pass one writer, which
//!   commits several closures together (group commit), each in a savepoint of its own. The answer leaves after the
//!   commit has reached the disk.
//! - [`TenantStore`] is the same door with a tenant's id bound as `$1` of every statement.
//!
//! The SQL is one portable text per statement (`docs/decisions/001-storage.md`).

mod conn;
mod door;
mod error;
mod location;
mod many;
mod migrate;
mod open;
mod postgres;
mod tenant;
mod value;
mod vault;
mod web_session;

pub use conn::{Conn, Record, Tx};
pub use door::Work;
pub use error::StoreError;
pub use location::{Location, LocationError, POSTGRES_CONNECTIONS};
pub use many::ManyRows;
pub use migrate::{Schema, SchemaError};
pub use open::{OpenError, Store};
pub use tenant::{PLATFORM, TenantConn, TenantRead, TenantStore, TenantTx};
pub use value::{ToValue, Value};
pub use vault::{MasterKey, MasterKeyError, SealError};
pub use web_session::WebSessions;

#[doc(hidden)]
pub use {sqlx, uuid};

#[cfg(test)]
mod door_tests;
