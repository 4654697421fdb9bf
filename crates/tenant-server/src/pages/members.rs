//! The list that an administrator lives in: one search field, filters as chips, pages in both directions.

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use tenant::blueprint::permission;
use tenant::members::{MemberPage, MemberRow, Place, list_members};
use tenant::sessions::Visitor;
use webkit::{Brand, FieldErrors, Shell, Time, Visit, html, see_other};

use super::bulk::{self, BulkDeed};
use super::filters::Filters;
use super::members_address::{Address, read, write};
use super::shell::counted;
use super::views::{self, SavedView};
use super::{Done, StatePill, role_labels, shell, state_pill};
use crate::instance::App;
use crate::visitor::{Admitted, database};

/// A row as it is shown.
struct Row {
    id: String,
    name: String,
    email: String,
    state: StatePill,
    roles: Vec<String>,
    last_sign_in: Option<Time>,
    /// What a selection can do to them, by name.
    deeds: String,
}

#[derive(Template)]
#[template(path = "tenant/members.html")]
struct MembersPage {
    visit: Visit,
    brand: Brand,
    shell: Shell,
    errors: FieldErrors,
    total: Option<String>,
    rows: Vec<Row>,
    /// What stands in the search field.
    typed: String,
    unknown: String,
    filters: Filters,
    views: Vec<SavedView>,
    is_filtered: bool,
    may_invite: bool,
    /// What can be done to a selection.
    bulk: Vec<BulkDeed>,
    /// The filter in words, for everybody who fits.
    search: String,
    /// Where everybody who fits is a file.
    export: String,
    /// The same as JSON lines.
    export_json: String,
    next: Option<String>,
    previous: Option<String>,
}

/// The members whom the address's filters leave, by name.
pub(crate) async fn list(
    State(app): State<App>,
    admitted: Admitted,
    RawQuery(query): RawQuery,
) -> webkit::Result<Response> {
    admitted.require(permission::MEMBERS_VIEW)?;
    let address = read(query.as_deref().unwrap_or_default(), &app.tenant.blueprint);
    if let Some(canonical) = &address.canonical {
        return Ok(see_other(canonical));
    }
    let Admitted { visit, visitor } = admitted;
    let shell = shell(&app, &visit, &visitor, &Done::default()).await.map_err(database)?;
    let mut found = app.store.read().await.map_err(database)?;
    let page = list_members(&mut found, &address.filter, &address.place).await.map_err(database)?;
    let views = views::of(&app, &mut found, &visitor, &address.filter).await.map_err(database)?;
    drop(found);
    Ok(html(members_page(&app, visit, shell, address, Found { page, views }, &visitor)))
}

/// What was read for the page.
struct Found {
    page: MemberPage,
    views: Vec<SavedView>,
}

fn members_page(
    app: &App,
    visit: Visit,
    shell: Shell,
    address: Address,
    Found { page, views }: Found,
    visitor: &Visitor,
) -> MembersPage {
    let filter = address.filter;
    let neighbour = |place: Option<Place>| place.map(|place| write(&filter, &place));
    MembersPage {
        errors: FieldErrors::none(),
        total: page.total.map(|total| counted(&visit, total)),
        rows: page.rows.iter().map(|row| line(app, &visit, visitor, row)).collect(),
        bulk: bulk::offered(app, visitor),
        search: filter.to_search(),
        export: write(&filter, &Place::Start).replacen("/members", "/members/export.csv", 1),
        export_json: write(&filter, &Place::Start).replacen("/members", "/members/export.jsonl", 1),
        typed: format!("{} {}", filter.text, address.unknown.join(" ")).trim().to_owned(),
        unknown: address.unknown.join(", "),
        filters: Filters::new(app, &visit, &filter),
        views,
        is_filtered: !filter.is_empty(),
        may_invite: visitor.rights.has(permission::MEMBERS_MANAGE),
        next: neighbour(page.next.map(Place::After)),
        previous: neighbour(page.previous.map(Place::Before)),
        brand: app.brand.clone(),
        shell,
        visit,
    }
}

fn line(app: &App, visit: &Visit, visitor: &Visitor, row: &MemberRow) -> Row {
    Row {
        id: row.member.id.to_string(),
        name: row.member.name(),
        email: row.member.email.clone(),
        state: state_pill(visit, &app.tenant.blueprint, &row.member),
        roles: role_labels(visit, &app.tenant.blueprint, &row.roles()),
        last_sign_in: row.member.last_sign_in.map(|at| visit.ago(at)),
        deeds: bulk::fitting(app, visit, visitor, row),
    }
}
