use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use identity::accounts::EmailAddress;
use identity::authorize::Step;
use identity::providers::{self, Provider, Shown};
use identity::sessions::Session;
use identity::upstream;
use relying_party::{Ask, Class};
use serde::Deserialize;
use webkit::{Brand, Failure, Form, Message, Visit, continue_to, html};

use super::party::party;
use crate::fault;
use crate::flow::Flow;
use crate::state::IdentityServer;

/// A provider as a button.
#[derive(Debug, Clone)]
pub struct Offered {
    pub key: String,
    pub name: String,
}

impl From<Provider> for Offered {
    fn from(provider: Provider) -> Self {
        Self { key: provider.key, name: provider.name }
    }
}

/// Which ways in a sign-in page offers. Nothing of it depends on whether an account exists (DESIGN §3.2).
#[derive(Debug, Clone, Default)]
pub struct Ways {
    /// Buttons, a tenant's own first.
    pub buttons: Vec<Offered>,
    /// The typed address is of a domain that leads there.
    pub of_domain: Option<Offered>,
    /// Whether one provider is the only way in.
    pub forced: bool,
}

/// The ways in on the way to where this flow leads.
pub async fn offered(server: &IdentityServer, flow: &Flow) -> webkit::Result<Ways> {
    let tenant = flow.tenant.as_ref().map(|tenant| tenant.id);
    let mut conn = server.identity.store.read().await.map_err(fault::store_failure)?;
    let usable = providers::usable(&mut conn, tenant).await.map_err(fault::store_failure)?;
    // The only way into tenants: the tenant's own comes first. Whoever runs the platform gets in when the provider does not.
    let forced = usable.iter().find(|provider| provider.shown == Shown::Forced && tenant.is_some());
    if let Some(forced) = forced {
        return Ok(Ways { buttons: vec![forced.clone().into()], of_domain: None, forced: true });
    }
    let domain = flow.interaction.email.as_deref().and_then(EmailAddress::parse);
    let of_domain = match domain {
        Some(email) => providers::of_domain(&mut conn, tenant, email.domain()).await.map_err(fault::store_failure)?,
        None => None,
    };
    let buttons = usable.into_iter().filter(|provider| provider.shown == Shown::Button).map(Offered::from);
    let of_domain = of_domain.map(Offered::from);
    let buttons = buttons.filter(|one| of_domain.as_ref().is_none_or(|first| first.key != one.key)).collect();
    Ok(Ways { buttons, of_domain, forced: false })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Chosen {
    provider: String,
}

/// Sends the browser to the chosen provider.
pub async fn begin(
    State(server): State<IdentityServer>,
    flow: Flow,
    Form(chosen): Form<Chosen>,
) -> webkit::Result<Response> {
    let provider = usable(&server, &flow, &chosen.provider).await?;
    go(&server, &flow, &provider, None).await
}

/// A provider that may be used on this way; another's is not there.
async fn usable(server: &IdentityServer, flow: &Flow, key: &str) -> webkit::Result<Provider> {
    let mut conn = server.identity.store.read().await.map_err(fault::store_failure)?;
    let found = providers::find(&mut conn, key).await.map_err(fault::store_failure)?;
    let tenant = flow.tenant.as_ref().map(|tenant| tenant.id);
    found.filter(|provider| provider.serves(tenant)).ok_or_else(|| {
        Failure::gone("provider-gone").title("provider-gone-title").next(flow.page("/login"), "another-way")
    })
}

/// Writes down that the browser is away, and sends it there.
pub async fn go(
    server: &IdentityServer,
    flow: &Flow,
    provider: &Provider,
    linking: Option<&Session>,
) -> webkit::Result<Response> {
    let party = party(server, provider)?;
    let another_way = || if linking.is_some() { "/account/sign-in".to_owned() } else { flow.page("/login") };
    let told = |fault: &relying_party::Fault| told(&provider.name, fault, another_way());
    // Before the browser is sent to an address at which nobody answers.
    party.present().await.map_err(|fault| told(&fault))?;
    // Whoever links chooses which account of theirs it is.
    let prompt = match linking {
        Some(_) => Some(party.account_choice().await.map_err(|fault| told(&fault))?),
        None => None,
    };
    let (browser, interaction) = (&flow.browser.id, flow.interaction.id);
    let begun = upstream::begin(&server.identity, provider, browser, interaction, linking).await;
    let begun = begun.map_err(fault::failure)?;
    let hint = flow.interaction.email.as_deref().filter(|_| linking.is_none());
    let ask = Ask {
        state: &begun.state,
        nonce: &begun.nonce,
        verifier: &begun.verifier,
        login_hint: hint,
        ui_locales: Some(flow.visit.lang.code()),
        prompt,
        ..Ask::default()
    };
    let url = party.authorization_url(&ask).await.map_err(|fault| told(&fault))?;
    Ok(continue_to(&flow.visit, url.as_str()))
}

/// What goes wrong with a provider, by whom it is to be mended, and another way in (each its own page: a word of its own).
pub fn told(provider: &str, fault: &relying_party::Fault, another_way: String) -> Failure {
    tracing::warn!(%fault, code = fault.code(), "a provider's answer is not usable");
    let (status, title, detail) = match fault.class() {
        Class::Away => (StatusCode::BAD_GATEWAY, "upstream-away-title", "upstream-away"),
        Class::Refused => (StatusCode::FORBIDDEN, "upstream-refused-title", "upstream-refused"),
        Class::Untrustworthy => (StatusCode::BAD_GATEWAY, "upstream-untrusted-title", "upstream-untrusted"),
        Class::Misconfigured => (StatusCode::BAD_GATEWAY, "upstream-misconfigured-title", "upstream-misconfigured"),
    };
    Failure::new(status)
        .title(Message::new(title).with("provider", provider.to_owned()))
        .detail(Message::new(detail).with("provider", provider.to_owned()))
        .code(fault.code())
        .next(another_way, "another-way")
}

#[derive(Template)]
#[template(path = "link/elsewhere.html")]
struct ElsewherePage {
    visit: Visit,
    brand: Brand,
    provider: Offered,
    door: String,
    post: String,
    other: String,
}

/// After a proof: the tenant opens to this member by one provider alone (DESIGN §3.2).
pub async fn show_elsewhere(State(server): State<IdentityServer>, flow: Flow) -> webkit::Result<Response> {
    let situation = flow.situation(&server).await?.ok_or_else(Failure::not_found)?;
    let (Step::Elsewhere, Some(opener)) = (situation.step, situation.opener.clone()) else {
        return Ok(flow.advance(&server).await?.after_post(&flow.visit));
    };
    drop(situation);
    elsewhere(&server, flow, &opener).await
}

/// The page that names the one provider.
pub async fn elsewhere(server: &IdentityServer, flow: Flow, key: &str) -> webkit::Result<Response> {
    let mut conn = server.identity.store.read().await.map_err(fault::store_failure)?;
    let tenant = flow.tenant.as_ref().map(|tenant| tenant.id);
    let found = providers::find(&mut conn, key).await.map_err(fault::store_failure)?;
    drop(conn);
    let Some(provider) = found.filter(|provider| provider.serves(tenant)) else {
        let message = Message::new("opener-gone").with("provider", key.to_owned());
        return Err(Failure::forbidden(message).title("opener-gone-title").code("provider_unusable"));
    };
    let door = flow.tenant.as_ref().map_or_else(|| flow.destination(server), |tenant| tenant.name.clone());
    let (post, other) = (flow.page("/login/provider"), flow.page("/login"));
    let brand = flow.brand(server);
    Ok(html(ElsewherePage { visit: flow.visit, brand, provider: provider.into(), door, post, other }))
}
