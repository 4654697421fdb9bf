//! Searches of the list that are kept under a name.

use axum::extract::{Path, State};
use axum::response::Response;
use serde::Deserialize;
use store::{StoreError, TenantRead};
use tenant::blueprint::{Blueprint, permission};
use tenant::fields::{self, Field};
use tenant::members::{MemberFilter, Place};
use tenant::sessions::Visitor;
use tenant::views::{self, NewView, SaveError, View, ViewId};
use uuid::Uuid;
use webkit::{Failure, Form, see_other};

use super::members_address::write_with;
use super::members_columns::Columns;
use super::request::failure;
use crate::auth::logout::Nothing;
use crate::instance::App;
use crate::visitor::{Admitted, database};

/// A view as the list shows it.
pub(super) struct SavedView {
    pub id: String,
    pub name: String,
    pub href: String,
    /// Whether it is what the page shows.
    pub here: bool,
    pub shared: bool,
    /// Whether this visitor may forget it.
    pub may_forget: bool,
}

/// What a view leads to.
struct Kept {
    filter: MemberFilter,
    /// What is no filter any more: it is told where the view leads to.
    unread: Vec<String>,
    columns: Columns,
}

impl Kept {
    fn new(view: &View, blueprint: &Blueprint, fields: &[Field]) -> Self {
        let mut filter = MemberFilter::default();
        let unread = filter.search(&view.search, blueprint);
        Self { filter, unread, columns: Columns::parse(&view.shown, fields) }
    }

    fn href(&self) -> String {
        write_with(&self.filter, &self.unread, &self.columns, &Place::Start)
    }
}

/// What this visitor has kept and others share with them; the page shows what this filter leaves, if it can be read.
pub(super) async fn of(
    app: &App,
    read: &mut impl TenantRead,
    visitor: &Visitor,
    (filter, columns): (Option<&MemberFilter>, &Columns),
    fields: &[Field],
) -> Result<Vec<SavedView>, StoreError> {
    let manages = visitor.rights.has(permission::MEMBERS_MANAGE);
    let shown = |view: View| {
        let kept = Kept::new(&view, &app.tenant.blueprint, fields);
        SavedView {
            id: view.id.to_string(),
            href: kept.href(),
            here: kept.unread.is_empty() && filter == Some(&kept.filter) && kept.columns == *columns,
            may_forget: view.owner_id == visitor.member.id || (view.shared && manages),
            shared: view.shared,
            name: view.name,
        }
    };
    Ok(views::seen_by(read, visitor.member.id).await?.into_iter().map(shown).collect())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct New {
    name: String,
    search: String,
    #[serde(default)]
    columns: String,
    #[serde(default)]
    shared: String,
}

/// Keeps the view that the list shows.
pub(crate) async fn save(
    State(app): State<App>,
    admitted: Admitted,
    Form(form): Form<New>,
) -> webkit::Result<Response> {
    admitted.require(permission::MEMBERS_VIEW)?;
    let mut found = app.store.read().await.map_err(database)?;
    let fields = fields::of_tenant(&mut found, &app.tenant.blueprint).await.map_err(database)?;
    drop(found);
    let shown = Columns::parse(&form.columns, &fields).to_text();
    let new = NewView { name: form.name, search: form.search, shown, shared: form.shared == "yes" };
    let (by, context) = (admitted.visitor.member.id, app.context(&admitted.visit));
    match views::save(&app.store, context, by, new).await {
        Ok(view) => Ok(see_other(&Kept::new(&view, &app.tenant.blueprint, &fields).href())),
        Err(SaveError::Name) => Err(Failure::bad_request("view-name-detail")),
        Err(SaveError::NotUnderstood(_)) => Err(Failure::bad_request("view-search-detail")),
        Err(SaveError::TooMany) => Err(Failure::bad_request("view-too-many-detail")),
        Err(SaveError::Denied(denied)) => Err(failure(denied, "")),
    }
}

/// Forgets a view.
pub(crate) async fn forget(
    State(app): State<App>,
    admitted: Admitted,
    Path(id): Path<String>,
    Form(Nothing {}): Form<Nothing>,
) -> webkit::Result<Response> {
    admitted.require(permission::MEMBERS_VIEW)?;
    let id = Uuid::parse_str(&id).map_err(|_| Failure::not_found())?;
    let (by, context) = (admitted.visitor.member.id, app.context(&admitted.visit));
    views::forget(&app.store, context, by, ViewId(id)).await.map_err(|denied| failure(denied, ""))?;
    Ok(see_other("/members"))
}
