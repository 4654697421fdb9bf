//! Why did this login end here? What the audit log has of one request, by the reference id that its pages show.

use askama::Template;
use audit::{Line, Of};
use axum::extract::{Query, State};
use axum::response::Response;
use serde::Deserialize;
use store::PLATFORM;
use webkit::{Brand, FieldErrors, Shell, Visit, html};

use super::door::{Administrator, Done};
use crate::fault;
use crate::state::IdentityServer;

/// How many entries of one request are shown.
const SHOWN: u16 = 20;

#[derive(Template)]
#[template(path = "admin/logins.html")]
struct LoginsPage {
    visit: Visit,
    brand: Brand,
    shell: Shell,
    errors: FieldErrors,
    reference: String,
    found: Vec<Found>,
}

/// An entry: what was decided, and on which facts.
struct Found {
    line: Line,
    facts: Vec<(String, String)>,
}

#[derive(Default, Deserialize)]
pub struct Asked {
    #[serde(default)]
    reference: String,
}

/// By a reference id, as somebody reads it out.
pub async fn show(
    State(server): State<IdentityServer>,
    administrator: Administrator,
    Query(asked): Query<Asked>,
) -> webkit::Result<Response> {
    let reference = asked.reference.trim().to_ascii_uppercase();
    let mut platform = server.identity.store.for_tenant(PLATFORM).read().await.map_err(fault::store_failure)?;
    let lines = audit::page_of(&mut platform, Of::Reference(&reference), None, SHOWN).await;
    let found = lines.map_err(fault::store_failure)?.into_iter().map(found).collect();
    let (brand, shell) = (administrator.brand(&server), administrator.shell(&Done::default()));
    let errors = FieldErrors::none();
    Ok(html(LoginsPage { visit: administrator.visit, brand, shell, errors, reference, found }))
}

/// The detail as the code has written it, by its own names; hashes of personal values say nothing to anybody.
fn found(line: Line) -> Found {
    let detail = line.detail.as_object().into_iter().flatten();
    let text = |value: &serde_json::Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let facts = detail.filter(|(name, _)| *name != "personal").map(|(name, value)| (name.clone(), text(value)));
    Found { facts: facts.collect(), line }
}
