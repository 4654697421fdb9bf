//! Where a request stands, and what the person can still do about it.

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use serde::Deserialize;
use tenant::access::{Entry, Rejected};
use tenant::lifecycle::{Denied, Refusal, ask_again as ask};
use tenant::requests::set_message;
use tenant::sessions::Visitor;
use webkit::{Brand, Failure, FieldErrors, Form, Shell, Visit, html, see_other};

use super::{Done, StatePill, small_shell, state_pill};
use crate::auth::logout::Nothing;
use crate::instance::App;
use crate::visitor::{SignedIn, database};

#[derive(Template)]
#[template(path = "tenant/standing.html")]
struct StandingPage {
    visit: Visit,
    brand: Brand,
    shell: Shell,
    state: StatePill,
    since: ambient::Timestamp,
    message: String,
    errors: FieldErrors,
    account_url: String,
}

#[derive(Template)]
#[template(path = "tenant/rejected.html")]
struct RejectedPage {
    visit: Visit,
    brand: Brand,
    shell: Shell,
    state: StatePill,
    rejected: Rejected,
    account_url: String,
}

/// The page of someone who is not in.
pub(super) fn show(app: &App, visit: Visit, visitor: &Visitor, done: &Done) -> Response {
    let (shell, brand) = (small_shell(app, &visit, visitor, done), app.brand.clone());
    let account_url = app.identity_page("/account");
    let state = state_pill(&visit, &app.tenant.blueprint, &visitor.member);
    match visitor.entry.clone() {
        Entry::Standing { since } => {
            let message = visitor.member.request_text.clone();
            html(StandingPage { visit, brand, shell, state, since, message, errors: FieldErrors::none(), account_url })
        }
        Entry::Rejected(rejected) => html(RejectedPage { visit, brand, shell, state, rejected, account_url }),
        // Those have no session (`Entry::has_session`).
        Entry::Admit | Entry::AcceptInvitation | Entry::Apply | Entry::Closed(_) => see_other("/auth/login"),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Message {
    message: String,
}

/// What the person wants the administrators to know.
pub(crate) async fn save_message(
    State(app): State<App>,
    SignedIn { visit, visitor }: SignedIn,
    Form(form): Form<Message>,
) -> webkit::Result<Response> {
    let saved = set_message(&app.store, app.context(&visit), visitor.member.id, &form.message).await;
    saved.map_err(refused)?;
    Ok(see_other("/?done=message"))
}

/// Asks once more after a rejection.
pub(crate) async fn ask_again(
    State(app): State<App>,
    SignedIn { visit, visitor }: SignedIn,
    Form(Nothing {}): Form<Nothing>,
) -> webkit::Result<Response> {
    let session = Some(visitor.session.id);
    ask(&app.store, app.context(&visit), visitor.member.id, session).await.map_err(refused)?;
    app.ring();
    Ok(see_other("/?done=asked"))
}

/// Someone decided meanwhile: the home page shows how it stands.
fn refused(denied: Denied) -> Failure {
    match denied {
        Denied::Refused(Refusal::NotYet) => Failure::conflict("ask-again-not-yet").next("/", "see-your-request"),
        Denied::Refused(_) => Failure::conflict("request-decided").next("/", "see-your-request"),
        Denied::Store(error) => database(error),
        Denied::NotFound
        | Denied::Forbidden
        | Denied::UnknownRole
        | Denied::NoReason
        | Denied::AlreadyHere(_)
        | Denied::ProviderOwns(_)
        | Denied::ChangedSince => Failure::not_found(),
    }
}
