use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::http::header::LOCATION;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use identity::authorize::{self, Errand, Progress, Situation, Step};
use identity::clients::{self, Registered};
use oidc::authorize::{AuthorizationRequest, AuthorizeFailure, PageReason};
use oidc::params::Params;
use oidc::resource::Resources;
use webkit::{Failure, Message, see_other};

use crate::browser::Browser;
use crate::fault;
use crate::flow::{self, Next};
use crate::state::IdentityServer;

/// The longest query that is read.
const LONGEST: usize = 8 * 1024;

/// The authorization endpoint (OIDC Core §3.1.2). A person who is signed in and has nothing left to answer goes straight
/// back with a code; for anybody else the request waits in an interaction.
pub async fn get(
    State(server): State<IdentityServer>,
    browser: Browser,
    RawQuery(query): RawQuery,
) -> webkit::Result<Response> {
    // It is kept while its person signs in, so it may not be anything: 8 KiB hold every honest request.
    let query = Some(query.unwrap_or_default())
        .filter(|query| query.len() <= LONGEST)
        .ok_or_else(|| Failure::bad_request("authorize-unreadable").code("invalid_request"))?;
    let params =
        Params::parse(&query).map_err(|_| Failure::bad_request("authorize-unreadable").code("invalid_request"))?;
    let (client, api) = lookup(&server, &params).await?;
    let issuer = server.identity.settings.issuer();
    let resources = Resources { issuer, api: api.as_deref() };
    let request = match oidc::authorize::check(&params, client.as_ref().map(|client| &client.client), resources) {
        Ok(request) => request,
        Err(AuthorizeFailure::Page(reason)) => return Err(error_page(reason)),
        Err(AuthorizeFailure::Redirect(redirect, error)) => {
            tracing::info!(code = error.code().as_str(), detail = error.detail(), "authorization request refused");
            return leave(&redirect.error(&error, issuer));
        }
    };
    let client = client.ok_or_else(Failure::not_found)?;
    let hinted = flow::hinted_subject(&server, &request);
    let progress = Progress { came_at: server.identity.ambient.now(), chosen: None, consented: false };
    let decided =
        authorize::decide(&server.identity, &client, &request, &browser.of_every_scope, hinted.as_deref(), progress);
    let situation = decided.await.map_err(fault::failure)?;
    match situation.step {
        Step::Issue | Step::Refuse(_) => go(flow::follow(&server, &situation, None).await?),
        _ => wait(&server, &browser, &situation).await,
    }
}

/// The same by POST (OIDC Core §3.1.2.1). A form on another site comes without our cookies; the redirect to ourselves
/// brings them.
pub async fn post(body: Bytes) -> webkit::Result<Response> {
    flow::as_get("/authorize", &body)
}

/// The client that asks, and, if it names a resource, the API that it may name.
async fn lookup(server: &IdentityServer, params: &Params) -> webkit::Result<(Option<Registered>, Option<String>)> {
    let Ok(Some(client_id)) = params.one("client_id") else { return Ok((None, None)) };
    let mut conn = server.identity.store.read().await.map_err(fault::store_failure)?;
    let client = clients::find(&mut conn, client_id).await.map_err(fault::failure)?;
    let api = match client.as_ref().filter(|_| params.has("resource")) {
        Some(client) => clients::api_of(&mut conn, client).await.map_err(fault::store_failure)?,
        None => None,
    };
    Ok((client, api))
}

async fn wait(server: &IdentityServer, browser: &Browser, situation: &Situation<'_>) -> webkit::Result<Response> {
    let request: AuthorizationRequest = situation.request.clone();
    let hint = request.login_hint.clone().filter(|hint| hint.len() <= 254);
    let errand = Errand::Authorize(Box::new(request));
    let client = Some(situation.client.id);
    let id = authorize::begin(&server.identity, &browser.id, &browser.device, client, &errand).await;
    let id = id.map_err(fault::failure)?;
    if hint.is_some() {
        authorize::remember_email(&server.identity, id, hint.as_deref()).await.map_err(fault::failure)?;
    }
    go(flow::follow(server, situation, Some(id)).await?)
}

/// After a GET: an ordinary redirect.
fn go(next: Next) -> webkit::Result<Response> {
    match next {
        Next::Page(path) => Ok(see_other(&path)),
        Next::Client(url) => leave(&url),
    }
}

/// Only [`oidc::authorize::ValidatedRedirect`] makes these addresses.
fn leave(url: &str) -> webkit::Result<Response> {
    let location = HeaderValue::from_str(url).map_err(Failure::internal)?;
    Ok((StatusCode::SEE_OTHER, [(LOCATION, location)]).into_response())
}

/// What must never be redirected: who asks is unknown, or where the answer would go (RFC 6749 §4.1.2.1).
fn error_page(reason: PageReason) -> Failure {
    let message = match reason {
        PageReason::Unreadable => Message::new("authorize-unreadable"),
        PageReason::MissingClient => Message::new("authorize-no-client"),
        PageReason::UnknownClient(id) => Message::new("authorize-unknown-client").with("client", id),
        PageReason::RepeatedParameter(name) => Message::new("authorize-repeated").with("name", name),
        PageReason::MissingRedirectUri => Message::new("authorize-no-redirect-uri"),
        PageReason::UnregisteredRedirectUri { client, uri } => {
            Message::new("authorize-redirect-uri").with("client", client).with("uri", uri)
        }
    };
    Failure::bad_request(message).title("authorize-refused-title").code("invalid_request")
}
