//! What all pages of a login share: the interaction they belong to, and the way from one page to the next.

use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use identity::authorize::{self, Errand, Interaction, InteractionId, Issued, Progress, Situation, Step};
use identity::invitations::InvitationId;
use identity::tenants::{self, Tenant};
use oidc::authorize::AuthorizationRequest;
use oidc::error::{ErrorCode, OAuthError};
use oidc::params::Params;
use serde::Deserialize;
use uuid::Uuid;
use webkit::{Brand, Failure, Visit, continue_to, see_other};

use crate::brand::brand;
use crate::browser::{Browser, Known};
use crate::fault;
use crate::invitation;
use crate::state::IdentityServer;

/// One page of a login: who is looking, and what they came for.
pub struct Flow {
    pub visit: Visit,
    pub browser: Browser,
    pub interaction: Interaction,
    /// The tenant that it leads to.
    pub tenant: Option<Tenant>,
}

#[derive(Deserialize)]
struct Address {
    i: Uuid,
}

impl FromRequestParts<IdentityServer> for Flow {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, server: &IdentityServer) -> Result<Self, Failure> {
        let Ok(visit) = Visit::from_request_parts(parts, server).await;
        let browser = Browser::from_request_parts(parts, server).await?;
        let Query(Address { i }) = Query::try_from_uri(&parts.uri).map_err(|_| fault::gone())?;
        Self::of(server, visit, browser, InteractionId(i)).await
    }
}

impl Flow {
    /// The flow of an interaction of this browser: another browser's is not there (LK-02).
    pub async fn of(
        server: &IdentityServer,
        visit: Visit,
        browser: Browser,
        interaction: InteractionId,
    ) -> webkit::Result<Self> {
        let interaction = authorize::load(&server.identity, interaction, &browser.id)
            .await
            .map_err(fault::failure)?
            .ok_or_else(fault::gone)?;
        let tenant = tenant_of(server, &interaction).await?;
        let visit = match &interaction.errand {
            Errand::Authorize(request) => visit.prefer(Some(&request.ui_locales.join(" "))),
            Errand::Visit { .. } | Errand::Invitation { .. } => visit,
        };
        Ok(Self { visit, browser, interaction, tenant })
    }
}

async fn tenant_of(server: &IdentityServer, interaction: &Interaction) -> webkit::Result<Option<Tenant>> {
    let mut conn = server.identity.store.read().await.map_err(fault::store_failure)?;
    let own = match &interaction.errand {
        Errand::Invitation { tenant, .. } => Some(*tenant),
        _ => interaction.client.as_ref().and_then(|client| client.tenant),
    };
    let named = match &interaction.errand {
        Errand::Authorize(request) => request.tenant.as_deref(),
        Errand::Visit { .. } | Errand::Invitation { .. } => None,
    };
    let found = match (own, named) {
        (Some(own), _) => tenants::find(&mut conn, own).await,
        (None, Some(slug)) => tenants::find_by_slug(&mut conn, slug).await,
        (None, None) => Ok(None),
    };
    found.map_err(fault::store_failure)
}

/// The tenant that a mailed flow began on the way to.
pub async fn tenant_behind(server: &IdentityServer, interaction: Option<Uuid>) -> webkit::Result<Option<Tenant>> {
    let Some(interaction) = interaction else { return Ok(None) };
    let mut conn = server.identity.store.read().await.map_err(fault::store_failure)?;
    tenants::behind_interaction(&mut conn, InteractionId(interaction)).await.map_err(fault::store_failure)
}

/// Where the person goes next.
pub enum Next {
    /// A page of ours.
    Page(String),
    /// Back to the application, with a code or an error.
    Client(String),
}

impl Next {
    /// After a POST: to another origin by a short page, since browsers check the form's policy on every redirect.
    pub fn after_post(self, visit: &Visit) -> Response {
        match self {
            Self::Page(path) => see_other(&path),
            Self::Client(url) => continue_to(visit, &url),
        }
    }
}

impl Flow {
    /// The face of the page.
    pub fn brand(&self, server: &IdentityServer) -> Brand {
        brand(&server.kit, self.tenant.as_ref(), self.interaction.client.as_ref())
    }

    /// What the person is on the way to, by name.
    pub fn destination(&self, server: &IdentityServer) -> String {
        let client = self.interaction.client.as_ref().map(|client| client.client.name.clone());
        client.unwrap_or_else(|| server.identity.settings.product.clone())
    }

