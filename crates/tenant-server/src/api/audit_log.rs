use std::time::Duration;

use audit::{Line, Of, place_at};
use serde_json::{Value, json};

use super::cursor::{After, Cursor, page};
use super::members::time;
use super::problem::Problem;
use super::serve::{Call, Reply};
use crate::pages::timeline::ACTIONS;

fn entry(line: &Line) -> Value {
    json!({
        "id": line.id,
        "at": time(Some(line.at)),
        "actor": { "kind": line.actor_kind, "id": line.actor_id },
        "action": line.action,
        "target": line.target_kind.as_ref().map(|kind| json!({ "kind": kind, "id": line.target_id })),
        "reference": line.reference,
        "detail": line.detail,
        "personal": line.personal,
    })
}

/// What can have been done.
pub(super) fn actions() -> Vec<&'static str> {
    ACTIONS.iter().map(|(action, ..)| *action).collect()
}

/// GET /audit: the newest first; all of it, or what was done to one member, by one member, or in one way; between two days.
pub(super) async fn list(call: Call) -> Result<Reply, Problem> {
    let (before, limit) = (After::read(call.query.cursor())?.map(|after| after.0), call.query.limit());
    let until = call.query.day("until").map(|day| place_at(day.plus(Duration::from_hours(24))));
    let before = [before, until].into_iter().flatten().min();
    let size = u16::try_from(limit + 1).unwrap_or(u16::MAX);
    let (member, actor) = (id(&call, "member"), id(&call, "actor"));
    let of = match (&member, &actor, call.query.get("action")) {
        (None, None, None) => None,
        (Some(member), None, None) => Some(Of::Target("member", member)),
        (None, Some(actor), None) => Some(Of::Actor("member", actor)),
        (None, None, Some(action)) => Some(Of::Action(action)),
        _ => return Err(Problem::invalid("invalid_parameter", "one of member, actor, action")),
    };
    let mut read = call.app.store.read().await?;
    let mut lines = match of {
        Some(of) => audit::page_of(&mut read, of, before, size).await?,
        None => audit::page(&mut read, before, size).await?,
    };
    if let Some(since) = call.query.day("since").map(place_at) {
        // The newest come first: with the first one that is older, the list ends.
        lines.retain(|line| line.id >= since);
    }
    let (lines, next) = page(lines, limit, |last| After(last.id));
    Ok(Reply::ok(json!({ "entries": lines.iter().map(entry).collect::<Vec<_>>(), "next": next })))
}

/// An id as the log writes it.
fn id(call: &Call, name: &str) -> Option<String> {
    call.query.get(name).map(str::to_lowercase)
}
