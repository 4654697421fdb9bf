//! `latchkey migrate`: the only command that changes a schema. Several nodes may run it at once: the database lets one at a
//! time, and whoever comes second finds nothing to do.

use std::path::{Path, PathBuf};

use anyhow::bail;
use store::sqlx::migrate::Migrator;
use store::{Location, MasterKey, OpenError, Schema, SchemaError, Store};

use crate::Which;
use crate::config::{Config, IdentityFile, TenantFile};
use crate::serve::{MASTER_KEY, identity_location, tenant_locations};

/// Options of `latchkey migrate`.
#[derive(clap::Args)]
pub struct Arguments {
    /// Whose database.
    server: Which,
    /// The server's configuration file.
    #[arg(long, value_name = "FILE", env = "LATCHKEY_CONFIG")]
    config: PathBuf,
}

/// Brings every database of a server up to date.
pub async fn run(arguments: Arguments) -> anyhow::Result<()> {
    match arguments.server {
        Which::Identity => {
            let config = Config::<IdentityFile>::read(&arguments.config)?;
            let location = identity_location(&config)?;
            let key = config.path(&config.file.master_key_file);
            migrate(&[location], &identity::MIGRATIONS, &key).await
        }
        Which::Tenant => {
            let config = Config::<TenantFile>::read(&arguments.config)?;
            let locations = tenant_locations(&config)?;
            let key = config.path(&config.file.master_key_file);
            migrate(&locations, &tenant::MIGRATIONS, &key).await
        }
    }
}

async fn migrate(locations: &[Location], migrations: &Migrator, key: &Path) -> anyhow::Result<()> {
    let missing = !key.exists() && std::env::var_os(MASTER_KEY).is_none();
    for (index, location) in locations.iter().enumerate() {
        let before = Store::open(location, migrations, Schema::Expect).await.map(|_| ());
        let empty = matches!(before, Err(OpenError::Schema { source: SchemaError::Empty, .. }));
        if missing && index == 0 {
            if !empty {
                bail!("{} is missing, and database {location} is sealed under it: restore it first", key.display());
            }
            MasterKey::load_or_create(key, &ambient::Ambient::system())?;
            say(&format!("made the master key {}: keep a copy of it, apart from the database's", key.display()))?;
        }
        Store::open(location, migrations, Schema::BringUpToDate).await?;
        let done = if before.is_ok() { "is up to date" } else { "was brought up to date" };
        say(&format!("database {location} {done}"))?;
    }
    Ok(())
}

fn say(text: &str) -> anyhow::Result<()> {
    use std::io::Write;
    Ok(writeln!(std::io::stdout().lock(), "{text}")?)
}
