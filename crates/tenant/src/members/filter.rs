//! What a list of members is narrowed to: filters that combine, and a search that understands `isLocked:` and words.

use ambient::Timestamp;

use super::{Authorization, MemberState, words::words_of};
use crate::blueprint::{Blueprint, Label, Role};

/// How many words of a search are looked at.
const MOST_WORDS: usize = 8;

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
    pub lifecycle: Option<Stage>,
    /// The key of a role.
    pub role: Option<String>,
    /// Whether they are support users.
    pub support: Option<Holds>,
    /// Whether one provider alone opens the tenant to them.
    pub federated: Option<bool>,
    /// The key of that provider.
    pub provider: Option<String>,
    /// Whether their record is kept elsewhere (PP-31).
    pub read_only: Option<bool>,
    /// They have not come in since then; who never came counts from when the record was made.
    pub inactive_since: Option<Timestamp>,
}

store::words! {
    /// What can be asked for on the axis *lifecycle*: a state, or whoever is there. Whoever was erased is found by their own alone.
    Stage {
        /// Usual.
        Active = "active",
        /// Deactivated.
        Suspended = "suspended",
        /// To be purged.
        Deleted = "deleted",
        /// Erased.
        Purged = "purged",
        /// Neither deleted nor erased, whatever else.
        NotDeleted = "not_deleted",
    }
}

impl Stage {
    /// Whether it is one of the states that few members are in, which have an order of their own.
    pub(super) const fn is_rare(self) -> bool {
        matches!(self, Self::Suspended | Self::Deleted | Self::Purged)
    }
}

/// Whether a role is held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holds {
    /// Its key.
    pub role: String,
    /// Or not.
    pub held: bool,
}

/// A filter that is on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Its name in addresses and in the API.
    pub name: &'static str,
    /// Its name in the search field.
    pub word: &'static str,
    /// What it asks for, as [`MemberFilter::set`] reads it.
    pub value: String,
}

impl MemberFilter {
    /// The longest search, in characters. One that is longer is not understood: cut, it would find more than it says.
    pub const LONGEST: usize = 1_000;

    /// Whether everybody is in the list.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether it asks for those who were erased: no other filter finds them.
    #[must_use]
    pub const fn asks_for_erased(&self) -> bool {
        matches!(self.lifecycle, Some(Stage::Purged))
    }

    /// Whether signs alone were typed: no name begins with them.
    #[must_use]
    pub fn finds_nobody(&self) -> bool {
        !self.text.is_empty() && words_of(&self.text).is_empty()
    }

