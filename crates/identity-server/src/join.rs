use askama::Template;
use axum::extract::State;
use axum::response::Response;
use identity::authorize::{self, Step};
use identity::links::MemberState;
use identity::sessions::{Session, SessionId, Shown};
use identity::tenants::Tenant;
use oidc::error::{ErrorCode, OAuthError};
use serde::Deserialize;
use webkit::{Brand, Failure, Form, Visit, html, initials};

use crate::fault;
use crate::flow::Flow;
use crate::state::IdentityServer;

#[derive(Template)]
#[template(path = "door/join.html")]
struct JoinPage {
    visit: Visit,
    brand: Brand,
    tenant: Tenant,
    who: Shown,
    session: SessionId,
    initials: String,
    other: String,
}

/// The first time into a tenant: what it will see, and as whom. Without this page a tenant would collect members in
/// passing (DESIGN §3.4).
pub async fn show(State(server): State<IdentityServer>, flow: Flow) -> webkit::Result<Response> {
    let situation = flow.situation(&server).await?.ok_or_else(Failure::not_found)?;
    let (Step::Join, Some(session), Some(tenant)) = (situation.step, situation.session, situation.tenant) else {
        return Ok(flow.advance(&server).await?.after_post(&flow.visit));
    };
    let (who, session) = (session.shown(), session.id);
    let (brand, other) = (flow.brand(&server), flow.page("/login"));
    Ok(html(JoinPage { visit: flow.visit, brand, initials: initials(&who.name), tenant, who, session, other }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Answer {
    answer: Choice,
    /// The session that the page showed. If another tab has signed somebody else in meanwhile, the page is shown again:
    /// nobody answers for another person (OA-22).
    session: SessionId,
}

impl Answer {
    /// Whether it allows what the page asked for, on behalf of this session.
    pub fn allows(&self, session: &Session) -> bool {
        self.answer == Choice::Allow && self.session == session.id
    }

    /// Whether it turns back.
    pub fn denies(&self) -> bool {
        self.answer == Choice::Deny
    }
}

#[derive(Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Choice {
    Allow,
    Deny,
}

/// The POST that makes the link, or turns back.
pub async fn answer(
    State(server): State<IdentityServer>,
    flow: Flow,
    Form(form): Form<Answer>,
) -> webkit::Result<Response> {
    if form.denies() {
        return flow.turn_back(&server, denied()).await;
    }
    let situation = flow.situation(&server).await?.ok_or_else(Failure::not_found)?;
    if let (Step::Join, Some(session), Some(tenant)) = (situation.step, situation.session, &situation.tenant)
        && form.allows(session)
    {
        authorize::join(&server.identity, tenant.id, session).await.map_err(fault::failure)?;
    }
    Ok(flow.advance(&server).await?.after_post(&flow.visit))
}

pub fn denied() -> OAuthError {
    OAuthError::new(ErrorCode::AccessDenied, "the person said no")
}

#[derive(Template)]
#[template(path = "door/not_a_member.html")]
struct NotAMemberPage {
    visit: Visit,
    brand: Brand,
    tenant: Tenant,
    application: String,
    heading: &'static str,
    text: &'static str,
}

/// The heading and the text for whoever cannot enter by an application.
const fn why_not(step: Step) -> Option<(&'static str, &'static str)> {
    let text = match step {
        Step::InstanceAlone => return Some(("instance-alone-heading", "instance-alone")),
        Step::NotAMember(None) => "not-a-member-unknown",
        Step::NotAMember(Some(MemberState::ToReview | MemberState::Invited)) => "not-a-member-to-review",
        Step::NotAMember(Some(MemberState::Locked | MemberState::Suspended)) => "not-a-member-locked",
        Step::NotAMember(Some(MemberState::Rejected | MemberState::Deleted | MemberState::Active)) => {
            "not-a-member-closed"
        }
        _ => return None,
    };
    Some(("not-a-member-heading", text))
}

/// An application of a tenant, or one that names it, and a person who cannot enter there at the moment.
pub async fn not_a_member(State(server): State<IdentityServer>, flow: Flow) -> webkit::Result<Response> {
    let situation = flow.situation(&server).await?.ok_or_else(Failure::not_found)?;
    let texts = why_not(situation.step).zip(situation.tenant);
    let Some(((heading, text), tenant)) = texts else {
        return Ok(flow.advance(&server).await?.after_post(&flow.visit));
    };
    let (brand, application) = (flow.brand(&server), flow.destination(&server));
    Ok(html(NotAMemberPage { visit: flow.visit, brand, tenant, application, heading, text }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}

/// Back to the application.
pub async fn turn_back(
    State(server): State<IdentityServer>,
    flow: Flow,
    Form(Nothing {}): Form<Nothing>,
) -> webkit::Result<Response> {
    let error = OAuthError::new(ErrorCode::AccessDenied, "the person may not enter the tenant by this application");
    flow.turn_back(&server, error).await
}
