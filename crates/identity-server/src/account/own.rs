//! *Make this my own account* (DESIGN §4.2): for who is known through one tenant's own provider alone. All of it in the browser
//! that has that tenant's session.

use ambient::Opaque;
use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use identity::accounts::EmailAddress;
use identity::own_account::{self, Beginning, Made, Pending};
use identity::sessions::{Session, SessionId};
use identity::tenants;
use serde::Deserialize;
use webkit::{Brand, Failure, FieldErrors, Form, Message, Visit, html, html_with_status, initials, see_other};

use super::ask_who;
use super::sign_in::lately;
use crate::brand::brand;
use crate::browser::Browser;
use crate::fault;
use crate::signup::{ConfirmForm, judge};
use crate::state::IdentityServer;

/// Where signing in leads back to, without the secret.
const MOVE: &str = "/account/own/move";

#[derive(Template)]
#[template(path = "account/own.html")]
struct BeginPage {
    visit: Visit,
    brand: Brand,
    errors: FieldErrors,
    door: String,
    provider: String,
    session: Session,
    email: String,
}

/// This browser's session of somebody whom a tenant's own provider alone knows: the one in use, if it is one, else the first. Whose
/// account is their own has nothing to take over; and whoever runs that provider reads here nothing of it.
fn scoped(browser: &Browser) -> webkit::Result<&Session> {
    let found = browser.of_every_scope.iter().find(|session| session.only_there);
    found.ok_or_else(|| Failure::forbidden("own-nobody").title("own-nobody-title").next("/account", "flow-gone-next"))
}

async fn begin_page(
    server: &IdentityServer,
    visit: Visit,
    session: &Session,
    (email, errors): (String, FieldErrors),
) -> webkit::Result<BeginPage> {
    let mut conn = server.identity.store.read().await.map_err(fault::store_failure)?;
    let tenant = session.scope.ok_or_else(fault::gone)?;
    let provider = own_account::known_by(&mut conn, tenant, session.account.id).await.map_err(fault::store_failure)?;
    let tenant = tenants::find(&mut conn, tenant).await.map_err(fault::store_failure)?.ok_or_else(fault::gone)?;
    Ok(BeginPage {
        brand: brand(&server.kit, Some(&tenant), None),
        visit: visit.prefer(Some(&session.account.locale)),
        errors,
        door: tenant.name,
        provider: provider.ok_or_else(fault::gone)?,
        session: session.clone(),
        email,
    })
}

