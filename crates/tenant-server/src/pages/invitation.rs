//! Correcting what was typed of someone who has not come yet: where their invitation goes, what they are called.

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use tenant::blueprint::permission;
use tenant::invitations::{self, Details};
use tenant::lifecycle::{Deed, Denied, Target};
use tenant::members::Member;
use tenant::roles;
use webkit::{Brand, FieldErrors, Form, Lang, Shell, Visit, html, html_with_status, see_other};

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
    let member = correctable(&app, &admitted, &id).await?;
    let email = form.email.trim().to_owned();
    if !invitations::is_address(&email) {
        return once_more(&app, admitted, &member, email, ("email-wrong", None)).await;
    }
    app.catalogue_for(&member).await;
    let (by, context) = (admitted.visitor.member.id, app.context(&admitted.visit));
    match invitations::correct_email(&app.store, context, by, member.id, email.clone()).await {
        Ok(()) => {
            app.ring();
            Ok(see_other(&format!("/members/{}?done=corrected", member.id)))
        }
        Err(Denied::AlreadyHere(known)) => {
            let why = ("invite-already-here", Some(known.to_string()));
            once_more(&app, admitted, &member, email, why).await
        }
        Err(denied) => Err(failure(denied, &id)),
    }
}

/// The address once more, with what is wrong about it.
#[derive(Template)]
#[template(path = "tenant/invitation_email.html")]
struct EmailPage {
    visit: Visit,
    brand: Brand,
    shell: Shell,
    errors: FieldErrors,
    id: String,
    name: String,
    email: String,
    /// The member with that address, if that is what is wrong.
    known: Option<String>,
}

async fn once_more(
    app: &App,
    Admitted { visit, visitor }: Admitted,
    member: &Member,
    email: String,
    (why, known): (&'static str, Option<String>),
) -> webkit::Result<Response> {
    let shell = shell(app, &visit, &visitor, &Done::default()).await.map_err(database)?;
    let (id, name, errors) = (member.id.to_string(), called(&visit, member), FieldErrors::one("email", why));
    let page = EmailPage { brand: app.brand.clone(), visit, shell, errors, id, name, email, known };
    Ok(html_with_status(StatusCode::UNPROCESSABLE_ENTITY, page))
}

/// A name and a language, as they were typed. Where a provider says what they are called, the form has no name.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Typed {
    #[serde(default)]
    given_name: String,
    #[serde(default)]
    family_name: String,
    /// Empty: the one of now, which is none of this instance's.
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
    owned: Owned,
    /// Whether they have another language than the page can name.
    other_language: bool,
}

/// The form, with what stands there.
pub(crate) async fn show_details(
    State(app): State<App>,
    admitted: Admitted,
    Path(id): Path<String>,
) -> webkit::Result<Response> {
    let member = correctable(&app, &admitted, &id).await?;
    let Member { given_name, family_name, locale, .. } = member.clone();
    let locale = Lang::from_tag(&locale).map_or_else(String::new, |lang| lang.code().to_owned());
    let typed = Typed { given_name, family_name, locale };
    Ok(html(page(&app, admitted, &member, typed, FieldErrors::none()).await?))
}

/// Somebody who has not come yet, for a visitor who may correct what was typed of them.
async fn correctable(app: &App, admitted: &Admitted, id: &str) -> webkit::Result<Member> {
    admitted.require(permission::MEMBERS_MANAGE)?;
    let member = find(app, id).await?;
    let held = roles::of_member(&mut app.store.read().await.map_err(database)?, member.id).await.map_err(database)?;
    let context = app.context(&admitted.visit);
    let target = Target { member: &member, roles: &held, follows: &[] };
    match Offers::of(&context, &admitted.visitor, target).refusal(&Deed::Invite) {
        Some(refusal) => Err(failure(Denied::Refused(refusal), id)),
        None => Ok(member),
    }
}

/// Which of the names the provider says by which somebody comes (TP-04), and what it is called.
#[derive(Default)]
struct Owned {
    given_name: bool,
    family_name: bool,
    by: Option<String>,
}

async fn owned(app: &App, member: &Member) -> Owned {
    let known = app.catalogue_for(member).await;
    let [given, family] = ["given_name", "family_name"].map(|field| known.owner_of(member, field));
    Owned { given_name: given.is_some(), family_name: family.is_some(), by: given.or(family).map(str::to_owned) }
}

async fn page(
    app: &App,
    Admitted { visit, visitor }: Admitted,
    member: &Member,
    typed: Typed,
    errors: FieldErrors,
) -> webkit::Result<DetailsPage> {
    let shell = shell(app, &visit, &visitor, &Done::default()).await.map_err(database)?;
    let (id, name, owned) = (member.id.to_string(), called(&visit, member), owned(app, member).await);
    let other_language = Lang::from_tag(&member.locale).is_none();
    Ok(DetailsPage { brand: app.brand.clone(), visit, shell, errors, id, name, typed, owned, other_language })
}

/// Corrects them; nobody is mailed.
pub(crate) async fn correct_details(
    State(app): State<App>,
    admitted: Admitted,
    Path(id): Path<String>,
    Form(mut typed): Form<Typed>,
) -> webkit::Result<Response> {
    let member = correctable(&app, &admitted, &id).await?;
    let owned = owned(&app, &member).await;
    let mut errors = FieldErrors::none();
    judge_name(&mut errors, "given_name", &mut typed.given_name, owned.given_name);
    judge_name(&mut errors, "family_name", &mut typed.family_name, owned.family_name);
    let has = Lang::from_tag(&member.locale);
    if !typed.locale.is_empty() || has.is_some() {
        judge_language(&mut errors, &typed.locale);
    }
    if !errors.is_empty() {
        let page = page(&app, admitted, &member, typed, errors).await?;
        return Ok(html_with_status(StatusCode::UNPROCESSABLE_ENTITY, page));
    }
    let details = Details {
        given_name: Some(typed.given_name).filter(|_| !owned.given_name),
        family_name: Some(typed.family_name).filter(|_| !owned.family_name),
        // The same language by a longer tag stays as it is.
        locale: Some(typed.locale).filter(|tag| Lang::from_tag(tag) != has),
    };
    let (by, context) = (admitted.visitor.member.id, app.context(&admitted.visit));
    let corrected = invitations::correct_details(&app.store, context, by, member.id, details).await;
    let done = if corrected.map_err(|denied| failure(denied, &id))? { "?done=details" } else { "" };
    app.ring();
    Ok(see_other(&format!("/members/{}{done}", member.id)))
}
