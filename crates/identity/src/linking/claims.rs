//! What a tenant's word about a member does to the ties of that tenant's scope.

use std::sync::LazyLock;

use ambient::Timestamp;
use store::{ManyRows, StoreError, Tx, params};

use super::{ProvedBy, TieId};
use crate::accounts::AccountId;
use crate::providers::ProviderId;
use crate::tenants::TenantId;

/// A member whose switch ends what was claimed under the policy before it.
#[derive(Debug, Clone)]
pub(crate) struct Released {
    pub account: AccountId,
    /// The provider whose tie is no *before*: of who has just come, and has accepted by it what was decided.
    pub but: Option<String>,
}

static RELEASE: LazyLock<ManyRows> = LazyLock::new(|| {
    let before = "DELETE FROM external_identity WHERE id IN (SELECT tie.id FROM (VALUES ";
    let after = ") AS told
         JOIN external_identity tie ON tie.account_id = told.column1 AND tie.scope_id = $1
         JOIN provider ON provider.id = tie.provider_id
         JOIN account ON account.id = tie.account_id
         WHERE (told.column2 IS NULL OR provider.key <> told.column2)
            AND (provider.tenant_id IS NULL OR tie.proved_by IN ($2, $3))
            AND (account.scope_id IS NULL OR EXISTS (SELECT 1 FROM external_identity other
                JOIN provider AS theirs ON theirs.id = other.provider_id
                WHERE other.account_id = told.column1 AND other.scope_id = $1 AND theirs.tenant_id IS NOT NULL
                    AND other.proved_by NOT IN ($2, $3))))";
    ManyRows::new(before, "", 2, 2, after)
});

/// A tie of a platform provider in a tenant's scope, and one that a first claim or the tenant's word has made, count only while the
/// policy stands under which they came to be: a switch ends them, whichever way it goes. What a person has proved to the tenant's own
/// provider stays, and so does the only way in of somebody whom the tenant alone knows.
///
/// # Errors
/// The database's.
pub(crate) async fn release(tx: &mut Tx, tenant: TenantId, whose: &[Released]) -> Result<(), StoreError> {
    let rows: Vec<_> = whose.iter().map(|it| params![it.account, it.but.clone()]).collect();
    let made = params![ProvedBy::FirstClaim, ProvedBy::Preset];
    tx.scoped(tenant.0).execute_many(&RELEASE, &made, &rows).await?;
    Ok(())
}

/// Whoever switched a member does not trust what opened the tenant before: what was claimed there is void. Who was switched while
/// they were invited has accepted by what was decided: that is no *before*. On the way back to their own account, somebody whom the
/// tenant alone knows keeps their only way in: they have no other.
///
/// # Errors
/// The database's.
pub(crate) async fn void(
    tx: &mut Tx,
    tenant: TenantId,
    account: AccountId,
    (has_just_come, is_back): (bool, bool),
) -> Result<(), StoreError> {
    tx.execute(
        "DELETE FROM external_identity WHERE account_id = $1 AND scope_id = $2 AND NOT ($3 AND proved_by = $4)
            AND NOT ($5 AND EXISTS (SELECT 1 FROM account WHERE account.id = $1 AND account.scope_id = $2))",
        params![account, tenant, has_just_come, ProvedBy::Invitation, is_back],
    )
    .await?;
    Ok(())
}

/// Whoever switched a member has named who they are at the provider: nobody else claims them (DESIGN §4.3). What the tenant
/// names opens the tenant alone, whoever owns the provider. The row is void where the subject is another member's already.
///
/// # Errors
/// The database's.
pub(crate) async fn preset(
    tx: &mut Tx,
    (tenant, account): (TenantId, AccountId),
    fresh: TieId,
    (key, subject): (&str, &str),
    now: Timestamp,
) -> Result<(), StoreError> {
    let replaced = "DELETE FROM external_identity WHERE account_id = $1 AND scope_id = $2
                    AND provider_id = (SELECT id FROM provider WHERE key = $3)";
    tx.execute(replaced, params![account, tenant, key]).await?;
    let known: Option<(ProviderId, Option<TenantId>, String)> = tx
        .maybe("SELECT id, tenant_id, issuer FROM provider WHERE key = $1 AND deleted_at IS NULL", params![key])
        .await?;
    let Some((provider, owner, issuer)) = known else { return Ok(()) };
    if owner.is_some_and(|owner| owner != tenant) {
        return Ok(());
    }
    let named = tx
        .execute(
            "INSERT INTO external_identity (id, scope_id, provider_id, issuer, subject, account_id, proved_by, name, email,
                 created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, '', '', $8) ON CONFLICT DO NOTHING",
            params![fresh, tenant, provider, issuer, subject, account, ProvedBy::Preset, now],
        )
        .await?;
    if named == 1 {
        // Whoever had been named before, and was left for want of another way in, is not needed any more.
        let before =
            "DELETE FROM external_identity WHERE account_id = $1 AND scope_id = $2 AND id <> $3 AND proved_by = $4";
        tx.execute(before, params![account, tenant, fresh, ProvedBy::Preset]).await?;
    }
    Ok(())
}
