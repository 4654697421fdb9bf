use tracing_subscriber::EnvFilter;

/// Logs go to stderr; `RUST_LOG` says how much (default: warnings, and what Latchkey has to say).
pub fn start() {
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
}
