//! A tenant takes the password of an account that is not its own for proof no longer (DESIGN §4.9): for that tenant alone, until it is
//! changed. What else opens the account opens the tenant as before.

use ambient::Timestamp;
use audit::{Actor, Entry};
use serde_json::json;
use store::{Conn, PLATFORM, StoreError, Tx, params};

use crate::accounts::AccountId;
use crate::grants::revoke;
use crate::tenants::TenantId;
use crate::{Identity, linking, logout};

/// Says so in the log.
pub(super) fn entry(identity: &Identity, tenant: TenantId, account: AccountId) -> Entry {
    Entry::new(&identity.ambient, Actor::Nobody, "password.refused")
        .on("account", account)
        .detail(json!({ "tenant": tenant }))
}

/// Refuses the password of now, and ends what is open at this tenant: its own sessions, what its applications hold, and links that
/// wait for a proof; and wherever it is about to become a further way in. Whoever has no password has none that could be refused.
pub(super) async fn refuse(tx: &mut Tx, tenant: TenantId, account: AccountId, entry: &Entry) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE link SET password_refused = (SELECT version FROM password WHERE account_id = $2)
         WHERE tenant_id = $1 AND account_id = $2",
        params![tenant, account],
    )
    .await?;
    end(tx, tenant, account, entry.at).await?;
    audit::record(&mut tx.scoped(PLATFORM), entry).await
}

async fn end(tx: &mut Tx, tenant: TenantId, account: AccountId, now: Timestamp) -> Result<(), StoreError> {
    linking::end_of_member(tx, tenant, account, now).await?;
    linking::void_links(tx, account, now).await?;
    revoke::of_switched(tx, tenant, account, now).await?;
    logout::tell_of_member(tx, tenant, account, now).await
}

/// Whether the account's password of now is refused by this tenant, or by any at all: what such a one alone proves makes no further
/// way in.
///
/// # Errors
/// The database's.
pub(crate) async fn is_refused(
    conn: &mut Conn,
    tenant: Option<TenantId>,
    account: AccountId,
) -> Result<bool, StoreError> {
    conn.exists(
        "SELECT 1 FROM link JOIN password ON password.account_id = link.account_id
            AND password.version = link.password_refused
         WHERE link.account_id = $1 AND link.tenant_id = COALESCE($2, link.tenant_id)",
        params![account, tenant],
    )
    .await
}

/// A password that was set by the one before, and by nothing else, is refused where that was: whoever knows what is refused lifts
/// nothing. The mail does.
pub(crate) async fn carry_on(tx: &mut Tx, account: AccountId) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE link SET password_refused = password_refused + 1
         WHERE account_id = $1 AND password_refused = (SELECT version - 1 FROM password WHERE account_id = $1)",
        params![account],
    )
    .await?;
    Ok(())
}
