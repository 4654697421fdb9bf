//! Everything that can be wrong with a provider, each reason by itself.

use std::fmt;

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

/// A signed token of a provider's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Token {
    /// OIDC Core §2.
    Id,
    /// A signed UserInfo response (OIDC Core §5.3.2).
    UserInfo,
    /// Back-Channel Logout 1.0 §2.4.
    Logout,
}

/// The rule that a token broke. The tables are in [`crate::rules`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// Not three parts with a JSON header and claims, too long, with a critical extension, or a member stated twice.
    #[error("cannot be read: {0}")]
    Malformed(String),
    /// The header's `typ` is another token's.
    #[error("typ {0:?} is another token's")]
    Type(String),
    /// Signed with what was not asked for or offered; `none` and HS* always.
    #[error("alg {got:?} is not among {allowed}")]
    Algorithm {
        /// The header's.
        got: String,
        /// What is taken.
        allowed: String,
    },
    /// No key of the provider's has this id.
    #[error("no key of the provider has the id {0:?}")]
    KeyUnknown(String),
    /// It names no key, and not exactly one fits.
    #[error("it names no key, and not exactly one of the provider's fits")]
    KeyAmbiguous,
    /// The signature is wrong.
    #[error("the signature is wrong")]
    Signature,
    /// A claim has another form than it should.
    #[error("the claim {0} has another form than it should")]
    Claim(&'static str),
    /// `iss`.
    #[error("iss is {got:?}, expected {expected:?}")]
    Issuer {
        /// The configured issuer.
        expected: String,
        /// The token's.
        got: String,
    },
    /// `aud` lacks our client id.
    #[error("aud is {got}, expected {expected:?}")]
    Audience {
        /// Our client id.
        expected: String,
        /// The token's.
        got: String,
    },
    /// `aud` has others beside ours.
    #[error("aud has {0:?} too, which is not trusted")]
    AudienceExtra(String),
    /// Several audiences and no `azp`.
    #[error("several audiences, and no azp")]
    AuthorizedPartyMissing,
    /// `azp` is somebody else.
    #[error("azp is {got:?}, expected {expected:?}")]
    AuthorizedParty {
        /// Our client id.
        expected: String,
        /// The token's.
        got: String,
    },
    /// No `sub`.
    #[error("no sub")]
    SubjectMissing,
    /// `sub` is empty, longer than 255 characters, or not ASCII (OIDC Core §2).
    #[error("sub is empty, longer than 255 characters or not ASCII")]
    SubjectUnusable,
    /// No `exp`.
    #[error("no exp")]
    ExpiryMissing,
    /// `exp` has passed.
    #[error("expired at {exp}, it is {now}")]
    Expired {
        /// In seconds since the Unix epoch.
        exp: i64,
        /// The same.
        now: i64,
    },
    /// `nbf` lies ahead.
    #[error("not valid before {nbf}, it is {now}")]
    NotYet {
        /// In seconds since the Unix epoch.
        nbf: i64,
        /// The same.
        now: i64,
    },
    /// No `iat`.
    #[error("no iat")]
    IssuedAtMissing,
    /// `iat` lies ahead.
    #[error("issued at {iat}, it is {now}")]
    IssuedAhead {
        /// In seconds since the Unix epoch.
        iat: i64,
        /// The same.
        now: i64,
    },
    /// `iat` is too long ago for a logout token.
    #[error("issued at {iat}, which is long ago at {now}")]
    IssuedLongAgo {
        /// In seconds since the Unix epoch.
        iat: i64,
        /// The same.
        now: i64,
    },
    /// No `nonce`.
    #[error("no nonce")]
    NonceMissing,
    /// `nonce` is another request's.
    #[error("the nonce is another request's")]
    Nonce,
    /// A logout token has none (Back-Channel Logout §2.4).
    #[error("a nonce, which no logout token has")]
    NonceForbidden,
    /// `max_age` was asked for and `auth_time` is missing.
    #[error("no auth_time, though max_age was asked for")]
    AuthTimeMissing,
    /// `max_age` was asked for and the proof is older.
    #[error("the proof is of {auth_time}, too old at {now}")]
    AuthTimeOld {
        /// In seconds since the Unix epoch.
        auth_time: i64,
        /// The same.
        now: i64,
    },
    /// `at_hash` is another access token's.
    #[error("at_hash is another access token's")]
    AccessTokenHash,
    /// `c_hash` is another code's.
    #[error("c_hash is another code's")]
    CodeHash,
    /// A logout token without an id of its own.
    #[error("no jti")]
    TokenId,
    /// `events` does not say that this is a logout token.
    #[error("events does not name a back-channel logout")]
    Events,
    /// Neither `sub` nor `sid`.
    #[error("neither sub nor sid")]
    Nobody,
}

/// What kind of fault it is, which decides what a person is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// Worth another try in a while.
    Away,
    /// The person, or the provider, said no. Signing in anew may help.
    Refused,
    /// What came cannot be believed. Nobody was signed in; administrators should know.
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
                Problem::Status(_) | Problem::TooLarge(_) | Problem::ContentType { .. } | Problem::NotJson(_) => {
                    Class::Untrustworthy
                }
                _ => Class::Misconfigured,
            },
            Self::Settings(_)
            | Self::IssuerDiffers { .. }
            | Self::Metadata(_)
            | Self::NoAlgorithm(_)
            | Self::ClientRefused(_)
            | Self::Signing(_) => Class::Misconfigured,
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

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Id => "ID token",
            Self::UserInfo => "signed UserInfo",
            Self::Logout => "logout token",
        })
    }
}

impl Token {
    const fn word(self) -> &'static str {
        match self {
            Self::Id => "id_token",
            Self::UserInfo => "user_info",
            Self::Logout => "logout_token",
        }
    }
}

impl Problem {
    const fn word(&self) -> &'static str {
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

impl Broken {
    const fn word(&self) -> &'static str {
        match self {
            Self::Malformed(_) => "malformed",
            Self::Type(_) => "typ",
            Self::Algorithm { .. } => "alg",
            Self::KeyUnknown(_) => "key_unknown",
            Self::KeyAmbiguous => "key_ambiguous",
            Self::Signature => "signature",
            Self::Claim(_) => "claim",
            Self::Issuer { .. } => "iss",
            Self::Audience { .. } => "aud",
            Self::AudienceExtra(_) => "aud_extra",
            Self::AuthorizedPartyMissing => "azp_missing",
            Self::AuthorizedParty { .. } => "azp",
            Self::SubjectMissing => "sub_missing",
            Self::SubjectUnusable => "sub_unusable",
            Self::ExpiryMissing => "exp_missing",
            Self::Expired { .. } => "expired",
            Self::NotYet { .. } => "nbf",
            Self::IssuedAtMissing => "iat_missing",
            Self::IssuedAhead { .. } => "iat_ahead",
            Self::IssuedLongAgo { .. } => "iat_old",
            Self::NonceMissing => "nonce_missing",
            Self::Nonce => "nonce",
            Self::NonceForbidden => "nonce_forbidden",
            Self::AuthTimeMissing => "auth_time_missing",
            Self::AuthTimeOld { .. } => "auth_time_old",
            Self::AccessTokenHash => "at_hash",
            Self::CodeHash => "c_hash",
            Self::TokenId => "jti",
            Self::Events => "events",
            Self::Nobody => "nobody",
        }
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
