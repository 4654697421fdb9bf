//! What bodies and answers about jobs look like.

use serde_json::{Value, json};
use tenant::batches::BatchState;

use super::jobs::outcomes;
use super::schemas::{
    flag, id, id_or_null, list, number, object, of, or_null, provider_or_platform, text, time, time_or_null, words,
};

fn or_nothing(schema: &str) -> Value {
    json!({ "oneOf": [of(schema), { "type": "null" }] })
}

pub(super) fn how() -> Value {
    words(vec!["add", "remove", "set"])
}

pub(super) fn job() -> Value {
    object(&[
        ("id", id()),
        ("deed", text()),
        ("details", or_nothing("JobDetails")),
        ("state", words(BatchState::ALL.iter().map(|state| state.word()).collect())),
        ("search", or_null("string")),
        ("undo_of", id_or_null()),
        ("retry_of", id_or_null()),
        ("made_by", id()),
        ("made_at", time()),
        ("started_at", time_or_null()),
        ("ended_at", time_or_null()),
        ("items", number()),
        ("fitting", number()),
        ("done", number()),
        ("changed", number()),
        ("unchanged", number()),
        ("refused", number()),
    ])
}

pub(super) fn job_item() -> Value {
    object(&[
        ("position", number()),
        ("member", id()),
        ("name", or_null("string")),
        ("email", or_null("string")),
        ("done", flag()),
        ("outcome", words(outcomes())),
        // Null without `members:read`.
        ("change", or_nothing("JobChange")),
    ])
}

/// What is done to all of them.
pub(super) fn job_details() -> Value {
    let reason =
        json!({ "type": "string", "description": "For those alone who decide on requests, with `members:read`." });
    let mut details = object(&[
        ("roles?", list(text())),
        ("how?", how()),
        ("reason?", reason),
        ("provider?", provider_or_platform()),
        ("compromised?", flag()),
    ]);
    if let Some(details) = details.as_object_mut() {
        let about =
            "What is done, as `NewJob` was told. Null: it takes another job back, and each item tells its `change`.";
        details.insert("description".to_owned(), about.into());
    }
    details
}

/// What changes, or has changed, for one of them.
pub(super) fn job_change() -> Value {
    object(&[
        ("gives?", list(text())),
        ("takes?", list(text())),
        ("from?", provider_or_platform()),
        ("to?", provider_or_platform()),
    ])
}

pub(super) fn new_job() -> Value {
    let deeds = words(vec![
        "approve",
        "reject",
        "lock",
        "unlock",
        "suspend",
        "resume",
        "delete",
        "reactivate",
        "keep",
        "invite",
        "withdraw",
        "roles",
        "switch",
    ]);
    object(&[
        ("deed", deeds),
        ("roles?", list(text())),
        ("how?", how()),
        ("reason?", text()),
        ("provider?", provider_or_platform()),
        ("compromised?", flag()),
        ("members?", json!({ "type": "array", "items": id(), "maxItems": 1000 })),
        ("search?", text()),
    ])
}
