use axum::extract::{Query, State};
use axum::http::header::LOCATION;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use tenant::logins::{self, Beginner, Proof, ReturnTo, UNFINISHED_WITHIN};
use webkit::{BrowserId, ClientAddress, Failure};

use super::{away, left};
use crate::instance::App;
use crate::rp::Ask;
use crate::visitor::{Anyone, database};

#[derive(Deserialize)]
pub(crate) struct Params {
    #[serde(default)]
    return_to: String,
    /// *Use another account*: whatever is there, the identity server asks.
    #[serde(default, rename = "switch")]
    switch: Option<String>,
    /// To prove once more who one is, for something that asks for it (IN-05).
    #[serde(default)]
    fresh: Option<String>,
    /// To try once more, after the identity server was told of a switch.
    #[serde(default)]
    once_more: Option<String>,
}

/// Begins a sign-in: writes the attempt down, then sends the browser to the identity server.
pub(crate) async fn begin(
    State(app): State<App>,
    anyone: Anyone,
    BrowserId(browser): BrowserId,
    ClientAddress(address): ClientAddress,
    Query(params): Query<Params>,
    headers: HeaderMap,
) -> webkit::Result<Response> {
    let return_to = ReturnTo::parse(&params.return_to);
    if app.rp.present().await.is_err() {
        return Ok(away(&app, anyone.visit, &return_to));
    }
    let context = app.context(&anyone.visit);
    let proof = match (&params.once_more, &params.fresh) {
        (Some(_), _) => Proof::OnceMore,
        (None, Some(_)) => Proof::Fresh,
        (None, None) => Proof::Any,
    };
    let who = Beginner { browser: &browser, network: &ambient::network(address), proof };
    let Some(begun) = logins::begin(&app.store, &context, who, &return_to).await.map_err(database)? else {
        return Err(Failure::too_many(UNFINISHED_WITHIN).detail("sign-in-too-many").title("sign-in-too-many-title"));
    };
    // Whoever proves once more is asked for their own proof anyway.
    let left = left(&app.kit).read(&headers).is_some() && proof == Proof::Any;
    let choose_account = params.switch.is_some() || left;
    let ask = Ask { begun: &begun, choose_account, proof, language: anyone.visit.lang.code() };
    match app.rp.authorization_url(&ask).await {
        // 303 is right here: this was a GET, so no page's `form-action` is asked.
        Ok(url) => Ok((StatusCode::SEE_OTHER, [(LOCATION, url.to_string())]).into_response()),
        Err(error) => {
            tracing::warn!(%error, "a sign-in could not begin");
            Ok(away(&app, anyone.visit, &return_to))
        }
    }
}