/// Which address is to be theirs?
pub async fn show(State(server): State<IdentityServer>, visit: Visit, browser: Browser) -> webkit::Result<Response> {
    let session = scoped(&browser)?;
    Ok(html(begin_page(&server, visit, session, (String::new(), FieldErrors::none())).await?))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Address {
    /// The session that the page showed.
    session: SessionId,
    email: String,
}

/// Sends the mail. The answer is the same for every address.
pub async fn begin(
    State(server): State<IdentityServer>,
    visit: Visit,
    browser: Browser,
    Form(form): Form<Address>,
) -> webkit::Result<Response> {
    let shown = browser.of_every_scope.iter().find(|one| one.id == form.session && one.only_there);
    let session = shown.ok_or_else(fault::gone)?;
    let Some(email) = EmailAddress::parse(&form.email) else {
        let page = begin_page(&server, visit, session, (form.email, FieldErrors::one("email", "email-wrong"))).await?;
        return Ok(html_with_status(StatusCode::UNPROCESSABLE_ENTITY, page));
    };
    let locale = visit.lang.code();
    let page = begin_page(&server, visit, session, (String::new(), FieldErrors::none())).await?;
    let (device, door) = (&browser.device, page.door.as_str());
    let beginning = Beginning { session, browser: &browser.id, email: email.clone(), locale, device, door };
    own_account::begin(&server.identity, beginning).await.map_err(fault::failure)?;
    Ok(html(SentPage { brand: page.brand, visit: page.visit, email: email.to_string() }))
}

#[derive(Template)]
#[template(path = "account/own_sent.html")]
struct SentPage {
    visit: Visit,
    brand: Brand,
    email: String,
}

#[derive(Template)]
#[template(path = "account/own_finish.html")]
struct FinishPage {
    visit: Visit,
    brand: Brand,
    errors: FieldErrors,
    pending: Pending,
    /// Empty in a browser that is known to have followed the link.
    token: String,
    /// The account of the address, if it is signed in here.
    session: Option<Session>,
    person: ConfirmForm,
    shortest: usize,
}

fn finish_page(
    server: &IdentityServer,
    visit: Visit,
    pending: Pending,
    (token, session): (String, Option<Session>),
    (person, errors): (ConfirmForm, FieldErrors),
) -> FinishPage {
    FinishPage {
        brand: brand(&server.kit, Some(&pending.tenant), None),
        visit: visit.prefer(Some(&pending.scoped.locale)),
        errors,
        pending,
        token,
        session,
        person,
        shortest: server.identity.settings.passwords.shortest(),
    }
}

/// What the tenant's provider states of them, to begin with.
fn as_stated(pending: &Pending) -> (ConfirmForm, FieldErrors) {
    let locale = webkit::Lang::from_tag(&pending.scoped.locale).map_or("en", webkit::Lang::code);
    (ConfirmForm::of(&pending.scoped.given_name, &pending.scoped.family_name, locale), FieldErrors::none())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Link {
    #[serde(default)]
    token: String,
}

/// The mailed link: changes nothing, since mail scanners follow links too.
pub async fn show_mail(
    State(server): State<IdentityServer>,
    visit: Visit,
    browser: Browser,
    Query(link): Query<Link>,
) -> webkit::Result<Response> {
    let pending = by_link(&server, &browser, &link.token).await?;
    let stated = as_stated(&pending);
    Ok(html(finish_page(&server, visit, pending, (link.token, None), stated)))
}

async fn by_link(server: &IdentityServer, browser: &Browser, token: &str) -> webkit::Result<Pending> {
    let link = Opaque::parse(token).ok_or_else(spent)?;
    let found = own_account::look(&server.identity, &link, &browser.id, &browser.of_every_scope).await;
    found.map_err(fault::failure)?.ok_or_else(spent)
}

/// Altered, used, too old, another browser's; or the tenant's session is over.
fn spent() -> Failure {
    Failure::gone("own-spent").title("own-spent-title").next("/account/own", "flow-gone-next")
}

/// Nobody has the address: names and a password make the account theirs.
pub async fn make(
    State(server): State<IdentityServer>,
    visit: Visit,
    mut browser: Browser,
    Form(form): Form<ConfirmForm>,
) -> webkit::Result<Response> {
    let pending = by_link(&server, &browser, &form.token).await?;
    let person = match judge(&server, &form, pending.email.as_str()) {
        Ok(person) => person,
        Err(errors) => {
            let token = form.token.clone();
            let page = finish_page(&server, visit, pending, (token, None), (form, errors));
            return Ok(html_with_status(StatusCode::UNPROCESSABLE_ENTITY, page));
        }
    };
    let made = own_account::as_new(&server.identity, pending, person, &browser.device).await;
    let Made::Own(session) = made.map_err(fault::failure)? else { return Err(spent()) };
    let known = browser.sign_in(&server, session).await?;
    Ok((known, see_other("/account")).into_response())
}

/// An account has the address: its owner signs in first. The browser remembers what for, not the secret.
pub async fn sign_in(
    State(server): State<IdentityServer>,
    browser: Browser,
    Form(form): Form<Link>,
) -> webkit::Result<Response> {
    let pending = by_link(&server, &browser, &form.token).await?;
    browser.remember_own_account(&server, pending.id).await?;
    ask_who(&server, &browser, MOVE).await
}

async fn followed(server: &IdentityServer, browser: &Browser) -> webkit::Result<Pending> {
    let id = browser.own_account().await?.ok_or_else(spent)?;
    let found = own_account::reopen(&server.identity, id, &browser.id, &browser.of_every_scope).await;
    found.map_err(fault::failure)?.ok_or_else(spent)
}

/// What is about to move, and where to.
pub async fn show_move(
    State(server): State<IdentityServer>,
    visit: Visit,
    browser: Browser,
) -> webkit::Result<Response> {
    let pending = followed(&server, &browser).await?;
    let Some(session) = browser.sessions.first().filter(|session| lately(&visit, session)).cloned() else {
        return ask_who(&server, &browser, MOVE).await;
    };
    let stated = as_stated(&pending);
    Ok(html(finish_page(&server, visit, pending, (String::new(), Some(session)), stated)))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Moving {
    /// The session that the page showed: nobody answers for another person (OA-22).
    session: SessionId,
}

/// Moves it, into the account that has just proved who it is.
pub async fn move_it(
    State(server): State<IdentityServer>,
    visit: Visit,
    browser: Browser,
    Form(form): Form<Moving>,
) -> webkit::Result<Response> {
    let pending = followed(&server, &browser).await?;
    let shown = browser.sessions.iter().find(|session| session.id == form.session);
    let Some(session) = shown.filter(|session| lately(&visit, session)) else {
        return ask_who(&server, &browser, MOVE).await;
    };
    let (door, email) = (pending.tenant.name.clone(), pending.email.to_string());
    let said = |key: &'static str| Message::new(key).with("door", door.clone()).with("email", email.clone());
    match own_account::move_to(&server.identity, pending, session).await.map_err(fault::failure)? {
        Made::Moved | Made::Own(_) => Ok(see_other("/account/instances")),
        Made::Spent => Err(spent()),
        Made::MemberAlready => {
            let failure = Failure::conflict(said("own-member-already")).title(said("own-member-already-title"));
            Err(failure.code("member_already").next("/account/instances", "back-to-instances"))
        }
        Made::OtherPerson => {
            let failure = Failure::forbidden(said("own-other-person")).title(said("own-other-person-title"));
            Err(failure.code("other_person").next(MOVE, "use-another"))
        }
    }
}

/// What of a page is shown of somebody.
fn face(session: &Session) -> (String, String) {
    let name = session.account.full_name();
    (initials(&name), name)
}
