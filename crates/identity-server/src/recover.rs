use ambient::Opaque;
use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use identity::accounts::EmailAddress;
use identity::authorize::{self, InteractionId, Step};
use identity::recovery::{self, Completed, Pending, Request};
use serde::Deserialize;
use uuid::Uuid;
use webkit::{Brand, Failure, FieldErrors, Form, Visit, html, html_with_status, see_other};

use crate::account;
use crate::brand::brand;
use crate::browser::Browser;
use crate::fault;
use crate::flow::{self, Flow};
use crate::new_password;
use crate::state::IdentityServer;

#[derive(Template)]
#[template(path = "recover/begin.html")]
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

/// Which address? Without a login that waits (a link in a mail leads here) one begins, to the account page.
pub async fn show(
    State(server): State<IdentityServer>,
    browser: Browser,
    flow: Result<Flow, Failure>,
) -> webkit::Result<Response> {
    let Ok(flow) = flow else { return account::wait_at(&server, &browser, "/recover", "/account").await };
    let email = flow.interaction.email.clone().unwrap_or_default();
    Ok(html(begin_page(&server, flow, email, FieldErrors::none())))
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
    let request = Request {
        email,
        locale: flow.visit.lang.code(),
        interaction: Some(id.0),
        door: Some(&door),
        device: &flow.browser.device,
        known_device: &flow.browser.known_device,
    };
    recovery::begin(&server.identity, request).await.map_err(fault::failure)?;
    Ok(see_other(&flow.page("/recover/sent")))
}

#[derive(Template)]
#[template(path = "recover/sent.html")]
struct SentPage {
    visit: Visit,
    brand: Brand,
    email: String,
    begin: String,
    login: String,
}

pub async fn sent(State(server): State<IdentityServer>, flow: Flow) -> Response {
    let email = flow.interaction.email.clone().unwrap_or_default();
    let (begin, login) = (flow.page("/recover"), flow.page("/login/password"));
    html(SentPage { brand: flow.brand(&server), visit: flow.visit, email, begin, login })
}

#[derive(Template)]
#[template(path = "recover/asked.html")]
struct AskedPage {
    visit: Visit,
    brand: Brand,
    door: String,
    email: String,
    recover: String,
    other: String,
}

/// After the right password: the tenant refuses it, at its administrator's word, until it is changed (DESIGN §4.9, §4.11).
pub async fn show_asked(State(server): State<IdentityServer>, flow: Flow) -> webkit::Result<Response> {
    let situation = flow.situation(&server).await?.ok_or_else(Failure::not_found)?;
    let (Step::NewPassword, Some(session)) = (situation.step, situation.session) else {
        return Ok(flow.advance(&server).await?.after_post(&flow.visit));
    };
    let email = session.account.email.clone();
    drop(situation);
    let door = flow.tenant.as_ref().map_or_else(|| flow.destination(&server), |tenant| tenant.name.clone());
    let (recover, other) = (flow.page("/recover"), flow.page("/login"));
    Ok(html(AskedPage { brand: flow.brand(&server), visit: flow.visit, door, email, recover, other }))
}

#[derive(Template)]
#[template(path = "recover/reset.html")]
struct ResetPage {
    visit: Visit,
    brand: Brand,
    errors: FieldErrors,
    email: String,
    token: String,
    shortest: usize,
}

#[derive(Deserialize)]
pub struct Link {
    #[serde(default)]
    token: String,
}

/// The mailed link: shows the form and changes nothing, since mail scanners follow links too.
pub async fn show_reset(
    State(server): State<IdentityServer>,
    visit: Visit,
    Query(link): Query<Link>,
) -> webkit::Result<Response> {
    let (link, pending) = pending(&server, &link.token).await?;
    Ok(html(reset_page(&server, visit, &link, pending, FieldErrors::none()).await?))
}

async fn pending(server: &IdentityServer, token: &str) -> webkit::Result<(Opaque, Pending)> {
    let link = Opaque::parse(token).ok_or_else(spent)?;
    let pending = recovery::look(&server.identity, &link).await.map_err(fault::failure)?.ok_or_else(spent)?;
    Ok((link, pending))
}

fn spent() -> Failure {
    Failure::gone("recovery-spent").title("signup-spent-title").next("/recover", "recovery-again")
}

async fn reset_page(
    server: &IdentityServer,
    visit: Visit,
    link: &Opaque,
    pending: Pending,
    errors: FieldErrors,
) -> webkit::Result<ResetPage> {
    let tenant = flow::tenant_behind(server, pending.interaction).await?;
    Ok(ResetPage {
        visit: visit.prefer(Some(&pending.account.locale)),
        brand: brand(&server.kit, tenant.as_ref(), None),
        errors,
        email: pending.account.email,
        token: link.expose(),
        shortest: server.identity.settings.passwords.shortest(),
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ResetForm {
    token: String,
    password: String,
    /// For password managers; what counts is the address that the link has proved.
    #[serde(default, rename = "username")]
    _username: String,
}

/// Changes the password and signs in the browser in which the link was opened, and no other (DESIGN §4.5).
pub async fn reset(
    State(server): State<IdentityServer>,
    visit: Visit,
    browser: Browser,
    Form(form): Form<ResetForm>,
) -> webkit::Result<Response> {
    let (link, pending) = pending(&server, &form.token).await?;
    let mut errors = FieldErrors::none();
    new_password::judge(&server, &mut errors, &form.password, &pending.account.email);
    if !errors.is_empty() {
        let page = reset_page(&server, visit, &link, pending, errors).await?;
        return Ok(html_with_status(StatusCode::UNPROCESSABLE_ENTITY, page));
    }
    let completed = recovery::complete(&server.identity, &link, &form.password, &browser.device).await;
    match completed.map_err(fault::failure)? {
        Completed::Welcome { session, interaction } => welcome(&server, browser, session, interaction).await,
        Completed::SamePassword => {
            let errors = FieldErrors::one("password", "password-is-refused");
            let page = reset_page(&server, visit, &link, pending, errors).await?;
            Ok(html_with_status(StatusCode::UNPROCESSABLE_ENTITY, page))
        }
        Completed::LinkIsSpent => Err(spent()),
    }
}

/// In the browser that began, its authorization request goes on after the page that says what has ended.
async fn welcome(
    server: &IdentityServer,
    mut browser: Browser,
    session: identity::sessions::SessionId,
    interaction: Option<Uuid>,
) -> webkit::Result<Response> {
    let known = browser.sign_in(server, session).await?;
    let own = match interaction.map(InteractionId) {
        Some(id) => authorize::load(&server.identity, id, &browser.id).await.map_err(fault::failure)?,
        None => None,
    };
    let Some(own) = own else { return Ok((known, see_other("/account/password/done")).into_response()) };
    authorize::choose(&server.identity, own.id, Some(session)).await.map_err(fault::failure)?;
    let next = see_other(&flow::page("/account/password/done", own.id));
    Ok((known, next).into_response())
}
