use askama::Template;
use axum::body::Bytes;
use axum::extract::{Query, RawQuery, State};
use axum::response::Response;
use identity::clients;
use identity::logout;
use identity::sessions::Session;
use identity::upstream::{self, DepartureId};
use oidc::id_token_hint::{self, HintClaims};
use oidc::logout::{LogoutPlan, LogoutRequest};
use oidc::params::Params;
use serde::Deserialize;
use url::Url;
use webkit::{Brand, Failure, Form, Visit, continue_to, html, see_other};

use crate::brand::brand;
use crate::browser::Browser;
use crate::fault;
use crate::flow;
use crate::state::IdentityServer;
use crate::upstream::{Offered, sign_out};

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
        return Ok(finish(&visit, &plan, None));
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
    let hints = sign_out::hints(server, sessions).await;
    logout::end_sessions(&server.identity, sessions).await.map_err(fault::failure)?;
    browser.forget(server, sessions).await?;
    // Only now, when ours is done: theirs depends on them.
    let departure = sign_out::depart(server, &browser.id, hints, plan.redirect.as_deref()).await;
    Ok(finish(visit, plan, departure))
}

fn finish(visit: &Visit, plan: &LogoutPlan, departure: Option<DepartureId>) -> Response {
    match (departure, &plan.redirect) {
        (Some(departure), _) => see_other(&sign_out::done(departure)),
        (None, Some(uri)) => continue_to(visit, uri),
        (None, None) => see_other("/logout/done"),
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
    departure: String,
    /// Where the person may still be signed in.
    providers: Vec<Offered>,
    /// Where the application that began wants them afterwards, and its host.
    go_on: Option<(String, String)>,
    forgotten: bool,
    remembered: bool,
}

#[derive(Default, Deserialize)]
pub struct Done {
    #[serde(default)]
    o: Option<DepartureId>,
    #[serde(default)]
    forgotten: Option<String>,
}

/// Where one stands after signing out: what is ended, and where one may be signed in still. A button and no redirect: whoever
/// leaves one instance need not want to leave their company's directory (docs/decisions/017-upstream-logout.md).
pub async fn done(
    State(server): State<IdentityServer>,
    visit: Visit,
    browser: Browser,
    Query(done): Query<Done>,
) -> webkit::Result<Response> {
    let left = match done.o {
        Some(id) => upstream::departure(&server.identity, &browser.id, id).await.map_err(fault::failure)?,
        None => upstream::Departure::default(),
    };
    let host = |url: &String| Url::parse(url).ok().and_then(|url| url.host_str().map(str::to_owned));
    Ok(html(DonePage {
        brand: brand(&server.kit, None, None),
        departure: done.o.map(|id| id.to_string()).unwrap_or_default(),
        providers: left.providers.into_iter().map(Offered::from).collect(),
        go_on: left.redirect.and_then(|url| host(&url).map(|host| (url, host))),
        forgotten: done.forgotten.is_some(),
        remembered: !browser.ways_used.is_empty(),
        visit,
    }))
}
