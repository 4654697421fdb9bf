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
            "the tenant refuses the password",
            "",
            |facts| {
                facts.kind = ClientKind::TenantInstance;
                facts.door = Door::PasswordRefused(Some(MemberState::Active));
            },
            Step::NewPassword,
            Step::Refuse(ErrorCode::LoginRequired),
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
