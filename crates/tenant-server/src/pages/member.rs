//! One member: where they stand on each axis, what they may do, and everything that happened.

use std::collections::BTreeSet;
use std::sync::Arc;

use ambient::Timestamp;
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use tenant::blueprint::permission;
use tenant::groups::{Given, sources_of};
use tenant::lifecycle::{Axis, Deed, HowRoles, Target};
use tenant::members::{self, Lifecycle, Member};
use tenant::providers::Catalogue;
use tenant::roles::{Grant, grants_of};
use tenant::service_accounts::client_of;
use tenant::terms::{Accepted, accepted_by};
use webkit::{Brand, FieldErrors, Shell, Value, Visit, html};

use super::deed::{Button, Offers};
use super::fields::{FieldRow, rows};
use super::group_words::by_group;
use super::older::Older;
use super::provider::{name_of, ownership};
use super::request::find;
use super::roles::seat;
use super::terms::title_of;
use super::timeline::{Event, timeline};
use super::why::{Why, explained};
use super::{Done, StatePill, axis_title, called, ledger, shell, state_pill, state_word, undo};
use crate::catalogue::Age;
use crate::instance::App;
use crate::visitor::{Admitted, database};

/// A role as it is shown.
pub(super) struct HeldRole {
    pub label: String,
    pub about: String,
}

#[derive(Template)]
#[template(path = "tenant/member.html")]
struct MemberPage {
    visit: Visit,
    brand: Brand,
    shell: Shell,
    member: Member,
    /// What they are called.
    name: String,
    /// Its client, if it is another system and no person (PP-28): nobody signs in by it, and nothing is mailed to it.
    client: Option<String>,
    texts: Texts,
    /// The provider whose word alone the address is.
    stated_by: Option<String>,
    state: StatePill,
    authorization: String,
    /// What being locked is called.
    locked: String,
    lifecycle: String,
    /// When their request was decided on, and by whom, if someone did.
    decided_at: Option<Timestamp>,
    decided_by: Option<String>,
    roles: Vec<GrantedRole>,
    /// What they count as (PP-18).
    seat: &'static str,
    /// What these roles carry, each with its reason.
    why: Vec<Why>,
    /// Whether any of it counts: nobody who is not in may do anything.
    is_in: bool,
    /// The terms that they accepted (PP-19).
    accepted: Vec<Agreed>,
    /// What the tenant keeps of them (PP-16).
    fields: Vec<FieldRow>,
    may_edit_fields: bool,
    invitations: Vec<ledger::Entry>,
    /// Whether an invitation can be withdrawn.
    is_open: bool,
    errors: FieldErrors,
    timeline: Vec<Event>,
    /// Where it goes on.
    older: Option<String>,
    /// Whether all of it can be read in the log.
    may_read_log: bool,
    may_review: bool,
    /// Whether an invitation can be sent, or its address corrected.
    may_invite: bool,
    may_assign: bool,
    /// What opens the tenant to them, in words.
    provider: String,
    /// Which details it owns, in words.
    owned: Option<String>,
    may_switch: bool,
    may_set_glass: bool,
    may_reset: bool,
    /// Whether it can be said who keeps the record, or if somebody does, that it is released.
    may_name_keeper: bool,
    buttons: Vec<Button>,
    /// When what is deleted is erased.
    until: Option<Timestamp>,
}

/// What is said of a person otherwise than of another system.
struct Texts {
    erased_at: &'static str,
    own_log: &'static str,
}

impl Texts {
    const OF_PERSON: Self = Self { erased_at: "member-erased-at", own_log: "audit-by-member" };
    const OF_SERVICE: Self = Self { erased_at: "service-erased-at", own_log: "audit-by-service" };
}

/// A version of the terms, and when they accepted it.
struct Agreed {
    what: String,
    at: Timestamp,
}

/// A role with how it came.
struct GrantedRole {
    held: HeldRole,
    at: Timestamp,
    by: Option<String>,
    /// The groups that give it, in words.
    groups: Vec<String>,
    /// Whether a hand has given it.
    by_hand: bool,
}

