//! The one place where grants are revoked. A revoked grant takes everything with it: its unredeemed code, its refresh
//! tokens, and its access tokens wherever they are shown to us.

use ambient::Timestamp;
use store::{StoreError, Tx, params};
use uuid::Uuid;

use crate::accounts::AccountId;
use crate::sessions::SessionId;
use crate::tenants::TenantId;

/// One grant; false if it was revoked before.
pub(crate) async fn one(tx: &mut Tx, grant: Uuid, now: Timestamp) -> Result<bool, StoreError> {
    let sql = "UPDATE access_grant SET revoked_at = $1 WHERE id = $2 AND revoked_at IS NULL";
    Ok(tx.execute(sql, params![now, grant]).await? == 1)
}

/// What a session's applications were given, apart from what was granted to outlive it (Back-Channel Logout §2.7).
pub(crate) async fn of_session(tx: &mut Tx, session: SessionId, now: Timestamp) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE access_grant SET revoked_at = $1 WHERE session_id = $2 AND revoked_at IS NULL AND NOT offline",
        params![now, session],
    )
    .await?;
    Ok(())
}

/// What the applications of every session of an account but one were given, also what was granted to outlive it: whoever
/// ends all others, or changes a password, wants nothing of them to go on.
pub(crate) async fn of_sessions(
    tx: &mut Tx,
    account: AccountId,
    but: SessionId,
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE access_grant SET revoked_at = $2
         WHERE revoked_at IS NULL
           AND session_id IN (SELECT id FROM session WHERE account_id = $1 AND id <> $3)",
        params![account, now, but],
    )
    .await?;
    Ok(())
}

/// All that speaks of a person in a tenant, the instance's included: they were switched, and what was proved before opens
/// nothing (DESIGN §4.3).
pub(crate) async fn of_switched(
    tx: &mut Tx,
    tenant: TenantId,
    account: AccountId,
    now: Timestamp,
) -> Result<(), StoreError> {
    let sql = "UPDATE access_grant SET revoked_at = $1 WHERE tenant_id = $2 AND account_id = $3 AND revoked_at IS NULL";
    tx.execute(sql, params![now, tenant, account]).await?;
    Ok(())
}

/// What applications were given that speaks of a person in a tenant: who may not enter it has no business in its
/// applications either. The instance itself tells its members how they stand, and ends its own sessions.
pub(crate) async fn of_member(
    tx: &mut Tx,
    tenant: TenantId,
    account: AccountId,
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE access_grant SET revoked_at = $1
         WHERE tenant_id = $2 AND account_id = $3 AND revoked_at IS NULL
           AND client_id NOT IN (SELECT id FROM client WHERE tenant_id = $2 AND kind = 'tenant_instance')",
        params![now, tenant, account],
    )
    .await?;
    Ok(())
}
