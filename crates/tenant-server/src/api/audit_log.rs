use audit::Line;
use serde_json::{Value, json};

use super::cursor::{After, Cursor};
use super::members::time;
use super::problem::Problem;
use super::serve::{Call, Reply};

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

/// GET /audit: the newest first; all of it, or what was done to one member.
pub(super) async fn list(call: Call) -> Result<Reply, Problem> {
    let (before, limit) = (After::read(call.query.cursor())?.map(|after| after.0), call.query.limit());
    let size = u16::try_from(limit + 1).unwrap_or(u16::MAX);
    let mut read = call.app.store.read().await?;
    let mut lines = match call.query.get("member") {
        Some(member) => audit::for_target(&mut read, "member", &member.to_lowercase(), before, size).await?,
        None => audit::page(&mut read, before, size).await?,
    };
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = lines.len() > limit;
    lines.truncate(limit);
    let next = lines.last().filter(|_| more).map(|last| After(last.id).write());
    Ok(Reply::ok(json!({ "entries": lines.iter().map(entry).collect::<Vec<_>>(), "next": next })))
}
