//! After a sign-out here: at the provider too, if the person wants that. Ours is done before, and depends on nothing that follows.

use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use identity::sessions::{Session, SessionId};
use identity::upstream::{self, Away, DepartureId, Hint, UpstreamLoginId};
use relying_party::RelyingParty;
use serde::Deserialize;
use webkit::{BrowserId, Failure, Form, Message, Visit, continue_to, see_other};

use super::party::party;
use crate::fault;
use crate::state::IdentityServer;

/// Where providers send the browser back to; registered with each as a `post_logout_redirect_uri`.
pub const BACK: &str = "/logout/upstream";

/// Keeps the ID token of a sign-in, if its provider can end its own session by it.
pub async fn keep(server: &IdentityServer, away: &Away, party: &RelyingParty, id_token: Option<&str>) {
    let ends = party.provider().await.is_ok_and(|provider| provider.metadata.end_session_endpoint.is_some());
    let Some(id_token) = id_token.filter(|_| ends && away.linking.is_none() && away.proves.is_none()) else { return };
    // Whoever can't sign out there later signs in here nevertheless.
    if let Err(error) = upstream::keep_hint(&server.identity, away.id, away.provider.id, id_token).await {
        tracing::warn!(%error, "an ID token could not be kept");
    }
}

/// The sign-in has made this session.
pub async fn attach(server: &IdentityServer, login: UpstreamLoginId, session: SessionId) {
    if let Err(error) = upstream::attach_hint(&server.identity, login, session).await {
        tracing::warn!(%error, "an ID token could not be kept");
    }
}

/// What providers can be told of these sessions, before they end.
pub async fn hints(server: &IdentityServer, sessions: &[Session]) -> Vec<Hint> {
    upstream::hints_of(&server.identity, sessions).await.unwrap_or_else(|error| {
        tracing::warn!(%error, "ID tokens could not be read");
        Vec::new()
    })
}

/// The person is signed out: at which providers may they be so too?
pub async fn depart(
    server: &IdentityServer,
    browser: &str,
    hints: Vec<Hint>,
    redirect: Option<&str>,
) -> Option<DepartureId> {
    upstream::depart(&server.identity, browser, hints, redirect).await.unwrap_or_else(|error| {
        tracing::warn!(%error, "signing out at providers could not be offered");
        None
    })
}

/// The page on which one stands after signing out.
pub fn done(departure: DepartureId) -> String {
    format!("/logout/done?o={departure}")
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Leave {
    o: DepartureId,
    provider: String,
}

/// Sends the browser to the provider's logout.
pub async fn leave(
    State(server): State<IdentityServer>,
    visit: Visit,
    BrowserId(browser): BrowserId,
    Form(form): Form<Leave>,
) -> webkit::Result<Response> {
    let leaving = upstream::leave(&server.identity, &browser, form.o, &form.provider).await.map_err(fault::failure)?;
    let Some(leaving) = leaving else { return Ok(see_other(&done(form.o))) };
    let party = party(&server, &leaving.provider)?;
    let back = server.identity.settings.page(BACK);
    match party.end_session_url(Some(&leaving.id_token), &back, &leaving.state).await {
        Ok(url) => Ok(continue_to(&visit, url.as_str())),
        Err(fault) => {
            tracing::warn!(%fault, code = fault.code(), "a provider's logout could not begin");
            let said = |key| Message::new(key).with("provider", leaving.provider.name.clone());
            Err(Failure::new(StatusCode::BAD_GATEWAY)
                .title(said("upstream-logout-failed-title"))
                .detail(said("upstream-logout-failed"))
                .code(fault.code())
                .next(done(form.o), "upstream-logout-go-on"))
        }
    }
}

#[derive(Deserialize)]
pub struct Back {
    #[serde(default)]
    state: String,
}

/// Back from a provider's logout. Nobody is signed in here any more, so that a strange answer changes nothing: it ends on the page
/// that says so, and leads nowhere else.
pub async fn back(
    State(server): State<IdentityServer>,
    visit: Visit,
    BrowserId(browser): BrowserId,
    Query(Back { state }): Query<Back>,
) -> webkit::Result<Response> {
    let departure = upstream::back_from_logout(&server.identity, &browser, &state).await.map_err(fault::failure)?;
    let Some(id) = departure else { return Ok(see_other("/logout/done")) };
    let left = upstream::departure(&server.identity, &browser, id).await.map_err(fault::failure)?;
    match left.redirect {
        Some(to) if left.providers.is_empty() => Ok(continue_to(&visit, &to)),
        _ => Ok(see_other(&done(id))),
    }
}
