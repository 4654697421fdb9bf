//! A provider as an administrator types it: by preset, each with its own questions.

use identity::providers::{Change, Provider, Shown};
use relying_party::presets::{Description, Input, Preset};
use relying_party::{Fault, Mapping, Settings};

use super::party::credential;

/// What was typed.
#[derive(Debug, Clone, Default)]
pub struct Typed {
    pub preset: String,
    pub name: String,
    pub domains: String,
    pub shown: String,
    /// The answers to the preset's questions.
    pub values: Vec<(Input, String)>,
}

/// The word of a question: the name of its field.
pub const fn word(input: Input) -> &'static str {
    match input {
        Input::Issuer => "issuer",
        Input::Domain => "domain",
        Input::Directory => "directory",
        Input::Server => "server",
        Input::Realm => "realm",
        Input::ClientId => "client_id",
        Input::ClientSecret => "client_secret",
        Input::TeamId => "team_id",
        Input::KeyId => "key_id",
        Input::PrivateKey => "private_key",
    }
}

/// The preset of that name.
pub fn preset(word: &str) -> Option<Preset> {
    serde_json::from_value(serde_json::Value::from(word)).ok()
}

/// The name of a preset.
pub fn preset_word(preset: Preset) -> String {
    serde_json::to_value(preset).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

/// What is said of its domains, by key.
pub const fn domains_help(description: &Description) -> &'static str {
    if description.may_vouch_for_email { "provider-domains-help" } else { "provider-domains-untrusted" }
}

/// One a line, or between commas.
pub fn domains(text: &str) -> Vec<String> {
    let words = text.split(|c: char| c == ',' || c.is_whitespace());
    words.map(str::trim).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// How it is offered; a button if nothing is said.
pub fn shown(word: &str) -> Shown {
    Shown::ALL.iter().copied().find(|shown| shown.word() == word).unwrap_or(Shown::Button)
}

/// What is stored of what was typed.
///
/// # Errors
/// [`Fault::Settings`], in words.
pub fn read(typed: &Typed) -> Result<Change, Fault> {
    let preset = preset(&typed.preset).ok_or_else(|| Fault::Settings("there is no such preset".to_owned()))?;
    let values: Vec<(Input, &str)> = typed.values.iter().map(|(input, text)| (*input, text.as_str())).collect();
    let settings = preset.settings(&values)?;
    let secret = secret(&typed.values);
    credential(&settings, secret.as_deref())?;
    change(typed, &settings, secret)
}

fn change(typed: &Typed, settings: &Settings, secret: Option<String>) -> Result<Change, Fault> {
    let stored = serde_json::to_string(settings).map_err(|error| Fault::Settings(error.to_string()))?;
    Ok(Change {
        name: typed.name.trim().to_owned(),
        preset: typed.preset.clone(),
        issuer: settings.issuer.clone(),
        settings: stored,
        secret,
        domains: domains(&typed.domains),
        shown: shown(&typed.shown),
    })
}

/// The settings of a provider with another mapping, as they are stored.
///
/// # Errors
/// [`Fault::Settings`], in words.
pub fn mapped(provider: &Provider, mapping: Mapping) -> Result<String, Fault> {
    let unreadable = |error: serde_json::Error| Fault::Settings(error.to_string());
    let settings: Settings = serde_json::from_str(&provider.settings).map_err(unreadable)?;
    let settings = Settings { mapping, ..settings };
    settings.check()?;
    serde_json::to_string(&settings).map_err(unreadable)
}

/// A client secret, or a key's id and the key.
fn secret(values: &[(Input, String)]) -> Option<String> {
    let given = |wanted: Input| values.iter().find(|(input, _)| *input == wanted).map(|(_, text)| text.trim());
    let secret = given(Input::ClientSecret).filter(|text| !text.is_empty()).map(str::to_owned);
    secret.or_else(|| Some(format!("{}\n{}", given(Input::KeyId)?, given(Input::PrivateKey)?)))
}
