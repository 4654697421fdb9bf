use std::time::Duration;

use ambient::Timestamp;
use jose::Algorithm;

use super::SKEW;
use super::claims::{Claims, is_subject};
use crate::Broken;
use crate::fault::shown;

/// What an ID token must fit.
pub(crate) struct Expected<'a> {
    /// The configured issuer, and what else it is known to call itself.
    pub issuers: &'a [&'a str],
    pub client_id: &'a str,
    pub trusted_audiences: &'a [String],
    pub nonce: &'a str,
    pub max_age: Option<Duration>,
    pub access_token: &'a str,
    pub code: &'a str,
    /// What the token was signed with.
    pub algorithm: Algorithm,
    pub now: Timestamp,
}

type Rule = fn(Claims<'_>, &Expected<'_>) -> Result<(), Broken>;

/// OIDC Core §3.1.3.7, in its order.
const RULES: &[Rule] = &[
    |claims, expected| claims.issued_by(expected.issuers),
    |claims, expected| claims.addressed_to(expected.client_id),
    no_other_audience,
    authorized_party,
    subject,
    |claims, expected| claims.not_expired(expected.now),
    |claims, expected| claims.valid_already(expected.now),
    |claims, expected| claims.issued_already(expected.now).map(drop),
    nonce,
    auth_time,
    access_token_hash,
    code_hash,
];

/// Judges the claims of an ID token that the provider has signed.
pub(crate) fn judge(claims: Claims<'_>, expected: &Expected<'_>) -> Result<(), Broken> {
    RULES.iter().try_for_each(|rule| rule(claims, expected))
}

fn no_other_audience(claims: Claims<'_>, expected: &Expected<'_>) -> Result<(), Broken> {
    let ours = |audience: &str| audience == expected.client_id;
    let trusted = |audience: &str| expected.trusted_audiences.iter().any(|trusted| trusted == audience);
    match claims.audiences()?.into_iter().find(|audience| !ours(audience) && !trusted(audience)) {
        Some(other) => Err(Broken::AudienceExtra(shown(other))),
        None => Ok(()),
    }
}

fn authorized_party(claims: Claims<'_>, expected: &Expected<'_>) -> Result<(), Broken> {
    match claims.text("azp")? {
        Some(azp) if azp == expected.client_id => Ok(()),
        Some(azp) => Err(Broken::AuthorizedParty { expected: expected.client_id.to_owned(), got: shown(azp) }),
        None if claims.audiences()?.len() > 1 => Err(Broken::AuthorizedPartyMissing),
        None => Ok(()),
    }
}

fn subject(claims: Claims<'_>, _: &Expected<'_>) -> Result<(), Broken> {
    let subject = claims.text("sub")?.ok_or(Broken::SubjectMissing)?;
    if is_subject(subject) { Ok(()) } else { Err(Broken::SubjectUnusable) }
}

fn nonce(claims: Claims<'_>, expected: &Expected<'_>) -> Result<(), Broken> {
    let nonce = claims.text("nonce")?.ok_or(Broken::NonceMissing)?;
    if nonce == expected.nonce && !nonce.is_empty() { Ok(()) } else { Err(Broken::Nonce) }
}

fn auth_time(claims: Claims<'_>, expected: &Expected<'_>) -> Result<(), Broken> {
    let auth_time = claims.seconds("auth_time")?;
    let Some(max_age) = expected.max_age else { return Ok(()) };
    let auth_time = auth_time.ok_or(Broken::AuthTimeMissing)?;
    if Timestamp::from_seconds(auth_time).plus(max_age).plus(SKEW) >= expected.now {
        return Ok(());
    }
    Err(Broken::AuthTimeOld { auth_time, now: expected.now.as_seconds() })
}

fn access_token_hash(claims: Claims<'_>, expected: &Expected<'_>) -> Result<(), Broken> {
    match claims.text("at_hash")? {
        Some(hash) if hash != expected.algorithm.left_half_hash(expected.access_token) => Err(Broken::AccessTokenHash),
        _ => Ok(()),
    }
}

fn code_hash(claims: Claims<'_>, expected: &Expected<'_>) -> Result<(), Broken> {
    match claims.text("c_hash")? {
        Some(hash) if hash != expected.algorithm.left_half_hash(expected.code) => Err(Broken::CodeHash),
        _ => Ok(()),
    }
}
