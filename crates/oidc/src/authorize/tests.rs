use super::*;
use crate::client::tests::web;
use crate::client::{AuthMethod, ClientKind, GrantType};
use crate::error::ErrorCode::{self, *};

const ISSUER: &str = "https://id.test";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const BASE: &[(&str, &str)] =
    &[("client_id", "rp"), ("redirect_uri", "https://rp.test/cb"), ("response_type", "code"), ("scope", "openid")];

/// A good request with some parameters set otherwise (empty: left out) or added.
fn params(changes: &[(&str, &str)]) -> Params {
    let kept = BASE.iter().filter(|(name, _)| changes.iter().all(|(changed, _)| changed != name));
    kept.chain(changes).filter(|(_, value)| !value.is_empty()).copied().collect()
}

fn asked(changes: &[(&str, &str)], client: &Client) -> Result<AuthorizationRequest, AuthorizeFailure> {
    check(&params(changes), Some(client), ISSUER)
}

fn good(changes: &[(&str, &str)], client: &Client) -> AuthorizationRequest {
    asked(changes, client).unwrap_or_else(|failure| panic!("{changes:?}: {failure:?}"))
}

fn refused(changes: &[(&str, &str)], client: &Client) -> (ValidatedRedirect, OAuthError) {
    match asked(changes, client) {
        Err(AuthorizeFailure::Redirect(redirect, error)) => (redirect, error),
        other => panic!("{changes:?}: {other:?}"),
    }
}

fn page(params: &Params, client: Option<&Client>) -> PageReason {
    match check(params, client, ISSUER) {
        Err(AuthorizeFailure::Page(reason)) => reason,
        other => panic!("{params:?}: {other:?}"),
    }
}

fn with(change: impl FnOnce(&mut Client)) -> Client {
    let mut client = web();
    change(&mut client);
    client
}

#[test]
fn oa_05_while_the_address_is_uncertain_there_is_a_page() {
    let client = web();
    assert!(asked(&[], &client).is_ok(), "the control");
    let unregistered =
        |uri: &str| PageReason::UnregisteredRedirectUri { client: "Relying Party".into(), uri: uri.into() };
    assert_eq!(page(&params(&[("client_id", "")]), None), PageReason::MissingClient);
    assert_eq!(page(&params(&[("client_id", "x")]), None), PageReason::UnknownClient("x".into()));
    assert_eq!(page(&params(&[("client_id", "x")]), Some(&client)), PageReason::UnknownClient("x".into()));
    assert_eq!(page(&params(&[("redirect_uri", "")]), Some(&client)), PageReason::MissingRedirectUri);
    let one = with(|client| client.redirect_uris.truncate(1));
    assert_eq!(page(&params(&[("redirect_uri", "")]), Some(&one)), PageReason::MissingRedirectUri);
    for uri in ["https://evil.test/cb", "https://rp.test/cb?flow=3", "https://rp.test/cb#x", "javascript:alert(1)"] {
        assert_eq!(page(&params(&[("redirect_uri", uri)]), Some(&client)), unregistered(uri));
        // Nothing else that is wrong turns the page into a redirect.
        let both = params(&[("redirect_uri", uri), ("response_type", "x"), ("prompt", "none"), ("request", "x")]);
        assert_eq!(page(&both, Some(&client)), unregistered(uri));
    }
}

#[test]
fn oa_05_a_doubled_address_is_a_page_and_any_other_doubled_parameter_an_error() {
    let client = web();
    for name in ["client_id", "redirect_uri", "state"] {
        let value = BASE.iter().find(|(base, _)| *base == name).map_or("s", |(_, value)| value);
        let doubled: Params = BASE.iter().copied().chain([(name, value), ("state", "s")]).collect();
        assert_eq!(page(&doubled, Some(&client)), PageReason::RepeatedParameter(name), "{name}");
    }
    for name in [
        "response_type",
        "response_mode",
        "scope",
        "nonce",
        "prompt",
        "max_age",
        "acr_values",
        "claims",
        "login_hint",
        "id_token_hint",
        "ui_locales",
        "display",
        "code_challenge",
        "code_challenge_method",
    ] {
        let (_, error) = refused(&[(name, "x"), (name, "x")], &client);
        assert_eq!(error.code(), InvalidRequest, "{name}");
        assert_eq!(error.description(), format!("the parameter {name} came more than once"));
    }
    good(&[("unknown", "1"), ("unknown", "2")], &client);
}

