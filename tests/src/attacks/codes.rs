use tenant::members::MemberState;

use crate::harness::{Person, Rp, World, refreshing, text};

async fn ready(world: &World) -> (Person, Rp) {
    let mut alice = world.member("alice", &world.acme, MemberState::Active, &["viewer"]).await;
    alice.signs_in(world).await;
    (alice, world.client_at(&world.acme, "app", |_| {}).await)
}

#[tokio::test]
async fn oa_01_a_replayed_code_gives_nothing_and_ends_what_the_first_use_gave() {
    let world = World::new().await;
    let (mut alice, rp) = ready(&world).await;
    let other = rp.tokens(&mut alice).await["access_token"].as_str().unwrap().to_owned();
    let request = rp.request(&[]);
    let code = rp.code(&mut alice, &request).await;
    let token = rp.redeem(&code, &request.verifier).await.json()["access_token"].as_str().unwrap().to_owned();
    assert_eq!(rp.userinfo(&token).await.status, 200);

    rp.redeem(&code, &request.verifier).await.is_error(400, "invalid_grant");
    assert_eq!(rp.userinfo(&token).await.status, 401);
    assert_eq!(world.audited("code.replayed").await, 1);
    assert_eq!(rp.userinfo(&other).await.status, 200, "another login of the same person goes on");
    rp.tokens(&mut alice).await;
}

#[tokio::test]
async fn oa_01_with_a_replayed_code_its_refresh_tokens_end() {
    let world = World::new().await;
    let mut alice = world.member("alice", &world.acme, MemberState::Active, &["viewer"]).await;
    alice.signs_in(&world).await;
    let rp = world.client_at(&world.acme, "app", refreshing).await;
    let other = text(&rp.tokens(&mut alice).await, "refresh_token");
    let request = rp.request(&[]);
    let code = rp.code(&mut alice, &request).await;
    let first = rp.redeem(&code, &request.verifier).await.json();
    let second = rp.refresh(&text(&first, "refresh_token")).await;
    assert_eq!(second.status, 200, "the control: {second:?}");
    let second = second.json();

    rp.redeem(&code, &request.verifier).await.is_error(400, "invalid_grant");
    rp.refresh(&text(&second, "refresh_token")).await.is_error(400, "invalid_grant");
    for tokens in [&first, &second] {
        assert_eq!(rp.userinfo(&text(tokens, "access_token")).await.status, 401);
        assert!(!rp.is_active(&text(tokens, "access_token")).await);
    }
    assert_eq!(rp.refresh(&other).await.status, 200, "another login of the same person goes on");
}

#[tokio::test]
async fn oa_01_a_guessed_code_with_a_right_id_revokes_nothing() {
    let world = World::new().await;
    let (mut alice, rp) = ready(&world).await;
    let request = rp.request(&[]);
    let code = rp.code(&mut alice, &request).await;
    let forged = format!("{}{}", &code[..32], "A".repeat(code.len() - 32));
    assert_ne!(forged, code);
    rp.redeem(&forged, &request.verifier).await.is_error(400, "invalid_grant");
    let token = rp.redeem(&code, &request.verifier).await.json()["access_token"].as_str().unwrap().to_owned();
    rp.redeem(&forged, &request.verifier).await.is_error(400, "invalid_grant");
    assert_eq!(rp.userinfo(&token).await.status, 200);
}

#[tokio::test]
async fn oa_02_a_code_in_wrong_hands_is_burnt() {
    let world = World::new().await;
    let (mut alice, rp) = ready(&world).await;
    let thief = world.client_at(&world.acme, "thief", |_| {}).await;
    let uri = rp.redirect_uri();
    for (by, redirect_uri, what) in [
        (&thief, uri, "another client"),
        (&thief, thief.redirect_uri(), "another client with its own address"),
        (&rp, "https://app.example/cb/", "a changed redirect_uri"),
        (&rp, "https://app.example/CB", "another spelling"),
    ] {
        let request = rp.request(&[]);
        let code = rp.code(&mut alice, &request).await;
        let fields = [
            ("grant_type", "authorization_code"),
            ("code", &*code),
            ("redirect_uri", redirect_uri),
            ("code_verifier", &*request.verifier),
        ];
        by.token(&fields).await.is_error(400, "invalid_grant");
        let after = rp.redeem(&code, &request.verifier).await;
        assert_eq!(after.status, 400, "{what}: the code is burnt");
    }
    // Who does not prove to be a client at all gets nothing either, and burns nothing of anybody's.
    let request = rp.request(&[]);
    let code = rp.code(&mut alice, &request).await;
    let bare = [
        ("grant_type", "authorization_code"),
        ("code", &*code),
        ("redirect_uri", uri),
        ("code_verifier", &*request.verifier),
    ];
    rp.call(reqwest::Method::POST, "/token", &[], Some(&bare)).await.is_error(401, "invalid_client");
    let mut two = bare.to_vec();
    two.push(("client_id", "thief"));
    rp.token(&two).await.is_error(400, "invalid_request");
    assert_eq!(rp.redeem(&code, &request.verifier).await.status, 200);
}

#[tokio::test]
async fn oa_02_a_code_of_a_session_that_ended_is_worth_nothing() {
    let world = World::new().await;
    let (mut alice, rp) = ready(&world).await;
    let request = rp.request(&[]);
    let code = rp.code(&mut alice, &request).await;
    alice.opens(&world.id.url("/logout")).await.submits("logout-confirm", &[]).await;
    rp.redeem(&code, &request.verifier).await.is_error(400, "invalid_grant");
    alice.signs_in(&world).await;
    rp.tokens(&mut alice).await;
}

#[tokio::test]
async fn oa_25_codes_states_and_ids_are_never_the_same_twice() {
    let world = World::new().await;
    let (mut alice, rp) = ready(&world).await;
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..20 {
        let request = rp.request(&[]);
        let code = rp.code(&mut alice, &request).await;
        let secret = code[22..].to_owned();
        assert!(seen.insert(secret), "{code}");
        assert!(code.len() >= 64);
    }
    let short = "SELECT COUNT(*) FROM authorization_code WHERE length(secret_hash) <> 32";
    assert_eq!(world.identity_count(short).await, 0);
}

#[tokio::test]
async fn in_04_a_disabled_client_is_no_client_from_one_moment_to_the_next() {
    let world = World::new().await;
    let (mut alice, rp) = ready(&world).await;
    let token = rp.tokens(&mut alice).await["access_token"].as_str().unwrap().to_owned();
    let request = rp.request(&[]);
    let code = rp.code(&mut alice, &request).await;
    assert_eq!(rp.userinfo(&token).await.status, 200);
    world.identity_change("UPDATE client SET disabled_at = 1 WHERE client_id = 'app'").await;
    rp.redeem(&code, &request.verifier).await.is_error(401, "invalid_client");
    assert_eq!(rp.userinfo(&token).await.status, 401);
    alice.opens(&rp.request(&[]).url()).await.answers(400).sees("There is no application");
}
