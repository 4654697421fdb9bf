use std::collections::{BTreeMap, BTreeSet};

use ambient::Timestamp;
use oidc::scope::{MEMBERS_READ, ROLES_WRITE};
use serde::Deserialize;
use serde_json::{Value, json};
use store::TenantRead;
use tenant::blueprint::Blueprint;
use tenant::fields::{self, EditError, Edited, Wrong};
use tenant::invitations::{self, NewInvitation};
use tenant::lifecycle::{Deed, Done, HowRoles, act};
use tenant::members::{self, MemberFilter, MemberId, MemberRow, PageAfter, Place, Profile, list_some};
use tenant::providers::of_newcomers;
use webkit::Lang;

use super::cursor::Cursor;
use super::problem::Problem;
use super::providers::switch;
use super::serve::{Call, Reply};
use crate::catalogue::Age;
use crate::outgoing::{self, Format};

/// The longest name, as on the page.
const LONGEST_NAME: usize = 100;

pub(super) fn time(at: Option<Timestamp>) -> Value {
    at.map_or(Value::Null, |at| at.to_rfc3339().into())
}

fn member(row: &MemberRow, blueprint: &Blueprint) -> Value {
    let member = &row.member;
    json!({
        "id": member.id,
        "kind": row.kind().word(),
        "name": member.name(),
        "given_name": member.given_name,
        "family_name": member.family_name,
        "email": member.email,
        "email_stated_by": member.stated_by,
        "locale": member.locale,
        "state": member.state(),
        "authorization": member.authorization,
        "locked": member.locked,
        "lifecycle": member.lifecycle,
        "roles": row.roles(),
        "roles_by_group": row.by_group(),
        "seat_class": row.seat_class(blueprint).word(),
        "requested_at": time(member.requested_at),
        "created_at": time(Some(member.created_at)),
        "changed_at": time(Some(member.changed_at)),
        "last_sign_in": time(member.last_sign_in),
        "deleted_at": time(member.deleted_at),
        "provider": member.provider,
        "provider_since": time(member.switched_at),
        "break_glass": member.break_glass,
        "kept_by": member.kept_by,
    })
}

/// A member of this tenant as they stand. Who they are, `members:read` tells, and no other scope.
pub(super) async fn found(call: &Call, id: MemberId) -> Result<Value, Problem> {
    let (mut read, blueprint) = (call.app.store.read().await?, &call.app.tenant.blueprint);
    let row = members::with_roles(&mut read, id).await?.ok_or_else(Problem::not_found)?;
    if !call.caller.has_scope(MEMBERS_READ) {
        return Ok(json!({ "id": row.member.id, "state": row.member.state() }));
    }
    let mut told = member(&row, blueprint);
    let values = known_values(&mut read, blueprint, id).await?;
    if let Some(told) = told.as_object_mut() {
        told.insert("fields".to_owned(), json!(values));
    }
    Ok(told)
}

/// GET /members
pub(super) async fn list(call: Call) -> Result<Reply, Problem> {
    let (filter, after) = (filter(&call)?, PageAfter::read(call.query.cursor())?);
    let place = after.map_or(Place::Start, Place::After);
    let page = list_some(&mut call.app.store.read().await?, &filter, &place, call.query.limit()).await?;
    let rows: Vec<Value> = page.rows.iter().map(|row| member(row, &call.app.tenant.blueprint)).collect();
    let next = page.next.as_ref().map(Cursor::write);
    Ok(Reply::ok(json!({ "members": rows, "next": next, "total": page.total })))
}

/// The kinds of file that [`export`] answers.
pub(super) const FILES: &[&str] = &[Format::Csv.kind(), Format::JsonLines.kind()];

/// GET /members/export: the file that the list's page gives, to whom it gives it.
pub(super) async fn export(call: Call) -> Result<Reply, Problem> {
    let filter = filter(&call)?;
    let asked = call.query.get("format");
    let format = Format::ALL.into_iter().find(|format| Some(format.word()) == asked).unwrap_or(Format::Csv);
    let file = outgoing::file(&call.app, call.context(), call.caller.id(), filter, format).await?;
    Ok(Reply::file(file))
}

