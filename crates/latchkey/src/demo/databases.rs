use anyhow::{Context, bail};
use store::{Location, OpenError, POSTGRES_CONNECTIONS, Schema, Store};
use tenant_server::TenantDatabases;

use super::folder::Folder;

/// The schemas of a demo on PostgreSQL; nothing else there is touched.
const IDENTITY: &str = "latchkey_demo_identity";
const TENANTS: &str = "latchkey_demo_tenants";

/// Both servers' databases, up to date.
pub struct Databases {
    pub identity: Store,
    pub tenants: TenantDatabases,
}

impl Databases {
    /// SQLite files in the folder, or two schemas of a PostgreSQL database; `fresh` empties these.
    pub async fn open(folder: &Folder, url: Option<&str>, fresh: bool) -> anyhow::Result<Self> {
        let Some(url) = url else {
            let identity = Location::Sqlite(folder.path("identity.db"));
            return Ok(Self {
                identity: Store::open(&identity, &identity::MIGRATIONS, Schema::BringUpToDate).await?,
                tenants: TenantDatabases::Files(folder.path("tenants"), Schema::BringUpToDate),
            });
        };
        let location = |schema| Location::postgres(url, schema, POSTGRES_CONNECTIONS).context("--database");
        let (identity, tenants) = (location(IDENTITY)?, location(TENANTS)?);
        if fresh {
            identity.drop_schema().await.context("cannot empty the database")?;
            tenants.drop_schema().await.context("cannot empty the database")?;
        }
        let identity = open(&identity, &identity::MIGRATIONS).await?;
        let tenants = TenantDatabases::Shared(open(&tenants, &tenant::MIGRATIONS).await?);
        Ok(Self { identity, tenants })
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
