use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use tenant::access::Entry;
use tenant::blueprint::permission;
use tenant::fields;
use tenant::requests;
use tenant::sessions::Visitor;
use webkit::{Brand, Shell, Visit, html};

use super::shell::glanced;
use super::{Done, role_labels, shell, standing};
use crate::instance::App;
use crate::visitor::{SignedIn, database};

#[derive(Template)]
#[template(path = "tenant/home.html")]
struct HomePage {
    visit: Visit,
    brand: Brand,
    shell: Shell,
    name: String,
    roles: Vec<String>,
    rights: Vec<String>,
    waiting: Option<String>,
    /// How many asked for their own deletion, for whoever decides on that.
    leaving: Option<String>,
    /// Whether a field is required that they left empty (PP-16).
    lacks_fields: bool,
}

/// What one came for; for those who are not in, where their request stands.
pub(crate) async fn show(
    State(app): State<App>,
    SignedIn { visit, visitor }: SignedIn,
    Query(done): Query<Done>,
) -> webkit::Result<Response> {
    match &visitor.entry {
        Entry::Admit => admitted(&app, visit, &visitor, &done).await,
        _ => Ok(standing::show(&app, visit, &visitor, &done)),
    }
}

async fn admitted(app: &App, visit: Visit, visitor: &Visitor, done: &Done) -> webkit::Result<Response> {
    let shell = shell(app, &visit, visitor, done).await.map_err(database)?;
    let mut read = app.store.read().await.map_err(database)?;
    let lacking = fields::lacking(&mut read, &app.tenant.blueprint, visitor.member.id).await.map_err(database)?;
    let waiting = if visitor.rights.has(permission::MEMBERS_REVIEW) {
        requests::waiting(&mut read).await.map_err(database)?
    } else {
        0
    };
    let may_delete = visitor.rights.has(permission::MEMBERS_MANAGE) && app.tenant.blueprint.lifecycle.self_deletion;
    let leaving = if may_delete { requests::wanting_to_leave(&mut read).await.map_err(database)? } else { 0 };
    Ok(html(HomePage {
        shell,
        leaving: (leaving > 0).then(|| glanced(&visit, leaving)),
        // Whose record is kept elsewhere can't fill in anything here.
        lacks_fields: !lacking.is_empty() && visitor.member.kept_by.is_none(),
        name: visitor.member.given_name.clone(),
        roles: role_labels(&visit, &app.tenant.blueprint, &visitor.roles),
        rights: own_rights(app, &visit, visitor),
        waiting: (waiting > 0).then(|| glanced(&visit, waiting)),
        brand: app.brand.clone(),
        visit,
    }))
}

/// What someone may do, in the catalogue's order and words.
pub(crate) fn own_rights(app: &App, visit: &Visit, visitor: &Visitor) -> Vec<String> {
    let catalogue = app.tenant.blueprint.permissions.iter();
    let held = catalogue.filter(|permission| visitor.rights.has(&permission.key));
    held.map(|permission| permission.label.text(visit.lang.code()).to_owned()).collect()
}
