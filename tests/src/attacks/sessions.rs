use tenant::members::MemberState;

use crate::harness::World;

const AT_ID: &str = "lk_identity_session";

#[tokio::test]
async fn web_02_the_session_id_changes_at_each_sign_in_and_the_old_one_is_dead() {
    let world = World::new().await;
    let mut alice = world.account("alice").await;
    alice.signs_in(&world).await;
    let first = alice.jar.get(&world.id.base, AT_ID).unwrap();
    let mut old = world.browser();
    old.jar = alice.jar.clone();
    old.opens(&world.id.url("/account")).await.is("/account");

    let rp = world.platform_client("app", |_| {}).await;
    alice.opens(&rp.request(&[("prompt", Some("login"))]).url()).await.proves_who_they_are().await.is("/consent");
    let second = alice.jar.get(&world.id.base, AT_ID).unwrap();
    assert_ne!(first, second, "a step-up changes it too");
    old.opens(&world.id.url("/account")).await.is("/login");
    alice.opens(&world.id.url("/account")).await.is("/account");
}

#[tokio::test]
async fn web_02_an_id_that_an_attacker_has_set_is_refused() {
    let world = World::new().await;
    let mut alice = world.member("alice", &world.acme, MemberState::Active, &["viewer"]).await;
    let mut eve = world.member("eve", &world.acme, MemberState::Active, &["viewer"]).await;
    eve.enters(&world.acme).await;
    let planted = [
        (&world.id.base, AT_ID, "AAAAAAAAAAAAAAAAAAAAAA".to_owned()),
        (&world.id.base, AT_ID, eve.jar.get(&world.id.base, AT_ID).unwrap()),
        (&world.acme.base, "t_acme_session", "AAAAAAAAAAAAAAAAAAAAAA".to_owned()),
    ];
    for (at, name, value) in &planted {
        alice.jar.plant(at, name, value);
        let mut watcher = world.browser();
        watcher.jar.plant(at, name, value);
        alice.opens(&world.id.url("/logout")).await;
        let rp =
            world.client_at(&world.acme, Box::leak(format!("app{}", world.number()).into_boxed_str()), |_| {}).await;
        alice.opens(&rp.request(&[("prompt", Some("login"))]).url()).await.proves_who_they_are().await;
        alice.opens(&world.acme.url("/auth/login")).await.sees("Viewer");
        assert_ne!(alice.jar.get(at, name).as_ref(), Some(value), "{name}");
        watcher.opens(&world.id.url("/account")).await;
        assert!(!watcher.page.text().contains("Alice"), "{:?}", watcher.page);
        watcher.opens(&world.acme).await;
        assert!(!watcher.page.text().contains("Alice"), "{:?}", watcher.page);
    }
}

#[tokio::test]
async fn web_02_at_a_tenant_the_session_id_changes_at_sign_in_and_out() {
    let world = World::new().await;
    let mut alice = world.member("alice", &world.acme, MemberState::Active, &["viewer"]).await;
    alice.enters(&world.acme).await.sees("Viewer");
    let first = alice.jar.get(&world.acme.base, "t_acme_session").unwrap();
    let mut old = world.browser();
    old.jar.plant(&world.acme.base, "t_acme_session", &first);
    old.opens(&world.acme).await.is("/").sees("Viewer");
    alice.opens(&world.acme.url("/auth/login")).await.sees("Viewer");
    assert_ne!(alice.jar.get(&world.acme.base, "t_acme_session").unwrap(), first);
    old.opens(&world.acme).await.is("/login");
    let second = alice.jar.get(&world.acme.base, "t_acme_session").unwrap();
    old.jar.plant(&world.acme.base, "t_acme_session", &second);
    alice.submits("sign-out", &[]).await.is("/signed-out");
    old.opens(&world.acme).await.is("/login");
}

