use std::collections::BTreeSet;

use store::{StoreError, TenantRead, TenantStore, params};

use super::item::{NewItem, Outcome, fitting, write};
use super::{Batch, BatchId, BatchState, gather, is_sorted, read, read_deed, write_deed};
use crate::Context;
use crate::lifecycle::{Deed, Denied, HowRoles, tidy};
use crate::members::{self, MemberId};
use crate::roles::{self, Acting};

/// How many batches may be waiting or at work.
pub const MOST_OPEN: i64 = 20;
/// How many members may be named one by one; more are chosen by a search.
pub const MOST_PICKED: usize = 1_000;

/// Whom it is about.
#[derive(Debug, Clone)]
pub enum Selection {
    /// These, each once.
    Picked(Vec<MemberId>),
    /// Everybody whom this search finds, in the words of the search field.
    Search(String),
}

/// Why there is no batch.
#[derive(Debug, thiserror::Error)]
pub enum CreateError {
    /// Nobody was named.
    #[error("nobody is selected")]
    Nobody,
    /// More than a thousand.
    #[error("too many are named one by one: choose them by a search")]
    TooMany,
    /// Roles are to be given or taken, and none was chosen.
    #[error("no role is chosen")]
    NoRoles,
    /// These words of the search are no filters.
    #[error("not understood: {}", .0.join(" "))]
    NotUnderstood(Vec<String>),
    /// [`MOST_OPEN`] wait for somebody's word, or are at work.
    #[error("too many batches are open")]
    TooManyOpen,
    /// There is nothing (left) to take back, or to try again.
    #[error("there is nothing to take back")]
    NothingToUndo,
    /// The deed itself.
    #[error(transparent)]
    Denied(#[from] Denied),
}

impl From<StoreError> for CreateError {
    fn from(error: StoreError) -> Self {
        Self::Denied(error.into())
    }
}

struct New {
    id: BatchId,
    deed: String,
    search: Option<String>,
    undo_of: Option<BatchId>,
    retry_of: Option<BatchId>,
    by: MemberId,
    items: Vec<NewItem>,
}

/// Makes a batch and looks at what it would come to. Nothing is done to anybody yet.
///
/// # Errors
/// [`CreateError`].
pub async fn create(
    store: &TenantStore,
    context: Context,
    by: MemberId,
    deed: Deed,
    selection: Selection,
) -> Result<BatchId, CreateError> {
    let mut deed = tidy(&context, deed)?;
    if matches!(&deed, Deed::Roles { how: HowRoles::Add | HowRoles::Remove, roles } if roles.is_empty()) {
        return Err(CreateError::NoRoles);
    }
    if let Deed::Switch { preset, .. } = &mut deed {
        // No two members are the same person at a provider.
        *preset = None;
    }
    let acting = roles::acting(&mut store.read().await?, &context, by, deed.permission()).await?;
    let (search, items) = match selection {
        Selection::Picked(ids) => (None, look_at(store, &context, &acting, &deed, ids).await?),
        Selection::Search(search) => {
            // Kept in one way to say it: a server of before, which goes on gathering, reads it too.
            let filter = gather::filter(&context, &search).map_err(CreateError::NotUnderstood)?;
            (Some(filter.to_search()), Vec::new())
        }
    };
    let id = BatchId(context.ambient.row_id());
    let new = New { id, deed: write_deed(&deed)?, search, undo_of: None, retry_of: None, by, items };
    insert(store, context, new).await
}

async fn look_at(
    store: &TenantStore,
    context: &Context,
    acting: &Acting,
    deed: &Deed,
    ids: Vec<MemberId>,
) -> Result<Vec<NewItem>, CreateError> {
    let ids: BTreeSet<MemberId> = ids.into_iter().collect();
    if ids.is_empty() {
        return Err(CreateError::Nobody);
    }
    if ids.len() > MOST_PICKED {
        return Err(CreateError::TooMany);
    }
    let mut read = store.read().await?;
    let mut items = Vec::with_capacity(ids.len());
    let here = members::some(&mut read, ids.iter().copied()).await?;
    for (position, member) in (1..).zip(ids) {
        let outlook = here.get(&member).map_or(Outcome::Gone, |row| gather::look(context, acting, row, deed));
        items.push(NewItem { position, member, deed: None, since: None, outlook });
    }
    gather::look_for_invitations(&mut read, deed, &mut items).await?;
    Ok(items)
}

/// Makes the batch that takes another one back: exactly what that one changed and nobody has changed since.
///
/// # Errors
/// [`CreateError::NothingToUndo`].
pub async fn undo(store: &TenantStore, context: Context, by: MemberId, of: BatchId) -> Result<BatchId, CreateError> {
    let sql = "SELECT 1 FROM batch_item WHERE tenant_id = $1 AND batch_id = $2 AND outcome = 'changed'
                   AND undo IS NOT NULL LIMIT 1";
    let batch = source(store, &context, by, of).await?;
    if !store.read().await?.exists(sql, params![of]).await? {
        return Err(CreateError::NothingToUndo);
    }
    let id = BatchId(context.ambient.row_id());
    let new = New { id, deed: batch.deed, search: None, undo_of: Some(of), retry_of: None, by, items: Vec::new() };
    insert(store, context, new).await
}

/// Makes the batch that tries once more what could not be done, or was not come to. Of one that takes another back, it takes the same one back.
///
/// # Errors
/// [`CreateError::NothingToUndo`]: everything was done.
pub async fn retry(store: &TenantStore, context: Context, by: MemberId, of: BatchId) -> Result<BatchId, CreateError> {
    let batch = source(store, &context, by, of).await?;
    if batch.refused() + batch.not_reached() == 0 {
        return Err(CreateError::NothingToUndo);
    }
    if matches!(batch.deed()?, Deed::Reject { reason } if reason.is_empty()) {
        // It went with somebody who was erased.
        return Err(Denied::NoReason.into());
    }
    let id = BatchId(context.ambient.row_id());
    let new =
        New { id, deed: batch.deed, search: None, undo_of: batch.undo_of, retry_of: Some(of), by, items: Vec::new() };
    insert(store, context, new).await
}

/// A batch that has ended, for somebody who may do what it did.
async fn source(store: &TenantStore, context: &Context, by: MemberId, of: BatchId) -> Result<Batch, CreateError> {
    let mut read = store.read().await?;
    let batch = read::by_id(&mut read, of).await?.ok_or(Denied::NotFound)?;
    roles::acting(&mut read, context, by, read_deed(&batch.deed)?.permission()).await?;
    if batch.ended_at.is_none() { Err(CreateError::NothingToUndo) } else { Ok(batch) }
}

/// What was picked one by one is ready; the others are gathered, and a first look is taken at once.
async fn insert(store: &TenantStore, context: Context, new: New) -> Result<BatchId, CreateError> {
    let (id, gathering) = (new.id, new.items.is_empty());
    store
        .write((context.clone(), new), |mut tx, (context, new)| {
            Box::pin(async move {
                let open = "SELECT COUNT(*) FROM (SELECT 1 AS one FROM batch WHERE tenant_id = $1 AND ended_at IS NULL
                                LIMIT $2) AS counted";
                let (open,): (i64,) = tx.one(open, params![MOST_OPEN]).await?;
                if open >= MOST_OPEN {
                    return Err(CreateError::TooManyOpen);
                }
                let state = match (new.items.is_empty(), new.undo_of.is_none() && is_sorted(&read_deed(&new.deed)?)) {
                    (true, _) => BatchState::Gathering,
                    (false, true) => BatchState::Sorting,
                    (false, false) => BatchState::Ready,
                };
                tx.execute(
            "INSERT INTO batch (tenant_id, id, deed, search, undo_of, retry_of, state, made_by, made_at, items, fitting,
                 come_to, reached, changed, unchanged)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 0, 0, 0, 0)",
            params![
                new.id,
                new.deed,
                new.search,
                new.undo_of,
                new.retry_of,
                state,
                new.by,
                context.now,
                i64::try_from(new.items.len()).unwrap_or(i64::MAX),
                fitting(&new.items)
            ],
        )
        .await?;
                write(&mut tx, new.id, &new.items).await?;
                Ok(())
            })
        })
        .await?;
    if gathering {
        let batch = read::by_id(&mut store.read().await?, id).await?;
        if let Some(batch) = batch {
            gather::some(store, context, batch).await?;
        }
    }
    Ok(id)
}
