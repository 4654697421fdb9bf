use std::collections::BTreeMap;

use ambient::Timestamp;
use store::{StoreError, TenantRead, params};
use uuid::Uuid;

use crate::row::Row;

/// The most lines that one page holds, whatever is asked for.
const MOST: u16 = 500;

/// An entry as it is read back.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// The row's id: `before` of the next page.
    pub id: Uuid,
    /// When.
    pub at: Timestamp,
    /// `account`, `member`, `client`, `operator`, `system` or `nobody`.
    pub actor_kind: String,
    /// The actor's id, where the kind has one.
    pub actor_id: Option<String>,
    /// What was done.
    pub action: String,
    /// What kind of thing it was done to.
    pub target_kind: Option<String>,
    /// Which one.
    pub target_id: Option<String>,
    /// The request's reference id.
    pub reference: Option<String>,
    /// The detail, the hashes of personal values included.
    pub detail: serde_json::Value,
    /// The personal values in clear, by name, as far as they are not erased.
    pub personal: BTreeMap<String, String>,
}

/// A page of the log, newest first: the entries before the given one (or the newest), at most `limit` (1 to 500).
///
/// # Errors
/// What the database says; [`StoreError::Damaged`] for a detail that is no JSON.
pub async fn page(conn: &mut impl TenantRead, before: Option<Uuid>, limit: u16) -> Result<Vec<Line>, StoreError> {
    let rows: Vec<Row> = conn
        .all(
            "SELECT id, at, actor_kind, actor_id, action, target_kind, target_id, reference, detail FROM audit_entry
             WHERE tenant_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3",
            params![end(before), size(limit)],
        )
        .await?;
    let Some((newest, oldest)) = ends(&rows) else { return Ok(Vec::new()) };
    let personal = conn
        .all(
            "SELECT entry_id, name, value FROM audit_personal WHERE tenant_id = $1 AND entry_id >= $2 AND entry_id <= $3",
            params![oldest, newest],
        )
        .await?;
    lines(rows, personal)
}

/// Which entries, other than all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Of<'a> {
    /// What was done to one thing: its kind and id.
    Target(&'a str, &'a str),
    /// What somebody did: their kind and id.
    Actor(&'a str, &'a str),
    /// One action.
    Action(&'a str),
    /// What one request did: by the reference id that its pages show.
    Reference(&'a str),
}

/// The statements for the rows of a page, and for their personal values. Each seeks an index and reads in its order.
macro_rules! statements {
    ($condition:literal) => {
        (
            concat!(
                "SELECT id, at, actor_kind, actor_id, action, target_kind, target_id, reference, detail FROM audit_entry
                 WHERE tenant_id = $1 AND ",
                $condition,
                " AND id < $4 ORDER BY id DESC LIMIT $5"
            ),
            concat!(
                "SELECT entry_id, name, value FROM audit_personal WHERE tenant_id = $1 AND entry_id IN
                   (SELECT id FROM audit_entry WHERE tenant_id = $1 AND ",
                $condition,
                " AND id >= $4 AND id <= $5)"
            ),
        )
    };
}

/// As [`page`], for some entries.
///
/// # Errors
/// As [`page`].
pub async fn page_of(
    conn: &mut impl TenantRead,
    of: Of<'_>,
    before: Option<Uuid>,
    limit: u16,
) -> Result<Vec<Line>, StoreError> {
    let ((rows, personal), one, other) = match of {
        Of::Target(kind, id) => (statements!("target_kind = $2 AND target_id = $3"), kind, id),
        Of::Actor(kind, id) => (statements!("actor_kind = $2 AND actor_id = $3"), kind, id),
        Of::Action(action) => (statements!("action = $2 AND action = $3"), action, action),
        Of::Reference(id) => (statements!("reference = $2 AND reference = $3"), id, id),
    };
    let rows: Vec<Row> = conn.all(rows, params![one, other, end(before), size(limit)]).await?;
    let Some((newest, oldest)) = ends(&rows) else { return Ok(Vec::new()) };
    let personal = conn.all(personal, params![one, other, oldest, newest]).await?;
    lines(rows, personal)
}

/// The place in the log where everything before a moment begins: entries are numbered by time (RFC 9562 §5.7, UUIDv7).
#[must_use]
pub fn place_at(moment: Timestamp) -> Uuid {
    let millis = u128::try_from(moment.as_micros().max(0) / 1_000).unwrap_or_default();
    Uuid::from_u128(millis << 80)
}

/// Where the page ends: every id is below the greatest one.
fn end(before: Option<Uuid>) -> Uuid {
    before.unwrap_or(Uuid::max())
}

fn size(limit: u16) -> i64 {
    i64::from(limit.clamp(1, MOST))
}

fn ends(rows: &[Row]) -> Option<(Uuid, Uuid)> {
    Some((rows.first()?.id, rows.last()?.id))
}

fn lines(rows: Vec<Row>, personal: Vec<(Uuid, String, String)>) -> Result<Vec<Line>, StoreError> {
    let mut by_entry: BTreeMap<Uuid, BTreeMap<String, String>> = BTreeMap::new();
    for (entry, name, value) in personal {
        by_entry.entry(entry).or_default().insert(name, value);
    }
    rows.into_iter()
        .map(|row| {
            Ok(Line {
                detail: serde_json::from_str(&row.detail)
                    .map_err(|error| StoreError::Damaged(format!("audit entry {}: {error}", row.id)))?,
                personal: by_entry.remove(&row.id).unwrap_or_default(),
                id: row.id,
                at: row.at,
                actor_kind: row.actor_kind,
                actor_id: row.actor_id,
                action: row.action,
                target_kind: row.target_kind,
                target_id: row.target_id,
                reference: row.reference,
            })
        })
        .collect()
}
