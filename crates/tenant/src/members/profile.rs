use url::Host;

/// How much of a foreign text is kept.
pub(crate) const LONGEST: usize = 200;

/// The place in the order of somebody of whom nothing is stated.
const NAMELESS: &str = "?";

/// What UserInfo states about a person. Foreign text: cut to a sane length and freed of control characters when it
/// is built, escaped where it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// First name.
    pub given_name: String,
    /// Last name.
    pub family_name: String,
    /// Contact address.
    pub email: String,
    /// BCP 47; empty if unknown.
    pub locale: String,
    /// An https (or, in the demo, http) address.
    pub picture: Option<String>,
}

impl Profile {
    /// From claims as they came.
    #[must_use]
    pub fn new(given_name: &str, family_name: &str, email: &str, locale: &str, picture: Option<&str>) -> Self {
        Self {
            given_name: clean(given_name),
            family_name: clean(family_name),
            email: canonical(&clean(email)),
            locale: clean(locale).chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').take(35).collect(),
            picture: picture
                .filter(|address| address.len() <= 2_000)
                .filter(|address| address.starts_with("https://") || address.starts_with("http://"))
                .map(str::to_owned),
        }
    }

    /// The order of lists: last name, first name, lower case; else the address. A provider may state neither: never empty, for that is
    /// the place of those who were erased.
    #[must_use]
    pub fn sort_name(&self) -> String {
        sort_name(&self.given_name, &self.family_name, &self.email)
    }
}

/// The place in the order of somebody of whom that is stored.
pub(super) fn sort_name(given_name: &str, family_name: &str, email: &str) -> String {
    let name = format!("{family_name} {given_name}").trim().to_lowercase();
    let told = [name, email.to_lowercase()].into_iter().find(|told| !told.is_empty());
    told.unwrap_or_else(|| NAMELESS.to_owned())
}

/// The one spelling of an address that is stored, compared and mailed to: its domain as the Domain Name System has it (RFC 5890 §2.3.2.1),
/// which is how the identity server states it. What is no address stays as it is.
pub(crate) fn canonical(address: &str) -> String {
    let parsed = address.rsplit_once('@').map(|(local, domain)| (local, Host::parse(domain)));
    match parsed {
        Some((local, Ok(Host::Domain(domain)))) => format!("{local}@{domain}"),
        _ => address.to_owned(),
    }
}

/// One line of text without control characters or the marks that turn the direction of what follows (WEB-16).
pub(crate) fn clean(text: &str) -> String {
    let line: String = text.chars().filter(is_plain).take(LONGEST).collect();
    line.trim().to_owned()
}

/// The same in full length, for those who say what is too long.
pub(crate) fn one_line(text: &str) -> String {
    let line: String = text.chars().filter(is_plain).collect();
    line.trim().to_owned()
}

fn is_plain(c: &char) -> bool {
    let turns = matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    !c.is_control() && !turns
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_text_is_one_clean_line_of_bounded_length() {
        let profile =
            Profile::new("Mi\r\nna\u{1b}[31m", &"é".repeat(500), " a@b.example ", "de-AT<", Some("javascript:1"));
        assert_eq!(profile.given_name, "Mina[31m");
        assert_eq!(profile.family_name.chars().count(), LONGEST);
        assert_eq!(profile.email, "a@b.example");
        assert_eq!(profile.locale, "de-AT");
        assert_eq!(profile.picture, None);
        assert_eq!(clean("a\u{202e}b"), "ab");
    }

    #[test]
    fn pp_03_an_address_has_one_spelling() {
        let email = |typed: &str| Profile::new("Mina", "Okafor", typed, "de", None).email;
        assert_eq!(email(" mina@Müller.example "), "mina@xn--mller-kva.example");
        assert_eq!(email("Mina@xn--mller-kva.example"), "Mina@xn--mller-kva.example");
        for none in ["", "mina", "mina@", "mina@a b", "mina@127.0.0.1"] {
            assert_eq!(email(none), none);
        }
    }

    #[test]
    fn people_without_names_are_sorted_by_address() {
        assert_eq!(Profile::new("Mina", "Hollis", "m@x.example", "en", None).sort_name(), "hollis mina");
        assert_eq!(Profile::new("", "", "M@x.example", "en", None).sort_name(), "m@x.example");
        assert_eq!(Profile::new(" ", "\u{7}", "", "en", None).sort_name(), NAMELESS, "an empty one is for the erased");
    }
}
