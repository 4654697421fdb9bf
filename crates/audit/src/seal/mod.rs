//! The sealer: gives entries their place in the chain, in the order in which it finds them.
//!
//! ```text
//! anything unsealed, or a checkpoint due? ── no ──▶ rest
//!        │ yes
//!   lease (one node at a time) ── another has it ──▶ rest
//!        │
//!   head: ours? ── not signed by this key ──▶ refuse: whoever moved it must not get a signature from us
//!        │
//!   the first unsealed entries, hashed one after the other; the new head signed            (outside the write door)
//!        │
//!   UPDATE head WHERE it is still the one that was read ── no row ──▶ nothing: another node was quicker
//!        │ one row
//!   UPDATE the entries, each WHERE unsealed · INSERT checkpoint                             (the same transaction)
//! ```
//! An entry that becomes visible late, because its transaction was slow, is still unsealed and comes next: the chain goes
//! by order of sealing, not by id. So nothing is skipped, whatever ids it has.

mod plan;
mod write;

use ambient::{Ambient, Timestamp};
use std::sync::Arc;
use std::time::Duration;

use jobs::{Progress, Wake, Worker};
use store::{MasterKey, Store, StoreError, TenantRead, TenantStore, params};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::row::Row;
use crate::{AuditKey, PublicKey};
use plan::{Head, Plan};

/// How many entries one transaction seals: it holds up other writers for some milliseconds.
const BATCH: i64 = 500;
/// How long a node that stopped in the middle holds up the others.
const LEASE: Duration = Duration::from_secs(30);
/// How long the sealer rests: about as long as an entry stands unsealed.
const IDLE: Duration = Duration::from_secs(5);

/// Chains the entries of a database. Any number of nodes may run one.
pub struct Sealer {
    store: Store,
    key: AuditKey,
    ambient: Ambient,
    /// This sealer's name on leases.
    holder: Uuid,
}

/// Why nothing was sealed. The worker waits and tries again.
#[derive(Debug, thiserror::Error)]
pub enum SealError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Somebody else wrote the head, or the master key is another one. Sealing on would put our signature under it.
    #[error(
        "the head of the audit log of tenant {0} is not signed by this server's audit key; nothing is sealed after it"
    )]
    ForeignHead(Uuid),
}

impl Sealer {
    /// For the logs of one database.
    #[must_use]
    pub fn new(store: Store, master_key: &MasterKey, ambient: Ambient) -> Self {
        Self { store, key: AuditKey::of(master_key), holder: ambient.row_id(), ambient }
    }

    /// By which its checkpoints can be checked.
    #[must_use]
    pub fn public_key(&self) -> PublicKey {
        self.key.public()
    }

    /// Starts sealing one tenant's log.
    #[must_use]
    pub fn run(self: Arc<Self>, tenant: Uuid, cancel: &CancellationToken) -> Worker {
        Worker::spawn("audit sealer", cancel, Wake::new(), IDLE, move || {
            let sealer = Arc::clone(&self);
            async move { sealer.seal(tenant).await }
        })
    }

    /// Starts sealing every log of the database.
    #[must_use]
    pub fn run_all(self: Arc<Self>, cancel: &CancellationToken) -> Worker {
        let stop = cancel.clone();
        Worker::spawn("audit sealer", cancel, Wake::new(), IDLE, move || {
            let (sealer, stop) = (Arc::clone(&self), stop.clone());
            async move { sealer.seal_all(&stop).await }
        })
    }

    /// One batch of each log that has something to seal: a busy one holds up no other, nor does one that somebody tampered
    /// with, which is told in the server's log.
    ///
    /// # Errors
    /// The database is not available.
    pub async fn seal_all(&self, stop: &CancellationToken) -> Result<Progress, SealError> {
        let mut progress = Progress::Idle;
        let mut next = Some(Uuid::nil());
        while let Some(from) = next
            && !stop.is_cancelled()
        {
            let Some(tenant) = self.waiting(from).await? else { break };
            match self.seal(tenant).await {
                Ok(Progress::More) => progress = Progress::More,
                Ok(Progress::Idle) => {}
                Err(away @ SealError::Store(StoreError::Unavailable(_))) => return Err(away),
                Err(error) => tracing::error!(%error, %tenant, "an audit log cannot be sealed"),
            }
            next = tenant.as_u128().checked_add(1).map(Uuid::from_u128);
        }
        Ok(progress)
    }

