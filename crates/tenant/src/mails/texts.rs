use std::borrow::Cow;
use std::collections::HashMap;

use fluent_templates::fluent_bundle::FluentValue;
use fluent_templates::{LanguageIdentifier, Loader, langid, static_loader};

static_loader! {
    static LOCALES = {
        locales: "./locales",
        fallback_language: "en",
        customise: |bundle| bundle.set_use_isolating(false),
    };
}

/// One language's texts, with arguments that every message may use.
pub(super) struct Texts {
    language: LanguageIdentifier,
    args: HashMap<Cow<'static, str>, FluentValue<'static>>,
}

impl Texts {
    /// Those of a BCP 47 tag; English for languages that do not ship.
    pub(super) fn of(locale: &str) -> Self {
        let german = locale.get(..2).is_some_and(|primary| primary.eq_ignore_ascii_case("de"));
        Self { language: if german { langid!("de") } else { langid!("en") }, args: HashMap::new() }
    }

    pub(super) fn with(mut self, name: &'static str, value: impl Into<FluentValue<'static>>) -> Self {
        self.args.insert(Cow::Borrowed(name), value.into());
        self
    }

    pub(super) fn language(&self) -> String {
        self.language.to_string()
    }

    pub(super) fn text(&self, key: &str) -> String {
        LOCALES.try_lookup_with_args(&self.language, key, &self.args).unwrap_or_else(|| {
            tracing::error!(key, "no such text");
            format!("[{key}]")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(ftl: &str) -> Vec<&str> {
        let messages = ftl.lines().filter(|line| line.starts_with(|first: char| first.is_ascii_lowercase()));
        messages.filter_map(|line| Some(line.split_once('=')?.0.trim())).collect()
    }

    #[test]
    fn both_languages_have_the_same_mails() {
        let en = keys(include_str!("../../locales/en/mails.ftl"));
        assert!(en.len() > 15);
        assert_eq!(en, keys(include_str!("../../locales/de/mails.ftl")));
    }

    #[test]
    fn a_language_that_does_not_ship_reads_english() {
        for (locale, expected) in
            [("de-AT", "Hallo Ü,"), ("DE", "Hallo Ü,"), ("fr", "Hello Ü,"), ("", "Hello Ü,"), ("é", "Hello Ü,")]
        {
            assert_eq!(Texts::of(locale).with("name", "Ü").text("mail-greeting"), expected, "{locale}");
        }
    }
}
