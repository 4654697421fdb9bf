//! Scopes: what an application may ask for.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::error::{ErrorCode, OAuthError};

/// Makes an OAuth request an OpenID Connect one (OIDC Core §3.1.2.1).
pub const OPENID: &str = "openid";
/// Names, picture, language and the like (OIDC Core §5.4).
pub const PROFILE: &str = "profile";
/// `email`, `email_verified`.
pub const EMAIL: &str = "email";
/// `address`.
pub const ADDRESS: &str = "address";
/// `phone_number`, `phone_number_verified`.
pub const PHONE: &str = "phone";
/// A refresh token (OIDC Core §11).
pub const OFFLINE_ACCESS: &str = "offline_access";
/// Ours: `tenant`, `roles`, `groups` of one tenant.
pub const MEMBERSHIP: &str = "membership";
/// Ours: deliver member snapshots; for tenant instances, by `client_credentials`.
pub const MEMBERS: &str = "members";
/// Ours: renew the lease of its tenants; for tenant servers, by `client_credentials`.
pub const LEASE: &str = "lease";

/// At a tenant's API: see its members and roles.
pub const MEMBERS_READ: &str = "members:read";
/// At a tenant's API: invite, approve, lock, delete … members.
pub const MEMBERS_WRITE: &str = "members:write";
/// At a tenant's API: give and take roles.
pub const ROLES_WRITE: &str = "roles:write";
/// At a tenant's API: set up the tenant's own providers.
pub const PROVIDERS_WRITE: &str = "providers:write";
/// At a tenant's API: publish its terms, change its profile fields.
pub const SETTINGS_WRITE: &str = "settings:write";
/// At a tenant's API: see what is done to many members at once.
pub const JOBS_READ: &str = "jobs:read";
/// At a tenant's API: read the audit log.
pub const AUDIT_READ: &str = "audit:read";

/// The scopes of a tenant's API ([`crate::resource`]). They open what the person, or the service account, may do there
/// anyway, and no more.
pub const API: &[&str] =
    &[MEMBERS_READ, MEMBERS_WRITE, ROLES_WRITE, PROVIDERS_WRITE, SETTINGS_WRITE, JOBS_READ, AUDIT_READ];

/// Every scope that this server knows.
pub const ALL: &[&str] = &[
    OPENID,
    PROFILE,
    EMAIL,
    ADDRESS,
    PHONE,
    OFFLINE_ACCESS,
    MEMBERSHIP,
    MEMBERS,
    LEASE,
    MEMBERS_READ,
    MEMBERS_WRITE,
    ROLES_WRITE,
    PROVIDERS_WRITE,
    SETTINGS_WRITE,
    JOBS_READ,
    AUDIT_READ,
];

/// A set of scopes; on the wire and in JSON one string, separated by spaces (RFC 6749 §3.3).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ScopeSet(BTreeSet<String>);

impl ScopeSet {
    /// Reads a `scope` parameter.
    ///
    /// # Errors
    /// `invalid_scope` when a character is not one of RFC 6749 §3.3.
    pub fn parse(text: &str) -> Result<Self, OAuthError> {
        let fine = |c: char| matches!(c, '!'..='~') && c != '"' && c != '\\';
        if !text.split(' ').all(|scope| scope.chars().all(fine)) {
            return Err(OAuthError::new(ErrorCode::InvalidScope, "scope has characters that it may not have"));
        }
        Ok(text.split(' ').filter(|scope| !scope.is_empty()).collect())
    }

    /// Whether `scope` is in it.
    #[must_use]
    pub fn contains(&self, scope: &str) -> bool {
        self.0.contains(scope)
    }

    /// Those that are also among `allowed`.
    #[must_use]
    pub fn only(&self, allowed: &[String]) -> Self {
        self.iter().filter(|scope| allowed.iter().any(|one| one == scope)).collect()
    }

    /// All but this one.
    #[must_use]
    pub fn without(&self, scope: &str) -> Self {
        self.iter().filter(|one| *one != scope).collect()
    }

    /// Each one, in alphabetical order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<'a> FromIterator<&'a str> for ScopeSet {
    fn from_iter<I: IntoIterator<Item = &'a str>>(scopes: I) -> Self {
        Self(scopes.into_iter().map(str::to_owned).collect())
    }
}

impl fmt::Display for ScopeSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, scope) in self.iter().enumerate() {
            if index > 0 {
                f.write_str(" ")?;
            }
            f.write_str(scope)?;
        }
        Ok(())
    }
}

impl TryFrom<String> for ScopeSet {
    type Error = OAuthError;

    fn try_from(text: String) -> Result<Self, OAuthError> {
        Self::parse(&text)
    }
}

impl From<ScopeSet> for String {
    fn from(scopes: ScopeSet) -> Self {
        scopes.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_is_read_in_any_order_and_written_in_one() {
        let scopes = ScopeSet::parse("profile  openid email openid").unwrap();
        assert_eq!(scopes.to_string(), "email openid profile");
        assert_eq!(serde_json::to_string(&scopes).unwrap(), r#""email openid profile""#);
        assert_eq!(serde_json::from_str::<ScopeSet>(r#""openid profile email""#).unwrap(), scopes);
        assert_eq!(scopes.only(&["openid".into(), "phone".into()]).to_string(), "openid");
        assert_eq!(scopes.without("openid").to_string(), "email profile");
        assert!(ScopeSet::default().is_empty());
    }

    #[test]
    fn characters_outside_the_grammar_are_refused() {
        for bad in ["open\"id", "a\\b", "a\tb", "ä", "a\nb"] {
            assert_eq!(ScopeSet::parse(bad).unwrap_err().code(), ErrorCode::InvalidScope, "{bad:?}");
        }
        assert!(ScopeSet::parse("urn:x:y https://api.test/read!").is_ok());
    }
}
