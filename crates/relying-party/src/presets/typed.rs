use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Input, Method, Preset};
use crate::{ClientAuthentication, Settings};

/// How a provider can be offered on a sign-in page: the words of [`Typed::shown`].
pub const SHOWN: [&str; 3] = ["button", "hidden", "forced"];

/// A provider as an administrator types it, on whichever page or by whichever API: the answers to the questions of any preset.
/// What a preset does not ask stays empty.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Typed {
    /// The preset's word.
    pub preset: String,
    /// The last part of its key.
    pub key: String,
    /// Its name for people.
    pub name: String,
    /// Domains that it is trusted for, one a line or between commas.
    pub domains: String,
    /// How it is offered.
    pub shown: String,
    /// [`Input::Issuer`].
    pub issuer: String,
    /// [`Input::Domain`].
    pub domain: String,
    /// [`Input::Directory`].
    pub directory: String,
    /// [`Input::Server`].
    pub server: String,
    /// [`Input::Realm`].
    pub realm: String,
    /// [`Input::ClientId`].
    pub client_id: String,
    /// [`Input::Method`]. Empty: the preset's usual one; of a change, the one that there is.
    #[serde(skip_serializing_if = "String::is_empty")] // An identity server of before knows no methods.
    pub method: String,
    /// [`Input::ClientSecret`]. Never filled by us; of a change, empty: the one that is there stays.
    pub client_secret: String,
    /// [`Input::TeamId`].
    pub team_id: String,
    /// [`Input::KeyId`]. Goes with the key.
    pub key_id: String,
    /// [`Input::PrivateKey`]. As the secret. Where a key is wanted and none is typed or there, one is made.
    pub private_key: String,
    /// Of a change: the version that it was made from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<i64>,
}

impl Typed {
    /// The answer to one of the preset's questions.
    #[must_use]
    pub fn value(&self, input: Input) -> &str {
        match input {
            Input::Issuer => &self.issuer,
            Input::Domain => &self.domain,
            Input::Directory => &self.directory,
            Input::Server => &self.server,
            Input::Realm => &self.realm,
            Input::ClientId => &self.client_id,
            Input::Method => &self.method,
            Input::ClientSecret => &self.client_secret,
            Input::TeamId => &self.team_id,
            Input::KeyId => &self.key_id,
            Input::PrivateKey => &self.private_key,
        }
    }

    /// Answers one of them.
    pub fn set(&mut self, input: Input, value: String) {
        let field = match input {
            Input::Issuer => &mut self.issuer,
            Input::Domain => &mut self.domain,
            Input::Directory => &mut self.directory,
            Input::Server => &mut self.server,
            Input::Realm => &mut self.realm,
            Input::ClientId => &mut self.client_id,
            Input::Method => &mut self.method,
            Input::ClientSecret => &mut self.client_secret,
            Input::TeamId => &mut self.team_id,
            Input::KeyId => &mut self.key_id,
            Input::PrivateKey => &mut self.private_key,
        };
        *field = value;
    }

    /// As the form of a preset begins.
    #[must_use]
    pub fn begun(preset: Preset) -> Self {
        let generic = preset == Preset::Generic;
        let word = preset.word();
        let (key, name) = if generic { Default::default() } else { (word, preset.description().label.to_owned()) };
        let method = preset.description().methods.first().map(|method| method.word().to_owned()).unwrap_or_default();
        Self { preset: preset.word(), key, name, method, ..Self::default() }
    }

    /// What was typed once, as the settings have kept it; secrets are not among it.
    #[must_use]
    pub fn of_settings(settings: &Settings) -> Self {
        let mut typed = Self { preset: settings.preset.word(), ..Self::default() };
        for input in settings.preset.description().asks {
            if let Some(value) = kept(settings, *input) {
                typed.set(*input, value);
            }
        }
        typed
    }

    /// Empties what is secret, as before a form is shown again.
    pub fn forget_secrets(&mut self) {
        self.client_secret.clear();
        self.private_key.clear();
    }
}

/// What is secret is not written anywhere.
impl fmt::Debug for Typed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Typed").field("preset", &self.preset).field("key", &self.key).finish_non_exhaustive()
    }
}

/// The inverse of [`Preset::settings`], question by question.
fn kept(settings: &Settings, input: Input) -> Option<String> {
    let issuer = settings.issuer.as_str();
    match input {
        Input::Issuer => Some(issuer.to_owned()),
        Input::Domain => Some(issuer.trim_start_matches("https://").trim_end_matches('/').to_owned()),
        Input::Directory => issuer.split('/').nth(3).map(str::to_owned),
        Input::Server => Some(issuer.rsplit_once("/realms/").map_or(issuer, |(server, _)| server).to_owned()),
        Input::Realm => issuer.rsplit_once("/realms/").map(|(_, realm)| realm.to_owned()),
        Input::ClientId => Some(settings.client_id.clone()),
        Input::Method => Method::of(&settings.client_authentication).map(|method| method.word().to_owned()),
        Input::TeamId => match &settings.client_authentication {
            ClientAuthentication::AppleJwt { team_id } => Some(team_id.clone()),
            _ => None,
        },
        Input::ClientSecret | Input::KeyId | Input::PrivateKey => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_preset_gives_back_what_was_typed_and_no_secret() {
        let answers = Typed {
            issuer: "https://id.example/tenant".to_owned(),
            domain: "acme.okta.example".to_owned(),
            directory: "01900000-0000-7000-8000-000000000000".to_owned(),
            server: "https://login.acme.example/auth".to_owned(),
            realm: "staff".to_owned(),
            client_id: "us".to_owned(),
            method: "private_key_jwt".to_owned(),
            client_secret: "secret".to_owned(),
            team_id: "TEAM123456".to_owned(),
            key_id: "KEY1234567".to_owned(),
            private_key: "pem".to_owned(),
            ..Typed::default()
        };
        for preset in Preset::ALL {
            let asked: Vec<_> = preset.description().asks.iter().map(|input| (*input, answers.value(*input))).collect();
            let settings = preset.settings(&asked).unwrap();
            let typed = Typed::of_settings(&settings);
            assert_eq!(Preset::named(&typed.preset), Some(*preset));
            for input in preset.description().asks {
                let secret = matches!(input, Input::ClientSecret | Input::KeyId | Input::PrivateKey);
                let expected = if secret { "" } else { answers.value(*input) };
                assert_eq!(typed.value(*input), expected, "{preset:?} {input:?}");
            }
        }
        assert!(!format!("{answers:?}").contains("secret"));
    }

    #[test]
    fn words_are_unique_and_found_again() {
        for input in Input::ALL {
            assert_eq!(Input::named(input.word()), Some(*input));
        }
        assert_eq!((Input::named("preset"), Preset::named("nonsense")), (None, None));
    }
}
