use store::{StoreError, TenantTx, params};

use crate::Entry;

/// Appends an entry, in the transaction of the deed that it tells of.
///
/// # Errors
/// What the database says.
pub async fn record(tx: &mut TenantTx<'_>, entry: &Entry) -> Result<(), StoreError> {
    let (actor_kind, actor_id) = entry.actor.parts();
    let (target_kind, target_id) = entry.target.as_ref().map(|target| (target.kind, &target.id)).unzip();
    tx.execute(
        "INSERT INTO audit_entry
           (tenant_id, id, at, actor_kind, actor_id, action, target_kind, target_id, reference, detail)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
        params![
            entry.id,
            entry.at,
            actor_kind,
            actor_id,
            entry.action,
            target_kind,
            target_id,
            entry.reference,
            entry.stored_detail()
        ],
    )
    .await?;
    for personal in &entry.personal {
        tx.execute(
            "INSERT INTO audit_personal (tenant_id, entry_id, name, value, salt) VALUES ($1, $2, $3, $4, $5)",
            params![entry.id, personal.name, personal.value, personal.salt],
        )
        .await?;
    }
    Ok(())
}

/// Erases the clear personal values of every entry about one target, and says how many there were. The entries stay.
///
/// # Errors
/// What the database says.
pub async fn forget(tx: &mut TenantTx<'_>, kind: &str, id: &str) -> Result<u64, StoreError> {
    tx.execute(
        "DELETE FROM audit_personal WHERE tenant_id = $1 AND entry_id IN
           (SELECT id FROM audit_entry WHERE tenant_id = $1 AND target_kind = $2 AND target_id = $3)",
        params![kind, id],
    )
    .await
}
