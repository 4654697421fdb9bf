//! Whoever is invited and comes in by one provider accepts by it (TP-04): away from the invitation's page, and back into the
//! tenant. No password is asked for, and none is set.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use identity::authorize::{self, Errand};
use identity::invitations;
use identity::providers::Provider;
use identity::sessions::SessionId;
use identity::upstream::Errand as Upstream;
use serde::Deserialize;
use webkit::{Failure, Form, Message, Visit};

use super::begin;
use crate::browser::Browser;
use crate::fault;
use crate::flow::Flow;
use crate::invitation;
use crate::state::IdentityServer;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Chosen {
    #[serde(default)]
    token: String,
    /// The one that the page showed: the tenant may have named another one meanwhile.
    provider: String,
}

/// Sends the browser that has followed the link to the provider. It comes back to this invitation, in this browser alone.
pub async fn begin(
    State(server): State<IdentityServer>,
    visit: Visit,
    browser: Browser,
    Form(chosen): Form<Chosen>,
) -> webkit::Result<Response> {
    let invitation = invitation::find(&server, &browser, &chosen.token).await?;
    let opener = invitation.opener.as_ref().filter(|opener| opener.key == chosen.provider);
    let provider = opener.and_then(|opener| opener.provider.clone()).ok_or_else(|| {
        Failure::gone("provider-gone").title("provider-gone-title").next(invitation::AFTER_SIGN_IN, "another-way")
    });
    browser.remember_invitation(&server, invitation.id).await?;
    let provider = provider?;
    let errand = Errand::Invitation { id: invitation.id, tenant: invitation.tenant.id };
    let id = authorize::begin(&server.identity, &browser.id, &browser.device, None, &errand).await;
    let id = id.map_err(fault::failure)?;
    let invited = authorize::remember_email(&server.identity, id, Some(invitation.email.as_str()));
    invited.await.map_err(fault::failure)?;
    let flow = Flow::of(&server, visit, browser, id).await?;
    begin::go(&server, &flow, &provider, Upstream::SignIn).await
}

/// They are in: on to the tenant.
pub async fn accepted(server: &IdentityServer, mut flow: Flow, session: SessionId) -> webkit::Result<Response> {
    let known = flow.browser.sign_in(server, session).await?;
    authorize::arrive(&server.identity, flow.interaction.id).await.map_err(fault::failure)?;
    let tenant = flow.tenant.as_ref().ok_or_else(fault::gone)?;
    Ok((known, invitation::through(&flow.visit, &tenant.base_url)).into_response())
}

/// The provider says that it is somebody else. Whoever followed the link knows the invited address from the mail.
pub async fn not_invited(server: &IdentityServer, flow: &Flow, provider: &Provider) -> webkit::Result<Failure> {
    let invited = match flow.invitation() {
        Some(id) => invitations::reopen(&server.identity, id).await.map_err(fault::failure)?,
        None => None,
    };
    let email = invited.map_or_else(String::new, |invitation| invitation.email.to_string());
    let said =
        |key: &'static str| Message::new(key).with("provider", provider.name.clone()).with("email", email.clone());
    let failure = Failure::forbidden(said("link-not-invited")).title(said("link-not-invited-title"));
    Ok(failure.code("not_invited").next(flow.another_way(), "back-to-invitation"))
}