#[test]
fn oa_05_what_may_not_be_registered_is_no_address_even_if_it_stands_in_the_row() {
    for uri in ["javascript:alert(1)", "https://rp.test/cb#x", "http://rp.test/cb"] {
        let client = with(|client| client.redirect_uris = vec![uri.into()]);
        assert!(matches!(asked(&[("redirect_uri", uri)], &client), Err(AuthorizeFailure::Page(_))), "{uri}");
    }
    let client = with(|client| client.redirect_uris = vec!["http://localhost:1/cb".into()]);
    good(&[("redirect_uri", "http://localhost:1/cb")], &client);
}

#[test]
fn each_rule_refuses_with_its_error() {
    let client = web();
    let table: &[(&[(&str, &str)], ErrorCode)] = &[
        (&[("response_type", "")], InvalidRequest),
        (&[("response_type", "token")], UnsupportedResponseType),
        (&[("response_type", "id_token")], UnsupportedResponseType),
        (&[("response_type", "code id_token")], UnsupportedResponseType),
        (&[("response_type", "none")], UnsupportedResponseType),
        (&[("response_type", "Code")], UnsupportedResponseType),
        (&[("response_mode", "form_post")], UnsupportedResponseMode),
        (&[("response_mode", "Query")], UnsupportedResponseMode),
        (&[("scope", "")], InvalidScope),
        (&[("scope", "profile")], InvalidScope),
        (&[("scope", "OpenID")], InvalidScope),
        (&[("scope", "openid \u{7f}")], InvalidScope),
        (&[("request", "eyJhbGciOiJub25lIn0.e30.")], RequestNotSupported),
        (&[("request_uri", "https://rp.test/r")], RequestUriNotSupported),
        (&[("request_uri", "urn:ietf:params:oauth:request_uri:x")], RequestUriNotSupported),
        (&[("registration", "{}")], RegistrationNotSupported),
        (&[("resource", "https://api.test")], InvalidTarget),
        (&[("resource", ISSUER), ("resource", "https://api.test")], InvalidTarget),
        (&[("prompt", "none login")], InvalidRequest),
        (&[("prompt", "none unheard-of")], InvalidRequest),
        (&[("max_age", "-1")], InvalidRequest),
        (&[("max_age", "+1")], InvalidRequest),
        (&[("max_age", "1.5")], InvalidRequest),
        (&[("max_age", "soon")], InvalidRequest),
        (&[("claims", "{")], InvalidRequest),
        (&[("claims", "[]")], InvalidRequest),
        (&[("claims", r#"{"userinfo":[]}"#)], InvalidRequest),
    ];
    for (changes, code) in table {
        let (redirect, error) = refused(changes, &client);
        assert_eq!(error.code(), *code, "{changes:?}");
        assert!(redirect.error(&error, ISSUER).starts_with("https://rp.test/cb?error="), "{changes:?}: in the query");
        assert!(error.description().chars().all(|c| matches!(c, ' '..='~')));
    }
    let no_codes = with(|client| client.grant_types = vec![GrantType::ClientCredentials]);
    assert_eq!(refused(&[], &no_codes).1.code(), UnauthorizedClient);
    let no_openid = with(|client| client.scopes = vec!["members".into()]);
    assert_eq!(refused(&[], &no_openid).1.code(), InvalidScope);
}

#[test]
fn what_nobody_knows_fails_no_request() {
    let request = good(
        &[
            ("login_hint", "who@ever <b>"),
            ("ui_locales", "tlh  xx-Latn-YY de"),
            ("claims_locales", "tlh"),
            ("display", "hologram"),
            ("prompt", "unheard-of login"),
            ("acr_values", "a b"),
            ("scope", "unknown profile openid phone"),
            ("id_token_hint", "garbage"),
            ("resource", ISSUER),
            ("extra", "1"),
            ("max_age", "99999999999999999999999"),
        ],
        &web(),
    );
    assert_eq!(request.ui_locales, ["tlh", "xx-Latn-YY", "de"]);
    assert_eq!(request.scope.to_string(), "openid profile", "phone is not this client's");
    assert_eq!(request.scopes(), ["openid", "profile"]);
    assert!(request.prompts("login") && !request.prompts("none") && !request.prompts("unheard-of"));
    assert_eq!(request.max_age, Some(u64::MAX));
    assert_eq!(request.display.as_deref(), Some("hologram"));
}

#[test]
fn oa_07_pkce_is_s256_or_an_error() {
    let asks_for_it = [
        with(|client| client.require_pkce = true),
        with(|client| client.auth_method = AuthMethod::None),
        with(|client| client.native = true),
    ];
    let s256 = [("code_challenge", CHALLENGE), ("code_challenge_method", "S256")];
    for client in asks_for_it.iter().chain([&web()]) {
        assert_eq!(good(&s256, client).code_challenge.as_deref(), Some(CHALLENGE));
        for changes in [
            &[("code_challenge", CHALLENGE)][..],
            &[("code_challenge", CHALLENGE), ("code_challenge_method", "plain")],
            &[("code_challenge", CHALLENGE), ("code_challenge_method", "s256")],
            &[("code_challenge", &CHALLENGE[1..]), ("code_challenge_method", "S256")],
            &[("code_challenge", &CHALLENGE.replace('-', "=")), ("code_challenge_method", "S256")],
            &[("code_challenge_method", "S256")],
        ] {
            assert_eq!(refused(changes, client).1.code(), InvalidRequest, "{changes:?}");
        }
    }
    for client in &asks_for_it {
        assert_eq!(refused(&[], client).1.code(), InvalidRequest);
    }
    assert_eq!(good(&[], &web()).code_challenge, None);
}

#[test]
fn state_comes_back_byte_for_byte_and_nothing_else_does() {
    let state = "a b+c&d=e#f%20\"'<ü>\r\n".to_owned() + &"x".repeat(200);
    let client = web();
    let changes = [("state", state.as_str()), ("nonce", "n"), ("login_hint", "l")];
    let redirect = good(&changes, &client).redirect(&client).unwrap();
    let (address, query) =
        redirect.success("c0de", ISSUER).split_once('?').map(|(a, q)| (a.to_owned(), q.to_owned())).unwrap();
    assert_eq!(address, "https://rp.test/cb");
    let pairs: Vec<_> = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    let expected = [("code", "c0de"), ("state", state.as_str()), ("iss", ISSUER)];
    assert_eq!(pairs, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    assert!(query.bytes().all(|b| b.is_ascii_graphic()), "no header or fragment can be written with it");

    let (redirect, error) = refused(&[("state", "s"), ("scope", "x"), ("nonce", "n")], &client);
    assert_eq!(
        redirect.error(&error.with_detail("private"), ISSUER),
        "https://rp.test/cb?error=invalid_scope&error_description=scope+must+contain+openid&state=s&iss=https%3A%2F%2Fid.test"
    );
    let (redirect, error) = refused(&[("scope", "x")], &client);
    assert!(!redirect.error(&error, ISSUER).contains("state"));
}

#[test]
fn answers_stand_where_they_were_asked_for_and_a_registered_query_is_kept() {
    let client = web();
    let answer = |changes: &[(&str, &str)]| good(changes, &client).redirect(&client).unwrap().success("c", "i");
    let flow = ("redirect_uri", "https://rp.test/cb?flow=2");
    assert_eq!(answer(&[]), "https://rp.test/cb?code=c&iss=i");
    assert_eq!(answer(&[("response_mode", "query")]), "https://rp.test/cb?code=c&iss=i");
    assert_eq!(answer(&[("response_mode", "fragment")]), "https://rp.test/cb#code=c&iss=i");
    assert_eq!(answer(&[flow]), "https://rp.test/cb?flow=2&code=c&iss=i");
    assert_eq!(answer(&[flow, ("response_mode", "fragment")]), "https://rp.test/cb?flow=2#code=c&iss=i");
    let (redirect, error) = refused(&[("response_mode", "fragment"), ("scope", "x")], &client);
    assert!(redirect.error(&error, "i").starts_with("https://rp.test/cb#error=invalid_scope"));
    assert_eq!(separator("https://rp.test"), "?");
    assert_eq!(separator("https://rp.test/?"), "");
    assert_eq!(separator("https://rp.test/?a&"), "");
}

#[test]
fn oa_06_a_stored_request_is_redirected_only_where_the_client_is_registered_now() {
    let client = web();
    let request = good(&[("state", "s")], &client);
    assert!(request.redirect(&client).is_some(), "the control");
    assert_eq!(request.redirect(&with(|client| client.redirect_uris = vec!["https://rp.test/new".into()])), None);
    assert_eq!(request.redirect(&with(|client| client.client_id = "other".into())), None);
    let mut altered = request;
    altered.redirect_uri = "https://evil.test/cb".into();
    assert_eq!(altered.redirect(&client), None);
}

#[test]
fn oa_05_the_port_of_a_native_client_is_kept_as_asked() {
    let client = with(|client| {
        client.native = true;
        client.redirect_uris = vec!["http://127.0.0.1/cb".into()];
    });
    let changes = [
        ("redirect_uri", "http://127.0.0.1:53211/cb"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    let request = good(&changes, &client);
    assert_eq!(request.redirect(&client).unwrap().success("c", "i"), "http://127.0.0.1:53211/cb?code=c&iss=i");
    let web = with(|client| client.redirect_uris = vec!["http://127.0.0.1/cb".into()]);
    assert!(matches!(asked(&changes, &web), Err(AuthorizeFailure::Page(_))));
}

#[test]
fn only_a_platform_application_names_a_tenant() {
    let platform = with(|client| client.kind = ClientKind::PlatformApplication);
    assert_eq!(good(&[("tenant", "acme-2")], &platform).tenant.as_deref(), Some("acme-2"));
    assert_eq!(good(&[], &platform).tenant, None);
    for slug in ["Acme", "-a", "a-", "a.b", "a/../b", "ä", "a b", &"a".repeat(64)] {
        assert_eq!(refused(&[("tenant", slug)], &platform).1.code(), InvalidRequest, "{slug}");
    }
    for kind in [ClientKind::TenantApplication, ClientKind::TenantInstance] {
        assert_eq!(good(&[("tenant", "other")], &with(|client| client.kind = kind)).tenant, None);
    }
}

#[test]
fn claims_are_honoured_as_far_as_the_clients_scopes_reach() {
    let json = r#"{"userinfo":{"name":{"essential":true},"email":null,"phone_number":null,"roles":null,"shoe_size":null},
        "id_token":{"acr":{"essential":true,"values":["a","b"]},"sub":{"value":"s1"},"auth_time":{"essential":true}},"x":1}"#;
    let claims = good(&[("claims", json)], &web()).claims;
    assert_eq!(claims.userinfo.into_iter().collect::<Vec<_>>(), ["email", "name"]);
    assert_eq!(claims.acr, Some(RequestedAcr { essential: true, values: vec!["a".into(), "b".into()] }));
    assert_eq!(claims.subject.as_deref(), Some("s1"));
    let one = good(&[("claims", r#"{"id_token":{"acr":{"value":"a"}}}"#)], &web()).claims.acr;
    assert_eq!(one, Some(RequestedAcr { essential: false, values: vec!["a".into()] }));
    assert_eq!(good(&[("claims", "{}")], &web()).claims, RequestedClaims::default());
}

#[test]
fn a_request_survives_storage() {
    let platform = with(|client| client.kind = ClientKind::PlatformApplication);
    let request = good(
        &[
            ("response_mode", "fragment"),
            ("state", "ü\"\\"),
            ("nonce", "n"),
            ("scope", "openid email"),
            ("prompt", "login select_account"),
            ("max_age", "0"),
            ("acr_values", "a b"),
            ("claims", r#"{"userinfo":{"name":null},"id_token":{"acr":null,"sub":{"value":"s"}}}"#),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
            ("tenant", "acme"),
            ("login_hint", "l"),
            ("id_token_hint", "h"),
            ("ui_locales", "de en"),
            ("display", "page"),
        ],
        &platform,
    );
    let json = serde_json::to_string(&request).unwrap();
    assert_eq!(serde_json::from_str::<AuthorizationRequest>(&json).unwrap(), request);
    assert!(json.contains(r#""prompt":["login","select_account"]"#) && json.contains(r#""max_age":0"#), "{json}");
}

#[test]
fn oa_26_debug_output_has_no_hints_and_no_state() {
    let client = web();
    let secrets = [("state", "hunter1"), ("nonce", "hunter2"), ("login_hint", "hunter3"), ("id_token_hint", "hunter4")];
    let request = good(&secrets, &client);
    let shown = format!("{request:?} {:?}", request.redirect(&client));
    assert!(shown.contains("https://rp.test/cb") && !shown.contains("hunter"), "{shown}");
}

#[test]
fn offline_access_is_ignored_unless_somebody_is_asked_or_the_tenant_answers_for_it() {
    use Prompt::Consent;
    let client = |kind: ClientKind, native: bool| {
        with(|client| {
            (client.kind, client.native) = (kind, native);
            client.scopes.push("offline_access".into());
            client.grant_types.push(GrantType::RefreshToken);
        })
    };
    let own = client(ClientKind::TenantApplication, false);
    let outside = client(ClientKind::PlatformApplication, false);
    let native = client(ClientKind::PlatformApplication, true);
    let without_grant = with(|client| client.scopes.push("offline_access".into()));
    let pkce = [("code_challenge", CHALLENGE), ("code_challenge_method", "S256")];
    for (client, prompt, stays) in [
        (&own, "", true),
        (&own, "none", true),
        (&own, "consent", true),
        (&outside, "", false),
        (&outside, "none", false),
        (&outside, "login", false),
        (&outside, "consent", true),
        (&outside, "login consent", true),
        (&native, "", true),
        (&without_grant, "consent", false),
    ] {
        let changes = [("scope", "openid offline_access"), ("prompt", prompt), pkce[0], pkce[1]];
        let request = good(&changes, client);
        assert_eq!(request.scope.contains("offline_access"), stays, "{:?} {prompt:?}", client.kind);
        assert!(request.scope.contains("openid"));
        assert_eq!(request.prompt.contains(&Consent), prompt.contains("consent"));
    }
}
