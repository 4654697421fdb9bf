//! The platform's upstream providers.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use identity::providers::Provider;
use relying_party::presets::{Description, Preset, Registration, Typed};
use relying_party::{Check, Turn};
use serde::Deserialize;
use webkit::{Brand, Failure, FieldErrors, Form, Shell, Visit, html, html_with_status, see_other};

use super::door::{Administrator, Done};
use super::tenant::Nothing;
use crate::providers::{Desk, Refused, errors, typed};
use crate::state::IdentityServer;
use crate::upstream::registration;

/// Where a provider is administered.
pub(super) fn at(key: &str) -> String {
    format!("/admin/providers/{key}")
}

fn done(key: &str, what: &str) -> Response {
    see_other(&format!("{}?done={what}", at(key)))
}

impl Administrator {
    pub(super) fn desk<'a>(&self, server: &'a IdentityServer) -> Desk<'a> {
        Desk::of_platform(server, self.actor())
    }
}

#[derive(Template)]
#[template(path = "admin/providers.html")]
struct ProvidersPage {
    visit: Visit,
    brand: Brand,
    shell: Shell,
    rows: Vec<Provider>,
}

/// All of the platform's, and the presets that one more can be made from.
pub async fn list(
    State(server): State<IdentityServer>,
    administrator: Administrator,
    Query(done): Query<Done>,
) -> webkit::Result<Response> {
    let rows = administrator.desk(&server).all().await.map_err(|refused| refused.failure(at("")))?;
    let (brand, shell) = (administrator.brand(&server), administrator.shell(&done));
    Ok(html(ProvidersPage { visit: administrator.visit, brand, shell, rows }))
}

#[derive(Template)]
#[template(path = "admin/new_provider.html")]
struct NewProviderPage {
    visit: Visit,
    brand: Brand,
    shell: Shell,
    errors: FieldErrors,
    typed: Typed,
    description: &'static Description,
    /// What was wrong with the settings as a whole.
    wrong: Option<String>,
}

fn new_page(
    server: &IdentityServer,
    administrator: Administrator,
    typed: Typed,
    (errors, wrong): (FieldErrors, Option<String>),
) -> webkit::Result<NewProviderPage> {
    let description = Preset::named(&typed.preset).ok_or_else(Failure::not_found)?.description();
    let (brand, shell) = (administrator.brand(server), administrator.shell(&Done::default()));
    Ok(NewProviderPage { visit: administrator.visit, brand, shell, errors, typed, description, wrong })
}

#[derive(Default, Deserialize)]
pub struct Address {
    #[serde(default)]
    preset: String,
}

pub async fn show_new(
    State(server): State<IdentityServer>,
    administrator: Administrator,
    Query(address): Query<Address>,
) -> webkit::Result<Response> {
    let preset = Preset::named(&address.preset).ok_or_else(Failure::not_found)?;
    Ok(html(new_page(&server, administrator, Typed::begun(preset), (FieldErrors::none(), None))?))
}

pub async fn create(
    State(server): State<IdentityServer>,
    administrator: Administrator,
    Form(typed): Form<Typed>,
) -> webkit::Result<Response> {
    match administrator.desk(&server).add(&typed).await {
        Ok(key) => Ok(done(&key, "provider-added")),
        Err(Refused::Wrong(wrong)) => {
            let page = new_page(&server, administrator, typed, errors(&wrong))?;
            Ok(html_with_status(StatusCode::UNPROCESSABLE_ENTITY, page))
        }
        Err(refused) => Err(refused.failure(at(""))),
    }
}

/// A finding of the test.
struct Row {
    check: &'static str,
    outcome: &'static str,
    text: String,
}

impl From<Check> for Row {
    fn from(check: Check) -> Self {
        Self { check: check.word, outcome: check.outcome.word(), text: check.text }
    }
}

#[derive(Template)]
#[template(path = "admin/provider.html")]
struct ProviderPage {
    visit: Visit,
    brand: Brand,
    shell: Shell,
    it: Provider,
    at: String,
    enabled: bool,
    description: &'static Description,
    registration: Registration,
    typed: Typed,
    errors: FieldErrors,
    wrong: Option<String>,
    checks: Vec<Row>,
}

fn page(server: &IdentityServer, administrator: Administrator, it: Provider, done: &Done) -> ProviderPage {
    ProviderPage {
        brand: administrator.brand(server),
        shell: administrator.shell(done),
        visit: administrator.visit,
        description: Preset::named(&it.preset).unwrap_or_default().description(),
        registration: registration(server, &it),
        typed: typed(&it),
        at: at(&it.key),
        enabled: !it.disabled,
        errors: FieldErrors::none(),
        wrong: None,
        checks: Vec::new(),
        it,
    }
}

