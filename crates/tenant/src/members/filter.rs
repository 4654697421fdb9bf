//! What a list of members is narrowed to: filters that combine, and a search that understands `isLocked:` and words.

use super::{Authorization, Lifecycle, words::words_of};
use crate::blueprint::Blueprint;

/// How many words of a search are looked at.
const MOST_WORDS: usize = 8;
/// The longest search, in characters.
const LONGEST: usize = 200;

/// Everything that must hold of a member in the list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MemberFilter {
    /// Each begins a word of name or address.
    pub text: String,
    /// First axis.
    pub state: Option<Authorization>,
    /// Second axis.
    pub locked: Option<bool>,
    /// Third axis.
    pub lifecycle: Option<Lifecycle>,
    /// The key of a role.
    pub role: Option<String>,
}

impl MemberFilter {
    /// Whether everybody is in the list.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Its words, the longest first.
    #[must_use]
    pub fn words(&self) -> Vec<String> {
        let mut words: Vec<String> = words_of(&self.text).into_iter().collect();
        words.sort_by_key(|word| std::cmp::Reverse(word.chars().count()));
        words.truncate(MOST_WORDS);
        words
    }

    /// Takes over what was typed into the search field: `role:editor isLocked:true mina`. Answers with the words that look
    /// like filters and are none.
    pub fn search(&mut self, typed: &str, blueprint: &Blueprint) -> Vec<String> {
        let typed: String = typed.chars().take(LONGEST).map(|c| if c.is_control() { ' ' } else { c }).collect();
        let (mut text, mut unknown): (Vec<&str>, Vec<String>) = (Vec::new(), Vec::new());
        for word in typed.split_whitespace() {
            match word.split_once(':') {
                Some((name, value)) if is_name(name) => {
                    if !self.set(name, value, blueprint) {
                        unknown.push(word.to_owned());
                    }
                }
                _ => text.push(word),
            }
        }
        self.text = text.join(" ");
        unknown
    }

    /// The filter in the words of the search field: what [`MemberFilter::search`] reads back.
    #[must_use]
    pub fn to_search(&self) -> String {
        let state = self.state.map(|state| format!("state:{}", state.word()));
        let locked = self.locked.map(|locked| format!("isLocked:{locked}"));
        let lifecycle = self.lifecycle.map(|lifecycle| format!("lifecycle:{}", lifecycle.word()));
        let role = self.role.as_ref().map(|role| format!("role:{role}"));
        let text = Some(self.text.clone()).filter(|text| !text.is_empty());
        [text, state, locked, lifecycle, role].into_iter().flatten().collect::<Vec<_>>().join(" ")
    }

    /// Sets one filter by its name; false if there is no such filter or value.
    pub fn set(&mut self, name: &str, value: &str, blueprint: &Blueprint) -> bool {
        let value = value.to_lowercase();
        match name.to_lowercase().as_str() {
            "locked" | "islocked" => {
                self.locked = match value.as_str() {
                    "true" | "yes" => Some(true),
                    "false" | "no" => Some(false),
                    _ => return false,
                };
            }
            "isdeleted" => {
                self.lifecycle = match value.as_str() {
                    "true" | "yes" => Some(Lifecycle::Deleted),
                    "false" | "no" => Some(Lifecycle::Active),
                    _ => return false,
                };
            }
            "state" => match Authorization::ALL.iter().find(|state| state.word() == value) {
                Some(state) => self.state = Some(*state),
                None => return false,
            },
            "lifecycle" => match Lifecycle::ALL.iter().find(|lifecycle| lifecycle.word() == value) {
                Some(lifecycle) => self.lifecycle = Some(*lifecycle),
                None => return false,
            },
            "role" => {
                let named = |label: &str| label.to_lowercase() == value;
                let role = blueprint
                    .roles
                    .iter()
                    .find(|role| role.key == value || named(&role.label.en) || named(&role.label.de));
                match role {
                    Some(role) => self.role = Some(role.key.clone()),
                    None => return false,
                }
            }
            _ => return false,
        }
        true
    }
}

/// `isLocked` may be a filter; `https` of an address that was pasted looks like one too, and is told.
fn is_name(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_falls_into_filters_and_words() {
        let blueprint = Blueprint::shipped("asset-library").unwrap();
        let cases = [
            ("mina", "mina", None, None, None, 0),
            ("isLocked:true role:supplier Hollis", "Hollis", Some(true), None, Some("supplier"), 0),
            ("ISLOCKED:No state:to_review", "", Some(false), Some(Authorization::ToReview), None, 0),
            ("role:Redaktion", "", None, None, Some("editor"), 0),
            ("role:owner state:nonsense isFederated:true", "", None, None, None, 3),
            ("a@b.example 12:30 :x", "a@b.example 12:30 :x", None, None, None, 0),
            ("' OR 1=1; --\u{0}\u{1b}[0m", "' OR 1=1; -- [0m", None, None, None, 0),
        ];
        for (typed, text, locked, state, role, unknown) in cases {
            let mut filter = MemberFilter::default();
            let not_understood = filter.search(typed, &blueprint);
            assert_eq!(filter.text, text, "{typed}");
            assert_eq!((filter.locked, filter.state, filter.role.as_deref()), (locked, state, role), "{typed}");
            assert_eq!(not_understood.len(), unknown, "{typed}");
            let mut again = MemberFilter::default();
            assert!(again.search(&filter.to_search(), &blueprint).is_empty(), "{typed}");
            assert_eq!(again, filter, "{typed}");
        }
    }

    #[test]
    fn a_long_search_is_cut() {
        let filter = MemberFilter { text: "a bbb cc dddd e f g h i j k".into(), ..MemberFilter::default() };
        assert_eq!(filter.words()[..3], ["dddd", "bbb", "cc"]);
        assert_eq!(filter.words().len(), MOST_WORDS);
    }
}
