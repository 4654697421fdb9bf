//! This tenant's own providers, administered at the identity server: what the pages and the API both do. Who acts, and whether they
//! may, is asked here at the moment of the deed (`tenant::providers::own`); both sides write it down.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use relying_party::Turn;
use relying_party::presets::{Input, Registration, Typed, TypedMapping};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tenant::Context;
use tenant::lifecycle::{Denied, Refusal};
use tenant::members::MemberId;
use tenant::providers::is_key;
use tenant::providers::own::{self, Begun, End, OwnDeed};
use tracing::Instrument as _;

use crate::catalogue::Age;
use crate::delivery::api;
use crate::instance::App;
use crate::rp::RpError;

/// Where they are at the identity server.
const PATH: &str = "/api/v1/tenant/own-providers";

/// Everything of one but its secret.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Detail {
    pub key: String,
    pub name: String,
    pub preset: String,
    pub issuer: String,
    /// What is registered of us there.
    #[serde(flatten)]
    pub registration: Registration,
    /// The answers to the preset's questions, by their words.
    pub settings: BTreeMap<String, String>,
    pub has_secret: bool,
    pub domains: Vec<String>,
    pub shown: String,
    pub enabled: bool,
    pub created_at: String,
    pub version: i64,
    /// Which claims state what.
    #[serde(default)]
    pub mapping: TypedMapping,
    /// Which checks cannot be made with it, by their words.
    #[serde(default)]
    pub weaknesses: Vec<String>,
}

impl Detail {
    /// As it stands in a form.
    pub(crate) fn typed(&self) -> Typed {
        let mut typed = Typed {
            preset: self.preset.clone(),
            key: self.key.clone(),
            name: self.name.clone(),
            domains: self.domains.join("\n"),
            shown: self.shown.clone(),
            version: Some(self.version),
            ..Typed::default()
        };
        for (word, value) in &self.settings {
            if let Some(input) = Input::named(word) {
                typed.set(input, value.clone());
            }
        }
        typed
    }
}

/// Whom nothing else opens: how many, and the first of them by their subjects.
#[derive(Debug, Clone, Default, Deserialize)]
pub(crate) struct Stranded {
    pub count: i64,
    pub sample: Vec<String>,
}

/// What one check of a test found.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Finding {
    pub check: String,
    pub outcome: String,
    pub text: String,
}

/// What is wrong with what was typed.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Wrong {
    /// Empty: the settings as a whole.
    pub field: String,
    pub code: String,
    /// Which one; of settings, a sentence in English.
    pub about: String,
}

/// Why something was not done.
#[derive(Debug)]
pub(crate) enum Refused {
    /// Whoever acts may not.
    Denied(Denied),
    /// There is none such, or it is another's.
    NotFound,
    Wrong(Wrong),
    /// It was changed since it was looked at.
    Changed,
    /// So many would have no way in at all, and so many none in here.
    Strands {
        nowhere: i64,
        here: i64,
    },
    /// Another test goes on.
    Busy,
    /// The identity server does not answer.
    Away,
}

impl From<Denied> for Refused {
    fn from(denied: Denied) -> Self {
        Self::Denied(denied)
    }
}

impl From<store::StoreError> for Refused {
    fn from(error: store::StoreError) -> Self {
        Self::Denied(error.into())
    }
}

impl From<RpError> for Refused {
    fn from(error: RpError) -> Self {
        tracing::warn!(%error, "a provider could not be administered");
        Self::Away
    }
}

/// Somebody at these providers.
pub(crate) struct Own<'a> {
    app: &'a App,
    context: Context,
    by: MemberId,
}

#[derive(Deserialize)]
struct One {
    provider: Detail,
    #[serde(default)]
    stranded: Stranded,
}

#[derive(Deserialize)]
struct Found {
    checks: Vec<Finding>,
}

#[derive(Deserialize)]
struct Gone {
    stranded: i64,
}

impl<'a> Own<'a> {
    /// `context` is that of the deed.
    pub(crate) const fn new(app: &'a App, context: Context, by: MemberId) -> Self {
        Self { app, context, by }
    }

    /// One of them, and who would lose their last way in with it.
    pub(crate) async fn show(&self, key: &str) -> Result<(Detail, Stranded), Refused> {
        let One { provider, stranded } = told(api::ask(self.app, &self.path(key, "")?, None).await?)?;
        Ok((provider, stranded))
    }

