//! What an access token is for (RFC 8707): this issuer's own resources, or the API of the client's tenant. A token is for one
//! of them, and carries the scopes of that one alone: what opens one door is nothing at the other.

use crate::error::{ErrorCode, OAuthError};
use crate::params::Params;
use crate::scope::{API, ScopeSet};

/// The resources that there are for one client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Resources<'a> {
    /// This issuer: UserInfo and the like.
    pub issuer: &'a str,
    /// The API of the client's tenant; none for clients of no tenant.
    pub api: Option<&'a str>,
}

impl<'a> From<&'a str> for Resources<'a> {
    /// The issuer alone.
    fn from(issuer: &'a str) -> Self {
        Self { issuer, api: None }
    }
}

/// What one access token is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// This issuer.
    Issuer,
    /// That API.
    Api(String),
}

impl Target {
    /// The audience of its token.
    #[must_use]
    pub fn audience<'a>(&'a self, issuer: &'a str) -> &'a str {
        match self {
            Self::Issuer => issuer,
            Self::Api(api) => api,
        }
    }

    /// Of these scopes, those that mean something there.
    ///
    /// # Errors
    /// `invalid_scope` when none does.
    pub fn narrow(&self, scopes: &ScopeSet) -> Result<ScopeSet, OAuthError> {
        let of_api = |scope: &&str| API.contains(scope);
        let left: ScopeSet = match self {
            Self::Issuer => scopes.iter().filter(|scope| !of_api(scope)).collect(),
            Self::Api(_) => scopes.iter().filter(of_api).collect(),
        };
        if left.is_empty() {
            return Err(OAuthError::new(ErrorCode::InvalidScope, "no scope of this resource was granted"));
        }
        Ok(left)
    }
}

/// The API, if an authorization request asks for it, whether or not it asks for the issuer too (RFC 8707 §2.1).
///
/// # Errors
/// `invalid_target` for anything else: whoever asks for another audience hears it at once, instead of getting a token that
/// doesn't work there.
pub fn of_authorization_request(params: &Params, resources: Resources<'_>) -> Result<Option<String>, OAuthError> {
    let mut api = None;
    for resource in asked_for(params) {
        if resource == resources.issuer {
            continue;
        }
        api = Some(resources.api.filter(|api| *api == resource).ok_or_else(unknown)?.to_owned());
    }
    Ok(api)
}

/// The one resource that a token request names (RFC 8707 §2.2).
///
/// # Errors
/// `invalid_target` for two: no token is for two.
pub fn of_token_request(params: &Params) -> Result<Option<String>, OAuthError> {
    let mut asked = asked_for(params);
    match (asked.next(), asked.next()) {
        (_, Some(_)) => Err(OAuthError::new(ErrorCode::InvalidTarget, "a token is for one resource")),
        (one, None) => Ok(one.map(str::to_owned)),
    }
}

/// What a token is for: what the token request names, which must be among what was `granted`; else the API, if that was
/// granted.
///
/// # Errors
/// `invalid_target`.
pub fn target(asked: Option<&str>, granted: Option<&str>, issuer: &str) -> Result<Target, OAuthError> {
    match (asked, granted) {
        (Some(asked), _) if asked == issuer => Ok(Target::Issuer),
        (Some(asked), Some(api)) if asked == api => Ok(Target::Api(api.to_owned())),
        (Some(_), _) => Err(unknown()),
        (None, Some(api)) => Ok(Target::Api(api.to_owned())),
        (None, None) => Ok(Target::Issuer),
    }
}

fn asked_for(params: &Params) -> impl Iterator<Item = &str> {
    params.pairs().filter(|(name, value)| *name == "resource" && !value.is_empty()).map(|(_, value)| value)
}

fn unknown() -> OAuthError {
    OAuthError::new(ErrorCode::InvalidTarget, "no tokens are issued for this resource")
}

#[cfg(test)]
mod tests {
    use super::*;

    const ISSUER: &str = "https://id.test";
    const ITS: &str = "https://acme.test/api/v1";

    fn params(query: &str) -> Params {
        Params::parse(query).unwrap()
    }

    #[test]
    fn an_authorization_request_names_the_issuer_the_clients_own_api_or_both() {
        let own = Resources { issuer: ISSUER, api: Some(ITS) };
        for (query, resources, expected) in [
            ("a=b", own, Some(None)),
            ("resource=", own, Some(None)),
            ("resource=https://id.test", own, Some(None)),
            ("resource=https://acme.test/api/v1", own, Some(Some(ITS))),
            ("resource=https://id.test&resource=https://acme.test/api/v1", own, Some(Some(ITS))),
            ("resource=https://acme.test/api/v1", ISSUER.into(), None),
            ("resource=https://acme.test/api/v1/", own, None),
            ("resource=https://other.test/api/v1", own, None),
            ("resource=https://acme.test/api/v1&resource=https://other.test", own, None),
        ] {
            let found = of_authorization_request(&params(query), resources);
            assert_eq!(found.as_ref().ok().map(Option::as_deref), expected, "{query}");
            assert!(found.is_ok() || found.unwrap_err().code() == ErrorCode::InvalidTarget);
        }
    }

    #[test]
    fn a_token_is_for_one_resource_that_was_granted() {
        for (asked, granted, expected) in [
            (None, None, Some(Target::Issuer)),
            (None, Some(ITS), Some(Target::Api(ITS.into()))),
            (Some(ISSUER), Some(ITS), Some(Target::Issuer)),
            (Some(ITS), Some(ITS), Some(Target::Api(ITS.into()))),
            (Some(ITS), None, None),
            (Some("https://other.test/api/v1"), Some(ITS), None),
        ] {
            assert_eq!(target(asked, granted, ISSUER).ok(), expected, "{asked:?} of {granted:?}");
        }
        assert_eq!(of_token_request(&params("resource=a&resource=b")).unwrap_err().code(), ErrorCode::InvalidTarget);
        assert_eq!(of_token_request(&params("resource=a&resource=")).unwrap().as_deref(), Some("a"));
    }

    #[test]
    fn tn_03_each_resource_gets_its_own_scopes_alone() {
        let all = ScopeSet::parse("openid profile members:read audit:read").unwrap();
        let api = Target::Api(ITS.into());
        assert_eq!(api.narrow(&all).unwrap().to_string(), "audit:read members:read");
        assert_eq!(Target::Issuer.narrow(&all).unwrap().to_string(), "openid profile");
        let none = api.narrow(&ScopeSet::parse("openid").unwrap());
        assert_eq!(none.unwrap_err().code(), ErrorCode::InvalidScope);
    }
}