pub async fn show(
    State(server): State<IdentityServer>,
    administrator: Administrator,
    Path(key): Path<String>,
    Query(done): Query<Done>,
) -> webkit::Result<Response> {
    let it = administrator.desk(&server).one(&key).await.map_err(|refused| refused.failure(at("")))?;
    Ok(html(page(&server, administrator, it, &done)))
}

/// Asks the provider everything that can be asked without a person, and says exactly what is wrong.
pub async fn test(
    State(server): State<IdentityServer>,
    administrator: Administrator,
    Path(key): Path<String>,
    Form(Nothing {}): Form<Nothing>,
) -> webkit::Result<Response> {
    let desk = administrator.desk(&server);
    let checks = desk.test(&key).await.map_err(|refused| refused.failure(at(&key)))?;
    let it = desk.one(&key).await.map_err(|refused| refused.failure(at(&key)))?;
    let checks = checks.into_iter().map(Row::from).collect();
    Ok(html(ProviderPage { checks, ..page(&server, administrator, it, &Done::default()) }))
}

pub async fn change(
    State(server): State<IdentityServer>,
    administrator: Administrator,
    Path(key): Path<String>,
    Form(typed): Form<Typed>,
) -> webkit::Result<Response> {
    let desk = administrator.desk(&server);
    match desk.change(&key, &typed).await {
        Ok(_) => Ok(done(&key, "provider-changed")),
        Err(Refused::Wrong(wrong)) => {
            let it = desk.one(&key).await.map_err(|refused| refused.failure(at(&key)))?;
            let (errors, wrong) = errors(&wrong);
            let page = page(&server, administrator, it, &Done::default());
            Ok(html_with_status(StatusCode::UNPROCESSABLE_ENTITY, ProviderPage { typed, errors, wrong, ..page }))
        }
        Err(refused) => Err(refused.failure(at(&key))),
    }
}

/// As it is sent.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Turning {
    turn: Turn,
}

/// Has our key there followed by another.
pub async fn turn_key(
    State(server): State<IdentityServer>,
    administrator: Administrator,
    Path(key): Path<String>,
    Form(Turning { turn }): Form<Turning>,
) -> webkit::Result<Response> {
    let turned = administrator.desk(&server).turn_key(&key, turn).await;
    turned.map_err(|refused| refused.failure(at(&key)))?;
    Ok(done(&key, &format!("provider-key-{}", turn.word())))
}

async fn turn(server: &IdentityServer, administrator: Administrator, key: &str, on: bool) -> webkit::Result<Response> {
    let turned = administrator.desk(server).set_enabled(key, on).await;
    turned.map_err(|refused| refused.failure(at(key)))?;
    Ok(done(key, if on { "provider-enabled" } else { "provider-disabled" }))
}

pub async fn disable(
    State(server): State<IdentityServer>,
    administrator: Administrator,
    Path(key): Path<String>,
    Form(Nothing {}): Form<Nothing>,
) -> webkit::Result<Response> {
    turn(&server, administrator, &key, false).await
}

pub async fn enable(
    State(server): State<IdentityServer>,
    administrator: Administrator,
    Path(key): Path<String>,
    Form(Nothing {}): Form<Nothing>,
) -> webkit::Result<Response> {
    turn(&server, administrator, &key, true).await
}

#[derive(Template)]
#[template(path = "admin/remove_provider.html")]
struct RemovePage {
    visit: Visit,
    brand: Brand,
    shell: Shell,
    it: Provider,
    /// How many people it is the last way in for.
    stranded: i64,
}

/// Says first who would lose their last way in.
pub async fn ask_remove(
    State(server): State<IdentityServer>,
    administrator: Administrator,
    Path(key): Path<String>,
) -> webkit::Result<Response> {
    let desk = administrator.desk(&server);
    let it = desk.one(&key).await.map_err(|refused| refused.failure(at("")))?;
    let stranded = desk.stranded(&it).await.map_err(|refused| refused.failure(at(&key)))?.count;
    let (brand, shell) = (administrator.brand(&server), administrator.shell(&Done::default()));
    Ok(html(RemovePage { visit: administrator.visit, brand, shell, it, stranded }))
}

/// The page that asks has said how many.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Confirmed {
    #[serde(default)]
    confirm_stranded: bool,
}

pub async fn remove(
    State(server): State<IdentityServer>,
    administrator: Administrator,
    Path(key): Path<String>,
    Form(confirmed): Form<Confirmed>,
) -> webkit::Result<Response> {
    let removed = administrator.desk(&server).remove(&key, confirmed.confirm_stranded).await;
    removed.map_err(|refused| refused.failure(at(&key)))?;
    Ok(see_other("/admin/providers?done=provider-removed"))
}
