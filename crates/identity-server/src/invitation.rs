//! The page of an invitation's mailed link, and the ways to accept: with the account that is signed in, with one that signs in
//! first, with a new one; or by the one provider that is named ([`crate::upstream`]).

use ambient::Opaque;
use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use identity::authorize::{self, Errand};
use identity::invitations::{self, Accepted, Invitation};
use identity::sessions::{Session, SessionId};
use serde::Deserialize;
use webkit::{Brand, Failure, FieldErrors, Form, Visit, continue_to, html, html_with_status, initials, see_other};

use crate::brand::brand;
use crate::browser::Browser;
use crate::fault;
use crate::signup::{ConfirmForm, judge};
use crate::state::IdentityServer;
use crate::upstream::Offered;

/// Where signing in leads back to: without the secret, which stands in no database.
pub const AFTER_SIGN_IN: &str = "/invitation/accept";

#[derive(Template)]
#[template(path = "door/invitation.html")]
struct InvitationPage {
    visit: Visit,
    brand: Brand,
    errors: FieldErrors,
    invitation: Invitation,
    /// Empty in a browser that is known to have followed the link.
    token: String,
    /// The one provider by which they come in, if it can be used.
    provider: Option<Offered>,
    /// The account that is signed in, unless the person wants another one, or it may not accept.
    session: Option<Session>,
    other: String,
    person: ConfirmForm,
    shortest: usize,
}

fn page(
    server: &IdentityServer,
    visit: Visit,
    invitation: Invitation,
    token: String,
    session: Option<&Session>,
    (person, errors): (ConfirmForm, FieldErrors),
) -> InvitationPage {
    let locale = session.map_or(&invitation.locale, |session| &session.account.locale);
    InvitationPage {
        brand: brand(&server.kit, Some(&invitation.tenant), None),
        visit: visit.prefer(Some(locale)),
        errors,
        other: format!("/invitation?token={token}&as=other"),
        provider: invitation.opener.as_ref().and_then(|opener| opener.provider.clone()).map(Offered::from),
        session: session.filter(|session| invitation.is_open_to(&session.account)).cloned(),
        invitation,
        token,
        person,
        shortest: server.identity.settings.passwords.shortest(),
    }
}

/// What is in the form before anything was typed: what the inviter knew.
fn as_invited(invitation: &Invitation) -> (ConfirmForm, FieldErrors) {
    let locale = webkit::Lang::from_tag(&invitation.locale).map_or("en", webkit::Lang::code);
    (ConfirmForm::of(&invitation.given_name, &invitation.family_name, locale), FieldErrors::none())
}

#[derive(Deserialize)]
pub struct Link {
    #[serde(default)]
    token: String,
    #[serde(default, rename = "as")]
    who: String,
}

/// Who invites, where to, and how to accept. Spends nothing, since mail scanners follow links too (IN-01).
pub async fn show(
    State(server): State<IdentityServer>,
    visit: Visit,
    browser: Browser,
    Query(link): Query<Link>,
) -> webkit::Result<Response> {
    let invitation = by_link(&server, &link.token).await?;
    invitations::mark_opened(&server.identity, invitation.id).await.map_err(fault::failure)?;
    let session = browser.sessions.first().filter(|_| link.who != "other");
    let typed = as_invited(&invitation);
    Ok(html(page(&server, visit, invitation, link.token, session, typed)))
}

/// The same after signing in, in the browser that followed the link.
pub async fn show_again(
    State(server): State<IdentityServer>,
    visit: Visit,
    browser: Browser,
) -> webkit::Result<Response> {
    let invitation = followed(&server, &browser).await?;
    let typed = as_invited(&invitation);
    Ok(html(page(&server, visit, invitation, String::new(), browser.sessions.first(), typed)))
}

async fn by_link(server: &IdentityServer, token: &str) -> webkit::Result<Invitation> {
    let link = Opaque::parse(token).ok_or_else(spent)?;
    invitations::look(&server.identity, &link).await.map_err(fault::failure)?.ok_or_else(spent)
}

/// The invitation whose link this browser has followed on its way to the sign-in page.
async fn followed(server: &IdentityServer, browser: &Browser) -> webkit::Result<Invitation> {
    let id = browser.invitation().await?.ok_or_else(spent)?;
    invitations::reopen(&server.identity, id).await.map_err(fault::failure)?.ok_or_else(spent)
}

