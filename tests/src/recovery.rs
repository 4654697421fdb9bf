//! A forgotten password, replaced by mail.

use futures_util::future::join_all;
use tenant::members::MemberState;

use crate::harness::{HOUR, MINUTE, Person, SECOND, World, encode};

const NEW: &str = "a sentence that is new";

/// On the sign-in page of wherever somebody wants to go: they have forgotten their password.
async fn asks_for_a_new_password(person: &mut Person, at: &(impl crate::harness::Address + ?Sized)) {
    let email = person.email.clone();
    person.opens(at).await.submits("next", &[("username", &email)]).await.clicks("forgotten").await;
    person.is("/recover").submits("send", &[]).await.is("/recover/sent").sees("15 minutes");
}

#[tokio::test]
async fn id_01_a_forgotten_password_is_replaced_and_the_waiting_request_goes_on() {
    let world = World::new().await;
    let mut alice = world.member("alice", &world.acme, MemberState::Active, &["viewer"]).await;
    asks_for_a_new_password(&mut alice, &world.acme).await;
    alice.opens(&world.mailed_link(&alice.email.clone()).await).await.is("/recover/reset").sees("alice@people.test");
    alice.submits("reset", &[("password", NEW)]).await.is("/account/password/done").sees("No other session was open");
    alice.submits("go-on", &[]).await.is("/").sees("Viewer");

    alice.password = NEW.to_owned();
    alice.elsewhere(&world).enters(&world.acme).await.sees("Viewer");
    let subjects: Vec<_> = world.mails_to(&alice.email).await.into_iter().map(|mail| mail.letter.subject).collect();
    assert_eq!(subjects, ["Choose a new password", "Your password was changed"]);
    assert_eq!((world.audited("recovery.begun").await, world.audited("password.changed").await), (1, 1));
}

#[tokio::test]
async fn web_04_a_link_opened_elsewhere_signs_in_that_browser_alone() {
    let world = World::new().await;
    let mut laptop = world.member("alice", &world.acme, MemberState::Active, &["viewer"]).await;
    asks_for_a_new_password(&mut laptop, &world.acme).await;
    let mut phone = laptop.elsewhere(&world);
    phone.opens(&world.mailed_link(&laptop.email).await).await.submits("reset", &[("password", NEW)]).await;
    phone.is("/account/password/done");
    assert!(!phone.has("go-on"), "nothing waits in this browser");
    phone.clicks("see-account").await.sees("Hello, Alice");

    assert!(laptop.get(world.id.url("/account")).await.location().is_some(), "the waiting browser has no session");
    laptop.clicks("recovered").await.is("/login/password").submits("login", &[("password", NEW)]).await;
    laptop.is("/").sees("Viewer");
}

#[tokio::test]
async fn tp_09_of_an_account_that_one_provider_opens_no_password_is_reset_and_the_mail_names_the_provider() {
    let world = World::new().await;
    world.platform_provider("contoso", &world.contoso, &["people.test"]).await;
    let alice = world.account("alice").await;
    let mut tove = world.platform_admin("tove").await;
    let accounts = world.id.url(&format!("/admin/accounts?email={}", alice.email));
    tove.opens(&accounts).await.submits("switch", &[("provider", "contoso")]).await.sees("The account is switched");
    // The page says the same as for an address that nobody has.
    let mut pages = Vec::new();
    for email in [alice.email.as_str(), "nobody@people.test"] {
        let mut asks = world.browser();
        asks.opens(&world.id.url("/recover")).await.submits("send", &[("email", email)]).await.is("/recover/sent");
        pages.push(asks.text().replace(email, "…"));
    }
    assert_eq!(pages[0], pages[1], "nothing to enumerate");
    let mail = world.mails_to(&alice.email).await.pop().unwrap();
    assert_eq!(mail.letter.subject, "contoso opens your account");
    let said = mail.letter.paragraphs.join(" ");
    assert!(said.contains("contoso alone opens it") && said.contains("“Continue with contoso”"), "{said}");
    assert_eq!(mail.letter.action.unwrap().url, world.id.url("/account"), "no link that resets anything");
    assert_eq!(world.identity_count("SELECT COUNT(*) FROM recovery WHERE account_id IS NOT NULL").await, 0);
    // Its link leads to the provider, which opens the account: the control.
    let own = evil_provider::Person::named("alice").with_email(&alice.email, true);
    let mut by_it = world.browser();
    by_it.opens(&world.id.url("/account")).await.comes_by("contoso", &world.contoso, own).await.is("/link");
    // Switched back, a password is chosen by mail as ever.
    world.passes(HOUR);
    tove.enters(&accounts).await.submits("switch", &[("provider", "")]).await.sees("The account is switched");
    let mut asks = world.browser();
    asks.opens(&world.id.url("/recover")).await.submits("send", &[("email", &alice.email)]).await;
    asks.opens(&world.mailed_link(&alice.email).await).await.submits("reset", &[("password", NEW)]).await;
    asks.is("/account/password/done");
}

