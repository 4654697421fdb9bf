//! One deed done to many members: durable, looked at before it is done, with an outcome for each, and a way back.
//!
//! ```text
//! create ─picked─▶ ready            start        tick, tick …
//!        └search─▶ gathering ─tick─▶ ready ─────▶ running ─────────▶ done ──undo──▶ another batch, of what changed
//!                     └──────────────┴── cancel ──┴──▶ cancelled       └─retry──▶ another batch, of what did not
//! ```
//! **Quick**: a chunk is planned outside the write door, and inside it written with few statements, on condition that everybody
//! is as they were when it was planned. It is as large as what some hundredths of a second suffice for ([`Pace`]): logins go on.
//! What has to look around first (invitations, the last administrator) is done one by one, in the same transaction.
//!
//! **Sorted**: a switch to a provider is *sorting* between gathering and ready. The identity server tells who can prove
//! themselves ([`unsorted`], [`sort`]); a list of subjects may come by then ([`give_matches`]). Before such a switch is taken
//! back, it tells who has claimed since: they stay where they are, and so does whoever has come by the provider.
//!
//! **Exactly once**: a chunk is one transaction, whose first statement moves the batch on from where it stood (or finds that
//! somebody else has); the outcomes of its items are written in the same transaction. A crash at any moment, or two nodes at
//! once, repeat nothing and skip nothing (REL-04).
//!
//! **Rights of the moment**: each chunk looks the actor up again, and each item is judged as the page would judge it (AZ-05).
//! What cannot be done to somebody is their outcome, and stops nobody else.

mod change;
mod chunk;
mod create;
mod gather;
mod item;
mod matching;
mod plan;
mod read;
mod run;
mod sorting;
mod sweep;

use ambient::Timestamp;
use store::{StoreError, TenantRead, TenantStore, TenantTx, params};

pub use change::{Change, changes};
pub use create::{CreateError, MOST_OPEN, Selection, create, retry, undo};
pub use item::{Item, Outcome};
pub use matching::{MOST_MATCHES, Match, MatchFault, give_matches, read_matches};
pub use read::{Counts, ItemPage, before, by_id, counts, items, some, some_items, taken_back_by};
pub use run::{cancel, start};
pub use sorting::{Claims, Unsorted, sort, unsorted};
pub(crate) use sweep::sweep;

use crate::Context;
use crate::lifecycle::Deed;
use crate::members::{BEFORE_ALL, MemberId};
use crate::pace::Pace;

store::row_id! {
    /// A batch's row.
    BatchId
}

store::words! {
    /// How far a batch is.
    BatchState {
        /// Its members are being found.
        Gathering = "gathering",
        /// The identity server is asked who can prove themselves, before a switch.
        Sorting = "sorting",
        /// It waits for somebody's word.
        Ready = "ready",
        /// It is being done.
        Running = "running",
        /// Every item has its outcome.
        Done = "done",
        /// Somebody stopped it; what was done stays done.
        Cancelled = "cancelled",
    }
}

/// A batch's row.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Batch {
    /// Its id.
    pub id: BatchId,
    deed: String,
    /// The search that chose its members; `None`: chosen one by one.
    pub search: Option<String>,
    /// The batch that it takes back.
    pub undo_of: Option<BatchId>,
    /// The batch whose failures it tries once more.
    pub retry_of: Option<BatchId>,
    /// How far it is.
    pub state: BatchState,
    /// Whose rights count.
    pub made_by: MemberId,
    /// When it was made.
    pub made_at: Timestamp,
    /// When somebody gave the word.
    pub started_at: Option<Timestamp>,
    /// When it was done, or cancelled.
    pub ended_at: Option<Timestamp>,
    gathered: Option<MemberId>,
    /// How many members it is about.
    pub items: i64,
    /// Of them it will do something to, as it looked before.
    pub fitting: i64,
    /// How many it has come to.
    pub come_to: i64,
    reached: i64,
    sorted: i64,
    matches: i64,
    /// How many it changed.
    pub changed: i64,
    /// How many were so already.
    pub unchanged: i64,
}

impl Batch {
    /// What is done.
    ///
    /// # Errors
    /// [`StoreError::Damaged`]: somebody wrote something else into the row.
    pub fn deed(&self) -> Result<Deed, StoreError> {
        read_deed(&self.deed)
    }

