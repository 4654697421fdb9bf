//! What a tenant hears of providers: which it may name in its members' policies, and who has claimed.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use identity::linking::{self, Standing};
use identity::providers;
use serde::{Deserialize, Serialize};

use super::Speaking;
use crate::fault;
use crate::state::IdentityServer;
use crate::upstream::read_settings;

/// How many subjects one request may ask about.
const MOST: usize = 500;

#[derive(Serialize)]
struct List {
    providers: Vec<Line>,
}

#[derive(Serialize)]
struct Line {
    key: String,
    name: String,
    owner: &'static str,
    preset: String,
    enabled: bool,
    /// What of a member's profile the provider owns.
    fields: [&'static str; 3],
    /// Whether groups are read of what it states.
    groups: bool,
}

/// The providers that a tenant may name: its own, and the platform's.
pub async fn list(State(server): State<IdentityServer>, Speaking(tenant): Speaking) -> webkit::Result<Response> {
    let mut conn = server.identity.store.read().await.map_err(fault::store_failure)?;
    let own = providers::of_owner(&mut conn, Some(tenant)).await.map_err(fault::store_failure)?;
    let platform = providers::of_owner(&mut conn, None).await.map_err(fault::store_failure)?;
    let providers = own.into_iter().chain(platform).map(|provider| Line {
        owner: if provider.tenant.is_some() { "tenant" } else { "platform" },
        enabled: !provider.disabled,
        groups: read_settings(&provider).is_ok_and(|settings| !settings.mapping.groups.is_empty()),
        key: provider.key,
        name: provider.name,
        preset: provider.preset,
        fields: ["given_name", "family_name", "email"],
    });
    Ok(Json(List { providers: providers.collect() }).into_response())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    provider: String,
    subjects: Vec<String>,
    /// They are about to be switched by somebody who does not trust what opened the tenant to them before.
    #[serde(default)]
    compromised: bool,
}

#[derive(Serialize)]
struct Claims {
    claimed: Vec<String>,
    unprovable: Vec<String>,
    /// Microseconds since 1970.
    used: BTreeMap<String, i64>,
}

/// For the dry run of a switch, and of the way back: whose identity of this provider is claimed in this tenant, who could prove
/// nothing, and when they last came here by it. What an
/// account has linked elsewhere is not the tenant's to know (DESIGN §4.8): it is not told.
pub async fn claims(
    State(server): State<IdentityServer>,
    Speaking(tenant): Speaking,
    Json(asked): Json<Asked>,
) -> webkit::Result<Response> {
    if asked.subjects.len() > MOST {
        return Err(webkit::Failure::new(StatusCode::PAYLOAD_TOO_LARGE));
    }
    let mut conn = server.identity.store.read().await.map_err(fault::store_failure)?;
    let provider = providers::find(&mut conn, &asked.provider).await.map_err(fault::store_failure)?;
    let provider = provider.filter(|provider| provider.tenant.is_none_or(|owner| owner == tenant));
    let provider = provider.ok_or_else(webkit::Failure::not_found)?;
    let which = (tenant, provider.id);
    let standings = linking::standings(&mut conn, which, &asked.subjects, asked.compromised).await;
    let standings = standings.map_err(fault::store_failure)?;
    let of = |wanted: Standing| {
        let these = standings.iter().filter(move |it| it.standing == wanted);
        these.map(|it| it.subject.clone()).collect()
    };
    let used = standings.iter().filter_map(|it| Some((it.subject.clone(), it.used_at?.as_micros()))).collect();
    Ok(Json(Claims { claimed: of(Standing::Claimed), unprovable: of(Standing::Unprovable), used }).into_response())
}
