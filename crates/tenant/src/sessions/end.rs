use ambient::Timestamp;
use store::{MasterKey, StoreError, TenantRead, TenantStore, TenantTx, params};

use super::SessionId;
use crate::Context;
use crate::members::MemberId;

/// Whether a session ended by this call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// It did.
    Now,
    /// It had ended before, or never was.
    Before,
}

/// Ends one session: its holder signed out here. The identity server's session goes on.
///
/// # Errors
/// What the database says.
pub async fn end(store: &TenantStore, context: Context, id: SessionId) -> Result<Ended, StoreError> {
    store
        .write((context, id), |mut tx, (context, id)| {
            Box::pin(async move {
                let whose: Option<(MemberId,)> = tx
                    .maybe(
                        "UPDATE session SET ended_at = $3, end_reason = 'signed_out'
                         WHERE tenant_id = $1 AND id = $2 AND ended_at IS NULL RETURNING member_id",
                        params![id, context.now],
                    )
                    .await?;
                let Some((member,)) = whose else { return Ok(Ended::Before) };
                let entry = context.audit(audit::Actor::Member(member.0), "session.signed_out").on("member", member);
                audit::record(&mut tx, &entry).await?;
                Ok(Ended::Now)
            })
        })
        .await
}

/// Ends every session of a member.
///
/// # Errors
/// What the database says.
pub(crate) async fn end_of_member(tx: &mut TenantTx<'_>, member: MemberId, now: Timestamp) -> Result<(), StoreError> {
    let sql = "UPDATE session SET ended_at = $3, end_reason = 'password_refused'
               WHERE tenant_id = $1 AND member_id = $2 AND ended_at IS NULL";
    tx.execute(sql, params![member, now]).await?;
    Ok(())
}

/// Under which name a session's ID token is sealed.
#[must_use]
pub fn seal_context(id: SessionId) -> String {
    format!("tenant session id_token {id}")
}

/// The ID token of a session, ended or not: the hint by which the identity server knows whom to sign out everywhere.
///
/// # Errors
/// What the database says. A token that cannot be opened is `None`: logout works without the hint too.
pub async fn hint_of(store: &TenantStore, key: &MasterKey, id: SessionId) -> Result<Option<String>, StoreError> {
    let sql = "SELECT id_token FROM session WHERE tenant_id = $1 AND id = $2";
    let row: Option<(Vec<u8>,)> = store.read().await?.maybe(sql, params![id]).await?;
    let Some((sealed,)) = row else { return Ok(None) };
    match key.open(&seal_context(id), &sealed) {
        Ok(token) => Ok(String::from_utf8(token.to_vec()).ok()),
        Err(error) => {
            tracing::warn!(%error, session = %id, "an ID token cannot be opened");
            Ok(None)
        }
    }
}
