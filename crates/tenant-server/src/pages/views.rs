//! Searches of the list that are kept under a name.

use axum::extract::{Path, State};
use axum::response::Response;
use serde::Deserialize;
use store::{StoreError, TenantRead};
use tenant::blueprint::permission;
use tenant::fields::{self, Field};
use tenant::members::{MemberFilter, Place};
use tenant::sessions::Visitor;
use tenant::views::{self, LONGEST_NAME, NewView, Saved, View, ViewId};
use uuid::Uuid;
use webkit::{Failure, Form, see_other};

use super::members_address::{write, write_with};
use super::members_columns::Columns;
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
        let mut kept = MemberFilter::default();
        // What is no filter any more is told where the view leads to.
        let unread = kept.search(&view.search, &app.tenant.blueprint);
        let shown = Columns::parse(&view.shown, fields);
        SavedView {
            id: view.id.to_string(),
            href: write_with(&kept, &unread, &shown, &Place::Start),
            here: unread.is_empty() && filter == Some(&kept) && shown == *columns,
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
    let name: String = form.name.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let name = name.trim().to_owned();
    if name.is_empty() || name.chars().count() > LONGEST_NAME {
        return Err(Failure::bad_request("view-name-detail"));
    }
    let shared = form.shared == "yes";
    if shared {
        // It stands on everybody's page.
        admitted.require(permission::MEMBERS_MANAGE)?;
    }
    let mut filter = MemberFilter::default();
    if !filter.search(&form.search, &app.tenant.blueprint).is_empty() {
        return Err(Failure::bad_request("view-search-detail"));
    }
    let mut found = app.store.read().await.map_err(database)?;
    let fields = fields::of_tenant(&mut found, &app.tenant.blueprint).await.map_err(database)?;
    drop(found);
    let columns = Columns::parse(&form.columns, &fields);
    let new = NewView { name, search: filter.to_search(), shown: columns.to_text(), shared };
    let (by, context) = (admitted.visitor.member.id, app.context(&admitted.visit));
    match views::save(&app.store, context, by, new).await.map_err(database)? {
        Saved::Yes => Ok(see_other(&write(&filter, &columns, &Place::Start))),
        Saved::TooMany => Err(Failure::bad_request("view-too-many-detail")),
    }
}

/// Forgets a view.
pub(crate) async fn forget(
    State(app): State<App>,
    admitted: Admitted,
    Path(id): Path<String>,
) -> webkit::Result<Response> {
    admitted.require(permission::MEMBERS_VIEW)?;
    let id = Uuid::parse_str(&id).map_err(|_| Failure::not_found())?;
    let others = admitted.visitor.rights.has(permission::MEMBERS_MANAGE);
    let by = admitted.visitor.member.id;
    match views::forget(&app.store, by, ViewId(id), others).await.map_err(database)? {
        true => Ok(see_other("/members")),
        false => Err(Failure::not_found()),
    }
}
