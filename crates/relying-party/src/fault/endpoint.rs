use std::fmt;

/// A provider's endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Endpoint {
    /// `/.well-known/openid-configuration`.
    Discovery,
    /// `jwks_uri`.
    Keys,
    /// `authorization_endpoint`.
    Authorization,
    /// `token_endpoint`.
    Token,
    /// `userinfo_endpoint`.
    UserInfo,
    /// The list of e-mail addresses, where plain OAuth is spoken.
    Emails,
    /// `end_session_endpoint`.
    EndSession,
}

/// What an endpoint did.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// The provider names none.
    #[error("the provider names no such address")]
    Missing,
    /// No name, no connection, no TLS, no HTTP; or a status that says so.
    #[error("cannot be reached: {0}")]
    Away(String),
    /// It did not answer in time.
    #[error("did not answer in time")]
    Slow,
    /// The answer is longer than this many bytes.
    #[error("the answer is longer than {0} bytes")]
    TooLarge(usize),
    /// The address is plain `http`.
    #[error("{0} is no https address")]
    Insecure(String),
    /// The address does not lie on the public internet.
    #[error("{0} does not lie on the public internet")]
    Inside(String),
    /// The address cannot be used at all.
    #[error("{0:?} is no address that requests go to")]
    Address(String),
    /// It answers with a redirect, which is not followed: it could lead anywhere.
    #[error("answers with status {0}; redirects are not followed")]
    Moved(u16),
    /// It answers with a status that is no success.
    #[error("answers with status {0}")]
    Status(u16),
    /// It answers in another form.
    #[error("answers with Content-Type {got:?}, expected {expected}")]
    ContentType {
        /// The right one.
        expected: &'static str,
        /// What came.
        got: String,
    },
    /// The answer is no JSON object, or states a member twice.
    #[error("the answer cannot be read: {0}")]
    NotJson(String),
}

impl Endpoint {
    /// The first half of a fault's code.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Discovery => "discovery",
            Self::Keys => "keys",
            Self::Authorization => "authorization",
            Self::Token => "token",
            Self::UserInfo => "user_info",
            Self::Emails => "emails",
            Self::EndSession => "end_session",
        }
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Discovery => "discovery document",
            Self::Keys => "key set (jwks_uri)",
            Self::Authorization => "authorization_endpoint",
            Self::Token => "token_endpoint",
            Self::UserInfo => "userinfo_endpoint",
            Self::Emails => "list of e-mail addresses",
            Self::EndSession => "end_session_endpoint",
        })
    }
}

impl Problem {
    pub(super) const fn word(&self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Away(_) => "away",
            Self::Slow => "slow",
            Self::TooLarge(_) => "too_large",
            Self::Insecure(_) => "insecure",
            Self::Inside(_) => "inside",
            Self::Address(_) => "address",
            Self::Moved(_) => "moved",
            Self::Status(_) => "status",
            Self::ContentType { .. } => "content_type",
            Self::NotJson(_) => "not_json",
        }
    }
}
