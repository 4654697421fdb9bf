use evil_provider::Person as Upstream;
use identity::allowances::SIGN_UP_MAILS;

use crate::harness::{HOUR, SECOND, World, staying, text};

#[tokio::test]
async fn ph_01_an_attackers_sign_up_with_the_victims_address_leaves_nothing_behind() {
    let world = World::new().await;
    let mut eve = world.browser();
    eve.opens(&world.acme).await.clicks("create-account").await;
    eve.submits("send", &[("email", "victim@people.test")]).await.is("/signup/sent");
    let eves_link = world.mailed_link("victim@people.test").await;
    let waiting = eve.page.clone();

    let mut victim = world.stranger("victim");
    victim.asks_for_sign_up(&world.acme).await;
    victim.opens(&world.mailed_link("victim@people.test").await).await.completes_sign_up().await.is("/join");
    victim.submits("allow", &[]).await.sees("You asked to join");

    // Nothing of the attacker's is there: no session, no link that works, no way on from where they wait.
    for path in ["/account", "/account/instances"] {
        eve.opens(&world.id.url(path)).await.is("/login");
    }
    eve.opens(&eves_link).await.answers(410);
    eve.opens(waiting.url.as_str()).await;
    eve.clicks("confirmed").await.submits("login", &[("password", "chosen by eve")]).await.answers(422);
    eve.opens(&world.acme).await.is("/login");
    assert_eq!(world.identity_count("SELECT COUNT(*) FROM account").await, 1);
    assert_eq!(world.identity_count("SELECT COUNT(*) FROM session").await, 1);
    assert_eq!(world.identity_count("SELECT COUNT(*) FROM sign_up WHERE used_at IS NULL").await, 0);
    victim.elsewhere(&world).enters(&world.acme).await.sees("You asked to join");
}

#[tokio::test]
async fn ph_01_a_victim_who_follows_the_attackers_link_alone_gets_the_account() {
    let world = World::new().await;
    let mut eve = world.browser();
    eve.opens(&world.acme)
        .await
        .clicks("create-account")
        .await
        .submits("send", &[("email", "victim@people.test")])
        .await;
    let mut victim = world.stranger("victim");
    victim.opens(&world.mailed_link("victim@people.test").await).await.completes_sign_up().await.is("/signup/welcome");
    let page = eve.get(eve.url.clone()).await;
    page.is("/signup/sent").answers(200);
    eve.opens(&world.id.url("/account")).await.is("/login");
    eve.opens(&world.acme).await.is("/login");
    assert_eq!(world.identity_count("SELECT COUNT(*) FROM session").await, 1);
    victim.opens(&world.id.url("/account")).await.sees("Hello, Victim");
}

#[tokio::test]
async fn web_25_sign_up_and_resend_send_a_few_mails_however_often_they_are_pressed() {
    let world = World::new().await;
    let most = usize::try_from(SIGN_UP_MAILS.most).unwrap();
    for round in 1..=2 {
        for spelling in ["victim@people.test", "VICTIM@people.test", " victim@PEOPLE.test"] {
            let mut eve = world.browser();
            eve.opens(&world.acme).await.clicks("create-account").await.submits("send", &[("email", spelling)]).await;
            for _ in 0..4 {
                eve.submits("resend", &[]).await.is("/signup/sent").answers(200);
            }
        }
        world.settle().await;
        assert_eq!(world.mail.sent().len(), most * round, "round {round}");
        world.passes(HOUR - SECOND);
        let mut eve = world.browser();
        eve.opens(&world.studio)
            .await
            .clicks("create-account")
            .await
            .submits("send", &[("email", "victim@people.test")])
            .await;
        world.settle().await;
        assert_eq!(world.mail.sent().len(), most * round);
        world.passes(2 * SECOND);
    }
    let mut other = world.stranger("other");
    other.asks_for_sign_up(&world.acme).await;
    assert_eq!(world.mails_to(&other.email).await.len(), 1, "nobody else is kept waiting");
}

#[tokio::test]
async fn web_25_a_persons_own_sub_addresses_are_one_mailbox() {
    let world = World::new().await;
    for number in 0..20 {
        let mut eve = world.browser();
        let address = format!("victim+{number}@people.test");
        eve.opens(&world.acme).await.clicks("create-account").await.submits("send", &[("email", &address)]).await;
    }
    world.settle().await;
    let mails = world.mail.sent().len();
    assert!(mails <= 10, "{mails} mails reached one mailbox within a second");
}

#[tokio::test]
async fn web_04_links_in_mails_are_built_from_the_configured_origin() {
    let world = World::new().await;
    let mut alice = world.stranger("alice");
    alice.opens(&world.acme).await.clicks("create-account").await;
    let (csrf, url) = (alice.csrf(), alice.url.clone());
    let body = crate::harness::encode([("csrf", &*csrf), ("email", "alice@people.test")]);
    for headers in [
        vec![("host", "evil.test")],
        vec![("x-forwarded-host", "evil.test"), ("x-forwarded-proto", "https")],
        vec![("forwarded", "host=evil.test")],
    ] {
        alice.send(reqwest::Method::POST, url.clone(), &headers, Some(body.clone())).await.answers(303);
    }
    let mails = world.mails_to("alice@people.test").await;
    assert_eq!(mails.len(), 3);
    for mail in mails {
        assert!(mail.letter.action.as_ref().unwrap().url.starts_with(&world.id.base));
        assert!(!String::from_utf8_lossy(&mail.raw).contains("evil.test"));
    }
}

