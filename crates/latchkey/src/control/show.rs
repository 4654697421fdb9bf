//! What a command answers, for people: lists as columns, single things as lines of name and value.

use std::io::Write;

use serde_json::{Map, Value};

/// A line as it is.
pub fn line(text: &str) -> anyhow::Result<()> {
    Ok(writeln!(std::io::stdout().lock(), "{}", text.trim_end_matches('\n'))?)
}

/// A result, as JSON or for people.
pub fn value(value: &Value, json: bool) -> anyhow::Result<()> {
    if json {
        return line(&serde_json::to_string_pretty(value)?);
    }
    match value {
        Value::Array(rows) if rows.is_empty() => line("There are none."),
        Value::Array(rows) => line(&columns(rows)),
        Value::Object(fields) => line(&lines(fields)),
        Value::Null => Ok(()),
        other => line(&cell(other)),
    }
}

/// What people look for first. The rest follows by name.
const FIRST: [&str; 14] = [
    "key",
    "check",
    "issuer",
    "slug",
    "client_id",
    "client_secret",
    "enrolment_code",
    "email",
    "kid",
    "name",
    "given_name",
    "family_name",
    "tenant",
    "base_url",
];

fn names(fields: &Map<String, Value>) -> Vec<&String> {
    let mut names: Vec<&String> = fields.keys().collect();
    names.sort_by_key(|name| FIRST.iter().position(|first| first == name).unwrap_or(FIRST.len()));
    names
}

fn lines(fields: &Map<String, Value>) -> String {
    let width = fields.keys().map(String::len).max().unwrap_or_default();
    let line = |name: &String| {
        let value = fields.get(name).map(cell).unwrap_or_default();
        format!("{:width$}  {value}", name.replace('_', " "))
    };
    names(fields).into_iter().map(line).collect::<Vec<_>>().join("\n")
}

fn columns(rows: &[Value]) -> String {
    let rows: Vec<&Map<String, Value>> = rows.iter().filter_map(Value::as_object).collect();
    let Some(names) = rows.first().map(|row| names(row)) else { return String::new() };
    let mut table: Vec<Vec<String>> = vec![names.iter().map(|name| name.replace('_', " ").to_uppercase()).collect()];
    table
        .extend(rows.iter().map(|row| names.iter().map(|name| row.get(*name).map(cell).unwrap_or_default()).collect()));
    let width = |column: usize| {
        table.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or_default()
    };
    let widths: Vec<usize> = (0..names.len()).map(width).collect();
    let padded = |row: &Vec<String>| {
        let cells = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:width$}"));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    table.iter().map(padded).collect::<Vec<_>>().join("\n")
}

/// A value on one line. What people typed goes to a terminal without its control characters (WEB-16).
fn cell(value: &Value) -> String {
    let text = match value {
        Value::Null => "-".to_owned(),
        Value::String(text) => text.clone(),
        Value::Bool(yes) => if *yes { "yes" } else { "no" }.to_owned(),
        Value::Array(values) => values.iter().map(cell).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    };
    text.chars().map(|letter| if letter.is_control() { '\u{fffd}' } else { letter }).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn lists_are_columns_and_names_cannot_command_the_terminal() {
        let rows = json!([
            { "name": "Lightbox", "disabled": false, "uris": ["a", "b"] },
            { "name": "\u{1b}[2Jx", "disabled": true, "uris": [] },
        ]);
        let text = columns(rows.as_array().unwrap());
        assert_eq!(text, "NAME      DISABLED  URIS\nLightbox  no        a, b\n\u{fffd}[2Jx     yes");
        assert_eq!(lines(json!({ "client_id": "x", "a": null }).as_object().unwrap()), "client id  x\na          -");
    }
}
