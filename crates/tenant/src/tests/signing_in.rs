use super::world::{DAY, World};
use crate::access::Closed;
use crate::keys;
use crate::logins::{ReturnTo, SignIn, begin, consume};
use crate::members::MemberState;
use oidc::logout_token::Logout;

use crate::sessions::{Ended, Replayed, end, end_by_logout_token, forget_expired, resume};

#[tokio::test]
async fn oa_08_an_attempt_is_good_once_in_time_and_in_its_own_browser() {
    let world = World::new().await;
    let to = ReturnTo::parse("/members");
    let begun = begin(&world.store, &world.context(), "browser", &to).await.unwrap();
    let tries = |browser: &'static str, state: String| {
        let world = &world;
        async move { consume(&world.store, &world.context(), browser, &state).await.unwrap() }
    };
    assert_eq!(tries("attacker", begun.state.clone()).await, None, "another browser");
    assert_eq!(tries("browser", "other-state".into()).await, None);
    let all = futures_util::future::join_all((0..32).map(|_| tries("browser", begun.state.clone()))).await;
    let got: Vec<_> = all.into_iter().flatten().collect();
    assert_eq!(got.len(), 1, "one of 32 at once");
    assert_eq!((&got[0].nonce, &got[0].verifier, &got[0].return_to), (&begun.nonce, &begun.verifier, &to));

    let late = begin(&world.store, &world.context(), "browser", &to).await.unwrap();
    world.clock.advance(DAY + DAY);
    assert_eq!(tries("browser", late.state).await, None, "too late");
}

#[tokio::test]
async fn whoever_may_not_come_in_gets_no_session() {
    let world = World::new().await;
    for (name, state, closed) in [
        ("Lo", MemberState::Locked, Closed::Locked),
        ("Su", MemberState::Suspended, Closed::Suspended),
        ("De", MemberState::Deleted, Closed::Deleted),
    ] {
        world.member(name, state, &["administrator"]).await;
        assert_eq!(world.arrives(name).await, SignIn::Closed(closed));
    }
    assert_eq!(world.count("SELECT COUNT(*) FROM session WHERE tenant_id = $1").await, 0);
    assert_eq!(world.count("SELECT COUNT(*) FROM member WHERE tenant_id = $1").await, 3, "and no second member");
}

#[tokio::test]
async fn an_invited_person_who_signs_in_is_reviewed() {
    let world = World::new().await;
    let ina = world.member("Ina", MemberState::Invited, &["viewer"]).await;
    world.enters("Ina").await;
    let member = world.get(ina).await;
    assert_eq!((member.state(), member.version), (MemberState::Active, 2));
}

#[tokio::test]
async fn names_and_address_follow_the_account() {
    let world = World::new().await;
    let (_, mina) = world.enters("Mina").await;
    let mut arrival = world.arrival("Mina");
    arrival.profile.email = "new@people.example".into();
    crate::logins::sign_in(&world.store, world.context(), arrival).await.unwrap();
    let member = world.get(mina).await;
    assert_eq!((member.email.as_str(), member.epoch), ("new@people.example", 1));
    assert_eq!(member.last_sign_in, Some(world.context().now));
}

#[tokio::test]
async fn a_session_ends_by_signing_out_by_a_new_one_and_by_time() {
    let world = World::new().await;
    let (one, _) = world.enters("Mina").await;
    let mut arrival = world.arrival("Mina");
    arrival.replaces = Some(one);
    let SignIn::In { session: two, .. } = crate::logins::sign_in(&world.store, world.context(), arrival).await.unwrap()
    else {
        panic!()
    };
    let (three, _) = world.enters("Mina").await;
    assert_eq!(end(&world.store, world.context(), three).await.unwrap(), Ended::Now);
    assert_eq!(end(&world.store, world.context(), three).await.unwrap(), Ended::Before);
    for (id, live) in [(one, false), (two, true), (three, false)] {
        assert_eq!(resume(&world.store, &world.context(), id).await.unwrap().is_some(), live);
    }
    world.clock.advance(DAY / 2);
    assert!(resume(&world.store, &world.context(), two).await.unwrap().is_none());
    world.clock.advance(DAY * 2);
    assert_eq!(forget_expired(&world.store, world.context().now).await.unwrap(), 3);
}

fn logout(world: &World, jti: &str, sub: Option<&str>, sid: Option<&str>) -> Logout {
    let owned = |text: Option<&str>| text.map(str::to_owned);
    Logout { sub: owned(sub), sid: owned(sid), jti: jti.to_owned(), expires_at: world.context().now.plus(DAY) }
}

#[tokio::test]
async fn oa_19_a_logout_token_ends_what_it_names_once() {
    let world = World::new().await;
    let apply = |named| {
        let world = &world;
        async move { end_by_logout_token(&world.store, world.context(), named).await.unwrap() }
    };
    let (mina, other) = (Some("subject-of-Mina"), Some("subject-of-Bo"));
    let (bo, _) = world.enters("Bo").await;
    let (session, _) = world.enters("Mina").await;
    assert_eq!(apply(logout(&world, "1", other, Some("sid-of-Mina"))).await, Ok(0), "sub and sid must agree");
    assert!(resume(&world.store, &world.context(), session).await.unwrap().is_some());
    assert_eq!(apply(logout(&world, "2", mina, Some("sid-of-Mina"))).await, Ok(1));
    assert!(resume(&world.store, &world.context(), session).await.unwrap().is_none());

    let (again, _) = world.enters("Mina").await;
    assert_eq!(apply(logout(&world, "2", mina, Some("sid-of-Mina"))).await, Err(Replayed));
    assert!(resume(&world.store, &world.context(), again).await.unwrap().is_some());
    assert_eq!(apply(logout(&world, "3", mina, None)).await, Ok(1), "without sid: all of the subject's");
    assert!(resume(&world.store, &world.context(), bo).await.unwrap().is_some(), "and nobody else's");
}

#[tokio::test]
async fn there_is_one_client_key_and_it_survives() {
    let world = World::new().await;
    let context = world.context();
    let (store, key, ambient) = (&world.store, &context.master_key, &context.ambient);
    let made = (0..8).map(|_| keys::current(store, key, ambient));
    let made = futures_util::future::join_all(made).await;
    let kid = made[0].as_ref().unwrap().kid().to_owned();
    assert!(made.iter().all(|key| key.as_ref().unwrap().kid() == kid));
    let wrong = store::MasterKey::from_bytes(&[4; 32]);
    assert!(matches!(keys::current(store, &wrong, ambient).await, Err(keys::ClientKeyError::Sealed(_))));
    let other = keys::current(&world.other, key, ambient).await.unwrap();
    assert_ne!(other.kid(), kid, "each tenant has its own");
}

#[tokio::test]
async fn an_assertion_names_client_and_issuer_and_lives_a_minute() {
    let world = World::new().await;
    let context = world.context();
    let key = keys::current(&world.store, &context.master_key, &context.ambient).await.unwrap();
    let assertion = keys::assertion(&key, "tenant-acme", "https://id.example", &context.ambient).unwrap();
    let set = jose::JwkSet { keys: vec![keys::public(&key).unwrap()] };
    let expected = jose::Expected {
        typ: None,
        issuer: "tenant-acme",
        audiences: &["https://id.example"],
        algorithms: &[jose::Algorithm::ES256],
        now: context.now,
        leeway: std::time::Duration::ZERO,
    };
    let claims: serde_json::Value = jose::verify(&assertion, &set, &expected).unwrap();
    assert_eq!(claims["sub"], "tenant-acme");
    assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 60);
}
