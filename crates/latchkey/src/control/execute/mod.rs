//! Commands as the operator's deeds: each calls the rule that the pages call.

mod clients;
mod people;
mod providers;
mod tenants;

use identity::Fault;
use identity_server::IdentityServer;
use serde_json::Value;
use tokio::sync::mpsc;

use super::{Command, Reply};

/// Why a command was not carried out.
enum Refusal {
    /// For a reason that the operator can do something about.
    Because(String),
    /// The caller went away.
    Gone,
}

impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Self {
        Self::Because(fault.to_string())
    }
}

impl From<store::StoreError> for Refusal {
    fn from(error: store::StoreError) -> Self {
        Self::Because(error.to_string())
    }
}

fn because(reason: impl Into<String>) -> Refusal {
    Refusal::Because(reason.into())
}

/// Carries out a command as the operator.
pub async fn execute(server: &IdentityServer, command: Command, answer: &mpsc::Sender<Reply>) {
    let identity = server.identity();
    let outcome: Result<Value, Refusal> = match command {
        Command::Clients(command) => clients::execute(identity, command).await,
        Command::Tenants(command) => tenants::execute(identity, command, answer).await,
        Command::Accounts(command) => people::accounts(identity, command).await,
        Command::Administrators(command) => people::administrators(identity, command).await,
        Command::Keys(command) => people::keys(identity, command).await,
        Command::Providers(command) => providers::execute(server, command).await,
    };
    let reply = match outcome {
        Ok(value) => Reply::Done(value),
        Err(Refusal::Because(reason)) => Reply::Refused(reason),
        Err(Refusal::Gone) => return,
    };
    let _gone = answer.send(reply).await;
}
