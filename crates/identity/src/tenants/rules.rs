use url::Url;

/// The icons that a tenant can have as its logo; all stand in the pages' sprite (a test looks).
pub const ICONS: &[&str] = &[
    "library",
    "camera",
    "aperture",
    "sunrise",
    "armchair",
    "building-2",
    "car",
    "factory",
    "globe",
    "leaf",
    "package",
    "palette",
    "radio-tower",
    "school",
    "sparkles",
    "ticket",
];

/// What is wrong with what was entered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wrong {
    /// The short name: 2 to 40 lower-case letters, digits and single hyphens, a letter first.
    Slug,
    /// A tenant or an application has (or had) this short name.
    SlugTaken,
    /// The name: 1 to 80 characters on one line.
    Name,
    /// The address: an https origin, or http on this machine.
    BaseUrl,
    /// Another tenant lives there.
    BaseUrlTaken,
    /// No such blueprint.
    Blueprint,
    /// Not one e-mail address.
    Email,
    /// No such icon.
    Icon,
    /// Not six hexadecimal digits.
    Accent,
    /// No web address.
    TermsUrl,
    /// No web address.
    PrivacyUrl,
}

pub(super) fn slug(text: &str) -> Result<&str, Wrong> {
    // `/admin/tenants/new` is a page, and a tenant server's own file is called `control`.
    let fine = (2..=40).contains(&text.len())
        && !matches!(text, "new" | "control")
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && !text.ends_with('-')
        && !text.contains("--")
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    if fine { Ok(text) } else { Err(Wrong::Slug) }
}

pub(crate) fn name(text: &str) -> Result<&str, Wrong> {
    let text = text.trim();
    let fine = (1..=80).contains(&text.chars().count()) && !text.chars().any(char::is_control);
    if fine { Ok(text) } else { Err(Wrong::Name) }
}

/// An origin in its one spelling, without a slash at the end. What may be a redirect URI there may be an address.
pub(super) fn base_url(text: &str) -> Result<String, Wrong> {
    let url = Url::parse(text.trim()).map_err(|_| Wrong::BaseUrl)?;
    let origin = url.origin().ascii_serialization();
    let plain = url.path() == "/" && url.query().is_none() && url.fragment().is_none() && url.username().is_empty();
    let redirect = oidc::redirect_uri::acceptable_for_registration(&format!("{origin}/auth/callback"), false);
    if plain && url.password().is_none() && redirect.is_ok() { Ok(origin) } else { Err(Wrong::BaseUrl) }
}

/// Nothing, or a web address that a footer may link to.
pub(super) fn web_address(text: &str, wrong: Wrong) -> Result<Option<String>, Wrong> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "https" | "http") && url.host().is_some());
    match url {
        Some(url) if text.len() <= 500 && url.username().is_empty() && url.password().is_none() => {
            Ok(Some(url.to_string()))
        }
        _ => Err(wrong),
    }
}

/// Nothing, or `rrggbb`.
pub(super) fn accent(text: &str) -> Result<Option<String>, Wrong> {
    let hex = text.trim().trim_start_matches('#').to_ascii_lowercase();
    match hex.len() {
        0 => Ok(None),
        6 if hex.bytes().all(|b| b.is_ascii_hexdigit()) => Ok(Some(hex)),
        _ => Err(Wrong::Accent),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_names_are_plain() {
        for good in ["acme", "ab", "grid-operations-2"] {
            assert_eq!(slug(good), Ok(good));
        }
        for bad in [
            "",
            "a",
            "Acme",
            "2acme",
            "acme-",
            "ac--me",
            "ac_me",
            "ac/me",
            "äcme",
            "..",
            "new",
            "control",
            &"a".repeat(41),
        ] {
            assert_eq!(slug(bad), Err(Wrong::Slug), "{bad}");
        }
    }

    #[test]
    fn an_address_is_an_origin() {
        for (typed, kept) in [
            ("https://Library.Example/", "https://library.example"),
            ("https://a.example:8443", "https://a.example:8443"),
            (" http://127.0.0.2:8401 ", "http://127.0.0.2:8401"),
        ] {
            assert_eq!(base_url(typed).as_deref(), Ok(kept));
        }
        for bad in [
            "",
            "library.example",
            "http://library.example",
            "https://a.example/x",
            "https://a.example/?q",
            "https://a.example/#f",
            "https://u@a.example",
            "ftp://a.example",
            "javascript:alert(1)",
        ] {
            assert_eq!(base_url(bad), Err(Wrong::BaseUrl), "{bad}");
        }
    }

    #[test]
    fn footers_link_to_web_addresses_alone() {
        assert_eq!(web_address(" ", Wrong::TermsUrl), Ok(None));
        assert_eq!(web_address("https://a.example/t", Wrong::TermsUrl), Ok(Some("https://a.example/t".into())));
        for bad in ["javascript:alert(1)", "data:text/html,x", "//a.example", "https://u:p@a.example/", "terms"] {
            assert_eq!(web_address(bad, Wrong::TermsUrl), Err(Wrong::TermsUrl), "{bad}");
        }
        assert_eq!(accent("#3451C6"), Ok(Some("3451c6".into())));
        assert_eq!(accent("red"), Err(Wrong::Accent));
    }
}