    /// Adds one.
    pub(crate) async fn add(&self, typed: &Typed) -> Result<Detail, Refused> {
        let key = format!("{}.{}", self.app.tenant.slug, typed.key.trim());
        let done = |One { provider: it, .. }: &One| (it.enabled, json!({ "preset": it.preset, "issuer": it.issuer }));
        let body = json!({ "provider": typed });
        Ok(self.does(OwnDeed::Add, (&key, PATH.to_owned()), body, done).await?.provider)
    }

    /// Changes one: what is typed is all of it, but for a secret that stays where none is.
    pub(crate) async fn change(&self, key: &str, typed: &Typed) -> Result<Detail, Refused> {
        let before = self.show(key).await?.0;
        let typed = Typed { version: typed.version.or(Some(before.version)), ..typed.clone() };
        // Of another version than this one, it is refused there.
        let deed = if speaks_as_before(&before.typed(), &typed) { OwnDeed::Describe } else { OwnDeed::Change };
        let done = |One { provider: it, .. }: &One| {
            (it.enabled, json!({ "issuer": it.issuer, "domains": it.domains, "shown": it.shown }))
        };
        let body = json!({ "provider": typed });
        Ok(self.does(deed, (key, self.path(key, "")?), body, done).await?.provider)
    }

    /// Says which of its claims state what.
    pub(crate) async fn map(&self, key: &str, mapping: &TypedMapping) -> Result<Detail, Refused> {
        let done = |One { provider: it, .. }: &One| (it.enabled, json!({ "mapping": it.mapping }));
        let body = json!({ "mapping": mapping });
        Ok(self.does(OwnDeed::Map, (key, self.path(key, "/mapping")?), body, done).await?.provider)
    }

    /// Has our key there followed by another.
    pub(crate) async fn turn_key(&self, key: &str, turn: Turn) -> Result<Detail, Refused> {
        let deed = if turn == Turn::Use { OwnDeed::UseKey } else { OwnDeed::TurnKey };
        let done = move |One { provider: it, .. }: &One| (it.enabled, json!({ "turn": turn }));
        let body = json!({ "turn": turn });
        Ok(self.does(deed, (key, self.path(key, "/key")?), body, done).await?.provider)
    }

    /// Asks it what can be asked without a person.
    pub(crate) async fn test(&self, key: &str) -> Result<Vec<Finding>, Refused> {
        let done = |Found { checks }: &Found| {
            let wrong: Vec<&str> =
                checks.iter().filter(|it| it.outcome == "wrong").map(|it| it.check.as_str()).collect();
            (true, json!({ "wrong": wrong }))
        };
        Ok(self.does(OwnDeed::Test, (key, self.path(key, "/test")?), json!({}), done).await?.checks)
    }

    /// Opens or closes it.
    pub(crate) async fn set_enabled(&self, key: &str, on: bool) -> Result<Detail, Refused> {
        let (deed, at) = if on { (OwnDeed::Enable, "/enable") } else { (OwnDeed::Disable, "/disable") };
        let done = |One { provider, .. }: &One| (provider.enabled, json!({}));
        Ok(self.does(deed, (key, self.path(key, at)?), json!({}), done).await?.provider)
    }

    /// Removes it for good, and says how many have no way in any more.
    pub(crate) async fn remove(&self, key: &str, confirmed: bool) -> Result<i64, Refused> {
        if !confirmed {
            let (nowhere, here) = (self.show(key).await?.1.count, self.switched_to(key).await?);
            if nowhere + here > 0 {
                return Err(Refused::Strands { nowhere, here });
            }
        }
        let done = |Gone { stranded }: &Gone| (false, json!({ "stranded": stranded }));
        let body = json!({ "confirm_stranded": confirmed });
        Ok(self.does(OwnDeed::Remove, (key, self.path(key, "/remove")?), body, done).await?.stranded)
    }

    /// How many members it alone opens this tenant to.
    pub(crate) async fn switched_to(&self, key: &str) -> Result<i64, Refused> {
        Ok(own::switched_to(&mut self.app.store.read().await?, key).await?)
    }

