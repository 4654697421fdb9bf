//! Providers that many people have, with what is peculiar about each. Written from the vendors' public documentation
//! ([`Description::source`]); tried against imitations of ours ("not tried live").

mod method;
mod registration;
mod table;
mod typed;
mod typed_mapping;

use jose::Algorithm;
use serde::{Deserialize, Serialize};
use url::Url;
use uuid::Uuid;

use crate::settings::{AssertionAudience, ClientAuthentication, Endpoints};
use crate::{Fault, Mapping, Settings};

pub use method::Method;
pub use registration::{Registration, Said};
pub use typed::{SHOWN, Typed};
pub use typed_mapping::TypedMapping;

/// Whose provider it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Preset {
    /// Any OpenID provider, by its issuer.
    #[default]
    Generic,
    /// Google.
    Google,
    /// Microsoft Entra ID, one directory.
    Entra,
    /// Okta.
    Okta,
    /// Auth0.
    Auth0,
    /// Keycloak.
    Keycloak,
    /// GitLab, the public one or one's own.
    Gitlab,
    /// Apple.
    Apple,
    /// GitHub: plain OAuth.
    Github,
}

/// What an administrator types.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Input {
    /// The issuer identifier.
    Issuer,
    /// A host name, such as `acme.okta.com`.
    Domain,
    /// The directory's id, a UUID.
    Directory,
    /// A server's address, such as `https://login.acme.example`.
    Server,
    /// A realm's name.
    Realm,
    /// The client id.
    ClientId,
    /// How we prove who we are, where there is a choice: a [`Method`]'s word.
    Method,
    /// The client secret.
    ClientSecret,
    /// Apple's team id.
    TeamId,
    /// The private key's id.
    KeyId,
    /// A private key, PEM.
    PrivateKey,
}

impl Input {
    /// Each of them.
    pub const ALL: &'static [Self] = &[
        Self::Issuer,
        Self::Domain,
        Self::Directory,
        Self::Server,
        Self::Realm,
        Self::ClientId,
        Self::Method,
        Self::ClientSecret,
        Self::TeamId,
        Self::KeyId,
        Self::PrivateKey,
    ];

    /// Its word: the name of its field, in forms and in programs.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Issuer => "issuer",
            Self::Domain => "domain",
            Self::Directory => "directory",
            Self::Server => "server",
            Self::Realm => "realm",
            Self::ClientId => "client_id",
            Self::Method => "method",
            Self::ClientSecret => "client_secret",
            Self::TeamId => "team_id",
            Self::KeyId => "key_id",
            Self::PrivateKey => "private_key",
        }
    }

    /// The question of that word.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|input| input.word() == word)
    }

    /// Whether its answer is kept sealed, and never shown; a key's id goes with the key.
    #[must_use]
    pub const fn is_secret(self) -> bool {
        matches!(self, Self::ClientSecret | Self::KeyId | Self::PrivateKey)
    }

    /// The key of its label.
    #[must_use]
    pub fn label(self) -> String {
        format!("provider-{}", self.word().replace('_', "-"))
    }
}

/// A check that cannot be made with a provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weakness {
    /// Who it is comes from an API by an access token; nothing is signed. So no `aud`, `azp`, `exp`, `iat`, `at_hash` are checked.
    NoIdToken,
    /// No `nonce` ties the answer to the browser that asked: `state` and PKCE alone do.
    NoNonce,
    /// No `iss` in answers, and no issuer anywhere else: one redirect address for each provider alone stands against mix-up.
    NoIssuer,
    /// It cannot be asked for a fresh proof, and does not say when there was one.
    NoFreshProof,
    /// The provider is not known to check PKCE.
    PkceUnchecked,
}

impl Weakness {
    /// Every one.
    pub const ALL: &'static [Self] =
        &[Self::NoIdToken, Self::NoNonce, Self::NoIssuer, Self::NoFreshProof, Self::PkceUnchecked];

    /// As it is named in answers.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::NoIdToken => "no_id_token",
            Self::NoNonce => "no_nonce",
            Self::NoIssuer => "no_issuer",
            Self::NoFreshProof => "no_fresh_proof",
            Self::PkceUnchecked => "pkce_unchecked",
        }
    }

    /// The key of what is said of it.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::NoIdToken => "weakness-no-id-token",
            Self::NoNonce => "weakness-no-nonce",
            Self::NoIssuer => "weakness-no-issuer",
            Self::NoFreshProof => "weakness-no-fresh-proof",
            Self::PkceUnchecked => "weakness-pkce-unchecked",
        }
    }
}

