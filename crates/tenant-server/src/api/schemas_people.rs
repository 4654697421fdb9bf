//! What bodies and answers of [`people`](super::people) and [`invitations`] look like.

use serde_json::{Value, json};
use tenant::blueprint::SeatClass;
use tenant::invitations::MailStatus;
use tenant::members::{Authorization, Lifecycle, MemberState};

use super::invitations;
use super::schemas::{
    flag, id, id_or_null, kind, list, object, or_null, page, text, time, time_or_null, values, words,
};

pub(super) fn answers() -> Vec<(&'static str, Value)> {
    vec![
        ("Invitation", invitation()),
        ("InvitationPage", page("invitations", "Invitation")),
        ("Rights", rights()),
        ("Request", request()),
    ]
}

/// As `outgoing` writes it.
pub(super) fn member_line() -> Value {
    object(&[
        ("id", id()),
        ("kind", kind()),
        ("given_name", text()),
        ("family_name", text()),
        ("email", text()),
        ("language", text()),
        ("state", words(MemberState::ALL.iter().map(|state| state.word()).collect())),
        ("roles", list(text())),
        ("seat_class", words(SeatClass::ALL.iter().map(|class| class.word()).collect())),
        ("provider", or_null("string")),
        ("kept_by", or_null("string")),
        ("authorization", words(Authorization::ALL.iter().map(|state| state.word()).collect())),
        ("locked", flag()),
        ("lifecycle", words(Lifecycle::ALL.iter().map(|state| state.word()).collect())),
        ("email_stated_by", or_null("string")),
        ("last_sign_in", time_or_null()),
        ("fields", values()),
    ])
}

fn invitation() -> Value {
    let mail: Vec<_> = MailStatus::ALL.iter().map(|status| Some(status.word())).chain([None]).collect();
    object(&[
        ("id", id()),
        ("member", id()),
        ("email", text()),
        ("state", words(invitations::progress())),
        // What became of the mail; null: the identity server has not said.
        ("mail", json!({ "type": ["string", "null"], "enum": mail })),
        // null: whoever runs the platform.
        ("invited_by", id_or_null()),
        ("made_at", time()),
        ("taken_at", time_or_null()),
        ("sent_at", time_or_null()),
        // Some mail programs open links by themselves.
        ("opened_at", time_or_null()),
        ("expires_at", time_or_null()),
        // At the identity server; they have come in when `state` says so.
        ("accepted_at", time_or_null()),
        ("ended_at", time_or_null()),
        ("ended_by", id_or_null()),
    ])
}

fn request() -> Value {
    object(&[
        ("text", text()),
        // null: they never asked.
        ("requested_at", time_or_null()),
        ("waits", flag()),
        ("decided_at", time_or_null()),
        ("decided_by", id_or_null()),
        // Why they were turned down.
        ("reason", or_null("string")),
    ])
}

fn rights() -> Value {
    let group = object(&[("group", text()), ("provider", text())]);
    let through = object(&[
        ("role", text()),
        ("by_hand", flag()),
        // null: by a group alone, or by whoever runs the platform.
        ("granted_by", id_or_null()),
        ("granted_at", time()),
        ("groups", list(group)),
    ]);
    let right = object(&[("permission", text()), ("through", list(through))]);
    let counts =
        json!({ "type": "boolean", "description": "Whether any of it counts at this moment: whether they are in." });
    object(&[("counts", counts), ("rights", list(right))])
}

pub(super) fn bodies() -> Vec<(&'static str, Value)> {
    let keeper = json!({
        "type": ["string", "null"], "minLength": 1, "maxLength": 80,
        "description": "Who keeps the record elsewhere, on one line; null: it is released.",
    });
    vec![
        ("NameKeeper", object(&[("kept_by", keeper)])),
        ("CorrectEmail", object(&[("email", json!({ "type": "string", "format": "email" }))])),
        ("CorrectDetails", object(&[("given_name?", text()), ("family_name?", text()), ("locale?", text())])),
    ]
}
