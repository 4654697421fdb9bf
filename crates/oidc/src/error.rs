//! What a client hears when it is refused: a registered code, a public sentence, and for the log alone the detail.

use std::borrow::Cow;
use std::fmt;

use serde_json::{Value, json};

use crate::params::{Repeated, Unreadable};

/// Longer public sentences are cut.
const LONGEST: usize = 200;

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident = $text:literal, $status:literal;)+) => {
        /// A registered error code (IANA "OAuth Extensions Error Registry", OIDC Core §3.1.2.6).
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum ErrorCode { $($(#[$doc])* $variant,)+ }

        impl ErrorCode {
            /// Every one.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            const fn row(self) -> (&'static str, u16) {
                match self { $(Self::$variant => ($text, $status)),+ }
            }
        }
    };
}

// The one table: name on the wire, and HTTP status where the error is an answer of its own (token endpoint: RFC 6749
// §5.2; UserInfo: RFC 6750 §3.1). At the authorization endpoint errors are redirects or pages instead.
codes! {
    /// RFC 6749 §4.1.2.1, §5.2.
    InvalidRequest = "invalid_request", 400;
    /// RFC 6749 §5.2: unknown client, no or failed authentication.
    InvalidClient = "invalid_client", 401;
    /// RFC 6749 §5.2: code or refresh token unknown, expired, used, of another client.
    InvalidGrant = "invalid_grant", 400;
    /// RFC 6749 §4.1.2.1, §5.2: this client may not do this.
    UnauthorizedClient = "unauthorized_client", 400;
    /// RFC 6749 §5.2.
    UnsupportedGrantType = "unsupported_grant_type", 400;
    /// RFC 7009 §2.2.1: tokens of this kind cannot be revoked.
    UnsupportedTokenType = "unsupported_token_type", 400;
    /// RFC 6749 §4.1.2.1, §5.2.
    InvalidScope = "invalid_scope", 400;
    /// RFC 6749 §4.1.2.1: the person or a policy said no.
    AccessDenied = "access_denied", 400;
    /// RFC 6749 §4.1.2.1.
    UnsupportedResponseType = "unsupported_response_type", 400;
    /// Not registered, but what providers answer to a response mode that they lack.
    UnsupportedResponseMode = "unsupported_response_mode", 400;
    /// RFC 6749 §4.1.2.1.
    ServerError = "server_error", 500;
    /// RFC 6749 §4.1.2.1.
    TemporarilyUnavailable = "temporarily_unavailable", 503;
    /// OIDC Core §3.1.2.6: `prompt=none`, and some page would have to be shown.
    InteractionRequired = "interaction_required", 400;
    /// OIDC Core §3.1.2.6: `prompt=none`, and nobody is signed in.
    LoginRequired = "login_required", 400;
    /// OIDC Core §3.1.2.6: `prompt=none`, and an account would have to be chosen.
    AccountSelectionRequired = "account_selection_required", 400;
    /// OIDC Core §3.1.2.6: `prompt=none`, and consent is missing.
    ConsentRequired = "consent_required", 400;
    /// OpenID Connect Core Error Code unmet_authentication_requirements 1.0: an essential `acr` cannot be met.
    UnmetAuthenticationRequirements = "unmet_authentication_requirements", 400;
    /// OIDC Core §3.1.2.6.
    InvalidRequestUri = "invalid_request_uri", 400;
    /// OIDC Core §3.1.2.6.
    InvalidRequestObject = "invalid_request_object", 400;
    /// OIDC Core §3.1.2.6.
    RequestNotSupported = "request_not_supported", 400;
    /// OIDC Core §3.1.2.6.
    RequestUriNotSupported = "request_uri_not_supported", 400;
    /// OIDC Core §3.1.2.6.
    RegistrationNotSupported = "registration_not_supported", 400;
    /// RFC 8707 §2.
    InvalidTarget = "invalid_target", 400;
    /// RFC 6750 §3.1.
    InvalidToken = "invalid_token", 401;
    /// RFC 6750 §3.1.
    InsufficientScope = "insufficient_scope", 403;
    /// RFC 7591 §3.2.2.
    InvalidRedirectUri = "invalid_redirect_uri", 400;
    /// RFC 7591 §3.2.2.
    InvalidClientMetadata = "invalid_client_metadata", 400;
}

impl ErrorCode {
    /// Its name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.row().0
    }

    /// The HTTP status where it is an answer of its own.
    #[must_use]
    pub const fn status(self) -> u16 {
        self.row().1
    }
}

