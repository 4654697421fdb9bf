use std::fmt;

use lettre::Address;
use serde::{Deserialize, Serialize};

/// A mail as its rule words it: finished texts in one language, no markup. Layout is this crate's.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Letter {
    /// One address, bare: `alice@example.test`.
    pub to: String,
    /// The name shown beside it.
    pub to_name: Option<String>,
    /// The subject line.
    pub subject: String,
    /// "Hello Alice,"
    pub greeting: String,
    /// What there is to say.
    pub paragraphs: Vec<String>,
    /// The one thing to do, as a button.
    pub action: Option<Action>,
    /// The last line: why this mail came, who sent it.
    pub closing: String,
    /// The language of the texts (BCP 47), such as `en`.
    pub language: String,
}

/// A button.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Action {
    /// What it says.
    pub label: String,
    /// Where it leads: an absolute `https` or `http` address, built from the configured origin (WEB-04).
    pub url: String,
}

/// Why a letter is not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LetterError {
    /// Not exactly one address that mail can go to.
    #[error("the recipient is no mail address")]
    Address,
    /// The button leads to no web address.
    #[error("the link is no absolute web address")]
    Link,
    /// The letter has no stored form.
    #[error("the letter cannot be written down")]
    Unwritable,
}

impl Letter {
    /// Checks what would only be noticed when the mail is on its way.
    ///
    /// # Errors
    /// [`LetterError`].
    pub fn check(&self) -> Result<(), LetterError> {
        address(&self.to)?;
        match &self.action {
            Some(action) if !is_link(&action.url) => Err(LetterError::Link),
            _ => Ok(()),
        }
    }
}

/// The one address in `text`, without a name, a list or a line end (WEB-04, WEB-14).
pub(crate) fn address(text: &str) -> Result<Address, LetterError> {
    // RFC 5321 §4.5.3.1.3: a path has at most 256 octets, two of them angle brackets.
    if text.len() > 254 || text.chars().any(|it| it.is_control() || it.is_whitespace()) {
        return Err(LetterError::Address);
    }
    text.parse().map_err(|_| LetterError::Address)
}

fn is_link(url: &str) -> bool {
    let host = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    host.is_some_and(|rest| !rest.is_empty()) && !url.chars().any(|it| it.is_control() || it.is_whitespace())
}

/// One line of a header: no control characters, no line separators, no direction overrides that would make it read
/// as something else; at most 200 characters (WEB-14).
pub(crate) fn one_line(text: &str) -> String {
    let harmless = |it: char| {
        if it.is_control() || matches!(it, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        {
            ' '
        } else {
            it
        }
    };
    let clean: String = text.chars().map(harmless).take(200).collect();
    clean.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Without its content: a letter may carry a secret (OA-26).
impl fmt::Debug for Letter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Letter(…)")
    }
}

/// Without the address it leads to.
impl fmt::Debug for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Action(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn web_14_only_one_plain_address_is_a_recipient() {
        for good in ["alice@example.test", "a.b+c@sub.example.test", "o'neil@example.test", "jürgen@example.test"] {
            assert!(address(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "alice",
            "@example.test",
            "alice@",
            "alice@example.test, eve@evil.test",
            "alice@example.test;eve@evil.test",
            "alice@example.test\r\nBcc: eve@evil.test",
            "alice@example.test\nX: y",
            "Alice <alice@example.test>",
            "<alice@example.test>",
            "alice@exa mple.test",
            "alice@example.test\0",
            "alice@example.test> RCPT TO:<eve@evil.test",
        ] {
            assert_eq!(address(bad), Err(LetterError::Address), "{bad:?}");
        }
        assert!(address(&format!("{}@example.test", "a".repeat(250))).is_err());
    }

    #[test]
    fn web_14_a_header_is_one_line() {
        assert_eq!(one_line("Hello\r\nBcc: eve@evil.test"), "Hello Bcc: eve@evil.test");
        assert_eq!(one_line(" a\u{202e}b\0\u{85}\u{2028}c "), "a b c");
        assert_eq!(one_line("Grüße an Jürgen"), "Grüße an Jürgen");
    }

    #[test]
    fn a_button_leads_to_a_web_address() {
        assert!(is_link("https://id.example.test/verify?x=1") && is_link("http://localhost:8080/"));
        for bad in ["", "https://", "javascript:alert(1)", "/verify", "https://a b", "https://a\n"] {
            assert!(!is_link(bad), "{bad:?}");
        }
    }
}
