use store::StoreError;

use crate::harness::{MINUTE, Person, World};

const REFUSED: &str = "That e-mail and password don’t match";

/// On the password page for somebody's address, in a browser that nobody has used.
async fn at_the_password_of(world: &World, email: &str) -> Person {
    let mut eve = world.browser();
    eve.opens(&world.id.url("/account")).await.submits("next", &[("username", email)]).await;
    eve
}

async fn guesses(eve: &mut Person, times: usize) {
    for number in 0..times {
        eve.submits("login", &[("password", &format!("guess number {number}"))]).await.answers(422).sees(REFUSED);
    }
}

const HASHED: &str =
    "SELECT COUNT(*) FROM audit_entry WHERE action = 'sign_in.refused' AND detail LIKE '%\"guesses_left\":true%'";

#[tokio::test]
async fn web_06_spellings_of_an_address_share_its_guesses_and_unknown_ones_are_counted_alike() {
    let world = World::new().await;
    let mut alice = world.account("alice").await;
    for (number, spelling) in ["alice@people.test", "ALICE@people.test", "Alice@PEOPLE.test "].into_iter().enumerate() {
        let mut eve = at_the_password_of(&world, spelling).await;
        guesses(&mut eve, 5).await;
        assert_eq!(world.identity_count(HASHED).await, [5, 10, 10][number], "{spelling}");
    }
    alice.enters(&world.id.url("/account")).await.answers(422).sees(REFUSED);
    let mut eve = at_the_password_of(&world, "nobody@people.test").await;
    guesses(&mut eve, 12).await;
    assert_eq!(world.identity_count(HASHED).await, 20, "an unknown address has as many");
    world.passes(15 * MINUTE);
    alice.enters(&world.id.url("/account")).await.is("/account");
}

#[tokio::test]
async fn web_06_one_network_guesses_at_many_addresses_no_more_than_a_hundred_times() {
    let world = World::new().await;
    let mut alice = world.account("alice").await;
    let mut eve = at_the_password_of(&world, "victim0@people.test").await;
    guesses(&mut eve, 1).await;
    // 97 more, at other addresses, are taken for granted.
    let store = &world.identity.identity().store;
    let counted = store.write::<_, _, StoreError, _>((), |tx, ()| {
        Box::pin(tx.execute("UPDATE allowance SET used = 98 WHERE kind = 'source_guess' AND used = 1", vec![]))
    });
    assert_eq!(counted.await.unwrap(), 1);
    // Who signs in themselves between guesses gains none.
    let mut mallory = world.account("mallory").await;
    mallory.signs_in(&world).await;
    for number in 1..6 {
        let mut eve = at_the_password_of(&world, &format!("victim{number}@people.test")).await;
        guesses(&mut eve, 1).await;
    }
    assert_eq!(world.identity_count(HASHED).await, 3, "one, and two of the last five");
    assert_eq!(world.identity_count("SELECT used FROM allowance WHERE kind = 'source_guess'").await, 100);
    let of_addresses = "SELECT COUNT(*) FROM allowance WHERE kind = 'password_guess' AND used > 0";
    assert_eq!(world.identity_count(of_addresses).await, 3, "a network that has none left takes nobody else's");
    alice.enters(&world.id.url("/account")).await.answers(422).sees(REFUSED);
    world.passes(15 * MINUTE);
    alice.enters(&world.id.url("/account")).await.is("/account");
}

#[tokio::test]
async fn web_07_guesses_of_others_do_not_lock_anybody_out_of_their_own_browser() {
    let world = World::new().await;
    let mut alice = world.account("alice").await;
    alice.signs_in(&world).await.opens(&world.id.url("/logout")).await.submits("logout-confirm", &[]).await;
    let mut eve = at_the_password_of(&world, "alice@people.test").await;
    guesses(&mut eve, 12).await;
    alice.elsewhere(&world).enters(&world.id.url("/account")).await.answers(422).sees(REFUSED);
    alice.enters(&world.id.url("/account")).await.is("/account");

    // Nor does somebody in her network.
    let store = &world.identity.identity().store;
    let used_up = store.write::<_, _, StoreError, _>((), |tx, ()| {
        Box::pin(tx.execute("UPDATE allowance SET used = 100 WHERE kind = 'source_guess'", vec![]))
    });
    assert_eq!(used_up.await.unwrap(), 1);
    alice.opens(&world.id.url("/logout")).await.submits("logout-confirm", &[]).await;
    alice.enters(&world.id.url("/account")).await.is("/account");
}