    /// Whether a list of subjects was given, and counts.
    #[must_use]
    pub const fn has_matches(&self) -> bool {
        self.matches > 0
    }

    /// Whether it switches members to a provider, so that a list may say who they are there.
    ///
    /// # Errors
    /// As [`Batch::deed`].
    pub fn can_be_sorted(&self) -> Result<bool, StoreError> {
        Ok(self.undo_of.is_none() && is_sorted(&self.deed()?))
    }

    /// To how many it did not come before it was stopped.
    #[must_use]
    pub const fn not_reached(&self) -> i64 {
        if self.started_at.is_some() && self.ended_at.is_some() { self.items - self.come_to } else { 0 }
    }

    /// To how many it could not be done.
    #[must_use]
    pub const fn refused(&self) -> i64 {
        self.come_to - self.changed - self.unchanged
    }
}

/// Whether such a deed, or what takes it back, is looked at twice: here, and by the identity server.
const fn is_sorted(deed: &Deed) -> bool {
    matches!(deed, Deed::Switch { to: Some(_), .. })
}

fn read_deed(text: &str) -> Result<Deed, StoreError> {
    serde_json::from_str(text).map_err(|error| StoreError::Damaged(format!("a deed that cannot be read: {error}")))
}

fn write_deed(deed: &Deed) -> Result<String, StoreError> {
    serde_json::to_string(deed).map_err(|error| StoreError::Damaged(error.to_string()))
}

/// Whether somebody of a batch was erased while it went on. They are few, and found among the erased.
macro_rules! has_erased {
    () => {
        "EXISTS (SELECT 1 FROM member m WHERE m.tenant_id = $1 AND m.lifecycle = 'purged' AND EXISTS
             (SELECT 1 FROM batch_item i WHERE i.tenant_id = $1 AND i.batch_id = $2 AND i.member_id = m.id))"
    };
}

/// What whoever was erased while they were gathered was looked for by goes when that is done (WEB-22).
async fn forget_search(tx: &mut TenantTx<'_>, id: BatchId) -> Result<(), StoreError> {
    let sql =
        concat!("UPDATE batch SET search = NULL WHERE tenant_id = $1 AND id = $2 AND search <> '' AND ", has_erased!());
    tx.execute(sql, params![id]).await?;
    Ok(())
}

/// A reason that was still to be told when somebody of the batch was erased goes where it ends (WEB-22).
async fn forget_reason(tx: &mut TenantTx<'_>, id: BatchId, deed: &Deed) -> Result<(), StoreError> {
    if !matches!(deed, Deed::Reject { .. }) {
        return Ok(());
    }
    let sql = concat!("UPDATE batch SET deed = $3 WHERE tenant_id = $1 AND id = $2 AND ", has_erased!());
    tx.execute(sql, params![id, write_deed(&Deed::Reject { reason: String::new() })?]).await?;
    Ok(())
}

/// Whether what is at work, or waits to be sorted, judges by the providers that there are.
///
/// # Errors
/// What the database says.
pub async fn asks_for_providers(read: &mut impl TenantRead) -> Result<bool, StoreError> {
    if read::to_sort(read).await?.is_some() {
        return Ok(true);
    }
    let deeds: Vec<Deed> = read::at_work(read).await?.iter().map(Batch::deed).collect::<Result<_, _>>()?;
    Ok(deeds.iter().any(|deed| matches!(deed, Deed::Switch { .. })))
}

/// Goes on with whatever batches are at work, by one chunk of each. True while there may be more.
///
/// # Errors
/// What the database says.
pub async fn tick(store: &TenantStore, context: Context, pace: &Pace) -> Result<bool, StoreError> {
    let (at_work, mut went) = (read::at_work(&mut store.read().await?).await?, Ok(()));
    let any = !at_work.is_empty();
    for batch in at_work {
        let one = match batch.state {
            BatchState::Gathering => gather::some(store, context.clone(), batch).await,
            _ => chunk::some(store, context.clone(), batch, pace).await,
        };
        // The other goes on.
        went = went.and(one);
    }
    went.map(|()| any)
}
