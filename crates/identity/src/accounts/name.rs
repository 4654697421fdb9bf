use std::fmt;

/// Most characters of a first or last name.
const LONGEST: usize = 100;
/// Longest language tag that is kept (RFC 5646 §4.4.1).
const LONGEST_TAG: usize = 35;

/// What no name holds: control characters, which mails and terminals obey; line separators; and what turns the direction of
/// the words around it, so that a name reads as something else (CVE-2021-42574).
pub(crate) fn is_hostile(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A first or last name that can stand on pages, in mails and in tokens: one line of 1 to 100 characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name(String);

impl Name {
    /// As somebody typed it about themselves: what is hostile is refused.
    #[must_use]
    pub fn parse(typed: &str) -> Option<Self> {
        let name = typed.trim();
        let fits = !name.is_empty() && name.chars().count() <= LONGEST && !name.chars().any(is_hostile);
        fits.then(|| Self(name.to_owned()))
    }

    /// Where nobody has stated one.
    #[must_use]
    pub(crate) fn placeholder() -> Self {
        Self("–".to_owned())
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A name as somebody else states it, perhaps none: what is hostile is left out, what is too long is cut.
pub(crate) fn clean_name(foreign: &str) -> String {
    foreign.chars().filter(|c| !is_hostile(*c)).take(LONGEST).collect::<String>().trim().to_owned()
}

/// A language tag (BCP 47) of at most 35 characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Locale(String);

impl Locale {
    /// Well-formed subtags, joined by hyphens (RFC 5646 §2.1).
    #[must_use]
    pub fn parse(tag: &str) -> Option<Self> {
        let mut subtags = tag.split('-');
        let language = subtags.next()?;
        let fits = tag.len() <= LONGEST_TAG
            && (2..=8).contains(&language.len())
            && language.bytes().all(|byte| byte.is_ascii_alphabetic())
            && subtags.all(|it| (1..=8).contains(&it.len()) && it.bytes().all(|byte| byte.is_ascii_alphanumeric()));
        fits.then(|| Self(tag.to_owned()))
    }

    /// The tag.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for Locale {
    fn default() -> Self {
        Self("en".to_owned())
    }
}

impl fmt::Display for Locale {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn web_16_a_name_is_one_line_that_says_what_it_shows() {
        for good in ["Mina", " Mina ", "Zoë van der Berg", "דוד", "O’Neill", &"x".repeat(100)] {
            assert!(Name::parse(good).is_some(), "{good}");
        }
        for bad in [
            "",
            "  ",
            "Mina\u{202e}nimda",
            "\u{2066}Mina",
            "Mi\nna",
            "Mi\u{1b}[31mna",
            "Mi\u{2028}na",
            &"x".repeat(101),
        ] {
            assert!(Name::parse(bad).is_none(), "{bad:?}");
            assert!(!clean_name(bad).chars().any(is_hostile), "{bad:?}");
        }
        assert_eq!(clean_name(" Mina\u{202e} Hollis\r\n"), "Mina Hollis");
        assert_eq!(clean_name(&"x".repeat(101)).len(), 100);
    }

    #[test]
    fn a_language_tag_is_short_and_well_formed() {
        for good in ["en", "de-AT", "zh-Hans-CN", "sl-rozaj-biske-1994"] {
            assert!(Locale::parse(good).is_some(), "{good}");
        }
        for bad in [
            "",
            "e",
            "de_AT",
            "de-",
            "-de",
            "de--AT",
            "de-\u{202e}",
            "en-<b>",
            "en\r\nBcc: x",
            &format!("en-{}", "a-".repeat(17)),
        ] {
            assert!(Locale::parse(bad).is_none(), "{bad:?}");
        }
    }
}
