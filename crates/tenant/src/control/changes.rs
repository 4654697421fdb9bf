//! How the processes on one control database find what another of them changed there.

use ambient::Timestamp;
use store::{Conn, Store, StoreError, Tx, params};
use uuid::Uuid;

use super::{Served, served};

/// How far a process has read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cursor {
    number: i64,
    // One change may touch several tenants, and a page may end between two of them.
    id: Uuid,
}

impl Cursor {
    /// After this tenant's change.
    #[must_use]
    pub const fn after(served: &Served) -> Self {
        Self { number: served.changed, id: served.id }
    }
}

/// How many are read at once.
const PAGE: i64 = 500;

/// The number of the change that this transaction makes. The guard row is held until the commit, so no lower number becomes
/// visible after a higher one.
pub(super) async fn next_change(tx: &mut Tx) -> Result<i64, StoreError> {
    let sql = "UPDATE served_change SET number = number + 1 WHERE one = 1 RETURNING number";
    let (number,): (i64,) = tx.one(sql, params![]).await?;
    Ok(number)
}

/// Where a process starts that reads all tenants *after* it asked for this.
///
/// # Errors
/// The database's.
pub async fn newest_change(conn: &mut Conn) -> Result<Cursor, StoreError> {
    let (number,): (i64,) = conn.one("SELECT number FROM served_change WHERE one = 1", params![]).await?;
    Ok(Cursor { number, id: Uuid::max() })
}

/// The next tenants that were changed, in the order of their changes; none: that was all.
///
/// # Errors
/// The database's.
pub async fn changes_since(conn: &mut Conn, cursor: Cursor) -> Result<Vec<Served>, StoreError> {
    let sql = served!("WHERE (changed, id) > ($1, $2) ORDER BY changed, id LIMIT $3");
    conn.all(sql, params![cursor.number, cursor.id, PAGE]).await
}

/// Tells the other processes of a change that stands elsewhere than in the control table: the tenant's key is another.
///
/// # Errors
/// The database's.
pub async fn touch(store: &Store, tenant: Uuid) -> Result<i64, StoreError> {
    store
        .write(tenant, |tx, tenant| {
            Box::pin(async move {
                let number = next_change(tx).await?;
                tx.execute("UPDATE served_tenant SET changed = $2 WHERE id = $1", params![tenant, number]).await?;
                Ok(number)
            })
        })
        .await
}

/// Marks a tenant before it is opened: after a crash the next process opens it at once and delivers what waits, and the other
/// processes see to it too. Gives the number of the change; none if it was marked.
///
/// # Errors
/// The database's.
pub async fn mark(store: &Store, tenant: Uuid, now: Timestamp) -> Result<Option<i64>, StoreError> {
    let marked = "SELECT opened_at IS NOT NULL FROM served_tenant WHERE id = $1";
    let row: Option<(bool,)> = store.read().await?.maybe(marked, params![tenant]).await?;
    if row.is_none_or(|(marked,)| marked) {
        return Ok(None);
    }
    store
        .write((tenant, now), |tx, (tenant, now)| {
            Box::pin(async move {
                let number = next_change(tx).await?;
                let sql = "UPDATE served_tenant SET opened_at = $2, changed = $3 WHERE id = $1 AND opened_at IS NULL";
                let marked = tx.execute(sql, params![tenant, now, number]).await?;
                Ok((marked > 0).then_some(number))
            })
        })
        .await
}