    /// Begins a deed here, does it there, and ends it here, however it went. `done`: of the answer, whether the provider opens now,
    /// and what the log says.
    async fn does<T: DeserializeOwned + Send + 'static>(
        &self,
        deed: OwnDeed,
        (key, path): (&str, String),
        mut body: Value,
        done: impl FnOnce(&T) -> (bool, Value) + Send + 'static,
    ) -> Result<T, Refused> {
        let (begun, who) = self.begin(deed, key).await?;
        if let Some(body) = body.as_object_mut() {
            body.insert("by".to_owned(), who);
        }
        // Whoever hangs up halfway stops neither the deed nor its entry in the log.
        let (app, context) = (self.app.clone(), self.context.clone());
        let doing = async move {
            let (answer, end) = match api::ask(&app, &path, Some(&body)).await {
                Ok(Ok(answer)) => {
                    let (opens, detail) = done(&answer);
                    (Ok(answer), End::Done(opens, detail))
                }
                Ok(Err(refused)) => (told(Err(refused)), End::Refused),
                Err(error) => (Err(error.into()), End::Unknown),
            };
            own::end(&app.store, context, begun, end).await?;
            if deed != OwnDeed::Test && answer.is_ok() {
                app.catalogue_afresh().await;
            }
            answer
        };
        tokio::spawn(doing.in_current_span()).await.unwrap_or_else(|error| {
            tracing::error!(%error, "a deed at a provider ended in the middle");
            Err(Refused::Away)
        })
    }

    /// The address of one. What can be none of this tenant's is not asked for.
    fn path(&self, key: &str, at: &str) -> Result<String, Refused> {
        let slug = &self.app.tenant.slug;
        let own = key.strip_prefix(slug.as_str()).is_some_and(|rest| rest.starts_with('.')) && is_key(key);
        if own { Ok(format!("{PATH}/{key}{at}")) } else { Err(Refused::NotFound) }
    }

    /// Whether they may do it at this moment, and how the identity server knows them.
    async fn begin(&self, deed: OwnDeed, key: &str) -> Result<(Begun, Value), Refused> {
        // Whoever closes one counts on others, and what the platform has closed is known there alone.
        let known =
            if deed.may_close() { self.app.catalogue_afresh().await } else { self.app.catalogue(Age::ToDo).await };
        let context = self.context.clone().knowing(known);
        let service = context.service.clone();
        let begun = own::begin(&self.app.store, context, self.by, deed, key.to_owned()).await?;
        let who = match (service.filter(|service| service.member == begun.member.id), &begun.member.subject) {
            (Some(service), _) => json!({ "client": service.client_id }),
            (None, Some(subject)) => json!({ "subject": subject }),
            (None, None) => {
                own::end(&self.app.store, self.context.clone(), begun, End::Refused).await?;
                return Err(Denied::Forbidden.into());
            }
        };
        Ok((begun, who))
    }
}

/// Whether a change leaves how the provider is spoken to, and whom it means by whom, as it was.
fn speaks_as_before(before: &Typed, typed: &Typed) -> bool {
    let spoken = |it: &Typed| Typed {
        preset: if it.preset.is_empty() { before.preset.clone() } else { it.preset.clone() },
        key: String::new(),
        name: String::new(),
        domains: String::new(),
        shown: String::new(),
        version: None,
        ..it.clone()
    };
    spoken(before) == spoken(typed)
}

/// What the identity server refuses, by its words.
fn told<T>(answer: Result<T, (StatusCode, Value)>) -> Result<T, Refused> {
    answer.map_err(|(status, body)| match (status, body.get("error").and_then(Value::as_str)) {
        (StatusCode::NOT_FOUND, _) => Refused::NotFound,
        (StatusCode::TOO_MANY_REQUESTS, _) => Refused::Busy,
        (StatusCode::CONFLICT, Some("strands")) => {
            let count = body.pointer("/stranded/count").and_then(Value::as_i64).unwrap_or(1);
            Refused::Strands { nowhere: count, here: 0 }
        }
        (StatusCode::CONFLICT, _) => Refused::Changed,
        (StatusCode::UNPROCESSABLE_ENTITY, _) => {
            let wrong = body.get("wrong").cloned().and_then(|wrong| serde_json::from_value(wrong).ok());
            wrong.map_or(Refused::Away, Refused::Wrong)
        }
        _ => Refused::Denied(Denied::Forbidden),
    })
}

/// Why a provider is not to be touched, in words, where it is about who comes by it.
pub(crate) const fn about_who_comes(denied: &Denied) -> Option<&'static str> {
    match denied {
        Denied::Refused(Refusal::LastWayIn) => Some("own-provider-last-way"),
        Denied::Refused(Refusal::SuperiorsCome) => Some("refusal-superiors_come"),
        _ => None,
    }
}
