use std::collections::BTreeMap;

use axum::http::StatusCode;
use relying_party::Turn;
use relying_party::presets::{Input, Typed, TypedMapping};
use serde::Deserialize;
use serde_json::{Value, json};
use webkit::Message;

use super::problem::Problem;
use super::serve::{Call, Reply};
use crate::own_providers::{Detail, Own, Refused, Stranded, Wrong};

impl Call {
    fn own(&self) -> Own<'_> {
        Own::new(&self.app, self.context(), self.caller.id())
    }
}

impl From<Refused> for Problem {
    fn from(refused: Refused) -> Self {
        let conflict = |code, detail: Message| Self::new(StatusCode::CONFLICT, code, detail);
        match refused {
            Refused::Denied(denied) => denied.into(),
            Refused::NotFound => Self::not_found(),
            Refused::Wrong(wrong) => unfit(&wrong),
            Refused::Changed => conflict("changed_since", "api-provider_changed".into()),
            Refused::Strands { nowhere, here } => {
                let detail = Message::new("api-provider_stranded").with("nowhere", nowhere).with("here", here);
                conflict("stranded", detail).with("stranded", nowhere).with("switched", here)
            }
            Refused::Busy => Self::later(StatusCode::TOO_MANY_REQUESTS, "too_many_requests", 5),
            Refused::Away => Self::later(StatusCode::SERVICE_UNAVAILABLE, "unavailable", 5),
        }
    }
}

/// What is wrong, by its word, at which field.
fn unfit(wrong: &Wrong) -> Problem {
    let detail = if wrong.code == "settings" {
        Message::new("api-provider_wrong").with("field", "settings").with("about", wrong.about.clone())
    } else {
        crate::pages::providers::said(wrong)
    };
    let problem = Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "provider_unfit", detail);
    let field = if wrong.field.is_empty() { "settings" } else { wrong.field.as_str() };
    problem.with("field", field).with("reason", wrong.code.clone())
}

fn told(it: &Detail, stranded: Option<&Stranded>) -> Value {
    let mut told = json!(it);
    if let (Some(told), Some(stranded)) = (told.as_object_mut(), stranded) {
        told.insert("stranded".to_owned(), stranded.count.into());
    }
    told
}

/// GET /providers/{key}
pub(super) async fn show(call: Call) -> Result<Reply, Problem> {
    let (it, stranded) = call.own().show(call.key()).await?;
    Ok(Reply::ok(told(&it, Some(&stranded))))
}

/// Answers to the preset's questions, by their words.
fn answer(typed: &mut Typed, settings: BTreeMap<String, String>) -> Result<(), Problem> {
    for (word, value) in settings {
        let input = Input::named(&word).ok_or_else(|| Problem::unfit(format!("settings: {word}: no such setting")))?;
        typed.set(input, value);
    }
    Ok(())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct New {
    preset: String,
    key: String,
    name: String,
    #[serde(default)]
    domains: Vec<String>,
    #[serde(default)]
    shown: String,
    settings: BTreeMap<String, String>,
}

/// POST /providers
pub(super) async fn create(call: Call) -> Result<Reply, Problem> {
    let New { preset, key, name, domains, shown, settings } = call.json()?;
    let mut typed = Typed { preset, key, name, domains: domains.join("\n"), shown, ..Typed::default() };
    answer(&mut typed, settings)?;
    let made = call.own().add(&typed).await?;
    Ok(Reply::created(told(&made, None)))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Change {
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    domains: Option<Vec<String>>,
    #[serde(default)]
    shown: Option<String>,
    #[serde(default)]
    settings: BTreeMap<String, String>,
    #[serde(default)]
    version: Option<i64>,
}

/// POST /providers/{key}: of what is not named, all stays.
pub(super) async fn change(call: Call) -> Result<Reply, Problem> {
    let Change { name, domains, shown, settings, version } = call.json()?;
    let own = call.own();
    let mut typed = own.show(call.key()).await?.0.typed();
    typed.name = name.unwrap_or(typed.name);
    typed.domains = domains.map_or(typed.domains, |domains| domains.join("\n"));
    typed.shown = shown.unwrap_or(typed.shown);
    typed.version = version.or(typed.version);
    answer(&mut typed, settings)?;
    let changed = own.change(call.key(), &typed).await?;
    Ok(Reply::ok(told(&changed, None)))
}

/// Which claims are to state what.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Claims {
    given_name: Option<String>,
    family_name: Option<String>,
    full_name: Option<String>,
    email: Option<String>,
    locale: Option<String>,
    groups: Option<String>,
}

impl Claims {
    fn over(self, known: TypedMapping) -> TypedMapping {
        TypedMapping {
            given_name: self.given_name.unwrap_or(known.given_name),
            family_name: self.family_name.unwrap_or(known.family_name),
            full_name: self.full_name.unwrap_or(known.full_name),
            email: self.email.unwrap_or(known.email),
            locale: self.locale.unwrap_or(known.locale),
            groups: self.groups.unwrap_or(known.groups),
        }
    }
}

/// POST /providers/{key}/mapping: of what is not named, all stays.
pub(super) async fn map(call: Call) -> Result<Reply, Problem> {
    let claims: Claims = call.json()?;
    let own = call.own();
    let known = own.show(call.key()).await?.0.mapping;
    let mapped = own.map(call.key(), &claims.over(known)).await?;
    Ok(Reply::ok(told(&mapped, None)))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Turning {
    turn: Turn,
}

/// POST /providers/{key}/key
pub(super) async fn turn_key(call: Call) -> Result<Reply, Problem> {
    let Turning { turn } = call.json()?;
    let turned = call.own().turn_key(call.key(), turn).await?;
    Ok(Reply::ok(told(&turned, None)))
}

/// POST /providers/{key}/test
pub(super) async fn test(call: Call) -> Result<Reply, Problem> {
    let checks = call.own().test(call.key()).await?;
    let ok = checks.iter().all(|check| check.outcome != "wrong");
    Ok(Reply::ok(json!({ "ok": ok, "checks": checks })))
}

/// POST /providers/{key}/enable, /disable
pub(super) async fn turn(call: Call, on: bool) -> Result<Reply, Problem> {
    let it = call.own().set_enabled(call.key(), on).await?;
    Ok(Reply::ok(told(&it, None)))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Remove {
    #[serde(default)]
    confirm_stranded: bool,
}

/// POST /providers/{key}/remove
pub(super) async fn remove(call: Call) -> Result<Reply, Problem> {
    let Remove { confirm_stranded } = call.json()?;
    let stranded = call.own().remove(call.key(), confirm_stranded).await?;
    Ok(Reply::ok(json!({ "removed": true, "stranded": stranded })))
}
