use std::time::Duration;

use axum::http::StatusCode;
use serde_json::json;

use super::idp::Lie;
use super::world::World;

#[tokio::test]
async fn the_authorization_request_is_complete_and_each_one_is_new() {
    let world = World::new().await;
    let mut browser = world.browser();
    let one = browser.goes_to_sign_in("/members").await;
    assert_eq!((one["response_type"].as_str(), one["client_id"].as_str()), ("code", "tenant-acme"));
    assert_eq!(one["redirect_uri"], "http://acme.test:8401/auth/callback");
    assert_eq!(one["scope"], "openid profile email");
    assert_eq!(one["code_challenge_method"], "S256");
    assert!(!one.contains_key("prompt"));
    let two = browser.goes_to_sign_in("/members").await;
    for name in ["state", "nonce", "code_challenge"] {
        assert_ne!(one[name], two[name], "{name}");
    }
    // Two tabs: both attempts are good, each for its own page.
    for (request, person) in [(one, "a"), (two, "b")] {
        let code = world.idp.code(person, &request);
        assert_eq!(browser.comes_back(&world.idp, &code, &request["state"]).await.sent_to(), "/members");
    }
}

#[tokio::test]
async fn oa_08_login_csrf_and_code_injection_fail() {
    let world = World::new().await;
    let (mut attacker, mut victim) = (world.browser(), world.browser());
    let request = attacker.goes_to_sign_in("/").await;
    let own = victim.goes_to_sign_in("/").await;

    let code = world.idp.code("attacker", &request);
    let csrf = victim.comes_back(&world.idp, &code, &request["state"]).await;
    assert_eq!(csrf.status, StatusCode::BAD_REQUEST, "the attacker's state in the victim's browser");
    assert!(csrf.has("#error-reference"));
    let injected = victim.comes_back(&world.idp, &code, &own["state"]).await;
    assert_eq!(injected.status, StatusCode::BAD_REQUEST, "the attacker's code with the victim's state: PKCE");
    victim.get("/").await.sent_to();

    // Positive controls: the same requests minus the attack.
    let code = world.idp.code("attacker", &request);
    attacker.comes_back(&world.idp, &code, &request["state"]).await.sent_to();
    let replay = attacker.comes_back(&world.idp, &code, &request["state"]).await;
    assert_eq!(replay.sent_to(), "/", "a reload of who is in");
    victim.signs_in(&world.idp, "victim").await.sent_to();
}

#[tokio::test]
async fn lk_09_an_answer_of_another_issuer_is_dropped() {
    let world = World::new().await;
    let mut browser = world.browser();
    let request = browser.goes_to_sign_in("/").await;
    let code = world.idp.code("mina", &request);
    for iss in ["", "&iss=https%3A%2F%2Fevil.test", &format!("&iss={}%2F", world.idp.issuer())] {
        let answer = browser.get(&format!("/auth/callback?code={code}&state={}{iss}", request["state"])).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{iss}");
    }
    browser.comes_back(&world.idp, &code, &request["state"]).await.sent_to();
}

#[tokio::test]
async fn lk_10_every_claim_of_the_id_token_is_checked() {
    let world = World::new().await;
    let lies: [(&str, Lie); 8] = [
        ("iss", |it| it["iss"] = "https://evil.test".into()),
        ("aud", |it| it["aud"] = "tenant-nordlys".into()),
        ("nonce", |it| it["nonce"] = "another".into()),
        ("no nonce", |it| drop(it.as_object_mut().unwrap().remove("nonce"))),
        ("exp", |it| it["exp"] = (it["iat"].as_i64().unwrap() - 61).into()),
        ("iat ahead", |it| it["iat"] = (it["iat"].as_i64().unwrap() + 3_600).into()),
        ("at_hash", |it| it["at_hash"] = jose::left_half_hash("another").into()),
        ("no sub", |it| drop(it.as_object_mut().unwrap().remove("sub"))),
    ];
    for (what, lie) in lies {
        let mut browser = world.browser();
        world.idp.tell(|told| told.lie = Some(lie));
        let answer = browser.signs_in(&world.idp, "mina").await;
        assert!(
            answer.status.is_client_error() || answer.status == StatusCode::SERVICE_UNAVAILABLE,
            "{what}: {}",
            answer.status
        );
        browser.get("/").await.sent_to();
    }
    world.idp.tell(|told| told.other_subject = true);
    assert_eq!(
        world.browser().signs_in(&world.idp, "mina").await.status,
        StatusCode::BAD_REQUEST,
        "UserInfo of another"
    );
    world.idp.tell(|told| told.other_subject = false);
    world.browser().signs_in(&world.idp, "mina").await.sent_to();
}

