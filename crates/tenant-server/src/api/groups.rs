use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};
use tenant::groups::{self, Given, MapError, Mapped, Standing, standing};
use tenant::members;

use super::members::time;
use super::problem::Problem;
use super::serve::{Call, Reply};
use crate::catalogue::Age;
use crate::pages::groups::unmaps;

/// GET /providers/{key}/groups
pub(super) async fn list(call: Call) -> Result<Reply, Problem> {
    let key = known(&call).await?;
    listed(&call, &key).await.map(Reply::ok)
}

/// The provider of the path, if this tenant knows it, or has mapped groups of it.
async fn known(call: &Call) -> Result<String, Problem> {
    let key = call.id.clone().unwrap_or_default();
    let there = call.app.catalogue(Age::ToDo).await.get(&key).is_some();
    if there || !groups::mappings(&mut call.app.store.read().await?, &key).await?.is_empty() {
        return Ok(key);
    }
    Err(Problem::not_found())
}

async fn listed(call: &Call, key: &str) -> Result<Value, Problem> {
    let context = call.context();
    let mut read = call.app.store.read().await?;
    let mapped = groups::mappings(&mut read, key).await?;
    let makers = members::some(&mut read, mapped.iter().map(|one| one.made_by)).await?;
    let one = |it: &groups::Source| {
        let rests = match standing(&context, makers.get(&it.made_by), &it.given.role) {
            Standing::Gives => Value::Null,
            Standing::Rests(why) => why.word().into(),
        };
        json!({
            "group": it.given.group, "role": it.given.role, "made_by": it.made_by, "made_at": time(Some(it.made_at)),
            "rests": rests,
        })
    };
    Ok(json!({ "provider": key, "groups": mapped.iter().map(one).collect::<Vec<_>>() }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MapGroup {
    group: String,
    role: String,
    #[serde(default)]
    confirm: bool,
}

/// POST /providers/{key}/groups
pub(super) async fn map(call: Call) -> Result<Reply, Problem> {
    let MapGroup { group, role, confirm } = call.json()?;
    let key = known(&call).await?;
    let given = Given { role, provider: key.clone(), group };
    let mapped = groups::map(&call.app.store, call.context(), call.caller.id(), given, confirm).await?;
    call.app.groups.ring();
    done(&call, &key, mapped == Mapped::Yes).await
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct UnmapGroup {
    group: String,
    role: String,
}

/// POST /providers/{key}/groups/remove
pub(super) async fn unmap(call: Call) -> Result<Reply, Problem> {
    let UnmapGroup { group, role } = call.json()?;
    let key = known(&call).await?;
    let given = Given { role, provider: key.clone(), group };
    unmaps(&call.app, call.context(), call.caller.id(), given).await?;
    done(&call, &key, true).await
}

async fn done(call: &Call, key: &str, changed: bool) -> Result<Reply, Problem> {
    let mut list = listed(call, key).await?;
    if let Some(list) = list.as_object_mut() {
        list.insert("changed".to_owned(), changed.into());
    }
    Ok(Reply::ok(list))
}

impl From<MapError> for Problem {
    fn from(error: MapError) -> Self {
        match error {
            MapError::Denied(denied) => denied.into(),
            MapError::Unconfirmed => Self::new(StatusCode::CONFLICT, "needs_confirmation", "group-needs-confirmation"),
            MapError::Group => Self::unfit("group: one line of 1 to 200 characters, exactly as the provider writes it"),
            MapError::TooMany => Self::unfit("at most 200 groups of a provider give roles"),
        }
    }
}
