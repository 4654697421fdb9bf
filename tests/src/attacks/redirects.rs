use crate::harness::{Person, World};

#[tokio::test]
async fn oa_05_a_redirect_uri_is_the_registered_one_byte_for_byte_or_a_page() {
    let world = World::new().await;
    let mut alice = world.account("alice").await;
    alice.signs_in(&world).await;
    let rp =
        world.platform_client("app", |client| client.redirect_uris = vec!["https://app.example/oauth/cb".into()]).await;
    for uri in [
        "https://app.example/oauth/cb/",
        "https://app.example/oauth/cb/more",
        "https://app.example/oauth/cbx",
        "https://app.example/oauth",
        "https://app.example/oauth/../oauth/cb",
        "https://app.example/oauth/..;/cb",
        "https://app.example/oauth/x/..;/cb",
        "https://app.example//oauth/cb",
        "https://app.example/oauth//cb",
        "https://app.example/oauth/%2e%2e/cb",
        "https://app.example/oauth/%63b",
        "https://app.example/oauth/cb?x=1",
        "https://app.example/oauth/cb?",
        "https://app.example/oauth/cb#",
        "https://app.example/oauth/cb#fragment",
        "https://app.example/oauth/cb%23",
        "https://app.example/oauth/CB",
        "https://APP.example/oauth/cb",
        "HTTPS://app.example/oauth/cb",
        "http://app.example/oauth/cb",
        "https://app.example:443/oauth/cb",
        "https://app.example:8443/oauth/cb",
        "https://app.example./oauth/cb",
        "https://user@app.example/oauth/cb",
        "https://user:pass@app.example/oauth/cb",
        "https://app.example@evil.test/oauth/cb",
        "https://app.example@evil.test@app.example/oauth/cb",
        "https://evil.test\\@app.example/oauth/cb",
        "https://evil.test\\.app.example/oauth/cb",
        "https:\\\\app.example\\oauth\\cb",
        "https://app.example\\oauth/cb",
        "https://app.example.evil.test/oauth/cb",
        "https://localhost.evil.test/oauth/cb",
        "https://evil.test/https://app.example/oauth/cb",
        "https://evil.test/?https://app.example/oauth/cb",
        "https://evil.test",
        "//app.example/oauth/cb",
        "/oauth/cb",
        "oauth/cb",
        "javascript:alert(1)//https://app.example/oauth/cb",
        "data:text/html,https://app.example/oauth/cb",
        " https://app.example/oauth/cb",
        "https://app.example/oauth/cb ",
        "https://app.example/oauth/cb\t",
        "https://app.example/oauth/cb\r\nLocation: https://evil.test",
        "https://app.example/oauth/cb\u{0}",
        "https://аpp.example/oauth/cb",
        "https://xn--app-8cd.example/oauth/cb",
        "",
    ] {
        alice.opens(&rp.request(&[("redirect_uri", Some(uri))]).url()).await;
        assert!(alice.url.as_str().starts_with(&world.id.base), "{uri:?} was followed to {}", alice.url);
        alice.answers(400).is("/authorize");
        assert_eq!(alice.header("location"), "");
    }
    let twice = rp.request(&[]).url() + "&redirect_uri=https%3A%2F%2Fapp.example%2Foauth%2Fcb";
    alice.opens(&twice).await.answers(400).is("/authorize");
    alice.opens(&rp.request(&[]).url()).await.is("/consent").submits("allow", &[]).await;
    assert!(alice.url.as_str().starts_with("https://app.example/oauth/cb?code="));
}

#[tokio::test]
async fn oa_05_the_port_of_a_native_clients_loopback_address_may_vary_and_nothing_else() {
    let world = World::new().await;
    let mut alice = world.account("alice").await;
    alice.signs_in(&world).await;
    let native = |client: &mut oidc::client::Client| {
        client.native = true;
        client.redirect_uris = vec!["http://127.0.0.1/cb".to_owned()];
    };
    let rp = world.platform_client("native", native).await;
    let web =
        world.platform_client("web", |client| client.redirect_uris = vec!["http://127.0.0.1/cb".to_owned()]).await;
    for uri in [
        "http://127.0.0.1:1/cbx",
        "http://127.0.0.2:4000/cb",
        "http://localhost:4000/cb",
        "http://127.0.0.1:4000@evil.test/cb",
        "http://127.0.0.1.evil.test:4000/cb",
        "https://127.0.0.1:4000/cb",
        "http://127.0.0.1:0/cb",
        "http://127.0.0.1:99999/cb",
    ] {
        alice.opens(&rp.request(&[("redirect_uri", Some(uri))]).url()).await.answers(400).is("/authorize");
    }
    alice.opens(&web.request(&[("redirect_uri", Some("http://127.0.0.1:4000/cb"))]).url()).await.answers(400);
    alice.opens(&rp.request(&[("redirect_uri", Some("http://127.0.0.1:4000/cb"))]).url()).await.is("/consent");
    assert!(alice.submits("allow", &[]).await.url.as_str().starts_with("http://127.0.0.1:4000/cb?code="));
}

