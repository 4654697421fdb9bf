use store::{StoreError, TenantRead, TenantStore, params};

use super::item::{NewItem, Outcome, fitting, has_changed, write};
use super::{BEFORE_ALL, Batch, BatchId, BatchState, forget_search, is_sorted, read_deed};
use crate::lifecycle::{Deed, Denied, Refusal, Step, Target, judge};
use crate::members::{self, MemberFilter, MemberId, MemberRow};
use crate::roles::{self, Acting};
use crate::{Context, invitations};

/// How many items of another batch are looked at in one go.
const COPIED: i64 = 500;

/// The search of a batch, or the words of it that are no filters.
pub(super) fn filter(context: &Context, search: &str) -> Result<MemberFilter, Vec<String>> {
    let mut filter = MemberFilter::default();
    let unknown = filter.search(search, &context.tenant.blueprint);
    if unknown.is_empty() { Ok(filter) } else { Err(unknown) }
}

/// As it looks now: judged again when it is done.
pub(super) fn look(context: &Context, acting: &Acting, row: &MemberRow, deed: &Deed) -> Outcome {
    match judge(context, acting, Target { member: &row.member, roles: &row.roles(), follows: &row.follows() }, deed) {
        Ok(Step::Nothing) => Outcome::Unchanged,
        Ok(_) => Outcome::Fits,
        Err(refusal) => Outcome::Refused(refusal),
    }
}

/// Whom nobody has invited, nobody can take an invitation back from: no member's row says it.
pub(super) async fn look_for_invitations(
    read: &mut impl TenantRead,
    general: &Deed,
    items: &mut [NewItem],
) -> Result<(), StoreError> {
    let mut withdrawn = Vec::new();
    for item in items.iter_mut().filter(|item| item.outlook == Outcome::Fits) {
        let own = item.deed.as_deref().map(read_deed).transpose()?;
        if own.as_ref().unwrap_or(general) == &Deed::Withdraw {
            withdrawn.push(item);
        }
    }
    let open = invitations::open_among(read, withdrawn.iter().map(|item| item.member)).await?;
    for item in withdrawn.into_iter().filter(|item| !open.contains(&item.member)) {
        item.outlook = Outcome::Refused(Refusal::AlreadySo);
    }
    Ok(())
}

/// What one go found.
struct Found {
    batch: Batch,
    items: Vec<NewItem>,
    /// Up to where a search has looked.
    up_to: Option<MemberId>,
    /// Whether that was all.
    whole: bool,
}

/// Finds the next members of a batch, and looks at what would become of them.
pub(super) async fn some(store: &TenantStore, context: Context, batch: Batch) -> Result<(), StoreError> {
    let deed = batch.deed()?;
    let acting = match roles::acting(&mut store.read().await?, &context, batch.made_by, deed.permission()).await {
        Ok(acting) => Some(acting),
        Err(Denied::Store(error)) => return Err(error),
        Err(_) => None,
    };
    let found = match (batch.undo_of, batch.retry_of) {
        (_, Some(of)) => copy(store, &context, acting.as_ref(), batch, of, RETRY).await?,
        (Some(of), None) => copy(store, &context, acting.as_ref(), batch, of, UNDO).await?,
        (None, None) => by_search(store, &context, acting.as_ref(), batch, &deed).await?,
    };
    store
        .write(found, |mut tx, found| {
            Box::pin(async move {
                // Whoever finds it where it was read goes on from there.
                let state = match (found.whole, is_sorted(&found.batch.deed()?)) {
                    (false, _) => BatchState::Gathering,
                    (true, true) => BatchState::Sorting,
                    (true, false) => BatchState::Ready,
                };
                let count = i64::try_from(found.items.len()).unwrap_or(i64::MAX);
                let moved = tx.execute(
            "UPDATE batch SET state = $3, gathered = COALESCE($4, gathered), items = items + $5, fitting = fitting + $6
             WHERE tenant_id = $1 AND id = $2 AND state = 'gathering' AND items = $7
                 AND COALESCE(gathered, $8) = $9",
            params![
                found.batch.id,
                state,
                found.up_to,
                count,
                fitting(&found.items),
                found.batch.items,
                BEFORE_ALL,
                found.batch.gathered.unwrap_or(BEFORE_ALL)
            ],
        )
        .await?;
                if moved == 1 {
                    write(&mut tx, found.batch.id, &found.items).await?;
                    if found.whole {
                        forget_search(&mut tx, found.batch.id).await?;
                    }
                }
                Ok(())
            })
        })
        .await
}

