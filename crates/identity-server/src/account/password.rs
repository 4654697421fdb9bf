use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use identity::allowances::OWN_GUESSES;
use identity::authorize::{self, Errand, InteractionId};
use identity::passwords::{self, Changed};
use identity::sessions::{self, Living, Session};
use serde::Deserialize;
use uuid::Uuid;
use webkit::{Brand, FieldErrors, Form, Message, Shell, Visit, html, html_with_status, see_other};

use super::device;
use crate::brand::brand;
use crate::browser::Browser;
use crate::fault;
use crate::flow::{self, Flow};
use crate::new_password;
use crate::state::IdentityServer;

const HERE: &str = "/account/password";

#[derive(Template)]
#[template(path = "account/password.html")]
struct PasswordPage {
    visit: Visit,
    brand: Brand,
    shell: Shell,
    errors: FieldErrors,
    email: String,
    shortest: usize,
}

fn page(server: &IdentityServer, visit: Visit, session: &Session, errors: FieldErrors) -> PasswordPage {
    let visit = visit.prefer(Some(&session.account.locale));
    PasswordPage {
        shell: super::shell(&visit, &session.account, HERE),
        brand: brand(&server.kit, None, None),
        visit,
        errors,
        email: session.account.email.clone(),
        shortest: server.identity.settings.passwords.shortest(),
    }
}

/// The form for another password.
pub async fn show(State(server): State<IdentityServer>, visit: Visit, browser: Browser) -> webkit::Result<Response> {
    let Some(session) = browser.sessions.first() else { return super::ask_who(&server, &browser, HERE).await };
    Ok(html(page(&server, visit, session, FieldErrors::none())))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PasswordForm {
    current: String,
    password: String,
    /// For password managers; what counts is who is signed in.
    #[serde(default, rename = "username")]
    _username: String,
}

/// Changes it, for whoever proves once more that they are its owner (IN-05).
pub async fn change(
    State(server): State<IdentityServer>,
    visit: Visit,
    mut browser: Browser,
    Form(form): Form<PasswordForm>,
) -> webkit::Result<Response> {
    let Some(session) = browser.sessions.first() else { return super::ask_who(&server, &browser, HERE).await };
    let mut errors = FieldErrors::none();
    new_password::judge(&server, &mut errors, &form.password, &session.account.email);
    if errors.is_empty() {
        let changed =
            passwords::change(&server.identity, session, &form.current, &form.password, &browser.device).await;
        match changed.map_err(fault::failure)? {
            Changed::Done(fresh) => {
                let known = browser.sign_in(&server, fresh).await?;
                return Ok((known, see_other("/account/password/done")).into_response());
            }
            Changed::SignedOut => return super::ask_who(&server, &browser, HERE).await,
            Changed::WrongPassword => errors.add("current", "current-wrong"),
            Changed::Paused => errors.add("current", paused()),
        }
    }
    Ok(html_with_status(StatusCode::UNPROCESSABLE_ENTITY, page(&server, visit, session, errors)))
}

fn paused() -> Message {
    let minutes = i64::try_from(OWN_GUESSES.window.as_secs() / 60).unwrap_or(i64::MAX);
    Message::new("current-paused").with("tries", OWN_GUESSES.most).with("minutes", minutes)
}

#[derive(Template)]
#[template(path = "account/password_done.html")]
struct DonePage {
    visit: Visit,
    brand: Brand,
    ended: Vec<Living>,
    count: i64,
    /// Where the waiting authorization request goes on, and its application's name.
    on: Option<(String, String)>,
}

#[derive(Deserialize)]
pub struct Address {
    i: Option<Uuid>,
}

/// What the change has ended: whatever was open a moment before the session that it began.
pub async fn done(
    State(server): State<IdentityServer>,
    visit: Visit,
    browser: Browser,
    Query(address): Query<Address>,
) -> webkit::Result<Response> {
    let Some(session) = browser.sessions.first() else { return super::ask_who(&server, &browser, "/account").await };
    let mut conn = server.identity.store.read().await.map_err(fault::store_failure)?;
    let ended = sessions::ended_by(&mut conn, session).await;
    drop(conn);
    let (ended, count) = ended.map_err(fault::store_failure)?;
    let waiting = match address.i {
        Some(id) => authorize::load(&server.identity, InteractionId(id), &browser.id).await.map_err(fault::failure)?,
        None => None,
    };
    let on = waiting.and_then(|waiting| match (&waiting.errand, waiting.client) {
        (Errand::Authorize(_), Some(client)) => {
            Some((flow::page("/account/password/done", waiting.id), client.client.name))
        }
        _ => None,
    });
    let visit = visit.prefer(Some(&session.account.locale));
    Ok(html(DonePage { brand: brand(&server.kit, None, None), visit, ended, count, on }))
}

/// The waiting authorization request goes on.
pub async fn go_on(State(server): State<IdentityServer>, flow: Flow, Form(_): Form<GoOn>) -> webkit::Result<Response> {
    Ok(flow.advance(&server).await?.after_post(&flow.visit))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GoOn {}