    /// The invitation that it is to accept.
    pub fn invitation(&self) -> Option<InvitationId> {
        match &self.interaction.errand {
            Errand::Invitation { id, .. } => Some(*id),
            Errand::Authorize(_) | Errand::Visit { .. } => None,
        }
    }

    /// Where a login that came to nothing leads: to the other ways in, or to the invitation that it was to accept.
    pub fn another_way(&self) -> String {
        if self.invitation().is_some() { invitation::AFTER_SIGN_IN.to_owned() } else { self.page("/login") }
    }

    /// The address of another page of this flow.
    pub fn page(&self, path: &str) -> String {
        page(path, self.interaction.id)
    }

    /// Keeps the person that a proof was just given for, and goes on.
    pub async fn signed_in(
        mut self,
        server: &IdentityServer,
        session: identity::sessions::SessionId,
    ) -> webkit::Result<Response> {
        let known = self.browser.sign_in(server, session).await?;
        self.go_on_as(server, session, known).await
    }

    async fn go_on_as(
        mut self,
        server: &IdentityServer,
        session: identity::sessions::SessionId,
        known: Known,
    ) -> webkit::Result<Response> {
        authorize::choose(&server.identity, self.interaction.id, Some(session)).await.map_err(fault::failure)?;
        self.interaction.chosen = Some(session);
        self.interaction.consented = false;
        let answer = self.advance(server).await?.after_post(&self.visit);
        Ok((known, answer).into_response())
    }

    /// The same, of whoever a provider says sits here, and who was not asked which account is theirs: beside somebody else who is
    /// signed in here and could be meant, they choose (DESIGN §4.2).
    pub async fn signed_in_unasked(
        mut self,
        server: &IdentityServer,
        session: identity::sessions::SessionId,
    ) -> webkit::Result<Response> {
        let leads_to = self.interaction.client.as_ref().and_then(|client| client.tenant);
        let could_be: Vec<_> =
            self.browser.of_every_scope.iter().filter(|it| it.opens(leads_to)).map(|it| it.account.id).collect();
        let known = self.browser.sign_in(server, session).await?;
        let now = self.browser.of_every_scope.first().map(|it| it.account.id);
        let asks = matches!(self.interaction.errand, Errand::Authorize(_));
        if !asks || could_be.iter().all(|before| Some(*before) == now) {
            return self.go_on_as(server, session, known).await;
        }
        authorize::choose(&server.identity, self.interaction.id, None).await.map_err(fault::failure)?;
        Ok((known, see_other(&self.page("/login/accounts"))).into_response())
    }

    /// The situation as it is now; none for our own pages.
    pub async fn situation(&self, server: &IdentityServer) -> webkit::Result<Option<Situation<'_>>> {
        let (Some(client), Errand::Authorize(request)) = (&self.interaction.client, &self.interaction.errand) else {
            return Ok(None);
        };
        let hinted = hinted_subject(server, request);
        let progress = Progress {
            came_at: self.interaction.created_at,
            chosen: self.interaction.chosen,
            consented: self.interaction.consented,
        };
        let sessions = &self.browser.of_every_scope;
        let situation =
            authorize::decide(&server.identity, client, request, sessions, hinted.as_deref(), progress).await;
        situation.map(Some).map_err(fault::failure)
    }

    /// Goes on to the next open question, or back to the application.
    pub async fn advance(&self, server: &IdentityServer) -> webkit::Result<Next> {
        match self.situation(server).await? {
            Some(situation) => follow(server, &situation, Some(self.interaction.id)).await,
            None => self.advance_visit(server).await,
        }
    }

    async fn advance_visit(&self, server: &IdentityServer) -> webkit::Result<Next> {
        let path = match &self.interaction.errand {
            Errand::Visit { path } => path,
            Errand::Invitation { .. } => invitation::AFTER_SIGN_IN,
            Errand::Authorize(_) => return Err(Failure::gone("client-gone")),
        };
        if self.browser.sessions.is_empty() {
            return Ok(Next::Page(self.page("/login")));
        }
        authorize::arrive(&server.identity, self.interaction.id).await.map_err(fault::failure)?;
        Ok(Next::Page(path.to_owned()))
    }

    /// Back to the application, with an error that the person has caused.
    pub async fn turn_back(&self, server: &IdentityServer, error: OAuthError) -> webkit::Result<Response> {
        let situation = self.situation(server).await?.ok_or_else(|| Failure::gone("client-gone"))?;
        authorize::turn_back(&server.identity, self.interaction.id).await.map_err(fault::failure)?;
        Ok(refuse(server, &situation, &error)?.after_post(&self.visit))
    }
}

