//! Everything that can be wrong with a provider, each reason by itself.

mod broken;
mod endpoint;

pub use broken::{Broken, Token};
pub use endpoint::{Endpoint, Problem};

/// Why a login at a provider came to nothing. [`Fault::code`] is for pages and the audit log, the text for administrators:
/// it names what was expected and what came, never a secret or a whole token.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// What an administrator stated cannot be right.
    #[error("the settings: {0}")]
    Settings(String),
    /// An endpoint did not do what endpoints do.
    #[error("{at}: {problem}")]
    Endpoint {
        /// Which.
        at: Endpoint,
        /// What it did.
        problem: Problem,
    },
    /// The discovery document is about another issuer (OIDC Discovery §4.3).
    #[error("the discovery document is about issuer {got:?}, expected {expected:?}")]
    IssuerDiffers {
        /// The configured issuer.
        expected: String,
        /// The document's.
        got: String,
    },
    /// The discovery document lacks a member, or has it in another form (OIDC Discovery §3).
    #[error("the discovery document's {0} is missing or unusable")]
    Metadata(&'static str),
    /// It signs with nothing that is taken here.
    #[error(
        "the provider signs with {0}; taken are RS256, PS256, ES256 and EdDSA, or those of them that the settings name"
    )]
    NoAlgorithm(String),
    /// The person said no (RFC 6749 §4.1.2.1, `access_denied`).
    #[error("the person declined")]
    Denied,
    /// The provider answered the authorization request with another error.
    #[error("the provider refused the sign-in: {0}")]
    Refused(String),
    /// Neither code nor error came back.
    #[error("the provider sent the browser back without a code")]
    NoCode,
    /// The authorization response lacks `iss`, which the provider says it sends (RFC 9207 §2.4).
    #[error("the answer names no issuer, expected {0:?}")]
    AnswerIssuerMissing(String),
    /// The authorization response is another issuer's: a mix-up (RFC 9207 §2.4).
    #[error("the answer names issuer {got:?}, expected {expected:?}")]
    AnswerIssuer {
        /// The configured issuer.
        expected: String,
        /// The answer's.
        got: String,
    },
    /// The token endpoint refused the code, with its OAuth error code (RFC 6749 §5.2).
    #[error("the token endpoint refused the code: {0}")]
    TokenRefused(String),
    /// The token endpoint does not take our client authentication.
    #[error("the token endpoint refused the client: {0}")]
    ClientRefused(String),
    /// The token answer lacks a member (RFC 6749 §5.1).
    #[error("the token answer's {0} is missing or unusable")]
    TokenAnswer(&'static str),
    /// No ID token came (OIDC Core §3.1.3.3).
    #[error("the token answer has no id_token")]
    NoIdToken,
    /// A token broke a rule.
    #[error("{token}: {broken}")]
    Token {
        /// Which.
        token: Token,
        /// Which rule.
        broken: Broken,
    },
    /// UserInfo is about somebody else (OIDC Core §5.3.4).
    #[error("UserInfo is about subject {got:?}, the ID token about {expected:?}")]
    UserInfoSubject {
        /// The ID token's.
        expected: String,
        /// UserInfo's.
        got: String,
    },
    /// UserInfo does not say whom it is about.
    #[error("UserInfo has no subject")]
    UserInfoSubjectMissing,
    /// More claims than are kept.
    #[error("the provider states more claims than the {0} bytes that are kept")]
    ClaimsTooLarge(usize),
    /// Our own key could not sign.
    #[error("the client's key cannot sign: {0}")]
    Signing(String),
}

/// What kind of fault it is, which decides what a person is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// Worth another try in a while.
    Away,
    /// The person, or the provider, said no. Signing in anew may help.
    Refused,
    /// What came is not in the form of an answer, or lacks what one has. Nobody was signed in.
    Unreadable,
    /// More came than is read (OA-13). Nobody was signed in.
    Oversized,
    /// What came cannot be believed: it may be forged. Nobody was signed in; administrators should know.
    Untrustworthy,
    /// An administrator has to change something.
    Misconfigured,
}

impl Fault {
    pub(crate) const fn at(at: Endpoint, problem: Problem) -> Self {
        Self::Endpoint { at, problem }
    }

    /// A stable word for it: `discovery_away`, `id_token_nonce`, `denied` …
    #[must_use]
    pub fn code(&self) -> String {
        let word = match self {
            Self::Endpoint { at, problem } => return format!("{}_{}", at.word(), problem.word()),
            Self::Token { token, broken } => return format!("{}_{}", token.word(), broken.word()),
            Self::Settings(_) => "settings",
            Self::IssuerDiffers { .. } => "discovery_issuer",
            Self::Metadata(_) => "discovery_incomplete",
            Self::NoAlgorithm(_) => "discovery_algorithms",
            Self::Denied => "denied",
            Self::Refused(_) => "refused",
            Self::NoCode => "no_code",
            Self::AnswerIssuerMissing(_) => "answer_iss_missing",
            Self::AnswerIssuer { .. } => "answer_iss",
            Self::TokenRefused(_) => "token_refused",
            Self::ClientRefused(_) => "client_refused",
            Self::TokenAnswer(_) => "token_incomplete",
            Self::NoIdToken => "no_id_token",
            Self::UserInfoSubject { .. } => "user_info_sub",
            Self::UserInfoSubjectMissing => "user_info_sub_missing",
            Self::ClaimsTooLarge(_) => "claims_too_large",
            Self::Signing(_) => "signing",
        };
        word.to_owned()
    }

    /// What kind of fault it is.
    #[must_use]
    pub const fn class(&self) -> Class {
        match self {
            Self::Endpoint { problem, .. } => match problem {
                Problem::Away(_) | Problem::Slow => Class::Away,
                Problem::Status(_) | Problem::ContentType { .. } | Problem::NotJson(_) => Class::Unreadable,
                Problem::TooLarge(_) => Class::Oversized,
                _ => Class::Misconfigured,
            },
            Self::Settings(_)
            | Self::IssuerDiffers { .. }
            | Self::Metadata(_)
            | Self::NoAlgorithm(_)
            | Self::ClientRefused(_)
            | Self::Signing(_) => Class::Misconfigured,
            Self::TokenAnswer(_) | Self::NoIdToken => Class::Unreadable,
            Self::ClaimsTooLarge(_) => Class::Oversized,
            Self::Denied | Self::Refused(_) | Self::NoCode | Self::TokenRefused(_) => Class::Refused,
            _ => Class::Untrustworthy,
        }
    }

    /// Whether it is about what the provider says of itself, so that no login can be blamed for it.
    #[must_use]
    pub const fn is_before_login(&self) -> bool {
        matches!(
            self,
            Self::Endpoint { at: Endpoint::Discovery | Endpoint::Keys | Endpoint::Authorization, .. }
                | Self::IssuerDiffers { .. }
                | Self::Metadata(_)
                | Self::NoAlgorithm(_)
                | Self::Settings(_)
        )
    }
}

/// What came from elsewhere, as it may stand in a log line or on a page: short, and without control characters.
pub(crate) fn shown(text: &str) -> String {
    const MOST: usize = 120;
    let mut shown: String = text.chars().filter(|char| !char.is_control()).take(MOST).collect();
    if text.chars().nth(MOST).is_some() {
        shown.push('…');
    }
    shown
}
