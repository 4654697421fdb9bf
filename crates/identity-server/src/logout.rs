use askama::Template;
use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::response::Response;
use identity::clients;
use identity::logout;
use identity::sessions::Session;
use oidc::id_token_hint::{self, HintClaims};
use oidc::logout::{LogoutPlan, LogoutRequest};
use oidc::params::Params;
use serde::Deserialize;
use webkit::{Brand, Failure, Form, Visit, continue_to, html, see_other};

use crate::brand::brand;
use crate::browser::Browser;
use crate::fault;
use crate::flow;
use crate::state::IdentityServer;

#[derive(Template)]
#[template(path = "logout/confirm.html")]
struct ConfirmPage {
    visit: Visit,
    brand: Brand,
    reached: Vec<String>,
    query: String,
}

/// RP-initiated logout (OpenID Connect RP-Initiated Logout §2): asks, unless the application's hint shows that it knows
/// whose session it is.
pub async fn get(
    State(server): State<IdentityServer>,
    visit: Visit,
    browser: Browser,
    RawQuery(query): RawQuery,
) -> webkit::Result<Response> {
    let query = query.unwrap_or_default();
    let (plan, hint) = plan(&server, &query).await?;
    let open = browser.to_sign_out(&server).await?;
    if open.is_empty() {
        return Ok(finish(&visit, &plan));
    }
    // Unasked, the hint's own session ends, and no other account's.
    let known = hinted(&server, &open, hint.as_ref()).await?;
    if let Some(session) = known.filter(|_| !plan.ask) {
        return end(&server, &visit, &browser, &[session], &plan).await;
    }
    let ids: Vec<_> = open.iter().map(|session| session.id).collect();
    let reached = logout::reached(&server.identity, &ids).await.map_err(fault::failure)?;
    Ok(html(ConfirmPage { brand: brand(&server.kit, None, None), visit: visit.clone(), reached, query }))
}

/// The same by POST: another site's form comes without our cookies, the redirect to ourselves brings them.
pub async fn post(body: Bytes) -> webkit::Result<Response> {
    flow::as_get("/logout", &body)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConfirmForm {
    query: String,
}

pub async fn confirm(
    State(server): State<IdentityServer>,
    visit: Visit,
    browser: Browser,
    Form(form): Form<ConfirmForm>,
) -> webkit::Result<Response> {
    let (plan, _) = plan(&server, &form.query).await?;
    let open = browser.to_sign_out(&server).await?;
    end(&server, &visit, &browser, &open, &plan).await
}

async fn end(
    server: &IdentityServer,
    visit: &Visit,
    browser: &Browser,
    sessions: &[Session],
    plan: &LogoutPlan,
) -> webkit::Result<Response> {
    logout::end_sessions(&server.identity, sessions).await.map_err(fault::failure)?;
    browser.forget(server, sessions).await?;
    Ok(finish(visit, plan))
}

fn finish(visit: &Visit, plan: &LogoutPlan) -> Response {
    match &plan.redirect {
        Some(uri) => continue_to(visit, uri),
        None => see_other("/logout/done"),
    }
}

/// What the request may do, and the hint that it brought.
async fn plan(server: &IdentityServer, query: &str) -> webkit::Result<(LogoutPlan, Option<HintClaims>)> {
    let unreadable = || Failure::bad_request("logout-unreadable").code("invalid_request");
    let params = Params::parse(query).map_err(|_| unreadable())?;
    let request = LogoutRequest::parse(&params).map_err(|_| unreadable())?;
    let claimed = request.claimed_client();
    let client = match &claimed {
        Some(client_id) => {
            let mut conn = server.identity.store.read().await.map_err(fault::store_failure)?;
            clients::find(&mut conn, client_id).await.map_err(fault::failure)?
        }
        None => None,
    };
    let hint = match (&request.id_token_hint, &claimed) {
        (Some(hint), Some(client_id)) => read_hint(server, hint, client_id),
        _ => None,
    };
    let plan = oidc::logout::check(&request, client.as_ref().map(|client| &client.client), hint.as_ref());
    Ok((plan, hint))
}

/// The session of this browser that the hint speaks of; another's hint logs nobody out unasked.
async fn hinted(
    server: &IdentityServer,
    sessions: &[Session],
    hint: Option<&HintClaims>,
) -> webkit::Result<Option<Session>> {
    let Some(sid) = hint.and_then(|hint| hint.sid.as_deref()) else { return Ok(None) };
    logout::session_of_sid(&server.identity, sessions, sid).await.map_err(fault::failure)
}

/// An ID token of ours for this client, however old (OIDC Core §3.1.2.1 lets hints be expired).
pub fn read_hint(server: &IdentityServer, hint: &str, client_id: &str) -> Option<HintClaims> {
    let identity = &server.identity;
    let (keys, issuer) = (identity.keys.current(), identity.settings.issuer());
    id_token_hint::verify(hint, &keys.published, issuer, client_id, identity.ambient.now()).ok()
}

#[derive(Template)]
#[template(path = "logout/done.html")]
struct DonePage {
    visit: Visit,
    brand: Brand,
}

pub async fn done(State(server): State<IdentityServer>, visit: Visit) -> Response {
    html(DonePage { brand: brand(&server.kit, None, None), visit })
}
