//! Correcting what was typed of someone who has not come yet: where their invitation goes, what they are called.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use tenant::blueprint::permission;
use tenant::invitations::{self, Details};
use tenant::lifecycle::{Deed, Denied, Refusal, Target};
use tenant::members::Member;
use tenant::roles;
use webkit::{Brand, Failure, FieldErrors, Form, Shell, Visit, html, html_with_status, see_other};

use super::deed::Offers;
use super::invite::{judge_language, judge_name};
use super::request::{failure, find};
use super::{Done, called, shell};
use crate::instance::App;
use crate::visitor::{Admitted, database};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Correction {
    email: String,
}

/// Corrects the address, and invites there.
pub(crate) async fn correct_email(
    State(app): State<App>,
    admitted: Admitted,
    Path(id): Path<String>,
    Form(form): Form<Correction>,
) -> webkit::Result<Response> {
    admitted.require(permission::MEMBERS_MANAGE)?;
    let member = find(&app, &id).await?;
    let email = form.email.trim().to_owned();
    if !invitations::is_address(&email) {
        let back = format!("/members/{}", member.id);
        return Err(Failure::bad_request("email-wrong").next(back, "see-member"));
    }
    app.catalogue_for(&member).await;
    let (by, context) = (admitted.visitor.member.id, app.context(&admitted.visit));
    let corrected = invitations::correct_email(&app.store, context, by, member.id, email).await;
    corrected.map_err(|denied| failure(denied, &id))?;
    app.ring();
    Ok(see_other(&format!("/members/{}?done=corrected", member.id)))
}

/// A name and a language, as they were typed.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Typed {
    given_name: String,
    family_name: String,
    locale: String,
}

#[derive(Template)]
#[template(path = "tenant/invitation.html")]
struct DetailsPage {
    visit: Visit,
    brand: Brand,
    shell: Shell,
    errors: FieldErrors,
    id: String,
    name: String,
    typed: Typed,
}

/// The form, with what stands there.
pub(crate) async fn show_details(
    State(app): State<App>,
    admitted: Admitted,
    Path(id): Path<String>,
) -> webkit::Result<Response> {
    admitted.require(permission::MEMBERS_MANAGE)?;
    let member = find(&app, &id).await?;
    let held = roles::of_member(&mut app.store.read().await.map_err(database)?, member.id).await.map_err(database)?;
    let context = app.context(&admitted.visit);
    let target = Target { member: &member, roles: &held, follows: &[] };
    if !Offers::of(&context, &admitted.visitor, target).offers(&Deed::Invite) {
        return Err(failure(Denied::Refused(Refusal::NotInvited), &id));
    }
    let Member { given_name, family_name, locale, .. } = member.clone();
    let typed = Typed { given_name, family_name, locale };
    Ok(html(page(&app, admitted, &member, typed, FieldErrors::none()).await?))
}

async fn page(
    app: &App,
    Admitted { visit, visitor }: Admitted,
    member: &Member,
    typed: Typed,
    errors: FieldErrors,
) -> webkit::Result<DetailsPage> {
    let shell = shell(app, &visit, &visitor, &Done::default()).await.map_err(database)?;
    let (id, name) = (member.id.to_string(), called(&visit, member));
    Ok(DetailsPage { brand: app.brand.clone(), visit, shell, errors, id, name, typed })
}

/// Corrects them; nobody is mailed.
pub(crate) async fn correct_details(
    State(app): State<App>,
    admitted: Admitted,
    Path(id): Path<String>,
    Form(mut typed): Form<Typed>,
) -> webkit::Result<Response> {
    admitted.require(permission::MEMBERS_MANAGE)?;
    let member = find(&app, &id).await?;
    // Of whoever comes by a provider, it says what they are called (TP-04).
    let by_provider = member.provider.is_some();
    let mut errors = FieldErrors::none();
    judge_name(&mut errors, "given_name", &mut typed.given_name, by_provider);
    judge_name(&mut errors, "family_name", &mut typed.family_name, by_provider);
    judge_language(&mut errors, &typed.locale);
    if !errors.is_empty() {
        let page = page(&app, admitted, &member, typed, errors).await?;
        return Ok(html_with_status(StatusCode::UNPROCESSABLE_ENTITY, page));
    }
    app.catalogue_for(&member).await;
    let Typed { given_name, family_name, locale } = typed;
    let details = Details { given_name: Some(given_name), family_name: Some(family_name), locale: Some(locale) };
    let (by, context) = (admitted.visitor.member.id, app.context(&admitted.visit));
    let corrected = invitations::correct_details(&app.store, context, by, member.id, details).await;
    corrected.map_err(|denied| failure(denied, &id))?;
    app.ring();
    Ok(see_other(&format!("/members/{}?done=details", member.id)))
}