/// The filters of the list's page, by the same names. What is no filter is an error here.
fn filter(call: &Call) -> Result<MemberFilter, Problem> {
    let (mut filter, blueprint) = (MemberFilter::default(), &call.app.tenant.blueprint);
    // The state is the first of them, and may stand for several of the others.
    for name in MemberFilter::NAMES.into_iter().rev() {
        if call.query.get(name).is_some_and(|value| !filter.set(name, value, blueprint)) {
            return Err(Problem::invalid("invalid_parameter", name));
        }
    }
    // What is asked for by name and otherwise in the search is not understood there.
    let unread = filter.search(call.query.get("q").unwrap_or_default(), blueprint);
    if !unread.is_empty() {
        return Err(Problem::invalid("invalid_parameter", &format!("q: {}", unread.join(", "))));
    }
    Ok(filter)
}

/// GET /members/{id}
pub(super) async fn show(call: Call) -> Result<Reply, Problem> {
    let id = MemberId(call.uuid()?);
    Ok(Reply::ok(found(&call, id).await?))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Invite {
    #[serde(default)]
    given_name: String,
    #[serde(default)]
    family_name: String,
    email: String,
    locale: String,
    #[serde(default)]
    roles: BTreeSet<String>,
    #[serde(default)]
    message: String,
    #[serde(default = "yes")]
    send: bool,
}

const fn yes() -> bool {
    true
}

/// POST /members
pub(super) async fn invite(call: Call) -> Result<Reply, Problem> {
    let invite: Invite = call.json()?;
    if !invite.roles.is_empty() {
        call.caller.needs_scope(&[ROLES_WRITE])?;
    }
    // Where they come in by one provider, it says what they are called (TP-04).
    let by = of_newcomers(&mut call.app.store.read().await?, &call.app.tenant.blueprint).await?;
    if by.is_some() {
        call.app.catalogue(Age::ToDo).await;
    }
    for name in [&invite.given_name, &invite.family_name] {
        fit_name(name, by.is_some())?;
    }
    if !invitations::is_address(&invite.email) {
        return Err(Problem::unfit("email: not an address that can be mailed"));
    }
    fit_language(&invite.locale)?;
    let new = NewInvitation {
        profile: Profile::new(&invite.given_name, &invite.family_name, &invite.email, &invite.locale, None),
        roles: invite.roles.into_iter().collect(),
        message: invite.message,
        send_now: invite.send,
    };
    let id = invitations::invite(&call.app.store, call.context(), call.caller.id(), new).await?;
    call.app.ring();
    Ok(Reply::created(found(&call, id).await?))
}

/// Refuses what is no name. Of whoever comes by a provider, it may be missing.
pub(super) fn fit_name(name: &str, by_provider: bool) -> Result<(), Problem> {
    let there = by_provider || !name.is_empty();
    let plain = name.trim() == name && there && !name.chars().any(char::is_control);
    if plain && name.chars().count() <= LONGEST_NAME {
        return Ok(());
    }
    Err(Problem::unfit("given_name and family_name: 1 to 100 characters on one line"))
}

pub(super) fn fit_language(tag: &str) -> Result<(), Problem> {
    Lang::from_tag(tag).map(|_| ()).ok_or_else(|| Problem::unfit("locale: not a language of this instance"))
}

/// What a deed may need to be told: of one member, or for a job.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Details {
    pub roles: Option<BTreeSet<String>>,
    pub how: Option<HowRoles>,
    pub reason: Option<String>,
    pub provider: Option<String>,
    pub compromised: Option<bool>,
}

/// What deeds are told beside their name.
const NEEDS: &str = "approve takes roles; reject needs reason; roles needs roles and takes how; switch needs provider and takes compromised";

