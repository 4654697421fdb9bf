//! Each attack fails, and beside it the same steps without the attack succeed (SECURITY-BAR OA-08).

use std::time::Duration;

use axum::http::StatusCode;
use serde_json::json;

use super::{Mischief, NOW, World, is_signed_in};

#[tokio::test]
async fn login_csrf_a_callback_in_another_browser_does_nothing() {
    let world = World::new().await;
    let (mut attacker, mut victim) = (world.browser(), world.browser());
    let callback = world.until_callback(&mut attacker).await;
    for begun in [false, true] {
        if begun {
            victim.get("/login").await;
        }
        let page = victim.get(&callback).await;
        assert_eq!(
            (page.status, page.text("h1").as_str()),
            (StatusCode::BAD_REQUEST, "This sign-in wasn’t begun here")
        );
        assert!(!is_signed_in(&mut victim).await);
    }
    // Nothing was used up: where it was begun, it works.
    attacker.get(&callback).await;
    assert!(is_signed_in(&mut attacker).await);
}

#[tokio::test]
async fn code_injection_a_code_of_another_login_is_refused() {
    let world = World::new().await;
    let (mut attacker, mut victim) = (world.browser(), world.browser());
    let stolen = world.provider.authorize(&victim.get("/login").await.onward());
    let url = attacker.get("/login").await.onward();
    let page = attacker.get(&world.answer(&url, &[("code", &stolen), ("iss", &world.provider.issuer())])).await;
    assert_eq!(
        (page.text("h1").as_str(), page.text("#error-code").as_str()),
        ("The sign-in code wasn’t accepted", "invalid_grant")
    );
    assert!(!is_signed_in(&mut attacker).await);
    world.sign_in(&mut attacker).await;
    assert!(is_signed_in(&mut attacker).await);
}

#[tokio::test]
async fn an_answer_counts_once_and_for_ten_minutes() {
    let world = World::new().await;
    let mut mina = world.browser();
    let callback = world.until_callback(&mut mina).await;
    assert_eq!(mina.get(&callback).await.location(), "/");
    assert_eq!(mina.get(&callback).await.status, StatusCode::BAD_REQUEST);
    let late = world.until_callback(&mut mina).await;
    world.clock.advance(Duration::from_secs(600));
    assert_eq!(mina.get(&late).await.text("h1"), "This sign-in wasn’t begun here");
}

#[tokio::test]
async fn mix_up_an_answer_of_another_issuer_or_of_none_is_refused() {
    let world = World::new().await;
    let mut mina = world.browser();
    let (ours, slash) = (world.provider.issuer(), format!("{}/", world.provider.issuer()));
    for iss in [None, Some("https://evil.test"), Some(slash.as_str())] {
        let url = mina.get("/login").await.onward();
        let code = world.provider.authorize(&url);
        let mut answer = vec![("code", code.as_str())];
        answer.extend(iss.map(|iss| ("iss", iss)));
        assert_eq!(mina.get(&world.answer(&url, &answer)).await.text("h1"), "This answer came from someone else");
    }
    let url = mina.get("/login").await.onward();
    for doubled in [format!("iss={ours}&iss={ours}&code=x&state=y"), "code=a&code=b&state=y".into()] {
        assert_eq!(mina.get(&format!("/callback?{doubled}")).await.text("h1"), "We couldn’t read the answer");
    }
    let code = world.provider.authorize(&url);
    assert_eq!(mina.get(&world.answer(&url, &[("code", &code), ("iss", &ours)])).await.location(), "/");
}

#[tokio::test]
async fn an_id_token_that_is_not_exactly_right_is_refused() {
    let world = World::new().await;
    let now = NOW.as_seconds();
    let wrong = [
        json!({ "nonce": "another" }),
        json!({ "nonce": null }),
        json!({ "aud": "client-2" }),
        json!({ "aud": ["client-1", "client-2"] }),
        json!({ "iss": "https://evil.test" }),
        json!({ "exp": now }),
        json!({ "iat": now + 120 }),
        json!({ "at_hash": "AAAAAAAAAAAAAAAAAAAAAA" }),
    ];
    let mut mischief: Vec<_> = wrong.into_iter().map(|claims| Mischief { claims, ..Mischief::default() }).collect();
    mischief.push(Mischief { foreign_key: true, ..Mischief::default() });
    mischief.push(Mischief { unsigned: true, ..Mischief::default() });
    mischief.push(Mischief { userinfo_sub: Some("subject-2"), ..Mischief::default() });
    let mut mina = world.browser();
    for (number, mischief) in mischief.into_iter().enumerate() {
        world.provider.misbehave(mischief);
        let page = world.sign_in(&mut mina).await;
        assert_eq!(page.text("h1"), "The proof of your sign-in isn’t right", "{number}");
        assert!(!is_signed_in(&mut mina).await);
    }
    for harmless in [json!({}), json!({ "iat": now + 30 }), json!({ "at_hash": null })] {
        world.provider.misbehave(Mischief { claims: harmless, ..Mischief::default() });
        assert_eq!(world.sign_in(&mut mina).await.location(), "/");
    }
}

#[tokio::test]
async fn another_site_can_neither_sign_someone_out_nor_keep_an_old_session_alive() {
    let world = World::new().await;
    let mut mina = world.browser();
    world.sign_in(&mut mina).await;
    assert_eq!(mina.post("/logout", "").await.status, StatusCode::FORBIDDEN);
    assert_eq!(mina.post("/logout", "csrf=AAAA").await.status, StatusCode::FORBIDDEN);
    assert!(is_signed_in(&mut mina).await);
    let before = mina.cookie("app_papertrail_session");
    world.sign_in(&mut mina).await;
    assert_ne!(mina.cookie("app_papertrail_session"), before);
    let mut thief = world.browser();
    thief.set_cookie("app_papertrail_session", &before);
    assert!(!is_signed_in(&mut thief).await);
}