#[tokio::test]
async fn web_28_no_cookie_value_code_or_link_stands_in_the_database() {
    let world = World::new().await;
    let mut alice = world.sign_up("alice").await;
    let rp = world.platform_client("app", |_| {}).await;
    let request = rp.request(&[]);
    alice.opens(&request.url()).await.submits("allow", &[]).await;
    let code = alice.query("code").unwrap();
    let tokens = rp.redeem(&code, &request.verifier).await.json();
    let link = world.mailed_link("alice@people.test").await;
    let secrets = [
        alice.jar.get(&world.id.base, AT_ID).unwrap(),
        alice.jar.get(&world.acme.base, "t_acme_session").unwrap(),
        alice.password.clone(),
        code[22..].to_owned(),
        link.split("token=").nth(1).unwrap()[22..].to_owned(),
        tokens["access_token"].as_str().unwrap().to_owned(),
        tokens["id_token"].as_str().unwrap().to_owned(),
    ];
    let dump = world.dump().await;
    let holds = |needle: &str| dump.windows(needle.len()).any(|window| window == needle.as_bytes());
    assert!(holds("alice@people.test"), "the control: what is no secret is found");
    for secret in secrets {
        assert!(!holds(&secret), "{secret}");
    }
}

#[tokio::test]
async fn oa_22_what_was_shown_to_one_person_is_not_answered_for_another() {
    let world = World::new().await;
    let alice = world.account("alice").await;
    let bob = world.account("bob").await;
    let rp = world.platform_client("tab", |_| {}).await;
    for (page, start) in [("/join", world.acme.url("/")), ("/consent", world.inkwell.url("/login"))] {
        let mut alice = alice.elsewhere(&world);
        alice.signs_in(&world).await.opens(&start).await.is(page).sees("alice@people.test");
        let shown = alice.page.clone();
        // In another tab of the same browser, somebody else signs in.
        alice.opens(&rp.request(&[("prompt", Some("login"))]).url()).await;
        alice.submits("next", &[("username", &bob.email)]).await.submits("login", &[("password", &bob.password)]).await;
        alice.page = shown;
        alice.submits("allow", &[]).await;
        let bobs = "SELECT (SELECT COUNT(*) FROM link JOIN account ON account.id = account_id WHERE email LIKE 'bob%')
            + (SELECT COUNT(*) FROM consent JOIN account ON account.id = account_id WHERE email LIKE 'bob%')";
        assert_eq!(world.identity_count(bobs).await, 0, "{page}: shown to Alice, answered for Bob");
    }
}

#[tokio::test]
async fn web_02_a_token_got_for_a_planted_browser_is_none_in_somebodys_session() {
    let world = World::new().await;
    let mut admin = world.member("alice", &world.acme, MemberState::Active, &["administrator"]).await;
    let mut eve = world.member("eve", &world.acme, MemberState::Active, &["viewer"]).await;
    for person in [&mut admin, &mut eve] {
        person.jar.plant(&world.id.base, "lk_identity_browser", "AAAAAAAAAAAAAAAAAAAAAA");
        person.jar.plant(&world.acme.base, "t_acme_browser", "AAAAAAAAAAAAAAAAAAAAAA");
    }
    let mut tokens = [
        (world.id.url("/account/sessions/others"), vec![]),
        (world.acme.url("/members/00000000-0000-7000-8000-000000000000/lock"), vec![]),
    ];
    tokens[0].1.push(eve.opens(&world.id.url("/account")).await.is("/login").csrf());
    eve.enters(&world.acme).await;
    tokens[1].1.push(eve.csrf());
    tokens[0].1.push(eve.opens(&world.id.url("/account")).await.is("/account").csrf());
    admin.enters(&world.acme).await;
    for (url, tokens) in tokens {
        for token in tokens {
            admin.post(&url, &[("csrf", &token)]).await.answers(403).sees("too old");
        }
        admin.opens(&if url.contains("/lock") { world.acme.url("/") } else { world.id.url("/account") }).await;
        let own = admin.csrf();
        assert_ne!(admin.post(&url, &[("csrf", &own)]).await.status, 403, "the control: {url}");
    }
    assert_eq!(world.audited("sessions.ended").await, 1, "by the control alone");
}
