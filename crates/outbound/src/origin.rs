use std::fmt;

use url::{Host, Url};

/// Scheme, host and port, exactly (RFC 6454 §4). Written `https://host:port`; the scheme's own port may be left out.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Origin {
    scheme: String,
    host: Host<String>,
    port: u16,
}

impl Origin {
    /// The origin of an `http` or `https` address; `None` for anything else.
    #[must_use]
    pub fn of(url: &Url) -> Option<Self> {
        if !matches!(url.scheme(), "http" | "https") {
            return None;
        }
        Some(Self { scheme: url.scheme().to_owned(), host: url.host()?.to_owned(), port: url.port_or_known_default()? })
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}:{}", self.scheme, self.host, self.port)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin(text: &str) -> Option<Origin> {
        Origin::of(&Url::parse(text).unwrap())
    }

    #[test]
    fn scheme_host_and_port_all_count() {
        let one = origin("https://Idp.Test/a?b");
        assert!(one.is_some());
        assert_eq!(one, origin("https://idp.test:443/c"));
        assert_ne!(one, origin("http://idp.test/"));
        assert_ne!(one, origin("https://idp.test:8443/"));
        assert_ne!(one, origin("https://idp.test.evil.test/"));
        assert_eq!(origin("http://2130706433/"), origin("http://127.0.0.1:80/"));
        assert_eq!(origin("file:///etc/passwd"), None);
    }
}
