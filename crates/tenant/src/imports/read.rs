use std::collections::BTreeMap;

use store::{StoreError, TenantRead, params};
use uuid::Uuid;

use super::{Import, ImportId};
use crate::members::{a_hundred, hundreds_of};

macro_rules! columns {
    ($rest:expr) => {
        concat!(
            "SELECT id, file_name, ignored, invites, reopens, state, made_by, made_at, started_at, ended_at, lines, looked, reached,
                    to_add, to_change, to_reopen, to_keep, to_fail, added, changed, reopened, kept, failed FROM import WHERE tenant_id = $1 ",
            $rest
        )
    };
}

/// The import of that id, if this tenant has one.
///
/// # Errors
/// What the database says.
pub async fn by_id(read: &mut impl TenantRead, id: ImportId) -> Result<Option<Import>, StoreError> {
    read.maybe(columns!("AND id = $2"), params![id]).await
}

/// The imports of these ids that are still there.
///
/// # Errors
/// What the database says.
pub async fn some(
    read: &mut impl TenantRead,
    ids: impl IntoIterator<Item = ImportId>,
) -> Result<BTreeMap<ImportId, Import>, StoreError> {
    let mut found = BTreeMap::new();
    for values in hundreds_of(ids, ImportId(Uuid::nil())) {
        let rows: Vec<Import> = read.all(columns!(concat!("AND id IN ", a_hundred!())), values).await?;
        found.extend(rows.into_iter().map(|row| (row.id, row)));
    }
    Ok(found)
}

/// At most so many whose file came as a whole, before that one, the newest first.
///
/// # Errors
/// What the database says.
pub async fn before(
    read: &mut impl TenantRead,
    import: Option<ImportId>,
    size: i64,
) -> Result<Vec<Import>, StoreError> {
    let end = import.unwrap_or(ImportId(Uuid::max()));
    let sql = columns!("AND state <> 'receiving' AND id < $2 ORDER BY id DESC LIMIT $3");
    read.all(sql, params![end, size]).await
}

/// Whether one is at work.
///
/// # Errors
/// What the database says.
pub async fn is_at_work(read: &mut impl TenantRead) -> Result<bool, StoreError> {
    Ok(!at_work(read).await?.is_empty())
}

/// Those that have their turn: the one of which the word was given first, and beside it the oldest that somebody waits to look at.
pub(super) async fn at_work(read: &mut impl TenantRead) -> Result<Vec<Import>, StoreError> {
    // The index is of both.
    let running: Option<Import> = read
        .maybe(
            columns!("AND state IN ('looking', 'running') AND state = 'running' ORDER BY started_at, id LIMIT 1"),
            params![],
        )
        .await?;
    let looked_at: Option<Import> = read
        .maybe(columns!("AND state IN ('looking', 'running') AND state = 'looking' ORDER BY id LIMIT 1"), params![])
        .await?;
    Ok(running.into_iter().chain(looked_at).collect())
}
