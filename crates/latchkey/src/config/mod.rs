//! The configuration file: TOML, documented by itself (`latchkey config identity` prints it), environment variables above it.
//!
//! ```text
//! file ─▶ tables with positions ─▶ LATCHKEY__TABLE__KEY laid over ─▶ typed, unknown keys refused with their line ─▶ checked
//! ```

mod blueprints;
mod file;
mod overlay;
mod problem;

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;

pub use blueprints::print_blueprint;
pub use file::{Database, IdentityFile, Listen, Log, LogFormat, Mail, TenantFile};
pub use problem::Problem;

use crate::Which;

/// The documented files: what each key means, with its default. They are what the program prints, and complete: a test
/// compares them with the types.
pub const IDENTITY_REFERENCE: &str = include_str!("identity.toml");
/// See [`IDENTITY_REFERENCE`].
pub const TENANT_REFERENCE: &str = include_str!("tenant.toml");

/// `latchkey config`.
pub fn print(server: Which) -> anyhow::Result<()> {
    let reference = match server {
        Which::Identity => IDENTITY_REFERENCE,
        Which::Tenant => TENANT_REFERENCE,
    };
    Ok(std::io::stdout().lock().write_all(reference.as_bytes())?)
}

/// A configuration with the place that its relative paths are counted from.
pub struct Config<F> {
    /// Its content.
    pub file: F,
    path: PathBuf,
}

impl<F: DeserializeOwned> Config<F> {
    /// Reads a file, and the environment above it.
    pub fn read(path: &Path) -> Result<Self, Problem> {
        let variables = std::env::vars().filter(|(name, _)| name.starts_with(overlay::PREFIX));
        let text = fs::read_to_string(path).map_err(|error| Problem::unreadable(path, &error))?;
        Ok(Self { file: overlay::parse(path, &text, variables.collect())?, path: path.to_owned() })
    }
}

impl<F> Config<F> {
    /// A path as the file means it: from the file's own folder.
    pub fn path(&self, named: &Path) -> PathBuf {
        self.path.parent().unwrap_or(Path::new(".")).join(named)
    }

    /// What is wrong with a key, and what to do about it.
    pub fn problem(&self, key: &str, reason: impl std::fmt::Display) -> Problem {
        Problem::at_key(&self.path, key, &reason)
    }
}

#[cfg(test)]
mod tests;
