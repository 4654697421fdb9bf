use std::sync::LazyLock;

use store::{ManyRows, StoreError, TenantTx, Value, params};

use crate::Entry;

/// Appends an entry, in the transaction of the deed that it tells of.
///
/// # Errors
/// What the database says.
pub async fn record(tx: &mut TenantTx<'_>, entry: &Entry) -> Result<(), StoreError> {
    record_all(tx, std::slice::from_ref(entry)).await
}

static ENTRIES: LazyLock<ManyRows> = LazyLock::new(|| {
    let before = "INSERT INTO audit_entry
           (tenant_id, id, at, actor_kind, actor_id, action, target_kind, target_id, reference, detail)
         VALUES ";
    ManyRows::new(before, "$1, ", 0, 9, "")
});
static PERSONAL: LazyLock<ManyRows> = LazyLock::new(|| {
    let before = "INSERT INTO audit_personal (tenant_id, entry_id, name, value, salt) VALUES ";
    ManyRows::new(before, "$1, ", 0, 4, "")
});

/// Appends many entries, as [`record`] does one.
///
/// # Errors
/// What the database says.
pub async fn record_all(tx: &mut TenantTx<'_>, entries: &[Entry]) -> Result<(), StoreError> {
    let rows: Vec<_> = entries.iter().map(row).collect();
    tx.execute_many(&ENTRIES, &[], &rows).await?;
    let personal = |entry: &Entry| -> Vec<_> {
        entry.personal.iter().map(|it| params![entry.id, it.name, it.value, it.salt]).collect()
    };
    let personal: Vec<_> = entries.iter().flat_map(personal).collect();
    tx.execute_many(&PERSONAL, &[], &personal).await?;
    Ok(())
}

fn row(entry: &Entry) -> Vec<Value> {
    let (actor_kind, actor_id) = entry.actor.parts();
    let (target_kind, target_id) = entry.target.as_ref().map(|target| (target.kind, &target.id)).unzip();
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
    ]
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
