use ambient::Timestamp;
use oidc::authorize::AuthorizationRequest;
use oidc::client::ClientKind;
use oidc::error::ErrorCode;
use std::time::Duration;

use crate::links::MemberState;
use crate::sessions::ACR_SINGLE_FACTOR;
use crate::tenants::Reach;

/// How the account stands to the tenant that the request leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door {
    /// It leads to no tenant.
    None,
    /// It names a tenant that there is none of.
    Unknown,
    /// The tenant opens to nobody at the moment.
    Closed(Reach),
    /// No link: the person has never been there.
    Unlinked,
    /// Linked, with the member's state as last told by the tenant.
    Linked(Option<MemberState>),
    /// The same, and the tenant opens to this member by one provider alone, which the session was not proved by (DESIGN §4.3).
    Elsewhere(Option<MemberState>),
    /// Linked, and proved by the password, which this tenant refuses until it is changed (DESIGN §4.9).
    PasswordRefused(Option<MemberState>),
    /// A break-glass member's, and the request is not the instance's own: it alone opens to them, proves each use anew and tells of it
    /// (DESIGN §4.3).
    InstanceAlone,
}

/// All that the decision depends on.
#[derive(Debug, Clone)]
pub struct Facts<'a> {
    /// The request.
    pub request: &'a AuthorizationRequest,
    /// Who sent it.
    pub kind: ClientKind,
    /// When it came; a fresh login is one after this moment.
    pub came_at: Timestamp,
    /// When the session's person last proved who they are; none: nobody is signed in.
    pub authenticated_at: Option<Timestamp>,
    /// An `id_token_hint` was sent, and the session is the hinted person's or not.
    pub hint_fits: Option<bool>,
    /// The person has chosen the account for this request.
    pub chosen: bool,
    /// The tenant.
    pub door: Door,
    /// What was consented to covers what is asked for.
    pub consent_covers: bool,
    /// The person has consented to this very request.
    pub consented: bool,
    /// The time.
    pub now: Timestamp,
}

/// What comes next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The person proves who they are.
    SignIn,
    /// The person chooses which account.
    Choose,
    /// The person is asked whether to enter this tenant for the first time.
    Join,
    /// The tenant opens to this member by another provider than those that the session was proved by.
    Elsewhere,
    /// The tenant refuses the password that the session was proved by: the person is asked for a new one.
    NewPassword,
    /// The tenant opens to nobody at the moment.
    Closed(Reach),
    /// The application belongs to (or names) a tenant that the person cannot enter at the moment.
    NotAMember(Option<MemberState>),
    /// The person is a break-glass member of that tenant: its instance opens to them, and no application.
    InstanceAlone,
    /// The person is asked whether the application may have what it asks for.
    Consent,
    /// Nothing is left to ask: a code.
    Issue,
    /// An error for the application.
    Refuse(ErrorCode),
}

/// What comes next. The order is the order of questions: who, which account, what for, which tenant (OIDC Core §3.1.2.3–4).
#[must_use]
pub fn next_step(facts: &Facts<'_>) -> Step {
    let step = first_open_question(facts);
    if facts.request.prompts("none") { silent(step) } else { step }
}

fn first_open_question(facts: &Facts<'_>) -> Step {
    let outsider = facts.kind == ClientKind::PlatformApplication;
    // Nobody signs in for a door that does not open (DESIGN §3.5). An application outside hears nothing of that page.
    if (!outsider || !facts.request.prompts("none")) && matches!(facts.door, Door::Closed(_)) {
        return at_the_door(facts).unwrap_or(Step::Issue);
    }
    let Some(authenticated_at) = facts.authenticated_at else { return Step::SignIn };
    if facts.hint_fits == Some(false) {
        return Step::SignIn;
    }
    if must_sign_in_again(facts, authenticated_at) {
        // Whoever is to prove it anew, and can by one provider alone, is led there at once.
        return if matches!(facts.door, Door::Elsewhere(_)) { Step::Elsewhere } else { Step::SignIn };
    }
    if facts.request.prompts("select_account") && !facts.chosen {
        return Step::Choose;
    }
    // Before the door: what an application outside the tenant hears of it, whether the person is a member, whether there is
    // such a tenant at all, is the person's to tell (DESIGN §4.8).
    let asks = asks_for_consent(facts.kind, facts.request);
    let ask_again = facts.request.prompts("consent");
    if asks && !facts.consented && (ask_again || !facts.consent_covers) {
        return Step::Consent;
    }
    if let Some(step) = at_the_door(facts) {
        return step;
    }
    if asks_for_another_acr(facts.request) {
        return Step::Refuse(ErrorCode::UnmetAuthenticationRequirements);
    }
    Step::Issue
}