#[tokio::test]
async fn ph_02_whatever_was_opened_before_is_dead_after() {
    let world = World::new().await;
    let mut victim = world.member("alice", &world.acme, MemberState::Active, &["viewer"]).await;
    let mut eve = victim.elsewhere(&world);
    let rp = world.client_at(&world.acme, "app", |_| {}).await;
    eve.enters(&world.acme).await.sees("Viewer");
    let token = rp.tokens(&mut eve).await["access_token"].as_str().unwrap().to_owned();
    let request = rp.request(&[]);
    let code = rp.code(&mut eve, &request).await;
    assert_eq!(rp.userinfo(&token).await.status, 200, "the control");
    let mut waiting = world.browser();
    waiting.opens(&world.id.url("/recover")).await.submits("send", &[("email", &victim.email)]).await;
    let older = world.mailed_link(&victim.email).await;

    asks_for_a_new_password(&mut victim, &world.id.url("/account")).await;
    victim.opens(&world.mailed_link(&victim.email.clone()).await).await.submits("reset", &[("password", NEW)]).await;
    victim.is("/account/password/done").sees("One session has ended");

    eve.opens(&world.id.url("/account")).await.is("/login");
    assert_eq!(rp.userinfo(&token).await.status, 401);
    rp.redeem(&code, &request.verifier).await.is_error(400, "invalid_grant");
    eve.opens(&older).await.answers(410);
    world.settle().await;
    let live = "SELECT COUNT(*) FROM session WHERE ended_at IS NULL";
    assert_eq!((world.identity_count(live).await, world.tenant_count(&world.acme, live).await), (1, 0));
    eve.opens(&world.acme).await.is("/login").proves_who_they_are().await.answers(422);
}

#[tokio::test]
async fn web_04_opening_the_link_changes_nothing_and_it_works_once() {
    let world = World::new().await;
    let mut alice = world.account("alice").await;
    asks_for_a_new_password(&mut alice, &world.id.url("/account")).await;
    let link = world.mailed_link(&alice.email).await;
    let before = world.identity_rows().await;
    for _ in 0..3 {
        let mut scanner = world.browser();
        scanner.opens(&link).await.answers(200);
        scanner.send(reqwest::Method::HEAD, link.parse().unwrap(), &[], None).await.answers(200);
    }
    assert_eq!(world.identity_rows().await, before);
    alice.opens(&link).await;
    let mut again = alice.elsewhere(&world);
    again.opens(&link).await;
    let (csrf, token) = (alice.csrf(), alice.hidden("token"));
    let url = world.id.url("/recover/reset");
    alice.post(&url, &[("token", &token), ("password", NEW)]).await.answers(403);
    alice.post(&url, &[("csrf", &csrf), ("token", &token[..63]), ("password", NEW)]).await.answers(410);
    alice.post(&url, &[("csrf", &csrf), ("token", &token), ("email", "x"), ("password", NEW)]).await.answers(400);
    alice.submits("reset", &[("password", "short")]).await.answers(422).sees("At least 12");
    assert_eq!(world.audited("password.changed").await, 0, "none of it has used the link");
    alice.submits("reset", &[("password", NEW)]).await.is("/account/password/done");
    again.submits("reset", &[("password", "eve chooses this one")]).await.answers(410);
    alice.opens(&link).await.answers(410).sees("does not work any more");
    assert_eq!(world.audited("password.changed").await, 1);
    let kept = "SELECT COUNT(*) FROM recovery WHERE length(secret_hash) <> 32";
    assert_eq!(world.identity_count(kept).await, 0, "SHA-256 alone is stored");
}

