//! What a search can say, for whoever has said what cannot be read.

use super::{Authorization, MemberFilter, Stage};
use crate::blueprint::Blueprint;

/// The filters by their names in addresses and in the search field. That of deletion is a way to say another.
const WORDS: [(&str, &str); 10] = [
    ("state", "state"),
    ("locked", "isLocked"),
    ("lifecycle", "lifecycle"),
    ("", "isDeleted"),
    ("role", "role"),
    ("support", "isSupportUser"),
    ("federated", "isFederated"),
    ("provider", "provider"),
    ("readonly", "isReadOnly"),
    ("inactive", "inactiveSince"),
];

impl MemberFilter {
    /// What a filter is called in the search field, by that or its name in addresses; `None`: there is no such filter.
    #[must_use]
    pub fn word_of(name: &str) -> Option<&'static str> {
        let is_it = |(long, word): &&(&str, &str)| {
            !name.is_empty() && (name.eq_ignore_ascii_case(long) || name.eq_ignore_ascii_case(word))
        };
        WORDS.iter().find(is_it).map(|(_, word)| *word)
    }

    /// What can be asked for as `state`.
    pub fn states() -> impl Iterator<Item = &'static str> {
        let standings = Self::STANDINGS.iter().map(|standing| standing.word());
        Authorization::ALL.iter().map(|state| state.word()).chain(standings)
    }

    /// What would be understood in place of a word of the search that is not: the values of its filter, or the filters that there are.
    #[must_use]
    pub fn understood(word: &str, blueprint: &Blueprint) -> Vec<String> {
        let here = |word: &str| word != "isSupportUser" || blueprint.support().is_some();
        let Some(filter) = word.split_once(':').and_then(|(name, _)| Self::word_of(name)).filter(|it| here(it)) else {
            return WORDS.iter().filter(|(_, word)| here(word)).map(|(_, word)| format!("{word}:…")).collect();
        };
        let values: Vec<&str> = match filter {
            "state" => Self::states().collect(),
            "lifecycle" => Stage::ALL.iter().map(|stage| stage.word()).collect(),
            "role" => blueprint.roles.iter().map(|role| role.key.as_str()).collect(),
            "provider" => vec!["…"],
            "inactiveSince" => vec!["2026-01-31"],
            _ => vec!["true", "false"],
        };
        values.into_iter().map(|value| format!("{filter}:{value}")).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_understood_is_told_with_what_would_be() {
        let (library, studio) =
            (Blueprint::shipped("asset-library").unwrap(), Blueprint::shipped("gallery-studio").unwrap());
        for (word, expected) in [
            ("isLocked:maybe", "isLocked:true isLocked:false"),
            ("ISLOCKED:", "isLocked:true isLocked:false"),
            ("locked:maybe", "isLocked:true isLocked:false"),
            ("isDeleted:1", "isDeleted:true isDeleted:false"),
            (
                "state:none",
                "state:invited state:to_review state:reviewed state:rejected state:user_deletion state:active state:locked \
                 state:suspended state:deleted",
            ),
            ("inactiveSince:never", "inactiveSince:2026-01-31"),
            ("provider:;drop", "provider:…"),
        ] {
            assert_eq!(MemberFilter::understood(word, &library).join(" "), expected, "{word}");
        }
        let all = MemberFilter::understood("isHappy:true", &library);
        assert_eq!(all.len(), MemberFilter::NAMES.len() + 1);
        assert!(all.contains(&"isSupportUser:…".to_owned()));
        // Where nobody is a support user, there is no such filter.
        assert!(!MemberFilter::understood("isSupportUser:true", &studio).contains(&"isSupportUser:…".to_owned()));
        // Whatever it names as a whole is understood, and every filter has its word.
        for word in ["state:x", "lifecycle:x", "role:x", "isLocked:x", "inactiveSince:x"] {
            for fits in MemberFilter::understood(word, &library) {
                assert!(MemberFilter::default().search(&fits, &library).is_empty(), "{fits}");
            }
        }
        for name in MemberFilter::NAMES {
            assert!(MemberFilter::word_of(name).is_some(), "{name}");
        }
        assert_eq!(MemberFilter::word_of(""), None);
    }
}
