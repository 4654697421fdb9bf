//! Claims as people read them.

use ambient::Timestamp;
use openidconnect::AdditionalClaims;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Claims beyond the standard ones, whatever they are.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Others(pub Map<String, Value>);

impl AdditionalClaims for Others {}

/// A claim's value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shown {
    /// Words, numbers, objects.
    Text(String),
    /// True or false.
    Flag(bool),
    /// A moment (`NumericDate`).
    Time(Timestamp),
    /// Several, such as roles.
    List(Vec<String>),
}

/// One row of a table of claims.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// Its name on the wire.
    pub name: String,
    /// Its value.
    pub value: Shown,
}

impl Claim {
    /// The key of the text that says what it means.
    pub fn meaning(&self) -> Option<String> {
        EXPLAINED.contains(&self.name.as_str()).then(|| format!("claim-{}", self.name.replace('_', "-")))
    }
}

/// Claims whose meaning the page tells (`claim-…` in the Fluent files).
pub const EXPLAINED: [&str; 22] = [
    "iss",
    "sub",
    "aud",
    "exp",
    "iat",
    "auth_time",
    "nonce",
    "acr",
    "amr",
    "sid",
    "at_hash",
    "name",
    "given_name",
    "family_name",
    "email",
    "email_verified",
    "locale",
    "updated_at",
    "tenant",
    "roles",
    "groups",
    "idp",
];

/// Every claim as a row, in the order in which they are explained; the others follow.
pub fn rows(claims: &Map<String, Value>) -> Vec<Claim> {
    let place = |name: &str| EXPLAINED.iter().position(|known| *known == name).unwrap_or(EXPLAINED.len());
    let mut rows: Vec<_> =
        claims.iter().map(|(name, value)| Claim { name: name.clone(), value: shown(name, value) }).collect();
    rows.sort_by(|a, b| place(&a.name).cmp(&place(&b.name)).then_with(|| a.name.cmp(&b.name)));
    rows
}

/// A claim as text; `None` if it isn't there.
pub fn text(claims: &Map<String, Value>, name: &str) -> Option<String> {
    claims.get(name).map(plain).filter(|text| !text.is_empty())
}

/// A claim as a list.
pub fn list(claims: &Map<String, Value>, name: &str) -> Vec<String> {
    match claims.get(name) {
        Some(Value::Array(values)) => values.iter().map(plain).collect(),
        Some(value) => vec![plain(value)],
        None => Vec::new(),
    }
}

fn shown(name: &str, value: &Value) -> Shown {
    match value {
        Value::Bool(flag) => Shown::Flag(*flag),
        Value::Array(values) => Shown::List(values.iter().map(plain).collect()),
        Value::Number(seconds) if matches!(name, "exp" | "iat" | "nbf" | "auth_time" | "updated_at") => seconds
            .as_i64()
            .map_or_else(|| Shown::Text(plain(value)), |seconds| Shown::Time(Timestamp::from_seconds(seconds))),
        _ => Shown::Text(plain(value)),
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn claims_become_rows_in_a_steady_order() {
        let claims =
            json!({ "zeta": {"a": 1, "b": 2}, "exp": 60, "sub": "s", "email_verified": true, "amr": ["pwd", "otp"] });
        let rows = rows(claims.as_object().unwrap());
        let row = |name: &str, value| Claim { name: name.into(), value };
        assert_eq!(
            rows,
            [
                row("sub", Shown::Text("s".into())),
                row("exp", Shown::Time(Timestamp::from_seconds(60))),
                row("amr", Shown::List(vec!["pwd".into(), "otp".into()])),
                row("email_verified", Shown::Flag(true)),
                row("zeta", Shown::Text(r#"{"a":1,"b":2}"#.into())),
            ]
        );
    }

    #[test]
    fn a_single_value_is_a_list_of_one() {
        let claims = json!({ "roles": "editor", "groups": ["a", "b"] });
        let claims = claims.as_object().unwrap();
        assert_eq!(
            (list(claims, "roles"), list(claims, "groups"), list(claims, "x")),
            (vec!["editor".into()], vec!["a".into(), "b".into()], vec![])
        );
    }
}
