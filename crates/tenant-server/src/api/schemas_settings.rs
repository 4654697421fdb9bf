//! Schemas of what a tenant settles for all of its members.

use serde_json::{Value, json};
use tenant::terms::{Kind, LONGEST};

use super::schemas::{flag, id, id_or_null, label, list, number, object, of, or_null, page, text, time, words};

pub(super) fn answers() -> Vec<(&'static str, Value)> {
    vec![
        ("TermsVersion", terms_version()),
        ("TermsVersionPage", page("versions", "TermsVersion")),
        ("Acceptance", acceptance()),
        ("AcceptancePage", page("acceptances", "Acceptance")),
        ("Field", field()),
        ("FieldChanged", object(&[("changed", flag()), ("field", of("Field"))])),
        ("FieldList", object(&[("fields", list(of("Field")))])),
        ("View", view()),
        ("ViewList", object(&[("views", list(of("View")))])),
        ("Removed", object(&[("removed", flag())])),
    ]
}

pub(super) fn bodies() -> Vec<(&'static str, Value)> {
    vec![
        ("PublishTerms", publish_terms()),
        ("NewField", object(&[("label", text()), ("required?", flag())])),
        ("ChangeField", object(&[("label?", text()), ("required?", flag())])),
        ("SaveView", save_view()),
    ]
}

fn kind() -> Value {
    words(Kind::ALL.iter().map(|kind| kind.word()).collect())
}

fn terms_version() -> Value {
    object(&[
        ("kind", kind()),
        ("number", number()),
        // Not in lists. Null: it stands at the address.
        ("body?", or_null("string")),
        ("address", or_null("string")),
        // Whether it had to be accepted when it was published.
        ("required", flag()),
        ("published_at", time()),
        // Null: by the operator.
        ("published_by", id_or_null()),
    ])
}

fn acceptance() -> Value {
    object(&[
        ("member", id()),
        ("name", text()),
        ("email", text()),
        ("kind", kind()),
        ("number", number()),
        ("accepted_at", time()),
    ])
}

fn publish_terms() -> Value {
    let body = json!({
        "type": "string",
        "maxLength": LONGEST,
        "description": "Lines: `# ` begins a heading, `- ` an entry of a list, an empty line a paragraph. This, or `address`.",
    });
    let address = json!({ "type": "string", "format": "uri", "description": "Where it stands instead, by https." });
    let after = json!({
        "type": "integer",
        "minimum": 0,
        "description": "The number of the newest version that you know; 0: there is none. If there is another, 409.",
    });
    object(&[("body?", body), ("address?", address), ("required", flag()), ("after", after)])
}

fn field() -> Value {
    object(&[
        ("key", text()),
        ("label", label()),
        ("required", flag()),
        // In characters.
        ("longest", number()),
        // By this tenant; the others are its blueprint's.
        ("added", flag()),
    ])
}

fn view() -> Value {
    object(&[
        ("id", id()),
        ("name", text()),
        // As `q` of `listMembers` takes it.
        ("search", text()),
        ("columns", list(text())),
        ("shared", flag()),
        ("own", flag()),
        ("saved_at", time()),
    ])
}

fn save_view() -> Value {
    let search = json!({ "type": "string", "description": "As `q` of `listMembers` takes it." });
    let columns = json!({
        "type": "array",
        "items": text(),
        "description": "What the page shows beside the name, `field.` and its key for a profile field. The usual ones unless said.",
    });
    let shared =
        json!({ "type": "boolean", "description": "With everybody who sees the members; for those who manage them." });
    object(&[("name", text()), ("search", search), ("columns?", columns), ("shared?", shared)])
}
