//! Latchkey: an OpenID Connect identity provider with account linking, in one binary.

mod audit_log;
mod config;
mod control;
mod demo;
mod exit;
mod listen;
mod logging;
mod migrate;
mod serve;
mod signals;

use std::process::ExitCode;

use clap::{Parser, Subcommand, ValueEnum};

/// One identity opens many doors: an OpenID Connect identity provider with account linking.
#[derive(Parser)]
#[command(version, arg_required_else_help = true, after_help = exit::HELP)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Start everything on this machine: an identity server, two tenants, two applications, a company directory and
    /// a mail inbox.
    Demo(demo::Arguments),
    /// Start one server from its configuration file.
    #[command(subcommand)]
    Serve(serve::Server),
    /// Print a documented configuration file to begin with.
    Config {
        /// Whose.
        server: Which,
    },
    /// Print a blueprint that ships, to begin one of one's own with.
    Blueprint {
        /// Its name.
        name: String,
    },
    /// Prepare a database, or bring it up to date; makes the master key of an empty one.
    Migrate(migrate::Arguments),
    /// Relying applications: register, list, show, rotate their secrets, disable.
    Clients {
        #[command(flatten)]
        options: control::Options,
        #[command(subcommand)]
        command: control::ClientsCommand,
    },
    /// Tenants: create, list, suspend, resume, export, delete.
    Tenants {
        #[command(flatten)]
        options: control::Options,
        #[command(subcommand)]
        command: control::TenantsCommand,
    },
    /// Accounts.
    Accounts {
        #[command(flatten)]
        options: control::Options,
        #[command(subcommand)]
        command: control::AccountsCommand,
    },
    /// Administrators of the platform.
    Administrators {
        #[command(flatten)]
        options: control::Options,
        #[command(subcommand)]
        command: control::AdministratorsCommand,
    },
    /// Signing keys.
    Keys {
        #[command(flatten)]
        options: control::Options,
        #[command(subcommand)]
        command: control::KeysCommand,
    },
    /// The platform's upstream providers: list, add, test, change, disable, remove.
    Providers {
        #[command(flatten)]
        options: control::Options,
        #[command(subcommand)]
        command: control::ProvidersCommand,
    },
    /// Let a tenant server serve a tenant, by the code that `latchkey tenants create` has printed.
    Enrol(serve::Enrol),
    /// The audit log: verify that nothing in it was changed, export its checkpoints.
    Audit(audit_log::Arguments),
}

/// Which of the two servers.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Which {
    /// The identity server.
    Identity,
    /// A tenant server.
    Tenant,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    // A server's log is set up by its configuration.
    if !matches!(arguments.command, Command::Serve(_)) {
        logging::start_quiet();
    }
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return exit::failed(&error.into()),
    };
    match runtime.block_on(run(arguments.command)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => exit::failed(&error),
    }
}

async fn run(command: Command) -> anyhow::Result<()> {
    match command {
        Command::Demo(arguments) => demo::run(arguments).await,
        Command::Serve(server) => serve::run(server).await,
        Command::Config { server } => config::print(server),
        Command::Blueprint { name } => config::print_blueprint(&name),
        Command::Migrate(arguments) => migrate::run(arguments).await,
        Command::Clients { options, command } => control::run(options, control::Command::Clients(command)).await,
        Command::Tenants { options, command } => control::run(options, control::Command::Tenants(command)).await,
        Command::Accounts { options, command } => control::run(options, control::Command::Accounts(command)).await,
        Command::Administrators { options, command } => {
            control::run(options, control::Command::Administrators(command)).await
        }
        Command::Keys { options, command } => control::run(options, control::Command::Keys(command)).await,
        Command::Providers { options, command } => control::run(options, control::Command::Providers(command)).await,
        Command::Enrol(arguments) => serve::enrol(arguments).await,
        Command::Audit(arguments) => audit_log::run(arguments).await,
    }
}
