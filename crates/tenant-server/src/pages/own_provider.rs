//! One of this tenant's own providers: how it stands, its test, its change, its end.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use relying_party::Turn;
use relying_party::presets::{Description, Preset, Typed};
use serde::Deserialize;
use tenant::blueprint::permission;
use tenant::members::{self, Member};
use webkit::{Brand, FieldErrors, Form, Shell, Visit, html, html_with_status, see_other};

use super::providers::{at, errors, refused};
use super::shell::counted;
use super::{Done, shell};
use crate::auth::logout::Nothing;
use crate::instance::App;
use crate::own_providers::{Detail, Finding, Refused};
use crate::visitor::{Admitted, database};

#[derive(Template)]
#[template(path = "tenant/own_provider.html")]
struct ProviderPage {
    visit: Visit,
    brand: Brand,
    shell: Shell,
    it: Detail,
    /// Its address.
    at: String,
    enabled: bool,
    description: &'static Description,
    /// Since when it is there: a day.
    since: String,
    typed: Typed,
    errors: FieldErrors,
    wrong: Option<String>,
    checks: Vec<Finding>,
}

async fn page(
    app: &App,
    Admitted { visit, visitor }: Admitted,
    it: Detail,
    done: &Done,
) -> webkit::Result<ProviderPage> {
    Ok(ProviderPage {
        shell: shell(app, &visit, &visitor, done).await.map_err(database)?,
        brand: app.brand.clone(),
        visit,
        at: at(&it.key),
        enabled: it.enabled,
        description: Preset::named(&it.preset).unwrap_or_default().description(),
        since: it.created_at.chars().take(10).collect(),
        typed: it.typed(),
        errors: FieldErrors::none(),
        wrong: None,
        checks: Vec::new(),
        it,
    })
}

/// How it stands.
pub(crate) async fn show(
    State(app): State<App>,
    admitted: Admitted,
    Path(key): Path<String>,
    Query(done): Query<Done>,
) -> webkit::Result<Response> {
    admitted.require(permission::PROVIDERS_MANAGE)?;
    let (it, _) = admitted.own(&app).show(&key).await.map_err(|it| refused(it, "/providers"))?;
    Ok(html(page(&app, admitted, it, &done).await?))
}

/// Asks the provider everything that can be asked without a person, and says exactly what is wrong.
pub(crate) async fn test(
    State(app): State<App>,
    admitted: Admitted,
    Path(key): Path<String>,
    Form(Nothing {}): Form<Nothing>,
) -> webkit::Result<Response> {
    admitted.require(permission::PROVIDERS_MANAGE)?;
    let own = admitted.own(&app);
    let checks = own.test(&key).await.map_err(|it| refused(it, &at(&key)))?;
    let (it, _) = own.show(&key).await.map_err(|it| refused(it, &at(&key)))?;
    Ok(html(ProviderPage { checks, ..page(&app, admitted, it, &Done::default()).await? }))
}

/// Changes it.
pub(crate) async fn change(
    State(app): State<App>,
    admitted: Admitted,
    Path(key): Path<String>,
    Form(typed): Form<Typed>,
) -> webkit::Result<Response> {
    admitted.require(permission::PROVIDERS_MANAGE)?;
    let own = admitted.own(&app);
    match own.change(&key, &typed).await {
        Ok(_) => Ok(see_other(&format!("{}?done=provider-changed", at(&key)))),
        Err(Refused::Wrong(wrong)) => {
            let (it, _) = own.show(&key).await.map_err(|it| refused(it, &at(&key)))?;
            let (errors, wrong) = errors(&wrong);
            let page = page(&app, admitted, it, &Done::default()).await?;
            Ok(html_with_status(StatusCode::UNPROCESSABLE_ENTITY, ProviderPage { typed, errors, wrong, ..page }))
        }
        Err(other) => Err(refused(other, &at(&key))),
    }
}

/// As it is sent.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Turning {
    turn: Turn,
}

/// Has our key there followed by another.
pub(crate) async fn turn_key(
    State(app): State<App>,
    admitted: Admitted,
    Path(key): Path<String>,
    Form(Turning { turn }): Form<Turning>,
) -> webkit::Result<Response> {
    admitted.require(permission::PROVIDERS_MANAGE)?;
    admitted.own(&app).turn_key(&key, turn).await.map_err(|it| refused(it, &at(&key)))?;
    Ok(see_other(&format!("{}?done=provider-key-{}", at(&key), turn.word())))
}

async fn turn(app: &App, admitted: &Admitted, key: &str, on: bool) -> webkit::Result<Response> {
    admitted.require(permission::PROVIDERS_MANAGE)?;
    admitted.own(app).set_enabled(key, on).await.map_err(|it| refused(it, &at(key)))?;
    let done = if on { "provider-enabled" } else { "provider-disabled" };
    Ok(see_other(&format!("{}?done={done}", at(key))))
}

/// Opens it.
pub(crate) async fn enable(
    State(app): State<App>,
    admitted: Admitted,
    Path(key): Path<String>,
    Form(Nothing {}): Form<Nothing>,
) -> webkit::Result<Response> {
    turn(&app, &admitted, &key, true).await
}

/// Closes it.
pub(crate) async fn disable(
    State(app): State<App>,
    admitted: Admitted,
    Path(key): Path<String>,
    Form(Nothing {}): Form<Nothing>,
) -> webkit::Result<Response> {
    turn(&app, &admitted, &key, false).await
}

#[derive(Template)]
#[template(path = "tenant/remove_provider.html")]
struct RemovePage {
    visit: Visit,
    brand: Brand,
    shell: Shell,
    it: Detail,
    /// How many nothing else opens, and the first of them who are known here.
    stranded: i64,
    sample: Vec<Member>,
    /// How many it alone opens this tenant to.
    switched: i64,
    switched_words: String,
}

/// Says first who would lose their way in.
pub(crate) async fn ask_remove(
    State(app): State<App>,
    admitted: Admitted,
    Path(key): Path<String>,
) -> webkit::Result<Response> {
    admitted.require(permission::PROVIDERS_MANAGE)?;
    let own = admitted.own(&app);
    let (it, stranded) = own.show(&key).await.map_err(|it| refused(it, "/providers"))?;
    let switched = own.switched_to(&key).await.map_err(|it| refused(it, &at(&key)))?;
    let mut read = app.store.read().await.map_err(database)?;
    let sample = members::of_subjects(&mut read, &stranded.sample).await.map_err(database)?;
    drop(read);
    let Admitted { visit, visitor } = admitted;
    Ok(html(RemovePage {
        shell: shell(&app, &visit, &visitor, &Done::default()).await.map_err(database)?,
        brand: app.brand.clone(),
        switched_words: counted(&visit, switched),
        visit,
        it,
        stranded: stranded.count,
        sample,
        switched,
    }))
}

/// The page that asks has said how many.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Confirmed {
    #[serde(default)]
    confirm_stranded: bool,
}

/// Removes it for good.
pub(crate) async fn remove(
    State(app): State<App>,
    admitted: Admitted,
    Path(key): Path<String>,
    Form(Confirmed { confirm_stranded }): Form<Confirmed>,
) -> webkit::Result<Response> {
    admitted.require(permission::PROVIDERS_MANAGE)?;
    admitted.own(&app).remove(&key, confirm_stranded).await.map_err(|it| refused(it, &at(&key)))?;
    Ok(see_other("/providers?done=provider-removed"))
}
