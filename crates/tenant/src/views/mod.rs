//! Searches that are kept under a name: of one member, or of everybody who sees the list (PP-04).

use ambient::Timestamp;
use store::{StoreError, TenantRead, TenantStore, params};

use crate::Context;
use crate::members::MemberId;

/// How many one member may keep, and how many shared ones a page shows.
pub const MOST: i64 = 50;
/// The longest name, in characters.
pub const LONGEST_NAME: usize = 60;

store::row_id! {
    /// A saved view.
    ViewId
}

/// A search with a name.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct View {
    /// Its id.
    pub id: ViewId,
    /// Who keeps it.
    pub owner_id: MemberId,
    /// What it is called.
    pub name: String,
    /// In the words of the search field.
    pub search: String,
    /// Its columns, as they stand in the list's address; nothing: the usual ones.
    pub shown: String,
    /// Whether everybody who sees the list sees it.
    pub shared: bool,
    /// When it was last saved.
    pub saved_at: Timestamp,
}

/// A view as it is to be kept.
#[derive(Debug, Clone)]
pub struct NewView {
    /// What it is called.
    pub name: String,
    /// In the words of the search field.
    pub search: String,
    /// Its columns, as they stand in the list's address; nothing: the usual ones.
    pub shown: String,
    /// Whether everybody who sees the list sees it.
    pub shared: bool,
}

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Saved {
    /// It is kept; one of that name that they had before is replaced.
    Yes,
    /// They keep [`MOST`] already.
    TooMany,
}

/// Keeps a view.
///
/// # Errors
/// What the database says.
pub async fn save(store: &TenantStore, context: Context, by: MemberId, new: NewView) -> Result<Saved, StoreError> {
    let id = ViewId(context.ambient.row_id());
    store
        .write((new, id, by, context.now), |mut tx, (new, id, by, now)| {
            Box::pin(async move {
                let sql = "INSERT INTO member_view (tenant_id, id, owner_id, name, search, shown, shared, saved_at)
                           SELECT $1, $2, $3, $4, $5, $6, $7, $8
                           WHERE (SELECT COUNT(*) FROM member_view
                                  WHERE tenant_id = $1 AND owner_id = $3 AND name <> $4) < $9
                           ON CONFLICT (tenant_id, owner_id, name)
                           DO UPDATE SET search = excluded.search, shown = excluded.shown, shared = excluded.shared,
                               saved_at = excluded.saved_at";
                let values = params![id, by, new.name, new.search, new.shown, new.shared, now, MOST];
                Ok(if tx.execute(sql, values).await? == 1 { Saved::Yes } else { Saved::TooMany })
            })
        })
        .await
}

/// Forgets a view: one's own, and a shared one if `others` too. False if there is none such.
///
/// # Errors
/// What the database says.
pub async fn forget(store: &TenantStore, by: MemberId, id: ViewId, others: bool) -> Result<bool, StoreError> {
    store
        .write((by, id, others), |mut tx, (by, id, others)| {
            Box::pin(async move {
                let sql =
                    "DELETE FROM member_view WHERE tenant_id = $1 AND id = $2 AND (owner_id = $3 OR (shared AND $4))";
                Ok(tx.execute(sql, params![id, by, others]).await? == 1)
            })
        })
        .await
}

/// The views that a member sees, by name: their own and at most [`MOST`] shared ones.
///
/// # Errors
/// What the database says.
pub async fn seen_by(read: &mut impl TenantRead, member: MemberId) -> Result<Vec<View>, StoreError> {
    let sql =
        "SELECT id, owner_id, name, search, shown, shared, saved_at FROM member_view WHERE tenant_id = $1 AND owner_id = $2
               UNION ALL
               SELECT id, owner_id, name, search, shown, shared, saved_at FROM
                   (SELECT * FROM member_view WHERE tenant_id = $1 AND shared AND owner_id <> $2
                    ORDER BY name, id LIMIT $3) AS others
               ORDER BY name, id";
    read.all(sql, params![member, MOST]).await
}
