//! The platform's upstream providers.

use askama::Template;
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use identity::providers::{self, Change, NewProvider, Provider, Saved, Shown, Unfit};
use relying_party::presets::{Description, Input, Preset};
use relying_party::{Check, Outcome};
use serde::Deserialize;
use webkit::{Brand, Failure, FieldErrors, Form, Message, Shell, Visit, html, html_with_status, see_other};

use super::door::{Administrator, Done};
use super::tenant::Nothing;
use crate::fault;
use crate::state::IdentityServer;
use crate::upstream::setup::{self, Typed};
use crate::upstream::{party, redirect_uri};

#[derive(Template)]
#[template(path = "admin/providers.html")]
struct ProvidersPage {
    visit: Visit,
    brand: Brand,
    shell: Shell,
    rows: Vec<Provider>,
    /// Word and label.
    presets: Vec<(String, &'static str)>,
}

/// All of the platform's, and the presets that one more can be made from.
pub async fn list(
    State(server): State<IdentityServer>,
    administrator: Administrator,
    Query(done): Query<Done>,
) -> webkit::Result<Response> {
    let mut conn = server.identity.store.read().await.map_err(fault::store_failure)?;
    let rows = providers::of_owner(&mut conn, None).await.map_err(fault::store_failure)?;
    let presets = Preset::ALL.iter().map(|preset| (setup::preset_word(*preset), preset.description().label)).collect();
    let (brand, shell) = (administrator.brand(&server), administrator.shell(&done));
    Ok(html(ProvidersPage { visit: administrator.visit, brand, shell, rows, presets }))
}

/// The form of any preset: what it does not ask stays empty.
#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entered {
    #[serde(default)]
    preset: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    key: String,
    #[serde(default)]
    domains: String,
    #[serde(default)]
    shown: String,
    #[serde(default)]
    issuer: String,
    #[serde(default)]
    domain: String,
    #[serde(default)]
    directory: String,
    #[serde(default)]
    server: String,
    #[serde(default)]
    realm: String,
    #[serde(default)]
    client_id: String,
    #[serde(default)]
    client_secret: String,
    #[serde(default)]
    team_id: String,
    #[serde(default)]
    key_id: String,
    #[serde(default)]
    private_key: String,
}

impl Entered {
    /// The answer to one of the preset's questions.
    pub fn value(&self, input: Input) -> &str {
        match input {
            Input::Issuer => &self.issuer,
            Input::Domain => &self.domain,
            Input::Directory => &self.directory,
            Input::Server => &self.server,
            Input::Realm => &self.realm,
            Input::ClientId => &self.client_id,
            Input::ClientSecret => &self.client_secret,
            Input::TeamId => &self.team_id,
            Input::KeyId => &self.key_id,
            Input::PrivateKey => &self.private_key,
        }
    }

    fn typed(&self, description: &Description) -> Typed {
        Typed {
            preset: self.preset.clone(),
            name: self.name.clone(),
            domains: self.domains.clone(),
            shown: self.shown.clone(),
            values: description.asks.iter().map(|input| (*input, self.value(*input).to_owned())).collect(),
        }
    }
}

#[derive(Template)]
#[template(path = "admin/new_provider.html")]
struct NewProviderPage {
    visit: Visit,
    brand: Brand,
    shell: Shell,
    errors: FieldErrors,
    entered: Entered,
    description: &'static Description,
    shown: &'static [Shown],
    /// What was wrong with the settings as a whole.
    wrong: Option<String>,
}

fn new_page(
    server: &IdentityServer,
    administrator: Administrator,
    entered: Entered,
    description: &'static Description,
    (errors, wrong): (FieldErrors, Option<String>),
) -> NewProviderPage {
    let (brand, shell) = (administrator.brand(server), administrator.shell(&Done::default()));
    NewProviderPage { visit: administrator.visit, brand, shell, errors, entered, description, shown: Shown::ALL, wrong }
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
    let preset = setup::preset(&address.preset).ok_or_else(Failure::not_found)?;
    let description = preset.description();
    let generic = preset == Preset::Generic;
    let name = if generic { String::new() } else { description.label.to_owned() };
    let key = if generic { String::new() } else { address.preset.clone() };
    let entered = Entered { preset: address.preset, name, key, ..Entered::default() };
    Ok(html(new_page(&server, administrator, entered, description, (FieldErrors::none(), None))))
}

