use super::*;
use crate::client::AuthMethod;
use crate::client::tests::web;

fn parse(body: &str) -> Result<TokenRequest, OAuthError> {
    TokenRequest::parse(&Params::parse(body).unwrap())
}

#[test]
fn each_grant_is_read() {
    let body = "grant_type=authorization_code&code=c&redirect_uri=https%3A%2F%2Frp.test%2Fcb&extra=1";
    let code = |code_verifier: Option<&str>| TokenRequest::AuthorizationCode {
        code: "c".into(),
        redirect_uri: "https://rp.test/cb".into(),
        code_verifier: code_verifier.map(str::to_owned),
    };
    assert_eq!(parse(body), Ok(code(None)));
    assert_eq!(parse(&format!("{body}&code_verifier=v")), Ok(code(Some("v"))));
    let refresh = |scope: Option<&str>| TokenRequest::RefreshToken {
        refresh_token: "r".into(),
        scope: scope.map(|scope| ScopeSet::parse(scope).unwrap()),
    };
    assert_eq!(parse("grant_type=refresh_token&refresh_token=r"), Ok(refresh(None)));
    assert_eq!(parse("grant_type=refresh_token&refresh_token=r&scope=openid"), Ok(refresh(Some("openid"))));
    assert_eq!(parse("grant_type=client_credentials"), Ok(TokenRequest::ClientCredentials { scope: None }));
    let scope = Some(ScopeSet::parse("members").unwrap());
    assert_eq!(parse("grant_type=client_credentials&scope=members"), Ok(TokenRequest::ClientCredentials { scope }));
}

#[test]
fn oa_02_what_is_missing_doubled_or_unknown_is_refused() {
    use ErrorCode::{InvalidRequest, InvalidScope, UnsupportedGrantType};
    let code = "grant_type=authorization_code&code=c&redirect_uri=r";
    for (body, error) in [
        ("", InvalidRequest),
        ("grant_type=", InvalidRequest),
        ("grant_type=password&username=u&password=p", UnsupportedGrantType),
        ("grant_type=refresh_token", InvalidRequest),
        ("grant_type=refresh_token&refresh_token=r&refresh_token=r", InvalidRequest),
        ("grant_type=refresh_token&refresh_token=r&scope=%22", InvalidScope),
        ("grant_type=authorization_code&redirect_uri=r", InvalidRequest),
        ("grant_type=authorization_code&code=c", InvalidRequest),
        (&format!("{code}&code=c"), InvalidRequest),
        (&format!("{code}&redirect_uri=r"), InvalidRequest),
        (&format!("{code}&code_verifier=v&code_verifier=v"), InvalidRequest),
        (&format!("{code}&grant_type=authorization_code"), InvalidRequest),
        ("grant_type=client_credentials&scope=%22", InvalidScope),
    ] {
        assert_eq!(parse(body).unwrap_err().code(), error, "{body}");
    }
    assert!(parse(code).is_ok(), "the control");
}

#[test]
fn a_client_brings_only_its_own_grants() {
    let mut client = web();
    let code = parse("grant_type=authorization_code&code=c&redirect_uri=r").unwrap();
    let own = parse("grant_type=client_credentials").unwrap();
    assert_eq!(code.check_allowed(&client), Ok(()));
    assert_eq!(own.check_allowed(&client).unwrap_err().code(), ErrorCode::UnauthorizedClient);
    client.grant_types = vec![GrantType::ClientCredentials];
    assert_eq!(own.check_allowed(&client), Ok(()));
    assert!(code.check_allowed(&client).is_err());
    client.auth_method = AuthMethod::None;
    assert!(own.check_allowed(&client).is_err());
}

#[test]
fn a_client_by_itself_gets_no_scope_that_speaks_of_a_person() {
    let mut client = web();
    client.scopes = ["openid", "profile", "members", "urn:other"].map(str::to_owned).into();
    let scope = |text: &str| client_credentials_scope(Some(&ScopeSet::parse(text).unwrap()), &client);
    assert_eq!(client_credentials_scope(None, &client).unwrap().to_string(), "members urn:other");
    assert_eq!(scope("members").unwrap().to_string(), "members");
    for bad in ["openid", "members profile", "membership", "unknown", " "] {
        assert_eq!(scope(bad).unwrap_err().code(), ErrorCode::InvalidScope, "{bad}");
    }
    client.scopes = vec!["openid".into()];
    assert!(client_credentials_scope(None, &client).is_err());
}

#[test]
fn oa_03_a_refresh_narrows_the_scope_and_never_widens_it() {
    let mut client = web();
    let set = |text: &str| ScopeSet::parse(text).unwrap();
    let granted = set("openid profile");
    let refreshed = |asked: Option<&str>, client: &Client| {
        refreshed_scope(asked.map(set).as_ref(), &granted, client).map(|scope| scope.to_string())
    };
    assert_eq!(refreshed(None, &client).unwrap(), "openid profile");
    assert_eq!(refreshed(Some("profile"), &client).unwrap(), "profile");
    for wider in ["openid email", "email", "openid offline_access", " "] {
        assert_eq!(refreshed(Some(wider), &client).unwrap_err().code(), ErrorCode::InvalidScope, "{wider:?}");
    }
    client.scopes = vec!["openid".into()];
    assert_eq!(refreshed(None, &client).unwrap(), "openid", "the client may not ask for profile any more");
    assert!(refreshed(Some("profile"), &client).is_err());
}

#[test]
fn an_answer_has_what_there_is_and_debug_output_has_no_tokens() {
    let answer = TokenResponse::bearer("at".into(), 300, ScopeSet::parse("openid").unwrap());
    let json = serde_json::to_value(&answer).unwrap();
    assert_eq!(
        json,
        serde_json::json!({"access_token": "at", "token_type": "Bearer", "expires_in": 300, "scope": "openid"})
    );
    assert_eq!(serde_json::to_value(answer.clone().with_id_token("it".into())).unwrap()["id_token"], "it");
    assert_eq!(format!("{answer:?}"), "TokenResponse(scope \"openid\", 300 s)");
    let request = parse("grant_type=authorization_code&code=hunter2&redirect_uri=r").unwrap();
    assert_eq!(format!("{request:?}"), "TokenRequest(authorization_code)");
    let request = parse("grant_type=refresh_token&refresh_token=hunter2").unwrap();
    assert_eq!(format!("{request:?}"), "TokenRequest(refresh_token)");
}
