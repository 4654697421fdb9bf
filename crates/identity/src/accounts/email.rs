use std::fmt;

use url::Host;

/// Longest address that SMTP carries (RFC 5321 §4.5.3.1.3, less the angle brackets).
const LONGEST: usize = 254;

/// One e-mail address: as typed, and as it is compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmailAddress {
    typed: String,
    key: String,
}

impl EmailAddress {
    /// Reads one address. Lists, display names, quotes, comments and control characters are refused: whoever takes
    /// "a@x,b@y" for one address mails a secret to the wrong person (WEB-04).
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (local, domain) = text.trim().split_once('@')?;
        // ASCII alone: `K` (U+212A) lower-cases to `k`, and who has the one mailbox is not who has the other.
        let local_ok = !local.is_empty()
            && local.len() <= 64
            && !local.starts_with('.')
            && !local.ends_with('.')
            && !local.contains("..")
            && local.chars().all(|c| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c));
        // A domain has one spelling, whatever was typed (UTS 46).
        let Host::Domain(domain) = Host::parse(domain).ok()? else { return None };
        let domain_ok = domain.split('.').all(|label| {
            (1..=63).contains(&label.len())
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
        });
        let typed = format!("{local}@{domain}");
        (local_ok && domain_ok && typed.len() <= LONGEST).then(|| Self { key: typed.to_ascii_lowercase(), typed })
    }

    /// As typed, the domain in its one ASCII spelling.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.typed
    }

    /// The canonical form: two spellings of one address have the same key. It alone is compared and counted.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    /// Its domain, in lower-case ASCII.
    #[must_use]
    pub fn domain(&self) -> &str {
        self.key.split_once('@').map_or("", |(_, domain)| domain)
    }

    /// The mailbox that it most likely reaches: without the tag behind `+`. For counting mails alone (WEB-25), never for
    /// telling who somebody is.
    #[must_use]
    pub fn mailbox(&self) -> String {
        let (local, domain) = self.key.split_once('@').unwrap_or((&self.key, ""));
        format!("{}@{domain}", local.split('+').next().unwrap_or(local))
    }
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.typed)
    }
}

#[cfg(test)]
mod tests {
    use super::EmailAddress;

    #[test]
    fn one_address_is_read_and_anything_else_is_refused() {
        for good in ["a@b.example", " Mina.Hollis+x@Hollis.Studio ", "joerg@müller.example", "a@localhost"] {
            assert!(EmailAddress::parse(good).is_some(), "{good}");
        }
        let long = format!("{}@b.example", "a".repeat(65));
        for bad in [
            "",
            "a",
            "@b",
            "a@",
            "a@@b",
            "a@b,c@d",
            "a b@c",
            "<a@b>",
            "a@b\r\nBcc: c@d",
            "\"a\"@b",
            "a@.b",
            "a@-b.c",
            ".a@b",
            &long,
        ] {
            assert!(EmailAddress::parse(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn spellings_share_a_key() {
        let wide = EmailAddress::parse("mina@\u{ff48}ollis.studio").unwrap();
        assert_eq!((wide.as_str(), wide.key()), ("mina@hollis.studio", "mina@hollis.studio"));
        assert!(EmailAddress::parse(&format!("a@{}.example", "y".repeat(64))).is_none());
        let key = |text| EmailAddress::parse(text).unwrap().key().to_owned();
        assert_eq!(EmailAddress::parse("Mina+7@Hollis.Studio").unwrap().mailbox(), "mina@hollis.studio");
        assert_eq!(key("Mina@Hollis.Studio"), key(" mina@hollis.studio"));
    }
}
