//! What was typed of a provider becomes what is stored of it, and back: one reader for pages, API and command line.

use identity::providers::{Change, Provider, Shown};
use relying_party::presets::{Input, Preset, Typed};
use relying_party::{Fault, Mapping, Settings};

use crate::upstream::{credential, read_settings};

/// One a line, or between commas.
fn domains(text: &str) -> Vec<String> {
    let words = text.split(|c: char| c == ',' || c.is_whitespace());
    words.map(str::trim).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// How it is offered; a button if nothing is said.
fn shown(word: &str) -> Result<Shown, Fault> {
    if word.is_empty() {
        return Ok(Shown::Button);
    }
    let shown = Shown::ALL.iter().copied().find(|shown| shown.word() == word);
    shown.ok_or_else(|| Fault::Settings("it is shown as one of button, hidden, forced".to_owned()))
}

/// What is stored of a new one.
///
/// # Errors
/// [`Fault::Settings`], in words.
pub fn read(typed: &Typed) -> Result<Change, Fault> {
    let settings = settings(typed)?;
    let secret = secret(typed).ok_or_else(|| Fault::Settings("the client secret is missing".to_owned()))?;
    credential(&settings, Some(&secret))?;
    change(typed, &settings, Some(secret))
}

/// What is stored of one that is changed: its preset stays, and its secret if none was typed.
///
/// # Errors
/// The same.
pub fn read_change(typed: &Typed, it: &Provider) -> Result<Change, Fault> {
    let typed = Typed { preset: it.preset.clone(), ..typed.clone() };
    let mut settings = settings(&typed)?;
    if let Ok(before) = read_settings(it) {
        // What no form asks stays as it was stored.
        settings.client_authentication = merged(&settings, &before);
        settings.algorithms = before.algorithms;
        settings.trusted_audiences = before.trusted_audiences;
        settings.scopes = before.scopes;
        settings.mapping = before.mapping;
    }
    let secret = secret(&typed).filter(|secret| !secret.trim().is_empty());
    if secret.is_some() {
        credential(&settings, secret.as_deref())?;
    }
    change(&typed, &settings, secret)
}

/// What is stored of one whose claims are read in another way: everything else stays.
///
/// # Errors
/// The same.
pub fn read_mapping(mapping: Mapping, it: &Provider) -> Result<Change, Fault> {
    let unreadable = |error: serde_json::Error| Fault::Settings(error.to_string());
    let settings = Settings { mapping, ..serde_json::from_str(&it.settings).map_err(unreadable)? };
    settings.check()?;
    change(&typed(it), &settings, None)
}

/// As it was stored, but for what is asked of it: Apple's team.
fn merged(now: &Settings, before: &Settings) -> relying_party::ClientAuthentication {
    let asked = now.preset.description().asks.contains(&Input::TeamId);
    if asked { now.client_authentication.clone() } else { before.client_authentication.clone() }
}

/// What was typed of a provider, as it stands; no secret.
pub fn typed(it: &Provider) -> Typed {
    let known = read_settings(it).map(|settings| Typed::of_settings(&settings)).unwrap_or_default();
    Typed {
        preset: it.preset.clone(),
        key: it.key.clone(),
        name: it.name.clone(),
        domains: it.domains.join("\n"),
        shown: it.shown.word().to_owned(),
        version: Some(it.version),
        ..known
    }
}

fn settings(typed: &Typed) -> Result<Settings, Fault> {
    let preset = Preset::named(&typed.preset);
    let preset = preset.ok_or_else(|| Fault::Settings("there is no such preset".to_owned()))?;
    let asks = preset.description().asks.iter();
    preset.settings(&asks.map(|input| (*input, typed.value(*input))).collect::<Vec<_>>())
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
        shown: shown(&typed.shown)?,
    })
}

/// A client secret, or a key's id and the key.
fn secret(typed: &Typed) -> Option<String> {
    let by_key = Preset::named(&typed.preset)?.description().asks.contains(&Input::PrivateKey);
    if by_key {
        return Some(format!("{}\n{}", typed.key_id.trim(), typed.private_key.trim()));
    }
    Some(typed.client_secret.trim().to_owned()).filter(|secret| !secret.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn generic() -> Typed {
        Typed {
            preset: "generic".to_owned(),
            key: "corp".to_owned(),
            name: " Corporate ".to_owned(),
            domains: "a.example, b.example\nc.example".to_owned(),
            issuer: "https://id.example".to_owned(),
            client_id: "us".to_owned(),
            client_secret: " secret ".to_owned(),
            ..Typed::default()
        }
    }

    #[test]
    fn what_is_typed_is_read_in_one_way() {
        let change = read(&generic()).unwrap();
        assert_eq!((change.name.as_str(), change.secret.as_deref()), ("Corporate", Some("secret")));
        assert_eq!(
            (change.domains.len(), change.shown, change.issuer.as_str()),
            (3, Shown::Button, "https://id.example")
        );
        assert!(!change.settings.contains("secret "), "{}", change.settings);
        for (wrong, says) in [
            (Typed { preset: "nonsense".to_owned(), ..generic() }, "no such preset"),
            (Typed { client_secret: String::new(), ..generic() }, "secret is missing"),
            (Typed { issuer: String::new(), ..generic() }, "missing"),
            (Typed { issuer: "id.example".to_owned(), ..generic() }, "no address"),
            (Typed { shown: "everywhere".to_owned(), ..generic() }, "button, hidden, forced"),
            (Typed { preset: "apple".to_owned(), team_id: "T".to_owned(), ..generic() }, "no PKCS#8 key"),
        ] {
            let said = read(&wrong).unwrap_err().to_string();
            assert!(said.contains(says), "{wrong:?}: {said}");
        }
    }
}