    /// One batch of one log: at most 500 entries. Tests call it instead of [`Sealer::run`].
    ///
    /// # Errors
    /// [`SealError`]; nothing was sealed.
    pub async fn seal(&self, tenant: Uuid) -> Result<Progress, SealError> {
        let (store, now) = (self.store.for_tenant(tenant), self.ambient.now());
        if !is_due(&store, now).await? || !write::lease(&store, self.holder, now, now.plus(LEASE)).await? {
            return Ok(Progress::Idle);
        }
        let head = self.head(&store).await?;
        let rows = unsealed(&store).await?;
        let full = i64::try_from(rows.len()).is_ok_and(|rows| rows >= BATCH);
        let Some(plan) = Plan::make(tenant, head, &rows, now, &self.key) else { return Ok(Progress::Idle) };
        let sealed = store.write(plan, |tx, plan| Box::pin(write::seal(tx, plan))).await?;
        Ok(if full || !sealed { Progress::More } else { Progress::Idle })
    }

    async fn head(&self, store: &TenantStore) -> Result<Option<Head>, SealError> {
        let Some(stored) = plan::head(&mut store.read().await?).await? else { return Ok(None) };
        match stored.read(store.tenant()).filter(|head| head.end.is_signed_by(&[self.key.public()])) {
            Some(head) => Ok(Some(head)),
            None => Err(SealError::ForeignHead(store.tenant())),
        }
    }

    /// The first tenant from `from` on that has something to seal.
    async fn waiting(&self, from: Uuid) -> Result<Option<Uuid>, StoreError> {
        let mut conn = self.store.read().await?;
        let unsealed: Option<(Uuid,)> = conn
            .maybe(
                "SELECT tenant_id FROM audit_entry WHERE seal_number IS NULL AND tenant_id >= $1
                 ORDER BY tenant_id LIMIT 1",
                params![from],
            )
            .await?;
        let due: Option<(Uuid,)> = conn
            .maybe(
                "SELECT tenant_id FROM audit_head WHERE tenant_id >= $1 AND checkpoint_due <= $2
                 ORDER BY tenant_id LIMIT 1",
                params![from, self.ambient.now()],
            )
            .await?;
        Ok(unsealed.into_iter().chain(due).map(|(tenant,)| tenant).min())
    }
}

/// Whether there is anything to do: a resting log is not written to.
async fn is_due(store: &TenantStore, now: Timestamp) -> Result<bool, StoreError> {
    store
        .read()
        .await?
        .exists(
            "SELECT 1 WHERE EXISTS (SELECT 1 FROM audit_entry WHERE tenant_id = $1 AND seal_number IS NULL)
                OR EXISTS (SELECT 1 FROM audit_head WHERE tenant_id = $1 AND checkpoint_due <= $2)",
            params![now],
        )
        .await
}

async fn unsealed(store: &TenantStore) -> Result<Vec<Row>, StoreError> {
    store
        .read()
        .await?
        .all(
            "SELECT id, at, actor_kind, actor_id, action, target_kind, target_id, reference, detail FROM audit_entry
             WHERE tenant_id = $1 AND seal_number IS NULL ORDER BY id LIMIT $2",
            params![BATCH],
        )
        .await
}

/// The two halves of [`Sealer::seal`], for tests that let others come between them.
#[cfg(test)]
pub(crate) mod testing {
    use super::{Plan, Sealer, StoreError, TenantStore, unsealed, write as door};

    pub(crate) async fn plan(sealer: &Sealer, tenant: uuid::Uuid) -> Plan {
        let store = sealer.store.for_tenant(tenant);
        let (head, rows) = (sealer.head(&store).await.unwrap(), unsealed(&store).await.unwrap());
        Plan::make(tenant, head, &rows, sealer.ambient.now(), &sealer.key).unwrap()
    }

    pub(crate) async fn write(store: &TenantStore, plan: Plan) -> Result<bool, StoreError> {
        store.write(plan, |tx, plan| Box::pin(door::seal(tx, plan))).await
    }
}
