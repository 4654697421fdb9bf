use store::{StoreError, TenantTx, params};

use super::{LIFETIME, SessionId};
use crate::Context;
use crate::logins::Arrival;
use crate::members::Member;

/// A session for someone who has just come from the identity server. The one that this browser had before ends.
pub(crate) async fn begin(
    tx: &mut TenantTx<'_>,
    context: &Context,
    member: &Member,
    arrival: &Arrival,
) -> Result<SessionId, StoreError> {
    if let Some(before) = arrival.replaces {
        tx.execute(
            "UPDATE session SET ended_at = $3, end_reason = 'replaced' WHERE tenant_id = $1 AND id = $2 AND ended_at IS NULL",
            params![before, context.now],
        )
        .await?;
    }
    tx.execute(
        "INSERT INTO session (tenant_id, id, member_id, epoch, sid, auth_time, acr, amr, id_token, created_at, last_seen_at,
             expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10, $11)",
        params![
            arrival.session,
            member.id,
            member.epoch,
            arrival.sid,
            arrival.auth_time,
            arrival.acr,
            arrival.amr.join(" "),
            arrival.sealed_id_token,
            context.now,
            context.now.plus(LIFETIME),
        ],
    )
    .await?;
    Ok(arrival.session)
}

/// Lets a live session of a member go on over a change that its own holder made.
pub(crate) async fn carry_over(
    tx: &mut TenantTx<'_>,
    session: SessionId,
    before: &Member,
    after: &Member,
) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE session SET epoch = $5
         WHERE tenant_id = $1 AND id = $2 AND member_id = $3 AND epoch = $4 AND ended_at IS NULL",
        params![session, after.id, before.epoch, after.epoch],
    )
    .await?;
    Ok(())
}