/// What stands between the person and the tenant.
fn at_the_door(facts: &Facts<'_>) -> Option<Step> {
    let own_instance = facts.kind == ClientKind::TenantInstance;
    let silent = facts.request.prompts("none");
    match facts.door {
        Door::Unknown => Some(Step::Refuse(ErrorCode::InvalidTarget)),
        Door::Closed(Reach::CutOff) if silent => Some(Step::Refuse(ErrorCode::TemporarilyUnavailable)),
        Door::Closed(_) if silent => Some(Step::Refuse(ErrorCode::AccessDenied)),
        Door::Closed(reach) => Some(Step::Closed(reach)),
        Door::Unlinked if own_instance => Some(Step::Join),
        Door::Unlinked => Some(Step::NotAMember(None)),
        // An instance tells its members itself how they stand; for anybody else we keep the door (DESIGN §3.5).
        Door::Linked(state) | Door::Elsewhere(state) | Door::PasswordRefused(state)
            if !own_instance && state != Some(MemberState::Active) =>
        {
            Some(Step::NotAMember(state))
        }
        Door::Elsewhere(_) => Some(Step::Elsewhere),
        Door::PasswordRefused(_) => Some(Step::NewPassword),
        Door::InstanceAlone => Some(Step::InstanceAlone),
        Door::None | Door::Linked(_) => None,
    }
}

/// Whether a person is asked what an application may have: one from outside, and one that wants to act for them at their
/// tenant's API. What a tenant's own application sees of its members is the tenant's business (DESIGN §3.4).
pub(super) fn asks_for_consent(kind: ClientKind, request: &AuthorizationRequest) -> bool {
    kind == ClientKind::PlatformApplication || request.resource.is_some()
}

/// `prompt=login` and `max_age` ask for a proof that is young enough, or was given for this very request: one given
/// meanwhile in another tab, for another application, is none.
fn must_sign_in_again(facts: &Facts<'_>, authenticated_at: Timestamp) -> bool {
    let before_request = authenticated_at < facts.came_at || !facts.chosen;
    let too_old = facts
        .request
        .max_age
        .is_some_and(|seconds| facts.now.since(authenticated_at) > Duration::from_secs(seconds) && before_request);
    too_old || (facts.request.prompts("login") && before_request)
}

/// An `acr` that the request calls essential and that nothing here can meet (OIDC Core §5.5.1.1).
fn asks_for_another_acr(request: &AuthorizationRequest) -> bool {
    request.claims.acr.as_ref().is_some_and(|acr| {
        acr.essential && !acr.values.is_empty() && !acr.values.iter().any(|value| value == ACR_SINGLE_FACTOR)
    })
}

/// With `prompt=none` no page may be shown: each page has its error (OIDC Core §3.1.2.6).
const fn silent(step: Step) -> Step {
    match step {
        Step::SignIn | Step::Elsewhere | Step::NewPassword => Step::Refuse(ErrorCode::LoginRequired),
        Step::Choose => Step::Refuse(ErrorCode::AccountSelectionRequired),
        Step::Join | Step::Consent => Step::Refuse(ErrorCode::ConsentRequired),
        Step::Closed(_) | Step::NotAMember(_) | Step::InstanceAlone => Step::Refuse(ErrorCode::InteractionRequired),
        Step::Issue | Step::Refuse(_) => step,
    }
}

#[cfg(test)]
mod tests;
