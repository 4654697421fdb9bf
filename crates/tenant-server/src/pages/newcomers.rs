//! By which provider new members come in (TP-04): one that is named here, or whatever their account allows.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use tenant::blueprint::permission;
use tenant::providers::{of_newcomers, set_newcomers};
use webkit::{Brand, FieldErrors, Form, Shell, Visit, html, html_with_status, see_other};

use super::provider::{Choice, PLATFORM, of_many};
use super::request::failure;
use super::{Done, shell};
use crate::catalogue::Age;
use crate::instance::App;
use crate::visitor::{Admitted, database};

#[derive(Template)]
#[template(path = "tenant/newcomers.html")]
struct NewcomersPage {
    visit: Visit,
    brand: Brand,
    shell: Shell,
    choices: Vec<Choice>,
    /// The name of one that is set and can't be chosen any more.
    lost: Option<String>,
    errors: FieldErrors,
}

/// The choice.
pub(crate) async fn show(
    State(app): State<App>,
    admitted: Admitted,
    Query(done): Query<Done>,
) -> webkit::Result<Response> {
    admitted.require(permission::PROVIDERS_MANAGE)?;
    Ok(html(page(&app, admitted, FieldErrors::none(), &done).await?))
}

async fn page(
    app: &App,
    Admitted { visit, visitor }: Admitted,
    errors: FieldErrors,
    done: &Done,
) -> webkit::Result<NewcomersPage> {
    let shell = shell(app, &visit, &visitor, done).await.map_err(database)?;
    let now = now(app).await?;
    let key = now.as_deref().unwrap_or(PLATFORM);
    let mut choices = of_many(app, &visit).await;
    for choice in &mut choices {
        choice.chosen = choice.key == key;
    }
    let offered = choices.iter().any(|choice| choice.chosen && choice.open);
    let lost = (!offered).then(|| app.providers.latest().name_of(key).to_owned());
    Ok(NewcomersPage { brand: app.brand.clone(), visit, shell, choices, lost, errors })
}

async fn now(app: &App) -> webkit::Result<Option<String>> {
    let mut read = app.store.read().await.map_err(database)?;
    of_newcomers(&mut read, &app.tenant.blueprint).await.map_err(database)
}

/// The one provider that somebody invited now would come in by, by name.
pub(super) async fn name(app: &App) -> webkit::Result<Option<String>> {
    let Some(key) = now(app).await? else { return Ok(None) };
    Ok(Some(app.catalogue(Age::ToDo).await.name_of(&key).to_owned()))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Chosen {
    #[serde(default)]
    provider: String,
}

/// Keeps it.
pub(crate) async fn save(
    State(app): State<App>,
    admitted: Admitted,
    Form(form): Form<Chosen>,
) -> webkit::Result<Response> {
    admitted.require(permission::PROVIDERS_MANAGE)?;
    if form.provider.is_empty() {
        let missing = FieldErrors::one("provider", "provider-missing");
        let page = page(&app, admitted, missing, &Done::default()).await?;
        return Ok(html_with_status(StatusCode::UNPROCESSABLE_ENTITY, page));
    }
    app.catalogue(Age::ToDo).await;
    let (by, context) = (admitted.visitor.member.id, app.context(&admitted.visit));
    let to = (form.provider != PLATFORM).then_some(form.provider);
    set_newcomers(&app.store, context, by, to).await.map_err(|denied| failure(denied, ""))?;
    Ok(see_other("/settings/newcomers?done=newcomers"))
}
