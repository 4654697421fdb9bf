use ambient::Timestamp;
use askama::Template;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use identity::logout;
use identity::sessions::{self, Living, Session, SessionId};
use serde::Deserialize;
use uuid::Uuid;
use webkit::{Brand, Failure, Form, Notice, Shell, Visit, html, see_other};

use super::device;
use crate::brand::brand;
use crate::browser::Browser;
use crate::fault;
use crate::state::IdentityServer;

const HERE: &str = "/account/sessions";

#[derive(Template)]
#[template(path = "account/sessions.html")]
struct SessionsPage {
    visit: Visit,
    brand: Brand,
    shell: Shell,
    own: Living,
    page: sessions::Page,
    others: i64,
}

#[derive(Deserialize)]
pub struct Address {
    before: Option<SessionId>,
    #[serde(default)]
    done: String,
}

/// Where one is signed in: this browser first, then every other, newest first.
pub async fn list(
    State(server): State<IdentityServer>,
    visit: Visit,
    browser: Browser,
    Query(address): Query<Address>,
) -> webkit::Result<Response> {
    let Some(session) = browser.sessions.first() else { return super::ask_who(&server, &browser, HERE).await };
    let (account, now) = (&session.account, server.identity.ambient.now());
    let others = count_others(&server, session).await?;
    let mut conn = server.identity.store.read().await.map_err(fault::store_failure)?;
    let page = sessions::living(&mut conn, account, session.id, address.before, now).await;
    let visit = visit.prefer(Some(&account.locale));
    let mut shell = super::shell(&visit, account, HERE);
    shell.notice = match address.done.as_str() {
        "one" => Some(Notice::good("session-ended")),
        "others" => Some(Notice::good("sessions-ended")),
        _ => None,
    };
    let page = page.map_err(fault::store_failure)?;
    Ok(html(SessionsPage {
        brand: brand(&server.kit, None, None),
        own: own(&browser, session, now),
        shell,
        visit,
        page,
        others,
    }))
}

/// How many other sessions the account has.
pub async fn count_others(server: &IdentityServer, session: &Session) -> webkit::Result<i64> {
    let mut conn = server.identity.store.read().await.map_err(fault::store_failure)?;
    let others = sessions::others(&mut conn, &session.account, session.id, server.identity.ambient.now()).await;
    others.map_err(fault::store_failure)
}

/// The session that asks, as it is at this moment.
fn own(browser: &Browser, session: &Session, now: Timestamp) -> Living {
    Living {
        id: session.id,
        user_agent: browser.device.user_agent.clone(),
        address: browser.device.address.map(|address| address.to_canonical().to_string()),
        created_at: session.created_at,
        used_at: now,
    }
}

#[derive(Template)]
#[template(path = "account/end_session.html")]
struct EndPage {
    visit: Visit,
    brand: Brand,
    shell: Shell,
    session: Living,
    reached: Vec<String>,
}

/// Asks before a session ends.
pub async fn ask(
    State(server): State<IdentityServer>,
    visit: Visit,
    browser: Browser,
    Path(id): Path<String>,
) -> webkit::Result<Response> {
    let Some(session) = browser.sessions.first() else { return super::ask_who(&server, &browser, HERE).await };
    let (account, asked) = (&session.account, id_of(&id)?);
    let mut conn = server.identity.store.read().await.map_err(fault::store_failure)?;
    let found = sessions::find(&mut conn, account, asked, server.identity.ambient.now()).await;
    drop(conn);
    let found = found.map_err(fault::store_failure)?.ok_or_else(nobodys)?;
    let reached = logout::reached(&server.identity, &[asked]).await.map_err(fault::failure)?;
    let visit = visit.prefer(Some(&account.locale));
    let shell = super::shell(&visit, account, HERE);
    Ok(html(EndPage { brand: brand(&server.kit, None, None), shell, visit, session: found, reached }))
}

/// What is no id is nobody's session; neither is another account's (DESIGN §4.8).
fn id_of(text: &str) -> webkit::Result<SessionId> {
    Uuid::try_parse(text).map(SessionId).map_err(|_| nobodys())
}

fn nobodys() -> Failure {
    Failure::not_found().detail("session-gone").next(HERE, "your-sessions")
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Confirmed {}

pub async fn end(
    State(server): State<IdentityServer>,
    browser: Browser,
    Path(id): Path<String>,
    Form(Confirmed {}): Form<Confirmed>,
) -> webkit::Result<Response> {
    let Some(session) = browser.sessions.first() else { return super::ask_who(&server, &browser, HERE).await };
    let asked = id_of(&id)?;
    if !logout::end_one(&server.identity, session.account.id, asked).await.map_err(fault::failure)? {
        return Err(nobodys());
    }
    if asked == session.id {
        let ended = session.clone();
        browser.forget(&server, &[ended]).await?;
        return Ok(see_other("/logout/done"));
    }
    Ok(see_other("/account/sessions?done=one"))
}

#[derive(Template)]
#[template(path = "account/end_others.html")]
struct EndOthersPage {
    visit: Visit,
    brand: Brand,
    shell: Shell,
    others: i64,
}

/// Asks before every session but this one ends.
pub async fn ask_others(
    State(server): State<IdentityServer>,
    visit: Visit,
    browser: Browser,
) -> webkit::Result<Response> {
    let Some(session) = browser.sessions.first() else { return super::ask_who(&server, &browser, HERE).await };
    let others = count_others(&server, session).await?;
    let visit = visit.prefer(Some(&session.account.locale));
    let shell = super::shell(&visit, &session.account, HERE);
    Ok(html(EndOthersPage { brand: brand(&server.kit, None, None), shell, visit, others }))
}

pub async fn end_others(
    State(server): State<IdentityServer>,
    browser: Browser,
    Form(Confirmed {}): Form<Confirmed>,
) -> webkit::Result<Response> {
    let Some(session) = browser.sessions.first() else { return super::ask_who(&server, &browser, HERE).await };
    logout::end_others(&server.identity, &session.account, session.id).await.map_err(fault::failure)?;
    Ok(see_other("/account/sessions?done=others"))
}
