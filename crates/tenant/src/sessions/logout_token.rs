//! Back-channel logout: the identity server says that a session is over. Which tokens are good, `oidc` knows.

use std::time::Duration;

use ambient::{SecretHash, Timestamp};
use oidc::logout_token::Logout;
use store::{StoreError, TenantRead, TenantStore, TenantTx, params};

use crate::Context;
use crate::logins::Arrival;
use crate::members::MemberId;

/// How long a token counts against sign-ins: longer than one that was on its way can take from UserInfo to its session.
const REMEMBERED: Duration = Duration::from_mins(10);

/// The token was taken before (OA-19).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this logout token was used before")]
pub struct Replayed;

/// Ends the sessions that a checked token names, once. Answers how many that were.
///
/// # Errors
/// `Ok(Err(Replayed))` for a token that was taken before; else what the database says.
pub async fn end_by_logout_token(
    store: &TenantStore,
    context: Context,
    named: Logout,
) -> Result<Result<usize, Replayed>, StoreError> {
    store
        .write((context, named), |mut tx, (context, named)| {
            Box::pin(async move {
                let taken = tx
                    .execute(
                        "INSERT INTO logout_token (tenant_id, jti_hash, expires_at, subject, sid, issued_at)
                         VALUES ($1, $2, $3, $4, $5, $6)
                         ON CONFLICT (tenant_id, jti_hash) DO NOTHING",
                        params![
                            SecretHash::of(&named.jti),
                            named.expires_at.max(context.now.plus(REMEMBERED)),
                            named.sub,
                            named.sid,
                            named.issued_at
                        ],
                    )
                    .await?;
                if taken == 0 {
                    return Ok(Err(Replayed));
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
async fn end_named(tx: &mut TenantTx<'_>, context: &Context, named: &Logout) -> Result<Vec<MemberId>, StoreError> {
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

/// Whether a token has ended what somebody arrives by: it came between UserInfo and here, when there was no session yet that
/// it could end. Asked in the transaction that begins the session, so that of the two one sees the other (IN-04).
///
/// A token without `sid` ends all that the subject had: whoever has proved who they are after it may come in.
pub(crate) async fn was_ended(tx: &mut TenantTx<'_>, context: &Context, arrival: &Arrival) -> Result<bool, StoreError> {
    const BY_SID: &str = "SELECT 1 FROM logout_token
         WHERE tenant_id = $1 AND sid = $2 AND (subject IS NULL OR subject = $3) AND expires_at > $4";
    const BY_SUB: &str = "SELECT 1 FROM logout_token
         WHERE tenant_id = $1 AND sid IS NULL AND subject = $2 AND issued_at > $3 AND expires_at > $4";
    let proved_at = arrival.auth_time.unwrap_or(Timestamp::from_seconds(0));
    let (sid, subject, now) = (&arrival.sid, &arrival.subject, context.now);
    Ok(tx.exists(BY_SID, params![sid, subject, now]).await?
        || tx.exists(BY_SUB, params![subject, proved_at, now]).await?)
}
