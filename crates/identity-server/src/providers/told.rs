use identity::providers::{Provider, Unfit};
use relying_party::presets::{Input, Preset, TypedMapping};
use relying_party::{Check, Fault};
use serde::Serialize;
use serde_json::{Map, Value, json};
use webkit::Message;

use super::setup::typed;
use crate::state::IdentityServer;
use crate::upstream::{read_settings, registration};

/// What is wrong with a provider as it was typed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Wrong {
    /// At which field; empty: the settings as a whole.
    pub field: &'static str,
    /// What, as a word.
    pub code: &'static str,
    /// Which one; of settings, a sentence in English.
    pub about: String,
}

impl Wrong {
    const fn at(field: &'static str, code: &'static str) -> Self {
        Self { field, code, about: String::new() }
    }

    pub(super) fn key(fault: &Fault) -> Self {
        Self { about: fault.to_string(), ..Self::at("private_key", "private_key") }
    }

    /// Apple's secret is a key.
    pub(super) fn missing_secret(preset: Preset) -> Self {
        let by_key = preset.description().asks.contains(&Input::TeamId);
        Self::at(if by_key { "private_key" } else { "client_secret" }, "secret_missing")
    }

    /// It knows us by a secret, and no key turns.
    pub(super) const fn without_keys() -> Self {
        Self::at("", "without_keys")
    }

    /// No key is to follow the one that signs.
    pub(super) const fn without_next_key() -> Self {
        Self::at("", "without_next_key")
    }

    /// As a page says it.
    pub fn message(&self) -> Message {
        let key = format!("wrong-provider-{}", self.code.replace('_', "-"));
        Message::new(key).with("about", self.about.clone())
    }
}

impl From<Fault> for Wrong {
    fn from(fault: Fault) -> Self {
        Self { about: fault.to_string(), ..Self::at("", "settings") }
    }
}

impl From<Unfit> for Wrong {
    fn from(unfit: Unfit) -> Self {
        let (field, code, about) = match unfit {
            Unfit::Name => ("name", "name", String::new()),
            Unfit::NameNotPlain => ("name", "name_not_plain", String::new()),
            Unfit::Key => ("key", "key", String::new()),
            Unfit::KeyTaken => ("key", "key_taken", String::new()),
            Unfit::Domain(domain) => ("domains", "domain", domain),
            Unfit::DomainTaken(domain) => ("domains", "domain_taken", domain),
            Unfit::TooManyDomains => ("domains", "domains", String::new()),
            Unfit::TooMany => ("key", "too_many", String::new()),
            Unfit::SecretForIssuer => ("client_secret", "secret_for_issuer", String::new()),
            Unfit::IssuerInUse => ("issuer", "issuer_in_use", String::new()),
        };
        Self { field, code, about }
    }
}

/// Which of its claims state what.
#[must_use]
pub fn mapping(it: &Provider) -> TypedMapping {
    read_settings(it).map(|settings| settings.mapping.into()).unwrap_or_default()
}

/// Everything of a provider but its secret, as programs read it.
#[must_use]
pub fn detail(server: &IdentityServer, it: &Provider) -> Value {
    let typed = typed(it);
    let description = Preset::named(&it.preset).unwrap_or_default().description();
    let weaknesses: Vec<&str> = description.weaknesses.iter().map(|it| it.word()).collect();
    let settings: Map<String, Value> = description
        .asks
        .iter()
        .filter(|input| !input.is_secret())
        .map(|input| (input.word().to_owned(), typed.value(*input).into()))
        .collect();
    let mut detail = json!({
        "key": it.key,
        "name": it.name,
        "preset": it.preset,
        "issuer": it.issuer,
        "settings": settings,
        "has_secret": it.has_secret(),
        "domains": it.domains,
        "shown": it.shown.word(),
        "enabled": !it.disabled,
        "created_at": it.created_at.to_rfc3339(),
        "version": it.version,
        "mapping": mapping(it),
        "weaknesses": weaknesses,
    });
    if let (Value::Object(detail), Ok(Value::Object(more))) =
        (&mut detail, serde_json::to_value(registration(server, it)))
    {
        detail.extend(more);
    }
    detail
}

/// What one check found, as programs read it.
#[must_use]
pub fn finding(check: &Check) -> Value {
    json!({ "check": check.word, "outcome": check.outcome.word(), "text": check.text })
}
