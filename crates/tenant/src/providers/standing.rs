//! How a provider of this tenant's own stands, while the identity server is asked to change it and after. A deed there and the
//! count of who gets in here are no one transaction; so the deed is written down *first*, in the transaction that allows it, as
//! what it may come to. The row counts at once: for whoever decides next, on whichever node, however old the catalogue is that
//! they know.
//!
//! ```text
//! begin ▸ guard raised ▸ who else surely gets in? ▸ mark: closed, or changed now ──▶ identity server
//!    ├─ done      ▸ settle: as its answer says
//!    ├─ refused   ▸ restore: as it stood, unless another deed was begun meanwhile
//!    └─ no answer ▸ it stays as it may be, until somebody does the next deed to it
//! ```

use std::time::Duration;

use ambient::Timestamp;
use store::{StoreError, TenantRead, TenantTx, params};

/// A provider without a row: it opens, and nothing was changed of late.
const PLAIN: Standing = {
    let never = Timestamp::from_micros(0);
    Standing { closed: false, pending: false, changed_at: never, version: 0, at: never }
};

/// After so long, no deed is on its way any more: the guarded client waits a fraction of it.
const UNDER_WAY: Duration = Duration::from_mins(2);

/// How one stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, sqlx::FromRow)]
pub(super) struct Standing {
    /// It opens nothing, or may not.
    pub closed: bool,
    /// Who has not come since, has not come by it as it is now.
    pub changed_at: Timestamp,
    /// The end of a deed that may close it is not known.
    pub pending: bool,
    /// Rises with each deed.
    pub version: i64,
    /// When the last one was begun.
    pub at: Timestamp,
}

/// A deed that has been begun, as it was written down.
#[derive(Debug, Clone, Copy)]
pub(super) struct Mark {
    before: Standing,
    version: i64,
}

async fn of(read: &mut impl TenantRead, key: &str) -> Result<Standing, StoreError> {
    let sql =
        "SELECT closed, pending, changed_at, version, at FROM provider_change WHERE tenant_id = $1 AND provider = $2";
    Ok(read.maybe(sql, params![key]).await?.unwrap_or(PLAIN))
}

/// Writes down that a deed is begun, and what it may come to. The guard is raised before, so that nobody else is here.
pub(super) async fn mark(
    tx: &mut TenantTx<'_>,
    (key, now): (&str, Timestamp),
    becomes: impl FnOnce(Standing) -> Standing,
) -> Result<Mark, StoreError> {
    let before = of(tx, key).await?;
    let (after, version) = (becomes(before), before.version + 1);
    tx.execute(
        "INSERT INTO provider_change (tenant_id, provider, closed, pending, changed_at, version, at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (tenant_id, provider) DO UPDATE SET closed = excluded.closed, pending = excluded.pending,
             changed_at = excluded.changed_at, version = excluded.version, at = excluded.at",
        params![key, after.closed, after.pending, after.changed_at, version, now],
    )
    .await?;
    Ok(Mark { before, version })
}

/// It is done: from now on it opens, or does not. That it is closed counts whatever was begun meanwhile; that it opens, only if
/// nothing was, and if nothing that may close it is still on its way from before.
pub(super) async fn settle(
    tx: &mut TenantTx<'_>,
    (key, now): (&str, Timestamp),
    mark: Mark,
    opens: bool,
) -> Result<(), StoreError> {
    let sql = "UPDATE provider_change SET closed = TRUE WHERE tenant_id = $1 AND provider = $2 AND NOT closed AND $3";
    tx.execute(sql, params![key, !opens]).await?;
    if opens && mark.before.pending && mark.before.at.plus(UNDER_WAY) > now {
        return Ok(());
    }
    let sql = "UPDATE provider_change SET closed = $4, pending = FALSE,
                   changed_at = CASE WHEN changed_at > $5 THEN $6 ELSE changed_at END
               WHERE tenant_id = $1 AND provider = $2 AND version = $3";
    tx.execute(sql, params![key, mark.version, !opens, mark.before.changed_at, now]).await?;
    Ok(())
}

/// Nothing was done.
pub(super) async fn restore(tx: &mut TenantTx<'_>, key: &str, mark: Mark) -> Result<(), StoreError> {
    let sql = "UPDATE provider_change SET closed = $4, pending = $5, changed_at = $6
               WHERE tenant_id = $1 AND provider = $2 AND version = $3";
    let Standing { closed, pending, changed_at, .. } = mark.before;
    tx.execute(sql, params![key, mark.version, closed, pending, changed_at]).await?;
    Ok(())
}