async fn by_search(
    store: &TenantStore,
    context: &Context,
    acting: Option<&Acting>,
    batch: Batch,
    deed: &Deed,
) -> Result<Found, StoreError> {
    // A blueprint that changed meanwhile can make a filter unknown: then nobody is found by it.
    let filter = filter(context, batch.search.as_deref().unwrap_or_default()).ok();
    let (rows, up_to) = match filter {
        Some(filter) => {
            members::window(&mut store.read().await?, &filter, batch.gathered.unwrap_or(BEFORE_ALL)).await?
        }
        None => (Vec::new(), None),
    };
    let outlook = |row: &MemberRow| acting.map_or(Outcome::NotAllowed, |acting| look(context, acting, row, deed));
    let items = (batch.items + 1..).zip(&rows).map(|(position, row)| NewItem {
        position,
        member: row.member.id,
        deed: None,
        since: None,
        outlook: outlook(row),
    });
    let mut items: Vec<_> = items.collect();
    look_for_invitations(&mut store.read().await?, deed, &mut items).await?;
    Ok(Found { items, whole: up_to.is_none(), up_to, batch })
}

/// An item of the batch that this one is about, with its member, if they are here.
#[derive(sqlx::FromRow)]
struct Source {
    position: i64,
    member_id: MemberId,
    deed: Option<String>,
    since: Option<i64>,
}

/// What was changed and can be taken back.
const UNDO: &str = "SELECT position, member_id, undo AS deed, version AS since FROM batch_item
    WHERE tenant_id = $1 AND batch_id = $2 AND outcome = 'changed' AND undo IS NOT NULL AND position > $3
    ORDER BY position LIMIT $4";
/// What was not done, or not come to.
const RETRY: &str = "SELECT position, member_id, deed, since FROM batch_item
    WHERE tenant_id = $1 AND batch_id = $2 AND (outcome IS NULL OR outcome NOT IN ('changed', 'unchanged')) AND position > $3
    ORDER BY position LIMIT $4";

async fn copy(
    store: &TenantStore,
    context: &Context,
    acting: Option<&Acting>,
    batch: Batch,
    of: BatchId,
    sql: &'static str,
) -> Result<Found, StoreError> {
    let mut read = store.read().await?;
    let last: Option<(i64,)> = read
        .maybe(
            "SELECT position FROM batch_item WHERE tenant_id = $1 AND batch_id = $2 ORDER BY position DESC LIMIT 1",
            params![batch.id],
        )
        .await?;
    let sources: Vec<Source> = read.all(sql, params![of, last.map_or(0, |(position,)| position), COPIED]).await?;
    let general = batch.deed()?;
    let here = members::some(&mut read, sources.iter().map(|source| source.member_id)).await?;
    let mut items = Vec::with_capacity(sources.len());
    for source in sources {
        let deed = source.deed.as_deref().map(read_deed).transpose()?;
        let outlook = match (here.get(&source.member_id), acting) {
            (None, _) => Outcome::Gone,
            (_, None) => Outcome::NotAllowed,
            (Some(row), _) if has_changed(row, source.since, deed.as_ref().unwrap_or(&general)) => {
                Outcome::ChangedSince
            }
            (Some(row), Some(acting)) => look(context, acting, row, deed.as_ref().unwrap_or(&general)),
        };
        let Source { position, member_id: member, deed, since } = source;
        items.push(NewItem { position, member, deed, since, outlook });
    }
    look_for_invitations(&mut read, &general, &mut items).await?;
    let whole = i64::try_from(items.len()).unwrap_or(COPIED) < COPIED;
    Ok(Found { batch, items, up_to: None, whole })
}
