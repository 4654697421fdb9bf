use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};
use tenant::lifecycle::Denied;
use tenant::members::MemberId;
use tenant::terms::{self, Acceptance, Draft, Kind, LONGEST, Version, Wrong};

use super::cursor::{Cursor, Position, page};
use super::members::time;
use super::problem::Problem;
use super::serve::{Call, Reply};

/// A version as lists have it.
fn listed(version: &Version) -> Value {
    json!({
        "kind": version.kind,
        "number": version.number,
        "address": version.address,
        "required": version.asked,
        "published_at": time(Some(version.published_at)),
        "published_by": version.published_by,
    })
}

/// The same with its text.
fn whole(version: &Version) -> Value {
    let mut told = listed(version);
    if let Some(told) = told.as_object_mut() {
        told.insert("body".to_owned(), json!(version.body));
    }
    told
}

/// Of what the path speaks.
fn kind(call: &Call) -> Result<Kind, Problem> {
    Kind::of(call.key()).ok_or_else(Problem::not_found)
}

/// GET /terms/{key}: the newest version, or that of a number.
pub(super) async fn show(call: Call) -> Result<Reply, Problem> {
    let kind = kind(&call)?;
    let mut read = call.app.store.read().await?;
    let found = match call.query.number("version") {
        Some(number) => terms::version(&mut read, kind, number).await?,
        None => terms::current(&mut read, kind).await?,
    };
    found.map(|version| Reply::ok(whole(&version))).ok_or_else(Problem::not_found)
}

/// GET /terms/{key}/versions
pub(super) async fn versions(call: Call) -> Result<Reply, Problem> {
    let (kind, before, limit) = (kind(&call)?, Position::read(call.query.cursor())?, call.query.limit());
    let mut read = call.app.store.read().await?;
    let found = terms::versions(&mut read, kind, before.map(|before| before.0), limit + 1).await?;
    let (found, next) = page(found, limit, |last| Position(last.number));
    Ok(Reply::ok(json!({ "versions": found.iter().map(listed).collect::<Vec<_>>(), "next": next })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Publish {
    #[serde(default)]
    body: String,
    #[serde(default)]
    address: String,
    required: bool,
    after: i64,
}

/// POST /terms/{key}
pub(super) async fn publish(call: Call) -> Result<Reply, Problem> {
    let Publish { body, address, required, after } = call.json()?;
    let draft = Draft::new(kind(&call)?, &body, &address, required, after)?;
    match terms::publish(&call.app.store, call.context(), call.caller.id(), draft).await {
        Ok(version) => Ok(Reply::created(whole(&version))),
        Err(Denied::ChangedSince) => Err(Problem::new(StatusCode::CONFLICT, "changed_since", "api-terms_changed")),
        Err(denied) => Err(denied.into()),
    }
}

impl From<Wrong> for Problem {
    fn from(wrong: Wrong) -> Self {
        match wrong {
            Wrong::Empty | Wrong::Both => Self::unfit("body or address: one of them"),
            Wrong::TooLong => Self::unfit(format!("body: at most {LONGEST} characters")),
            Wrong::Address => Self::unfit("address: not an https address"),
        }
    }
}

fn acceptance(row: &Acceptance) -> Value {
    json!({
        "member": row.member_id,
        "name": row.name(),
        "email": row.email,
        "kind": row.accepted.kind,
        "number": row.accepted.number,
        "accepted_at": time(Some(row.accepted.accepted_at)),
    })
}

/// GET /acceptances
pub(super) async fn acceptances(call: Call) -> Result<Reply, Problem> {
    let (after, limit) = (<(MemberId, Kind, i64)>::read(call.query.cursor())?, call.query.limit());
    let found = terms::acceptances(&mut call.app.store.read().await?, after, limit + 1).await?;
    let (found, next) = page(found, limit, Acceptance::place);
    Ok(Reply::ok(json!({ "acceptances": found.iter().map(acceptance).collect::<Vec<_>>(), "next": next })))
}
