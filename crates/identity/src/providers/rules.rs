use url::Host;

/// Most domains that one provider is trusted for.
const MOST_DOMAINS: usize = 50;

/// What is wrong with a provider as it was entered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unfit {
    /// 1 to 80 characters on one line.
    Name,
    /// Something in it is taken for an address or a link, or turns what stands around it: a tenant's provider is named in our mails.
    NameNotPlain,
    /// Small letters, digits and hyphens, 2 to 40 of them.
    Key,
    /// Another provider has it, or had it.
    KeyTaken,
    /// This is no domain.
    Domain(String),
    /// Another provider of the same owner is trusted for it.
    DomainTaken(String),
    /// More than fifty.
    TooManyDomains,
    /// The owner has as many as it may, those that it has removed within a day included.
    TooMany,
    /// Another issuer gets no secret that was typed for the one before.
    SecretForIssuer,
    /// Somebody comes by the issuer that it has.
    IssuerInUse,
}

/// What a provider may be called in addresses and policies. The part behind the owner.
#[must_use]
pub fn is_key(key: &str) -> bool {
    (2..=40).contains(&key.len())
        && key.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
        && !key.starts_with('-')
        && !key.ends_with('-')
        // The word of our own sign-in.
        && key != crate::sessions::PLATFORM_PROVIDER
}

/// A domain in its one spelling (UTS 46), as the domains of addresses are compared.
#[must_use]
pub fn read_domain(text: &str) -> Option<String> {
    let text = text.trim().trim_start_matches('@');
    let Ok(Host::Domain(domain)) = Host::parse(text) else { return None };
    let fine = domain.contains('.')
        && !domain.ends_with('.')
        && domain.split('.').all(|label| {
            (1..=63).contains(&label.len()) && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        });
    fine.then_some(domain)
}

/// Each once, in order.
pub(super) fn domains(typed: &[String]) -> Result<Vec<String>, Unfit> {
    let mut domains = Vec::new();
    for text in typed {
        let domain = read_domain(text).ok_or_else(|| Unfit::Domain(text.clone()))?;
        if !domains.contains(&domain) {
            domains.push(domain);
        }
    }
    if domains.len() > MOST_DOMAINS { Err(Unfit::TooManyDomains) } else { Ok(domains) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_and_domains() {
        for good in ["contoso", "c2", "my-idp"] {
            assert!(is_key(good), "{good}");
        }
        for bad in ["", "c", "platform", "Contoso", "a.b", "-a", "a-", "a b", &"a".repeat(41)] {
            assert!(!is_key(bad), "{bad}");
        }
        assert_eq!(read_domain(" @Müller.Example ").as_deref(), Some("xn--mller-kva.example"));
        for bad in ["", "localhost", "a b.example", "127.0.0.1", "example.", "a_b.example"] {
            assert_eq!(read_domain(bad), None, "{bad}");
        }
        let twice = ["a.example".to_owned(), "A.example".to_owned()];
        assert_eq!(domains(&twice), Ok(vec!["a.example".to_owned()]));
        assert_eq!(domains(&["?".to_owned()]), Err(Unfit::Domain("?".to_owned())));
    }
}
