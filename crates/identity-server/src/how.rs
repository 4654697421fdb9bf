//! *How do I sign in here?* One field, one neutral answer; what there is to say goes by mail (DESIGN §3.2).

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use identity::accounts::EmailAddress;
use identity::authorize;
use identity::sign_in::{self, Question};
use serde::Deserialize;
use webkit::{Brand, Failure, FieldErrors, Form, Visit, html, html_with_status, see_other};

use crate::account;
use crate::browser::Browser;
use crate::fault;
use crate::flow::Flow;
use crate::state::IdentityServer;

#[derive(Template)]
#[template(path = "login/how.html")]
struct HowPage {
    visit: Visit,
    brand: Brand,
    errors: FieldErrors,
    email: String,
    login: String,
}

fn page(server: &IdentityServer, flow: Flow, email: String, errors: FieldErrors) -> HowPage {
    let (mut brand, login) = (flow.brand(server), flow.page("/login"));
    brand.name = flow.destination(server);
    HowPage { visit: flow.visit, brand, errors, email, login }
}

/// Of which address? Without a login that waits, one begins, to the account page.
pub async fn show(
    State(server): State<IdentityServer>,
    browser: Browser,
    flow: Result<Flow, Failure>,
) -> webkit::Result<Response> {
    let Ok(flow) = flow else { return account::wait_at(&server, &browser, "/login/how", "/account").await };
    let email = flow.interaction.email.clone().unwrap_or_default();
    Ok(html(page(&server, flow, email, FieldErrors::none())))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HowForm {
    email: String,
}

/// Sends the mail. The answer is the same for every address.
pub async fn ask(
    State(server): State<IdentityServer>,
    flow: Flow,
    Form(form): Form<HowForm>,
) -> webkit::Result<Response> {
    let Some(email) = EmailAddress::parse(&form.email) else {
        let page = page(&server, flow, form.email, FieldErrors::one("email", "email-wrong"));
        return Ok(html_with_status(StatusCode::UNPROCESSABLE_ENTITY, page));
    };
    let id = flow.interaction.id;
    authorize::remember_email(&server.identity, id, Some(email.as_str())).await.map_err(fault::failure)?;
    let door = flow.destination(&server);
    // By a mail one comes from anywhere: the link leads to the door itself, which begins a sign-in of its own.
    let account = server.identity.settings.page("/account");
    let url = flow.tenant.as_ref().map_or(account.as_str(), |tenant| tenant.base_url.as_str());
    let question = Question {
        email,
        locale: flow.visit.lang.code(),
        tenant: flow.tenant.as_ref().map(|tenant| tenant.id),
        door: &door,
        url,
        device: &flow.browser.device,
        known_device: &flow.browser.known_device,
    };
    sign_in::tell_how(&server.identity, question).await.map_err(fault::failure)?;
    Ok(see_other(&flow.page("/login/how/sent")))
}

#[derive(Template)]
#[template(path = "login/how_sent.html")]
struct SentPage {
    visit: Visit,
    brand: Brand,
    email: String,
    how: String,
    login: String,
}

pub async fn sent(State(server): State<IdentityServer>, flow: Flow) -> Response {
    let email = flow.interaction.email.clone().unwrap_or_default();
    let (how, login) = (flow.page("/login/how"), flow.page("/login"));
    html(SentPage { brand: flow.brand(&server), visit: flow.visit, email, how, login })
}
