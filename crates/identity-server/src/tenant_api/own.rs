//! A tenant administers its own providers: the secrets are sealed here, and here people are sent to them. Who of its members acts
//! is the tenant's word; that it is one of its members is looked up. Another owner's provider answers like none (TN-01).
//!
//! ```text
//! tenant's token ─▶ Speaking ─▶ by: a member's subject, or a service account's client ─▶ Desk of that tenant ─▶ 200
//!                                    403 a stranger         404 · 409 changed, strands · 422 wrong (field, code)
//! ```

use std::time::Duration;

use audit::Actor;
use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use identity::providers::Stranded;
use identity::tenants::{self, TenantId};
use identity::{clients, links};
use relying_party::presets::{Typed, TypedMapping};
use relying_party::{Mapping, Turn};
use serde::Deserialize;
use serde_json::{Value, json};
use webkit::Failure;

use super::{AGAIN, Speaking};
use crate::fault;
use crate::providers::{Desk, Refused, detail, finding};
use crate::state::IdentityServer;

/// How long a request may be: a provider with its domains, and a key.
pub const BODY_LIMIT: usize = 64 * 1024;

/// How long a test may take.
const TEST_TIME: Duration = Duration::from_secs(8);
/// What is said then.
const TOO_SLOW: &str = "the provider took longer than 8 seconds to answer everything";