    /// Its words, the longest first, as many as a page looks for.
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
        if typed.chars().nth(Self::LONGEST).is_some() {
            return vec![format!("{}…", typed.chars().take(40).collect::<String>())];
        }
        let typed: String = typed.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        let named = |word: &&str| word.split_once(':').is_some_and(|(name, _)| is_name(name));
        let (mut filters, text): (Vec<&str>, Vec<&str>) = typed.split_whitespace().partition(named);
        // What stands for several axes comes last: it sees what is asked for of each.
        filters.sort_by_key(|word| word.to_ascii_lowercase().starts_with("state:"));
        let unknown = filters.into_iter().filter(|word| {
            let (name, value) = word.split_once(':').unwrap_or_default();
            !self.set(name, value, blueprint)
        });
        let unknown = unknown.map(str::to_owned).collect();
        self.text = text.join(" ");
        unknown
    }

    /// The filter in the words of the search field: what [`MemberFilter::search`] reads back.
    #[must_use]
    pub fn to_search(&self) -> String {
        let text = Some(self.text.clone()).filter(|text| !text.is_empty());
        let fields = self.fields().into_iter().map(|field| format!("{}:{}", field.word, field.value));
        text.into_iter().chain(fields).collect::<Vec<_>>().join(" ")
    }

    /// The filters that are on, but for the words.
    #[must_use]
    pub fn fields(&self) -> Vec<Field> {
        let state = self.state.map(|state| state.word().to_owned());
        let lifecycle = self.lifecycle.map(|lifecycle| lifecycle.word().to_owned());
        let day = self.inactive_since.map(|since| since.day());
        let all = [
            ("state", "state", state),
            ("locked", "isLocked", self.locked.map(|locked| locked.to_string())),
            ("lifecycle", "lifecycle", lifecycle),
            ("role", "role", self.role.clone()),
            ("support", "isSupportUser", self.support.as_ref().map(|holds| holds.held.to_string())),
            ("federated", "isFederated", self.federated.map(|federated| federated.to_string())),
            ("provider", "provider", self.provider.clone()),
            ("readonly", "isReadOnly", self.read_only.map(|read_only| read_only.to_string())),
            ("inactive", "inactiveSince", day),
        ];
        all.into_iter().filter_map(|(name, word, value)| Some(Field { name, word, value: value? })).collect()
    }

    /// The names of all filters, in addresses and in the API.
    pub const NAMES: [&str; 9] =
        ["state", "locked", "lifecycle", "role", "support", "federated", "provider", "readonly", "inactive"];

    /// Sets one filter by its name; false if there is no such filter or value, or something else is asked for already: what contradicts
    /// itself would find others than it says.
    pub fn set(&mut self, name: &str, value: &str, blueprint: &Blueprint) -> bool {
        let before = self.clone();
        let asked = before.fields();
        let value = value.to_lowercase();
        let name = name.to_lowercase();
        let put = match name.as_str() {
            "locked" | "islocked" => truth(&value).map(|locked| self.locked = Some(locked)),
            "federated" | "isfederated" => truth(&value).map(|federated| self.federated = Some(federated)),
            "readonly" | "isreadonly" => truth(&value).map(|read_only| self.read_only = Some(read_only)),
            "isdeleted" => truth(&value).map(|deleted| {
                self.lifecycle = Some(if deleted { Stage::Deleted } else { Stage::NotDeleted });
            }),
            "support" | "issupportuser" => truth(&value).zip(blueprint.support()).map(|(held, role)| {
                self.support = Some(Holds { role: role.key.clone(), held });
            }),
            "state" => {
                let of_axis = state(Authorization::ALL, Authorization::word, &value, blueprint);
                of_axis.map(|state| self.state = Some(state)).or_else(|| self.stands(&value))
            }
            "lifecycle" => state(Stage::ALL, Stage::word, &value, blueprint).map(|stage| self.lifecycle = Some(stage)),
            "role" => role(blueprint, &value).map(|key| self.role = Some(key)),
            "provider" => Some(value).filter(|key| is_key(key)).map(|key| self.provider = Some(key)),
            "inactive" | "inactivesince" => Timestamp::of_day(&value).map(|day| self.inactive_since = Some(day)),
            _ => None,
        };
        let here = self.fields();
        let agrees = put.is_some() && asked.iter().all(|field| here.contains(field));
        if !agrees {
            *self = before;
        }
        agrees
    }

    /// With what another asks for beside it.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self {
            text: self.text,
            state: self.state.or(other.state),
            locked: self.locked.or(other.locked),
            lifecycle: self.lifecycle.or(other.lifecycle),
            role: self.role.or(other.role),
            support: self.support.or(other.support),
            federated: self.federated.or(other.federated),
            provider: self.provider.or(other.provider),
            read_only: self.read_only.or(other.read_only),
            inactive_since: self.inactive_since.or(other.inactive_since),
        }
    }

    /// The words of [`MemberState`] for all axes at once, as lists and the API show them, but for those that are a state of the first.
    pub const STANDINGS: [MemberState; 4] =
        [MemberState::Active, MemberState::Locked, MemberState::Suspended, MemberState::Deleted];

    fn stands(&mut self, value: &str) -> Option<()> {
        let (state, locked, lifecycle) = match Self::STANDINGS.into_iter().find(|standing| standing.word() == value)? {
            MemberState::Active => (Some(Authorization::Reviewed), Some(false), Stage::Active),
            MemberState::Locked => (None, Some(true), Stage::Active),
            MemberState::Suspended => (None, None, Stage::Suspended),
            _ => (None, None, Stage::Deleted),
        };
        (self.state, self.locked) = (state.or(self.state), locked.or(self.locked));
        self.lifecycle = Some(lifecycle);
        Some(())
    }

    /// The filter without one of its fields.
    #[must_use]
    pub fn without(&self, name: &str) -> Self {
        let mut filter = self.clone();
        match name {
            "state" => filter.state = None,
            "locked" => filter.locked = None,
            "lifecycle" => filter.lifecycle = None,
            "role" => filter.role = None,
            "support" => filter.support = None,
            "federated" => filter.federated = None,
            "provider" => filter.provider = None,
            "readonly" => filter.read_only = None,
            "inactive" => filter.inactive_since = None,
            _ => {}
        }
        filter
    }
}

