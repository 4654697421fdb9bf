use std::process::ExitCode;

use crate::config::Problem;
use crate::listen::BindError;

/// What the exit codes mean; shown by `latchkey --help`.
pub const HELP: &str = "\
Exit codes:
  0  done
  1  refused or failed: nothing was changed, or the message says what was
  2  the command line is wrong
  3  the configuration is wrong, or a file, address or key that it names cannot be used
  4  the database cannot be used: it is away, older than this program, or newer";

/// Says what went wrong, with its causes, on stderr.
#[expect(clippy::print_stderr, reason = "a command line tells its errors on stderr")]
pub fn failed(error: &anyhow::Error) -> ExitCode {
    eprintln!("latchkey: {}", told(error));
    ExitCode::from(code(error))
}

/// The error with its causes; what one repeats of the next is said once.
fn told(error: &anyhow::Error) -> String {
    let mut told = String::new();
    for cause in error.chain().map(ToString::to_string) {
        if !told.contains(&cause) {
            let colon = if told.is_empty() { "" } else { ": " };
            told = format!("{told}{colon}{cause}");
        }
    }
    told
}

fn code(error: &anyhow::Error) -> u8 {
    let has = |found: fn(&(dyn std::error::Error + 'static)) -> bool| error.chain().any(found);
    if has(|cause| cause.is::<Problem>() || cause.is::<BindError>() || cause.is::<identity::OpenError>()) {
        3
    } else if has(|cause| cause.is::<store::OpenError>()) {
        4
    } else {
        1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn causes_are_told_once() {
        let inner = anyhow::anyhow!("refused");
        let error = inner.context("cannot connect: refused").context("database x");
        assert_eq!(told(&error), "database x: cannot connect: refused");
    }
}
