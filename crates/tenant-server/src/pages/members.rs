use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use tenant::blueprint::permission;
use tenant::members::list_members;
use webkit::{Brand, Shell, Visit, html};

use super::requests::Paging;
use super::shell::counted;
use super::{Done, StatePill, role_labels, shell, state_pill};
use crate::instance::App;
use crate::visitor::{Admitted, database};

/// A row as it is shown.
struct Row {
    id: String,
    name: String,
    email: String,
    state: StatePill,
    roles: String,
}

#[derive(Template)]
#[template(path = "tenant/members.html")]
struct MembersPage {
    visit: Visit,
    brand: Brand,
    shell: Shell,
    total: String,
    rows: Vec<Row>,
    next: Option<String>,
}

/// All members, by name.
pub(crate) async fn list(
    State(app): State<App>,
    admitted: Admitted,
    Query(paging): Query<Paging>,
) -> webkit::Result<Response> {
    admitted.require(permission::MEMBERS_VIEW)?;
    let Admitted { visit, visitor } = admitted;
    let shell = shell(&app, &visit, &visitor, &Done::default()).await.map_err(database)?;
    let mut read = app.store.read().await.map_err(database)?;
    let page = list_members(&mut read, paging.after().as_ref()).await.map_err(database)?;
    let (next, total) = (Paging::next("/members", &page), counted(&visit, page.total));
    let rows = page.rows.iter().map(|row| Row {
        id: row.member.id.to_string(),
        name: row.member.name(),
        email: row.member.email.clone(),
        state: state_pill(&visit, &row.member),
        roles: role_labels(&visit, &app.tenant.blueprint, &row.roles()).join(", "),
    });
    Ok(html(MembersPage { rows: rows.collect(), visit, brand: app.brand.clone(), shell, total, next }))
}
