//! The token endpoint's request and answer (RFC 6749 §4.1.3, §4.4.2, §5.1, §6).

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::client::{Client, GrantType};
use crate::error::{ErrorCode, OAuthError};
use crate::params::Params;
use crate::scope::ScopeSet;

/// What is asked for. `Debug` says only which grant (OA-26).
#[derive(Clone, PartialEq, Eq)]
pub enum TokenRequest {
    /// RFC 6749 §4.1.3.
    AuthorizationCode {
        /// The code.
        code: String,
        /// Must be the one of the authorization request, byte for byte.
        redirect_uri: String,
        /// For [`crate::pkce::check_pkce`].
        code_verifier: Option<String>,
    },
    /// RFC 6749 §6.
    RefreshToken {
        /// The refresh token.
        refresh_token: String,
        /// For [`refreshed_scope`].
        scope: Option<ScopeSet>,
    },
    /// RFC 6749 §4.4.2.
    ClientCredentials {
        /// What is asked for; `None`: whatever the client may have.
        scope: Option<ScopeSet>,
    },
}

impl TokenRequest {
    /// Reads a body.
    ///
    /// # Errors
    /// `invalid_request` for what is missing or doubled, `unsupported_grant_type`, `invalid_scope`.
    pub fn parse(params: &Params) -> Result<Self, OAuthError> {
        let grant = required(params, "grant_type")?;
        let grant = GrantType::named(&grant)
            .ok_or_else(|| OAuthError::new(ErrorCode::UnsupportedGrantType, "this grant_type is not supported"))?;
        Ok(match grant {
            GrantType::AuthorizationCode => Self::AuthorizationCode {
                code: required(params, "code")?,
                redirect_uri: required(params, "redirect_uri")?,
                code_verifier: params.one("code_verifier")?.map(str::to_owned),
            },
            GrantType::RefreshToken => {
                Self::RefreshToken { refresh_token: required(params, "refresh_token")?, scope: scope(params)? }
            }
            GrantType::ClientCredentials => Self::ClientCredentials { scope: scope(params)? },
        })
    }

    /// Which grant it brings.
    #[must_use]
    pub const fn grant(&self) -> GrantType {
        match self {
            Self::AuthorizationCode { .. } => GrantType::AuthorizationCode,
            Self::RefreshToken { .. } => GrantType::RefreshToken,
            Self::ClientCredentials { .. } => GrantType::ClientCredentials,
        }
    }

    /// Whether `client` may bring it.
    ///
    /// # Errors
    /// `unauthorized_client` (RFC 6749 §5.2).
    pub fn check_allowed(&self, client: &Client) -> Result<(), OAuthError> {
        if client.may_use(self.grant()) {
            return Ok(());
        }
        Err(OAuthError::new(ErrorCode::UnauthorizedClient, "this client may not use this grant_type"))
    }
}

/// The scopes of a token that a client gets for itself: what it asked for, all of it, or everything that it may have. What
/// speaks of a person (`openid` and the like) is not for a client alone.
///
/// # Errors
/// `invalid_scope` when it asks for one that it may not have, or nothing is left.
pub fn client_credentials_scope(asked: Option<&ScopeSet>, client: &Client) -> Result<ScopeSet, OAuthError> {
    let own: ScopeSet = client.scopes.iter().map(String::as_str).filter(|scope| !of_a_person(scope)).collect();
    let granted = asked.unwrap_or(&own);
    if granted.is_empty() || !granted.iter().all(|scope| own.contains(scope)) {
        return Err(OAuthError::new(ErrorCode::InvalidScope, "this client may not have this scope for itself"));
    }
    Ok(granted.clone())
}

/// The scopes of the tokens that a refresh gives: as many as were granted, or fewer, never more (RFC 6749 §6). What the
/// client has lost the right to ask for meanwhile is left out.
///
/// # Errors
/// `invalid_scope` when it asks for one that was not granted, or nothing is left.
pub fn refreshed_scope(asked: Option<&ScopeSet>, granted: &ScopeSet, client: &Client) -> Result<ScopeSet, OAuthError> {
    let refused = |description| Err(OAuthError::new(ErrorCode::InvalidScope, description));
    let asked = asked.unwrap_or(granted);
    if !asked.iter().all(|scope| granted.contains(scope)) {
        return refused("this scope was not granted");
    }
    let left = asked.only(&client.scopes);
    if left.is_empty() { refused("no scope is left") } else { Ok(left) }
}

fn of_a_person(scope: &str) -> bool {
    use crate::scope::{ALL, API, LEASE, MEMBERS};
    ALL.contains(&scope) && ![MEMBERS, LEASE].contains(&scope) && !API.contains(&scope)
}

fn scope(params: &Params) -> Result<Option<ScopeSet>, OAuthError> {
    params.one("scope")?.map(ScopeSet::parse).transpose()
}

pub(crate) fn required(params: &Params, name: &'static str) -> Result<String, OAuthError> {
    params
        .one(name)?
        .map(str::to_owned)
        .ok_or_else(|| OAuthError::described(ErrorCode::InvalidRequest, format!("{name} is missing")))
}

impl fmt::Debug for TokenRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TokenRequest({})", self.grant().as_str())
    }
}

/// A good answer (RFC 6749 §5.1, OIDC Core §3.1.3.3). To be sent with `Cache-Control: no-store`. `Debug` has no tokens.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenResponse {
    /// The access token.
    pub access_token: String,
    /// Always `Bearer`.
    pub token_type: String,
    /// Its lifetime in seconds.
    pub expires_in: u64,
    /// What was granted.
    pub scope: ScopeSet,
    /// For the authorization code grant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id_token: Option<String>,
    /// Where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<String>,
}

impl TokenResponse {
    /// A bearer token that lasts `expires_in` seconds.
    #[must_use]
    pub fn bearer(access_token: String, expires_in: u64, scope: ScopeSet) -> Self {
        Self { access_token, token_type: "Bearer".to_owned(), expires_in, scope, id_token: None, refresh_token: None }
    }

    /// With an ID token.
    #[must_use]
    pub fn with_id_token(mut self, id_token: String) -> Self {
        self.id_token = Some(id_token);
        self
    }

    /// With a refresh token.
    #[must_use]
    pub fn with_refresh_token(mut self, refresh_token: String) -> Self {
        self.refresh_token = Some(refresh_token);
        self
    }
}

impl fmt::Debug for TokenResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "TokenResponse(scope {:?}, {} s)", self.scope.to_string(), self.expires_in)
    }
}

#[cfg(test)]
#[path = "token_tests.rs"]
mod tests;