pub async fn find(server: &IdentityServer, browser: &Browser, token: &str) -> webkit::Result<Invitation> {
    if token.is_empty() { followed(server, browser).await } else { by_link(server, token).await }
}

/// Altered, used, withdrawn, expired, never there: one answer for all.
pub fn spent() -> Failure {
    Failure::gone("invitation-spent").title("invitation-spent-title").next("/account", "flow-gone-next")
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Acceptance {
    #[serde(default)]
    token: String,
    /// The session that the page showed: nobody answers for another person (OA-22).
    session: SessionId,
}

/// Accepts with the account that is signed in.
pub async fn accept(
    State(server): State<IdentityServer>,
    visit: Visit,
    browser: Browser,
    Form(form): Form<Acceptance>,
) -> webkit::Result<Response> {
    let invitation = find(&server, &browser, &form.token).await?;
    let Some(session) = browser.sessions.iter().find(|session| session.id == form.session) else {
        let typed = as_invited(&invitation);
        return Ok(html(page(&server, visit, invitation, form.token, browser.sessions.first(), typed)));
    };
    let door = invitation.tenant.base_url.clone();
    let here =
        if form.token.is_empty() { AFTER_SIGN_IN.to_owned() } else { format!("/invitation?token={}", form.token) };
    match invitations::accept(&server.identity, invitation, session).await.map_err(fault::failure)? {
        Accepted::Welcome(_) => Ok(through(&visit, &door)),
        Accepted::LinkIsSpent => Err(spent()),
        Accepted::ByProvider => Err(by_provider()),
        Accepted::SignedOut => Ok(see_other(&here)),
    }
}

/// Their page says how.
fn by_provider() -> Failure {
    Failure::conflict("invitation-by-provider").next(AFTER_SIGN_IN, "back-to-invitation")
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignInFirst {
    token: String,
}

/// Signs in first. The browser remembers which invitation it is for, not its secret.
pub async fn sign_in(
    State(server): State<IdentityServer>,
    browser: Browser,
    Form(form): Form<SignInFirst>,
) -> webkit::Result<Response> {
    let invitation = find(&server, &browser, &form.token).await?;
    browser.remember_invitation(&server, invitation.id).await?;
    let errand = Errand::Visit { path: AFTER_SIGN_IN.to_owned() };
    let id = authorize::begin(&server.identity, &browser.id, &browser.device, None, &errand)
        .await
        .map_err(fault::failure)?;
    let email = invitation.email.as_str();
    authorize::remember_email(&server.identity, id, Some(email)).await.map_err(fault::failure)?;
    Ok(see_other(&crate::flow::page("/login", id)))
}

/// Accepts with a new account, whose address the link has proved, and signs this browser in.
pub async fn accept_as_new(
    State(server): State<IdentityServer>,
    visit: Visit,
    mut browser: Browser,
    Form(form): Form<ConfirmForm>,
) -> webkit::Result<Response> {
    let invitation = by_link(&server, &form.token).await?;
    let person = match judge(&server, &form, invitation.email.as_str()) {
        Ok(person) => person,
        Err(errors) => {
            let token = form.token.clone();
            let page = page(&server, visit, invitation, token, None, (form, errors));
            return Ok(html_with_status(StatusCode::UNPROCESSABLE_ENTITY, page));
        }
    };
    let door = invitation.tenant.base_url.clone();
    let accepted = invitations::accept_as_new(&server.identity, invitation, person, &browser.device).await;
    let session = match accepted.map_err(fault::failure)? {
        Accepted::Welcome(session) => session,
        Accepted::LinkIsSpent | Accepted::SignedOut => return Err(spent()),
        Accepted::ByProvider => return Err(by_provider()),
    };
    let known = browser.sign_in(&server, session).await?;
    Ok((known, through(&visit, &door)).into_response())
}

/// To the tenant's own sign-in, which asks us who it is, and lets them in.
pub fn through(visit: &Visit, door: &str) -> Response {
    continue_to(visit, &format!("{}/auth/login?return_to=%2F", door.trim_end_matches('/')))
}

/// What of a page is shown of the account that is signed in.
fn face(session: &Session) -> (String, String) {
    let name = session.account.full_name();
    (initials(&name), name)
}
