use anyhow::{Context, bail};
use store::{Location, OpenError, POSTGRES_CONNECTIONS, Schema, Store};
use tenant_server::TenantDatabases;

use super::folder::Folder;

/// The schemas of a demo on PostgreSQL; nothing else there is touched.
const IDENTITY: &str = "latchkey_demo_identity";
const TENANTS: &str = "latchkey_demo_tenants";
const DIRECTORY: &str = "latchkey_demo_directory";

/// The servers' databases, up to date.
pub struct Databases {
    pub identity: Store,
    pub tenants: TenantDatabases,
    pub directory: Store,
}

impl Databases {
    /// SQLite files in the folder, or three schemas of a PostgreSQL database; `fresh` empties these.
    pub async fn open(folder: &Folder, url: Option<&str>, fresh: bool) -> anyhow::Result<Self> {
        let Some(url) = url else {
            let identity = Location::Sqlite(folder.path("identity.db"));
            let directory = Location::Sqlite(folder.path("directory.db"));
            return Ok(Self {
                directory: Store::open(&directory, &identity::MIGRATIONS, Schema::BringUpToDate).await?,
                identity: Store::open(&identity, &identity::MIGRATIONS, Schema::BringUpToDate).await?,
                tenants: TenantDatabases::Files(folder.path("tenants"), Schema::BringUpToDate),
            });
        };
        let location = |schema| Location::postgres(url, schema, POSTGRES_CONNECTIONS).context("--database");
        let (identity, tenants, directory) = (location(IDENTITY)?, location(TENANTS)?, location(DIRECTORY)?);
        if fresh {
            identity.drop_schema().await.context("cannot empty the database")?;
            tenants.drop_schema().await.context("cannot empty the database")?;
            directory.drop_schema().await.context("cannot empty the database")?;
        }
        let identity = open(&identity, &identity::MIGRATIONS).await?;
        let directory = open(&directory, &identity::MIGRATIONS).await?;
        let tenants = TenantDatabases::Shared(open(&tenants, &tenant::MIGRATIONS).await?);
        Ok(Self { identity, tenants, directory })
    }
}

async fn open(location: &Location, migrations: &store::sqlx::migrate::Migrator) -> anyhow::Result<Store> {
    match Store::open(location, migrations, Schema::BringUpToDate).await {
        Err(error @ OpenError::Database { .. }) => {
            bail!("{error}; is PostgreSQL running, and may this user create schemas in that database?")
        }
        opened => Ok(opened?),
    }
}