#[tokio::test]
async fn web_02_the_session_id_is_new_after_signing_in() {
    let world = World::new().await;
    let mut browser = world.browser();
    let planted = "AAAAAAAAAAAAAAAAAAAAAA".to_owned();
    browser.cookies.insert("t_acme_session".into(), planted.clone());
    browser.signs_in(&world.idp, "mina").await.sent_to();
    let first = browser.cookies["t_acme_session"].clone();
    assert_ne!(first, planted);
    browser.signs_in(&world.idp, "mina").await.sent_to();
    let second = browser.cookies["t_acme_session"].clone();
    assert_ne!(second, first);
    let mut thief = world.browser();
    thief.cookies.insert("t_acme_session".into(), first);
    thief.get("/").await.sent_to();
    assert_eq!(browser.get("/").await.status, StatusCode::OK);
}

#[tokio::test]
async fn while_the_identity_server_is_away_nothing_is_lost() {
    let world = World::new().await;
    world.idp.tell(|told| told.away = true);
    let mut browser = world.browser();
    let page = browser.get("/auth/login?return_to=%2Fmembers").await;
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(page.headers["retry-after"], "10");
    assert!(
        page.body.contains("http-equiv=\"refresh\" content=\"10;url=/auth/login?return_to=%2Fmembers\""),
        "{}",
        page.body
    );
    world.idp.tell(|told| told.away = false);
    world.clock.advance(Duration::from_secs(10));
    browser.goes_to_sign_in("/members").await;
}

#[tokio::test]
async fn rel_22_while_it_is_away_one_asks_for_all() {
    let world = World::new().await;
    world.idp.tell(|told| told.away = true);
    let asks = async || {
        let (mut browser, before) = (world.browser(), world.idp.tell(|told| told.asked));
        let status = browser.get("/auth/login").await.status.as_u16();
        (status, world.idp.tell(|told| told.asked) - before)
    };
    let all = futures_util::future::join_all((0..32).map(|_| asks())).await;
    assert!(all.iter().all(|(status, _)| *status == 503), "{all:?}");
    assert_eq!(world.idp.tell(|told| told.asked), 1, "32 at once, one request");
    assert_eq!(asks().await, (503, 0), "and nobody after them waits for another");
    world.idp.tell(|told| told.away = false);
    world.clock.advance(Duration::from_secs(3));
    assert_eq!(asks().await, (303, 1), "after a moment it is asked again");
    assert_eq!(asks().await, (303, 0));
}

#[tokio::test]
async fn in_04_a_logout_that_overtakes_a_sign_in_holds_at_the_door() {
    let world = World::new().await;
    let mut mina = world.browser();
    let request = mina.goes_to_sign_in("/").await;
    let code = world.idp.code("mina", &request);
    let now = world.ambient.now().as_seconds();
    let token = world.idp.sign(
        "logout+jwt",
        &json!({
            "iss": world.idp.issuer(), "aud": "tenant-acme", "iat": now, "exp": now + 120, "jti": "overtakes",
            "sub": "subject-of-mina", "sid": "sid-of-mina",
            "events": { "http://schemas.openid.net/event/backchannel-logout": {} },
        }),
    );
    let taken = world.browser().post_raw("/backchannel-logout", &[("logout_token", &token)]).await;
    assert_eq!(taken.status, StatusCode::OK);
    let answer = mina.comes_back(&world.idp, &code, &request["state"]).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert!(answer.has("#error-next"), "{}", answer.body);
    mina.get("/").await.sent_to();
    world.browser().signs_in(&world.idp, "bo").await.sent_to();
}

#[tokio::test]
async fn rel_19_a_network_that_begins_too_many_sign_ins_is_told_so() {
    let world = World::new().await;
    let mut last = None;
    for _ in 0..tenant::logins::MOST_UNFINISHED {
        let mut browser = world.browser();
        last = Some((browser.goes_to_sign_in("/").await, browser));
    }
    let refused = world.browser().get("/auth/login").await;
    assert_eq!(
        (refused.status, &refused.headers["retry-after"]),
        (StatusCode::TOO_MANY_REQUESTS, &"600".parse().unwrap())
    );
    assert!(refused.body.contains("Too many sign-ins were begun here"), "{}", refused.body);
    // One that was begun can be finished, and makes place for another.
    let (request, mut browser) = last.unwrap();
    let code = world.idp.code("mina", &request);
    browser.comes_back(&world.idp, &code, &request["state"]).await.sent_to();
    world.browser().goes_to_sign_in("/").await;
}

#[tokio::test]
async fn a_no_at_the_identity_server_is_respected() {
    let world = World::new().await;
    let mut browser = world.browser();
    let request = browser.goes_to_sign_in("/").await;
    let declined = format!("/auth/callback?error=access_denied&state={}&iss={}", request["state"], world.idp.issuer());
    let answer = browser.get(&declined).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert!(answer.has("#error-next"));
}