/// What a preset is, for the page on which providers are set up.
#[derive(Debug)]
pub struct Description {
    /// The vendor's name, the same in every language.
    pub label: &'static str,
    /// The name of its picture.
    pub logo: &'static str,
    /// What must be typed, in this order.
    pub asks: &'static [Input],
    /// How we may prove who we are, the usual way first. Of Apple none: it has a way of its own.
    pub methods: &'static [Method],
    /// What a key that is made here is for.
    pub key_algorithm: Algorithm,
    /// Scopes beside `openid`.
    pub scopes: &'static [&'static str],
    /// The claim that usually states groups, where there is one; empty: none does.
    pub groups: &'static str,
    /// Whether its word on an e-mail address may ever count.
    pub may_vouch_for_email: bool,
    /// Whether it has RP-initiated logout.
    pub logout: bool,
    /// Whether it sends logout tokens.
    pub backchannel_logout: bool,
    /// Which checks cannot be made.
    pub weaknesses: &'static [Weakness],
    /// What is peculiar, for administrators and for whoever reads this code.
    pub quirks: &'static [&'static str],
    /// The vendor's documentation, and when it was read.
    pub source: &'static str,
}

impl Description {
    /// The key of what is said of its domains.
    #[must_use]
    pub const fn domains_help(&self) -> &'static str {
        if self.may_vouch_for_email { "provider-domains-help" } else { "provider-domains-untrusted" }
    }

    /// Whether it is no OpenID provider: plain OAuth, which proves less.
    #[must_use]
    pub fn is_oauth(&self) -> bool {
        self.weaknesses.contains(&Weakness::NoIdToken)
    }

    /// Whether we may prove who we are by a key of ours, or by a secret.
    #[must_use]
    pub fn takes_keys(&self) -> bool {
        self.methods.contains(&Method::Key)
    }
}

impl Preset {
    /// Every preset, in the order in which they are offered.
    pub const ALL: &'static [Self] = &[
        Self::Google,
        Self::Entra,
        Self::Apple,
        Self::Github,
        Self::Okta,
        Self::Auth0,
        Self::Keycloak,
        Self::Gitlab,
        Self::Generic,
    ];

    /// The preset of that word.
    #[must_use]
    pub fn named(word: &str) -> Option<Self> {
        serde_json::from_value(serde_json::Value::from(word)).ok()
    }

    /// Its word, as it is stored.
    #[must_use]
    pub fn word(self) -> String {
        serde_json::to_value(self).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
    }

    /// What it is.
    #[must_use]
    pub const fn description(self) -> &'static Description {
        table::of(self)
    }

    /// Whether its word on an e-mail address may ever count.
    #[must_use]
    pub const fn may_vouch_for_email(self) -> bool {
        self.description().may_vouch_for_email
    }

    /// Whether it speaks OpenID Connect, with discovery.
    #[must_use]
    pub const fn has_discovery(self) -> bool {
        !matches!(self, Self::Github)
    }

    /// The `prompt` by which it lets a person choose an account: `select_account` if it lists that, or lists nothing and documents
    /// it. Others refuse what they do not know, so they are asked for `login`, which each must know (OIDC Core §15.1): whoever
    /// proves it anew can be somebody else.
    pub(crate) fn account_choice(self, listed: Option<&[String]>) -> &'static str {
        let known = match listed {
            Some(listed) => listed.iter().any(|prompt| prompt == "select_account"),
            None => matches!(self, Self::Google | Self::Entra | Self::Auth0 | Self::Github),
        };
        if known { "select_account" } else { "login" }
    }

    /// Checks that cannot be made.
    #[must_use]
    pub const fn weaknesses(self) -> &'static [Weakness] {
        self.description().weaknesses
    }

    /// Whether its answers come as a form that the browser posts from the provider's page (OAuth 2.0 Form Post Response Mode).
    /// Cookies with `SameSite=Lax` are not sent with it.
    #[must_use]
    pub fn posts_answers(self, settings: &Settings) -> bool {
        self == Self::Apple && !settings.scopes.is_empty()
    }

    pub(crate) fn response_mode(self, settings: &Settings) -> Option<&'static str> {
        self.posts_answers(settings).then_some("form_post")
    }

    /// What else than its issuer identifier its ID tokens may say in `iss` (OIDC Core §15.6.2 tells of Google's).
    pub(crate) const fn other_issuers(self) -> &'static [&'static str] {
        match self {
            Self::Google => &["accounts.google.com"],
            _ => &[],
        }
    }

    /// What only this vendor's settings must be.
    pub(crate) fn check(self, settings: &Settings) -> Result<(), Fault> {
        if self == Self::Entra {
            return one_directory(&settings.issuer);
        }
        Ok(())
    }

    /// Settings from what was typed; what is secret of it becomes a [`crate::Credential`] by itself.
    ///
    /// # Errors
    /// [`Fault::Settings`] says what is missing or wrong.
    pub fn settings(self, typed: &[(Input, &str)]) -> Result<Settings, Fault> {
        let given = |input: Input| {
            let found = typed.iter().find(|(which, _)| *which == input).map_or("", |(_, text)| text.trim());
            if found.is_empty() { Err(Fault::Settings(format!("{input:?} is missing"))) } else { Ok(found) }
        };
        let settings = Settings {
            preset: self,
            issuer: self.issuer(&given)?,
            client_id: given(Input::ClientId)?.to_owned(),
            client_authentication: self.authentication(&given)?,
            scopes: self.description().scopes.iter().map(|scope| (*scope).to_owned()).collect(),
            algorithms: Vec::new(),
            trusted_audiences: Vec::new(),
            endpoints: (self == Self::Github).then(github).transpose()?,
            mapping: Mapping { groups: self.description().groups.to_owned(), ..Mapping::default() },
            public_keys: Vec::new(),
        };
        settings.check()?;
        Ok(settings)
    }

    fn issuer<'a>(self, given: &impl Fn(Input) -> Result<&'a str, Fault>) -> Result<String, Fault> {
        let host = |text: &str| text.trim_start_matches("https://").trim_end_matches('/').to_owned();
        Ok(match self {
            Self::Generic => given(Input::Issuer)?.to_owned(),
            Self::Google => "https://accounts.google.com".to_owned(),
            Self::Apple => "https://appleid.apple.com".to_owned(),
            Self::Github => "https://github.com".to_owned(),
            Self::Entra => format!("https://login.microsoftonline.com/{}/v2.0", given(Input::Directory)?),
            Self::Okta => format!("https://{}", host(given(Input::Domain)?)),
            // With the slash: it belongs to the identifier.
            Self::Auth0 => format!("https://{}/", host(given(Input::Domain)?)),
            Self::Keycloak => {
                format!("{}/realms/{}", given(Input::Server)?.trim_end_matches('/'), given(Input::Realm)?)
            }
            Self::Gitlab => given(Input::Server)?.trim_end_matches('/').to_owned(),
        })
    }

    fn authentication<'a>(
        self,
        given: &impl Fn(Input) -> Result<&'a str, Fault>,
    ) -> Result<ClientAuthentication, Fault> {
        if self == Self::Apple {
            return Ok(ClientAuthentication::AppleJwt { team_id: given(Input::TeamId)?.to_owned() });
        }
        let methods = self.description().methods;
        let method = match given(Input::Method) {
            Ok(word) => Method::named(word).filter(|method| methods.contains(method)),
            Err(_) => methods.first().copied(),
        };
        Ok(match method {
            Some(Method::Basic) => ClientAuthentication::ClientSecretBasic,
            Some(Method::Post) => ClientAuthentication::ClientSecretPost,
            Some(Method::Key) => ClientAuthentication::PrivateKeyJwt { audience: self.assertion_audience() },
            None => {
                let words: Vec<_> = methods.iter().map(|method| method.word()).collect();
                return Err(Fault::Settings(format!("the method is none of {}", words.join(", "))));
            }
        })
    }

    /// Whom a `private_key_jwt` assertion must name for this vendor to take it.
    #[must_use]
    pub const fn assertion_audience(self) -> AssertionAudience {
        match self {
            Self::Okta | Self::Entra => AssertionAudience::TokenEndpoint,
            _ => AssertionAudience::Issuer,
        }
    }
}

