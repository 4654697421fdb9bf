use std::time::Duration;

use audit::{Line, Of, place_at};
use oidc::scope::MEMBERS_READ;
use serde_json::{Value, json};
use tenant::members::MemberId;
use tenant::service_accounts::{Actors, done_by};
use uuid::Uuid;

use super::cursor::{After, Cursor, page};
use super::job_details::reads_reasons;
use super::members::time;
use super::problem::Problem;
use super::serve::{Call, Reply};
use crate::pages::timeline::ACTIONS;

fn entry(call: &Call, actors: &Actors, line: &Line) -> Value {
    // Who people are is told to who may read members, and why somebody was turned down to who reviews: as everywhere.
    let mut personal = json!(line.personal);
    if let Some(told) = personal.as_object_mut() {
        told.retain(|name, _| call.caller.has_scope(MEMBERS_READ) && (name != "reason" || reads_reasons(call)));
    }
    json!({
        "id": line.id,
        "at": time(Some(line.at)),
        "actor": { "kind": line.actor_kind, "id": line.actor_id, "member": actors.member(line) },
        "action": line.action,
        "target": line.target_kind.as_ref().map(|kind| json!({ "kind": kind, "id": line.target_id })),
        "reference": line.reference,
        "detail": line.detail,
        "personal": personal,
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
    let read = &mut call.app.store.read().await?;
    let mut lines = match (member, actor, call.query.get("action")) {
        (None, None, None) => audit::page(read, before, size).await?,
        (Some(member), None, None) => {
            audit::page_of(read, Of::Target("member", &member.to_string()), before, size).await?
        }
        (None, Some(actor), None) => done_by(read, actor, before, size).await?,
        (None, None, Some(action)) => audit::page_of(read, Of::Action(action), before, size).await?,
        _ => return Err(Problem::invalid("invalid_parameter", "one of member, actor, action")),
    };
    if let Some(since) = call.query.day("since").map(place_at) {
        // The newest come first: with the first one that is older, the list ends.
        lines.retain(|line| line.id >= since);
    }
    let (lines, next) = page(lines, limit, |last| After(last.id));
    let actors = Actors::of(read, &lines).await?;
    let entries: Vec<Value> = lines.iter().map(|line| entry(&call, &actors, line)).collect();
    Ok(Reply::ok(json!({ "entries": entries, "next": next })))
}

/// A member's id: what is none was refused before.
fn id(call: &Call, name: &str) -> Option<MemberId> {
    Uuid::parse_str(call.query.get(name)?).ok().map(MemberId)
}