/// Who acts, as the tenant says.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum By {
    /// A member, by the subject that the tenant knows them by.
    Subject(String),
    /// A service account, by its client.
    Client(String),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Typing {
    by: By,
    provider: Typed,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Acting {
    by: By,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Removing {
    by: By,
    #[serde(default)]
    confirm_stranded: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claims {
    by: By,
    mapping: TypedMapping,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Turning {
    by: By,
    turn: Turn,
}

/// What is answered: JSON that the tenant reads.
type Answer = Result<Json<Value>, Response>;

fn refusal(status: StatusCode, body: &Value) -> Response {
    (status, Json(body)).into_response()
}

fn refused(refused: Refused) -> Response {
    match refused {
        Refused::NotFound => refusal(StatusCode::NOT_FOUND, &json!({ "error": "not_found" })),
        Refused::Wrong(wrong) => {
            refusal(StatusCode::UNPROCESSABLE_ENTITY, &json!({ "error": "wrong", "wrong": wrong }))
        }
        Refused::Changed => refusal(StatusCode::CONFLICT, &json!({ "error": "changed" })),
        Refused::Strands(stranded) => {
            refusal(StatusCode::CONFLICT, &json!({ "error": "strands", "stranded": told(&stranded) }))
        }
        other => other.failure(String::new()).into_response(),
    }
}

fn told(stranded: &Stranded) -> Value {
    json!({ "count": stranded.count, "sample": stranded.sample })
}

/// The tenant's own providers, and who acts on them. Reading is nobody's deed.
async fn desk(server: &IdentityServer, tenant: TenantId, by: Option<By>) -> Result<Desk<'_>, Response> {
    let failed = |error| fault::store_failure(error).into_response();
    let mut conn = server.identity.store.read().await.map_err(failed)?;
    let found = tenants::find(&mut conn, tenant).await.map_err(failed)?;
    let slug = found.ok_or_else(|| Failure::not_found().into_response())?.slug;
    let actor = match by {
        None => Some(Actor::System),
        Some(By::Subject(subject)) => {
            let account = links::account_of(&mut conn, tenant, &subject).await.map_err(failed)?;
            account.map(|account| Actor::Account(account.0))
        }
        Some(By::Client(client_id)) => {
            let client = clients::find(&mut conn, &client_id).await.map_err(|it| fault::failure(it).into_response())?;
            client.filter(|client| client.tenant == Some(tenant)).map(|client| Actor::Client(client.client.client_id))
        }
    };
    let stranger = || refusal(StatusCode::FORBIDDEN, &json!({ "error": "unknown_member" }));
    Ok(Desk::of_tenant(server, tenant, slug, actor.ok_or_else(stranger)?))
}

/// Everything of one, and who would lose their last way in with it.
pub async fn show(State(server): State<IdentityServer>, Speaking(tenant): Speaking, Path(key): Path<String>) -> Answer {
    let desk = desk(&server, tenant, None).await?;
    let it = desk.one(&key).await.map_err(refused)?;
    let stranded = desk.stranded(&it).await.map_err(refused)?;
    Ok(Json(json!({ "provider": detail(&server, &it), "stranded": told(&stranded) })))
}

/// Adds one.
pub async fn add(
    State(server): State<IdentityServer>,
    Speaking(tenant): Speaking,
    Json(Typing { by, provider }): Json<Typing>,
) -> Answer {
    let desk = desk(&server, tenant, Some(by)).await?;
    let key = desk.add(&provider).await.map_err(refused)?;
    let it = desk.one(&key).await.map_err(refused)?;
    Ok(Json(json!({ "provider": detail(&server, &it) })))
}

/// Changes one.
pub async fn change(
    State(server): State<IdentityServer>,
    Speaking(tenant): Speaking,
    Path(key): Path<String>,
    Json(Typing { by, provider }): Json<Typing>,
) -> Answer {
    let it = desk(&server, tenant, Some(by)).await?.change(&key, &provider).await.map_err(refused)?;
    Ok(Json(json!({ "provider": detail(&server, &it) })))
}

/// Says which of its claims state what.
pub async fn map(
    State(server): State<IdentityServer>,
    Speaking(tenant): Speaking,
    Path(key): Path<String>,
    Json(Claims { by, mapping }): Json<Claims>,
) -> Answer {
    let desk = desk(&server, tenant, Some(by)).await?;
    desk.map(&key, Mapping::from(&mapping)).await.map_err(refused)?;
    let it = desk.one(&key).await.map_err(refused)?;
    Ok(Json(json!({ "provider": detail(&server, &it) })))
}

/// Has our key there followed by another.
pub async fn turn_key(
    State(server): State<IdentityServer>,
    Speaking(tenant): Speaking,
    Path(key): Path<String>,
    Json(Turning { by, turn }): Json<Turning>,
) -> Answer {
    let it = desk(&server, tenant, Some(by)).await?.turn_key(&key, turn).await.map_err(refused)?;
    Ok(Json(json!({ "provider": detail(&server, &it) })))
}

async fn turn(server: &IdentityServer, tenant: TenantId, (key, by): (&str, By), on: bool) -> Answer {
    let desk = desk(server, tenant, Some(by)).await?;
    let changed = desk.set_enabled(key, on).await.map_err(refused)?;
    let it = desk.one(key).await.map_err(refused)?;
    Ok(Json(json!({ "provider": detail(server, &it), "changed": changed })))
}

/// Opens one.
pub async fn enable(
    State(server): State<IdentityServer>,
    Speaking(tenant): Speaking,
    Path(key): Path<String>,
    Json(Acting { by }): Json<Acting>,
) -> Answer {
    turn(&server, tenant, (&key, by), true).await
}

/// Closes one: every session that it proved has ended.
pub async fn disable(
    State(server): State<IdentityServer>,
    Speaking(tenant): Speaking,
    Path(key): Path<String>,
    Json(Acting { by }): Json<Acting>,
) -> Answer {
    turn(&server, tenant, (&key, by), false).await
}

/// Asks the provider what can be asked without a person. One at a time for each tenant, so that no tenant makes this server ask
/// others without end.
pub async fn test(
    State(server): State<IdentityServer>,
    Speaking(tenant): Speaking,
    Path(key): Path<String>,
    Json(Acting { by }): Json<Acting>,
) -> Answer {
    let desk = desk(&server, tenant, Some(by)).await?;
    let turn = server.testing.begin(tenant);
    let _turn = turn.ok_or_else(|| Failure::too_many(AGAIN).into_response())?;
    // The tenant waits no longer than its own client does.
    let checks: Vec<Value> = match tokio::time::timeout(TEST_TIME, desk.test(&key)).await {
        Ok(checks) => checks.map_err(refused)?.iter().map(finding).collect(),
        Err(_) => vec![json!({ "check": "time", "outcome": "wrong", "text": TOO_SLOW })],
    };
    Ok(Json(json!({ "checks": checks })))
}

/// Removes one for good.
pub async fn remove(
    State(server): State<IdentityServer>,
    Speaking(tenant): Speaking,
    Path(key): Path<String>,
    Json(Removing { by, confirm_stranded }): Json<Removing>,
) -> Answer {
    let stranded = desk(&server, tenant, Some(by)).await?.remove(&key, confirm_stranded).await.map_err(refused)?;
    Ok(Json(json!({ "stranded": stranded })))
}
