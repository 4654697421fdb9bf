//! Which claim states what: a provider's names for what the standard calls `given_name`, and where its groups stand.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::Fault;

/// How many groups of one person are read.
pub const MOST_GROUPS: usize = 200;
/// How long a group's name may be, in characters.
pub const LONGEST_GROUP: usize = 200;
/// How many bytes of names are kept: they travel on, beside other claims.
const MOST_BYTES: usize = 32 * 1024;
/// How long a claim's name may be.
const LONGEST_CLAIM: usize = 200;

/// Which claims state what. Empty: the standard's; of groups, which have none: they are not read. A name with dots is a claim of
/// exactly that name, or else leads into objects: `realm_access.roles`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Mapping {
    /// The first name.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub given_name: String,
    /// The last name.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub family_name: String,
    /// The whole name.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// The address. From another claim than `email` it is stated, and never verified: `email_verified` speaks of that one alone.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub email: String,
    /// The language.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub locale: String,
    /// The groups: a list of texts, or one text.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub groups: String,
}

/// The groups that somebody is in, as far as they could be read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Groups {
    /// Exactly as the provider writes them, each once, in its order.
    pub names: Vec<String>,
    /// What is missing, and why.
    pub missing: Option<Missing>,
}

/// Why groups are missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// There are more than are read: so many were left out.
    TooMany(usize),
    /// So many are no text of 1 to [`LONGEST_GROUP`] characters on one line.
    Unfit(usize),
    /// The claim is neither a list nor a text.
    NoList,
    /// The provider says that they stand elsewhere (OIDC Core §5.6.2): nobody asks there.
    Elsewhere,
}

impl Missing {
    /// Its word.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::TooMany(_) => "too_many",
            Self::Unfit(_) => "unfit",
            Self::NoList => "no_list",
            Self::Elsewhere => "elsewhere",
        }
    }

    /// How many, where they could be counted.
    #[must_use]
    pub const fn count(self) -> usize {
        match self {
            Self::TooMany(count) | Self::Unfit(count) => count,
            Self::NoList | Self::Elsewhere => 0,
        }
    }
}

impl Mapping {
    /// Every attribute: what the standard calls it, and what this provider does.
    fn renamed(&self) -> [(&'static str, &str); 5] {
        [
            ("given_name", &self.given_name),
            ("family_name", &self.family_name),
            ("name", &self.name),
            ("email", &self.email),
            ("locale", &self.locale),
        ]
    }

    /// What is wrong with it.
    pub(crate) fn check(&self) -> Result<(), Fault> {
        for (what, claim) in self.renamed().into_iter().chain([("groups", &*self.groups)]) {
            let fits = claim.trim() == claim && claim.len() <= LONGEST_CLAIM && !claim.contains(char::is_control);
            if !fits {
                let wrong =
                    format!("the claim for {what} is no name of a claim: one line of at most {LONGEST_CLAIM} bytes");
                return Err(Fault::Settings(wrong));
            }
        }
        Ok(())
    }

    /// Puts what the provider calls otherwise in the places that the standard gives it.
    pub(crate) fn rename(&self, claims: &mut Map<String, Value>) {
        let other = self.renamed().into_iter().filter(|(standard, claim)| !claim.is_empty() && claim != standard);
        let found: Vec<_> = other.map(|(standard, claim)| (standard, find(claims, claim).cloned())).collect();
        for (standard, value) in found {
            match value {
                Some(value) => drop(claims.insert(standard.to_owned(), value)),
                None => drop(claims.remove(standard)),
            }
        }
    }

    /// Whether the address comes from a claim that `email_verified` does not speak of.
    pub(crate) fn renames_email(&self) -> bool {
        !matches!(&*self.email, "" | "email")
    }

    pub(crate) fn groups(&self, claims: &Map<String, Value>) -> Groups {
        if self.groups.is_empty() {
            return Groups::default();
        }
        let missing = |missing| Groups { names: Vec::new(), missing: Some(missing) };
        match find(claims, &self.groups) {
            Some(Value::Array(list)) => of_list(list),
            Some(text @ Value::String(_)) => of_list(std::slice::from_ref(text)),
            Some(_) => missing(Missing::NoList),
            None if stands_elsewhere(claims, &self.groups) => missing(Missing::Elsewhere),
            None => Groups::default(),
        }
    }
}

/// A claim of that very name, or what the way between the dots leads to.
fn find<'a>(claims: &'a Map<String, Value>, path: &str) -> Option<&'a Value> {
    let inside = || {
        let (first, rest) = path.split_once('.')?;
        rest.split('.').try_fold(claims.get(first)?, |value, name| value.get(name))
    };
    claims.get(path).or_else(inside).filter(|value| !value.is_null())
}

/// Microsoft's, where somebody is in more than 200 groups.
fn stands_elsewhere(claims: &Map<String, Value>, claim: &str) -> bool {
    claims.get("_claim_names").and_then(|names| names.get(claim)).is_some()
}

