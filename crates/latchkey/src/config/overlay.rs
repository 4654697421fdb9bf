use std::path::Path;

use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::Problem;

/// What environment variables that set a key begin with: `LATCHKEY__DATABASE__URL` is `url` in `[database]`.
pub(super) const PREFIX: &str = "LATCHKEY__";

/// Reads a file's text with environment variables laid over it. A variable's value is TOML, or else plain text.
pub(super) fn parse<F: DeserializeOwned>(
    path: &Path,
    text: &str,
    mut variables: Vec<(String, String)>,
) -> Result<F, Problem> {
    variables.sort();
    let at = |error: &toml::de::Error| match error.span() {
        Some(span) if span.start < text.len() || variables.is_empty() => {
            Problem::at_offset(path, text, span.start, error.message())
        }
        // Positions behind the text are variables.
        Some(span) => match variables.get(span.start.saturating_sub(text.len() + 1)) {
            Some((variable, _)) => Problem::at_variable(path, variable, error.message()),
            None => Problem::whole(path, error.message()),
        },
        None => Problem::whole(path, error.message()),
    };
    let mut tables = DeTable::parse(text).map_err(|error| at(&error))?;
    for (index, (variable, value)) in variables.iter().enumerate() {
        let position = text.len() + 1 + index;
        lay_over(tables.get_mut(), variable, value, position)
            .ok_or_else(|| Problem::at_variable(path, variable, "no such table in the configuration"))?;
    }
    F::deserialize(toml::Deserializer::from(tables)).map_err(|error| at(&error))
}

fn lay_over<'i>(root: &mut DeTable<'i>, variable: &str, value: &'i str, position: usize) -> Option<()> {
    let span = position..position;
    let lowered = variable.strip_prefix(PREFIX)?.to_lowercase();
    let mut path: Vec<&str> = lowered.split("__").collect();
    let key = path.pop()?;
    let mut table = root;
    for step in path {
        let name = Spanned::new(span.clone(), step.to_owned().into());
        let entry = table.entry(name).or_insert_with(|| Spanned::new(span.clone(), DeValue::Table(DeTable::new())));
        let DeValue::Table(inner) = entry.get_mut() else { return None };
        table = inner;
    }
    let parsed = match DeValue::parse(value) {
        Ok(parsed) => parsed.into_inner(),
        Err(_) => DeValue::String(value.into()),
    };
    table.insert(Spanned::new(span.clone(), key.to_owned().into()), Spanned::new(span, parsed));
    Some(())
}
