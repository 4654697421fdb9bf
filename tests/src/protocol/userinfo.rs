use reqwest::Method;
use serde_json::json;
use tenant::members::MemberState;

use crate::harness::{MINUTE, Person, Rp, SECOND, World};

async fn ready(world: &World) -> (Person, Rp) {
    let mut alice = world.member("alice", &world.acme, MemberState::Active, &["viewer"]).await;
    alice.signs_in(world).await;
    (alice, world.client_at(&world.acme, "app", |_| {}).await)
}

#[tokio::test]
async fn userinfo_answers_by_get_by_post_and_by_form() {
    let world = World::new().await;
    let (mut alice, rp) = ready(&world).await;
    let token = rp.tokens(&mut alice).await["access_token"].as_str().unwrap().to_owned();
    let bearer = format!("Bearer {token}");
    let header = [("authorization", &*bearer)];
    let by_get = rp.call(Method::GET, "/userinfo", &header, None).await;
    let claims = by_get.json();
    assert_eq!(
        (&claims["name"], &claims["email"], &claims["email_verified"]),
        (&json!("Alice Doe"), &json!("alice@people.test"), &json!(true))
    );
    assert_eq!((&claims["tenant"], &claims["roles"]), (&json!("acme"), &json!(["viewer"])));
    assert!(claims["updated_at"].is_i64() && claims["sub"].is_string());
    assert!(claims.as_object().unwrap().values().all(|value| value != "" && !value.is_null()), "{claims}");
    let by_post = rp.call(Method::POST, "/userinfo", &header, Some(&[])).await;
    let by_form = rp.call(Method::POST, "/userinfo", &[], Some(&[("access_token", &token)])).await;
    let lower = [("authorization", &*format!("bearer {token}"))];
    for answer in [&by_get, &by_post, &by_form, &rp.call(Method::GET, "/userinfo", &lower, None).await] {
        assert_eq!((answer.status, answer.json(), answer.header("cache-control")), (200, claims.clone(), "no-store"));
    }
}

#[tokio::test]
async fn userinfo_refuses_a_token_in_the_address_and_two_at_once() {
    let world = World::new().await;
    let (mut alice, rp) = ready(&world).await;
    let token = rp.tokens(&mut alice).await["access_token"].as_str().unwrap().to_owned();
    let address = format!("/userinfo?access_token={token}");
    let bearer = format!("Bearer {token}");
    for (method, path, headers, form, status, challenge) in [
        (Method::GET, &*address, vec![], None, 401, "Bearer"),
        (Method::POST, &*address, vec![], Some(vec![]), 401, "Bearer"),
        (Method::GET, "/userinfo", vec![], None, 401, "Bearer"),
        (Method::GET, "/userinfo", vec![("authorization", "Bearer nonsense")], None, 401, "invalid_token"),
        (Method::GET, "/userinfo", vec![("authorization", "Basic YTpi")], None, 401, "Bearer"),
        (
            Method::POST,
            "/userinfo",
            vec![("authorization", &*bearer)],
            Some(vec![("access_token", &*token)]),
            400,
            "invalid_request",
        ),
    ] {
        let answer = rp.call(method, path, &headers, form.as_deref()).await;
        assert_eq!(answer.status, status, "{answer:?}");
        assert!(answer.header("www-authenticate").contains(challenge), "{answer:?}");
        assert!(!answer.body.contains("<html"), "a page for a program: {answer:?}");
    }
    assert_eq!(rp.userinfo(&token).await.status, 200);
}

#[tokio::test]
async fn userinfo_gives_what_was_asked_for_and_no_more() {
    let world = World::new().await;
    let (mut alice, rp) = ready(&world).await;
    let essential = "{\"userinfo\":{\"name\":{\"essential\":true}}}";
    for (changes, names) in [
        (vec![("scope", Some("openid"))], vec!["sub"]),
        (vec![("scope", Some("openid email"))], vec!["email", "email_verified", "sub"]),
        (vec![("scope", Some("openid")), ("claims", Some(essential))], vec!["name", "sub"]),
        (vec![("scope", Some("openid membership"))], vec!["groups", "roles", "sub", "tenant"]),
        (
            vec![("scope", Some("openid profile"))],
            vec!["family_name", "given_name", "locale", "name", "sub", "updated_at"],
        ),
    ] {
        let request = rp.request(&changes);
        let code = rp.code(&mut alice, &request).await;
        let tokens = rp.redeem(&code, &request.verifier).await.json();
        let info = rp.userinfo(tokens["access_token"].as_str().unwrap()).await.json();
        let mut seen: Vec<_> = info.as_object().unwrap().keys().cloned().collect();
        seen.sort();
        assert_eq!(seen, names, "{changes:?}");
        assert!(crate::harness::claims(&tokens["id_token"]).get("name").is_none());
    }
}

#[tokio::test]
async fn an_access_token_ends_with_its_time_and_with_its_session() {
    let world = World::new().await;
    let (mut alice, rp) = ready(&world).await;
    let token = rp.tokens(&mut alice).await["access_token"].as_str().unwrap().to_owned();
    world.passes(5 * MINUTE - SECOND);
    assert_eq!(rp.userinfo(&token).await.status, 200);
    world.passes(SECOND);
    assert_eq!(rp.userinfo(&token).await.status, 401);

    let fresh = rp.tokens(&mut alice).await["access_token"].as_str().unwrap().to_owned();
    let request = rp.request(&[]);
    let code = rp.code(&mut alice, &request).await;
    assert_eq!(rp.userinfo(&fresh).await.status, 200);
    alice.opens(&world.id.url("/logout")).await.submits("logout-confirm", &[]).await;
    assert_eq!(rp.userinfo(&fresh).await.status, 401, "a logout ends the token before its time");
    rp.redeem(&code, &request.verifier).await.is_error(400, "invalid_grant");
}
