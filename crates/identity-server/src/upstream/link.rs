//! What is asked between a provider's answer and a tie: a credential, or a mail. All of it in the browser that began.

use ambient::Opaque;
use askama::Template;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use identity::accounts::{self, Account, EmailAddress};
use identity::authorize;
use identity::linking::{LinkDecision, Ways};
use identity::sign_in::{self, Attempt};
use identity::upstream::{self, Given, Mailing, Means, UpstreamLoginId, Waiting};
use serde::Deserialize;
use webkit::{Brand, Failure, FieldErrors, Form, Message, Visit, html, html_with_status, initials, see_other};

use super::outcome;
use super::ways::Offered;
use crate::browser::Browser;
use crate::fault;
use crate::flow::Flow;
use crate::login::refused;
use crate::state::IdentityServer;

/// What waits here, or the page that says that nothing does.
pub(super) async fn waiting(server: &IdentityServer, flow: &Flow) -> webkit::Result<Waiting> {
    let waiting = upstream::waiting(&server.identity, flow.interaction.id, &flow.browser.id).await;
    waiting.map_err(fault::failure)?.ok_or_else(fault::gone)
}

/// What waits is what the page, or the mail, was about: not another login that came back since (LK-05).
pub(super) fn the_one(waiting: Waiting, meant: UpstreamLoginId) -> webkit::Result<Waiting> {
    if waiting.id == meant { Ok(waiting) } else { Err(fault::gone()) }
}

#[derive(Template)]
#[template(path = "link/offer.html")]
struct OfferPage {
    visit: Visit,
    brand: Brand,
    errors: FieldErrors,
    provider: String,
    /// Its mark.
    preset: String,
    /// Who it is there.
    there: String,
    email: String,
    initials: String,
    login: UpstreamLoginId,
    /// What it may be proved by.
    by_password: bool,
    others: Vec<Offered>,
    prove: String,
    /// It is known that there is nothing but a new password to prove it by.
    by_nothing: bool,
    by_mail: bool,
    recover: String,
    candidate: String,
    other: String,
}

/// Whose proof is asked for, by which ways. What else was decided meanwhile begins anew.
pub(super) async fn asked(server: &IdentityServer, flow: &Flow, waiting: &Waiting) -> webkit::Result<(Ways, Account)> {
    let tenant = flow.tenant.as_ref().map(|tenant| tenant.id);
    let leads_to = (tenant, flow.invitation());
    let (decision, account) = upstream::question(&server.identity, waiting, leads_to).await.map_err(fault::failure)?;
    let (LinkDecision::Offer(ways), Some(account)) = (decision, account) else { return Err(fault::gone()) };
    let mut conn = server.identity.store.read().await.map_err(fault::store_failure)?;
    let account = accounts::find(&mut conn, account).await.map_err(fault::store_failure)?;
    account.map(|account| (ways, account)).ok_or_else(fault::gone)
}

async fn offer(
    server: &IdentityServer,
    flow: Flow,
    waiting: &Waiting,
    (ways, account): (Ways, Account),
    errors: FieldErrors,
) -> webkit::Result<OfferPage> {
    let mut conn = server.identity.store.read().await.map_err(fault::store_failure)?;
    let means = upstream::means(&mut conn, waiting, &account).await.map_err(fault::store_failure)?;
    drop(conn);
    let means = match ways {
        Ways::Mail => Means { password: false, providers: Vec::new(), known: false },
        Ways::Credential | Ways::CredentialOrMail => means,
    };
    Ok(OfferPage {
        brand: flow.brand(server),
        recover: flow.page("/recover"),
        candidate: flow.page("/link/candidate"),
        prove: flow.page("/link/provider"),
        other: flow.another_way(),
        visit: flow.visit,
        errors,
        provider: waiting.provider.name.clone(),
        preset: waiting.provider.preset.clone(),
        there: waiting.who.email.clone().unwrap_or_else(|| waiting.who.given_name.clone()),
        initials: initials(&account.email),
        email: account.email,
        login: waiting.id,
        by_nothing: means.known && !means.password && means.providers.is_empty(),
        by_password: means.password,
        others: means.providers.into_iter().map(Offered::from).collect(),
        by_mail: matches!(ways, Ways::Mail | Ways::CredentialOrMail),
    })
}

