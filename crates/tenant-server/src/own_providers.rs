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
use tenant::providers::own::{self, OwnDeed};

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
        let who = self.who(OwnDeed::Add, "").await?;
        let body = json!({ "by": who, "provider": typed });
        let One { provider, .. } = told(api::ask(self.app, PATH, Some(&body)).await?)?;
        self.done(OwnDeed::Add, &provider.key, json!({ "preset": provider.preset, "issuer": provider.issuer })).await?;
        Ok(provider)
    }

    /// Changes one: what is typed is all of it, but for a secret that stays where none is.
    pub(crate) async fn change(&self, key: &str, typed: &Typed) -> Result<Detail, Refused> {
        let path = self.path(key, "")?;
        let body = json!({ "by": self.who(OwnDeed::Change, key).await?, "provider": typed });
        let One { provider, .. } = told(api::ask(self.app, &path, Some(&body)).await?)?;
        let detail = json!({ "issuer": provider.issuer, "domains": provider.domains, "shown": provider.shown });
        self.done(OwnDeed::Change, key, detail).await?;
        Ok(provider)
    }

    /// Says which of its claims state what.
    pub(crate) async fn map(&self, key: &str, mapping: &TypedMapping) -> Result<Detail, Refused> {
        let One { provider, .. } = self.does(OwnDeed::Map, (key, "/mapping"), json!({ "mapping": mapping })).await?;
        self.done(OwnDeed::Map, key, json!({ "mapping": provider.mapping })).await?;
        Ok(provider)
    }

    /// Has our key there followed by another.
    pub(crate) async fn turn_key(&self, key: &str, turn: Turn) -> Result<Detail, Refused> {
        let One { provider, .. } = self.does(OwnDeed::TurnKey, (key, "/key"), json!({ "turn": turn })).await?;
        self.done(OwnDeed::TurnKey, key, json!({ "turn": turn })).await?;
        Ok(provider)
    }

    /// Asks it what can be asked without a person.
    pub(crate) async fn test(&self, key: &str) -> Result<Vec<Finding>, Refused> {
        let Found { checks } = self.does(OwnDeed::Test, (key, "/test"), json!({})).await?;
        let wrong: Vec<&str> = checks.iter().filter(|it| it.outcome == "wrong").map(|it| it.check.as_str()).collect();
        self.done(OwnDeed::Test, key, json!({ "wrong": wrong })).await?;
        Ok(checks)
    }

    /// Opens or closes it.
    pub(crate) async fn set_enabled(&self, key: &str, on: bool) -> Result<Detail, Refused> {
        let (deed, at) = if on { (OwnDeed::Enable, "/enable") } else { (OwnDeed::Disable, "/disable") };
        let One { provider, .. } = self.does(deed, (key, at), json!({})).await?;
        self.done(deed, key, json!({})).await?;
        Ok(provider)
    }

    /// Removes it for good, and says how many have no way in any more.
    pub(crate) async fn remove(&self, key: &str, confirmed: bool) -> Result<i64, Refused> {
        if !confirmed {
            let (nowhere, here) = (self.show(key).await?.1.count, self.switched_to(key).await?);
            if nowhere + here > 0 {
                return Err(Refused::Strands { nowhere, here });
            }
        }
        let Gone { stranded } =
            self.does(OwnDeed::Remove, (key, "/remove"), json!({ "confirm_stranded": confirmed })).await?;
        self.done(OwnDeed::Remove, key, json!({ "stranded": stranded })).await?;
        Ok(stranded)
    }

    /// How many members it alone opens this tenant to.
    pub(crate) async fn switched_to(&self, key: &str) -> Result<i64, Refused> {
        Ok(own::switched_to(&mut self.app.store.read().await?, key).await?)
    }

    async fn does<T: DeserializeOwned>(
        &self,
        deed: OwnDeed,
        (key, at): (&str, &str),
        mut body: Value,
    ) -> Result<T, Refused> {
        let path = self.path(key, at)?;
        if let Some(body) = body.as_object_mut() {
            body.insert("by".to_owned(), self.who(deed, key).await?);
        }
        told(api::ask(self.app, &path, Some(&body)).await?)
    }

    /// The address of one. What can be none of this tenant's is not asked for.
    fn path(&self, key: &str, at: &str) -> Result<String, Refused> {
        let slug = &self.app.tenant.slug;
        let own = key.strip_prefix(slug.as_str()).is_some_and(|rest| rest.starts_with('.')) && is_key(key);
        if own { Ok(format!("{PATH}/{key}{at}")) } else { Err(Refused::NotFound) }
    }

    /// Whether they may do it at this moment, and how the identity server knows them.
    async fn who(&self, deed: OwnDeed, key: &str) -> Result<Value, Refused> {
        let known = self.app.catalogue(Age::ToDo).await;
        let context = self.context.clone().knowing(known);
        let member = own::may(&self.app.store, &context, self.by, deed, key).await?;
        if let Some(service) = context.service.filter(|service| service.member == member.id) {
            return Ok(json!({ "client": service.client_id }));
        }
        match member.subject {
            Some(subject) => Ok(json!({ "subject": subject })),
            None => Err(Denied::Forbidden.into()),
        }
    }

    async fn done(&self, deed: OwnDeed, key: &str, detail: Value) -> Result<(), Refused> {
        if deed != OwnDeed::Test {
            self.app.catalogue_afresh().await;
        }
        own::note(&self.app.store, self.context.clone(), self.by, (deed, key.to_owned()), detail).await?;
        Ok(())
    }
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

/// Whether it is the last way in of those who run the tenant that stands against it.
pub(crate) const fn is_last_way(denied: &Denied) -> bool {
    matches!(denied, Denied::Refused(Refusal::LastWayIn))
}
