use reqwest::Method;

use crate::harness::{Person, Rp, World};

async fn signed_in(world: &World) -> (Person, Rp) {
    let mut alice = world.account("alice").await;
    alice.signs_in(world).await;
    let rp = world
        .platform_client("app", |client| client.redirect_uris.push("https://app.example/cb?fixed=1%2B1".into()))
        .await;
    alice.opens(&rp.request(&[]).url()).await.is("/consent").submits("allow", &[]).await;
    (alice, rp)
}

#[tokio::test]
async fn a_good_answer_has_code_state_and_iss_and_nothing_else() {
    let world = World::new().await;
    let (mut alice, rp) = signed_in(&world).await;
    for state in ["x".to_owned(), "~".repeat(300), "a b+c%2F&=ü\u{1F600}\"'<>#?\\\n".to_owned()] {
        let request = rp.request(&[("state", Some(&state))]);
        alice.opens(&request.url()).await;
        assert_eq!(alice.query("state"), Some(state.clone()), "byte for byte");
        assert_eq!(alice.query("iss").as_deref(), Some(&*world.id.base));
        let mut names: Vec<_> = alice.url.query_pairs().map(|(name, _)| name.into_owned()).collect();
        names.sort();
        assert_eq!(names, ["code", "iss", "state"]);
        assert_eq!(alice.url.fragment(), None);
        assert!(alice.query("code").unwrap().len() >= 22);
    }
    // A parameter without a value is one that was left out (RFC 6749 §3.1).
    for none in [None, Some("")] {
        alice.opens(&rp.request(&[("state", none)]).url()).await;
        assert_eq!(alice.query("state"), None);
    }
}

#[tokio::test]
async fn response_mode_and_a_registered_query_are_kept() {
    let world = World::new().await;
    let (mut alice, rp) = signed_in(&world).await;
    alice.opens(&rp.request(&[("response_mode", Some("fragment"))]).url()).await;
    assert_eq!(alice.url.query(), None);
    assert!(alice.url.fragment().unwrap().starts_with("code="), "{}", alice.url);
    alice.opens(&rp.request(&[("redirect_uri", Some("https://app.example/cb?fixed=1%2B1"))]).url()).await;
    assert!(alice.url.as_str().starts_with("https://app.example/cb?fixed=1%2B1&code="), "{}", alice.url);
}

#[tokio::test]
async fn errors_are_redirected_with_state_and_iss_and_nothing_else() {
    let world = World::new().await;
    let (mut alice, rp) = signed_in(&world).await;
    for (changes, error) in [
        (vec![("response_type", None)], "invalid_request"),
        (vec![("response_type", Some("token"))], "unsupported_response_type"),
        (vec![("response_type", Some("code id_token"))], "unsupported_response_type"),
        (vec![("response_type", Some("id_token"))], "unsupported_response_type"),
        (vec![("scope", Some("profile"))], "invalid_scope"),
        (vec![("scope", None)], "invalid_scope"),
        (vec![("scope", Some("openid \"x"))], "invalid_scope"),
        (vec![("request", Some("eyJhbGciOiJub25lIn0.e30."))], "request_not_supported"),
        (vec![("request_uri", Some("https://evil.test/r"))], "request_uri_not_supported"),
        (vec![("registration", Some("{}"))], "registration_not_supported"),
        (vec![("prompt", Some("none login"))], "invalid_request"),
        (vec![("max_age", Some("-1"))], "invalid_request"),
        (vec![("max_age", Some("soon"))], "invalid_request"),
        (vec![("response_mode", Some("carrier-pigeon"))], "unsupported_response_mode"),
        (vec![("claims", Some("{broken"))], "invalid_request"),
        (vec![("resource", Some("https://evil.test"))], "invalid_target"),
        (vec![("tenant", Some("no/such"))], "invalid_request"),
    ] {
        let request = rp.request(&changes);
        alice.opens(&request.url()).await;
        assert_eq!(alice.url.host_str(), Some("app.example"), "{changes:?}: {:?}", alice.page);
        assert_eq!(alice.query("error").as_deref(), Some(error), "{changes:?}");
        assert_eq!(alice.query("state").as_deref(), Some(&*request.state));
        assert_eq!(alice.query("iss").as_deref(), Some(&*world.id.base));
        let description = alice.query("error_description").unwrap();
        assert!(
            description.bytes().all(|byte| (0x20..0x7f).contains(&byte) && byte != b'"' && byte != b'\\'),
            "{description}"
        );
        assert_eq!(alice.url.query_pairs().count(), 4, "{}", alice.url);
    }
    for name in ["response_type", "scope", "nonce", "prompt", "max_age", "code_challenge", "tenant"] {
        alice.opens(&format!("{}&{name}=a&{name}=b", rp.request(&[]).url())).await;
        assert_eq!(alice.query("error").as_deref(), Some("invalid_request"), "{name} twice");
    }
}

