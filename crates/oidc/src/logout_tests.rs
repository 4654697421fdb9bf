use super::*;
use crate::client::tests::web;

const BYE: &str = "https://rp.test/bye";

fn request(uri: Option<&str>) -> LogoutRequest {
    LogoutRequest {
        id_token_hint: Some("hint".into()),
        post_logout_redirect_uri: uri.map(str::to_owned),
        state: Some("a b&c=ü".into()),
        ..LogoutRequest::default()
    }
}

fn hint(aud: &str) -> HintClaims {
    HintClaims { aud: aud.into(), sub: "s".into(), sid: Some("sid".into()) }
}

const ASK: LogoutPlan = LogoutPlan { redirect: None, ask: true };

#[test]
fn a_valid_hint_and_a_registered_address_bring_the_browser_back_with_its_state() {
    let (client, hint) = (web(), hint("rp"));
    let to = |request: &LogoutRequest| check(request, Some(&client), Some(&hint));
    let back = |uri: &str| LogoutPlan { redirect: Some(uri.to_owned()), ask: false };
    assert_eq!(to(&request(Some(BYE))), back("https://rp.test/bye?state=a+b%26c%3D%C3%BC"));
    assert_eq!(to(&request(Some("https://rp.test/bye?x=1"))), back("https://rp.test/bye?x=1&state=a+b%26c%3D%C3%BC"));
    let named = LogoutRequest { client_id: Some("rp".into()), state: None, ..request(Some(BYE)) };
    assert_eq!(to(&named), back(BYE));
    assert_eq!(to(&request(None)), LogoutPlan { redirect: None, ask: false });
}

#[test]
fn oa_06_whatever_else_is_asked_and_goes_nowhere() {
    let client = web();
    let good = request(Some(BYE));
    let without_hint = LogoutRequest { id_token_hint: None, client_id: Some("rp".into()), ..good.clone() };
    let other_named = LogoutRequest { client_id: Some("other".into()), ..good.clone() };
    assert_eq!(check(&LogoutRequest::default(), None, None), ASK, "no parameters");
    assert_eq!(check(&without_hint, Some(&client), None), ASK, "an address without hint");
    assert_eq!(check(&without_hint, Some(&client), Some(&hint("rp"))), ASK);
    assert_eq!(check(&good, Some(&client), None), ASK, "an altered hint");
    assert_eq!(check(&good, Some(&client), Some(&hint("other"))), ASK, "another client's hint");
    assert_eq!(check(&good, None, Some(&hint("rp"))), ASK, "a client that is gone");
    assert_eq!(check(&other_named, Some(&client), Some(&hint("rp"))), ASK, "two clients");
    for uri in [
        "https://evil.test/bye",
        "https://rp.test/bye/",
        "https://rp.test/bye?x=2",
        "https://rp.test/bye#x",
        "https://rp.test:443/bye",
        "https://rp.test@evil.test/bye",
        "https://rp.test/cb",
        "javascript:alert(1)",
    ] {
        assert_eq!(check(&request(Some(uri)), Some(&client), Some(&hint("rp"))), ASK, "{uri}");
    }
    let mut careless = web();
    careless.post_logout_redirect_uris = vec!["javascript:alert(1)".into()];
    assert_eq!(check(&request(Some("javascript:alert(1)")), Some(&careless), Some(&hint("rp"))), ASK);
}

#[test]
fn a_request_is_read_and_names_the_client_to_look_up() {
    let jwt = format!("e30.{}.x", jose::base64url(br#"{"aud":"rp"}"#));
    let body =
        format!("id_token_hint={jwt}&post_logout_redirect_uri=https%3A%2F%2Frp.test%2Fbye&state=s&ui_locales=de+en");
    let request = LogoutRequest::parse(&Params::parse(&body).unwrap()).unwrap();
    assert_eq!(request.post_logout_redirect_uri.as_deref(), Some(BYE));
    assert_eq!(request.ui_locales, ["de", "en"]);
    assert_eq!(request.claimed_client().as_deref(), Some("rp"));
    let named = LogoutRequest { client_id: Some("c".into()), ..request };
    assert_eq!(named.claimed_client().as_deref(), Some("c"));
    assert_eq!(LogoutRequest::default().claimed_client(), None);
    assert!(LogoutRequest::parse(&Params::parse("state=1&state=2").unwrap()).is_err());
}