#[tokio::test]
async fn web_04_a_link_works_for_15_minutes_and_an_older_one_dies_with_a_newer() {
    let world = World::new().await;
    let mut alice = world.account("alice").await;
    asks_for_a_new_password(&mut alice, &world.id.url("/account")).await;
    let late = world.mailed_link(&alice.email).await;
    world.passes(15 * MINUTE - SECOND);
    alice.opens(&late).await.answers(200);
    world.passes(SECOND);
    alice.submits("reset", &[("password", NEW)]).await.answers(410);

    asks_for_a_new_password(&mut alice, &world.id.url("/account")).await;
    let older = world.mailed_link(&alice.email).await;
    alice.submits("resend", &[]).await;
    let newer = world.mailed_link(&alice.email).await;
    alice.opens(&older).await.answers(200);
    alice.opens(&newer).await.submits("reset", &[("password", NEW)]).await.is("/account/password/done");
    alice.opens(&older).await.answers(410);
    assert_eq!(world.audited("password.changed").await, 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn web_04_of_32_uses_of_a_link_at_once_exactly_one_counts() {
    let world = World::new().await;
    let mut alice = world.account("alice").await;
    asks_for_a_new_password(&mut alice, &world.id.url("/account")).await;
    alice.opens(&world.mailed_link(&alice.email.clone()).await).await;
    let (csrf, token, url) = (alice.csrf(), alice.hidden("token"), world.id.url("/recover/reset"));
    let start = std::sync::Arc::new(tokio::sync::Barrier::new(32));
    let send = |number: usize| {
        let mut browser = world.browser();
        browser.jar = alice.jar.clone();
        let (csrf, token, url, start) = (csrf.clone(), token.clone(), url.clone(), start.clone());
        tokio::spawn(async move {
            let password = format!("number {number} chooses this");
            start.wait().await;
            browser.post(&url, &[("csrf", &csrf), ("token", &token), ("password", &password)]).await.status
        })
    };
    let answers: Vec<u16> = join_all((0..32).map(send)).await.into_iter().map(Result::unwrap).collect();
    assert_eq!(answers.iter().filter(|status| **status == 303).count(), 1, "{answers:?}");
    assert!(answers.iter().all(|status| [303, 410].contains(status)), "{answers:?}");
    assert_eq!(
        (world.audited("password.changed").await, world.identity_count("SELECT epoch FROM account").await),
        (1, 2)
    );
}

#[tokio::test]
async fn web_04_the_link_is_built_from_the_configured_origin() {
    let world = World::new().await;
    let mut alice = world.account("alice").await;
    asks_for_a_new_password(&mut alice, &world.id.url("/account")).await;
    let (csrf, url) = (alice.csrf(), alice.url.to_string().replace("/recover/sent", "/recover"));
    let body = encode([("csrf", &*csrf), ("email", "alice@people.test")]);
    for headers in [
        vec![("host", "evil.test")],
        vec![("x-forwarded-host", "evil.test"), ("forwarded", "host=evil.test"), ("x-forwarded-proto", "https")],
    ] {
        alice.send(reqwest::Method::POST, url.parse().unwrap(), &headers, Some(body.clone())).await.answers(303);
    }
    let mails = world.mails_to("alice@people.test").await;
    assert_eq!(mails.len(), 3);
    for mail in mails {
        assert!(mail.letter.action.as_ref().unwrap().url.starts_with(&world.id.base));
        assert!(!String::from_utf8_lossy(&mail.raw).contains("evil.test"));
    }
}

#[tokio::test]
async fn web_04_lists_of_addresses_and_repeated_fields_are_refused() {
    let world = World::new().await;
    let victim = world.account("alice").await;
    let mut eve = world.browser();
    eve.opens(&world.id.url("/recover")).await;
    let (csrf, url) = (eve.csrf(), eve.url.to_string());
    for text in [
        "alice@people.test,eve@evil.test",
        "alice@people.test eve@evil.test",
        "alice@people.test\r\nBcc: eve@evil.test",
    ] {
        eve.post(&url, &[("csrf", &csrf), ("email", text)]).await.answers(422);
    }
    for fields in [
        vec![("email", "alice@people.test"), ("email", "eve@evil.test")],
        vec![("email[]", "alice@people.test"), ("email[]", "eve@evil.test")],
    ] {
        let fields: Vec<_> = std::iter::once(("csrf", &*csrf)).chain(fields).collect();
        eve.post(&url, &fields).await.answers(400);
    }
    world.settle().await;
    assert!(world.mail.sent().is_empty());
    eve.submits("send", &[("email", " ALICE@People.Test ")]).await.is("/recover/sent");
    world.settle().await;
    let sent = world.mail.sent();
    assert_eq!((sent.len(), sent[0].letter.to.to_lowercase()), (1, victim.email));
}

#[tokio::test]
async fn web_25_recovery_sends_a_few_mails_to_an_address_and_from_a_network() {
    let world = World::new().await;
    world.account("alice").await;
    for spelling in ["alice@people.test", "ALICE@people.test", "alice+x@people.test", " alice@PEOPLE.test"] {
        let mut eve = world.browser();
        eve.opens(&world.id.url("/recover")).await.submits("send", &[("email", spelling)]).await.is("/recover/sent");
        eve.submits("resend", &[]).await.is("/recover/sent").answers(200);
    }
    world.settle().await;
    assert_eq!(world.mail.sent().len(), 3);
    for number in 0..40 {
        let mut eve = world.browser();
        let address = format!("victim{number}@people.test");
        eve.opens(&world.id.url("/recover")).await.submits("send", &[("email", &address)]).await.is("/recover/sent");
    }
    world.settle().await;
    // 8 were asked for above, whether a mail went out or not.
    assert_eq!(world.mail.sent().len(), 3 + 30 - 8);
    world.passes(HOUR);
    let mut alice = world.stranger("alice");
    asks_for_a_new_password(&mut alice, &world.id.url("/account")).await;
    world.settle().await;
    assert_eq!(world.mail.sent().len(), 26, "the control: later there are more");
}

#[tokio::test]
async fn web_28_no_secret_of_a_link_or_a_device_stands_in_the_database() {
    let world = World::new().await;
    let mut alice = world.account("alice").await;
    asks_for_a_new_password(&mut alice, &world.id.url("/account")).await;
    let link = world.mailed_link(&alice.email).await;
    alice.signs_in(&world).await;
    let device = alice.jar.get(&world.id.base, "lk_identity_device").unwrap();
    let dump = world.dump().await;
    let holds = |needle: &str| dump.windows(needle.len()).any(|window| window == needle.as_bytes());
    assert!(holds("alice@people.test"), "the control: what is no secret is found");
    assert!(!holds(&link.split("token=").nth(1).unwrap()[22..]));
    assert!(!holds(&device[22..]));
}
