//! Verification: walks a log from its first entry to its last, and says where it stops being what was sealed.
//!
//! It holds one page in memory, borrows a connection for one page at a time, and may run beside a working sealer.

mod report;
mod walk;

use std::collections::BTreeMap;

use store::{Store, StoreError, TenantRead, TenantStore, params};
use uuid::Uuid;

use crate::checkpoint::StoredCheckpoint;
use crate::row::{Clear, Sealed};
use crate::{Checkpoint, PublicKey};
pub use report::{Break, How, Report};
use walk::Walk;

/// How many entries are looked at in one go.
const PAGE: i64 = 500;

/// Why a walk ends early.
enum Stop {
    Broken(Break),
    Store(StoreError),
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<Break> for Stop {
    fn from(broken: Break) -> Self {
        Self::Broken(broken)
    }
}

/// Verifies the log of one tenant (`store::PLATFORM` for the platform's own).
///
/// `trusted` are the keys whose checkpoints count: [`AuditKey::public`](crate::AuditKey::public). `held` are checkpoints
/// that were exported before and kept elsewhere, of any tenants, in any order; they alone show that a log was shortened or
/// rewritten by somebody who has both the database and the master key.
///
/// # Errors
/// What the database says. A broken log is no error: [`Report::broken`].
pub async fn verify(
    store: &Store,
    tenant: Uuid,
    trusted: &[PublicKey],
    held: &[Checkpoint],
) -> Result<Report, StoreError> {
    let store = store.for_tenant(tenant);
    let mut held: Vec<&Checkpoint> = held.iter().filter(|checkpoint| checkpoint.tenant == tenant).collect();
    held.sort_by_key(|checkpoint| checkpoint.seal_number);
    let mut walk = Walk::new(tenant, trusted);
    let broken = match follow(&store, &mut walk, &held).await {
        Ok(()) => None,
        Err(Stop::Broken(broken)) => Some(broken),
        Err(Stop::Store(error)) => return Err(error),
    };
    Ok(Report { broken, unsealed: unsealed(&store).await?, ..walk.report })
}

async fn follow(store: &TenantStore, walk: &mut Walk<'_>, held: &[&Checkpoint]) -> Result<(), Stop> {
    let mut held = held.iter().peekable();
    let (mut last, mut promised) = (None, 0);
    loop {
        loop {
            let page = Page::read(store, walk.at(), last).await?;
            for (index, entry) in page.entries.iter().enumerate() {
                let later = page.entries.get(index + 1..).unwrap_or_default();
                walk.entry(entry, later, page.clear_of(entry.row.id))?;
                let at = walk.at();
                for checkpoint in page.checkpoints.iter().filter(|it| it.seal_number == at) {
                    walk.stored(checkpoint)?;
                }
                while let Some(checkpoint) = held.next_if(|it| it.seal_number <= at) {
                    walk.held(checkpoint)?;
                }
                last = Some(entry.row.id);
            }
            if page.entries.is_empty() {
                break;
            }
        }
        // In this order: what is seen of a sealer that goes on meanwhile is then never ahead of its head.
        let mut conn = store.read().await?;
        let later = checkpoint_after(&mut conn, walk.at()).await?;
        let head = head(&mut conn).await?;
        let reaches = head.as_ref().map_or(0, |head| head.seal_number);
        // Entries sealed meanwhile are walked too; those that a head has promised once are there, or gone.
        if reaches <= walk.at() || promised > walk.at() {
            walk.end(head.as_ref(), later.as_ref(), last)?;
            break;
        }
        promised = reaches;
    }
    held.next().map_or(Ok(()), |beyond| Err(walk.held_beyond(beyond).into()))
}

/// What is read in one go.
struct Page {
    entries: Vec<Sealed>,
    clear: BTreeMap<Uuid, Vec<Clear>>,
    checkpoints: Vec<StoredCheckpoint>,
}

impl Page {
    /// What follows the entry of this number and id. A number that is there twice is seen, also where pages meet.
    async fn read(store: &TenantStore, number: i64, id: Option<Uuid>) -> Result<Self, StoreError> {
        let mut conn = store.read().await?;
        let from = if id.is_some() { number } else { i64::MIN };
        let entries: Vec<Sealed> = conn
            .all(
                "SELECT seal_number, chain_hash, id, at, actor_kind, actor_id, action, target_kind, target_id, reference,
                        detail
                 FROM audit_entry WHERE tenant_id = $1 AND seal_number >= $2 AND (seal_number > $2 OR id <> $3)
                 ORDER BY seal_number LIMIT $4",
                params![from, id.unwrap_or_default(), PAGE],
            )
            .await?;
        let to = entries.last().map_or(from, |last| last.seal_number);
        let mut clear: BTreeMap<Uuid, Vec<Clear>> = BTreeMap::new();
        for it in clear_between(&mut conn, from, to).await? {
            clear.entry(it.entry_id).or_default().push(it);
        }
        Ok(Self { checkpoints: checkpoints_between(&mut conn, number, to).await?, entries, clear })
    }

    fn clear_of(&self, entry: Uuid) -> &[Clear] {
        self.clear.get(&entry).map(Vec::as_slice).unwrap_or_default()
    }
}

async fn clear_between(conn: &mut impl TenantRead, from: i64, to: i64) -> Result<Vec<Clear>, StoreError> {
    conn.all(
        "SELECT p.entry_id, p.name, p.value, p.salt FROM audit_entry e
         JOIN audit_personal p ON p.tenant_id = e.tenant_id AND p.entry_id = e.id
         WHERE e.tenant_id = $1 AND e.seal_number >= $2 AND e.seal_number <= $3",
        params![from, to],
    )
    .await
}

async fn checkpoints_between(
    conn: &mut impl TenantRead,
    after: i64,
    to: i64,
) -> Result<Vec<StoredCheckpoint>, StoreError> {
    conn.all(
        "SELECT seal_number, chain_hash, at, public_key, signature FROM audit_checkpoint
         WHERE tenant_id = $1 AND seal_number > $2 AND seal_number <= $3 ORDER BY seal_number",
        params![after, to],
    )
    .await
}

async fn checkpoint_after(conn: &mut impl TenantRead, number: i64) -> Result<Option<StoredCheckpoint>, StoreError> {
    conn.maybe(
        "SELECT seal_number, chain_hash, at, public_key, signature FROM audit_checkpoint
         WHERE tenant_id = $1 AND seal_number > $2 ORDER BY seal_number LIMIT 1",
        params![number],
    )
    .await
}

/// The head, as a checkpoint.
pub(crate) async fn head(conn: &mut impl TenantRead) -> Result<Option<StoredCheckpoint>, StoreError> {
    conn.maybe(
        "SELECT seal_number, chain_hash, at, public_key, signature FROM audit_head WHERE tenant_id = $1",
        params![],
    )
    .await
}

async fn unsealed(store: &TenantStore) -> Result<i64, StoreError> {
    let sql = "SELECT COUNT(*) FROM audit_entry WHERE tenant_id = $1 AND seal_number IS NULL";
    let (count,): (i64,) = store.read().await?.one(sql, params![]).await?;
    Ok(count)
}
