use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};

use fluent_templates::fluent_bundle::FluentValue;
use fluent_templates::{FluentBundle, Loader, StaticLoader, static_loader};

use crate::Lang;
use crate::format::{first_strong_is_rtl, grouped};

static_loader! {
    static OWN = {
        locales: "./locales",
        fallback_language: "en",
        customise: |bundle| { customise(bundle); },
    };
}

/// How every bundle is set up; servers write `customise: |bundle| { webkit::customise(bundle); }` into `static_loader!`.
///
/// Numbers are grouped as the language does. Fluent's isolation marks are off, since they would stand in every name
/// that a page or a test compares; [`Value`] puts them around right-to-left text only, where they matter.
pub fn customise<R>(bundle: &mut FluentBundle<R>) {
    bundle.set_use_isolating(false);
    let german = bundle.locales.first().is_some_and(|locale| locale.language.as_str() == "de");
    bundle.set_formatter(Some(if german {
        |value, _| number(value, Lang::De)
    } else {
        |value, _| number(value, Lang::En)
    }));
}

fn number(value: &FluentValue, lang: Lang) -> Option<String> {
    let FluentValue::Number(number) = value else { return None };
    #[expect(clippy::cast_possible_truncation, reason = "Fluent keeps numbers as f64; whole ones come from an i64")]
    let whole = number.value as i64;
    (number.value.fract() == 0.0 && number.options.use_grouping).then(|| grouped(whole, lang))
}

/// An argument of a message: text, or a number (which selects plural forms and is written grouped).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// Text, shown as it is.
    Text(String),
    /// A whole number.
    Number(i64),
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        if first_strong_is_rtl(text) {
            // FIRST STRONG ISOLATE … POP DIRECTIONAL ISOLATE: the sentence around it keeps its order (UAX #9).
            Self::Text(format!("\u{2068}{text}\u{2069}"))
        } else {
            Self::Text(text.to_owned())
        }
    }
}

impl From<&String> for Value {
    fn from(text: &String) -> Self {
        Self::from(text.as_str())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::from(text.as_str())
    }
}

impl From<Cow<'_, str>> for Value {
    fn from(text: Cow<'_, str>) -> Self {
        Self::from(text.as_ref())
    }
}

impl From<&Self> for Value {
    fn from(value: &Self) -> Self {
        value.clone()
    }
}

macro_rules! numbers {
    ($($number:ty),*) => {$(
        impl From<$number> for Value {
            fn from(number: $number) -> Self {
                Self::Number(i64::try_from(number).unwrap_or(i64::MAX))
            }
        }
        impl From<&$number> for Value {
            fn from(number: &$number) -> Self {
                Self::from(*number)
            }
        }
    )*};
}
numbers!(i64, i32, u64, u32, u16, u8, usize);