#[tokio::test]
async fn web_07_a_known_browser_has_ten_guesses_of_its_own_and_no_more() {
    let world = World::new().await;
    let mut alice = world.account("alice").await;
    alice.signs_in(&world).await.opens(&world.id.url("/logout")).await.submits("logout-confirm", &[]).await;
    let mut thief = world.browser();
    thief.jar = alice.jar.clone();
    thief.opens(&world.id.url("/account")).await.submits("next", &[("username", "alice@people.test")]).await;
    guesses(&mut thief, 10).await;
    assert_eq!(world.identity_count(HASHED).await, 10);
    let password = alice.password.clone();
    thief.submits("login", &[("password", &password)]).await.answers(422).sees(REFUSED);
    assert_eq!(
        world.identity_count("SELECT COUNT(*) FROM allowance WHERE kind = 'password_guess' AND used > 0").await,
        0
    );
    alice.elsewhere(&world).enters(&world.id.url("/account")).await.is("/account");
    world.passes(15 * MINUTE);
    thief.submits("login", &[("password", &password)]).await.is("/account");
}

#[tokio::test]
async fn web_07_a_forged_or_foreign_device_cookie_gives_no_guesses() {
    let world = World::new().await;
    let alice = world.account("alice").await;
    let mut eve = world.account("eve").await;
    eve.signs_in(&world).await;
    let own = eve.jar.get(&world.id.base, "lk_identity_device").unwrap();
    let mut exhausted = at_the_password_of(&world, &alice.email).await;
    guesses(&mut exhausted, 10).await;
    let mut altered = own.clone().into_bytes();
    altered[40] = if altered[40] == b'A' { b'B' } else { b'A' };
    let zeros = "A".repeat(64);
    for cookie in
        [&*own, &*String::from_utf8(altered).unwrap(), &*zeros, "nonsense", &*vec![zeros.as_str(); 50].join(".")]
    {
        let mut browser = alice.elsewhere(&world);
        browser.jar.plant(&world.id.base, "lk_identity_device", cookie);
        browser.enters(&world.id.url("/account")).await.answers(422).sees(REFUSED);
    }
    assert_eq!(world.identity_count("SELECT COUNT(*) FROM allowance WHERE kind = 'device_guess'").await, 0);
    assert_eq!(world.identity_count(HASHED).await, 10);
}

#[tokio::test]
async fn web_07_a_new_password_by_mail_opens_the_door_that_guesses_have_closed() {
    let world = World::new().await;
    let mut alice = world.account("alice").await;
    let mut eve = at_the_password_of(&world, "alice@people.test").await;
    guesses(&mut eve, 12).await;
    alice.enters(&world.id.url("/account")).await.answers(422).clicks("forgotten").await.submits("send", &[]).await;
    let mut phone = world.browser();
    phone.opens(&world.mailed_link(&alice.email).await).await;
    phone.submits("reset", &[("password", "chosen by alice herself")]).await.is("/account/password/done");
    alice.clicks("recovered").await.submits("login", &[("password", "chosen by alice herself")]).await.is("/account");
}

#[tokio::test]
async fn web_09_who_is_told_to_come_back_later_has_guessed_nothing() {
    let world = World::new().await;
    let mut alice = world.account("alice").await;
    let hasher = world.identity.identity().hasher.clone();
    let mut browser = at_the_password_of(&world, &alice.email).await;
    let mut places = Vec::new();
    for network in 0..3 {
        while let Ok(place) = hasher.queue(&format!("network {network}")) {
            places.push(place);
        }
    }
    let page = browser.page.clone();
    for _ in 0..12 {
        browser.page = page.clone();
        browser.submits("login", &[("password", "a wrong guess")]).await.answers(503);
        assert!(!browser.header("retry-after").is_empty());
    }
    assert_eq!(world.identity_count("SELECT COUNT(*) FROM allowance WHERE kind LIKE '%guess'").await, 0);
    drop(places);
    browser.page = page;
    let password = alice.password.clone();
    browser.submits("login", &[("password", &password)]).await.is("/account");
    alice.enters(&world.id.url("/account")).await.is("/account");
}
