//! One request: who asks, what they say, and the two answers.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use tenant::blueprint::{Role, permission};
use tenant::lifecycle::{Deed, Denied, Refusal, act};
use tenant::members::{self, Authorization, Lifecycle, Member, MemberId};
use tenant::{invitations, requests, roles};
use uuid::Uuid;
use webkit::{Brand, Failure, FieldErrors, Form, Message, Shell, Visit, html, html_with_status, see_other};

use super::{Done, StatePill, shell, state_pill};
use crate::instance::App;
use crate::visitor::{Admitted, database, forbidden};

#[derive(Template)]
#[template(path = "tenant/request.html")]
struct RequestPage {
    visit: Visit,
    brand: Brand,
    shell: Shell,
    member: Member,
    /// The provider whose word alone the address is.
    stated_by: Option<String>,
    /// By whose invitation they came, that gives nothing any more.
    invited: Option<String>,
    state: StatePill,
    duplicates: Vec<Member>,
    roles: Vec<Role>,
    reason: String,
    errors: FieldErrors,
}

/// One request. Whoever was decided on meanwhile is shown as a member.
pub(crate) async fn show(
    State(app): State<App>,
    admitted: Admitted,
    Path(id): Path<String>,
) -> webkit::Result<Response> {
    admitted.require(permission::MEMBERS_REVIEW)?;
    let member = find(&app, &id).await?;
    if member.authorization != Authorization::ToReview {
        return Ok(see_other(&format!("/members/{}", member.id)));
    }
    Ok(html(page(&app, admitted, member, String::new(), FieldErrors::none()).await?))
}

/// The member of that id. What is no id, or another tenant's, does not exist (TN-02).
pub(super) async fn find(app: &App, id: &str) -> webkit::Result<Member> {
    let id = MemberId(Uuid::parse_str(id).map_err(|_| Failure::not_found())?);
    let mut read = app.store.read().await.map_err(database)?;
    members::by_id(&mut read, id).await.map_err(database)?.ok_or_else(Failure::not_found)
}

/// By whose invitation somebody came who is asked about all the same: their inviter may invite nobody any more (IN-01).
pub(super) fn invited(visit: &Visit, by: Option<&str>) -> String {
    match by {
        Some(name) => visit.t_with("request-came-invited", [("name", name)]),
        None => visit.t("request-came-invited-gone"),
    }
}

/// What only people have is not there for others: for whoever was erased, or a service account.
pub(super) fn is_somebody(member: &Member) -> webkit::Result<()> {
    let refusal = match member.lifecycle {
        Lifecycle::Purged => Refusal::Purged,
        _ if !member.is_person() => Refusal::NoPerson,
        _ => return Ok(()),
    };
    Err(failure(Denied::Refused(refusal), &member.id.to_string()))
}

/// The name of the provider whose word alone a member's address is.
async fn stated_by(app: &App, member: &Member) -> Option<String> {
    let key = member.stated_by.as_deref()?;
    Some(app.catalogue_for(member).await.name_of(key).to_owned())
}

async fn page(
    app: &App,
    Admitted { visit, visitor }: Admitted,
    member: Member,
    reason: String,
    errors: FieldErrors,
) -> webkit::Result<RequestPage> {
    let shell = shell(app, &visit, &visitor, &Done::default()).await.map_err(database)?;
    let mut read = app.store.read().await.map_err(database)?;
    let duplicates = requests::possible_duplicates(&mut read, &member).await.map_err(database)?;
    let mut inviters = invitations::inviters(&mut read, [member.id]).await.map_err(database)?;
    let invited = inviters.remove(&member.id).map(|by| invited(&visit, by.as_deref()));
    let offered = roles::grantable(&app.tenant.blueprint, &visitor.rights).into_iter().cloned().collect();
    let state = state_pill(&visit, &app.tenant.blueprint, &member);
    drop(read);
    let stated_by = stated_by(app, &member).await;
    Ok(RequestPage {
        stated_by,
        invited,
        visit,
        brand: app.brand.clone(),
        shell,
        member,
        state,
        duplicates,
        roles: offered,
        reason,
        errors,
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Approval {
    #[serde(default)]
    role: String,
}

/// Yes, with a role.
pub(crate) async fn approve(
    State(app): State<App>,
    admitted: Admitted,
    Path(id): Path<String>,
    Form(form): Form<Approval>,
) -> webkit::Result<Response> {
    admitted.require(permission::MEMBERS_REVIEW)?;
    let member = find(&app, &id).await?;
    let (by, context) = (admitted.visitor.member.id, app.context(&admitted.visit));
    let deed = Deed::Approve { roles: [form.role].into() };
    match act(&app.store, context, by, member.id, deed).await {
        Ok(_) => {
            app.ring();
            Ok(see_other("/requests?done=approved"))
        }
        Err(Denied::UnknownRole) => {
            let errors = FieldErrors::one("role", "role-missing");
            let page = page(&app, admitted, member, String::new(), errors).await?;
            Ok(html_with_status(StatusCode::UNPROCESSABLE_ENTITY, page))
        }
        Err(denied) => Err(failure(denied, &id)),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rejection {
    #[serde(default)]
    reason: String,
}

/// No, with a reason.
pub(crate) async fn reject(
    State(app): State<App>,
    admitted: Admitted,
    Path(id): Path<String>,
    Form(form): Form<Rejection>,
) -> webkit::Result<Response> {
    admitted.require(permission::MEMBERS_REVIEW)?;
    let member = find(&app, &id).await?;
    let (by, context) = (admitted.visitor.member.id, app.context(&admitted.visit));
    let deed = Deed::Reject { reason: form.reason.clone() };
    match act(&app.store, context, by, member.id, deed).await {
        Ok(_) => {
            app.ring();
            Ok(see_other("/requests?done=rejected"))
        }
        Err(Denied::NoReason) => {
            let errors = FieldErrors::one("reason", "reason-missing");
            let page = page(&app, admitted, member, form.reason, errors).await?;
            Ok(html_with_status(StatusCode::UNPROCESSABLE_ENTITY, page))
        }
        Err(denied) => Err(failure(denied, &id)),
    }
}

/// Why, in a sentence.
fn why(refusal: Refusal) -> Message {
    Message::new(format!("refusal-{}", refusal.word()))
}

/// What could not be done to a member, as a page.
pub(super) fn failure(denied: Denied, id: &str) -> Failure {
    let then = |failure: Failure| match id {
        "" => failure,
        id => failure.next(format!("/members/{id}"), "see-member"),
    };
    match denied {
        Denied::NotFound => Failure::not_found(),
        Denied::Forbidden => forbidden(),
        Denied::UnknownRole | Denied::NoReason => Failure::new(StatusCode::UNPROCESSABLE_ENTITY),
        Denied::Refused(Refusal::NothingToDecide) => then(Failure::conflict("request-decided-by-other")),
        Denied::AlreadyHere(other) => {
            Failure::conflict("invite-already-here").next(format!("/members/{other}"), "see-member")
        }
        Denied::Refused(refusal) if refusal.is_about_rights() => then(Failure::forbidden(why(refusal))),
        Denied::Refused(refusal) => then(Failure::conflict(why(refusal))),
        Denied::ProviderOwns(provider) => {
            then(Failure::conflict(Message::new("provider-owned").with("provider", provider)))
        }
        Denied::ChangedSince => then(Failure::conflict("member-state-changed")),
        Denied::Store(error) => database(error),
    }
}