/// The arguments of one message: `("name", value)`, or several such pairs as an array, a slice or (when their types
/// differ) a tuple.
pub trait Args {
    /// Them as pairs.
    fn pairs(self) -> Vec<(&'static str, Value)>;
}

impl Args for () {
    fn pairs(self) -> Vec<(&'static str, Value)> {
        Vec::new()
    }
}

impl<V: Into<Value>> Args for (&'static str, V) {
    fn pairs(self) -> Vec<(&'static str, Value)> {
        vec![(self.0, self.1.into())]
    }
}

impl<V: Into<Value>, const N: usize> Args for [(&'static str, V); N] {
    fn pairs(self) -> Vec<(&'static str, Value)> {
        self.into_iter().map(|(name, value)| (name, value.into())).collect()
    }
}

impl<V: Into<Value> + Clone> Args for &[(&'static str, V)] {
    fn pairs(self) -> Vec<(&'static str, Value)> {
        self.iter().map(|(name, value)| (*name, value.clone().into())).collect()
    }
}

impl<A: Into<Value>, B: Into<Value>> Args for ((&'static str, A), (&'static str, B)) {
    fn pairs(self) -> Vec<(&'static str, Value)> {
        vec![(self.0.0, self.0.1.into()), (self.1.0, self.1.1.into())]
    }
}

impl<A: Into<Value>, B: Into<Value>, C: Into<Value>> Args
    for ((&'static str, A), (&'static str, B), (&'static str, C))
{
    fn pairs(self) -> Vec<(&'static str, Value)> {
        vec![(self.0.0, self.0.1.into()), (self.1.0, self.1.1.into()), (self.2.0, self.2.1.into())]
    }
}

impl<T: Args + Clone> Args for &T {
    fn pairs(self) -> Vec<(&'static str, Value)> {
        self.clone().pairs()
    }
}

/// A text that is not yet in any language: a message's key and its arguments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    pub(crate) key: Cow<'static, str>,
    pub(crate) args: Vec<(&'static str, Value)>,
}

impl Message {
    /// The message `key`, so far without arguments.
    #[must_use]
    pub fn new(key: impl Into<Cow<'static, str>>) -> Self {
        Self { key: key.into(), args: Vec::new() }
    }

    /// With one more argument.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        self.args.push((name, value.into()));
        self
    }
}

impl From<&'static str> for Message {
    fn from(key: &'static str) -> Self {
        Self::new(key)
    }
}

/// The server's text, else this crate's, else the key in brackets (which a test of the server should have caught).
pub(crate) fn lookup(texts: &StaticLoader, lang: Lang, key: &str, args: &[(&'static str, Value)]) -> String {
    let args: HashMap<Cow<'static, str>, FluentValue<'static>> = args
        .iter()
        .map(|(name, value)| {
            let value = match value {
                Value::Text(text) => FluentValue::from(text.clone()),
                Value::Number(number) => FluentValue::from(*number),
            };
            (Cow::Borrowed(*name), value)
        })
        .collect();
    let lang = lang.identifier();
    texts
        .try_lookup_with_args(&lang, key, &args)
        .or_else(|| OWN.try_lookup_with_args(&lang, key, &args))
        .unwrap_or_else(|| {
            tracing::error!(key, "no such text");
            format!("[{key}]")
        })
}

/// For tests of servers: both Fluent files have the same messages, attributes and variables.
///
/// # Panics
/// If they don't, naming what is missing where.
pub fn assert_same_keys(one: &str, other: &str) {
    let (one, other) = (keys(one), keys(other));
    let only_one: Vec<_> = one.difference(&other).collect();
    let only_other: Vec<_> = other.difference(&one).collect();
    assert!(
        only_one.is_empty() && only_other.is_empty(),
        "only in the first: {only_one:?}; only in the second: {only_other:?}"
    );
}

/// Message keys, and `key $variable` for each variable that a message uses.
fn keys(ftl: &str) -> BTreeSet<String> {
    let mut keys = BTreeSet::new();
    let mut current = String::new();
    for line in ftl.lines().filter(|line| !line.starts_with('#')) {
        if line.starts_with(|first: char| first.is_ascii_alphabetic() || first == '-')
            && let Some((key, _)) = line.split_once('=')
        {
            key.trim().clone_into(&mut current);
            keys.insert(current.clone());
        }
        for after in line.split('$').skip(1) {
            let end = after.find(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '-').unwrap_or(after.len());
            keys.insert(format!("{current} ${}", after.get(..end).unwrap_or_default()));
        }
    }
    keys
}

#[cfg(test)]
mod tests {
    use super::*;

    const EN: &str = include_str!("../locales/en/webkit.ftl");
    const DE: &str = include_str!("../locales/de/webkit.ftl");

    #[test]
    fn both_languages_have_the_same_messages() {
        assert_same_keys(EN, DE);
        let providers = include_str!("../locales/en/providers.ftl");
        assert_same_keys(providers, include_str!("../locales/de/providers.ftl"));
    }

    #[test]
    #[should_panic(expected = "b $n")]
    fn a_variable_that_one_language_forgot_is_noticed() {
        assert_same_keys("a = A\nb = { $n } times", "a = A\nb = times");
    }

    #[test]
    fn numbers_are_grouped_and_select_plurals() {
        let at = |lang, n: i64| lookup(&OWN, lang, "ago-minutes", &[("n", Value::from(n))]);
        assert_eq!(at(Lang::En, 1), "1 minute ago");
        assert_eq!(at(Lang::En, 1_234), "1,234 minutes ago");
        assert_eq!(at(Lang::De, 1_234), "vor 1.234 Minuten");
    }

    #[test]
    fn a_missing_text_shows_its_key() {
        assert_eq!(lookup(&OWN, Lang::De, "no-such-key", &[]), "[no-such-key]");
    }

    #[test]
    fn only_right_to_left_text_is_isolated() {
        assert_eq!(Value::from("Mina"), Value::Text("Mina".into()));
        assert_eq!(Value::from("שלום"), Value::Text("\u{2068}שלום\u{2069}".into()));
    }
}
