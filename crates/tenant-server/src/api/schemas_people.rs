//! What bodies and answers of [`people`](super::people) look like.

use serde_json::{Value, json};

use super::schemas::object;

pub(super) fn bodies() -> Vec<(&'static str, Value)> {
    let keeper = json!({
        "type": ["string", "null"], "minLength": 1, "maxLength": 80,
        "description": "Who keeps the record elsewhere, on one line; null: it is released.",
    });
    vec![("NameKeeper", object(&[("kept_by", keeper)]))]
}