fn truth(value: &str) -> Option<bool> {
    match value {
        "true" | "yes" => Some(true),
        "false" | "no" => Some(false),
        _ => None,
    }
}

/// By its key, or by what the blueprint calls it in any language.
fn state<T: Copy>(all: &[T], word: fn(T) -> &'static str, value: &str, blueprint: &Blueprint) -> Option<T> {
    let called = |one: &T| blueprint.lifecycle.labels.get(word(*one)).is_some_and(|label| is_called(label, value));
    let by_key = all.iter().copied().find(|one| word(*one) == value);
    by_key.or_else(|| all.iter().copied().find(called))
}

/// By its key or by its name in any language.
fn role(blueprint: &Blueprint, value: &str) -> Option<String> {
    let is_it = |role: &&Role| role.key == value || is_called(&role.label, value);
    blueprint.roles.iter().find(is_it).map(|role| role.key.clone())
}

/// A search ends its words at spaces: `_` stands for those of a label.
fn is_called(label: &Label, value: &str) -> bool {
    label.is(value) || label.is(&value.replace('_', " "))
}

fn is_key(value: &str) -> bool {
    !value.is_empty() && value.len() <= 64 && value.chars().all(|c| c.is_ascii_alphanumeric() || "._-".contains(c))
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
            ("role:owner state:nonsense isFederated:maybe", "", None, None, None, 3),
            ("isReadOnly:yes isFederated:false provider:corp inactiveSince:2026-02-28", "", None, None, None, 0),
            ("inactiveSince:2026-02-30 provider:;drop isSupportUser:sure", "", None, None, None, 3),
            ("isSupportUser:true", "", None, None, None, 0),
            ("isDeleted:no lifecycle:not_deleted", "", None, None, None, 0),
            ("isDeleted:maybe lifecycle:gone", "", None, None, None, 2),
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
    fn whether_somebody_is_deleted_is_a_filter_of_its_own_and_no_other_state() {
        let blueprint = Blueprint::shipped("asset-library").unwrap();
        for (typed, stage, again) in [
            ("isDeleted:true", Stage::Deleted, "lifecycle:deleted"),
            ("isDeleted:false", Stage::NotDeleted, "lifecycle:not_deleted"),
            ("lifecycle:active", Stage::Active, "lifecycle:active"),
            ("lifecycle:Purged", Stage::Purged, "lifecycle:purged"),
            // As this blueprint calls it.
            ("lifecycle:Inaktiv", Stage::Deleted, "lifecycle:deleted"),
        ] {
            let mut filter = MemberFilter::default();
            assert!(filter.search(typed, &blueprint).is_empty(), "{typed}");
            assert_eq!((filter.lifecycle, filter.to_search().as_str()), (Some(stage), again), "{typed}");
        }
        for state in crate::members::Lifecycle::ALL {
            assert!(Stage::ALL.iter().any(|stage| stage.word() == state.word()), "{state:?}");
        }
    }

    #[test]
    fn what_the_list_shows_as_state_is_understood_though_it_is_several_axes() {
        let blueprint = Blueprint::shipped("asset-library").unwrap();
        for (typed, again) in [
            ("state:active", "state:reviewed isLocked:false lifecycle:active"),
            ("state:Locked", "isLocked:true lifecycle:active"),
            ("state:suspended", "lifecycle:suspended"),
            ("state:deleted", "lifecycle:deleted"),
        ] {
            let mut filter = MemberFilter::default();
            assert!(filter.search(typed, &blueprint).is_empty(), "{typed}");
            assert_eq!(filter.to_search(), again, "{typed}");
        }
        for (typed, unknown) in [
            ("state:suspended isDeleted:false", "state:suspended"),
            ("lifecycle:active state:deleted", "state:deleted"),
            ("state:active isLocked:true mina", "state:active"),
        ] {
            assert_eq!(MemberFilter::default().search(typed, &blueprint), [unknown], "{typed}");
        }
        // What a blueprint calls with several words is one in a search.
        let mut called = blueprint.clone();
        let label = Label { en: "In the queue".to_owned(), de: "In der Schlange".to_owned() };
        called.lifecycle.labels.insert("to_review".to_owned(), label.clone());
        called.roles[0].label = label;
        let key = called.roles[0].key.clone();
        for typed in ["state:In_the_queue role:in_der_schlange", "role:IN_THE_QUEUE state:to_review"] {
            let mut filter = MemberFilter::default();
            assert!(filter.search(typed, &called).is_empty(), "{typed}");
            assert_eq!(filter.to_search(), format!("state:to_review role:{key}"), "{typed}");
        }
        // Every word that a list shows finds somebody.
        for state in MemberState::ALL {
            assert!(MemberFilter::default().set("state", state.word(), &blueprint), "{state:?}");
        }
    }

    #[test]
    fn pp_04_who_asks_for_two_things_that_are_one_is_not_understood() {
        let blueprint = Blueprint::shipped("asset-library").unwrap();
        for (typed, unknown) in [
            ("role:supplier role:editor", "role:editor"),
            ("isLocked:true mina isLocked:no", "isLocked:no"),
            ("provider:corp provider:contoso", "provider:contoso"),
            ("inactiveSince:2026-02-28 inactiveSince:2026-03-01", "inactiveSince:2026-03-01"),
            ("isSupportUser:true isSupportUser:false", "isSupportUser:false"),
            ("isDeleted:true lifecycle:active", "lifecycle:active"),
        ] {
            let mut filter = MemberFilter::default();
            assert_eq!(filter.search(typed, &blueprint), [unknown], "{typed}");
            let first = typed.split(' ').next().unwrap();
            assert!(filter.to_search().ends_with(first) || first.starts_with("isDeleted"), "the first stays: {typed}");
        }
        for same in ["role:supplier role:SUPPLIER", "isLocked:true isLocked:yes", "isDeleted:no lifecycle:not_deleted"]
        {
            assert!(MemberFilter::default().search(same, &blueprint).is_empty(), "{same}");
        }
        // What is typed goes before what was chosen; the rest of it stays.
        let (mut typed, mut chosen) = (MemberFilter::default(), MemberFilter::default());
        assert!(typed.search("role:editor mina", &blueprint).is_empty());
        assert!(chosen.search("role:supplier isLocked:true", &blueprint).is_empty());
        assert_eq!(typed.or(chosen).to_search(), "mina isLocked:true role:editor");
    }

    #[test]
    fn every_field_has_a_name_and_can_be_taken_away() {
        let blueprint = Blueprint::shipped("asset-library").unwrap();
        let mut filter = MemberFilter::default();
        let typed = "state:invited isLocked:true lifecycle:active role:viewer isSupportUser:false isFederated:true \
                     provider:corp isReadOnly:false inactiveSince:2026-02-28";
        assert!(filter.search(typed, &blueprint).is_empty());
        assert_eq!(filter.to_search(), typed);
        let names: Vec<&str> = filter.fields().iter().map(|field| field.name).collect();
        assert_eq!(names, MemberFilter::NAMES);
        for field in filter.fields() {
            let mut without = filter.without(field.name);
            assert_eq!(without.fields().len(), names.len() - 1, "{}", field.name);
            assert!(without.set(field.name, &field.value, &blueprint), "{}", field.name);
            assert_eq!(without, filter);
        }
    }

    #[test]
    fn a_search_that_is_too_long_is_not_understood() {
        let blueprint = Blueprint::shipped("asset-library").unwrap();
        let mut filter = MemberFilter::default();
        let long = format!("mina {} role:supplier", "m ".repeat(500));
        assert_eq!(filter.search(&long, &blueprint).len(), 1);
        assert!(filter.is_empty(), "nothing of it is taken");
        let fits = format!("mina {} role:supplier", "m ".repeat(400));
        assert!(filter.search(&fits, &blueprint).is_empty());
        assert_eq!(filter.role.as_deref(), Some("supplier"));
    }

    #[test]
    fn a_long_search_is_cut() {
        let filter = MemberFilter { text: "a bbb cc dddd e f g h i j k".into(), ..MemberFilter::default() };
        assert_eq!(filter.words()[..3], ["dddd", "bbb", "cc"]);
        assert_eq!(filter.words().len(), MOST_WORDS);
    }
}
