use std::collections::BTreeMap;

use store::{StoreError, TenantRead, params};
use uuid::Uuid;

use super::{Batch, BatchId, Item, Outcome};
use crate::members::{a_hundred, hundreds_of};

/// How many items a page shows.
const ITEMS_ON_A_PAGE: i64 = 100;

macro_rules! columns {
    ($rest:expr) => {
        concat!(
            "SELECT id, deed, search, undo_of, retry_of, state, made_by, made_at, started_at, ended_at, gathered, items,
                    fitting, come_to, reached, changed, unchanged, sorted, matches FROM batch WHERE tenant_id = $1 ",
            $rest
        )
    };
}

/// The batch of that id, if this tenant has one.
///
/// # Errors
/// What the database says.
pub async fn by_id(read: &mut impl TenantRead, id: BatchId) -> Result<Option<Batch>, StoreError> {
    read.maybe(columns!("AND id = $2"), params![id]).await
}

/// The batches of these ids that are still there.
///
/// # Errors
/// What the database says.
pub async fn some(
    read: &mut impl TenantRead,
    ids: impl IntoIterator<Item = BatchId>,
) -> Result<BTreeMap<BatchId, Batch>, StoreError> {
    let mut found = BTreeMap::new();
    for values in hundreds_of(ids, BatchId(Uuid::nil())) {
        let rows: Vec<Batch> = read.all(columns!(concat!("AND id IN ", a_hundred!())), values).await?;
        found.extend(rows.into_iter().map(|row| (row.id, row)));
    }
    Ok(found)
}

/// At most so many that were made before that one, the newest first.
///
/// # Errors
/// What the database says.
pub async fn before(read: &mut impl TenantRead, batch: Option<BatchId>, size: i64) -> Result<Vec<Batch>, StoreError> {
    let end = batch.unwrap_or(BatchId(Uuid::max()));
    read.all(columns!("AND id < $2 ORDER BY id DESC LIMIT $3"), params![end, size]).await
}

/// The one that takes this one back: that has done so for somebody, or else the newest that may yet.
///
/// # Errors
/// What the database says.
pub async fn taken_back_by(read: &mut impl TenantRead, batch: BatchId) -> Result<Option<Batch>, StoreError> {
    read.maybe(
        columns!("AND undo_of = $2 AND (ended_at IS NULL OR changed > 0) ORDER BY (changed > 0) DESC, id DESC LIMIT 1"),
        params![batch],
    )
    .await
}

/// Those that have their turn: the one of which the word was given first, since whoever speaks last is to have the last word; and beside it
/// the oldest that somebody waits to look at, so that neither waits for the other.
pub(super) async fn at_work(read: &mut impl TenantRead) -> Result<Vec<Batch>, StoreError> {
    // The index is of both.
    let running: Option<Batch> = read
        .maybe(
            columns!("AND state IN ('gathering', 'running') AND state = 'running' ORDER BY started_at, id LIMIT 1"),
            params![],
        )
        .await?;
    let looked_at: Option<Batch> = read
        .maybe(columns!("AND state IN ('gathering', 'running') AND state = 'gathering' ORDER BY id LIMIT 1"), params![])
        .await?;
    Ok(running.into_iter().chain(looked_at).collect())
}

/// The oldest about which the identity server is to be asked.
pub(super) async fn to_sort(read: &mut impl TenantRead) -> Result<Option<Batch>, StoreError> {
    read.maybe(columns!("AND state = 'sorting' ORDER BY id LIMIT 1"), params![]).await
}

/// How many items have, or will have, which outcome.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    /// As it looks, or of a batch that has ended: as it looked, for those that it has not come to.
    pub ahead: Vec<(Outcome, i64)>,
    /// Of those that it has come to.
    pub behind: Vec<(Outcome, i64)>,
}

/// Counts a batch's items by outcome.
///
/// # Errors
/// What the database says.
pub async fn counts(read: &mut impl TenantRead, batch: BatchId) -> Result<Counts, StoreError> {
    let ahead = "SELECT outlook, COUNT(*) FROM batch_item WHERE tenant_id = $1 AND batch_id = $2 AND outcome IS NULL
                 GROUP BY outlook ORDER BY outlook";
    let behind =
        "SELECT outcome, COUNT(*) FROM batch_item WHERE tenant_id = $1 AND batch_id = $2 AND outcome IS NOT NULL
                  GROUP BY outcome ORDER BY outcome";
    let known = |rows: Vec<(String, i64)>| -> Vec<(Outcome, i64)> {
        rows.into_iter().filter_map(|(word, count)| Some((Outcome::parse(&word)?, count))).collect()
    };
    Ok(Counts {
        ahead: known(read.all(ahead, params![batch]).await?),
        behind: known(read.all(behind, params![batch]).await?),
    })
}

/// A page of a batch's items.
#[derive(Debug, Clone, Default)]
pub struct ItemPage {
    /// In their order.
    pub items: Vec<Item>,
    /// After which position the next page begins, if there is one.
    pub next: Option<i64>,
}

/// What is told of an item that the batch has not come to: as it looks; but nothing is ahead of a batch that has ended.
macro_rules! outlook {
    () => {
        "CASE WHEN b.ended_at IS NULL THEN i.outlook ELSE 'not_reached' END"
    };
}

/// The items of a batch with one outcome (or, where it has not come to them, that outlook), or all.
///
/// # Errors
/// What the database says.
pub async fn items(
    read: &mut impl TenantRead,
    batch: BatchId,
    only: Option<Outcome>,
    after: i64,
) -> Result<ItemPage, StoreError> {
    some_items(read, batch, only, after, ITEMS_ON_A_PAGE).await
}

/// The same in pages of another size.
///
/// # Errors
/// What the database says.
pub async fn some_items(
    read: &mut impl TenantRead,
    batch: BatchId,
    only: Option<Outcome>,
    after: i64,
    size: i64,
) -> Result<ItemPage, StoreError> {
    let sql = concat!(
        "SELECT i.position, i.member_id, i.deed, i.undo, ",
        outlook!(),
        " AS outlook, i.outcome, m.given_name, m.family_name, m.email
               FROM batch_item i JOIN batch b ON b.tenant_id = i.tenant_id AND b.id = i.batch_id
                   LEFT JOIN member m ON m.tenant_id = i.tenant_id AND m.id = i.member_id
               WHERE i.tenant_id = $1 AND i.batch_id = $2 AND i.position > $3
                   AND ($4 IS NULL OR COALESCE(i.outcome, ",
        outlook!(),
        ") = $4)
               ORDER BY i.position LIMIT $5"
    );
    let only = only.map(Outcome::word);
    let mut items: Vec<Item> = read.all(sql, params![batch, after, only, size + 1]).await?;
    let size = usize::try_from(size).unwrap_or(usize::MAX);
    let more = items.len() > size;
    items.truncate(size);
    let next = items.last().filter(|_| more).map(|item| item.position);
    Ok(ItemPage { items, next })
}
