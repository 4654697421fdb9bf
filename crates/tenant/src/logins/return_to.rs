/// Where a person goes after signing in: a path of this tenant, never another origin (OA-06).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReturnTo(String);

impl ReturnTo {
    /// Takes a path (with query) of our own; anything else becomes the home page.
    ///
    /// `//host` and `/\host` are other origins to browsers, control characters are dropped by them, and the pages of the login
    /// itself would go round in circles.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let plain = text.len() <= 512 && text.chars().all(|c| c.is_ascii_graphic() && c != '\\' && c != '#');
        let local = text.starts_with('/') && !text.starts_with("//");
        let useful = !["/auth/", "/logout", "/signed-out", "/closed/"].iter().any(|prefix| text.starts_with(prefix));
        if plain && local && useful { Self(text.to_owned()) } else { Self::home() }
    }

    /// The home page.
    #[must_use]
    pub fn home() -> Self {
        Self("/".to_owned())
    }

    /// The path.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn oa_06_only_paths_of_our_own_are_returned_to() {
        for path in ["/", "/members", "/members?after=a~b", "/requests/0190"] {
            assert_eq!(ReturnTo::parse(path).as_str(), path);
        }
        for elsewhere in [
            "",
            "members",
            "//evil.test",
            "/\\evil.test",
            "\\\\evil.test",
            "https://evil.test",
            "javascript:alert(1)",
            "/\t/evil.test",
            "/ü",
            "/a b",
            "/auth/login",
            "/auth/callback?code=1",
            "/logout",
            "/signed-out",
            "/closed/locked",
            "/#x",
        ] {
            assert_eq!(ReturnTo::parse(elsewhere), ReturnTo::home(), "{elsewhere:?}");
        }
        assert_eq!(ReturnTo::parse(&format!("/{}", "x".repeat(600))), ReturnTo::home());
    }
}