#[tokio::test]
async fn ph_01_who_comes_by_a_provider_while_an_attacker_signs_up_with_their_address_shares_nothing() {
    // Whether the provider is trusted for the address, or our own mail proves it.
    for domains in [&["people.test"][..], &[]] {
        let world = World::new().await;
        world.platform_provider("contoso", &world.contoso, domains).await;
        let mut eve = world.browser();
        eve.opens(&world.acme).await.clicks("create-account").await;
        eve.submits("send", &[("email", "victim@people.test")]).await.is("/signup/sent");
        let eves_link = world.mailed_link("victim@people.test").await;
        let waiting = eve.page.clone();

        let own = Upstream::named("victim").with_email("victim@people.test", true);
        let mut victim = world.browser();
        victim.opens(&world.id.url("/account")).await.comes_by("contoso", &world.contoso, own.clone()).await;
        if domains.is_empty() {
            victim.is("/link/address").submits("send", &[("email", "victim@people.test")]).await.is("/link/sent");
            victim.opens(&world.mailed_link("victim@people.test").await).await.submits("confirm", &[]).await;
        }
        victim.is("/account").sees("Hello, victim");

        // Nothing of the attacker's is left: not where they wait, and not the mail that they had sent.
        eve.opens(&eves_link).await.answers(410);
        eve.opens(waiting.url.as_str()).await;
        eve.clicks("confirmed").await.submits("login", &[("password", "chosen by eve")]).await.answers(422);
        for path in ["/account", "/account/sign-in"] {
            eve.opens(&world.id.url(path)).await.is("/login");
        }
        for (count, left) in [
            ("SELECT COUNT(*) FROM account", 1),
            ("SELECT COUNT(*) FROM password", 0),
            ("SELECT COUNT(*) FROM session", 1),
            ("SELECT COUNT(*) FROM sign_up WHERE used_at IS NULL", 0),
            ("SELECT COUNT(*) FROM external_identity WHERE proved_by = 'birth'", 1),
        ] {
            assert_eq!(world.identity_count(count).await, left, "{count} {domains:?}");
        }
        // The control: the victim comes back as who they are.
        let mut again = world.browser();
        again.opens(&world.id.url("/account")).await.comes_by("contoso", &world.contoso, own).await;
        again.is("/account").sees("Hello, victim");
    }
}

#[tokio::test]
async fn ph_02_what_a_provider_had_opened_before_a_reset_is_dead_after_it() {
    let world = World::new().await;
    world.platform_provider("contoso", &world.contoso, &[]).await;
    let rp = world.platform_client("stays", staying).await;
    // Somebody who knew the password has linked an identity of theirs, and is in by it.
    let mut victim = world.account("victim").await;
    let mut eve = victim.elsewhere(&world);
    eve.signs_in(&world).await.opens(&world.id.url("/account/sign-in")).await;
    world.contoso.has(Upstream::named("eve"));
    eve.submits("link-contoso", &[]).await.sees("from now on it opens your account too");
    let mut by_it = world.browser();
    by_it.opens(&world.id.url("/account")).await;
    by_it.comes_by("contoso", &world.contoso, Upstream::named("eve")).await.is("/account");
    let request = rp.request(&[("prompt", Some("consent"))]);
    by_it.opens(&request.url()).await.submits("allow", &[]).await;
    let tokens = rp.redeem(&by_it.query("code").unwrap(), &request.verifier).await.json();
    let offline = text(&tokens, "refresh_token");
    let refreshed = rp.refresh(&offline).await;
    assert_eq!(refreshed.status, 200, "the control: {refreshed:?}");
    victim.opens(&world.id.url("/recover")).await.submits("send", &[("email", "victim@people.test")]).await;
    victim.opens(&world.mailed_link("victim@people.test").await).await;
    victim.submits("reset", &[("password", "nobody else knows this one")]).await.is("/account/password/done");
    for person in [&mut eve, &mut by_it] {
        person.opens(&world.id.url("/account")).await.is("/login");
    }
    rp.refresh(&text(&refreshed.json(), "refresh_token")).await.is_error(400, "invalid_grant");
    assert_eq!(rp.userinfo(&text(&refreshed.json(), "access_token")).await.status, 401);
    assert_eq!(world.identity_count("SELECT COUNT(*) FROM session WHERE ended_at IS NULL").await, 1, "the victim's");
    // Who was told of the link when it was made finds it, and ends it: it opens nothing more.
    assert!(world.mails_to("victim@people.test").await.iter().any(|mail| mail.letter.subject.contains("now opens")));
    victim.opens(&world.id.url("/account/sign-in")).await.submits("unlink-contoso", &[]).await.sees("It is unlinked");
    by_it.opens(&world.id.url("/account")).await;
    by_it.comes_by("contoso", &world.contoso, Upstream::named("eve")).await.is("/link/address");
}
