//! Which provider opens this tenant to a member (PP-06): chosen on one page, done on the next, which says what will happen.

use std::time::Duration;

use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use tenant::blueprint::permission;
use tenant::fields;
use tenant::lifecycle::{Deed, Denied, Switching, Target, judge, switch};
use tenant::members::{Authorization, Member};
use tenant::providers::{Catalogue, Provider};
use tenant::roles::{Acting, of_member};
use webkit::{Brand, Failure, FieldErrors, Form, Shell, Value, Visit, html, html_with_status, see_other};

use super::request::{failure, find, is_somebody};
use super::{Done, shell};
use crate::catalogue::Age;
use crate::delivery::ask_about;
use crate::instance::App;
use crate::rp::RpError;
use crate::visitor::{Admitted, database};

/// What stands for whatever their account allows, in forms and in the API. No provider has that key.
pub(crate) const PLATFORM: &str = "platform";

/// When the identity server is asked again.
const AGAIN: Duration = Duration::from_secs(10);

/// One that can be chosen.
pub(super) struct Choice {
    pub key: String,
    pub name: String,
    pub help: String,
    pub open: bool,
    pub chosen: bool,
}

#[derive(Template)]
#[template(path = "tenant/provider.html")]
struct ProviderPage {
    visit: Visit,
    brand: Brand,
    shell: Shell,
    member: Member,
    now: String,
    choices: Vec<Choice>,
    form: Wanted,
    errors: FieldErrors,
}

#[derive(Template)]
#[template(path = "tenant/provider_confirm.html")]
struct ConfirmPage {
    visit: Visit,
    brand: Brand,
    shell: Shell,
    member: Member,
    form: Wanted,
    /// The provider's name; none: back to their own account.
    to: Option<String>,
    is_invited: bool,
    is_self: bool,
    /// What the provider owns, in words.
    owned: Option<String>,
}

/// As it is sent.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Wanted {
    #[serde(default)]
    provider: String,
    #[serde(default)]
    compromised: Option<String>,
    #[serde(default)]
    subject: String,
    #[serde(default)]
    confirmed: Option<String>,
}

impl Wanted {
    fn deed(&self) -> Deed {
        let to = (self.provider != PLATFORM).then(|| self.provider.clone());
        let preset = Some(self.subject.trim().to_owned()).filter(|subject| !subject.is_empty() && to.is_some());
        Deed::Switch { compromised: self.compromised.is_some(), preset, to }
    }
}

/// The choice.
pub(crate) async fn show(
    State(app): State<App>,
    admitted: Admitted,
    Path(id): Path<String>,
) -> webkit::Result<Response> {
    admitted.require(permission::MEMBERS_MANAGE)?;
    let member = find(&app, &id).await?;
    is_somebody(&member)?;
    Ok(html(page(&app, admitted, member, Wanted::default(), FieldErrors::none()).await?))
}

async fn page(
    app: &App,
    Admitted { visit, visitor }: Admitted,
    member: Member,
    form: Wanted,
    errors: FieldErrors,
) -> webkit::Result<ProviderPage> {
    let shell = shell(app, &visit, &visitor, &Done::default()).await.map_err(database)?;
    let known = app.catalogue(Age::ToShow).await;
    let mut choices = all(app, &visit, &known);
    for choice in &mut choices {
        // Once more to the same provider begins anew who has claimed them.
        choice.open &= choice.key != PLATFORM || member.provider.is_some();
        choice.chosen = choice.key == form.provider;
    }
    let now = name_of(&visit, &known, &member);
    Ok(ProviderPage { brand: app.brand.clone(), visit, shell, member, now, choices, form, errors })
}

/// What members can be switched to.
pub(super) async fn of_many(app: &App, visit: &Visit) -> Vec<Choice> {
    all(app, visit, &*app.catalogue(Age::ToShow).await)
}

fn all(app: &App, visit: &Visit, known: &Catalogue) -> Vec<Choice> {
    let own = Choice {
        key: PLATFORM.to_owned(),
        name: visit.t("provider-platform"),
        help: visit.t_with("provider-platform-help", [("product", Value::from(visit.product().to_owned()))]),
        open: true,
        chosen: false,
    };
    let choice = |provider: &Provider| {
        let args = [("provider", Value::from(provider.name.clone())), ("tenant", app.tenant.name.clone().into())];
        let help = if provider.enabled { "provider-one-help" } else { "provider-disabled-help" };
        Choice {
            key: provider.key.clone(),
            name: provider.name.clone(),
            help: visit.t_with(help, args),
            open: provider.enabled,
            chosen: false,
        }
    };
    std::iter::once(own).chain(known.all().iter().map(choice)).collect()
}

