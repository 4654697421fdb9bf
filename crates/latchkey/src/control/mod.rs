//! Commands: to the running server through its socket, or to its database while none is running.
//!
//! ```text
//! latchkey clients create … ─▶ Command (JSON line) ─▶ socket, 0600 ─▶ execute ─▶ Reply lines ─▶ table, or --json
//!                                       └─ nobody listens ─▶ open the database ─▶ execute
//! ```
//! The socket is the authority: whoever can open it is the operator.

mod command;
mod execute;
mod providers;
mod show;
mod socket;

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use serde_json::Value;
use tokio::sync::mpsc;

pub use command::{AccountsCommand, AdministratorsCommand, ClientsCommand, Command, KeysCommand, TenantsCommand};
pub use execute::execute;
pub use providers::ProvidersCommand;
pub use socket::{Answer, ask, listen};

use crate::config::{Config, IdentityFile};
use crate::serve::{assemble_identity, lay_identity, open_identity};

/// What a command answers, line by line.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reply {
    /// One line of a long answer.
    Line(String),
    /// It is done; this is the result.
    Done(Value),
    /// It is not done, for this reason: nothing was changed.
    Refused(String),
}

/// Options that every command has.
#[derive(clap::Args)]
pub struct Options {
    /// The identity server's configuration file.
    #[arg(long, value_name = "FILE", env = "LATCHKEY_CONFIG", global = true, default_value = "identity.toml")]
    config: PathBuf,
    /// Answer in JSON.
    #[arg(long, global = true)]
    json: bool,
    /// Do not ask before something is destroyed.
    #[arg(long, global = true)]
    yes: bool,
}

/// Sends a command and prints what comes back.
pub async fn run(options: Options, command: Command) -> anyhow::Result<()> {
    if let Some(question) = command.destroys()
        && !options.yes
    {
        confirm(&question)?;
    }
    let found = print(send(&options.config, command.load()?).await?, options.json).await?;
    // What a test finds is printed either way; a script asks whether all is well.
    let is_wrong = |check: &Value| check.get("outcome").is_some_and(|outcome| outcome == "wrong");
    if found.as_array().is_some_and(|checks| checks.iter().any(is_wrong)) {
        bail!("not everything is right with it");
    }
    Ok(())
}

/// Prints what comes back, until it is done; and gives the result.
pub async fn print(mut replies: mpsc::Receiver<Reply>, json: bool) -> anyhow::Result<Value> {
    while let Some(reply) = replies.recv().await {
        match reply {
            Reply::Line(line) => show::line(&line)?,
            Reply::Done(value) => {
                show::value(&value, json)?;
                return Ok(value);
            }
            Reply::Refused(reason) => bail!(reason),
        }
    }
    bail!(
        "the server ended before it had answered; whether the command was carried out, its lists and its audit log tell"
    )
}

async fn send(path: &Path, command: Command) -> anyhow::Result<mpsc::Receiver<Reply>> {
    let config = Config::<IdentityFile>::read(path)?;
    let socket = config.path(&config.file.socket);
    if let Some(replies) = socket::ask(&socket, &command).await? {
        return Ok(replies);
    }
    let foundation = lay_identity(&config)?;
    let server = assemble_identity(open_identity(&config, &foundation).await?, foundation);
    let (answer, replies) = mpsc::channel(16);
    tokio::spawn(async move { execute(&server, command, &answer).await });
    Ok(replies)
}

/// Asks at the terminal. Where there is none, nobody can have meant it.
#[expect(clippy::print_stderr, reason = "a question at the terminal")]
fn confirm(question: &str) -> anyhow::Result<()> {
    use std::io::IsTerminal;
    if !std::io::stdin().is_terminal() {
        bail!("{question} Nobody is there to ask: --yes says so");
    }
    eprint!("{question} [y/N] ");
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer).context("cannot read the answer")?;
    if matches!(answer.trim().to_lowercase().as_str(), "y" | "yes") {
        return Ok(());
    }
    bail!("nothing was done")
}
