//! Signing in at the identity server.

use crate::harness::{MINUTE, SECOND, World};

const REFUSED: &str = "That e-mail and password don’t match";

#[tokio::test]
async fn a_wrong_password_is_refused_with_a_reference_and_the_right_one_still_works() {
    let world = World::new().await;
    let mut alice = world.account("alice").await;
    let email = alice.email.clone();
    alice.opens(&world.id.url("/account")).await.submits("next", &[("username", &email)]).await;
    alice.submits("login", &[("password", "alice keeps no secret")]).await.answers(422).sees(REFUSED);
    let reference = alice.header("x-request-id").to_owned();
    alice.sees(&reference);
    let logged = "SELECT COUNT(*) FROM audit_entry WHERE action = 'sign_in.refused' AND reference = $1";
    assert_eq!(world.identity_count_of(logged, store::params![reference]).await, 1);
    let password = alice.password.clone();
    alice.submits("login", &[("password", &password)]).await.is("/account").sees("Hello, Alice");
}

#[tokio::test]
async fn guesses_used_up_look_like_any_other_refusal_and_come_back_after_15_minutes() {
    let world = World::new().await;
    let mut alice = world.account("alice").await;
    let mut eve = world.browser();
    eve.opens(&world.id.url("/account")).await.submits("next", &[("username", "alice@people.test")]).await;
    for guess in 0..10 {
        eve.submits("login", &[("password", &format!("guess number {guess}"))]).await.answers(422).sees(REFUSED);
    }
    alice.enters(&world.id.url("/account")).await.answers(422).sees(REFUSED);
    world.passes(15 * MINUTE - SECOND);
    alice.enters(&world.id.url("/account")).await.answers(422);
    world.passes(SECOND);
    alice.enters(&world.id.url("/account")).await.is("/account");
}

#[tokio::test]
async fn one_browser_holds_several_accounts_and_the_person_chooses() {
    let world = World::new().await;
    let mut alice = world.account("alice").await;
    let bob = world.account("bob").await;
    alice.signs_in(&world).await;
    let rp = world.platform_client("chooser", |_| {}).await;
    let request = rp.request(&[("prompt", Some("select_account"))]);
    alice.opens(&request.url()).await.is("/login/accounts").sees("Continue as Alice").clicks("use-another").await;
    alice.submits("next", &[("username", &bob.email)]).await.submits("login", &[("password", &bob.password)]).await;
    alice.is("/consent").sees("bob@people.test");

    alice.opens(&request.url()).await.is("/login/accounts").sees("Continue as Bob").sees("Continue as Alice");
    let page = alice.page.clone();
    let sessions = page.text();
    assert!(sessions.find("Bob") < sessions.find("Alice"), "the one in use stands first");
}

#[tokio::test]
async fn a_session_of_another_browser_cannot_be_chosen() {
    let world = World::new().await;
    let mut alice = world.account("alice").await;
    let mut eve = world.account("eve").await;
    alice.signs_in(&world).await;
    eve.signs_in(&world).await;
    let rp = world.platform_client("chooser", |_| {}).await;
    eve.opens(&rp.request(&[("prompt", Some("select_account"))]).url()).await.is("/login/accounts");
    let (csrf, url) = (eve.csrf(), eve.url.to_string());
    let victim = "SELECT session.id FROM session JOIN account ON account.id = account_id WHERE email LIKE 'alice%'";
    let victim = world.identity_id(victim).await.to_string();
    eve.post(&url, &[("csrf", &csrf), ("session", &victim)]).await.answers(400);
    let own = eve.page.find("input[name=session]", |it| it.value().attr("value").unwrap().to_owned()).unwrap();
    assert_ne!(own, victim);
    eve.post(&url, &[("csrf", &csrf), ("session", &own)]).await.answers(303);
}

#[tokio::test]
async fn lk_02_a_login_page_of_another_browser_opens_nothing() {
    let world = World::new().await;
    let mut alice = world.account("alice").await;
    let mut eve = world.browser();
    let rp = world.platform_client("app", |_| {}).await;
    eve.opens(&rp.request(&[]).url()).await.is("/login");
    let url = eve.url.to_string();
    alice.signs_in(&world).await;
    let interaction = crate::harness::query(&eve.url, "i").unwrap();
    for path in [
        "/login",
        "/login/password",
        "/login/accounts",
        "/signup",
        "/signup/sent",
        "/recover/sent",
        "/join",
        "/consent",
        "/not-a-member",
    ] {
        alice.opens(&world.id.url(&format!("{path}?i={interaction}"))).await.answers(410);
    }
    for bad in ["", "?i=", "?i=nonsense", "?i=00000000-0000-7000-8000-000000000000"] {
        alice.opens(&world.id.url(&format!("/login{bad}"))).await.answers(410);
    }
    eve.opens(&url).await.answers(200);
}
