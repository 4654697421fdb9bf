use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};
use tenant::lifecycle::{self, Deed, Done, Switching};
use tenant::members::{MemberId, by_id};
use tenant::providers::{self, Owner, Provider, of_newcomers, set_newcomers};

use super::members::{needs_scope_of, told};
use super::problem::Problem;
use super::serve::{Call, Reply};
use crate::catalogue::Age;
use crate::delivery::ask_about;
use crate::pages::provider::PLATFORM;

/// GET /providers
pub(super) async fn list(call: Call) -> Result<Reply, Problem> {
    let known = call.app.catalogue(Age::ToShow).await;
    let one = |provider: &Provider| {
        json!({
            "key": provider.key,
            "name": provider.name,
            "owner": match provider.owner {
                Owner::Platform => "platform",
                Owner::Tenant => "tenant",
            },
            "preset": provider.preset,
            "enabled": provider.enabled,
            "fields": provider.fields,
        })
    };
    let all: Vec<Value> = known.all().iter().map(one).collect();
    Ok(Reply::ok(json!({ "providers": all })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SwitchProvider {
    provider: String,
    #[serde(default)]
    compromised: bool,
    #[serde(default)]
    subject: Option<String>,
}

/// A switch, as a body names it. What means nothing without a provider is an error here.
pub(super) fn switch(provider: &str, compromised: bool, subject: Option<String>) -> Result<Deed, Problem> {
    let to = (provider != PLATFORM).then(|| provider.to_owned());
    if to.is_none() && subject.is_some() {
        return Err(Problem::unfit("subject: not with the provider platform"));
    }
    Ok(Deed::Switch { to, compromised, preset: subject })
}

/// POST /members/{id}/provider
pub(super) async fn set(call: Call) -> Result<Reply, Problem> {
    let SwitchProvider { provider, compromised, subject } = call.json()?;
    let deed = switch(&provider, compromised, subject)?;
    needs_scope_of(&call, &deed)?;
    call.app.catalogue(Age::ToDo).await;
    let id = MemberId(call.uuid()?);
    let switching = ask(&call, id, deed).await?;
    let done = lifecycle::switch(&call.app.store, call.context(), call.caller.id(), switching).await?;
    told(call, id, done != Done::Unchanged).await
}

/// Asks the identity server: here, nobody knows who could prove what.
async fn ask(call: &Call, id: MemberId, deed: Deed) -> Result<Switching, Problem> {
    let member = by_id(&mut call.app.store.read().await?, id).await?.ok_or_else(Problem::not_found)?;
    match ask_about(&call.app, &member, deed).await {
        Ok(switching) => Ok(switching?),
        Err(error) => {
            tracing::warn!(%error, tenant = %call.app.tenant.slug, "the identity server could not be asked about a switch");
            Err(Problem::later(StatusCode::SERVICE_UNAVAILABLE, "unavailable", 5))
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BreakGlass {
    on: bool,
}

/// POST /members/{id}/break-glass
pub(super) async fn break_glass(call: Call) -> Result<Reply, Problem> {
    let BreakGlass { on } = call.json()?;
    let id = MemberId(call.uuid()?);
    let done = providers::set(&call.app.store, call.context(), call.caller.id(), id, on).await?;
    told(call, id, done != Done::Unchanged).await
}

/// GET /newcomers
pub(super) async fn newcomers(call: Call) -> Result<Reply, Problem> {
    let provider = of_newcomers(&mut call.app.store.read().await?, &call.app.tenant.blueprint).await?;
    Ok(Reply::ok(json!({ "provider": provider.as_deref().unwrap_or(PLATFORM) })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SetNewcomers {
    provider: String,
}

/// POST /newcomers
pub(super) async fn set_of_newcomers(call: Call) -> Result<Reply, Problem> {
    let SetNewcomers { provider } = call.json()?;
    call.app.catalogue(Age::ToDo).await;
    let to = (provider != PLATFORM).then_some(provider.clone());
    let changed = set_newcomers(&call.app.store, call.context(), call.caller.id(), to).await?;
    Ok(Reply::ok(json!({ "changed": changed, "provider": provider })))
}