fn of_list(list: &[Value]) -> Groups {
    let (mut names, mut bytes, mut unfit, mut over) = (Vec::new(), 0, 0, 0);
    let mut seen = BTreeSet::new();
    for value in list {
        let Some(name) = value.as_str().filter(|name| is_group(name)) else {
            unfit += 1;
            continue;
        };
        if !seen.insert(name) {
            continue;
        }
        bytes += name.len();
        if names.len() == MOST_GROUPS || bytes > MOST_BYTES {
            over += 1;
        } else {
            names.push(name.to_owned());
        }
    }
    let missing = match (over, unfit) {
        (0, 0) => None,
        (0, unfit) => Some(Missing::Unfit(unfit)),
        (over, unfit) => Some(Missing::TooMany(over + unfit)),
    };
    Groups { names, missing }
}

/// Whether it can be a group's name.
fn is_group(name: &str) -> bool {
    let fits = name.chars().count() <= LONGEST_GROUP && !name.contains(char::is_control);
    fits && !name.trim().is_empty()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn claims(value: Value) -> Map<String, Value> {
        let Value::Object(claims) = value else { panic!("{value}") };
        claims
    }

    fn read(claim: &str, value: Value) -> Groups {
        Mapping { groups: claim.to_owned(), ..Mapping::default() }.groups(&claims(value))
    }

    #[test]
    fn groups_are_read_where_the_mapping_says_and_what_is_left_out_is_said() {
        let many: Vec<String> = (0..10_000).map(|n| format!("g{n}")).collect();
        let long = "x".repeat(201);
        let table = [
            ("", json!({ "groups": ["staff"] }), &[][..], None),
            ("groups", json!({}), &[], None),
            ("groups", json!({ "groups": null }), &[], None),
            ("groups", json!({ "groups": ["staff", "Staff", "staff"] }), &["staff", "Staff"], None),
            ("groups", json!({ "groups": "staff" }), &["staff"], None),
            ("groups", json!({ "groups": [] }), &[], None),
            ("realm_access.roles", json!({ "realm_access": { "roles": ["a"] } }), &["a"], None),
            ("realm_access.roles", json!({ "realm_access": ["roles"] }), &[], None),
            ("https://acme.example/groups", json!({ "https://acme.example/groups": ["a"] }), &["a"], None),
            ("a.b", json!({ "a.b": ["whole"], "a": { "b": ["inside"] } }), &["whole"], None),
            ("groups", json!({ "groups": { "staff": true } }), &[], Some(Missing::NoList)),
            ("groups", json!({ "groups": 7 }), &[], Some(Missing::NoList)),
            ("groups", json!({ "groups": true }), &[], Some(Missing::NoList)),
            (
                "groups",
                json!({ "groups": ["a", 7, null, ["b"], "", " ", "c\nd", long] }),
                &["a"],
                Some(Missing::Unfit(7)),
            ),
            ("groups", json!({ "_claim_names": { "groups": "src1" } }), &[], Some(Missing::Elsewhere)),
            ("groups", json!({ "groups": ["a"], "_claim_names": { "groups": "src1" } }), &["a"], None),
        ];
        for (claim, stated, names, missing) in table {
            let names = names.iter().map(|name| (*name).to_owned()).collect();
            assert_eq!(read(claim, stated.clone()), Groups { names, missing }, "{claim} {stated}");
        }
        let read = read("groups", json!({ "groups": many }));
        assert_eq!((read.names.len(), read.missing), (MOST_GROUPS, Some(Missing::TooMany(9_800))));
        let wide: Vec<String> = (0..200).map(|n| format!("{n:0>3}{}", "ä".repeat(197))).collect();
        let bytes: usize = super::of_list(&[json!(wide)]).names.iter().map(String::len).sum();
        assert_eq!(bytes, 0, "a list in a list is no name");
        let kept = super::of_list(&wide.iter().map(|name| json!(name)).collect::<Vec<_>>());
        assert!(kept.names.iter().map(String::len).sum::<usize>() <= MOST_BYTES && kept.missing.is_some());
    }

    #[test]
    fn attributes_come_from_the_claims_that_are_named_or_not_at_all() {
        let mapping = Mapping { given_name: "profile.first".into(), name: "label".into(), ..Mapping::default() };
        let mut stated = claims(json!({
            "given_name": "Standard", "family_name": "Hollis", "name": "Standard Name", "profile": { "first": "Mina" },
        }));
        mapping.rename(&mut stated);
        assert_eq!(stated.get("given_name"), Some(&json!("Mina")));
        assert_eq!((stated.get("family_name"), stated.get("name")), (Some(&json!("Hollis")), None));
    }

    #[test]
    fn names_of_claims_are_one_short_line() {
        for (claim, fits) in
            [("", true), ("a.b", true), ("https://a.example/groups", true), (" a", false), ("a\nb", false)]
        {
            let mapping = Mapping { groups: claim.to_owned(), ..Mapping::default() };
            assert_eq!(mapping.check().is_ok(), fits, "{claim:?}");
        }
        assert!(Mapping { email: "x".repeat(201), ..Mapping::default() }.check().is_err());
    }
}
