//! The demo: the product in small, from nothing and without a network.
//!
//! ```text
//! folder (remembers addresses) ─▶ stage (binds every port) ─▶ open (servers) ─▶ seed (the cast) ─▶ demo.json, table ─▶ serve
//! ```

mod cast;
mod databases;
mod directory;
mod document;
mod folder;
mod groups;
mod layout;
mod open;
mod seed;
mod stage;
mod table;
mod tls;

use std::path::PathBuf;

use anyhow::Context;
use tokio_util::sync::CancellationToken;

use crate::signals;

/// Options of `latchkey demo`.
#[derive(clap::Args)]
pub struct Arguments {
    /// Where the demo keeps its data between starts.
    #[arg(long, value_name = "FOLDER", default_value = "./data/demo")]
    data: PathBuf,
    /// Forget what the folder holds and begin anew.
    #[arg(long)]
    fresh: bool,
    /// The first of eight consecutive ports [default: 8400, or what the folder remembers].
    #[arg(long, value_name = "PORT")]
    port_base: Option<u16>,
    /// Keep everything in this PostgreSQL database instead of SQLite files: postgres://USER:PASSWORD@HOST/DATABASE.
    #[arg(long, value_name = "URL", env = "LATCHKEY_DEMO_DATABASE", hide_env_values = true)]
    database: Option<String>,
    /// Serve https, from a certificate authority made in the data folder (never installed anywhere).
    #[arg(long)]
    tls: bool,
}

/// Runs until Ctrl-C or SIGTERM.
pub async fn run(arguments: Arguments) -> anyhow::Result<()> {
    let folder = folder::Folder::open(
        &arguments.data,
        arguments.fresh,
        folder::Wanted { port_base: arguments.port_base, tls: arguments.tls },
    )?;
    let mut stage = stage::Stage::bind(folder.layout()).await?;
    folder.keep()?;
    let cancel = CancellationToken::new();
    let tls = tls::Tls::prepare(&folder)?;
    let databases = databases::Databases::open(&folder, arguments.database.as_deref(), arguments.fresh).await?;
    let mut house = open::open(&folder, &mut stage, tls.as_ref(), databases, &cancel).await?;
    let seeded = seed::seed(&mut house, folder.layout()).await.context("cannot prepare the demo's people")?;
    let document = document::Document::of(&folder, &seeded);
    document.write(&folder)?;
    table::print(&document, &folder)?;
    let running = stage.serve(house, tls, &cancel)?;
    signals::stop().await?;
    table::say("Stopping.")?;
    cancel.cancel();
    running.ended().await;
    Ok(())
}
