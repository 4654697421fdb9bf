use std::time::Duration;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use identity::accounts::AccountId;
use identity::authorize::Step;
use identity::providers::{self, Provider};
use identity::sessions::Device;
use identity::tenants::TenantId;
use identity::upstream::{self, Errand, Leave};
use relying_party::{Ask, RelyingParty};
use serde::Deserialize;
use webkit::{Brand, Failure, Form, Message, Visit, continue_to, html};

use super::failed::failed;
use super::party::party;
use super::ways::Offered;
use crate::fault;
use crate::flow::Flow;
use crate::state::IdentityServer;

/// For as long a request that was taken to providers too often is taken to none.
const TOO_OFTEN: Duration = Duration::from_secs(60 * 60);

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
    go(&server, &flow, &provider, Errand::SignIn).await
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
    errand: Errand<'_>,
) -> webkit::Result<Response> {
    let party = party(server, provider)?;
    let another_way = match errand {
        Errand::SignIn => flow.another_way(),
        Errand::Link(_) => "/account/sign-in".to_owned(),
        Errand::Proof(_) => flow.page("/link"),
    };
    let signs_in = matches!(errand, Errand::SignIn);
    // What a platform's provider is tied to by an invitation, it opens everywhere: nobody is tied to whoever its browser happens to be.
    let accepts = provider.tenant.is_none() && flow.invitation().is_some();
    let prompt = match reach(&party, !signs_in || accepts).await {
        Ok(prompt) => prompt,
        Err(fault) => return Err(failed(server, flow, provider, &fault, another_way).await),
    };
    let (browser, interaction) = (&flow.browser.id, flow.interaction.id);
    let left = upstream::begin(&server.identity, provider, browser, interaction, errand).await;
    let begun = match left.map_err(fault::failure)? {
        Leave::Granted(begun) => begun,
        Leave::TooOften => return Err(Failure::too_many(TOO_OFTEN)),
        Leave::PasswordRefused => {
            return Err(Failure::forbidden("link-password-refused").next("/recover", "forgotten"));
        }
    };
    let hint = flow.interaction.email.as_deref().filter(|_| signs_in);
    let ask = Ask {
        state: &begun.state,
        nonce: &begun.nonce,
        verifier: &begun.verifier,
        login_hint: hint,
        ui_locales: Some(flow.visit.lang.code()),
        prompt,
        ..Ask::default()
    };
    match party.authorization_url(&ask).await {
        Ok(url) => Ok(continue_to(&flow.visit, url.as_str())),
        Err(fault) => Err(failed(server, flow, provider, &fault, another_way).await),
    }
}

/// Before the browser is sent to an address at which nobody answers. Whoever links, proves a link, or accepts an invitation,
/// chooses which account of theirs it is.
async fn reach(party: &RelyingParty, ties: bool) -> Result<Option<&'static str>, relying_party::Fault> {
    party.present().await?;
    if ties { party.account_choice().await.map(Some) } else { Ok(None) }
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
    let account = situation.session.map(|session| session.account.id);
    drop(situation);
    let whose = flow.tenant.as_ref().map(|tenant| tenant.id).zip(account);
    let (device, reference) = (flow.browser.device.clone(), flow.visit.request_id.clone());
    let answer = elsewhere(&server, flow, &opener).await;
    if let (Err(_), Some((tenant, account))) = (&answer, whose) {
        closed_to(&server, (tenant, account), &opener, (&device, &reference)).await?;
    }
    answer
}

/// The tenant that has named the provider is told that it opens nothing at the moment.
async fn closed_to(
    server: &IdentityServer,
    (tenant, account): (TenantId, AccountId),
    key: &str,
    (device, reference): (&Device, &str),
) -> webkit::Result<()> {
    let mut conn = server.identity.store.read().await.map_err(fault::store_failure)?;
    let provider = providers::find(&mut conn, key).await.map_err(fault::store_failure)?;
    drop(conn);
    // Another tenant's is not there, for whoever names it either (DESIGN §4.8).
    let its_own = |provider: &Provider| provider.tenant.is_none_or(|owner| owner == tenant);
    let Some(provider) = provider.filter(its_own) else { return Ok(()) };
    let turned = upstream::Turned { provider: &provider, tenant, account, device, reference };
    upstream::turned_away(&server.identity, turned).await.map_err(fault::failure)
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