pub async fn create(
    State(server): State<IdentityServer>,
    administrator: Administrator,
    Form(entered): Form<Entered>,
) -> webkit::Result<Response> {
    let description = setup::preset(&entered.preset).ok_or_else(Failure::not_found)?.description();
    let wrong = match setup::read(&entered.typed(description)) {
        Err(fault) => (FieldErrors::none(), Some(fault.to_string())),
        Ok(values) => {
            let new = NewProvider { tenant: None, key: entered.key.trim().to_owned(), values };
            match providers::create(&server.identity, administrator.actor(), new).await.map_err(fault::failure)? {
                Saved::Done(key) => return Ok(see_other(&format!("/admin/providers/{key}?done=provider-added"))),
                Saved::Unfit(unfit) => (unfit_errors(&unfit), None),
                Saved::Gone => return Err(Failure::not_found()),
            }
        }
    };
    let page = new_page(&server, administrator, entered, description, wrong);
    Ok(html_with_status(StatusCode::UNPROCESSABLE_ENTITY, page))
}

fn unfit_errors(unfit: &Unfit) -> FieldErrors {
    let (field, message) = match unfit {
        Unfit::Name => ("name", Message::new("wrong-provider-name")),
        Unfit::Key => ("key", Message::new("wrong-provider-key")),
        Unfit::KeyTaken => ("key", Message::new("wrong-provider-key-taken")),
        Unfit::Domain(domain) => ("domains", Message::new("wrong-provider-domain").with("domain", domain.clone())),
        Unfit::DomainTaken(domain) => {
            ("domains", Message::new("wrong-provider-domain-taken").with("domain", domain.clone()))
        }
        Unfit::TooManyDomains => ("domains", Message::new("wrong-provider-domains")),
        Unfit::TooMany => ("key", Message::new("wrong-provider-too-many")),
    };
    FieldErrors::one(field, message)
}

#[derive(Template)]
#[template(path = "admin/provider.html")]
struct ProviderPage {
    visit: Visit,
    brand: Brand,
    shell: Shell,
    it: Provider,
    description: &'static Description,
    redirect_uri: String,
    domains: String,
    shown: &'static [Shown],
    errors: FieldErrors,
    checks: Vec<Check>,
}

/// How a check went: tone and icon of its pill, and the key of its word.
fn outcome(outcome: Outcome) -> (&'static str, &'static str, &'static str) {
    match outcome {
        Outcome::Ok => ("good", "check", "check-ok"),
        Outcome::Note => ("neutral", "info", "check-note"),
        Outcome::Wrong => ("bad", "triangle-alert", "check-wrong"),
    }
}

pub(super) async fn find(server: &IdentityServer, key: &str) -> webkit::Result<Provider> {
    let mut conn = server.identity.store.read().await.map_err(fault::store_failure)?;
    let found = providers::find(&mut conn, key).await.map_err(fault::store_failure)?;
    // A tenant's own are the tenant's business.
    found.filter(|provider| provider.tenant.is_none()).ok_or_else(Failure::not_found)
}

fn page(
    server: &IdentityServer,
    administrator: Administrator,
    it: Provider,
    done: &Done,
    (errors, checks): (FieldErrors, Vec<Check>),
) -> ProviderPage {
    ProviderPage {
        brand: administrator.brand(server),
        shell: administrator.shell(done),
        visit: administrator.visit,
        description: setup::preset(&it.preset).unwrap_or_default().description(),
        redirect_uri: redirect_uri(server, &it.key),
        domains: it.domains.join("\n"),
        shown: Shown::ALL,
        errors,
        checks,
        it,
    }
}

