//! `latchkey serve`: one server, from its configuration file until a signal.
//!
//! ```text
//! configuration ─▶ port ─▶ certificate ─▶ master key ─▶ database ─▶ keys ─▶ ready (systemd is told)
//!      each refused with file, line or key, the reason, and what to do
//! SIGTERM, Ctrl-C ─▶ no more connections ─▶ open requests finish ─▶ background work finishes
//! ```

mod identity;
mod notify;
mod operations;
mod parts;
mod run;
mod tenant;

use std::path::PathBuf;

pub use identity::{
    assemble as assemble_identity, at as identity_location, lay as lay_identity, open as open_identity,
};
pub use parts::{MASTER_KEY, master_key};
pub use tenant::{Enrol, enrol, locations as tenant_locations};

/// Which server.
#[derive(clap::Subcommand)]
pub enum Server {
    /// The identity server: accounts, credentials, tokens.
    Identity(Arguments),
    /// A tenant server: the members of any number of tenants.
    Tenant(Arguments),
}

/// Options of `latchkey serve`.
#[derive(clap::Args)]
pub struct Arguments {
    /// The configuration file; `latchkey config` prints one to begin with.
    #[arg(long, value_name = "FILE", env = "LATCHKEY_CONFIG")]
    config: PathBuf,
}

/// Serves until a signal.
pub async fn run(server: Server) -> anyhow::Result<()> {
    match server {
        Server::Identity(arguments) => identity::serve(&arguments.config).await,
        Server::Tenant(arguments) => tenant::serve(&arguments.config).await,
    }
}
