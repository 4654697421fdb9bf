use std::time::Duration;

use ambient::Timestamp;

use super::SKEW;
use super::claims::{Claims, is_subject};
use crate::Broken;

/// A token that was made longer ago is refused, whatever it says of its expiry.
const OLDEST: Duration = Duration::from_mins(10);

const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

/// What a good logout token says: end the sessions of this person, or this session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logout {
    /// The person.
    pub subject: Option<String>,
    /// The session.
    pub sid: Option<String>,
    /// Counts once: the caller records it.
    pub jti: String,
    /// When it was made.
    pub issued_at: Timestamp,
    /// When the record may be forgotten.
    pub expires_at: Timestamp,
}

/// Judges the claims of a logout token that the provider has signed (Back-Channel Logout 1.0 §2.6).
pub(crate) fn judge(claims: Claims<'_>, issuers: &[&str], client_id: &str, now: Timestamp) -> Result<Logout, Broken> {
    claims.issued_by(issuers)?;
    claims.addressed_to(client_id)?;
    let iat = claims.issued_already(now)?;
    let issued_at = Timestamp::from_seconds(iat);
    if now.since(issued_at) > OLDEST {
        return Err(Broken::IssuedLongAgo { iat, now: now.as_seconds() });
    }
    claims.not_expired(now)?;
    claims.valid_already(now)?;
    let text = |name| claims.text(name).map(|text| text.filter(|text| !text.is_empty()).map(str::to_owned));
    let (subject, sid) = (text("sub")?, text("sid")?);
    if subject.is_none() && sid.is_none() {
        return Err(Broken::Nobody);
    }
    if subject.as_deref().is_some_and(|subject| !is_subject(subject)) {
        return Err(Broken::SubjectUnusable);
    }
    if !claims.get("events").and_then(|events| events.get(EVENT)).is_some_and(serde_json::Value::is_object) {
        return Err(Broken::Events);
    }
    // Even `null`: a logout token that could pass for an ID token is none.
    if claims.0.contains_key("nonce") {
        return Err(Broken::NonceForbidden);
    }
    let jti = text("jti")?.ok_or(Broken::TokenId)?;
    let exp = claims.seconds("exp")?.ok_or(Broken::ExpiryMissing)?;
    if exp < iat {
        return Err(Broken::Expired { exp, now: now.as_seconds() });
    }
    Ok(Logout { subject, sid, jti, issued_at, expires_at: Timestamp::from_seconds(exp).plus(SKEW) })
}