#[tokio::test]
async fn what_nobody_knows_fails_no_request() {
    let world = World::new().await;
    let (mut alice, rp) = signed_in(&world).await;
    for change in [
        ("unknown", Some("x")),
        ("login_hint", Some("nobody@nowhere.test")),
        ("ui_locales", Some("tlh de-AT")),
        ("claims_locales", Some("fr en")),
        ("display", Some("hologram")),
        ("acr_values", Some("urn:unheard:of")),
        ("scope", Some("membership unknown openid")),
        ("prompt", Some("fancy")),
        ("nonce", None),
        ("max_age", Some("99999999999999999999")),
        ("claims", Some("{\"userinfo\":{\"name\":{\"essential\":true}},\"id_token\":{\"unknown\":null}}")),
    ] {
        alice.opens(&rp.request(&[change]).url()).await;
        assert!(alice.query("code").is_some(), "{change:?}: {:?}", alice.page);
    }
    let mut turned = rp.request(&[]);
    turned.params.reverse();
    assert!(alice.opens(&turned.url()).await.query("code").is_some());
}

#[tokio::test]
async fn the_authorization_endpoint_takes_posts_from_other_sites() {
    let world = World::new().await;
    let (mut alice, rp) = signed_in(&world).await;
    let request = rp.request(&[]);
    let url: url::Url = world.id.url("/authorize").parse().unwrap();
    let answer = alice.send(Method::POST, url.clone(), &[("sec-fetch-site", "cross-site")], Some(request.body())).await;
    answer.answers(303);
    alice.opens(answer.location().unwrap().as_str()).await;
    assert_eq!(alice.query("state").as_deref(), Some(&*request.state));
    assert!(alice.query("code").is_some());
}

#[tokio::test]
async fn a_body_that_is_no_form_is_refused_without_a_server_error() {
    let world = World::new().await;
    let (mut alice, _) = signed_in(&world).await;
    for path in ["/authorize", "/logout"] {
        for body in ["state=ü", "a b", "client_id=x\ny", "\u{0}", "{\"client_id\":1}"] {
            let answer =
                alice.send(Method::POST, world.id.url(path).parse().unwrap(), &[], Some(body.to_owned())).await;
            assert!(answer.status < 500, "{path} {body:?}: {answer:?}");
        }
    }
}

#[tokio::test]
async fn whoever_cannot_be_told_safely_is_told_on_a_page() {
    let world = World::new().await;
    let (mut alice, rp) = signed_in(&world).await;
    for (changes, words) in [
        (vec![("client_id", Some("nobody"))], "There is no application"),
        (vec![("client_id", None)], "client_id"),
        (vec![("redirect_uri", None)], "redirect_uri"),
        (vec![("redirect_uri", Some("https://evil.test/"))], "has not registered the address"),
        (vec![("client_id", Some("<script>alert(1)</script>"))], "<script>alert(1)</script>"),
        (vec![("redirect_uri", Some("https://evil.test/<b>"))], "has not registered the address"),
    ] {
        alice.opens(&rp.request(&changes).url()).await.answers(400).is("/authorize").sees(words);
        assert_eq!(alice.text_of("error-code"), "invalid_request");
        assert!(!alice.body.contains("<script>alert") && !alice.body.contains("<b>"));
    }
    for name in ["client_id", "redirect_uri", "state"] {
        alice.opens(&format!("{}&{name}=a", rp.request(&[]).url())).await.answers(400).is("/authorize").sees(name);
    }
    alice.opens(&format!("{}&x=%ff", rp.request(&[]).url())).await.answers(400).is("/authorize");
}
