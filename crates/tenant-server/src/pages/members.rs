//! The list that an administrator lives in: one search field, filters as chips, pages in both directions.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use askama::Template;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use tenant::blueprint::permission;
use tenant::fields::{self, Field, Values};
use tenant::invitations;
use tenant::members::{MemberFilter, MemberId, MemberKind, MemberPage, MemberRow, MemberState, Place, list_members};
use tenant::providers::Catalogue;
use tenant::sessions::Visitor;
use webkit::{Brand, FieldErrors, Shell, Visit, html_with_status, see_other};

use super::bulk::{self, BulkDeed};
use super::filters::Filters;
use super::members_address::{Address, read, write};
use super::members_columns::{Cell, Column, Columns, Told};
use super::shell::counted;
use super::views::{self, SavedView};
use super::{Done, called, shell};
use crate::catalogue::Age;
use crate::instance::App;
use crate::visitor::{Admitted, database};

/// A row as it is shown.
struct Row {
    id: String,
    name: String,
    /// Nothing, if nobody wants to see it.
    email: String,
    /// By whose word alone that address is theirs.
    stated_by: Option<String>,
    /// Whether it is another system and no person (PP-28).
    is_service: bool,
    cells: Vec<Cell>,
    /// What a selection can do to them, by name.
    deeds: String,
}

/// A column that can be chosen.
struct Choice {
    key: String,
    label: String,
    chosen: bool,
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
    /// What the columns beside the name are called.
    heads: Vec<String>,
    choices: Vec<Choice>,
    /// The columns, if they are not the usual ones.
    columns: String,
    /// The address of the list without a filter.
    everybody: String,
    /// What stands in the search field.
    typed: String,
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
    let mut found = app.store.read().await.map_err(database)?;
    let fields = fields::of_tenant(&mut found, &app.tenant.blueprint).await.map_err(database)?;
    drop(found);
    let address = read(query.as_deref().unwrap_or_default(), &app.tenant.blueprint, &fields);
    if let Some(canonical) = &address.canonical {
        return Ok(see_other(canonical));
    }
    let Admitted { visit, visitor } = admitted;
    let shell = shell(&app, &visit, &visitor, &Done::default()).await.map_err(database)?;
    let mut found = app.store.read().await.map_err(database)?;
    let page = match &address.unread {
        None => list_members(&mut found, &address.filter, &address.place).await.map_err(database)?,
        Some(_) => MemberPage::default(),
    };
    let here = (address.unread.is_none().then_some(&address.filter), &address.columns);
    let views = views::of(&app, &mut found, &visitor, here, &fields).await.map_err(database)?;
    let told = page.rows.iter().map(|row| row.member.id).filter(|_| address.columns.tell_of_fields());
    let values = fields::values_of_many(&mut found, told).await.map_err(database)?;
    let merely_invited = page.rows.iter().filter(|row| row.member.state() == MemberState::Invited);
    let invited =
        invitations::open_among(&mut found, merely_invited.map(|row| row.member.id)).await.map_err(database)?;
    drop(found);
    let providers = app.catalogue(Age::ToShow).await;
    let found = Found { page, views, fields, values, invited, providers };
    let status = if address.unread.is_some() { StatusCode::BAD_REQUEST } else { StatusCode::OK };
    Ok(html_with_status(status, members_page(&app, visit, shell, address, found, &visitor)))
}

/// What was read for the page.
struct Found {
    page: MemberPage,
    views: Vec<SavedView>,
    fields: Vec<Field>,
    values: BTreeMap<MemberId, Values>,
    /// Whose invitation is open.
    invited: BTreeSet<MemberId>,
    providers: Arc<Catalogue>,
}

fn members_page(
    app: &App,
    visit: Visit,
    shell: Shell,
    address: Address,
    Found { page, views, fields, values, invited, providers }: Found,
    visitor: &Visitor,
) -> MembersPage {
    let Address { mut filter, columns, typed, unread, .. } = address;
    if unread.is_some() {
        // All of it stands in the search field, and nothing of it beside.
        filter = MemberFilter::default();
    }
    let neighbour = |place: Option<Place>| place.map(|place| write(&filter, &columns, &place));
    let whole = write(&filter, &Columns::usual(), &Place::Start);
    let told = Told { visit: &visit, blueprint: &app.tenant.blueprint, providers: &providers };
    let row = |row: &MemberRow| Row {
        deeds: bulk::fitting(app, &visit, visitor, row, &invited),
        ..line(&told, &columns, row, values.get(&row.member.id))
    };
    MembersPage {
        errors: unread.map_or_else(FieldErrors::none, |unread| FieldErrors::one("q", unread)),
        total: page.total.map(|total| counted(&visit, total)),
        rows: page.rows.iter().map(row).collect(),
        heads: columns.beside().map(|column| column.label(&visit, &app.tenant.blueprint)).collect(),
        choices: choices(&told, &columns, &fields),
        columns: columns.to_text(),
        everybody: write(&MemberFilter::default(), &columns, &Place::Start),
        bulk: bulk::offered(app, visitor),
        search: filter.to_search(),
        // A file tells everything of whom it tells.
        export: whole.replacen("/members", "/members/export.csv", 1),
        export_json: whole.replacen("/members", "/members/export.jsonl", 1),
        typed,
        filters: Filters::new((app, &visit), &providers, &filter, &columns),
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

fn choices(told: &Told<'_>, columns: &Columns, fields: &[Field]) -> Vec<Choice> {
    let choice = |column: &Column| Choice {
        key: column.key(),
        label: column.label(told.visit, told.blueprint),
        chosen: columns.has(column),
    };
    Columns::all(fields).iter().map(choice).collect()
}

fn line(told: &Told<'_>, columns: &Columns, row: &MemberRow, values: Option<&Values>) -> Row {
    Row {
        id: row.member.id.to_string(),
        name: called(told.visit, &row.member),
        email: if columns.has(&Column::Email) { row.member.email.clone() } else { String::new() },
        stated_by: row.member.stated_by.as_deref().map(|key| told.providers.name_of(key).to_owned()),
        is_service: row.kind() == MemberKind::ServiceAccount,
        cells: columns.beside().map(|column| told.cell(column, row, values)).collect(),
        deeds: String::new(),
    }
}
