//! Inviting one person (PP-03).

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use tenant::blueprint::{Role, permission};
use tenant::invitations::{self, NewInvitation};
use tenant::lifecycle::Denied;
use tenant::members::Profile;
use tenant::roles::grantable;
use webkit::{Brand, FieldErrors, Form, Lang, Many, Shell, Visit, html, html_with_status, see_other};

use super::newcomers;
use super::request::failure;
use super::{Done, shell};
use crate::instance::App;
use crate::visitor::{Admitted, database};

/// The longest name.
const LONGEST_NAME: usize = 100;

#[derive(Template)]
#[template(path = "tenant/invite.html")]
struct InvitePage {
    visit: Visit,
    brand: Brand,
    shell: Shell,
    errors: FieldErrors,
    person: Invitee,
    roles: Vec<Role>,
    /// The name of the one provider by which they come in: it says what they are called (TP-04).
    by: Option<String>,
    /// The member with that address, if that is what is wrong.
    known: Option<String>,
}

/// Who is invited, as it was typed.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(crate) struct Invitee {
    #[serde(default)]
    given_name: String,
    #[serde(default)]
    family_name: String,
    #[serde(default)]
    email: String,
    #[serde(default)]
    locale: String,
    #[serde(rename = "role[]", default)]
    roles: Many,
    #[serde(default)]
    message: String,
    /// Ticked or not there.
    #[serde(default)]
    send_now: Option<String>,
}

impl Invitee {
    fn has(&self, role: &Role) -> bool {
        self.roles.0.contains(&role.key)
    }
}

/// The empty form.
pub(crate) async fn show(State(app): State<App>, admitted: Admitted) -> webkit::Result<Response> {
    admitted.require(permission::MEMBERS_MANAGE)?;
    let locale = admitted.visit.lang.code().to_owned();
    let person = Invitee { locale, send_now: Some("yes".to_owned()), ..Invitee::default() };
    Ok(html(page(&app, admitted, person, FieldErrors::none(), None).await?))
}

async fn page(
    app: &App,
    Admitted { visit, visitor }: Admitted,
    person: Invitee,
    errors: FieldErrors,
    known: Option<String>,
) -> webkit::Result<InvitePage> {
    let shell = shell(app, &visit, &visitor, &Done::default()).await.map_err(database)?;
    let by = newcomers::name(app).await?;
    let roles = grantable(&app.tenant.blueprint, &visitor.rights).into_iter().cloned().collect();
    Ok(InvitePage { visit, brand: app.brand.clone(), shell, errors, person, roles, by, known })
}

/// Makes the member *invited*, and opens them: there their roles and the way of the invitation are seen.
pub(crate) async fn invite(
    State(app): State<App>,
    admitted: Admitted,
    Form(mut person): Form<Invitee>,
) -> webkit::Result<Response> {
    admitted.require(permission::MEMBERS_MANAGE)?;
    let by_provider = newcomers::name(&app).await?.is_some();
    let errors = judge(&mut person, by_provider);
    if !errors.is_empty() {
        let page = page(&app, admitted, person, errors, None).await?;
        return Ok(html_with_status(StatusCode::UNPROCESSABLE_ENTITY, page));
    }
    let send_now = person.send_now.is_some();
    let new = NewInvitation {
        profile: Profile::new(&person.given_name, &person.family_name, &person.email, &person.locale, None),
        roles: person.roles.0.iter().filter(|role| !role.is_empty()).cloned().collect(),
        message: person.message.clone(),
        send_now,
    };
    let (by, context) = (admitted.visitor.member.id, app.context(&admitted.visit));
    match invitations::invite(&app.store, context, by, new).await {
        Ok(id) => {
            app.ring();
            let done = if send_now { "invited" } else { "created" };
            Ok(see_other(&format!("/members/{id}?done={done}")))
        }
        Err(Denied::AlreadyHere(known)) => {
            let errors = FieldErrors::one("email", "invite-already-here");
            let page = page(&app, admitted, person, errors, Some(known.to_string())).await?;
            Ok(html_with_status(StatusCode::UNPROCESSABLE_ENTITY, page))
        }
        Err(denied) => Err(failure(denied, "")),
    }
}

fn judge(person: &mut Invitee, by_provider: bool) -> FieldErrors {
    let mut errors = FieldErrors::none();
    if by_provider {
        (person.given_name, person.family_name) = (String::new(), String::new());
    }
    judge_name(&mut errors, "given_name", &mut person.given_name, by_provider);
    judge_name(&mut errors, "family_name", &mut person.family_name, by_provider);
    person.email = person.email.trim().to_owned();
    if !invitations::is_address(&person.email) {
        errors.add("email", "email-wrong");
    }
    judge_language(&mut errors, &person.locale);
    errors
}

/// A name as it is kept; it may be missing of whoever comes by a provider.
pub(super) fn judge_name(errors: &mut FieldErrors, field: &'static str, value: &mut String, by_provider: bool) {
    *value = value.trim().to_owned();
    if value.is_empty() && !by_provider {
        errors.add(field, "name-missing");
    } else if value.chars().count() > LONGEST_NAME || value.chars().any(char::is_control) {
        errors.add(field, "name-wrong");
    }
}

pub(super) fn judge_language(errors: &mut FieldErrors, tag: &str) {
    if Lang::from_tag(tag).is_none() {
        errors.add("locale", "locale-wrong");
    }
}
