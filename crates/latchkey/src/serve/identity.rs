use std::path::Path;
use std::sync::Arc;

use anyhow::Context;
use identity::grants::RefreshLifetimes;
use identity::passwords::Policy;
use identity::sessions::Lifetimes;
use identity::tenants::Blueprints;
use identity::{Identity, MIGRATIONS, Settings};
use identity_server::{IdentityServer, Reach, ServerConfig};
use store::{Location, Schema, Store};
use tokio_util::sync::CancellationToken;

use super::operations::Ready;
use super::parts::{Foundation, bind, client, entry, location};
use super::run::Running;
use crate::config::{Config, IdentityFile, Problem};
use crate::control::{self, Answer, Command};
use crate::logging;

/// Its schema on PostgreSQL.
const SCHEMA: &str = "latchkey_identity";

/// `latchkey serve identity`.
pub async fn serve(path: &Path) -> anyhow::Result<()> {
    let config = Config::<IdentityFile>::read(path)?;
    let file = &config.file;
    logging::start(&file.log).map_err(|error| config.problem("log.filter", error))?;
    check_issuer(&config)?;
    blueprints(&config)?;
    let listener = bind(&config, "listen.address", file.listen.address).await?;
    let operations = match file.operations.address {
        Some(address) => Some(bind(&config, "operations.address", address).await?),
        None => None,
    };
    let entry = entry(&config, &file.listen, &file.issuer)?;
    let foundation = lay(&config)?;
    let identity = open(&config, &foundation).await?;
    let server = assemble(identity.clone(), foundation);
    let cancel = CancellationToken::new();
    let socket = control::listen(&config.path(&file.socket)).await?;
    let commands = server.clone();
    let running = Running {
        listener,
        entry,
        router: identity_server::router(&server),
        operations,
        ready: Ready(Arc::new(identity.store)),
        workers: server.spawn_workers(&cancel),
        cancel,
    };
    let execute = move |command: Command, answer: Answer| {
        let server = commands.clone();
        async move { control::execute(&server, command, &answer).await }
    };
    running.until_stopped(|stop| socket.serve(execute, stop)).await
}

/// The server itself, of which nothing runs yet: for commands too, which may have to ask others.
pub fn assemble(identity: Identity, foundation: Foundation<Reach>) -> IdentityServer {
    let Foundation { http: outbound, mail, sender, .. } = foundation;
    IdentityServer::new(ServerConfig { identity, outbound, mail, sender })
}

/// What it is built from.
pub fn lay(config: &Config<IdentityFile>) -> anyhow::Result<Foundation<Reach>> {
    let file = &config.file;
    let (outbound, ca_file) = (&file.outbound, file.outbound.ca_file.as_deref());
    let reach = Reach::new(
        client(config, ("outbound.allowed_origins", &outbound.allowed_origins), ca_file)?,
        client(config, ("outbound.tenant_provider_origins", &outbound.tenant_provider_origins), ca_file)?,
    );
    Foundation::lay(config, &file.product, &file.master_key_file, &file.mail, reach)
}

/// Its database.
pub fn at(config: &Config<IdentityFile>) -> anyhow::Result<Location> {
    location(config, &config.file.database, SCHEMA)
}

/// Its rules with their database: for the server, and for commands while none is running.
pub async fn open(config: &Config<IdentityFile>, foundation: &Foundation<Reach>) -> anyhow::Result<Identity> {
    let file = &config.file;
    let location = at(config)?;
    let store = Store::open(&location, &MIGRATIONS, Schema::Expect).await?;
    let settings = Settings {
        issuer: file.issuer.clone(),
        product: file.product.clone(),
        passwords: Policy::default(),
        refresh: RefreshLifetimes::default(),
        sessions: Lifetimes::default(),
        blueprints: blueprints(config)?,
    };
    let sealed_under = || {
        let key = config.path(&file.master_key_file);
        format!("database {location} is sealed under another master key than {}: restore that one", key.display())
    };
    Identity::open(store, Arc::clone(&foundation.master_key), foundation.ambient.clone(), settings)
        .await
        .with_context(sealed_under)
}

/// What tenants can be made of.
fn blueprints(config: &Config<IdentityFile>) -> Result<Blueprints, Problem> {
    Blueprints::beside(config.file.blueprints.clone()).map_err(|why| config.problem("blueprints", why))
}

/// An issuer is an origin; tokens over plain http are for one's own machine.
fn check_issuer(config: &Config<IdentityFile>) -> anyhow::Result<()> {
    let issuer = &config.file.issuer;
    let origin = issuer.path() == "/" && issuer.query().is_none() && issuer.fragment().is_none();
    let here = matches!(issuer.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
    match issuer.scheme() {
        "https" if origin => Ok(()),
        "http" if origin && here => Ok(()),
        _ => Err(config.problem("issuer", "it must be https://HOST without a path (http only on localhost)").into()),
    }
}