pub async fn show(
    State(server): State<IdentityServer>,
    administrator: Administrator,
    Path(key): Path<String>,
    Query(done): Query<Done>,
) -> webkit::Result<Response> {
    let it = find(&server, &key).await?;
    Ok(html(page(&server, administrator, it, &done, (FieldErrors::none(), Vec::new()))))
}

/// Asks the provider everything that can be asked without a person, and says exactly what is wrong.
pub async fn test(
    State(server): State<IdentityServer>,
    administrator: Administrator,
    Path(key): Path<String>,
    Form(Nothing {}): Form<Nothing>,
) -> webkit::Result<Response> {
    let it = find(&server, &key).await?;
    let checks = party(&server, &it)?.test().await;
    Ok(html(page(&server, administrator, it, &Done::default(), (FieldErrors::none(), checks))))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Changed {
    name: String,
    #[serde(default)]
    domains: String,
    shown: String,
    /// Empty: the one that is there stays.
    #[serde(default)]
    client_secret: String,
}

pub async fn change(
    State(server): State<IdentityServer>,
    administrator: Administrator,
    Path(key): Path<String>,
    Form(changed): Form<Changed>,
) -> webkit::Result<Response> {
    let it = find(&server, &key).await?;
    let values = Change {
        name: changed.name.trim().to_owned(),
        preset: it.preset.clone(),
        issuer: it.issuer.clone(),
        settings: it.settings.clone(),
        secret: Some(changed.client_secret).filter(|secret| !secret.is_empty()),
        domains: setup::domains(&changed.domains),
        shown: setup::shown(&changed.shown),
    };
    match providers::save(&server.identity, administrator.actor(), &it, values).await.map_err(fault::failure)? {
        Saved::Done(key) => Ok(see_other(&format!("/admin/providers/{key}?done=provider-changed"))),
        Saved::Gone => {
            Err(Failure::conflict("provider-changed-meanwhile").next(format!("/admin/providers/{key}"), "back"))
        }
        Saved::Unfit(unfit) => {
            let page = page(&server, administrator, it, &Done::default(), (unfit_errors(&unfit), Vec::new()));
            Ok(html_with_status(StatusCode::UNPROCESSABLE_ENTITY, page))
        }
    }
}

pub async fn disable(
    State(server): State<IdentityServer>,
    administrator: Administrator,
    Path(key): Path<String>,
    Form(Nothing {}): Form<Nothing>,
) -> webkit::Result<Response> {
    let it = find(&server, &key).await?;
    let disabled = providers::set_enabled(&server.identity, administrator.actor(), it.id, false).await;
    disabled.map_err(fault::failure)?;
    Ok(see_other(&format!("/admin/providers/{key}?done=provider-disabled")))
}

pub async fn enable(
    State(server): State<IdentityServer>,
    administrator: Administrator,
    Path(key): Path<String>,
    Form(Nothing {}): Form<Nothing>,
) -> webkit::Result<Response> {
    let it = find(&server, &key).await?;
    let enabled = providers::set_enabled(&server.identity, administrator.actor(), it.id, true).await;
    enabled.map_err(fault::failure)?;
    Ok(see_other(&format!("/admin/providers/{key}?done=provider-enabled")))
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
    let it = find(&server, &key).await?;
    let mut conn = server.identity.store.read().await.map_err(fault::store_failure)?;
    let stranded = providers::stranded(&mut conn, it.id).await.map_err(fault::store_failure)?;
    let (brand, shell) = (administrator.brand(&server), administrator.shell(&Done::default()));
    Ok(html(RemovePage { visit: administrator.visit, brand, shell, it, stranded }))
}

pub async fn remove(
    State(server): State<IdentityServer>,
    administrator: Administrator,
    Path(key): Path<String>,
    Form(Nothing {}): Form<Nothing>,
) -> webkit::Result<Response> {
    let it = find(&server, &key).await?;
    providers::remove(&server.identity, administrator.actor(), it.id).await.map_err(fault::failure)?;
    Ok(see_other("/admin/providers?done=provider-removed"))
}