#[tokio::test]
async fn oa_06_no_page_of_ours_redirects_elsewhere() {
    let world = World::new().await;
    let mut alice = world.member("alice", &world.acme, tenant::members::MemberState::Active, &["viewer"]).await;
    let bad = [
        "//evil.test",
        "/\\evil.test",
        "https://evil.test",
        "\\\\evil.test",
        "/\t/evil.test",
        "javascript:alert(1)",
        "///evil.test",
        "https:evil.test",
        "/%09/evil.test",
    ];
    for to in bad {
        let to = url::form_urlencoded::byte_serialize(to.as_bytes()).collect::<String>();
        alice.enters(&world.acme.url(&format!("/auth/login?return_to={to}"))).await;
        assert_stays(&world, &alice);
        let answer = alice.get(world.id.url(&format!("/logout?post_logout_redirect_uri={to}"))).await;
        assert!(!answer.header("location").contains("evil") && !answer.body.contains("url=https://evil"));
        for path in
            ["/signup/welcome?tenant=", "/account?next=", "/login?return_to=", "/account?return_to=", "//evil.test/?x="]
        {
            let answer = alice.get(world.id.url(&format!("{path}{to}"))).await;
            assert!(answer.location().is_none_or(|to| to.as_str().starts_with(&world.id.base)), "{path}{to}");
        }
    }
    for (place, page) in [(&world.id, "/account"), (&world.acme, "/"), (&world.lightbox, "/")] {
        alice.enters(&place.url(page)).await;
        let csrf = alice.csrf();
        for to in bad {
            for (form, value) in [("theme", "dark"), ("language", "de")] {
                let fields = [("csrf", &*csrf), ("value", value), ("return_to", to)];
                let answer = alice.post(place.url(&format!("/preferences/{form}")), &fields).await;
                let to_where = answer.location().unwrap();
                assert!(to_where.as_str().starts_with(&place.base), "{form} {to:?}: {to_where}");
            }
        }
        let fields = [("csrf", &*csrf), ("value", "dark"), ("return_to", "/profile?a=b")];
        assert_eq!(alice.post(place.url("/preferences/theme"), &fields).await.header("location"), "/profile?a=b");
    }
}

fn assert_stays(world: &World, person: &Person) {
    let inside = [&world.id, &world.acme].iter().any(|place| person.url.as_str().starts_with(&place.base));
    assert!(inside, "{}", person.url);
}

#[tokio::test]
async fn oa_06_after_credentials_there_is_a_303_or_the_continuing_page() {
    let world = World::new().await;
    let mut alice = world.account("alice").await;
    let rp = world.platform_client("app", |_| {}).await;
    alice.opens(&rp.request(&[]).url()).await;
    let (email, password) = (alice.email.clone(), alice.password.clone());
    alice.submits("next", &[("username", &email)]).await;
    let (url, csrf) = (alice.url.to_string(), alice.csrf());
    let answer = alice.post(&url, &[("csrf", &csrf), ("password", &password), ("username", "")]).await;
    answer.answers(303);
    alice.opens(answer.location().unwrap().as_str()).await.is("/consent");
    let (url, csrf, session) = (alice.url.to_string(), alice.csrf(), alice.hidden("session"));
    let answer = alice.post(&url, &[("csrf", &csrf), ("session", &session), ("answer", "allow")]).await;
    answer.answers(200);
    assert!(answer.continues_to().unwrap().as_str().starts_with("https://app.example/cb?code="));
    assert_eq!((answer.header("cache-control"), answer.header("referrer-policy")), ("no-store", "no-referrer"));
    assert!(answer.header("content-security-policy").contains("form-action 'self';"));
}
