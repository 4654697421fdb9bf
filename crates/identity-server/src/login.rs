use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use identity::accounts::EmailAddress;
use identity::allowances::PASSWORD_GUESSES;
use identity::authorize;
use identity::providers;
use identity::sessions::{Session, SessionId};
use identity::sign_in::{self, Attempt, SignIn};
use identity::tenants;
use serde::Deserialize;
use webkit::{Brand, Failure, FieldErrors, Form, Message, Visit, html, html_with_status, initials, see_other};

use crate::browser;
use crate::fault;
use crate::flow::Flow;
use crate::state::IdentityServer;
use crate::upstream::{self, Ways};

#[derive(Template)]
#[template(path = "login/identifier.html")]
struct IdentifierPage {
    visit: Visit,
    brand: Brand,
    errors: FieldErrors,
    email: String,
    ways: Ways,
    post: String,
    links: Links,
    /// This browser is signed in to another tenant, by that tenant's own provider.
    elsewhere: Option<Elsewhere>,
    /// Whether such a session could become an account.
    scoped: bool,
}

/// A session that opens one tenant alone, and not where this leads.
struct Elsewhere {
    door: String,
    provider: String,
}

/// Why somebody is asked who they are, who is signed in: of this browser's own sessions, and nobody else's.
async fn elsewhere(server: &IdentityServer, flow: &Flow) -> webkit::Result<Option<Elsewhere>> {
    let leads_to = flow.tenant.as_ref().map(|tenant| tenant.id);
    let held = &flow.browser.of_every_scope;
    if held.iter().any(|session| session.opens(leads_to)) {
        return Ok(None);
    }
    let Some((session, scope)) = held.iter().find_map(|session| Some((session, session.scope?))) else {
        return Ok(None);
    };
    let key = session.proof(None).map_or("", |proof| &proof.provider);
    let mut conn = server.identity.store.read().await.map_err(fault::store_failure)?;
    let door = tenants::find(&mut conn, scope).await.map_err(fault::store_failure)?;
    let provider = providers::find(&mut conn, key).await.map_err(fault::store_failure)?;
    Ok(door.zip(provider).map(|(door, provider)| Elsewhere { door: door.name, provider: provider.name }))
}

/// Where else a sign-in page leads.
struct Links {
    signup: String,
    how: String,
    forget: String,
}

impl Links {
    fn of(flow: &Flow) -> Self {
        Self { signup: flow.page("/signup"), how: flow.page("/login/how"), forget: flow.page("/login/forget") }
    }
}

/// Who is it? Asked of everyone alike; nothing here depends on whether the account exists.
pub async fn show_identifier(State(server): State<IdentityServer>, flow: Flow) -> webkit::Result<Response> {
    let email = flow.interaction.email.clone().unwrap_or_default();
    let ways = upstream::offered(&server, &flow).await?;
    Ok(html(identifier_page(&server, flow, email, ways, FieldErrors::none()).await?))
}

