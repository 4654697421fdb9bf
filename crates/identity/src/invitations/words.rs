//! What a tenant says in a mail that is ours: told as its own, and nothing of it to click.

use crate::accounts::is_hostile;

/// The longest name that somebody is called by, in characters.
const LONGEST_NAME: usize = 80;

/// A name as a tenant states it, for a line of a mail or a page: no address, no link, nothing that looks like a sender's. What is
/// left may be empty.
pub(crate) fn plain_name(stated: &str) -> String {
    let is_word = |word: &&str| !word.contains('@') && !word.contains("://");
    let words = stated.split_whitespace().filter(is_word).map(|word| {
        let kept = word.chars().filter(|c| !is_hostile(*c) && !"<>()[]{}\"/\\:;".contains(*c));
        spaced(&kept.collect::<String>())
    });
    let words: Vec<String> = words.filter(|word| !word.is_empty()).collect();
    words.join(" ").chars().take(LONGEST_NAME).collect::<String>().trim().to_owned()
}

/// Whether a name that a tenant gives says what it shows, and nothing in it is taken for an address or a link.
pub(crate) fn is_plain(name: &str) -> bool {
    !name.chars().any(|c| is_hostile(c) || "@<>/\\:".contains(c)) && spaced(name) == name
}

/// The inviter's words, each line marked as quoted, and without anything that a mail program makes a link of.
pub(crate) fn quoted(message: &str) -> Vec<String> {
    let lines = message.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.map(|line| format!("> {}", defanged(line))).collect()
}

/// A dot within a word ends it, so that no name is a host's: `J.R.` becomes `J. R.`.
fn spaced(word: &str) -> String {
    at_dots(word, ". ")
}

/// Still to be read, and not to be followed: `https[://]bank[.]example`.
pub(crate) fn defanged(line: &str) -> String {
    at_dots(&line.replace("://", "[://]").replace('@', "[at]"), "[.]")
}

/// Replaces each dot that has a letter right after it and no space before it.
fn at_dots(text: &str, dot: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    let mut before = ' ';
    while let Some(c) = chars.next() {
        let joins = c == '.' && !before.is_whitespace() && chars.peek().is_some_and(|next| next.is_alphanumeric());
        // Numbers stay as they are.
        let number = before.is_ascii_digit() && chars.peek().is_some_and(char::is_ascii_digit);
        if joins && !number {
            out.push_str(dot)
        } else {
            out.push(c)
        }
        before = c;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn web_14_a_name_holds_no_address_and_no_link() {
        for (stated, shown) in [
            ("Ada Lovelace", "Ada Lovelace"),
            ("  Ada\u{202e}  Lovelace ", "Ada Lovelace"),
            ("J.R. Hartley", "J. R. Hartley"),
            ("Dr. Ada O'Neil-Byron", "Dr. Ada O'Neil-Byron"),
            ("Latchkey Security Team <security@latchkey.example>", "Latchkey Security Team"),
            ("See https://evil.example/now", "See"),
            ("evil.example", "evil. example"),
            ("<evil.example/path>", "evil. examplepath"),
            ("mailto:eve", "mailtoeve"),
            ("eve@evil.example", ""),
            ("Ada\r\nBcc: eve@evil.test", "Ada Bcc"),
        ] {
            assert_eq!(plain_name(stated), shown, "{stated:?}");
        }
        assert_eq!(plain_name(&"x".repeat(500)).chars().count(), LONGEST_NAME);
    }

    #[test]
    fn web_14_a_provider_of_a_tenant_is_called_by_a_name_and_not_by_an_address() {
        for plain in ["corp", "Contoso (directory)", "Müller & Söhne", "Login 2.0", "St. Pölten", "Größe, Maß"] {
            assert!(is_plain(plain), "{plain}");
        }
        let urgent = "Latchkey Support: your account is locked, see https://evil.example/x";
        for other in [urgent, "evil.example", "eve@evil", "a/b", "<b>", "Corp\u{202e}proc", "a: b", "a\\b", "a\nb"] {
            assert!(!is_plain(other), "{other}");
        }
    }

    #[test]
    fn web_14_words_are_quoted_and_nothing_in_them_is_a_link() {
        for (said, shown) in [
            ("See you on Monday.", "> See you on Monday."),
            ("At 9.30, for 3.5 hours... fine", "> At 9.30, for 3.5 hours... fine"),
            ("https://evil.example/a.b", "> https[://]evil[.]example/a[.]b"),
            ("www.evil.example", "> www[.]evil[.]example"),
            ("write to eve@evil.example!", "> write to eve[at]evil[.]example!"),
            ("http://10.0.0.1/x", "> http[://]10.0.0.1/x"),
        ] {
            assert_eq!(quoted(said), [shown], "{said:?}");
        }
        assert_eq!(quoted("one\n\n two \n"), ["> one", "> two"]);
        assert!(quoted("").is_empty());
    }
}
