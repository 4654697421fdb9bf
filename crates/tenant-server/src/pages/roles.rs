use askama::Template;
use axum::extract::State;
use axum::response::Response;
use tenant::blueprint::{SeatClass, permission};
use webkit::{Brand, Shell, Visit, html};

use super::{Done, shell};
use crate::catalogue::Age;
use crate::instance::App;
use crate::visitor::{Admitted, database};

/// A role's head of column.
struct Column {
    label: String,
    about: String,
    /// What its holders count as.
    seat: &'static str,
}

/// A right, and which roles carry it.
struct Line {
    label: String,
    held: Vec<bool>,
}

#[derive(Template)]
#[template(path = "tenant/roles.html")]
struct RolesPage {
    visit: Visit,
    brand: Brand,
    shell: Shell,
    columns: Vec<Column>,
    lines: Vec<Line>,
    /// The providers whose groups may give roles: key and name. For those who manage roles.
    providers: Vec<(String, String)>,
}

/// The matrix of rights.
pub(crate) async fn show(State(app): State<App>, admitted: Admitted) -> webkit::Result<Response> {
    admitted.require(permission::MEMBERS_VIEW)?;
    let Admitted { visit, visitor } = admitted;
    let shell = shell(&app, &visit, &visitor, &Done::default()).await.map_err(database)?;
    let (blueprint, lang) = (&app.tenant.blueprint, visit.lang.code());
    let columns = blueprint.roles.iter().map(|role| Column {
        label: role.label.text(lang).to_owned(),
        about: role.about.text(lang).to_owned(),
        seat: seat(blueprint.seat_class([role.key.as_str()])),
    });
    let lines = blueprint.permissions.iter().map(|permission| Line {
        label: permission.label.text(lang).to_owned(),
        held: blueprint.roles.iter().map(|role| role.permissions.contains(&permission.key)).collect(),
    });
    let (columns, lines) = (columns.collect(), lines.collect());
    let providers = if visitor.rights.has(permission::ROLES_MANAGE) { providers(&app).await } else { Vec::new() };
    Ok(html(RolesPage { visit, brand: app.brand.clone(), shell, columns, lines, providers }))
}

async fn providers(app: &App) -> Vec<(String, String)> {
    let known = app.catalogue(Age::ToShow).await;
    known.all().iter().map(|provider| (provider.key.clone(), provider.name.clone())).collect()
}

/// A seat class, as a text.
pub(super) const fn seat(class: SeatClass) -> &'static str {
    match class {
        SeatClass::Regular => "seat-regular",
        SeatClass::Core => "seat-core",
    }
}