async fn identifier_page(
    server: &IdentityServer,
    flow: Flow,
    email: String,
    ways: Ways,
    errors: FieldErrors,
) -> webkit::Result<IdentifierPage> {
    let elsewhere = elsewhere(server, &flow).await?;
    let (post, links) = (flow.page("/login/provider"), Links::of(&flow));
    let mut brand = flow.brand(server);
    brand.name = flow.destination(server);
    // On the way to a page of the account.
    let own = flow.interaction.client.is_none();
    let scoped = own && flow.browser.of_every_scope.iter().any(|session| session.scope.is_some());
    Ok(IdentifierPage { brand, visit: flow.visit, errors, email, ways, post, links, elsewhere, scoped })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IdentifierForm {
    username: String,
}

pub async fn take_identifier(
    State(server): State<IdentityServer>,
    flow: Flow,
    Form(form): Form<IdentifierForm>,
) -> webkit::Result<Response> {
    let Some(email) = EmailAddress::parse(&form.username) else {
        let errors = FieldErrors::one("username", "email-wrong");
        let ways = upstream::offered(&server, &flow).await?;
        let page = identifier_page(&server, flow, form.username, ways, errors).await?;
        return Ok(html_with_status(StatusCode::UNPROCESSABLE_ENTITY, page));
    };
    let id = flow.interaction.id;
    authorize::remember_email(&server.identity, id, Some(email.as_str())).await.map_err(fault::failure)?;
    Ok(see_other(&flow.page("/login/password")))
}

#[derive(Template)]
#[template(path = "login/password.html")]
struct PasswordPage {
    visit: Visit,
    brand: Brand,
    errors: FieldErrors,
    email: String,
    initials: String,
    identifier: String,
    recover: String,
    remember: bool,
    ways: Ways,
    post: String,
    links: Links,
}

fn password_page(
    server: &IdentityServer,
    flow: Flow,
    email: &EmailAddress,
    (remember, ways): (bool, Ways),
    errors: FieldErrors,
) -> PasswordPage {
    let mut brand = flow.brand(server);
    brand.name = flow.destination(server);
    PasswordPage {
        identifier: flow.page("/login"),
        links: Links::of(&flow),
        recover: flow.page("/recover"),
        post: flow.page("/login/provider"),
        ways,
        brand,
        visit: flow.visit,
        errors,
        remember,
        initials: initials(email.as_str()),
        email: email.to_string(),
    }
}

/// Where is it proved? By the password, or at a provider: what the typed address's domain says comes first.
pub async fn show_password(State(server): State<IdentityServer>, flow: Flow) -> webkit::Result<Response> {
    let ways = upstream::offered(&server, &flow).await?;
    Ok(match flow.interaction.email.as_deref().and_then(EmailAddress::parse) {
        Some(email) if !ways.forced => html(password_page(&server, flow, &email, (false, ways), FieldErrors::none())),
        _ => see_other(&flow.page("/login")),
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PasswordForm {
    password: String,
    /// Ticked: to stay signed in.
    #[serde(default)]
    remember: Option<String>,
    /// For password managers, which want to see a name beside the password; what counts is the interaction's.
    #[serde(default, rename = "username")]
    _username: String,
}

pub async fn take_password(
    State(server): State<IdentityServer>,
    flow: Flow,
    Form(form): Form<PasswordForm>,
) -> webkit::Result<Response> {
    let Some(email) = flow.interaction.email.as_deref().and_then(EmailAddress::parse) else {
        return Ok(see_other(&flow.page("/login")));
    };
    if upstream::offered(&server, &flow).await?.forced {
        return Ok(see_other(&flow.page("/login")));
    }
    let (reference, remembered) = (flow.visit.request_id.clone(), form.remember.is_some());
    let own = flow.browser.to_sign_out(&server).await?;
    let attempt = Attempt {
        email: &email,
        password: &form.password,
        remembered,
        browser_sessions: &own,
        device: &flow.browser.device,
        known_device: &flow.browser.known_device,
        reference: &reference,
    };
    match sign_in::with_password(&server.identity, attempt).await.map_err(fault::failure)? {
        SignIn::Welcome(session) => flow.signed_in(&server, session).await,
        // Whoever knows the password is told plainly (DESIGN §4.11): it opens nothing any more.
        SignIn::Elsewhere(provider) => {
            let mut conn = server.identity.store.read().await.map_err(fault::store_failure)?;
            let provider = providers::find_by_id(&mut conn, provider).await.map_err(fault::store_failure)?;
            drop(conn);
            let key = provider.map(|provider| provider.key).unwrap_or_default();
            upstream::elsewhere(&server, flow, &key).await
        }
        SignIn::Refused => {
            let errors = FieldErrors::one("password", refused(reference));
            let ways = upstream::offered(&server, &flow).await?;
            let page = password_page(&server, flow, &email, (remembered, ways), errors);
            Ok(html_with_status(StatusCode::UNPROCESSABLE_ENTITY, page))
        }
    }
}

/// What to do and when, told whether the password was wrong or no guess was left: nobody learns which (WEB-05).
pub fn refused(reference: String) -> Message {
    let minutes = i64::try_from(PASSWORD_GUESSES.window.as_secs() / 60).unwrap_or(i64::MAX);
    let message = Message::new("password-refused").with("tries", PASSWORD_GUESSES.most).with("minutes", minutes);
    message.with("reference", reference)
}

#[derive(Template)]
#[template(path = "login/accounts.html")]
struct AccountsPage {
    visit: Visit,
    brand: Brand,
    sessions: Vec<Session>,
    other: String,
}

/// Which account? Asked when an application wants to know, after a logout from one tenant for example.
pub async fn show_accounts(State(server): State<IdentityServer>, flow: Flow) -> Response {
    let tenant = flow.interaction.client.as_ref().and_then(|client| client.tenant);
    let sessions: Vec<Session> =
        flow.browser.of_every_scope.iter().filter(|session| session.opens(tenant)).cloned().collect();
    if sessions.is_empty() {
        return see_other(&flow.page("/login"));
    }
    let mut brand = flow.brand(&server);
    brand.name = flow.destination(&server);
    html(AccountsPage { other: flow.page("/login"), brand, visit: flow.visit, sessions })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccountForm {
    session: SessionId,
}

pub async fn take_account(
    State(server): State<IdentityServer>,
    mut flow: Flow,
    Form(form): Form<AccountForm>,
) -> webkit::Result<Response> {
    // Only a living session of this very browser can be chosen.
    if !flow.browser.of_every_scope.iter().any(|session| session.id == form.session) {
        return Err(Failure::bad_request("account-gone").next(flow.page("/login"), "sign-in-again"));
    }
    authorize::choose(&server.identity, flow.interaction.id, Some(form.session)).await.map_err(fault::failure)?;
    flow.interaction.chosen = Some(form.session);
    flow.interaction.consented = false;
    Ok(flow.advance(&server).await?.after_post(&flow.visit))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Forget {}

/// Whoever leaves a browser to others lets it forget which ways in were used there, and whom it knows.
pub async fn forget(
    State(server): State<IdentityServer>,
    flow: Result<Flow, Failure>,
    Form(Forget {}): Form<Forget>,
) -> Response {
    let next = flow.map_or_else(|_| see_other("/logout/done?forgotten=yes"), |flow| see_other(&flow.page("/login")));
    (browser::unknown(&server), next).into_response()
}