/// What opens the tenant to somebody, in words.
pub(super) fn name_of(visit: &Visit, known: &Catalogue, member: &Member) -> String {
    member.provider.as_deref().map_or_else(|| visit.product().to_owned(), |key| known.name_of(key).to_owned())
}

/// Looks at what it comes to; does it, once that was confirmed.
pub(crate) async fn save(
    State(app): State<App>,
    admitted: Admitted,
    Path(id): Path<String>,
    Form(form): Form<Wanted>,
) -> webkit::Result<Response> {
    admitted.require(permission::MEMBERS_MANAGE)?;
    let member = find(&app, &id).await?;
    if form.provider.is_empty() {
        let page = page(&app, admitted, member, form, FieldErrors::one("provider", "provider-missing")).await?;
        return Ok(html_with_status(StatusCode::UNPROCESSABLE_ENTITY, page));
    }
    app.catalogue(Age::ToDo).await;
    if form.confirmed.is_none() {
        return confirm(&app, admitted, member, form).await;
    }
    let switching = ask(&app, &member, &form).await?;
    let (by, context) = (admitted.visitor.member.id, app.context(&admitted.visit));
    switch(&app.store, context, by, switching).await.map_err(|denied| failure(denied, &id))?;
    app.ring();
    Ok(see_other(&format!("/members/{}?done=switched", member.id)))
}

async fn confirm(
    app: &App,
    Admitted { visit, visitor }: Admitted,
    member: Member,
    form: Wanted,
) -> webkit::Result<Response> {
    let context = app.context(&visit);
    let mut read = app.store.read().await.map_err(database)?;
    let held = of_member(&mut read, member.id).await.map_err(database)?;
    let acting = Acting::new(visitor.member.clone(), visitor.rights.clone());
    let target = Target { member: &member, roles: &held, follows: &[] };
    let judged = judge(&context, &acting, target, &form.deed());
    judged.map_err(|refusal| failure(Denied::Refused(refusal), &member.id.to_string()))?;
    ask(app, &member, &form).await?;
    let labels = fields::of_tenant(&mut read, &app.tenant.blueprint).await.map_err(database)?;
    drop(read);
    let provider = context.providers.get(&form.provider);
    let page = ConfirmPage {
        to: provider.map(|provider| provider.name.clone()),
        owned: provider.and_then(|provider| owned(&visit, &provider.fields, &labels)),
        is_invited: member.authorization == Authorization::Invited,
        is_self: member.id == visitor.member.id,
        shell: shell(app, &visit, &visitor, &Done::default()).await.map_err(database)?,
        brand: app.brand.clone(),
        visit,
        member,
        form,
    };
    Ok(html(page))
}

/// Asks the identity server: here, nobody knows who could prove what.
async fn ask(app: &App, member: &Member, form: &Wanted) -> webkit::Result<Switching> {
    said(app, member, ask_about(app, member, form.deed()).await)
}

/// What it said, or a page that says why nothing is done.
pub(super) fn said(
    app: &App,
    member: &Member,
    answer: Result<Result<Switching, Denied>, RpError>,
) -> webkit::Result<Switching> {
    match answer {
        Ok(Ok(switching)) => Ok(switching),
        Ok(Err(denied)) => Err(failure(denied, &member.id.to_string())),
        Err(error) => {
            tracing::warn!(%error, tenant = %app.tenant.slug, "the identity server could not be asked about a switch");
            Err(Failure::unavailable(AGAIN).detail("provider-cannot-ask").lost("provider-nothing-changed"))
        }
    }
}

/// The name of somebody's provider, and what it owns of them, as far as that is known.
pub(super) fn ownership(
    visit: &Visit,
    known: &Catalogue,
    fields: &[fields::Field],
    member: &Member,
) -> Option<(String, Option<String>)> {
    let key = member.provider.as_deref()?;
    let fields = known.get(key).and_then(|provider| owned(visit, &provider.fields, fields));
    Some((known.name_of(key).to_owned(), fields))
}

/// The fields that a provider owns, as people call them. What this tenant does not have is not named.
fn owned(visit: &Visit, keys: &[String], fields: &[fields::Field]) -> Option<String> {
    let name = |key: &String| match key.as_str() {
        "given_name" => Some(visit.t("first-name")),
        "family_name" => Some(visit.t("last-name")),
        "email" => Some(visit.t("email")),
        key => fields.iter().find(|field| field.key == key).map(|it| it.label.text(visit.lang.code()).to_owned()),
    };
    let names: Vec<String> = keys.iter().filter_map(name).collect();
    (!names.is_empty()).then(|| names.join(", "))
}
