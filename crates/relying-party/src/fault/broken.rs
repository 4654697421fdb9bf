use std::fmt;

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
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Id => "id_token",
            Self::UserInfo => "user_info",
            Self::Logout => "logout_token",
        }
    }
}

impl Broken {
    pub(super) const fn word(&self) -> &'static str {
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
