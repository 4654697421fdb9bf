use jose::Algorithm;
use serde_json::{Value, json};

use crate::Person;

/// Whose layout and quirks are imitated, from public documentation read in November 2026. Not tried live.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Vendor {
    /// A plain OpenID provider that does everything.
    Nobody,
    /// developers.google.com, OpenID Connect: no logout, no `iss` in answers, profile in the ID token, `hd`, `azp`.
    Google,
    /// learn.microsoft.com, identity platform: the issuer of one directory, `tid`, `oid`, an e-mail that nobody has verified.
    Entra,
    /// developer.okta.com: an authorization server's path in the issuer, a thin ID token.
    Okta,
    /// auth0.com/docs: a slash at the end of the issuer.
    Auth0,
    /// keycloak.org: realms in the path, `typ` and `azp` claims, back-channel logout.
    Keycloak,
    /// docs.gitlab.com: `groups_direct`, no logout.
    Gitlab,
    /// developer.apple.com, Sign in with Apple: no UserInfo, no logout, `email_verified` as a text.
    Apple,
    /// docs.github.com, Authorizing OAuth apps: plain OAuth, refusals with status 200.
    Github,
}

/// The directory of the imitated Entra.
pub(crate) const DIRECTORY: &str = "3f2c1b0a-9d8e-4c7b-8a69-584736251403";

impl Vendor {
    pub(crate) const fn path(self) -> &'static str {
        match self {
            // A const cannot be built from DIRECTORY here; a test compares the two.
            Self::Entra => "/3f2c1b0a-9d8e-4c7b-8a69-584736251403/v2.0",
            Self::Okta => "/oauth2/default",
            Self::Auth0 => "/",
            Self::Keycloak => "/realms/acme",
            _ => "",
        }
    }

    pub(crate) const fn algorithm(self) -> Algorithm {
        match self {
            Self::Nobody | Self::Github => Algorithm::ES256,
            _ => Algorithm::RS256,
        }
    }

    pub(crate) const fn has_discovery(self) -> bool {
        !matches!(self, Self::Github)
    }

    /// Whether answers carry `iss` (RFC 9207).
    pub(crate) const fn names_itself(self) -> bool {
        matches!(self, Self::Nobody | Self::Keycloak)
    }

    pub(crate) const fn refuses_with_success(self) -> bool {
        matches!(self, Self::Github)
    }

    /// Its own words for OAuth's errors.
    pub(crate) fn word_for(self, error: &'static str) -> &'static str {
        match (self, error) {
            (Self::Github, "invalid_client") => "incorrect_client_credentials",
            (Self::Github, "invalid_grant") => "bad_verification_code",
            _ => error,
        }
    }

    pub(crate) fn documents(self, document: &mut Value) {
        let mut without = |names: &[&str]| names.iter().for_each(|name| document[*name] = Value::Null);
        if !self.names_itself() {
            without(&["authorization_response_iss_parameter_supported"]);
        }
        match self {
            Self::Google | Self::Gitlab => without(&["end_session_endpoint", "backchannel_logout_supported"]),
            Self::Apple => without(&[
                "end_session_endpoint",
                "backchannel_logout_supported",
                "userinfo_endpoint",
                "code_challenge_methods_supported",
            ]),
            Self::Entra => without(&["backchannel_logout_supported", "code_challenge_methods_supported"]),
            _ => {}
        }
        if self != Self::Nobody {
            document["id_token_signing_alg_values_supported"] = json!(["RS256"]);
        }
    }

    pub(crate) fn id_token(self, person: &Person, claims: &mut Value) {
        let aud = claims["aud"].clone();
        let email = person.email.clone();
        let mut without = |names: &[&str]| names.iter().for_each(|name| claims[*name] = Value::Null);
        match self {
            Self::Google => {
                without(&["auth_time", "acr", "amr", "sid"]);
                claims["iss"] = "accounts.google.com".into();
                claims["azp"] = aud;
                claims["email"] = email.into();
                claims["email_verified"] = person.email_verified.into();
                claims["hd"] = "people.example".into();
            }
            Self::Entra => {
                without(&["auth_time", "acr", "amr", "sid", "at_hash"]);
                claims["nbf"] = claims["iat"].clone();
                claims["tid"] = DIRECTORY.into();
                claims["oid"] = "6b1d0c2e-0000-4000-8000-0123456789ab".into();
                claims["ver"] = "2.0".into();
                // Whatever the directory's administrator has typed; some directories even say that it is verified.
                claims["email"] = email.into();
                claims["email_verified"] = true.into();
                claims["xms_edov"] = true.into();
            }
            Self::Okta => claims["ver"] = 1.into(),
            Self::Auth0 => claims["updated_at"] = "2026-11-02T09:00:00.000Z".into(),
            Self::Keycloak => {
                claims["typ"] = "ID".into();
                claims["azp"] = aud;
                claims["email_verified"] = person.email_verified.into();
                claims["email"] = email.into();
            }
            Self::Gitlab => claims["groups_direct"] = person.groups.clone().into(),
            Self::Apple => {
                without(&["acr", "amr", "sid"]);
                claims["nonce_supported"] = true.into();
                claims["email"] = email.into();
                claims["email_verified"] = person.email_verified.to_string().into();
                claims["is_private_email"] = "false".into();
            }
            Self::Nobody | Self::Github => {}
        }
    }

    pub(crate) fn user_info(self, person: &Person, about: &mut Value) {
        if self == Self::Entra {
            about["email_verified"] = Value::Null;
        }
        if self == Self::Gitlab {
            about["groups"] = person.groups.clone().into();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_directory_is_in_the_path() {
        assert_eq!(Vendor::Entra.path(), format!("/{DIRECTORY}/v2.0"));
    }
}
