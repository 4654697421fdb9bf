use std::collections::{BTreeMap, BTreeSet};

use oidc::scope::{MEMBERS_READ, MEMBERS_WRITE, ROLES_WRITE};
use serde::Deserialize;
use serde_json::{Value, json};
use tenant::batches::{self, Batch, BatchId, Change, Item, Outcome, Selection};
use tenant::lifecycle::{Deed, HowRoles};
use tenant::members::MemberId;
use uuid::Uuid;

use super::cursor::{After, Cursor, Position, page};
use super::job_details::{change, details};
use super::members::{Details, deed, needs_scope_of, time};
use super::problem::Problem;
use super::serve::{Call, Reply};
use crate::catalogue::Age;

/// Whoever may change members, or their roles, may have jobs that do so.
pub(super) const CHANGES: &[&str] = &[MEMBERS_WRITE, ROLES_WRITE];

fn job(call: &Call, batch: &Batch) -> Result<Value, Problem> {
    Ok(json!({
        "id": batch.id,
        "deed": batch.deed()?.name(),
        "details": details(call, batch)?,
        "state": batch.state,
        // Its words may be somebody's name.
        "search": batch.search.as_ref().filter(|_| call.caller.has_scope(MEMBERS_READ)),
        "undo_of": batch.undo_of,
        "retry_of": batch.retry_of,
        "made_by": batch.made_by,
        "made_at": time(Some(batch.made_at)),
        "started_at": time(batch.started_at),
        "ended_at": time(batch.ended_at),
        "items": batch.items,
        "fitting": batch.fitting,
        "done": batch.come_to,
        "changed": batch.changed,
        "unchanged": batch.unchanged,
        "refused": batch.refused(),
    }))
}

/// Who somebody is, and which roles they have, `members:read` tells, and no other scope.
fn item(item: &Item, changes: &mut BTreeMap<i64, Change>, names: bool) -> Value {
    json!({
        "position": item.position,
        "member": item.member_id,
        "name": item.name().filter(|_| names),
        "email": item.email().filter(|_| names),
        "done": item.is_done(),
        "outcome": item.outcome().word(),
        "change": changes.remove(&item.position).filter(|_| names).map(change),
    })
}

async fn find(call: &Call, id: Uuid) -> Result<Batch, Problem> {
    let found = batches::by_id(&mut call.app.store.read().await?, BatchId(id)).await?;
    found.ok_or_else(Problem::not_found)
}

/// GET /jobs
pub(super) async fn list(call: Call) -> Result<Reply, Problem> {
    let (after, limit) = (After::read(call.query.cursor())?, call.query.limit());
    let mut read = call.app.store.read().await?;
    let batches = batches::before(&mut read, after.map(|after| BatchId(after.0)), limit + 1).await?;
    let (batches, next) = page(batches, limit, |last| After(last.id.0));
    let jobs = batches.iter().map(|batch| job(&call, batch)).collect::<Result<Vec<_>, _>>()?;
    Ok(Reply::ok(json!({ "jobs": jobs, "next": next })))
}

/// GET /jobs/{id}
pub(super) async fn show(call: Call) -> Result<Reply, Problem> {
    let batch = find(&call, call.uuid()?).await?;
    Ok(Reply::ok(job(&call, &batch)?))
}

/// What an item can have come to.
pub(super) fn outcomes() -> Vec<&'static str> {
    let own = Outcome::OWN.iter().map(|outcome| outcome.word());
    own.chain(tenant::lifecycle::Refusal::ALL.iter().map(|refusal| refusal.word())).collect()
}

/// GET /jobs/{id}/items
pub(super) async fn items(call: Call) -> Result<Reply, Problem> {
    let batch = find(&call, call.uuid()?).await?;
    let only = call.query.get("outcome").and_then(Outcome::parse);
    let after = Position::read(call.query.cursor())?.map_or(0, |position| position.0);
    let mut read = call.app.store.read().await?;
    let page = batches::some_items(&mut read, batch.id, only, after, call.query.limit()).await?;
    let mut changes = batches::changes(&mut read, &call.app.tenant.blueprint, &batch, &page.items).await?;
    let names = call.caller.has_scope(MEMBERS_READ);
    let items: Vec<Value> = page.items.iter().map(|one| item(one, &mut changes, names)).collect();
    Ok(Reply::ok(json!({ "items": items, "next": page.next.map(|next| Position(next).write()) })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewJob {
    deed: String,
    roles: Option<BTreeSet<String>>,
    how: Option<HowRoles>,
    reason: Option<String>,
    provider: Option<String>,
    compromised: Option<bool>,
    members: Option<Vec<Uuid>>,
    search: Option<String>,
}

/// POST /jobs: it waits, ready to be looked at, until it is started.
pub(super) async fn create(call: Call) -> Result<Reply, Problem> {
    let NewJob { deed: name, roles, how, reason, provider, compromised, members, search } = call.json()?;
    let deed = deed(&call, &name, Details { roles, how, reason, provider, compromised })?;
    if matches!(deed, Deed::Switch { .. }) {
        call.app.catalogue(Age::ToDo).await;
    }
    call.caller.needs(&[deed.permission()])?;
    let selection = match (members, search) {
        (Some(members), None) => Selection::Picked(members.into_iter().map(MemberId).collect()),
        (None, Some(search)) => Selection::Search(search),
        _ => return Err(Problem::unfit("members or search: one of them")),
    };
    let id = batches::create(&call.app.store, call.context(), call.caller.id(), deed, selection).await?;
    call.app.batches.ring();
    Ok(Reply::created(job(&call, &find(&call, id.0).await?)?))
}

/// POST /jobs/{id}/… : the last part of the path says what.
pub(super) async fn turn(call: Call) -> Result<Reply, Problem> {
    let batch = find(&call, call.uuid()?).await?;
    let deed = batch.deed()?;
    needs_scope_of(&call, &deed)?;
    let (store, context, by, id) = (&call.app.store, call.context(), call.caller.id(), batch.id);
    let (id, made) = match call.operation.path.rsplit('/').next() {
        Some("start") => batches::start(store, context, by, id).await.map(|()| (id, false))?,
        Some("cancel") => batches::cancel(store, context, by, id).await.map(|()| (id, false))?,
        Some("undo") => (batches::undo(store, context, by, id).await?, true),
        _ => (batches::retry(store, context, by, id).await?, true),
    };
    call.app.batches.ring();
    let told = job(&call, &find(&call, id.0).await?)?;
    Ok(if made { Reply::created(told) } else { Reply::ok(told) })
}