/// A deed by its name, with exactly the details that it takes, for a caller whose token is for such deeds.
pub(super) fn deed(call: &Call, name: &str, details: Details) -> Result<Deed, Problem> {
    let Details { roles, how, reason, provider, compromised } = details;
    let deed = match (name, roles, how, reason, (provider, compromised)) {
        ("approve", roles, None, None, (None, None)) => Deed::Approve { roles: roles.unwrap_or_default() },
        ("reject", None, None, Some(reason), (None, None)) => Deed::Reject { reason },
        ("roles", Some(roles), how, None, (None, None)) => Deed::Roles { how: how.unwrap_or_default(), roles },
        ("switch", None, None, None, (Some(provider), compromised)) => {
            switch(&provider, compromised.unwrap_or_default(), None)?
        }
        (name, None, None, None, (None, None)) => Deed::plain(name)
            .ok_or_else(|| Problem::unfit(format!("{name}: no such deed, or it lacks what it needs: {NEEDS}")))?,
        (name, ..) => {
            return Err(Problem::unfit(format!(
                "{name}: with what it does not take, or without what it needs: {NEEDS}"
            )));
        }
    };
    needs_scope_of(call, &deed)?;
    Ok(deed)
}

/// Whoever gives roles, in whatever way, needs a token for that; so does who decides by what somebody with roles is known.
pub(super) fn needs_scope_of(call: &Call, deed: &Deed) -> Result<(), Problem> {
    let (members, roles) = match deed {
        Deed::Roles { .. } | Deed::Exchange { .. } => (false, true),
        Deed::Approve { roles } => (true, !roles.is_empty()),
        Deed::Switch { .. } => (true, true),
        _ => (true, false),
    };
    if members {
        call.caller.needs_scope(&[oidc::scope::MEMBERS_WRITE])?;
    }
    if roles { call.caller.needs_scope(&[ROLES_WRITE]) } else { Ok(()) }
}

/// POST /members/{id}/… : the last part of the path is the deed's name.
pub(super) async fn perform(call: Call) -> Result<Reply, Problem> {
    let id = MemberId(call.uuid()?);
    let details = if call.operation.body.is_some() { call.json()? } else { Details::default() };
    let name = call.operation.path.rsplit('/').next().unwrap_or_default();
    let deed = deed(&call, name, details)?;
    let done = act(&call.app.store, call.context(), call.caller.id(), id, deed).await?;
    told(call, id, done != Done::Unchanged).await
}

/// What is answered when something was done to a member, and lay there already or not. The identity server may have to hear of it.
pub(super) async fn told(call: Call, id: MemberId, changed: bool) -> Result<Reply, Problem> {
    call.app.ring();
    let member = found(&call, id).await?;
    Ok(Reply::ok(json!({ "changed": changed, "member": member })))
}

/// What stands in the fields that there are.
async fn known_values(
    read: &mut impl TenantRead,
    blueprint: &Blueprint,
    id: MemberId,
) -> Result<BTreeMap<String, String>, Problem> {
    let known = fields::of_tenant(read, blueprint).await?;
    let mut values = fields::values_of(read, id).await?;
    values.retain(|key, _| known.iter().any(|field| field.key == *key));
    Ok(values)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EditFields {
    fields: BTreeMap<String, String>,
}

/// POST /members/{id}/fields
pub(super) async fn edit_fields(call: Call) -> Result<Reply, Problem> {
    let id = MemberId(call.uuid()?);
    let EditFields { fields: typed } = call.json()?;
    let found_now = members::by_id(&mut call.app.store.read().await?, id).await?;
    if let Some(member) = found_now {
        call.app.catalogue_for(&member).await;
    }
    let edited = fields::edit(&call.app.store, call.context(), call.caller.id(), id, typed).await;
    let edited = edited.map_err(|error| match error {
        EditError::Denied(denied) => denied.into(),
        EditError::Wrong(wrong) => Problem::unfit(wrong.iter().map(said).collect::<Vec<_>>().join("; ")),
    })?;
    let member = found(&call, id).await?;
    Ok(Reply::ok(json!({ "changed": edited == Edited::Yes, "member": member })))
}

fn said((key, wrong): &(String, Wrong)) -> String {
    match wrong {
        Wrong::Unknown => format!("{key}: no such field"),
        Wrong::Missing => format!("{key}: may not be empty"),
        Wrong::TooLong(most) => format!("{key}: at most {most} characters"),
    }
}
