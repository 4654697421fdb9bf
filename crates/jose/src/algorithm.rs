use aws_lc_rs::digest;
use serde::{Deserialize, Serialize};

use crate::base64url;

/// The signature algorithms in use (RFC 7518 §3.1, RFC 8037 §3.1). `none` and the symmetric ones do not exist here, so no
/// header can ask for them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Algorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256: what every OpenID client can verify.
    RS256,
    /// ECDSA on P-256 with SHA-256.
    ES256,
    /// RSASSA-PSS with SHA-256. Taken from others, not used for tokens of ours.
    PS256,
    /// Ed25519. Taken from others, not used for tokens of ours.
    EdDSA,
}

impl Algorithm {
    /// Every algorithm that tokens of ours are signed with.
    pub const ALL: &'static [Self] = &[Self::RS256, Self::ES256];

    /// Every algorithm that a provider elsewhere may sign with.
    pub const FOREIGN: &'static [Self] = &[Self::RS256, Self::PS256, Self::ES256, Self::EdDSA];

    /// Its registered name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::RS256 => "RS256",
            Self::ES256 => "ES256",
            Self::PS256 => "PS256",
            Self::EdDSA => "EdDSA",
        }
    }

    /// One of [`Algorithm::ALL`] by its registered name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|algorithm| algorithm.name() == name)
    }

    /// One of [`Algorithm::FOREIGN`] by its registered name.
    #[must_use]
    pub fn foreign(name: &str) -> Option<Self> {
        Self::FOREIGN.iter().copied().find(|algorithm| algorithm.name() == name)
    }

    /// `at_hash` and `c_hash` in a token that this algorithm signed: the left half of the value's hash, base64url (OIDC Core
    /// §3.1.3.6, §3.3.2.11). Ed25519 hashes with SHA-512 (RFC 8032 §5.1), the others with SHA-256.
    #[must_use]
    pub fn left_half_hash(self, value: &str) -> String {
        let hash = match self {
            Self::RS256 | Self::ES256 | Self::PS256 => digest::digest(&digest::SHA256, value.as_bytes()),
            Self::EdDSA => digest::digest(&digest::SHA512, value.as_bytes()),
        };
        let hash = hash.as_ref();
        base64url(hash.get(..hash.len() / 2).unwrap_or_default())
    }

    pub(crate) const fn for_verification(self) -> jsonwebtoken::Algorithm {
        match self {
            Self::RS256 => jsonwebtoken::Algorithm::RS256,
            Self::ES256 => jsonwebtoken::Algorithm::ES256,
            Self::PS256 => jsonwebtoken::Algorithm::PS256,
            Self::EdDSA => jsonwebtoken::Algorithm::EdDSA,
        }
    }
}
