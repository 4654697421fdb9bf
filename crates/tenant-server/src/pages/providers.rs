//! Who else can say who somebody is: this tenant's own providers, and the platform's that it may name.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use relying_party::presets::{Description, Preset, Typed};
use serde::Deserialize;
use tenant::blueprint::permission;
use tenant::lifecycle::Denied;
use tenant::providers::{Owner, Provider};
use webkit::{Brand, Failure, FieldErrors, Form, Message, Shell, Visit, html, html_with_status, see_other};

use super::request::failure;
use super::{Done, shell};
use crate::catalogue::Age;
use crate::instance::App;
use crate::own_providers::{Own, Refused, Wrong, about_who_comes};
use crate::visitor::{Admitted, database};

/// Where one is administered.
pub(super) fn at(key: &str) -> String {
    format!("/providers/{key}")
}

impl Admitted {
    /// What they do with this tenant's providers.
    pub(super) fn own<'a>(&self, app: &'a App) -> Own<'a> {
        Own::new(app, app.context(&self.visit), self.visitor.member.id)
    }
}

/// As a page says why it was not done; `back` leads to where it was asked for.
pub(super) fn refused(refused: Refused, back: &str) -> Failure {
    match refused {
        Refused::Denied(denied) => match (about_who_comes(&denied), &denied) {
            (Some(words), Denied::Refused(refusal)) if refusal.is_about_rights() => {
                Failure::forbidden(words).next(back.to_owned(), "back-to-providers")
            }
            (Some(words), _) => Failure::conflict(words).next(back.to_owned(), "back-to-providers"),
            (None, _) => failure(denied, ""),
        },
        Refused::NotFound => Failure::not_found(),
        Refused::Wrong(wrong) => Failure::bad_request(said(&wrong)),
        Refused::Changed => Failure::conflict("provider-changed-meanwhile").next(back.to_owned(), "back-to-providers"),
        Refused::Strands { nowhere, .. } => Failure::conflict(Message::new("provider-stranded").with("count", nowhere))
            .next(format!("{back}/remove"), "back-to-providers"),
        Refused::Busy => Failure::too_many(std::time::Duration::from_secs(5)),
        Refused::Away => Failure::unavailable(std::time::Duration::from_secs(5)).detail("own-provider-away"),
    }
}

/// What is wrong with what was typed, in words.
pub(crate) fn said(wrong: &Wrong) -> Message {
    let key = format!("wrong-provider-{}", wrong.code.replace('_', "-"));
    Message::new(key).with("about", wrong.about.clone())
}

/// The same for a form: beside the field, or above it all.
pub(super) fn errors(wrong: &Wrong) -> (FieldErrors, Option<String>) {
    if wrong.field.is_empty() {
        return (FieldErrors::none(), Some(wrong.about.clone()));
    }
    (FieldErrors::one(wrong.field.clone(), said(wrong)), None)
}

#[derive(Template)]
#[template(path = "tenant/providers.html")]
struct ProvidersPage {
    visit: Visit,
    brand: Brand,
    shell: Shell,
    own: Vec<Provider>,
    platform: Vec<Provider>,
}

/// Those that there are.
pub(crate) async fn list(
    State(app): State<App>,
    admitted: Admitted,
    Query(done): Query<Done>,
) -> webkit::Result<Response> {
    admitted.require(permission::PROVIDERS_MANAGE)?;
    let Admitted { visit, visitor } = admitted;
    let shell = shell(&app, &visit, &visitor, &done).await.map_err(database)?;
    let known = app.catalogue(Age::ToDo).await;
    let (own, platform) = known.all().iter().cloned().partition(|it: &Provider| it.owner == Owner::Tenant);
    Ok(html(ProvidersPage { visit, brand: app.brand.clone(), shell, own, platform }))
}

#[derive(Template)]
#[template(path = "tenant/new_provider.html")]
struct NewPage {
    visit: Visit,
    brand: Brand,
    shell: Shell,
    errors: FieldErrors,
    typed: Typed,
    description: &'static Description,
    /// What was wrong with the settings as a whole.
    wrong: Option<String>,
}

#[derive(Template)]
#[template(path = "tenant/choose_provider.html")]
struct ChoosePage {
    visit: Visit,
    brand: Brand,
    shell: Shell,
}

#[derive(Default, Deserialize)]
pub(crate) struct Address {
    #[serde(default)]
    preset: String,
}

/// Which kind, then the form of that kind.
pub(crate) async fn show_new(
    State(app): State<App>,
    admitted: Admitted,
    Query(address): Query<Address>,
) -> webkit::Result<Response> {
    admitted.require(permission::PROVIDERS_MANAGE)?;
    if !address.preset.is_empty() {
        let preset = Preset::named(&address.preset).ok_or_else(Failure::not_found)?;
        return Ok(html(new_page(&app, admitted, Typed::begun(preset), (FieldErrors::none(), None)).await?));
    }
    let Admitted { visit, visitor } = admitted;
    let shell = shell(&app, &visit, &visitor, &Done::default()).await.map_err(database)?;
    Ok(html(ChoosePage { visit, brand: app.brand.clone(), shell }))
}

async fn new_page(
    app: &App,
    Admitted { visit, visitor }: Admitted,
    typed: Typed,
    (errors, wrong): (FieldErrors, Option<String>),
) -> webkit::Result<NewPage> {
    let description = Preset::named(&typed.preset).ok_or_else(Failure::not_found)?.description();
    let shell = shell(app, &visit, &visitor, &Done::default()).await.map_err(database)?;
    Ok(NewPage { visit, brand: app.brand.clone(), shell, errors, typed, description, wrong })
}

/// Adds one.
pub(crate) async fn create(
    State(app): State<App>,
    admitted: Admitted,
    Form(typed): Form<Typed>,
) -> webkit::Result<Response> {
    admitted.require(permission::PROVIDERS_MANAGE)?;
    match admitted.own(&app).add(&typed).await {
        Ok(made) => Ok(see_other(&format!("{}?done=provider-added", at(&made.key)))),
        Err(Refused::Wrong(wrong)) => {
            let page = new_page(&app, admitted, typed, errors(&wrong)).await?;
            Ok(html_with_status(StatusCode::UNPROCESSABLE_ENTITY, page))
        }
        Err(other) => Err(refused(other, "/providers")),
    }
}