/// An issuer of Microsoft's that is bound to one directory. The documents of `common`, `organizations` and `consumers` state a
/// template, so that anybody's directory could vouch for anybody.
fn one_directory(issuer: &str) -> Result<(), Fault> {
    let wrong = |what: &str| Err(Fault::Settings(what.to_owned()));
    let Ok(url) = Url::parse(issuer) else { return wrong("the issuer is no address") };
    match url.path().trim_matches('/').split('/').collect::<Vec<_>>().as_slice() {
        ["common" | "organizations" | "consumers", ..] => wrong(
            "many directories at once (common, organizations, consumers) are not supported: state the id of one directory",
        ),
        [directory, "v2.0"] if Uuid::try_parse(directory).is_ok() => Ok(()),
        [_, "v2.0"] => wrong("the directory must be stated by its id (a UUID), not by a domain"),
        _ => wrong("the issuer of a directory is https://login.microsoftonline.com/{directory id}/v2.0"),
    }
}

/// GitHub's addresses.
fn github() -> Result<Endpoints, Fault> {
    let address = |text: &str| Url::parse(text).map_err(|error| Fault::Settings(error.to_string()));
    Ok(Endpoints {
        authorization: address("https://github.com/login/oauth/authorize")?,
        token: address("https://github.com/login/oauth/access_token")?,
        user: address("https://api.github.com/user")?,
        emails: address("https://api.github.com/user/emails")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_is_chosen_by_a_word_that_the_provider_knows() {
        let listed = |words: &[&str]| Some(words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>());
        for (preset, stated, word) in [
            // node's oidc-provider lists nothing, and refuses what it does not know.
            (Preset::Generic, None, "login"),
            (Preset::Generic, listed(&["none", "login"]), "login"),
            (Preset::Generic, listed(&[]), "login"),
            (Preset::Generic, listed(&["none", "login", "consent", "select_account"]), "select_account"),
            (Preset::Keycloak, listed(&["none", "login", "consent", "create"]), "login"),
            (Preset::Okta, None, "login"),
            (Preset::Google, None, "select_account"),
            (Preset::Entra, None, "select_account"),
            (Preset::Entra, listed(&["login"]), "login"),
        ] {
            assert_eq!(preset.account_choice(stated.as_deref()), word, "{preset:?} {stated:?}");
        }
    }
}
