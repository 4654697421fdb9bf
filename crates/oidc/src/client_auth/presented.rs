use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

use crate::client::{AuthMethod, Client};
use crate::error::{ErrorCode, OAuthError};
use crate::params::{Params, decode};
use crate::peek;

/// RFC 7523 §2.2.
const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// What a client showed to prove itself. `Debug` has no secrets in it (OA-26).
#[derive(Clone, PartialEq, Eq)]
pub enum Presented {
    /// `Authorization: Basic`.
    Basic {
        /// The client id.
        id: String,
        /// The secret.
        secret: String,
    },
    /// `client_id` and `client_secret` in the body.
    Post {
        /// The client id.
        id: String,
        /// The secret.
        secret: String,
    },
    /// A signed assertion, not verified yet.
    Assertion {
        /// The client id that it claims.
        client_id: String,
        /// The assertion.
        jwt: String,
    },
    /// `client_id` alone: a public client.
    Nothing {
        /// The client id.
        id: String,
    },
}

impl Presented {
    /// Reads the `Authorization` header's value, if there is one, and the body's parameters.
    ///
    /// # Errors
    /// `invalid_request` for two ways at once or two client ids (RFC 6749 §2.3: which of the two would be believed?
    /// OA-02), `invalid_client` for none or an unreadable one.
    pub fn read(authorization: Option<&str>, params: &Params) -> Result<Self, OAuthError> {
        let id = params.one("client_id")?;
        let secret = params.one("client_secret")?;
        let assertion = assertion(params)?;
        let presented = match (authorization, secret, assertion) {
            (Some(header), None, None) => basic(header)?,
            (None, Some(secret), None) => {
                let id = id.ok_or_else(|| unknown("client_secret came without client_id"))?;
                Self::Post { id: id.to_owned(), secret: secret.to_owned() }
            }
            (None, None, Some(assertion)) => assertion,
            (None, None, None) => {
                let id = id.ok_or_else(|| unknown("nothing was presented"))?;
                Self::Nothing { id: id.to_owned() }
            }
            _ => return Err(OAuthError::new(ErrorCode::InvalidRequest, "more than one way of client authentication")),
        };
        match id {
            Some(id) if id != presented.client_id() => {
                Err(OAuthError::new(ErrorCode::InvalidRequest, "more than one client id"))
            }
            _ => Ok(presented),
        }
    }

    /// Who it claims to be.
    #[must_use]
    pub fn client_id(&self) -> &str {
        match self {
            Self::Basic { id, .. } | Self::Post { id, .. } | Self::Nothing { id } => id,
            Self::Assertion { client_id, .. } => client_id,
        }
    }

    /// The way it chose.
    #[must_use]
    pub const fn method(&self) -> AuthMethod {
        match self {
            Self::Basic { .. } => AuthMethod::ClientSecretBasic,
            Self::Post { .. } => AuthMethod::ClientSecretPost,
            Self::Assertion { .. } => AuthMethod::PrivateKeyJwt,
            Self::Nothing { .. } => AuthMethod::None,
        }
    }

    /// Whether this is the client and the way that it registered. Says nothing of the secret.
    ///
    /// # Errors
    /// `invalid_client`.
    pub fn check_method(&self, client: &Client) -> Result<(), OAuthError> {
        if self.client_id() != client.client_id {
            return Err(unknown("another client was looked up"));
        }
        if self.method() == client.auth_method {
            return Ok(());
        }
        let (registered, used) = (client.auth_method.as_str(), self.method().as_str());
        Err(unknown(&format!("registered for {registered}, used {used}")))
    }
}

/// Every failed authentication looks the same from outside; the log knows more.
pub(super) fn unknown(detail: &str) -> OAuthError {
    OAuthError::new(ErrorCode::InvalidClient, "client authentication failed").with_detail(detail)
}

/// Both halves are form-urlencoded before base64 (RFC 6749 §2.3.1), so that ids and secrets may contain colons.
fn basic(header: &str) -> Result<Presented, OAuthError> {
    let (scheme, credentials) =
        header.trim().split_once(' ').ok_or_else(|| unknown("no credentials in Authorization"))?;
    // RFC 9110 §11.1: schemes have no case.
    if !scheme.eq_ignore_ascii_case("basic") {
        return Err(unknown("Authorization is not Basic"));
    }
    let bytes = STANDARD.decode(credentials.trim()).map_err(|_| unknown("Basic: not base64"))?;
    let text = String::from_utf8(bytes).map_err(|_| unknown("Basic: not UTF-8"))?;
    let (id, secret) = text.split_once(':').ok_or_else(|| unknown("Basic: no colon"))?;
    let plain = |text: &str| decode(text).map_err(|_| unknown("Basic: not form-urlencoded"));
    let (id, secret) = (plain(id)?, plain(secret)?);
    if id.is_empty() || secret.is_empty() {
        return Err(unknown("Basic: empty id or secret"));
    }
    Ok(Presented::Basic { id, secret })
}

/// RFC 7523 §3, RFC 7521 §4.2: the client is the assertion's `sub`; a `client_id` beside it may only repeat it.
fn assertion(params: &Params) -> Result<Option<Presented>, OAuthError> {
    #[derive(Deserialize)]
    struct Subject {
        sub: String,
    }
    let (jwt, kind) = match (params.one("client_assertion")?, params.one("client_assertion_type")?) {
        (None, None) => return Ok(None),
        (Some(jwt), Some(kind)) => (jwt, kind),
        _ => return Err(unknown("client_assertion and client_assertion_type go together")),
    };
    if kind != JWT_BEARER {
        return Err(unknown("client_assertion_type is not jwt-bearer"));
    }
    let Subject { sub } = peek::unverified(jwt).ok_or_else(|| unknown("the assertion has no readable sub"))?;
    Ok(Some(Presented::Assertion { client_id: sub, jwt: jwt.to_owned() }))
}

impl fmt::Debug for Presented {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Presented({} by {})", self.client_id(), self.method().as_str())
    }
}

#[cfg(test)]
#[path = "presented_tests.rs"]
mod tests;
