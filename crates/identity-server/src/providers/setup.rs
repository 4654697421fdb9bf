//! What was typed of a provider becomes what is stored of it, and back: one reader for pages, API and command line.

use ambient::Ambient;
use identity::providers::{Change, Provider, Shown};
use relying_party::presets::{Input, Method, Preset, Typed};
use relying_party::{ClientAuthentication, Fault, Keys, Mapping, Settings, Turn};

use super::told::Wrong;
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

/// What is stored of a new one. May make a key: not on a request's path.
///
/// # Errors
/// [`Wrong`].
pub fn read(typed: &Typed, ambient: &Ambient) -> Result<Change, Wrong> {
    let mut settings = settings(typed)?;
    let secret = match secret(typed, &mut settings)? {
        Some(secret) => secret,
        None => make(&mut settings, ambient)?,
    };
    Ok(change(typed, &settings, Some(secret))?)
}

/// What is stored of one that is changed: its preset stays, and its secret if none was typed. But a secret is never taken for a
/// key, nor a key for a secret; and for another issuer, another key is made: what one issuer knows us by, no other sees.
///
/// # Errors
/// The same.
pub fn read_change(typed: &Typed, it: &Provider, ambient: &Ambient) -> Result<Change, Wrong> {
    let typed = Typed { preset: it.preset.clone(), ..typed.clone() };
    let mut settings = settings(&typed)?;
    let before = read_settings(it).ok();
    if let Some(before) = &before {
        // What no form asks stays as it was stored.
        settings.client_authentication = merged(&typed, &settings, before);
        settings.algorithms.clone_from(&before.algorithms);
        settings.trusted_audiences.clone_from(&before.trusted_audiences);
        settings.scopes.clone_from(&before.scopes);
        settings.mapping = before.mapping.clone();
        settings.public_keys.clone_from(&before.public_keys);
    }
    let keys = has_keys(&settings);
    let same = before.as_ref().is_some_and(|before| has_keys(before) == keys);
    let secret = match secret(&typed, &mut settings)? {
        Some(secret) => Some(secret),
        None if same && (!keys || settings.issuer == it.issuer) => None,
        None => Some(make(&mut settings, ambient)?),
    };
    if !keys {
        settings.public_keys.clear();
    }
    Ok(change(&typed, &settings, secret)?)
}

/// Whether we prove by keys of ours who we are. Apple's is a secret that it has made.
const fn has_keys(settings: &Settings) -> bool {
    matches!(settings.client_authentication, ClientAuthentication::PrivateKeyJwt { .. })
}

/// A key where one is wanted. A secret can't be made: the provider says it.
fn make(settings: &mut Settings, ambient: &Ambient) -> Result<String, Wrong> {
    if !has_keys(settings) {
        return Err(Wrong::missing_secret(settings.preset));
    }
    keep(settings, &Keys::made(settings.preset.description().key_algorithm, ambient)?)
}

/// Their public halves among the settings; the rest is sealed.
fn keep(settings: &mut Settings, keys: &Keys) -> Result<String, Wrong> {
    settings.public_keys = keys.public()?;
    Ok(keys.to_secret()?.to_string())
}

/// What is stored of one whose keys turn.
///
/// # Errors
/// The same.
pub fn read_turn(turn: Turn, it: &Provider, secret: &str, ambient: &Ambient) -> Result<Change, Wrong> {
    let mut settings: Settings = serde_json::from_str(&it.settings).map_err(unreadable)?;
    if !has_keys(&settings) {
        return Err(Wrong::without_keys());
    }
    let keys = Keys::of_secret(secret)?;
    let keys = match turn {
        Turn::Next => Some(keys.with_next(ambient)?),
        Turn::Use => keys.turned(),
        Turn::Drop => keys.without_next(),
    };
    let secret = keep(&mut settings, &keys.ok_or_else(Wrong::without_next_key)?)?;
    Ok(change(&typed(it), &settings, Some(secret))?)
}

fn unreadable(error: serde_json::Error) -> Fault {
    Fault::Settings(error.to_string())
}

/// What is stored of one whose claims are read in another way: everything else stays.
///
/// # Errors
/// The same.
pub fn read_mapping(mapping: Mapping, it: &Provider) -> Result<Change, Wrong> {
    let settings = Settings { mapping, ..serde_json::from_str(&it.settings).map_err(unreadable)? };
    settings.check()?;
    Ok(change(&typed(it), &settings, None)?)
}

