//! Latchkey: an OpenID Connect identity provider with account linking, in one binary.

mod demo;
mod logging;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// One identity opens many doors: an OpenID Connect identity provider with account linking.
#[derive(Parser)]
#[command(version, arg_required_else_help = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Start everything on this machine: an identity server, two tenants, two applications and a mail inbox.
    Demo(demo::Arguments),
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    logging::start();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&error.into()),
    };
    let outcome = runtime.block_on(async {
        match arguments.command {
            Command::Demo(arguments) => demo::run(arguments).await,
        }
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&error),
    }
}

/// Says what went wrong, with its causes, and what it means for whoever called: exit code 1.
#[expect(clippy::print_stderr, reason = "a command line tells its errors on stderr")]
fn fail(error: &anyhow::Error) -> ExitCode {
    eprintln!("latchkey: {error:#}");
    ExitCode::FAILURE
}
