//! Why logins ended on the way to a tenant, as far as that is the tenant's to know.

use axum::Json;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use identity::upstream::{self, ENDED_ON_A_PAGE, Ended};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::Speaking;
use crate::fault;
use crate::state::IdentityServer;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// The reference id that a person has seen.
    reference: Option<String>,
    /// Where the page begins.
    before: Option<Uuid>,
}

#[derive(Serialize)]
struct Page {
    decisions: Vec<Line>,
    next: Option<Uuid>,
}

#[derive(Serialize)]
struct Line {
    at: i64,
    reference: String,
    provider: String,
    why: String,
    detail: String,
    subject: Option<String>,
}

impl From<Ended> for Line {
    fn from(ended: Ended) -> Self {
        let Ended { at, reference, provider, why, detail, subject, .. } = ended;
        Self { at: at.as_seconds(), reference, provider, why, detail, subject }
    }
}

/// The newest first. Another tenant's reference answers like one that nobody has seen.
pub async fn list(
    State(server): State<IdentityServer>,
    Speaking(tenant): Speaking,
    Query(asked): Query<Asked>,
) -> webkit::Result<Response> {
    let mut conn = server.identity.store.read().await.map_err(fault::store_failure)?;
    let found = upstream::ended(&mut conn, tenant, asked.reference.as_deref(), asked.before).await;
    let mut found = found.map_err(fault::store_failure)?;
    let shown = usize::try_from(ENDED_ON_A_PAGE).unwrap_or(usize::MAX);
    let more = found.len() > shown;
    found.truncate(shown);
    let next = found.last().filter(|_| more).map(|last| last.id);
    Ok(Json(Page { decisions: found.into_iter().map(Line::from).collect(), next }).into_response())
}
