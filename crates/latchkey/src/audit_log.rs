//! `latchkey audit`: whether anything in the audit log was changed, and checkpoints to be kept elsewhere.

use std::fs::File;
use std::io::{BufReader, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use audit::{AuditKey, Checkpoint};
use store::{Location, Schema, Store};
use uuid::Uuid;

use crate::Which;
use crate::config::{Config, IdentityFile, TenantFile};
use crate::serve::{identity_location, master_key, tenant_locations};

/// How many tenants are read at once.
const PAGE: u16 = 500;

/// Options of `latchkey audit`.
#[derive(clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Subcommand)]
enum Command {
    /// Walk through the whole log, entry by entry; ends with 1 if anything in it was changed.
    Verify {
        #[command(flatten)]
        of: Of,
        /// Checkpoints that were exported before and kept elsewhere: with them, a shortened log is found too.
        #[arg(long, value_name = "FILE")]
        checkpoints: Option<PathBuf>,
        /// Answer in JSON.
        #[arg(long)]
        json: bool,
    },
    /// Print all checkpoints as JSON lines: to be kept where neither the database nor the master key is.
    ExportCheckpoints {
        #[command(flatten)]
        of: Of,
    },
    /// Print the public key that checkpoints are signed with (PEM, Ed25519).
    PublicKey {
        #[command(flatten)]
        of: Of,
    },
}

#[derive(clap::Args)]
struct Of {
    /// Whose log.
    server: Which,
    /// The server's configuration file.
    #[arg(long, value_name = "FILE", env = "LATCHKEY_CONFIG")]
    config: PathBuf,
}

/// The log of one server: its databases and the key that signs.
struct Log {
    stores: Vec<Store>,
    key: AuditKey,
}

impl Of {
    async fn open(&self) -> anyhow::Result<Log> {
        match self.server {
            Which::Identity => {
                let config = Config::<IdentityFile>::read(&self.config)?;
                let key = AuditKey::of(&master_key(&config, &config.file.master_key_file)?);
                Ok(Log { stores: open(&[identity_location(&config)?], &identity::MIGRATIONS).await?, key })
            }
            Which::Tenant => {
                let config = Config::<TenantFile>::read(&self.config)?;
                let key = AuditKey::of(&master_key(&config, &config.file.master_key_file)?);
                Ok(Log { stores: open(&tenant_locations(&config)?, &tenant::MIGRATIONS).await?, key })
            }
        }
    }
}

async fn open(locations: &[Location], migrations: &store::sqlx::migrate::Migrator) -> anyhow::Result<Vec<Store>> {
    let mut stores = Vec::with_capacity(locations.len());
    for location in locations {
        stores.push(Store::open(location, migrations, Schema::Expect).await?);
    }
    Ok(stores)
}

/// Carries the command out. It only reads: beside a running server too.
pub async fn run(arguments: Arguments) -> anyhow::Result<()> {
    let mut out = std::io::stdout();
    match arguments.command {
        Command::Verify { of, checkpoints, json } => {
            let held = checkpoints.as_deref().map(held).transpose()?.unwrap_or_default();
            verify(&of.open().await?, &held, json, &mut out).await
        }
        Command::ExportCheckpoints { of } => {
            for (store, tenant) in logs(&of.open().await?).await? {
                audit::export_checkpoints(&store, tenant, &mut out).await?;
            }
            Ok(())
        }
        Command::PublicKey { of } => Ok(out.write_all(of.open().await?.key.public().to_pem().as_bytes())?),
    }
}

fn held(file: &Path) -> anyhow::Result<Vec<Checkpoint>> {
    let open = File::open(file).with_context(|| format!("cannot read {}", file.display()))?;
    audit::read_checkpoints(BufReader::new(open)).with_context(|| file.display().to_string())
}

/// Every tenant's log, with the database it is in.
async fn logs(log: &Log) -> anyhow::Result<Vec<(Store, Uuid)>> {
    let mut all = Vec::new();
    for store in &log.stores {
        let mut from = Uuid::nil();
        loop {
            let page = audit::tenants(&mut store.read().await?, from, PAGE).await?;
            let full = page.len() == usize::from(PAGE);
            if let Some(last) = page.last() {
                from = Uuid::from_u128(last.as_u128().saturating_add(1));
            }
            all.extend(page.into_iter().map(|tenant| (store.clone(), tenant)));
            if !full {
                break;
            }
        }
    }
    Ok(all)
}

async fn verify(log: &Log, held: &[Checkpoint], json: bool, out: &mut impl Write) -> anyhow::Result<()> {
    let mut reports = Vec::new();
    for (store, tenant) in logs(log).await? {
        let report = audit::verify(&store, tenant, &[log.key.public()], held).await?;
        if !json {
            writeln!(out, "{report}")?;
        }
        reports.push(report);
    }
    if json {
        writeln!(out, "{}", serde_json::to_string_pretty(&reports)?)?;
    }
    let broken = reports.iter().filter(|report| !report.is_whole()).count();
    if broken > 0 {
        bail!("{broken} of {} logs are not as they were written", reports.len());
    }
    Ok(())
}
