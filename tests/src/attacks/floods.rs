//! One address that sends and sends takes its own, and nobody else's.

use crate::harness::{DAY, HOUR, MINUTE, Person, World};

/// On the password page for somebody's address.
async fn at_the_password(browser: &mut Person, world: &World, email: &str) {
    browser.opens(&world.id.url("/account")).await.submits("next", &[("username", email)]).await;
}

#[tokio::test]
async fn web_09_a_network_without_guesses_hashes_nothing_and_takes_nobodys_place() {
    let world = World::new().await;
    let alice = world.account("alice").await;
    let mut eve = world.browser();
    at_the_password(&mut eve, &world, "victim@people.test").await;
    eve.submits("login", &[("password", "a wrong guess")]).await.answers(422);
    let hasher = world.identity.identity().hasher.clone();
    assert_eq!(hasher.hashed(), 2, "the control: her account's, and a guess");
    // 99 more, at other addresses, are taken for granted.
    world.identity_change("UPDATE allowance SET used = 100 WHERE kind = 'source_guess'").await;
    for email in ["alice@people.test", "nobody@people.test"] {
        at_the_password(&mut eve, &world, email).await;
        for _ in 0..15 {
            eve.submits("login", &[("password", &alice.password)]).await.answers(422).sees("don’t match");
        }
    }
    assert_eq!(hasher.hashed(), 2);
    assert_eq!(world.audited("sign_in.refused").await, 1 + 20, "of thirty without a guess, twenty are noted");
    let mut elsewhere = world.browser_at("127.0.0.77");
    (elsewhere.email, elsewhere.password) = (alice.email.clone(), alice.password.clone());
    elsewhere.enters(&world.id.url("/account")).await.is("/account");
    assert_eq!(hasher.hashed(), 3);
}

#[tokio::test]
async fn web_25_sign_up_sends_a_few_mails_from_a_network() {
    let world = World::new().await;
    world.stranger("first").asks_for_sign_up(&world.id.url("/account")).await.is("/signup/sent");
    world.identity_change("UPDATE allowance SET used = 28 WHERE kind = 'source_sign_up'").await;
    for name in ["second", "third", "fourth", "fifth"] {
        world.stranger(name).asks_for_sign_up(&world.id.url("/account")).await.is("/signup/sent").sees("people.test");
    }
    world.settle().await;
    assert_eq!(world.mail.sent().len(), 1 + 2);
    let spared = "SELECT COUNT(*) FROM allowance WHERE kind = 'sign_up_mail'";
    assert_eq!(world.identity_count(spared).await, 3, "a network that has none left takes no mailbox's");
    let mut elsewhere = world.browser_at("127.0.0.77");
    elsewhere.asks_for_sign_up(&world.id.url("/account")).await.is("/signup/sent");
    world.settle().await;
    assert_eq!(world.mail.sent().len(), 4, "the control");
    world.passes(HOUR);
    world.stranger("sixth").asks_for_sign_up(&world.id.url("/account")).await;
    assert_eq!(world.mails_to("sixth@people.test").await.len(), 1);
}

#[tokio::test]
async fn web_09_requests_that_nobody_follows_are_so_many_and_no_more() {
    let world = World::new().await;
    let rp = world.platform_client("app", |_| {}).await;
    let used = "SELECT used FROM allowance WHERE kind = 'source_request'";
    let mut alice = world.account("alice").await;
    alice.signs_in(&world).await;
    assert_eq!(world.identity_count(used).await, 0, "one that has arrived counts no longer");
    let mut eve = world.browser();
    eve.opens(&rp.request(&[]).url()).await.is("/login");
    assert_eq!(world.identity_count(used).await, 1);
    world.identity_change("UPDATE allowance SET used = 600 WHERE kind = 'source_request'").await;
    let rows = world.identity_rows().await;
    for address in [rp.request(&[]).url(), world.id.url("/account")] {
        eve.opens(&address).await.answers(429).sees("from your network");
        assert!(!eve.header("retry-after").is_empty());
    }
    assert_eq!(world.identity_rows().await, rows);
    alice.opens(&world.id.url("/account")).await.is("/account").answers(200);
    world.browser_at("127.0.0.77").opens(&rp.request(&[]).url()).await.is("/login");
    world.passes(10 * MINUTE);
    eve.opens(&rp.request(&[]).url()).await.is("/login");
}

/// Somebody who is at the form for a forgotten password asks for one.
async fn asks_for_a_password_of(browser: &mut Person, world: &World, email: &str) {
    browser.opens(&world.id.url("/recover")).await.submits("send", &[("email", email)]).await.is("/recover/sent");
}

#[tokio::test]
async fn web_07_nobody_keeps_somebody_from_a_new_password_in_their_own_browser() {
    let world = World::new().await;
    let mut alice = world.account("alice").await;
    alice.signs_in(&world).await.opens(&world.id.url("/logout")).await.submits("logout-confirm", &[]).await;
    for _ in 0..5 {
        asks_for_a_password_of(&mut world.browser(), &world, &alice.email).await;
    }
    world.identity_change("UPDATE allowance SET used = 30 WHERE kind = 'source_recovery'").await;
    asks_for_a_password_of(&mut alice.elsewhere(&world), &world, &alice.email).await;
    assert_eq!(world.mails_to(&alice.email).await.len(), 3, "whoever asks, from browsers that she has never used");
    let email = alice.email.clone();
    asks_for_a_password_of(&mut alice, &world, &email).await;
    assert_eq!(world.mails_to(&email).await.len(), 4);
    alice.opens(&world.mailed_link(&email).await).await;
    alice.submits("reset", &[("password", "a sentence that is new")]).await.is("/account/password/done");
    // It is her own alone: her browser has none for others.
    asks_for_a_password_of(&mut alice, &world, "bob@people.test").await;
    assert!(world.mails_to("bob@people.test").await.is_empty());
    for _ in 0..8 {
        asks_for_a_password_of(&mut alice, &world, &email).await;
    }
    let of_recovery = world.mails_to(&email).await.into_iter().filter(|mail| mail.purpose == "recovery").count();
    assert_eq!(of_recovery, 3 + 6, "nor does it send without end");
}

#[tokio::test]
async fn web_25_whoever_asks_again_every_hour_fills_no_mailbox() {
    let world = World::new().await;
    world.account("alice").await;
    for _ in 0..6 {
        for _ in 0..3 {
            asks_for_a_password_of(&mut world.browser(), &world, "alice@people.test").await;
        }
        world.passes(HOUR);
    }
    assert_eq!(world.mails_to("alice@people.test").await.len(), 12);
    world.passes(DAY);
    asks_for_a_password_of(&mut world.browser(), &world, "alice@people.test").await;
    assert_eq!(world.mails_to("alice@people.test").await.len(), 13, "the control");
}
