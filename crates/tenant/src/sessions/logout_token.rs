//! Back-channel logout (OpenID Connect Back-Channel Logout 1.0): the identity server says that a session is over.

use std::time::Duration;

use ambient::{SecretHash, Timestamp};
use serde::Deserialize;
use serde_json::Value;
use store::{StoreError, TenantRead, TenantStore, TenantTx, params};

use crate::Context;
use crate::members::MemberId;

/// The member of `events` that makes it a logout token (§2.4).
const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";
/// A token that was issued longer ago is refused, whatever it says of its expiry.
const OLDEST: Duration = Duration::from_mins(10);
/// How far the two clocks may be apart.
const LEEWAY: Duration = Duration::from_mins(1);

/// The claims that are left to check once signature, `typ`, `iss`, `aud` and `exp` are right.
#[derive(Debug, Clone, Deserialize)]
pub struct LogoutClaims {
    /// Subject.
    #[serde(default)]
    pub sub: Option<String>,
    /// Session.
    #[serde(default)]
    pub sid: Option<String>,
    /// The token's own id.
    #[serde(default)]
    pub jti: Option<String>,
    /// When it was made.
    #[serde(default)]
    pub iat: Option<i64>,
    /// When it expires.
    #[serde(default)]
    pub exp: Option<i64>,
    /// What happened.
    #[serde(default)]
    pub events: Value,
    /// Must not be there (§2.4): an ID token has one.
    #[serde(default)]
    pub nonce: Option<Value>,
}

/// Which rule a logout token breaks (OA-19).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LogoutFault {
    /// No `jti`.
    #[error("the logout token has no jti")]
    NoId,
    /// `iat` is missing, too long ago or ahead.
    #[error("the logout token is too old, or from the future")]
    NotFresh,
    /// No `exp`.
    #[error("the logout token has no exp")]
    NoExpiry,
    /// `events` lacks the logout event, or its value is no object.
    #[error("the logout token states no logout event")]
    NoEvent,
    /// It has a nonce.
    #[error("the logout token has a nonce")]
    Nonce,
    /// Neither `sub` nor `sid`.
    #[error("the logout token names neither subject nor session")]
    Nobody,
    /// Taken before.
    #[error("this logout token was used before")]
    Replayed,
}

/// Whose sessions a logout token ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// Subject.
    pub sub: Option<String>,
    /// Session; without one, all of the subject's.
    pub sid: Option<String>,
    jti: String,
    expires_at: Timestamp,
}

/// §2.6, steps 4 to 9, as a list.
///
/// # Errors
/// [`LogoutFault`] names the first rule that is broken.
pub fn check_logout_token(claims: LogoutClaims, now: Timestamp) -> Result<Named, LogoutFault> {
    let jti = claims.jti.filter(|jti| !jti.is_empty()).ok_or(LogoutFault::NoId)?;
    let issued = claims.iat.map(Timestamp::from_seconds).ok_or(LogoutFault::NotFresh)?;
    if now.since(issued) > OLDEST || issued.since(now) > LEEWAY {
        return Err(LogoutFault::NotFresh);
    }
    let expires_at = claims.exp.map(Timestamp::from_seconds).ok_or(LogoutFault::NoExpiry)?;
    if !claims.events.get(EVENT).is_some_and(Value::is_object) {
        return Err(LogoutFault::NoEvent);
    }
    if claims.nonce.is_some() {
        return Err(LogoutFault::Nonce);
    }
    if claims.sub.is_none() && claims.sid.is_none() {
        return Err(LogoutFault::Nobody);
    }
    // Remembered as long as it could be taken again.
    let remembered = expires_at.plus(LEEWAY).max(issued.plus(OLDEST + LEEWAY));
    Ok(Named { sub: claims.sub, sid: claims.sid, jti, expires_at: remembered })
}

