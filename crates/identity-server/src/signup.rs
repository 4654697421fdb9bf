use ambient::Opaque;
use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use identity::accounts::{EmailAddress, Locale, Name, NewPerson};
use identity::authorize::{self, InteractionId};
use identity::sign_up::{self, Confirmed};
use identity::tenants::{self, Tenant};
use serde::Deserialize;
use uuid::Uuid;
use webkit::{Brand, Failure, FieldErrors, Form, Lang, Visit, html, html_with_status, see_other};

use crate::brand::brand;
use crate::browser::Browser;
use crate::fault;
use crate::flow::{self, Flow};
use crate::new_password;
use crate::state::IdentityServer;

#[derive(Template)]
#[template(path = "signup/begin.html")]
struct BeginPage {
    visit: Visit,
    brand: Brand,
    errors: FieldErrors,
    email: String,
    login: String,
}

fn begin_page(server: &IdentityServer, flow: Flow, email: String, errors: FieldErrors) -> BeginPage {
    BeginPage { login: flow.page("/login"), brand: flow.brand(server), visit: flow.visit, errors, email }
}

/// The e-mail first.
pub async fn show(State(server): State<IdentityServer>, flow: Flow) -> Response {
    let email = flow.interaction.email.clone().unwrap_or_default();
    html(begin_page(&server, flow, email, FieldErrors::none()))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BeginForm {
    email: String,
}

/// Sends the mail. The answer is the same for every address.
pub async fn begin(
    State(server): State<IdentityServer>,
    flow: Flow,
    Form(form): Form<BeginForm>,
) -> webkit::Result<Response> {
    let Some(email) = EmailAddress::parse(&form.email) else {
        let page = begin_page(&server, flow, form.email, FieldErrors::one("email", "email-wrong"));
        return Ok(html_with_status(StatusCode::UNPROCESSABLE_ENTITY, page));
    };
    let id = flow.interaction.id;
    authorize::remember_email(&server.identity, id, Some(email.as_str())).await.map_err(fault::failure)?;
    let door = flow.destination(&server);
    let locale = flow.visit.lang.code();
    let device = &flow.browser.device;
    sign_up::begin(&server.identity, email, locale, Some(id.0), Some(&door), device).await.map_err(fault::failure)?;
    Ok(see_other(&flow.page("/signup/sent")))
}

#[derive(Template)]
#[template(path = "signup/sent.html")]
struct SentPage {
    visit: Visit,
    brand: Brand,
    email: String,
    begin: String,
    login: String,
}

pub async fn sent(State(server): State<IdentityServer>, flow: Flow) -> Response {
    let email = flow.interaction.email.clone().unwrap_or_default();
    let (begin, login) = (flow.page("/signup"), flow.page("/login/password"));
    html(SentPage { brand: flow.brand(&server), visit: flow.visit, email, begin, login })
}

#[derive(Template)]
#[template(path = "signup/confirm.html")]
struct ConfirmPage {
    visit: Visit,
    brand: Brand,
    errors: FieldErrors,
    email: String,
    token: String,
    person: ConfirmForm,
    shortest: usize,
}

#[derive(Deserialize)]
pub struct Link {
    #[serde(default)]
    token: String,
}

/// The mailed link: shows the form and changes nothing, since mail scanners follow links too.
pub async fn show_confirm(
    State(server): State<IdentityServer>,
    visit: Visit,
    Query(link): Query<Link>,
) -> webkit::Result<Response> {
    let (opaque, pending) = pending(&server, &link.token).await?;
    let person = ConfirmForm { locale: pending.locale.clone(), ..ConfirmForm::default() };
    let brand = confirm_brand(&server, pending.interaction).await?;
    let visit = visit.prefer(Some(&pending.locale));
    Ok(html(confirm_page(&server, visit, brand, &opaque, pending.email, person, FieldErrors::none())))
}

async fn pending(server: &IdentityServer, token: &str) -> webkit::Result<(Opaque, sign_up::Pending)> {
    let opaque = Opaque::parse(token).ok_or_else(spent)?;
    let pending = sign_up::look(&server.identity, &opaque).await.map_err(fault::failure)?.ok_or_else(spent)?;
    Ok((opaque, pending))
}

fn spent() -> Failure {
    Failure::gone("signup-spent").title("signup-spent-title").next("/account", "sign-in-or-begin-again")
}

async fn confirm_brand(server: &IdentityServer, interaction: Option<Uuid>) -> webkit::Result<Brand> {
    let tenant = flow::tenant_behind(server, interaction).await?;
    Ok(brand(&server.kit, tenant.as_ref(), None))
}

fn confirm_page(
    server: &IdentityServer,
    visit: Visit,
    brand: Brand,
    token: &Opaque,
    email: String,
    person: ConfirmForm,
    errors: FieldErrors,
) -> ConfirmPage {
    let shortest = server.identity.settings.passwords.shortest();
    ConfirmPage { visit, brand, errors, email, token: token.expose(), person, shortest }
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub struct ConfirmForm {
    pub token: String,
    pub given_name: String,
    pub family_name: String,
    pub locale: String,
    pub password: String,
    /// For password managers; what counts is the address that the link has proved.
    #[serde(default, rename = "username")]
    _username: String,
}

impl ConfirmForm {
    /// What stands in the form at first.
    pub fn of(given_name: &str, family_name: &str, locale: &str) -> Self {
        Self {
            given_name: given_name.to_owned(),
            family_name: family_name.to_owned(),
            locale: locale.to_owned(),
            ..Self::default()
        }
    }
}

/// Makes the account and signs in the browser in which the link was opened, and no other (DESIGN §4.5).
pub async fn confirm(
    State(server): State<IdentityServer>,
    visit: Visit,
    browser: Browser,
    Form(form): Form<ConfirmForm>,
) -> webkit::Result<Response> {
    let (opaque, pending) = pending(&server, &form.token).await?;
    let person = match judge(&server, &form, &pending.email) {
        Ok(person) => person,
        Err(errors) => {
            let brand = confirm_brand(&server, pending.interaction).await?;
            let page = confirm_page(&server, visit, brand, &opaque, pending.email, form, errors);
            return Ok(html_with_status(StatusCode::UNPROCESSABLE_ENTITY, page));
        }
    };
    let confirmed = sign_up::confirm(&server.identity, &opaque, person, &browser.device).await;
    let Confirmed::Welcome { session, interaction } = confirmed.map_err(fault::failure)? else { return Err(spent()) };
    go_on(&server, visit, browser, session, interaction).await
}

/// In the browser that began, its authorization request goes on; in any other, a page says where to go.
async fn go_on(
    server: &IdentityServer,
    visit: Visit,
    mut browser: Browser,
    session: identity::sessions::SessionId,
    interaction: Option<Uuid>,
) -> webkit::Result<Response> {
    let own = match interaction {
        Some(id) => authorize::load(&server.identity, InteractionId(id), &browser.id).await.map_err(fault::failure)?,
        None => None,
    };
    let tenant = flow::tenant_behind(server, interaction).await?;
    match own {
        Some(interaction) => Flow { visit, browser, interaction, tenant }.signed_in(server, session).await,
        None => {
            let to = tenant.map(|tenant| format!("?tenant={}", tenant.slug)).unwrap_or_default();
            let known = browser.sign_in(server, session).await?;
            Ok((known, see_other(&format!("/signup/welcome{to}"))).into_response())
        }
    }
}

/// The person as entered, or what is wrong with it.
pub fn judge(server: &IdentityServer, form: &ConfirmForm, email: &str) -> Result<NewPerson, FieldErrors> {
    let mut errors = FieldErrors::none();
    let mut name = |field, typed: &str| {
        let name = Name::parse(typed);
        if name.is_none() {
            errors.add(field, if typed.trim().is_empty() { "name-missing" } else { "name-wrong" });
        }
        name
    };
    let given_name = name("given_name", &form.given_name);
    let family_name = name("family_name", &form.family_name);
    // A language that there are pages in, by its code: what was sent is not kept.
    let locale = Lang::from_tag(&form.locale).and_then(|lang| Locale::parse(lang.code()));
    if locale.is_none() {
        errors.add("locale", "locale-wrong");
    }
    new_password::judge(server, &mut errors, &form.password, email);
    match (given_name, family_name, locale) {
        (Some(given_name), Some(family_name), Some(locale)) if errors.is_empty() => {
            Ok(NewPerson { given_name, family_name, locale, password: form.password.clone() })
        }
        _ => Err(errors),
    }
}

#[derive(Deserialize)]
pub struct WelcomeAddress {
    #[serde(default)]
    tenant: String,
}

#[derive(Template)]
#[template(path = "signup/welcome.html")]
struct WelcomePage {
    visit: Visit,
    brand: Brand,
    tenant: Option<Tenant>,
}

pub async fn welcome(
    State(server): State<IdentityServer>,
    visit: Visit,
    Query(address): Query<WelcomeAddress>,
) -> webkit::Result<Response> {
    let mut conn = server.identity.store.read().await.map_err(fault::store_failure)?;
    let tenant = tenants::find_by_slug(&mut conn, &address.tenant).await.map_err(fault::store_failure)?;
    Ok(html(WelcomePage { brand: brand(&server.kit, tenant.as_ref(), None), visit, tenant }))
}
