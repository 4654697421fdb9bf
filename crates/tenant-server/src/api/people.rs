//! What is told and said of one member beside the deeds: who keeps their record, a new password, what gives
//! them their rights, and what they asked for.

use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};
use tenant::blueprint::Role;
use tenant::groups::{Given, sources_of};
use tenant::lifecycle::{self, Denied, Done, Keeper};
use tenant::members::{MemberId, MemberState, by_id};
use tenant::roles::{Grant, grants_of, why};
use webkit::Message;

use super::members::{time, told};
use super::problem::Problem;
use super::serve::{Call, Reply};
use crate::delivery::{self, NotAsked};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NameKeeper {
    /// It has to be there: what says nothing releases nobody.
    #[serde(deserialize_with = "Option::deserialize")]
    kept_by: Option<String>,
}

/// POST /members/{id}/keeper
pub(super) async fn name_keeper(call: Call) -> Result<Reply, Problem> {
    let NameKeeper { kept_by } = call.json()?;
    let unfit = || Problem::unfit("kept_by: one line of 1 to 80 characters, or null");
    let keeper = kept_by.map(|text| Keeper::parse(&text).ok_or_else(unfit)).transpose()?;
    let id = MemberId(call.uuid()?);
    let done = lifecycle::name_keeper(&call.app.store, call.context(), call.caller.id(), id, keeper).await?;
    told(call, id, done != Done::Unchanged).await
}

/// POST /members/{id}/reset (TP-09)
pub(super) async fn reset(call: Call) -> Result<Reply, Problem> {
    let id = MemberId(call.uuid()?);
    let member = by_id(&mut call.app.store.read().await?, id).await?.ok_or_else(Problem::not_found)?;
    call.app.catalogue_for(&member).await;
    match delivery::reset(&call.app, call.context(), call.caller.id(), id).await {
        Ok(()) => told(call, id, true).await,
        Err(NotAsked::Denied(Denied::ProviderOwns(provider))) => {
            let detail = Message::new("reset-by-provider").with("provider", provider);
            Err(Problem::new(StatusCode::CONFLICT, "federated", detail))
        }
        Err(NotAsked::Denied(denied)) => Err(denied.into()),
        Err(NotAsked::Away) => Err(Problem::later(StatusCode::SERVICE_UNAVAILABLE, "unavailable", 5)),
    }
}

/// GET /members/{id}/rights: *why can she?* (PP-01)
pub(super) async fn rights(call: Call) -> Result<Reply, Problem> {
    let id = MemberId(call.uuid()?);
    let mut read = call.app.store.read().await?;
    let member = by_id(&mut read, id).await?.ok_or_else(Problem::not_found)?;
    let (grants, sources) = (grants_of(&mut read, id).await?, sources_of(&mut read, id).await?);
    let reasons = why(&call.app.tenant.blueprint, &grants);
    let rights: Vec<Value> = reasons
        .iter()
        .map(|reason| {
            let through: Vec<Value> = reason.through.iter().map(|one| through(one, &sources)).collect();
            json!({ "permission": reason.permission.key, "through": through })
        })
        .collect();
    // Nobody who is not in may do anything.
    Ok(Reply::ok(json!({ "counts": member.state() == MemberState::Active, "rights": rights })))
}

/// A role, and how it came: by a hand, by groups, or both.
fn through((role, grant): &(&Role, &Grant), sources: &[Given]) -> Value {
    let groups = sources.iter().filter(|one| one.role == role.key);
    json!({
        "role": role.key,
        "by_hand": grant.by_hand,
        "granted_by": grant.granted_by,
        "granted_at": time(Some(grant.granted_at)),
        "groups": groups.map(|one| json!({ "group": one.group, "provider": one.provider })).collect::<Vec<_>>(),
    })
}

/// GET /members/{id}/request: what they want the administrators to know, and what was decided (PP-27).
pub(super) async fn request(call: Call) -> Result<Reply, Problem> {
    let id = MemberId(call.uuid()?);
    let member = by_id(&mut call.app.store.read().await?, id).await?.ok_or_else(Problem::not_found)?;
    Ok(Reply::ok(json!({
        "text": member.request_text,
        "requested_at": time(member.requested_at),
        "waits": member.state() == MemberState::ToReview,
        "decided_at": time(member.decided_at),
        "decided_by": member.decided_by,
        "reason": member.decision_reason,
    })))
}
