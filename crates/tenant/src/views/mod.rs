//! Searches that are kept under a name: of one member, or of everybody who sees the list (PP-04).

use ambient::Timestamp;
use store::{StoreError, TenantRead, TenantStore, params};

use crate::blueprint::permission;
use crate::lifecycle::Denied;
use crate::members::{MemberFilter, MemberId, one_line};
use crate::{Context, roles};

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

/// Why a view is not kept.
#[derive(Debug, thiserror::Error)]
pub enum SaveError {
    /// No name, or one that is too long.
    #[error("a name that does not fit")]
    Name,
    /// Words of its search that are no filters.
    #[error("no filters: {0:?}")]
    NotUnderstood(Vec<String>),
    /// They keep [`MOST`] already, or as many are shared.
    #[error("too many views")]
    TooMany,
    /// Not by this actor.
    #[error(transparent)]
    Denied(#[from] Denied),
}

impl From<StoreError> for SaveError {
    fn from(error: StoreError) -> Self {
        Self::Denied(error.into())
    }
}

/// Keeps a view. One of that name that they had before is replaced. What is shared stands on everybody's page, so whoever
/// shares it manages members.
///
/// # Errors
/// [`SaveError`].
pub async fn save(store: &TenantStore, context: Context, by: MemberId, new: NewView) -> Result<View, SaveError> {
    let name = one_line(&new.name);
    if !(1..=LONGEST_NAME).contains(&name.chars().count()) {
        return Err(SaveError::Name);
    }
    let mut filter = MemberFilter::default();
    let unknown = filter.search(&new.search, &context.tenant.blueprint);
    if !unknown.is_empty() {
        return Err(SaveError::NotUnderstood(unknown));
    }
    let id = ViewId(context.ambient.row_id());
    let new = NewView { name, search: filter.to_search(), ..new };
    store
        .write((context, by, id, new), |mut tx, (context, by, id, new)| {
            Box::pin(async move {
                let acting = roles::acting(&mut tx, context, *by, permission::MEMBERS_VIEW).await?;
                if new.shared && !acting.rights.has(permission::MEMBERS_MANAGE) {
                    return Err(Denied::Forbidden.into());
                }
                let sql = "INSERT INTO member_view (tenant_id, id, owner_id, name, search, shown, shared, saved_at)
                           SELECT $1, $2, $3, $4, $5, $6, $7, $8
                           WHERE (SELECT COUNT(*) FROM member_view
                                  WHERE tenant_id = $1 AND owner_id = $3 AND name <> $4) < $9
                               AND (NOT $7 OR (SELECT COUNT(*) FROM member_view
                                  WHERE tenant_id = $1 AND shared AND NOT (owner_id = $3 AND name = $4)) < $9)
                           ON CONFLICT (tenant_id, owner_id, name)
                           DO UPDATE SET search = excluded.search, shown = excluded.shown, shared = excluded.shared,
                               saved_at = excluded.saved_at
                           RETURNING id, owner_id, name, search, shown, shared, saved_at";
                let values = params![*id, *by, new.name, new.search, new.shown, new.shared, context.now, MOST];
                let kept: Option<View> = tx.maybe(sql, values).await?;
                kept.ok_or(SaveError::TooMany)
            })
        })
        .await
}

/// Forgets a view: one's own, or a shared one by whoever manages members.
///
/// # Errors
/// [`Denied::Forbidden`] without the permission to see members; [`Denied::NotFound`]: there is none such for them.
pub async fn forget(store: &TenantStore, context: Context, by: MemberId, id: ViewId) -> Result<(), Denied> {
    store
        .write((context, by, id), |mut tx, (context, by, id)| {
            Box::pin(async move {
                let acting = roles::acting(&mut tx, context, *by, permission::MEMBERS_VIEW).await?;
                let others = acting.rights.has(permission::MEMBERS_MANAGE);
                let sql =
                    "DELETE FROM member_view WHERE tenant_id = $1 AND id = $2 AND (owner_id = $3 OR (shared AND $4))";
                let gone = tx.execute(sql, params![*id, *by, others]).await?;
                if gone == 0 { Err(Denied::NotFound) } else { Ok(()) }
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
