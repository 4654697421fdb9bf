//! Schemas of a tenant's own providers.

use relying_party::Turn;
use relying_party::presets::{Method, Preset, SHOWN, Weakness};
use serde_json::{Value, json};

use super::schemas::{flag, list, number, object, or_null, text, time, words};

pub(super) fn own_provider() -> Value {
    object(&[
        ("key", text()),
        ("name", text()),
        ("preset", text()),
        ("issuer", text()),
        // To be registered there; null where it has no use for it.
        ("redirect_uri", text()),
        ("post_logout_redirect_uri", or_null("string")),
        ("backchannel_logout_uri", or_null("string")),
        ("jwks_uri", or_null("string")),
        ("jwks", key_set()),
        ("settings", settings("The answers to the preset's questions; secrets are not among them.")),
        ("has_secret", flag()),
        ("domains", list(text())),
        ("shown", words(SHOWN.to_vec())),
        ("enabled", flag()),
        ("created_at", time()),
        ("version", number()),
        ("mapping", claims(false)),
        ("weaknesses", list(words(Weakness::ALL.iter().map(|it| it.word()).collect()))),
        // Of one that is asked for: how many people nothing else opens.
        ("stranded?", number()),
    ])
}

/// The public halves of our keys there; the first one signs. Null: it knows us by a secret.
fn key_set() -> Value {
    let key = json!({ "type": "object", "description": "A JSON Web Key (RFC 7517)." });
    json!({ "type": ["object", "null"], "properties": { "keys": { "type": "array", "items": key } } })
}

/// Which claims state what. Empty: the standard's; of groups, that none are read.
fn claims(change: bool) -> Value {
    let names = ["given_name", "family_name", "full_name", "email", "locale", "groups"];
    let member = |name: &str| (if change { format!("{name}?") } else { name.to_owned() }, text());
    let members: Vec<(String, Value)> = names.into_iter().map(member).collect();
    object(&members.iter().map(|(name, schema)| (name.as_str(), schema.clone())).collect::<Vec<_>>())
}

pub(super) fn map_claims() -> Value {
    claims(true)
}

pub(super) fn turn_key() -> Value {
    let turn = json!({
        "type": "string",
        "enum": [Turn::Next.word(), Turn::Use.word(), Turn::Drop.word()],
        "description": "`next` makes another key and publishes it, `use` signs with it from then on, `drop` takes it back.",
    });
    object(&[("turn", turn)])
}

pub(super) fn provider_check() -> Value {
    object(&[("check", text()), ("outcome", words(vec!["ok", "note", "wrong"])), ("text", text())])
}

/// What a preset asks, by the words of its questions.
fn settings(about: &str) -> Value {
    json!({ "type": "object", "additionalProperties": text(), "description": about })
}

pub(super) fn new_provider() -> Value {
    let presets: Vec<String> = Preset::ALL.iter().map(|preset| preset.word()).collect();
    let asked: Vec<String> = Preset::ALL
        .iter()
        .map(|preset| {
            let asks: Vec<&str> = preset.description().asks.iter().map(|input| input.word()).collect();
            format!("{}: {}", preset.word(), asks.join(" "))
        })
        .collect();
    let methods: Vec<&str> = Method::ALL.iter().map(|method| method.word()).collect();
    let asked = format!(
        "What the preset asks: {}. `method` is one of {}, as far as the vendor has it; by `private_key_jwt` a key is made, unless \
         `private_key` has one in PEM.",
        asked.join("; "),
        methods.join(" ")
    );
    object(&[
        ("preset", json!({ "type": "string", "enum": presets })),
        ("key", json!({ "type": "string", "description": "The tenant's short name and a dot are put before it." })),
        ("name", text()),
        ("domains?", list(text())),
        ("shown?", words(SHOWN.to_vec())),
        ("settings", settings(&asked)),
    ])
}

pub(super) fn change_provider() -> Value {
    let version = json!({ "type": "integer", "description": "It is changed only if it still has this version." });
    object(&[
        ("name?", text()),
        ("domains?", list(text())),
        ("shown?", words(SHOWN.to_vec())),
        ("settings?", settings("Those that change. Another issuer needs its secret too, or gets another key.")),
        ("version?", version),
    ])
}
