use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};
use tenant::blueprint::MOST_FIELDS;
use tenant::blueprint::permission::{MEMBERS_VIEW, TENANT_SETTINGS};
use tenant::fields::{self, AddError, Field, FieldChange, LONGEST_LABEL, MOST_EVER};
use webkit::Message;

use super::problem::Problem;
use super::roles::label;
use super::serve::{Call, Reply};

fn told(field: &Field) -> Value {
    json!({
        "key": field.key,
        "label": label(&field.label),
        "required": field.required,
        "longest": field.longest,
        "added": field.added,
    })
}

async fn all(call: &Call) -> Result<Vec<Field>, Problem> {
    Ok(fields::of_tenant(&mut call.app.store.read().await?, &call.app.tenant.blueprint).await?)
}

/// GET /fields: for whoever sees members, as the list's columns are, and for whoever settles which there are.
pub(super) async fn list(call: Call) -> Result<Reply, Problem> {
    call.caller.needs(&[MEMBERS_VIEW]).or_else(|_| call.caller.needs(&[TENANT_SETTINGS]))?;
    let all: Vec<Value> = all(&call).await?.iter().map(told).collect();
    Ok(Reply::ok(json!({ "fields": all })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct New {
    label: String,
    #[serde(default)]
    required: bool,
}

/// POST /fields
pub(super) async fn add(call: Call) -> Result<Reply, Problem> {
    let New { label, required } = call.json()?;
    let key = fields::add(&call.app.store, call.context(), call.caller.id(), &label, required).await?;
    Ok(Reply::created(one(&call, &key).await?))
}

/// As it is now: whoever took it away meanwhile is told so.
async fn one(call: &Call, key: &str) -> Result<Value, Problem> {
    let field = all(call).await?.into_iter().find(|field| field.key == key);
    field.as_ref().map(told).ok_or_else(Problem::not_found)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Change {
    label: Option<String>,
    required: Option<bool>,
}

/// POST /fields/{key}
pub(super) async fn change(call: Call) -> Result<Reply, Problem> {
    let Change { label, required } = call.json()?;
    let (by, key) = (call.caller.id(), call.key().to_owned());
    let change = FieldChange { label, required };
    let changed = fields::change(&call.app.store, call.context(), by, key.clone(), change).await?;
    Ok(Reply::ok(json!({ "changed": changed, "field": one(&call, &key).await? })))
}

impl From<AddError> for Problem {
    fn from(error: AddError) -> Self {
        match error {
            AddError::Label => Self::unfit(format!("label: 1 to {LONGEST_LABEL} characters on one line")),
            AddError::Taken => Self::new(StatusCode::CONFLICT, "field_taken", "fields-taken"),
            AddError::TooMany => {
                let detail = Message::new("fields-too-many").with("n", MOST_FIELDS).with("ever", MOST_EVER);
                Self::new(StatusCode::CONFLICT, "too_many", detail)
            }
            AddError::Denied(denied) => denied.into(),
        }
    }
}

/// POST /fields/{key}/remove
pub(super) async fn remove(call: Call) -> Result<Reply, Problem> {
    fields::remove(&call.app.store, call.context(), call.caller.id(), call.key().to_owned()).await?;
    Ok(Reply::ok(json!({ "removed": true })))
}
