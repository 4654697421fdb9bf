use std::fmt;

use fluent_templates::{LanguageIdentifier, langid};

/// A language that the pages exist in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Lang {
    /// English; also what everyone gets who asks for nothing that exists.
    #[default]
    En,
    /// German.
    De,
}

impl Lang {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 2] = [Self::En, Self::De];

    /// The BCP 47 code, as in `<html lang>`.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::De => "de",
        }
    }

    /// Its name in itself: whoever reads only that language must find it.
    #[must_use]
    pub const fn own_name(self) -> &'static str {
        match self {
            Self::En => "English",
            Self::De => "Deutsch",
        }
    }

    /// The language of a tag such as `de-AT`, by its primary subtag (RFC 4647 §3.4).
    #[must_use]
    pub fn from_tag(tag: &str) -> Option<Self> {
        let primary = tag.trim().split(['-', '_']).next()?;
        Self::ALL.into_iter().find(|lang| lang.code().eq_ignore_ascii_case(primary))
    }

    /// The first known one of `ui_locales` (OpenID Connect Core §3.1.2.1: space-separated, in order of preference).
    #[must_use]
    pub fn from_ui_locales(ui_locales: &str) -> Option<Self> {
        ui_locales.split_whitespace().find_map(Self::from_tag)
    }

    /// The best known one of an `Accept-Language` header (RFC 9110 §12.5.4); `q=0` means "not this one".
    #[must_use]
    pub fn from_accept_language(header: &str) -> Option<Self> {
        let mut best: Option<(f32, Self)> = None;
        for range in header.split(',') {
            let mut parts = range.split(';');
            let Some(lang) = parts.next().and_then(Self::from_tag) else { continue };
            let quality = parts
                .find_map(|parameter| parameter.trim().strip_prefix("q="))
                .map_or(1.0, |quality| quality.trim().parse().unwrap_or(0.0));
            if quality > best.map_or(0.0, |(other, _)| other) {
                best = Some((quality, lang));
            }
        }
        best.map(|(_, lang)| lang)
    }

    pub(crate) fn identifier(self) -> LanguageIdentifier {
        match self {
            Self::En => langid!("en"),
            Self::De => langid!("de"),
        }
    }
}

impl fmt::Display for Lang {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_known_language_of_accept_language_wins() {
        for (header, expected) in [
            ("de", Some(Lang::De)),
            ("de-AT,de;q=0.9,en;q=0.8", Some(Lang::De)),
            ("fr, en;q=0.3, de;q=0.7", Some(Lang::De)),
            ("en;q=0, de;q=0.1", Some(Lang::De)),
            ("de;q=0", None),
            ("fr,it", None),
            ("*", None),
            ("", None),
            ("de;q=nonsense, en;q=0.1", Some(Lang::En)),
        ] {
            assert_eq!(Lang::from_accept_language(header), expected, "{header}");
        }
    }

    #[test]
    fn ui_locales_are_taken_in_order() {
        assert_eq!(Lang::from_ui_locales("fr-CA de-CH en"), Some(Lang::De));
        assert_eq!(Lang::from_ui_locales("fr"), None);
    }
}