/// One member.
pub(crate) async fn show(
    State(app): State<App>,
    admitted: Admitted,
    Path(id): Path<String>,
    Query(done): Query<Done>,
    Query(older): Query<Older>,
) -> webkit::Result<Response> {
    admitted.require(permission::MEMBERS_VIEW)?;
    let Admitted { visit, visitor } = admitted;
    let member = find(&app, &id).await?;
    let known = known(&app, &member).await?;
    let mut read = app.store.read().await.map_err(database)?;
    let client = client_of(&mut read, member.id).await.map_err(database)?;
    let done = if client.is_some() { done.about_a_service() } else { done };
    let mut shell = shell(&app, &visit, &visitor, &done).await.map_err(database)?;
    let grants = grants_of(&mut read, member.id).await.map_err(database)?;
    let now = app.kit.ambient().now();
    let (invitations, is_open) = ledger::ledger(&visit, &mut read, member.id, now).await.map_err(database)?;
    // Whoever asked for their deletion since does not stand there by anybody's decision.
    let is_decided = member.authorization != members::Authorization::UserDeletion;
    let accepted = accepted_by(&mut read, member.id).await.map_err(database)?;
    let decided_by = match member.decided_by.filter(|_| is_decided) {
        Some(by) => members::by_id(&mut read, by).await.map_err(database)?.map(|member| member.name()),
        None => None,
    };
    let may_review = visitor.rights.has(permission::MEMBERS_REVIEW);
    let sources = sources_of(&mut read, member.id).await.map_err(database)?;
    let roles: Vec<String> = grants.iter().map(|grant| grant.role.clone()).collect();
    let follows: Vec<String> = grants.iter().filter(|grant| !grant.by_hand).map(|grant| grant.role.clone()).collect();
    let blueprint = &app.tenant.blueprint;
    let labels = tenant::fields::of_tenant(&mut read, blueprint).await.map_err(database)?;
    let context = app.context(&visit);
    let offers = Offers::of(&context, &visitor, Target { member: &member, roles: &roles, follows: &follows });
    let about = (visitor.member.id, &member);
    undo::offer(&mut read, &mut shell, &done, about, &offers).await.map_err(database)?;
    // Reasons and addresses are for those who decide on them.
    let (events, last) =
        timeline((&app, &visit), &mut read, (&member, older.than()), may_review).await.map_err(database)?;
    Ok(html(MemberPage {
        timeline: events,
        older: last.map(|last| format!("/members/{}?before={last}#what-happened", member.id)),
        may_read_log: visitor.rights.has(permission::AUDIT_VIEW),
        stated_by: member.stated_by.as_deref().map(|key| known.name_of(key).to_owned()),
        state: state_pill(&visit, blueprint, &member),
        may_invite: offers.offers(&Deed::Invite),
        may_assign: offers.offers(&Deed::Roles { how: HowRoles::Set, roles: BTreeSet::new() }),
        buttons: offers.buttons(),
        until: erased_at(&app, &member),
        may_switch: offers.may_switch(),
        may_set_glass: offers.may_set_glass(),
        may_reset: offers.may_reset(),
        may_name_keeper: offers.may_name_keeper(),
        provider: name_of(&visit, &known, &member),
        owned: ownership(&visit, &known, &labels, &member).and_then(|(_, owned)| owned),
        may_edit_fields: offers.fields().is_ok(),
        fields: rows(&visit, &mut read, (blueprint, &known), &member).await.map_err(database)?,
        roles: granted_roles(&app, &visit, &grants, &sources),
        seat: seat(blueprint.seat_class(roles.iter().map(String::as_str))),
        why: explained(&app, &visit, &grants, &sources),
        is_in: member.state() == members::MemberState::Active,
        accepted: accepted.iter().map(|one| agreed(&visit, one)).collect(),
        invitations,
        is_open,
        errors: FieldErrors::none(),
        authorization: state_word(&visit, blueprint, "authorization", member.authorization.word()),
        locked: axis_title(&visit, blueprint, Axis::Locked),
        lifecycle: state_word(&visit, blueprint, "lifecycle", member.lifecycle.word()),
        may_review: may_review && member.authorization == members::Authorization::ToReview,
        brand: app.brand.clone(),
        name: called(&visit, &member),
        texts: if client.is_some() { Texts::OF_SERVICE } else { Texts::OF_PERSON },
        client,
        decided_at: member.decided_at.filter(|_| is_decided),
        decided_by,
        shell,
        member,
        visit,
    }))
}

/// The providers, where the page names one: theirs, one of before a switch, or one whose group gives them a role.
async fn known(app: &App, member: &Member) -> webkit::Result<Arc<Catalogue>> {
    let mut read = app.store.read().await.map_err(database)?;
    let by_group = !sources_of(&mut read, member.id).await.map_err(database)?.is_empty();
    drop(read);
    Ok(if by_group || member.switched_at.is_some() {
        app.catalogue(Age::ToShow).await
    } else {
        app.catalogue_for(member).await
    })
}

/// PP-13: until when a deleted member can be brought back.
fn erased_at(app: &App, member: &Member) -> Option<Timestamp> {
    let window = app.tenant.blueprint.lifecycle.reactivate_within?;
    member.deleted_at.filter(|_| member.lifecycle == Lifecycle::Deleted).map(|at| at.plus(window.0))
}

fn agreed(visit: &Visit, one: &Accepted) -> Agreed {
    let args = [("what", Value::from(title_of(visit, one.kind))), ("n", Value::from(one.number))];
    Agreed { what: visit.t_with("accepted-one", args), at: one.accepted_at }
}

fn granted_roles(app: &App, visit: &Visit, grants: &[Grant], sources: &[Given]) -> Vec<GrantedRole> {
    let granted = grants.iter().filter_map(|grant| {
        let held = held_roles(app, visit, std::slice::from_ref(&grant.role)).pop()?;
        let groups = sources.iter().filter(|one| one.role == grant.role).map(|one| by_group(app, visit, one)).collect();
        Some(GrantedRole { held, at: grant.granted_at, by: grant.granter(), groups, by_hand: grant.by_hand })
    });
    granted.collect()
}

/// Each role in the visit's language.
pub(super) fn held_roles(app: &App, visit: &Visit, keys: &[String]) -> Vec<HeldRole> {
    let lang = visit.lang.code();
    let held = keys.iter().filter_map(|key| app.tenant.blueprint.role(key));
    held.map(|role| HeldRole { label: role.label.text(lang).to_owned(), about: role.about.text(lang).to_owned() })
        .collect()
}
