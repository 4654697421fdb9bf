//! One member: where they stand on each axis, what they may do, and everything that happened.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use tenant::blueprint::permission;
use tenant::lifecycle;
use tenant::members::{self, Member};
use tenant::roles::{Rights, of_member};
use tenant::sessions::Visitor;
use webkit::{Brand, Form, Shell, Visit, html, see_other};

use super::request::{failure, find};
use super::timeline::{Event, timeline};
use super::{Done, StatePill, shell, state_pill};
use crate::auth::logout::Nothing;
use crate::instance::App;
use crate::visitor::{Admitted, database};

/// A role with what it carries.
pub(super) struct HeldRole {
    pub label: String,
    pub rights: Vec<String>,
}

#[derive(Template)]
#[template(path = "tenant/member.html")]
struct MemberPage {
    visit: Visit,
    brand: Brand,
    shell: Shell,
    member: Member,
    state: StatePill,
    authorization: String,
    lifecycle: String,
    /// Who decided on their request, if someone did.
    decided_by: Option<String>,
    roles: Vec<HeldRole>,
    timeline: Vec<Event>,
    may_review: bool,
    may_lock: bool,
}

/// One member.
pub(crate) async fn show(
    State(app): State<App>,
    admitted: Admitted,
    Path(id): Path<String>,
    Query(done): Query<Done>,
) -> webkit::Result<Response> {
    admitted.require(permission::MEMBERS_VIEW)?;
    let Admitted { visit, visitor } = admitted;
    let member = find(&app, &id).await?;
    let shell = shell(&app, &visit, &visitor, &done).await.map_err(database)?;
    let mut read = app.store.read().await.map_err(database)?;
    let roles = of_member(&mut read, member.id).await.map_err(database)?;
    let decided_by = match member.decided_by {
        Some(by) => members::by_id(&mut read, by).await.map_err(database)?.map(|member| member.name()),
        None => None,
    };
    let may_review = visitor.rights.has(permission::MEMBERS_REVIEW);
    Ok(html(MemberPage {
        // Reasons and addresses are for those who decide on them.
        timeline: timeline(&visit, &mut read, &member, may_review).await.map_err(database)?,
        state: state_pill(&visit, &member),
        may_lock: may_lock(&app, &visitor, &member, &roles),
        roles: held_roles(&app, &visit, &roles),
        authorization: visit.t(&format!("authorization-{}", member.authorization.word())),
        lifecycle: visit.t(&format!("lifecycle-{}", member.lifecycle.word())),
        may_review: may_review && member.authorization == members::Authorization::ToReview,
        brand: app.brand.clone(),
        decided_by,
        shell,
        member,
        visit,
    }))
}

/// Each role with its permissions, in the visit's language.
pub(super) fn held_roles(app: &App, visit: &Visit, keys: &[String]) -> Vec<HeldRole> {
    let (blueprint, lang) = (&app.tenant.blueprint, visit.lang.code());
    let held = keys.iter().filter_map(|key| blueprint.role(key));
    let rights = |role: &tenant::blueprint::Role| {
        let carried = blueprint.permissions.iter().filter(|permission| role.permissions.contains(&permission.key));
        carried.map(|permission| permission.label.text(lang).to_owned()).collect()
    };
    held.map(|role| HeldRole { label: role.label.text(lang).to_owned(), rights: rights(role) }).collect()
}

/// Whether the button is shown; the rule decides again when it is pressed.
fn may_lock(app: &App, visitor: &Visitor, member: &Member, roles: &[String]) -> bool {
    let theirs = Rights::of_roles(&app.tenant.blueprint, roles);
    let active = member.lifecycle == members::Lifecycle::Active;
    visitor.rights.has(permission::MEMBERS_MANAGE)
        && visitor.rights.cover(&theirs)
        && member.id != visitor.member.id
        && active
}

/// Locks a member.
pub(crate) async fn lock(
    State(app): State<App>,
    admitted: Admitted,
    Path(id): Path<String>,
    Form(Nothing {}): Form<Nothing>,
) -> webkit::Result<Response> {
    admitted.require(permission::MEMBERS_MANAGE)?;
    let member = find(&app, &id).await?;
    let context = app.context(&admitted.visit);
    let locked = lifecycle::lock(&app.store, context, admitted.visitor.member.id, member.id).await;
    locked.map_err(|denied| failure(denied, &id))?;
    app.ring();
    Ok(see_other(&format!("/members/{}?done=locked", member.id)))
}

/// Takes the lock off.
pub(crate) async fn unlock(
    State(app): State<App>,
    admitted: Admitted,
    Path(id): Path<String>,
    Form(Nothing {}): Form<Nothing>,
) -> webkit::Result<Response> {
    admitted.require(permission::MEMBERS_MANAGE)?;
    let member = find(&app, &id).await?;
    let context = app.context(&admitted.visit);
    let unlocked = lifecycle::unlock(&app.store, context, admitted.visitor.member.id, member.id).await;
    unlocked.map_err(|denied| failure(denied, &id))?;
    app.ring();
    Ok(see_other(&format!("/members/{}?done=unlocked", member.id)))
}