/// A form that another site posted, as the same request by GET: such a POST comes without our cookies, the redirect to
/// ourselves brings them. The parameters are read and written anew, so that nothing but a query can come out.
pub fn as_get(path: &str, body: &[u8]) -> webkit::Result<Response> {
    let unreadable = || Failure::bad_request("authorize-unreadable").code("invalid_request");
    let body = std::str::from_utf8(body).map_err(|_| unreadable())?;
    let params = Params::parse(body).map_err(|_| unreadable())?;
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(params.pairs()).finish();
    Ok(see_other(&format!("{path}?{query}")))
}

/// The address of a page of an interaction.
pub fn page(path: &str, interaction: InteractionId) -> String {
    format!("{path}?i={interaction}")
}

/// Whom the request expects; a hint that is none of ours fits nobody.
pub fn hinted_subject(server: &IdentityServer, request: &AuthorizationRequest) -> Option<String> {
    if let Some(subject) = &request.claims.subject {
        return Some(subject.clone());
    }
    let hint = request.id_token_hint.as_deref()?;
    let known = crate::logout::read_hint(server, hint, &request.client_id);
    Some(known.map(|hint| hint.sub).unwrap_or_default())
}

/// Does what the situation asks for. Without an interaction a page cannot be shown: the caller makes one first.
pub async fn follow(
    server: &IdentityServer,
    situation: &Situation<'_>,
    interaction: Option<InteractionId>,
) -> webkit::Result<Next> {
    let page = |path: &str| match interaction {
        Some(id) => Ok(Next::Page(page(path, id))),
        None => Err(Failure::internal("a page of a login without its interaction")),
    };
    match situation.step {
        Step::SignIn => page("/login"),
        Step::Elsewhere => page("/login/elsewhere"),
        Step::NewPassword => page("/login/new-password"),
        Step::Choose => page("/login/accounts"),
        Step::Join => page("/join"),
        Step::NotAMember(_) | Step::InstanceAlone => page("/not-a-member"),
        Step::Closed(_) => page("/closed"),
        Step::Consent => page("/consent"),
        Step::Refuse(code) => refuse(server, situation, &OAuthError::new(code, describe(code))),
        Step::Issue => issue(server, situation, interaction).await,
    }
}

async fn issue(
    server: &IdentityServer,
    situation: &Situation<'_>,
    interaction: Option<InteractionId>,
) -> webkit::Result<Next> {
    let redirect = situation.request.redirect(&situation.client.client).ok_or_else(|| Failure::gone("client-gone"))?;
    match authorize::issue(&server.identity, situation, interaction).await.map_err(fault::failure)? {
        Issued::Code(code) => Ok(Next::Client(redirect.success(&code, server.identity.settings.issuer()))),
        Issued::TooLate => Err(fault::gone()),
    }
}

fn refuse(server: &IdentityServer, situation: &Situation<'_>, error: &OAuthError) -> webkit::Result<Next> {
    // The client is looked at again before anything is sent to it: its registration may have changed meanwhile.
    let redirect = situation.request.redirect(&situation.client.client).ok_or_else(|| Failure::gone("client-gone"))?;
    Ok(Next::Client(redirect.error(error, server.identity.settings.issuer())))
}

const fn describe(code: ErrorCode) -> &'static str {
    match code {
        ErrorCode::LoginRequired => "nobody is signed in, or not recently enough",
        ErrorCode::ConsentRequired => "the person has to agree first",
        ErrorCode::AccountSelectionRequired => "the person has to choose an account first",
        ErrorCode::InteractionRequired => "the person may not enter the tenant by this application",
        ErrorCode::InvalidTarget => "there is no such tenant",
        ErrorCode::TemporarilyUnavailable => "the tenant has not been heard of for minutes; try again later",
        ErrorCode::AccessDenied => "the tenant is suspended",
        _ => "the request was refused",
    }
}
