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
        Door::Linked(state) | Door::Elsewhere(state) if !own_instance && state != Some(MemberState::Active) => {
            Some(Step::NotAMember(state))
        }
        Door::Elsewhere(_) => Some(Step::Elsewhere),
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
        Step::SignIn | Step::Elsewhere => Step::Refuse(ErrorCode::LoginRequired),
        Step::Choose => Step::Refuse(ErrorCode::AccountSelectionRequired),
        Step::Join | Step::Consent => Step::Refuse(ErrorCode::ConsentRequired),
        Step::Closed(_) | Step::NotAMember(_) | Step::InstanceAlone => Step::Refuse(ErrorCode::InteractionRequired),
        Step::Issue | Step::Refuse(_) => step,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CAME: Timestamp = Timestamp::from_seconds(1_000);

    fn request(query: &str) -> AuthorizationRequest {
        let base = "client_id=c&redirect_uri=https%3A%2F%2Frp.test%2Fcb&response_type=code&scope=openid";
        let client = oidc::client::Client {
            client_id: "c".into(),
            name: "C".into(),
            kind: ClientKind::PlatformApplication,
            auth_method: oidc::client::AuthMethod::ClientSecretBasic,
            redirect_uris: vec!["https://rp.test/cb".into()],
            post_logout_redirect_uris: vec![],
            id_token_alg: jose::Algorithm::RS256,
            require_pkce: false,
            scopes: vec!["openid".into()],
            jwks: None,
            backchannel_logout_uri: None,
            native: false,
            grant_types: vec![oidc::client::GrantType::AuthorizationCode],
        };
        let params = oidc::params::Params::parse(&format!("{base}{query}")).unwrap();
        oidc::authorize::check(&params, Some(&client), "https://issuer.test").unwrap()
    }

    /// A request that would be answered with a code at once; each case changes one fact.
    fn settled(request: &AuthorizationRequest) -> Facts<'_> {
        Facts {
            request,
            kind: ClientKind::PlatformApplication,
            came_at: CAME,
            authenticated_at: Some(Timestamp::from_seconds(900)),
            hint_fits: None,
            chosen: false,
            door: Door::None,
            consent_covers: true,
            consented: false,
            now: Timestamp::from_seconds(1_010),
        }
    }

    #[test]
    fn the_questions_come_in_order_and_with_prompt_none_as_errors() {
        type Change = fn(&mut Facts<'_>);
        let instance: Change = |facts| facts.kind = ClientKind::TenantInstance;
        let table: &[(&str, &str, Change, Step, Step)] = &[
            ("nothing open", "", |_| {}, Step::Issue, Step::Issue),
            (
                "nobody signed in",
                "",
                |facts| facts.authenticated_at = None,
                Step::SignIn,
                Step::Refuse(ErrorCode::LoginRequired),
            ),
            (
                "another person is hinted",
                "",
                |facts| facts.hint_fits = Some(false),
                Step::SignIn,
                Step::Refuse(ErrorCode::LoginRequired),
            ),
            ("the hinted person", "", |facts| facts.hint_fits = Some(true), Step::Issue, Step::Issue),
            ("max_age over", "&max_age=50", |_| {}, Step::SignIn, Step::Refuse(ErrorCode::LoginRequired)),
            ("max_age not over", "&max_age=10000", |_| {}, Step::Issue, Step::Issue),
            (
                "max_age over, but proved since the request came",
                "&max_age=1",
                |facts| {
                    facts.authenticated_at = Some(Timestamp::from_seconds(1_005));
                    facts.chosen = true;
                },
                Step::Issue,
                Step::Issue,
            ),
            (
                "an instance, first time",
                "",
                |facts| {
                    facts.kind = ClientKind::TenantInstance;
                    facts.door = Door::Unlinked;
                },
                Step::Join,
                Step::Refuse(ErrorCode::ConsentRequired),
            ),
            (
                "an instance, a locked member: told by the instance",
                "",
                |facts| {
                    facts.kind = ClientKind::TenantInstance;
                    facts.door = Door::Linked(Some(MemberState::Locked));
                },
                Step::Issue,
                Step::Issue,
            ),
            (
                "a member whom another provider opens the tenant to",
                "",
                |facts| {
                    facts.kind = ClientKind::TenantInstance;
                    facts.door = Door::Elsewhere(Some(MemberState::Active));
                },
                Step::Elsewhere,
                Step::Refuse(ErrorCode::LoginRequired),
            ),
            (
                "such a one, asked to prove it anew",
                "&max_age=1",
                |facts| {
                    facts.kind = ClientKind::TenantInstance;
                    facts.door = Door::Elsewhere(Some(MemberState::Active));
                },
                Step::Elsewhere,
                Step::Refuse(ErrorCode::LoginRequired),
            ),
            (
                "such a one at the tenant's application",
                "",
                |facts| {
                    facts.kind = ClientKind::TenantApplication;
                    facts.door = Door::Elsewhere(Some(MemberState::Active));
                },
                Step::Elsewhere,
                Step::Refuse(ErrorCode::LoginRequired),
            ),
            (
                "such a one, locked",
                "",
                |facts| {
                    facts.kind = ClientKind::TenantApplication;
                    facts.door = Door::Elsewhere(Some(MemberState::Locked));
                },
                Step::NotAMember(Some(MemberState::Locked)),
                Step::Refuse(ErrorCode::InteractionRequired),
            ),
            (
                "a break-glass member at the tenant's application",
                "",
                |facts| {
                    facts.kind = ClientKind::TenantApplication;
                    facts.door = Door::InstanceAlone;
                },
                Step::InstanceAlone,
                Step::Refuse(ErrorCode::InteractionRequired),
            ),
            (
                "before consent an application from outside hears nothing of that",
                "",
                |facts| {
                    facts.door = Door::InstanceAlone;
                    facts.consent_covers = false;
                },
                Step::Consent,
                Step::Refuse(ErrorCode::ConsentRequired),
            ),
            (
                "a tenant's application, an active member",
                "",
                |facts| {
                    facts.kind = ClientKind::TenantApplication;
                    facts.door = Door::Linked(Some(MemberState::Active));
                    facts.consent_covers = false;
                },
                Step::Issue,
                Step::Issue,
            ),
            (
                "a tenant's application, a locked member",
                "",
                |facts| {
                    facts.kind = ClientKind::TenantApplication;
                    facts.door = Door::Linked(Some(MemberState::Locked));
                },
                Step::NotAMember(Some(MemberState::Locked)),
                Step::Refuse(ErrorCode::InteractionRequired),
            ),
            (
                "a platform application names a tenant that the person never entered",
                "",
                |facts| facts.door = Door::Unlinked,
                Step::NotAMember(None),
                Step::Refuse(ErrorCode::InteractionRequired),
            ),
            (
                "a platform application names a tenant that there is none of",
                "",
                |facts| facts.door = Door::Unknown,
                Step::Refuse(ErrorCode::InvalidTarget),
                Step::Refuse(ErrorCode::InvalidTarget),
            ),
            (
                "before consent it hears neither that",
                "",
                |facts| {
                    facts.door = Door::Unknown;
                    facts.consent_covers = false;
                },
                Step::Consent,
                Step::Refuse(ErrorCode::ConsentRequired),
            ),
            (
                "nor that the person is no member",
                "",
                |facts| {
                    facts.door = Door::Unlinked;
                    facts.consent_covers = false;
                },
                Step::Consent,
                Step::Refuse(ErrorCode::ConsentRequired),
            ),
            (
                "nor that the tenant is suspended",
                "",
                |facts| {
                    facts.door = Door::Closed(Reach::Suspended);
                    facts.consent_covers = false;
                },
                Step::Closed(Reach::Suspended),
                Step::Refuse(ErrorCode::ConsentRequired),
            ),
            (
                "a suspended tenant's application",
                "",
                |facts| {
                    facts.kind = ClientKind::TenantApplication;
                    facts.door = Door::Closed(Reach::Suspended);
                    facts.authenticated_at = None;
                },
                Step::Closed(Reach::Suspended),
                Step::Refuse(ErrorCode::AccessDenied),
            ),
            (
                "not consented",
                "",
                |facts| facts.consent_covers = false,
                Step::Consent,
                Step::Refuse(ErrorCode::ConsentRequired),
            ),
            (
                "consented to this request",
                "",
                |facts| {
                    facts.consent_covers = false;
                    facts.consented = true;
                },
                Step::Issue,
                Step::Issue,
            ),
            (
                "an essential acr that can be met",
                "&claims=%7B%22id_token%22%3A%7B%22acr%22%3A%7B%22essential%22%3Atrue%2C%22values%22%3A%5B%22urn%3Alatchkey%3Aacr%3Asingle-factor%22%5D%7D%7D%7D",
                |_| {},
                Step::Issue,
                Step::Issue,
            ),
            (
                "an essential acr that cannot be met",
                "&claims=%7B%22id_token%22%3A%7B%22acr%22%3A%7B%22essential%22%3Atrue%2C%22values%22%3A%5B%22urn%3Agold%22%5D%7D%7D%7D",
                |_| {},
                Step::Refuse(ErrorCode::UnmetAuthenticationRequirements),
                Step::Refuse(ErrorCode::UnmetAuthenticationRequirements),
            ),
            (
                "an instance never asks for consent",
                "",
                |facts| {
                    facts.kind = ClientKind::TenantInstance;
                    facts.door = Door::Linked(None);
                    facts.consent_covers = false;
                },
                Step::Issue,
                Step::Issue,
            ),
        ];
        for (name, query, change, expected, silently) in table {
            let asked = request(query);
            let mut facts = settled(&asked);
            change(&mut facts);
            assert_eq!(next_step(&facts), *expected, "{name}");
            let asked = request(&format!("{query}&prompt=none"));
            let mut facts = settled(&asked);
            change(&mut facts);
            assert_eq!(next_step(&facts), *silently, "{name}, prompt=none");
        }
        let asked = request("");
        let mut facts = settled(&asked);
        instance(&mut facts);
        assert_eq!(next_step(&facts), Step::Issue);
    }

    #[test]
    fn prompts_are_answered_once() {
        let login = request("&prompt=login");
        let mut facts = settled(&login);
        assert_eq!(next_step(&facts), Step::SignIn);
        facts.authenticated_at = Some(CAME);
        assert_eq!(next_step(&facts), Step::SignIn, "a proof for another request");
        facts.chosen = true;
        assert_eq!(next_step(&facts), Step::Issue);

        let select = request("&prompt=select_account");
        let mut facts = settled(&select);
        assert_eq!(next_step(&facts), Step::Choose);
        facts.chosen = true;
        assert_eq!(next_step(&facts), Step::Issue);

        let consent = request("&prompt=consent");
        let mut facts = settled(&consent);
        assert_eq!(next_step(&facts), Step::Consent);
        facts.consented = true;
        assert_eq!(next_step(&facts), Step::Issue);
    }
}