/// The provider has vouched for the address, so that this may be told: it has an account. The two are brought together by
/// whoever proves it is theirs.
pub async fn show(State(server): State<IdentityServer>, flow: Flow) -> webkit::Result<Response> {
    let waiting = waiting(&server, &flow).await?;
    let asked = asked(&server, &flow, &waiting).await?;
    Ok(html(offer(&server, flow, &waiting, asked, FieldErrors::none()).await?))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PasswordForm {
    password: String,
    login: UpstreamLoginId,
    /// For password managers.
    #[serde(default, rename = "username")]
    _username: String,
}

/// The offer once more, saying what is wrong with the password.
async fn again(
    server: &IdentityServer,
    flow: Flow,
    waiting: &Waiting,
    asked: (Ways, Account),
    wrong: Message,
) -> webkit::Result<Response> {
    let page = offer(server, flow, waiting, asked, FieldErrors::one("password", wrong)).await?;
    Ok(html_with_status(StatusCode::UNPROCESSABLE_ENTITY, page))
}

/// The old credential, for this link alone (DESIGN §4.3).
pub async fn with_password(
    State(server): State<IdentityServer>,
    flow: Flow,
    Form(form): Form<PasswordForm>,
) -> webkit::Result<Response> {
    let waiting = the_one(waiting(&server, &flow).await?, form.login)?;
    let (ways, account) = asked(&server, &flow, &waiting).await?;
    let email = EmailAddress::parse(&account.email).filter(|_| ways != Ways::Mail).ok_or_else(fault::gone)?;
    let reference = flow.visit.request_id.clone();
    let attempt = Attempt {
        email: &email,
        password: &form.password,
        remembered: false,
        browser_sessions: &[],
        device: &flow.browser.device,
        known_device: &flow.browser.known_device,
        reference: &reference,
    };
    match sign_in::as_proof(&server.identity, attempt).await.map_err(fault::failure)? {
        Some((known, epoch)) => {
            let settled = outcome::settled(&server, &flow, &waiting, Given::Credential(known, epoch)).await?;
            // The right one, and yet no proof: a tenant refuses it until it is changed.
            if let LinkDecision::Offer(_) = settled.decision {
                let said = Message::new("offer-password-refused");
                return again(&server, flow, &waiting, (ways, account), said).await;
            }
            outcome::after_proof(&server, flow, settled, &waiting).await
        }
        None => again(&server, flow, &waiting, (ways, account), refused(reference)).await,
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Meant {
    login: UpstreamLoginId,
}

/// A mail to the candidate's own address, where that is proof enough.
pub async fn mail_candidate(
    State(server): State<IdentityServer>,
    flow: Flow,
    Form(meant): Form<Meant>,
) -> webkit::Result<Response> {
    let waiting = the_one(waiting(&server, &flow).await?, meant.login)?;
    let (ways, account) = asked(&server, &flow, &waiting).await?;
    let email = EmailAddress::parse(&account.email).filter(|_| ways != Ways::Credential).ok_or_else(fault::gone)?;
    send(&server, flow, &waiting, email).await
}

async fn send(server: &IdentityServer, flow: Flow, waiting: &Waiting, email: EmailAddress) -> webkit::Result<Response> {
    let shown = authorize::remember_email(&server.identity, flow.interaction.id, Some(email.as_str()));
    shown.await.map_err(fault::failure)?;
    let (locale, device) = (flow.visit.lang.code(), &flow.browser.device);
    let mailing = Mailing { waiting, email, locale, device };
    upstream::mail(&server.identity, mailing).await.map_err(fault::failure)?;
    Ok(see_other(&flow.page("/link/sent")))
}

#[derive(Template)]
#[template(path = "link/address.html")]
struct AddressPage {
    visit: Visit,
    brand: Brand,
    errors: FieldErrors,
    provider: String,
    email: String,
    other: String,
    reference: String,
}

/// What the answer that led here is called in the log.
#[derive(Deserialize)]
pub struct Answered {
    #[serde(default)]
    reference: String,
}

/// Two groups of five letters and digits, as every reference is written.
fn is_reference(text: &str) -> bool {
    let group =
        |group: &str| group.len() == 5 && group.bytes().all(|it| it.is_ascii_uppercase() || it.is_ascii_digit());
    text.split_once('-').is_some_and(|(one, two)| group(one) && group(two))
}

fn address_page(
    server: &IdentityServer,
    flow: Flow,
    (provider, Answered { reference }): (&str, Answered),
    email: String,
    errors: FieldErrors,
) -> AddressPage {
    let (brand, other) = (flow.brand(server), flow.page("/login"));
    let reference = if is_reference(&reference) { reference } else { flow.visit.request_id.clone() };
    AddressPage { visit: flow.visit, brand, errors, provider: provider.to_owned(), email, other, reference }
}

/// The provider has stated no address that counts: which one is it? Nothing here depends on whether it has an account.
pub async fn show_address(
    State(server): State<IdentityServer>,
    flow: Flow,
    Query(answered): Query<Answered>,
) -> webkit::Result<Response> {
    let waiting = waiting(&server, &flow).await?;
    let email = waiting.who.email.clone().unwrap_or_default();
    Ok(html(address_page(&server, flow, (&waiting.provider.name, answered), email, FieldErrors::none())))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AddressForm {
    email: String,
}

pub async fn mail_address(
    State(server): State<IdentityServer>,
    flow: Flow,
    Query(answered): Query<Answered>,
    Form(form): Form<AddressForm>,
) -> webkit::Result<Response> {
    let waiting = waiting(&server, &flow).await?;
    match EmailAddress::parse(&form.email) {
        Some(email) => send(&server, flow, &waiting, email).await,
        None => {
            let errors = FieldErrors::one("email", "email-wrong");
            let page = address_page(&server, flow, (&waiting.provider.name, answered), form.email, errors);
            Ok(html_with_status(StatusCode::UNPROCESSABLE_ENTITY, page))
        }
    }
}

#[derive(Template)]
#[template(path = "link/sent.html")]
struct SentPage {
    visit: Visit,
    brand: Brand,
    email: String,
    again: String,
}

/// The same for every address.
pub async fn sent(State(server): State<IdentityServer>, flow: Flow) -> webkit::Result<Response> {
    waiting(&server, &flow).await?;
    let (brand, again) = (flow.brand(&server), flow.page("/link/address"));
    let email = flow.interaction.email.clone().unwrap_or_default();
    Ok(html(SentPage { visit: flow.visit, brand, email, again }))
}

#[derive(Template)]
#[template(path = "link/mail.html")]
struct MailPage {
    visit: Visit,
    brand: Brand,
    provider: String,
    email: String,
    token: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Token {
    #[serde(default)]
    token: String,
}

fn spent() -> Failure {
    Failure::gone("link-mail-spent").title("link-mail-spent-title").next("/account", "sign-in-or-begin-again")
}

/// The mailed link, in the browser that began: shows what it does and changes nothing, since mail scanners follow links too.
pub async fn show_mail(
    State(server): State<IdentityServer>,
    visit: Visit,
    browser: Browser,
    Query(Token { token }): Query<Token>,
) -> webkit::Result<Response> {
    let link = Opaque::parse(&token).ok_or_else(spent)?;
    let followed = upstream::follow(&server.identity, &link, &browser.id, false).await.map_err(fault::failure)?;
    let followed = followed.ok_or_else(spent)?;
    let flow = Flow::of(&server, visit, browser, followed.interaction).await?;
    let waiting = the_one(waiting(&server, &flow).await?, followed.login)?;
    let brand = flow.brand(&server);
    let (provider, email) = (waiting.provider.name, followed.email.to_string());
    Ok(html(MailPage { visit: flow.visit, brand, provider, email, token }))
}

pub async fn follow_mail(
    State(server): State<IdentityServer>,
    visit: Visit,
    browser: Browser,
    Form(Token { token }): Form<Token>,
) -> webkit::Result<Response> {
    let link = Opaque::parse(&token).ok_or_else(spent)?;
    let followed = upstream::follow(&server.identity, &link, &browser.id, true).await.map_err(fault::failure)?;
    let followed = followed.ok_or_else(spent)?;
    let flow = Flow::of(&server, visit, browser, followed.interaction).await?;
    let waiting = the_one(waiting(&server, &flow).await?, followed.login)?;
    outcome::proved(&server, flow, &waiting, Given::Mail(followed.email)).await
}