/// Ends the sessions that a checked token names, once. Answers how many that were.
///
/// # Errors
/// `Ok(Err(LogoutFault::Replayed))` for a token that was taken before; else what the database says.
pub async fn end_by_logout_token(
    store: &TenantStore,
    context: Context,
    named: Named,
) -> Result<Result<usize, LogoutFault>, StoreError> {
    store
        .write((context, named), |mut tx, (context, named)| {
            Box::pin(async move {
                let taken = tx
                    .execute(
                        "INSERT INTO logout_token (tenant_id, jti_hash, expires_at) VALUES ($1, $2, $3)
                         ON CONFLICT (tenant_id, jti_hash) DO NOTHING",
                        params![SecretHash::of(&named.jti), named.expires_at],
                    )
                    .await?;
                if taken == 0 {
                    return Ok(Err(LogoutFault::Replayed));
                }
                let ended = end_named(&mut tx, context, named).await?;
                let mut members = ended.clone();
                members.dedup();
                for member in members {
                    let entry = context.audit(audit::Actor::System, "session.ended_by_identity_server");
                    audit::record(&mut tx, &entry.on("member", member)).await?;
                }
                Ok(Ok(ended.len()))
            })
        })
        .await
}

/// With a `sid`, that session (of that subject, if it is named too: both must agree); else all of the subject's.
async fn end_named(tx: &mut TenantTx<'_>, context: &Context, named: &Named) -> Result<Vec<MemberId>, StoreError> {
    const BY_SID: &str = "UPDATE session SET ended_at = $2, end_reason = 'back_channel'
         WHERE tenant_id = $1 AND sid = $3 AND ended_at IS NULL RETURNING member_id";
    const BY_BOTH: &str = "UPDATE session SET ended_at = $2, end_reason = 'back_channel'
         WHERE tenant_id = $1 AND sid = $3 AND ended_at IS NULL
           AND member_id = (SELECT id FROM member WHERE tenant_id = $1 AND subject = $4) RETURNING member_id";
    const BY_SUB: &str = "UPDATE session SET ended_at = $2, end_reason = 'back_channel'
         WHERE tenant_id = $1 AND ended_at IS NULL
           AND member_id = (SELECT id FROM member WHERE tenant_id = $1 AND subject = $3) RETURNING member_id";
    let rows: Vec<(MemberId,)> = match (&named.sub, &named.sid) {
        (Some(sub), Some(sid)) => tx.all(BY_BOTH, params![context.now, sid, sub]).await?,
        (None, Some(sid)) => tx.all(BY_SID, params![context.now, sid]).await?,
        (Some(sub), None) => tx.all(BY_SUB, params![context.now, sub]).await?,
        (None, None) => Vec::new(),
    };
    let mut members: Vec<MemberId> = rows.into_iter().map(|(member,)| member).collect();
    members.sort();
    Ok(members)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_seconds(1_000_000);

    fn claims(change: impl FnOnce(&mut LogoutClaims)) -> LogoutClaims {
        let mut claims = LogoutClaims {
            sub: Some("sub".into()),
            sid: Some("sid".into()),
            jti: Some("jti".into()),
            iat: Some(NOW.as_seconds()),
            exp: Some(NOW.as_seconds() + 120),
            events: serde_json::json!({ EVENT: {} }),
            nonce: None,
        };
        change(&mut claims);
        claims
    }

    #[test]
    fn oa_19_each_rule_of_a_logout_token_is_checked() {
        assert!(check_logout_token(claims(|_| {}), NOW).is_ok());
        assert!(check_logout_token(claims(|it| it.sid = None), NOW).is_ok());
        assert!(check_logout_token(claims(|it| it.sub = None), NOW).is_ok());
        type Change = fn(&mut LogoutClaims);
        let cases: [(Change, LogoutFault); 10] = [
            (|it| it.jti = None, LogoutFault::NoId),
            (|it| it.jti = Some(String::new()), LogoutFault::NoId),
            (|it| it.iat = None, LogoutFault::NotFresh),
            (|it| it.iat = Some(NOW.as_seconds() - 601), LogoutFault::NotFresh),
            (|it| it.iat = Some(NOW.as_seconds() + 61), LogoutFault::NotFresh),
            (|it| it.exp = None, LogoutFault::NoExpiry),
            (|it| it.events = Value::Null, LogoutFault::NoEvent),
            (|it| it.events = serde_json::json!({ EVENT: true }), LogoutFault::NoEvent),
            (|it| it.nonce = Some("n".into()), LogoutFault::Nonce),
            (|it| (it.sub, it.sid) = (None, None), LogoutFault::Nobody),
        ];
        for (index, (change, fault)) in cases.into_iter().enumerate() {
            assert_eq!(check_logout_token(claims(change), NOW).unwrap_err(), fault, "case {index}");
        }
    }
}
