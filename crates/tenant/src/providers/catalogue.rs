use serde::Deserialize;

use crate::members::Member;

/// The longest name of a provider within its tenant, or of one of the platform.
const LONGEST_NAME: usize = 40;
/// The longest slug of a tenant.
const LONGEST_SLUG: usize = 63;
/// What no provider is called: the way in that is none.
pub(crate) const PLATFORM: &str = "platform";

/// Whose a provider is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Owner {
    /// The platform's: for every tenant.
    Platform,
    /// This tenant's own.
    Tenant,
}

/// A provider that this tenant may name, as the identity server tells of it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Provider {
    /// What it is called in members' records, snapshots and ID tokens.
    pub key: String,
    /// What people call it.
    pub name: String,
    /// Whose it is.
    pub owner: Owner,
    /// What kind of provider it is: `oidc`, `google`, `entra` …
    pub preset: String,
    /// Whether anybody can sign in with it.
    pub enabled: bool,
    /// The profile fields that it owns: they are changed there and not here (PP-07).
    #[serde(default)]
    pub fields: Vec<String>,
    /// Whether groups are read of what it states.
    #[serde(default)]
    pub groups: bool,
}

/// The providers that this tenant may name, as last heard.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Catalogue(Vec<Provider>);

impl Catalogue {
    /// Of what the identity server tells. A provider whose key is none is left out: nobody could be switched to it.
    #[must_use]
    pub fn new(mut providers: Vec<Provider>) -> Self {
        providers.retain(|provider| is_key(&provider.key));
        Self(providers)
    }

    /// All of them.
    #[must_use]
    pub fn all(&self) -> &[Provider] {
        &self.0
    }

    /// The provider of that key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Provider> {
        self.0.iter().find(|provider| provider.key == key)
    }

    /// Its name; of one that is not known (any more), its key.
    #[must_use]
    pub fn name_of<'a>(&'a self, key: &'a str) -> &'a str {
        self.get(key).map_or(key, |provider| provider.name.as_str())
    }

    /// Whether people can sign in with it, as far as is known.
    #[must_use]
    pub fn is_enabled(&self, key: &str) -> bool {
        self.get(key).is_some_and(|provider| provider.enabled)
    }

    /// The provider that owns this field of that member, if one does. Of a provider that is not known, nobody knows what it
    /// owns: then it owns everything (PP-07).
    #[must_use]
    pub fn owner_of<'a>(&'a self, member: &'a Member, field: &str) -> Option<&'a str> {
        self.owns(member.provider.as_deref()?, field)
    }

    /// The same of whoever has that provider.
    pub(crate) fn owns<'a>(&'a self, key: &'a str, field: &str) -> Option<&'a str> {
        match self.get(key) {
            Some(provider) if !provider.fields.iter().any(|owned| owned == field) => None,
            Some(provider) => Some(&provider.name),
            None => Some(key),
        }
    }
}

/// Whether a text can be the key of a provider: a name, or of a tenant's own provider, the tenant's slug, a dot and a name.
#[must_use]
pub fn is_key(text: &str) -> bool {
    let plain = |part: &str, longest: usize| {
        (1..=longest).contains(&part.len())
            && part.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
    };
    match text.split_once('.') {
        Some((slug, name)) => plain(slug, LONGEST_SLUG) && plain(name, LONGEST_NAME),
        None => plain(text, LONGEST_NAME) && text != PLATFORM,
    }
}

#[cfg(test)]
mod tests {
    use ambient::Timestamp;

    use super::*;

    #[test]
    fn keys_are_names_or_a_tenants_names() {
        for key in ["contoso", "acme.corp", "a-1", &"x".repeat(40), &format!("{}.{}", "a".repeat(63), "b".repeat(40))] {
            assert!(is_key(key), "{key}");
        }
        for none in
            ["", "platform", "Contoso", "a.b.c", ".corp", "acme.", "a b", "a_b", "ä", &"x".repeat(41), "acme..corp"]
        {
            assert!(!is_key(none), "{none}");
        }
    }

    fn corp(fields: &[&str]) -> Catalogue {
        Catalogue::new(vec![Provider {
            key: "corp".into(),
            name: "Contoso".into(),
            owner: Owner::Platform,
            preset: "oidc".into(),
            enabled: true,
            fields: fields.iter().map(ToString::to_string).collect(),
            groups: false,
        }])
    }

    #[test]
    fn pp_07_a_provider_owns_what_it_says_and_one_that_is_not_known_owns_everything() {
        let of = |provider: Option<&str>| Member {
            provider: provider.map(str::to_owned),
            ..Member::sample(Timestamp::from_seconds(0))
        };
        let catalogue = corp(&["company"]);
        for (member, field, owner) in [
            (of(None), "company", None),
            (of(Some("corp")), "company", Some("Contoso")),
            (of(Some("corp")), "city", None),
            (of(Some("gone")), "city", Some("gone")),
        ] {
            assert_eq!(catalogue.owner_of(&member, field), owner, "{:?} {field}", member.provider);
        }
        assert_eq!((catalogue.name_of("corp"), catalogue.name_of("gone")), ("Contoso", "gone"));
    }
}
