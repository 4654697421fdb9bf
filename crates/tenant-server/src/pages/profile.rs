use askama::Template;
use axum::extract::State;
use axum::response::Response;
use tenant::access::Entry;
use tenant::members::Member;
use webkit::{Brand, Shell, Visit, html};

use super::member::{HeldRole, held_roles};
use super::{Done, StatePill, shell, small_shell, state_pill};
use crate::instance::App;
use crate::visitor::{SignedIn, database};

#[derive(Template)]
#[template(path = "tenant/profile.html")]
struct ProfilePage {
    visit: Visit,
    brand: Brand,
    shell: Shell,
    member: Member,
    state: StatePill,
    roles: Vec<HeldRole>,
    account_url: String,
    instances_url: String,
    /// Whether they may ask to be deleted (PP-14).
    may_leave: bool,
}

/// One's own data and state; for everyone who is known here (PP-01).
pub(crate) async fn show(State(app): State<App>, SignedIn { visit, visitor }: SignedIn) -> webkit::Result<Response> {
    let done = Done::default();
    let shell = if visitor.entry == Entry::Admit {
        shell(&app, &visit, &visitor, &done).await.map_err(database)?
    } else {
        small_shell(&app, &visit, &visitor, &done)
    };
    let may_leave = app.tenant.blueprint.lifecycle.self_deletion && visitor.entry == Entry::Admit;
    Ok(html(ProfilePage {
        may_leave,
        state: state_pill(&visit, &app.tenant.blueprint, &visitor.member),
        roles: held_roles(&app, &visit, &visitor.roles),
        account_url: app.identity_page("/account"),
        instances_url: app.identity_page("/account/instances"),
        brand: app.brand.clone(),
        member: visitor.member,
        shell,
        visit,
    }))
}
