//! What a logout token says, between its receiver and the rules about sessions.

use ambient::Timestamp;

/// What a good logout token says (Back-Channel Logout 1.0 §2.6): end the sessions of this person, or this session. Its receiver has
/// verified it (`relying-party`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logout {
    /// The person, pairwise.
    pub sub: Option<String>,
    /// The session, pairwise.
    pub sid: Option<String>,
    /// Counts once: the caller records it.
    pub jti: String,
    /// When it was made.
    pub issued_at: Timestamp,
    /// When the record may be forgotten.
    pub expires_at: Timestamp,
}
