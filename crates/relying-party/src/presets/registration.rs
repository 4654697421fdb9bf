use jose::JwkSet;
use serde::{Deserialize, Serialize};

use super::Description;

/// What is registered of us at a provider: copied from here, typed there. Nothing of it is secret.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Registration {
    /// Where answers come.
    pub redirect_uri: String,
    /// Where browsers come back to that have signed out there; none where a provider signs nobody out for others.
    pub post_logout_redirect_uri: Option<String>,
    /// Where it tells of sessions that have ended there; none where it tells nobody.
    pub backchannel_logout_uri: Option<String>,
    /// Where our public keys stand, if we prove by a key who we are.
    pub jwks_uri: Option<String>,
    /// The same keys, for a provider that does not fetch them.
    pub jwks: Option<JwkSet>,
}

/// One line of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Said<'a> {
    /// Its name: of the element on a page, of its label and of the sentence why.
    pub name: &'static str,
    /// What is copied.
    pub value: &'a str,
}

impl Registration {
    /// Of the provider with this key. `at` makes an address of ours from its path.
    #[must_use]
    pub fn of(description: &Description, key: &str, keys: Option<JwkSet>, at: impl Fn(&str) -> String) -> Self {
        Self {
            redirect_uri: at(&format!("/upstream/{key}/callback")),
            post_logout_redirect_uri: description.logout.then(|| at("/logout/upstream")),
            backchannel_logout_uri: description
                .backchannel_logout
                .then(|| at(&format!("/upstream/{key}/backchannel-logout"))),
            jwks_uri: keys.is_some().then(|| at(&format!("/upstream/{key}/jwks.json"))),
            jwks: keys,
        }
    }

    /// The addresses that there are.
    #[must_use]
    pub fn addresses(&self) -> Vec<Said<'_>> {
        let all = [
            ("callback", Some(&self.redirect_uri)),
            ("post-logout", self.post_logout_redirect_uri.as_ref()),
            ("backchannel-logout", self.backchannel_logout_uri.as_ref()),
            ("jwks-uri", self.jwks_uri.as_ref()),
        ];
        all.into_iter().filter_map(|(name, value)| Some(Said { name, value: value? })).collect()
    }

    /// The set of our keys as text, as it is pasted into a provider.
    #[must_use]
    pub fn key_set(&self) -> Option<String> {
        serde_json::to_string_pretty(self.jwks.as_ref()?).ok()
    }

    /// Each of our keys by its id, in PEM, for a provider that takes no set. The first one signs.
    #[must_use]
    pub fn pems(&self) -> Vec<(String, String)> {
        let keys = self.jwks.iter().flat_map(|set| &set.keys);
        keys.filter_map(|key| Some((key.kid.clone().unwrap_or_default(), key.to_pem()?))).collect()
    }

    /// Whether another key is to follow the one that signs.
    #[must_use]
    pub fn has_next_key(&self) -> bool {
        self.jwks.as_ref().is_some_and(|set| set.keys.len() > 1)
    }
}
