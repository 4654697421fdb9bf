use std::collections::BTreeMap;

use ambient::Timestamp;
use serde_json::{Value, json};
use url::form_urlencoded::parse;

use super::problem::Problem;

/// The most rows of a page.
const MOST: i64 = 200;
/// As many as a page has unless more or fewer are asked for.
const USUAL: i64 = 50;
/// The longest text.
const LONGEST: usize = 4_000;

/// A parameter of an address.
pub(super) struct Parameter {
    pub name: &'static str,
    pub about: &'static str,
    pub kind: Kind,
}

/// What it may be.
pub(super) enum Kind {
    Text,
    Flag,
    Id,
    /// As in `2026-02-28`.
    Day,
    /// One of these.
    Word(fn() -> Vec<&'static str>),
    /// From 1 on.
    Number,
    /// How many rows.
    Limit,
}

/// Where the page begins, and how long it is: of every list.
pub(super) const LIMIT: Parameter =
    Parameter { name: "limit", about: "How many, at most. 1 to 200; 50 unless said.", kind: Kind::Limit };
pub(super) const CURSOR: Parameter =
    Parameter { name: "cursor", about: "`next` of the page before. Opaque.", kind: Kind::Text };

impl Parameter {
    /// Its JSON schema.
    pub(super) fn schema(&self) -> Value {
        match self.kind {
            Kind::Text => json!({ "type": "string", "maxLength": LONGEST }),
            Kind::Flag => json!({ "type": "boolean" }),
            Kind::Id => json!({ "type": "string", "format": "uuid" }),
            Kind::Day => json!({ "type": "string", "format": "date" }),
            Kind::Word(words) => json!({ "type": "string", "enum": words() }),
            Kind::Number => json!({ "type": "integer", "minimum": 1 }),
            Kind::Limit => json!({ "type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL }),
        }
    }

    fn fits(&self, value: &str) -> bool {
        match self.kind {
            // PostgreSQL keeps no U+0000.
            Kind::Text => value.len() <= LONGEST && (!value.contains('\0') || self.name == CURSOR.name),
            Kind::Flag => matches!(value, "true" | "false"),
            Kind::Id => uuid::Uuid::parse_str(value).is_ok(),
            Kind::Day => Timestamp::of_day(value).is_some(),
            Kind::Word(words) => words().contains(&value),
            Kind::Number => value.parse().is_ok_and(|number: i64| number >= 1),
            Kind::Limit => value.parse().is_ok_and(|limit: i64| (1..=MOST).contains(&limit)),
        }
    }
}

/// The parameters that came: all of them known, each once, each what it may be.
#[derive(Default)]
pub(super) struct Query(BTreeMap<&'static str, String>);

impl Query {
    pub(super) fn read(known: &'static [Parameter], query: &str) -> Result<Self, Problem> {
        let mut read = BTreeMap::new();
        for (name, value) in parse(query.as_bytes()) {
            let parameter = known.iter().find(|parameter| parameter.name == name);
            let parameter = parameter.ok_or_else(|| Problem::invalid("unknown_parameter", &name))?;
            if !parameter.fits(&value) || read.insert(parameter.name, value.into_owned()).is_some() {
                return Err(Problem::invalid("invalid_parameter", parameter.name));
            }
        }
        Ok(Self(read))
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    pub(super) fn cursor(&self) -> Option<&str> {
        self.get(CURSOR.name)
    }

    /// When the day of a parameter of the kind [`Kind::Day`] begins, in UTC.
    pub(super) fn day(&self, name: &str) -> Option<Timestamp> {
        self.get(name).and_then(Timestamp::of_day)
    }

    /// A parameter of the kind [`Kind::Number`].
    pub(super) fn number(&self, name: &str) -> Option<i64> {
        self.get(name).and_then(|number| number.parse().ok())
    }

    pub(super) fn limit(&self) -> i64 {
        self.number(LIMIT.name).unwrap_or(USUAL)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: &[Parameter] =
        &[LIMIT, Parameter { name: "state", about: "", kind: Kind::Word(|| vec!["a", "b"]) }, CURSOR];

    #[test]
    fn web_18_what_is_unknown_doubled_or_out_of_range_is_refused() {
        for (query, fine) in [
            ("", true),
            ("limit=200&state=a", true),
            ("limit=0", false),
            ("limit=201", false),
            ("limit=-1", false),
            ("limit=1;DROP", false),
            ("state=c", false),
            ("state=a&state=b", false),
            ("sort=name", false),
            ("LIMIT=1", false),
        ] {
            assert_eq!(Query::read(KNOWN, query).is_ok(), fine, "{query}");
        }
        assert_eq!(Query::default().limit(), USUAL);
    }
}