/// A refusal. The description is public and printable ASCII, whatever it was made from; the detail never leaves the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OAuthError {
    code: ErrorCode,
    description: Cow<'static, str>,
    detail: String,
}

impl OAuthError {
    /// A refusal whose public sentence is fixed.
    #[must_use]
    pub fn new(code: ErrorCode, description: &'static str) -> Self {
        Self { code, description: printable(Cow::Borrowed(description)), detail: String::new() }
    }

    /// A refusal whose public sentence has something of the request in it; it is made printable.
    #[must_use]
    pub fn described(code: ErrorCode, description: String) -> Self {
        Self { code, description: printable(Cow::Owned(description)), detail: String::new() }
    }

    /// With what only the log may say. Never a token, code or secret (OA-26).
    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = detail.into();
        self
    }

    /// The registered code.
    #[must_use]
    pub const fn code(&self) -> ErrorCode {
        self.code
    }

    /// `error_description`.
    #[must_use]
    pub fn description(&self) -> &str {
        &self.description
    }

    /// For the log; empty when there is no more to say.
    #[must_use]
    pub fn detail(&self) -> &str {
        &self.detail
    }

    /// The HTTP status at the token endpoint and its like.
    #[must_use]
    pub const fn status(&self) -> u16 {
        self.code.status()
    }

    /// The JSON body at the token endpoint and its like (RFC 6749 §5.2).
    #[must_use]
    pub fn body(&self) -> Value {
        json!({ "error": self.code.as_str(), "error_description": self.description() })
    }
}

impl fmt::Display for OAuthError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code.as_str(), self.description)?;
        if self.detail.is_empty() { Ok(()) } else { write!(f, " ({})", self.detail) }
    }
}

impl std::error::Error for OAuthError {}

impl From<Repeated> for OAuthError {
    fn from(repeated: Repeated) -> Self {
        Self::described(ErrorCode::InvalidRequest, repeated.to_string())
    }
}

impl From<Unreadable> for OAuthError {
    fn from(unreadable: Unreadable) -> Self {
        Self::described(ErrorCode::InvalidRequest, unreadable.to_string())
    }
}

/// `error_description` may have only %x20-21 / %x23-5B / %x5D-7E (RFC 6749 §5.2): a CR LF in it would write headers, a
/// quote would end the parameter of a `WWW-Authenticate` header.
fn printable(text: Cow<'static, str>) -> Cow<'static, str> {
    let fine = |c: char| matches!(c, ' '..='~') && c != '"' && c != '\\';
    if text.len() <= LONGEST && text.chars().all(fine) {
        return text;
    }
    Cow::Owned(text.chars().take(LONGEST).map(|c| if fine(c) { c } else { '?' }).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_statuses_are_those_of_the_rfcs() {
        let mut names: Vec<_> = ErrorCode::ALL.iter().map(|code| code.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), ErrorCode::ALL.len());
        for (code, status) in [
            (ErrorCode::InvalidClient, 401),
            (ErrorCode::InvalidGrant, 400),
            (ErrorCode::InvalidToken, 401),
            (ErrorCode::InsufficientScope, 403),
            (ErrorCode::ServerError, 500),
        ] {
            assert_eq!(code.status(), status);
        }
    }

    #[test]
    fn oa_26_the_public_sentence_is_printable_ascii_and_has_no_detail_in_it() {
        let error = OAuthError::described(ErrorCode::InvalidScope, "scope \"x\\y\"\r\nSet-Cookie: a=ü\t".into())
            .with_detail("row 7");
        assert_eq!(error.description(), "scope ?x?y???Set-Cookie: a=??");
        assert_eq!(error.body()["error_description"], error.description());
        assert!(!error.body().to_string().contains("row 7"));
        assert!(error.to_string().ends_with("(row 7)"));
        assert_eq!(OAuthError::described(ErrorCode::InvalidScope, "ü".repeat(500)).description().len(), LONGEST);
        assert_eq!(OAuthError::new(ErrorCode::InvalidScope, "plain enough").description(), "plain enough");
    }
}