/// As it was stored, but for what is asked of it: Apple's team, and the method if another one was chosen.
fn merged(typed: &Typed, now: &Settings, before: &Settings) -> ClientAuthentication {
    let asks = now.preset.description().asks;
    let (method, known) = (&now.client_authentication, &before.client_authentication);
    let chosen = asks.contains(&Input::Method) && !typed.method.is_empty() && Method::of(method) != Method::of(known);
    if asks.contains(&Input::TeamId) || chosen { method.clone() } else { known.clone() }
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

/// A client secret, or a key's id and the key, if one was typed.
fn secret(typed: &Typed, settings: &mut Settings) -> Result<Option<String>, Wrong> {
    let at_key = |fault: Fault| Wrong::key(&fault);
    let (kid, pem) = (typed.key_id.trim(), typed.private_key.trim());
    match settings.client_authentication {
        ClientAuthentication::PrivateKeyJwt { .. } if pem.is_empty() => Ok(None),
        ClientAuthentication::PrivateKeyJwt { .. } => {
            keep(settings, &Keys::pasted(kid, pem).map_err(at_key)?).map(Some)
        }
        ClientAuthentication::AppleJwt { .. } if pem.is_empty() => Ok(None),
        ClientAuthentication::AppleJwt { .. } => {
            let secret = format!("{kid}\n{pem}");
            credential(settings, Some(&secret)).map_err(at_key)?;
            Ok(Some(secret))
        }
        _ => Ok(Some(typed.client_secret.trim().to_owned()).filter(|secret| !secret.is_empty())),
    }
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
        let read = |typed: &Typed| read(typed, &Ambient::system());
        let change = read(&generic()).unwrap();
        assert_eq!((change.name.as_str(), change.secret.as_deref()), ("Corporate", Some("secret")));
        assert_eq!(
            (change.domains.len(), change.shown, change.issuer.as_str()),
            (3, Shown::Button, "https://id.example")
        );
        assert!(!change.settings.contains("secret "), "{}", change.settings);
        for (wrong, says) in [
            (Typed { preset: "nonsense".to_owned(), ..generic() }, "no such preset"),
            (Typed { issuer: String::new(), ..generic() }, "missing"),
            (Typed { issuer: "id.example".to_owned(), ..generic() }, "no address"),
            (Typed { shown: "everywhere".to_owned(), ..generic() }, "button, hidden, forced"),
            (Typed { method: "none".to_owned(), ..generic() }, "none of client_secret_basic"),
        ] {
            let said = read(&wrong).unwrap_err().about;
            assert!(said.contains(says), "{wrong:?}: {said}");
        }
        for (wrong, field) in [
            (Typed { client_secret: String::new(), ..generic() }, "client_secret"),
            (Typed { preset: "apple".to_owned(), team_id: "T".to_owned(), ..generic() }, "private_key"),
            (
                Typed { method: "private_key_jwt".to_owned(), private_key: "no key".to_owned(), ..generic() },
                "private_key",
            ),
        ] {
            assert_eq!(read(&wrong).unwrap_err().field, field, "{wrong:?}");
        }
    }

    #[test]
    fn a_key_is_made_where_one_is_wanted_and_only_its_public_half_stands_open() {
        for (preset, algorithm) in [("generic", "ES256"), ("auth0", "RS256")] {
            let (method, domain) = ("private_key_jwt".to_owned(), "acme.example".to_owned());
            let change =
                read(&Typed { preset: preset.to_owned(), method, domain, ..generic() }, &Ambient::system()).unwrap();
            let (settings, secret): (Settings, _) =
                (serde_json::from_str(&change.settings).unwrap(), change.secret.unwrap());
            assert!(!change.settings.contains("PRIVATE"), "{}", change.settings);
            assert_eq!(settings.public_keys, Keys::of_secret(&secret).unwrap().public().unwrap());
            assert_eq!(settings.public_keys[0].alg.as_deref(), Some(algorithm));
        }
        let nobodys = Typed { preset: "gitlab".to_owned(), server: "https://a.example".to_owned(), ..generic() };
        assert!(
            read(&Typed { method: "private_key_jwt".to_owned(), ..nobodys }, &Ambient::system())
                .unwrap()
                .secret
                .is_some()
        );
    }
}
