use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::{Location, Schema, Store};
use tenant::MIGRATIONS;
use tenant_server::{MailSettings, ServerConfig, TenantDatabases, TenantServer};
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::operations::Ready;
use super::parts::{Foundation, bind, client, entry, location};
use super::run::Running;
use crate::config::{Config, TenantFile};
use crate::control::{self, Answer, Reply};
use crate::logging;

/// Its schema on PostgreSQL.
const SCHEMA: &str = "latchkey_tenants";
/// How long new requests are gathered into one mail to administrators.
const GATHER: Duration = Duration::from_mins(2);

/// `latchkey serve tenant`.
pub async fn serve(path: &Path) -> anyhow::Result<()> {
    let config = Config::<TenantFile>::read(path)?;
    let file = &config.file;
    logging::start(&file.log).map_err(|error| config.problem("log.filter", error))?;
    let listener = bind(&config, "listen.address", file.listen.address).await?;
    let operations = match file.operations.address {
        Some(address) => Some(bind(&config, "operations.address", address).await?),
        None => None,
    };
    let entry = entry(&config, &file.listen, &file.issuer)?;
    let server = open(&config).await?;
    let (cancel, socket) = (CancellationToken::new(), control::listen(&config.path(&file.socket)).await?);
    let commands = server.clone();
    let issuer = file.issuer.as_str().trim_end_matches('/').to_owned();
    let running = Running {
        listener,
        entry,
        router: server.router(),
        operations,
        ready: Ready(Arc::new(server.control().clone())),
        workers: server.spawn_workers(&cancel),
        cancel,
    };
    let execute = move |command: TenantCommand, answer: Answer| {
        let (server, issuer) = (commands.clone(), issuer.clone());
        async move { execute(&server, &issuer, command, &answer).await }
    };
    running.until_stopped(|stop| socket.serve(execute, stop)).await?;
    server.stopped().await;
    Ok(())
}

/// The server, without listening.
async fn open(config: &Config<TenantFile>) -> anyhow::Result<TenantServer> {
    let (file, blueprints) = (&config.file, config.blueprints()?);
    let outbound = &file.outbound;
    let http = client(config, ("outbound.allowed_origins", &outbound.allowed_origins), outbound.ca_file.as_deref())?;
    let foundation = Foundation::lay(config, &file.product, &file.master_key_file, &file.mail, http)?;
    let opened = TenantServer::open(ServerConfig {
        tenants: Vec::new(),
        blueprints,
        databases: databases(config).await?,
        master_key: foundation.master_key,
        ambient: foundation.ambient,
        http: foundation.http,
        mail: MailSettings { transport: foundation.mail, from: foundation.sender },
        gather_requests_for: GATHER,
        largest_import: u64::from(file.largest_import).saturating_mul(1_000_000),
        product: file.product.clone(),
    });
    let key = config.path(&file.master_key_file);
    let hint =
        || format!("if a key cannot be opened, the data is sealed under another master key than {}", key.display());
    opened.await.with_context(hint)
}

/// Where its tenants' rows are.
async fn databases(config: &Config<TenantFile>) -> anyhow::Result<TenantDatabases> {
    match location(config, &config.file.database, SCHEMA)? {
        Location::Sqlite(folder) => Ok(TenantDatabases::Files(folder, Schema::Expect)),
        shared @ Location::Postgres { .. } => {
            Ok(TenantDatabases::Shared(Store::open(&shared, &MIGRATIONS, Schema::Expect).await?))
        }
    }
}

/// Every database that it has: one on PostgreSQL; on SQLite the control database first, then each tenant's.
pub fn locations(config: &Config<TenantFile>) -> anyhow::Result<Vec<Location>> {
    match location(config, &config.file.database, SCHEMA)? {
        Location::Sqlite(folder) => Ok(files(&folder)?.into_iter().map(Location::Sqlite).collect()),
        shared @ Location::Postgres { .. } => Ok(vec![shared]),
    }
}

fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let control = folder.join("control.db");
    let mut files = vec![control.clone()];
    match std::fs::read_dir(folder) {
        Ok(entries) => {
            for entry in entries {
                let path = entry?.path();
                if path.extension().is_some_and(|it| it == "db") && path != control {
                    files.push(path);
                }
            }
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    files.sort_by_key(|path| (*path != control, path.clone()));
    Ok(files)
}

/// A command to a tenant server.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum TenantCommand {
    /// Redeem an enrolment code.
    Enrol {
        /// The code.
        code: String,
    },
}

/// Options of `latchkey enrol`.
#[derive(clap::Args)]
pub struct Enrol {
    /// The enrolment code.
    code: String,
    /// The tenant server's configuration file.
    #[arg(long, value_name = "FILE", env = "LATCHKEY_CONFIG", default_value = "tenant.toml")]
    config: PathBuf,
    /// Answer in JSON.
    #[arg(long)]
    json: bool,
}

/// `latchkey enrol`: through the running server, or before the first start.
pub async fn enrol(arguments: Enrol) -> anyhow::Result<()> {
    let config = Config::<TenantFile>::read(&arguments.config)?;
    let command = TenantCommand::Enrol { code: arguments.code };
    let replies = match control::ask(&config.path(&config.file.socket), &command).await? {
        Some(replies) => replies,
        None => {
            let server = open(&config).await?;
            let issuer = config.file.issuer.as_str().trim_end_matches('/').to_owned();
            let (answer, replies) = mpsc::channel(1);
            tokio::spawn(async move { execute(&server, &issuer, command, &answer).await });
            replies
        }
    };
    control::print(replies, arguments.json).await.map(drop)
}

async fn execute(server: &TenantServer, issuer: &str, command: TenantCommand, answer: &Answer) {
    let TenantCommand::Enrol { code } = command;
    let reply = match server.enrol(issuer, &code).await {
        Ok(slug) => Reply::Done(json!({ "tenant": slug, "enrolled": true })),
        Err(error) => Reply::Refused(error.to_string()),
    };
    let _gone = answer.send(reply).await;
}
