use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use tenant::logins::ReturnTo;
use tenant::sessions::{end, hint_of};
use webkit::{Brand, Form, Visit, continue_to, html, see_other};

use super::{LEFT, away, left};
use crate::instance::App;
use crate::visitor::{Anyone, database};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Nothing {}

/// Ends this tenant's session. The identity server's goes on: a page says so, and the next entry asks who comes.
pub(crate) async fn sign_out(
    State(app): State<App>,
    anyone: Anyone,
    Form(Nothing {}): Form<Nothing>,
) -> webkit::Result<Response> {
    let session = anyone.web.session().await?;
    if let Some(id) = session {
        end(&app.store, app.context(&anyone.visit), id).await.map_err(database)?;
    }
    anyone.web.sign_out(session).await?;
    Ok((left(&app.kit).set("1", Some(LEFT)), see_other("/signed-out")).into_response())
}

/// RP-initiated logout: the identity server ends its own session, and by it everyone's.
pub(crate) async fn everywhere(
    State(app): State<App>,
    anyone: Anyone,
    Form(Nothing {}): Form<Nothing>,
) -> webkit::Result<Response> {
    let ended = anyone.web.ended().await?;
    let hint = match ended {
        Some(id) => hint_of(&app.store, &app.master_key, id).await.map_err(database)?,
        None => None,
    };
    let state = app.kit.ambient().identifier();
    match app.rp.end_session_url(hint.as_deref(), &state).await {
        Ok(url) => {
            anyone.web.forget().await?;
            Ok(continue_to(&anyone.visit, url.as_str()))
        }
        Err(error) => {
            tracing::warn!(%error, "a logout everywhere could not begin");
            Ok(away(&app, anyone.visit, &ReturnTo::home()))
        }
    }
}

#[derive(Deserialize)]
pub(crate) struct Params {
    /// Only the identity server's redirect after a logout has one.
    state: Option<String>,
}

#[derive(Template)]
#[template(path = "tenant/signed_out.html")]
struct SignedOutPage {
    visit: Visit,
    brand: Brand,
    /// Still signed in at the identity server, as far as is known.
    only_here: bool,
}

/// Where one stands after signing out. A form posted by someone who is still signed in comes here too.
pub(crate) async fn signed_out(
    State(app): State<App>,
    anyone: Anyone,
    Query(params): Query<Params>,
) -> webkit::Result<Response> {
    if anyone.visitor.is_some() {
        return Ok(see_other("/"));
    }
    let only_here = params.state.is_none() && anyone.web.ended().await?.is_some();
    let page = SignedOutPage { visit: anyone.visit, brand: app.brand.clone(), only_here };
    Ok((StatusCode::OK, html(page)).into_response())
}
