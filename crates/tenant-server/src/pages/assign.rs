//! The roles of one member.

use std::collections::BTreeSet;

use askama::Template;
use axum::extract::{Path, State};
use axum::response::Response;
use serde::Deserialize;
use tenant::blueprint::{Granted, Role, permission};
use tenant::lifecycle::{Deed, HowRoles, act};
use tenant::members::Member;
use tenant::roles::{self, following, of_member};
use webkit::{Brand, Form, Many, Shell, Visit, html, see_other};

use super::request::{failure, find};
use super::{Done, shell};
use crate::instance::App;
use crate::visitor::{Admitted, database};

/// A role to tick.
struct Choice {
    role: Role,
    held: bool,
    /// Whether this visitor may give and take it.
    open: bool,
    /// Whether a group gives it, and no hand.
    follows: bool,
}

#[derive(Template)]
#[template(path = "tenant/assign.html")]
struct AssignPage {
    visit: Visit,
    brand: Brand,
    shell: Shell,
    member: Member,
    choices: Vec<Choice>,
}

/// The roles, ticked where held.
pub(crate) async fn show(
    State(app): State<App>,
    admitted: Admitted,
    Path(id): Path<String>,
) -> webkit::Result<Response> {
    admitted.require(permission::ROLES_MANAGE)?;
    let member = find(&app, &id).await?;
    let Admitted { visit, visitor } = admitted;
    let shell = shell(&app, &visit, &visitor, &Done::default()).await.map_err(database)?;
    let mut read = app.store.read().await.map_err(database)?;
    let held = of_member(&mut read, member.id).await.map_err(database)?;
    let following = following(&mut read, member.id).await.map_err(database)?;
    drop(read);
    let choice = |role: &Role| Choice {
        held: held.contains(&role.key),
        follows: following.contains(&role.key),
        open: role.granted == Granted::ByHand && roles::may_grant(&visitor.rights, role),
        role: role.clone(),
    };
    let choices = app.tenant.blueprint.roles.iter().map(choice).collect();
    let brand = app.brand.clone();
    Ok(html(AssignPage { visit, brand, shell, member, choices }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Assignment {
    #[serde(rename = "role[]", default)]
    roles: Many,
}

/// From now on these, and no others.
pub(crate) async fn assign(
    State(app): State<App>,
    admitted: Admitted,
    Path(id): Path<String>,
    Form(form): Form<Assignment>,
) -> webkit::Result<Response> {
    admitted.require(permission::ROLES_MANAGE)?;
    let member = find(&app, &id).await?;
    let (by, context) = (admitted.visitor.member.id, app.context(&admitted.visit));
    let roles: BTreeSet<String> = form.roles.0.into_iter().filter(|key| !key.is_empty()).collect();
    let deed = Deed::Roles { how: HowRoles::Set, roles };
    act(&app.store, context, by, member.id, deed).await.map_err(|denied| failure(denied, &id))?;
    app.ring();
    Ok(see_other(&format!("/members/{}?done=roles", member.id)))
}
