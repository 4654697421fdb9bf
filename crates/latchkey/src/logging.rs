use std::fmt::{self, Debug, Write};
use std::io::IsTerminal;

use tracing::field::Field;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::field::MakeExt;
use tracing_subscriber::fmt::FormatFields;
use tracing_subscriber::fmt::format::{Writer, debug_fn};

use crate::config::{Log, LogFormat};

/// Logs of the demo and of commands go to stderr; `RUST_LOG` says how much (default: warnings).
pub fn start_quiet() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .fmt_fields(escaped())
        .with_writer(std::io::stderr)
        .with_ansi(colours())
        .init();
}

/// Messages and fields of text logs. What is logged was often written by a stranger: it begins no line of its own, and gives
/// a terminal no orders (WEB-16).
fn escaped() -> impl for<'writer> FormatFields<'writer> + Send + Sync + 'static {
    debug_fn(|writer: &mut Writer<'_>, field: &Field, value: &dyn Debug| {
        if field.name() != "message" {
            write!(writer, "{field}=")?;
        }
        write!(Escaping(writer), "{value:?}")
    })
    .delimited(" ")
}

/// Writes characters that control something as `\n`, `\u{1b}` and so on.
struct Escaping<W>(W);

impl<W: Write> Write for Escaping<W> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for part in text.split_inclusive(controls) {
            match part.chars().next_back().filter(|last| controls(*last)) {
                Some(last) => {
                    self.0.write_str(part.strip_suffix(last).unwrap_or(part))?;
                    write!(self.0, "{}", last.escape_default())?;
                }
                None => self.0.write_str(part)?,
            }
        }
        Ok(())
    }
}

/// Controls, line and paragraph separators, and what turns the direction of writing round.
fn controls(c: char) -> bool {
    c.is_control() || matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Colours are for a terminal, and for whoever has not declined them.
fn colours() -> bool {
    std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none()
}

/// Logs of a server, as its configuration says; `RUST_LOG` lies above it.
pub fn start(log: &Log) -> Result<(), String> {
    let filter = match EnvFilter::try_from_default_env() {
        Ok(filter) => filter,
        Err(_) => EnvFilter::try_new(&log.filter).map_err(|error| error.to_string())?,
    };
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).with_ansi(colours());
    match log.format {
        LogFormat::Text => lines.fmt_fields(escaped()).init(),
        LogFormat::Json => lines.json().flatten_event(true).init(),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Clone, Default)]
    struct Paper(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Paper {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn web_16_what_a_stranger_wrote_begins_no_line_and_orders_no_terminal_about() {
        let paper = Paper::default();
        let writer = paper.clone();
        let subscriber = tracing_subscriber::fmt()
            .fmt_fields(escaped())
            .with_writer(move || writer.clone())
            .with_ansi(false)
            .without_time()
            .finish();
        let evil = "x\n2026-01-01 INFO forged\r\u{1b}[2J\u{9b}1m\u{202e}\u{2028}";
        tracing::subscriber::with_default(subscriber, || {
            let _within = tracing::info_span!("request", path = %evil).entered();
            tracing::info!(shown = %evil, quoted = evil, debugged = ?evil, "told: {evil}");
            tracing::info!(tenant = "acme", name = %"Zoë \u{1f600}", count = 7, "as it is");
        });
        let told = String::from_utf8(paper.0.lock().unwrap().clone()).unwrap();
        assert_eq!(told.lines().count(), 2, "{told}");
        assert!(told.lines().all(|line| !line.chars().any(controls)), "{told:?}");
        assert_eq!(told.matches("forged\\r\\u{1b}[2J\\u{9b}1m\\u{202e}\\u{2028}").count(), 6, "{told}");
        assert!(told.contains("as it is tenant=\"acme\" name=Zoë \u{1f600} count=7"), "{told}");
    }
}
