use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};
use tenant::fields::{self, Field};
use tenant::views::{self, LONGEST_NAME, NewView, SaveError, View, ViewId};

use super::members::time;
use super::problem::Problem;
use super::serve::{Call, Reply};
use crate::pages::members_columns::{Column, Columns};

fn told(call: &Call, view: &View, fields: &[Field]) -> Value {
    json!({
        "id": view.id,
        "name": view.name,
        "search": view.search,
        "columns": Columns::parse(&view.shown, fields).iter().map(Column::key).collect::<Vec<_>>(),
        "shared": view.shared,
        "own": view.owner_id == call.caller.id(),
        "saved_at": time(Some(view.saved_at)),
    })
}

/// GET /views
pub(super) async fn list(call: Call) -> Result<Reply, Problem> {
    let mut read = call.app.store.read().await?;
    let fields = fields::of_tenant(&mut read, &call.app.tenant.blueprint).await?;
    let seen = views::seen_by(&mut read, call.caller.id()).await?;
    drop(read);
    let all: Vec<Value> = seen.iter().map(|view| told(&call, view, &fields)).collect();
    Ok(Reply::ok(json!({ "views": all })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Save {
    name: String,
    search: String,
    #[serde(default)]
    columns: Option<Vec<String>>,
    #[serde(default)]
    shared: bool,
}

/// POST /views
pub(super) async fn save(call: Call) -> Result<Reply, Problem> {
    let Save { name, search, columns, shared } = call.json()?;
    let fields = fields::of_tenant(&mut call.app.store.read().await?, &call.app.tenant.blueprint).await?;
    let shown = match columns {
        None => Columns::usual(),
        Some(keys) => {
            let unknown = |key: &str| Problem::unfit(format!("columns: {key}: no such column"));
            Columns::exactly(&keys, &fields).map_err(unknown)?
        }
    };
    let new = NewView { name, search, shown: shown.to_text(), shared };
    let kept = views::save(&call.app.store, call.context(), call.caller.id(), new).await?;
    Ok(Reply::ok(told(&call, &kept, &fields)))
}

impl From<SaveError> for Problem {
    fn from(error: SaveError) -> Self {
        match error {
            SaveError::Name => Self::unfit(format!("name: 1 to {LONGEST_NAME} characters on one line")),
            SaveError::NotUnderstood(words) => Self::not_understood(&words),
            SaveError::TooMany => Self::new(StatusCode::CONFLICT, "too_many", "view-too-many-detail"),
            SaveError::Denied(denied) => denied.into(),
        }
    }
}

/// POST /views/{id}/remove
pub(super) async fn forget(call: Call) -> Result<Reply, Problem> {
    views::forget(&call.app.store, call.context(), call.caller.id(), ViewId(call.uuid()?)).await?;
    Ok(Reply::ok(json!({ "removed": true })))
}
