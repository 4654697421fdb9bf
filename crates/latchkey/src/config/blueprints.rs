use std::fs;
use std::io::Write;

use tenant::blueprint::Blueprint;

use super::{Config, Problem, TenantFile};

impl Config<TenantFile> {
    /// The operator's own kinds of tenants.
    pub fn blueprints(&self) -> Result<Vec<Blueprint>, Problem> {
        let mut files = Vec::with_capacity(self.file.blueprints.len());
        for named in &self.file.blueprints {
            let file = self.path(named).display().to_string();
            let text =
                fs::read_to_string(&file).map_err(|error| self.problem("blueprints", format!("{file}: {error}")))?;
            files.push((file, text));
        }
        Blueprint::own(&files).map_err(|error| self.problem("blueprints", error))
    }
}

/// `latchkey blueprint`.
pub fn print_blueprint(name: &str) -> anyhow::Result<()> {
    let text = Blueprint::text(name)?;
    Ok(std::io::stdout().lock().write_all(text.as_bytes())?)
}
