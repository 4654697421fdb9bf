//! One member: where they stand on each axis, what they may do, and everything that happened.

use ambient::Timestamp;
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use tenant::blueprint::permission;
use tenant::lifecycle;
use tenant::members::{self, Member};
use tenant::roles::{Grant, Rights, grants_of};
use tenant::sessions::Visitor;
use webkit::{Brand, FieldErrors, Form, Shell, Visit, html, see_other};

use super::request::{failure, find};
use super::timeline::{Event, timeline};
use super::{Done, StatePill, ledger, shell, state_pill};
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
    roles: Vec<GrantedRole>,
    invitations: Vec<ledger::Entry>,
    /// Whether an invitation can be withdrawn.
    is_open: bool,
    errors: FieldErrors,
    timeline: Vec<Event>,
    may_review: bool,
    may_lock: bool,
    may_invite: bool,
}

/// A role with how it came.
struct GrantedRole {
    held: HeldRole,
    at: Timestamp,
    by: Option<String>,
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
    let grants = grants_of(&mut read, member.id).await.map_err(database)?;
    let now = app.kit.ambient().now();
    let (invitations, is_open) = ledger::ledger(&visit, &mut read, member.id, now).await.map_err(database)?;
    let decided_by = match member.decided_by {
        Some(by) => members::by_id(&mut read, by).await.map_err(database)?.map(|member| member.name()),
        None => None,
    };
    let may_review = visitor.rights.has(permission::MEMBERS_REVIEW);
    Ok(html(MemberPage {
        // Reasons and addresses are for those who decide on them.
        timeline: timeline(&visit, &mut read, &member, may_review).await.map_err(database)?,
        state: state_pill(&visit, &member),
        may_lock: may_manage(&app, &visitor, &member, &grants),
        may_invite: may_manage(&app, &visitor, &member, &grants)
            && member.authorization == members::Authorization::Invited
            && member.subject.is_none()
            && !member.locked,
        roles: granted_roles(&app, &visit, &grants),
        invitations,
        is_open,
        errors: FieldErrors::none(),
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

fn granted_roles(app: &App, visit: &Visit, grants: &[Grant]) -> Vec<GrantedRole> {
    let granted = grants.iter().filter_map(|grant| {
        let held = held_roles(app, visit, std::slice::from_ref(&grant.role)).pop()?;
        Some(GrantedRole { held, at: grant.granted_at, by: grant.granter() })
    });
    granted.collect()
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

/// Whether the buttons are shown; the rule decides again when one is pressed.
fn may_manage(app: &App, visitor: &Visitor, member: &Member, grants: &[Grant]) -> bool {
    let roles: Vec<&str> = grants.iter().map(|grant| grant.role.as_str()).collect();
    let theirs = Rights::of_roles(&app.tenant.blueprint, &roles);
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
