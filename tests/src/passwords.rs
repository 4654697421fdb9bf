//! Changing a password while one is signed in.

use crate::harness::{MINUTE, SECOND, World};

const NEW: &str = "another sentence to remember";
const EPOCH: &str = "SELECT epoch FROM account WHERE email LIKE 'alice%'";

#[tokio::test]
async fn in_05_changing_a_password_needs_the_current_one() {
    let world = World::new().await;
    let mut alice = world.account("alice").await;
    alice.signs_in(&world).await.opens(&world.id.url("/account/password")).await;
    for (current, new, words) in [
        ("not the current one", NEW, "not your current password"),
        ("", NEW, "not your current password"),
        (&*"x".repeat(5_000), NEW, "not your current password"),
        (&*alice.password.clone(), "short", "At least 12"),
        (&*alice.password.clone(), "ALICE@people.test", "Your address is no password"),
    ] {
        let entries = [("current", current), ("password", new)];
        alice.submits("change-password", &entries).await.answers(422).sees(words);
    }
    let csrf = alice.csrf();
    let url = world.id.url("/account/password");
    alice.post(&url, &[("csrf", &csrf), ("password", NEW)]).await.answers(400);
    let current = alice.password.clone();
    alice.post(&url, &[("current", &current), ("password", NEW)]).await.answers(403);
    assert_eq!(world.identity_count(EPOCH).await, 1, "nothing has changed");
    assert_eq!(world.audited("password.change_refused").await, 3);

    alice.submits("change-password", &[("current", &current), ("password", NEW)]).await;
    alice.is("/account/password/done").sees("No other session was open");
    assert_eq!((world.identity_count(EPOCH).await, world.audited("password.changed").await), (2, 1));
    alice.elsewhere(&world).enters(&world.id.url("/account")).await.answers(422);
    alice.password = NEW.to_owned();
    alice.elsewhere(&world).enters(&world.id.url("/account")).await.is("/account");
    let mails = world.mails_to(&alice.email).await;
    assert_eq!(mails.last().unwrap().letter.subject, "Your password was changed");
}

#[tokio::test]
async fn web_06_guesses_at_the_current_password_are_counted_and_told_plainly() {
    let world = World::new().await;
    let mut alice = world.account("alice").await;
    alice.signs_in(&world).await.opens(&world.id.url("/account/password")).await;
    for guess in 0..10 {
        let current = format!("guess number {guess}");
        alice.submits("change-password", &[("current", &current), ("password", NEW)]).await.sees("not your current");
    }
    let current = alice.password.clone();
    let right = [("current", &*current), ("password", NEW)];
    alice.submits("change-password", &right).await.answers(422).sees("Try again in 15 minutes");
    assert_eq!(world.identity_count(EPOCH).await, 1);
    alice.elsewhere(&world).signs_in(&world).await;
    world.passes(15 * MINUTE - SECOND);
    alice.submits("change-password", &right).await.answers(422);
    world.passes(SECOND);
    alice.submits("change-password", &right).await.is("/account/password/done").sees("One session has ended");
}

#[tokio::test]
async fn in_04_a_change_of_password_ends_sessions_grants_and_codes_everywhere() {
    let world = World::new().await;
    let mut alice = world.member("alice", &world.acme, tenant::members::MemberState::Active, &["viewer"]).await;
    let mut other = alice.elsewhere(&world);
    let rp = world.client_at(&world.acme, "app", |_| {}).await;
    let mut left = Vec::new();
    for browser in [&mut alice, &mut other] {
        browser.enters(&world.acme).await.sees("Viewer");
        let token = rp.tokens(browser).await["access_token"].as_str().unwrap().to_owned();
        assert_eq!(rp.userinfo(&token).await.status, 200, "the control");
        let request = rp.request(&[]);
        left.push((token, rp.code(browser, &request).await, request.verifier));
    }
    let old = alice.jar.get(&world.id.base, "lk_identity_session");
    let current = alice.password.clone();
    alice.opens(&world.id.url("/account/password")).await;
    alice.submits("change-password", &[("current", &current), ("password", NEW)]).await;
    alice.is("/account/password/done").sees("One session has ended");
    assert_ne!(alice.jar.get(&world.id.base, "lk_identity_session"), old, "WEB-02: the id changes");

    for (token, code, verifier) in left {
        assert_eq!(rp.userinfo(&token).await.status, 401);
        rp.redeem(&code, &verifier).await.is_error(400, "invalid_grant");
    }
    world.settle().await;
    let live = "SELECT COUNT(*) FROM session WHERE ended_at IS NULL";
    assert_eq!(world.tenant_count(&world.acme, live).await, 0, "the tenant has heard of both");
    assert_eq!(world.identity_count(live).await, 1);
    other.opens(&world.id.url("/account")).await.is("/login");
    other.opens(&world.acme).await.is("/login");
    // The browser that changed it goes on without another password.
    alice.opens(&world.acme).await.sees("Viewer");
    let request = rp.request(&[]);
    let code = rp.code(&mut alice, &request).await;
    assert_eq!(rp.redeem(&code, &request.verifier).await.status, 200);
}

#[tokio::test]
async fn in_04_a_change_of_password_voids_mailed_links() {
    let world = World::new().await;
    let mut alice = world.account("alice").await;
    let mut eve = world.browser();
    eve.opens(&world.id.url("/recover")).await.submits("send", &[("email", &alice.email)]).await;
    let link = world.mailed_link(&alice.email).await;
    eve.opens(&link).await.answers(200);
    let current = alice.password.clone();
    alice.signs_in(&world).await.opens(&world.id.url("/account/password")).await;
    alice.submits("change-password", &[("current", &current), ("password", NEW)]).await;
    eve.submits("reset", &[("password", "eve chooses this one")]).await.answers(410);
    eve.opens(&link).await.answers(410);
    assert_eq!(world.audited("password.changed").await, 1);
}
