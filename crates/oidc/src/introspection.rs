//! A token that its client asks about or wants to be rid of: introspection (RFC 7662) and revocation (RFC 7009).

use std::fmt;

use serde::Serialize;

use crate::error::OAuthError;
use crate::params::Params;
use crate::scope::ScopeSet;
use crate::token::required;

/// The request of both endpoints. `token_type_hint` is not looked at: a token shows what it is, and a wrong hint must not
/// hide it (RFC 7009 §2.1, RFC 7662 §2.1). `Debug` does not say it (OA-26).
#[derive(Clone, PartialEq, Eq)]
pub struct PresentedToken {
    /// The token.
    pub token: String,
}

impl PresentedToken {
    /// Reads a body.
    ///
    /// # Errors
    /// `invalid_request` for what is missing or doubled.
    pub fn parse(params: &Params) -> Result<Self, OAuthError> {
        params.one("token_type_hint")?;
        Ok(Self { token: required(params, "token")? })
    }
}

impl fmt::Debug for PresentedToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PresentedToken(…)")
    }
}

/// What introspection says (RFC 7662 §2.2). Of a token that opens nothing it says that, and no more.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[expect(missing_docs, reason = "the names are those of RFC 7662 §2.2")]
pub struct Introspection {
    pub active: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<ScopeSet>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_type: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exp: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub iat: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sub: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aud: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub iss: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jti: Option<String>,
}

impl Introspection {
    /// Used up, revoked, expired, forged, somebody else's: all the same.
    #[must_use]
    pub fn inactive() -> Self {
        Self::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorCode;

    fn parse(body: &str) -> Result<PresentedToken, OAuthError> {
        PresentedToken::parse(&Params::parse(body).unwrap())
    }

    #[test]
    fn a_token_is_read_whatever_the_hint_says() {
        for body in ["token=t", "token=t&token_type_hint=refresh_token", "token=t&token_type_hint=unknown"] {
            assert_eq!(parse(body).unwrap().token, "t");
        }
        for body in ["", "token=", "token=t&token=t", "token=t&token_type_hint=a&token_type_hint=b"] {
            assert_eq!(parse(body).unwrap_err().code(), ErrorCode::InvalidRequest, "{body}");
        }
        assert_eq!(format!("{:?}", parse("token=hunter2").unwrap()), "PresentedToken(…)");
    }

    #[test]
    fn of_a_token_that_opens_nothing_nothing_is_said() {
        assert_eq!(serde_json::to_string(&Introspection::inactive()).unwrap(), r#"{"active":false}"#);
    }
}
