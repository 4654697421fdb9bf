use askama::Template;
use axum::extract::State;
use axum::response::Response;
use identity::authorize::{self, Step};
use identity::sessions::{SessionId, Shown};
use identity::tenants::Tenant;
use oidc::scope::{self, ScopeSet};
use webkit::{Brand, Failure, Form, Visit, html, initials};

use crate::fault;
use crate::flow::Flow;
use crate::join::{Answer, denied};
use crate::state::IdentityServer;

#[derive(Template)]
#[template(path = "door/consent.html")]
struct ConsentPage {
    visit: Visit,
    brand: Brand,
    application: String,
    home_url: String,
    tenant: Option<Tenant>,
    who: Shown,
    session: SessionId,
    initials: String,
    /// Whether it belongs to that tenant, and wants to act there.
    acts: bool,
    /// The name of that tenant.
    place: String,
    /// Message keys, one a scope.
    asked: Vec<&'static str>,
    other: String,
}

/// What an application asks for, in plain words: one outside any tenant, or one that wants to act for a person at their
/// tenant's API.
pub async fn show(State(server): State<IdentityServer>, flow: Flow) -> webkit::Result<Response> {
    let situation = flow.situation(&server).await?.ok_or_else(Failure::not_found)?;
    let (Step::Consent, Some(session)) = (situation.step, situation.session) else {
        return Ok(flow.advance(&server).await?.after_post(&flow.visit));
    };
    let (who, session) = (session.shown(), session.id);
    let mut asked = in_words(&situation.request.scope);
    if situation.tenant.is_none() {
        // Without a tenant there is no membership to tell of.
        asked.retain(|key| *key != "scope-membership");
    }
    let place = situation.tenant.as_ref().map_or_else(String::new, |tenant| tenant.name.clone());
    let acts = situation.request.resource.is_some();
    let (tenant, home_url) = (situation.tenant, situation.client.home_url.clone());
    let (brand, application, other) = (flow.brand(&server), flow.destination(&server), flow.page("/login"));
    let initials = initials(&who.name);
    Ok(html(ConsentPage {
        visit: flow.visit,
        brand,
        application,
        home_url,
        tenant,
        who,
        session,
        acts,
        place,
        initials,
        asked,
        other,
    }))
}

/// What each scope means to a person, the weightiest last.
const IN_WORDS: [(&str, &str); 14] = [
    (scope::OPENID, "scope-openid"),
    (scope::PROFILE, "scope-profile"),
    (scope::EMAIL, "scope-email"),
    (scope::ADDRESS, "scope-address"),
    (scope::PHONE, "scope-phone"),
    (scope::MEMBERSHIP, "scope-membership"),
    (scope::MEMBERS_READ, "scope-members-read"),
    (scope::JOBS_READ, "scope-jobs-read"),
    (scope::AUDIT_READ, "scope-audit-read"),
    (scope::MEMBERS_WRITE, "scope-members-write"),
    (scope::SETTINGS_WRITE, "scope-settings-write"),
    (scope::ROLES_WRITE, "scope-roles-write"),
    (scope::PROVIDERS_WRITE, "scope-providers-write"),
    (scope::OFFLINE_ACCESS, "scope-offline"),
];

fn in_words(scopes: &ScopeSet) -> Vec<&'static str> {
    IN_WORDS.iter().filter(|(scope, _)| scopes.contains(scope)).map(|(_, key)| *key).collect()
}

pub async fn answer(
    State(server): State<IdentityServer>,
    mut flow: Flow,
    Form(form): Form<Answer>,
) -> webkit::Result<Response> {
    if form.denies() {
        return flow.turn_back(&server, denied()).await;
    }
    let situation = flow.situation(&server).await?.ok_or_else(Failure::not_found)?;
    if let (Step::Consent, Some(session)) = (situation.step, situation.session)
        && form.allows(session)
    {
        let given = authorize::consent(&server.identity, flow.interaction.id, &situation).await;
        flow.interaction.consented = given.map_err(fault::failure)?;
    }
    Ok(flow.advance(&server).await?.after_post(&flow.visit))
}
