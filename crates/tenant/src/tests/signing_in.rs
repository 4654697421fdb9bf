use ambient::Timestamp;
use store::{StoreError, params};

use super::world::{DAY, HOUR, MINUTE, World};
use crate::access::Closed;
use crate::keys;
use crate::logins::{
    Beginner, Begun, MOST_UNFINISHED, Proof, ReturnTo, SignIn, UNFINISHED_WITHIN, begin, consume, sign_in,
};
use crate::members::MemberState;
use oidc::logout_token::Logout;

use crate::housekeeping::sweep;
use crate::sessions::{Ended, Replayed, SessionId, end, end_by_logout_token, resume};

async fn begins(world: &World, browser: &str, network: &str) -> Option<Begun> {
    let who = Beginner { browser, network, proof: Proof::Any };
    begin(&world.store, &world.context(), who, &ReturnTo::parse("/members")).await.unwrap()
}

#[tokio::test]
async fn oa_08_an_attempt_is_good_once_in_time_and_in_its_own_browser() {
    let world = World::new().await;
    let to = ReturnTo::parse("/members");
    let begun = begins(&world, "browser", "192.0.2.7").await.unwrap();
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

    let late = begins(&world, "browser", "192.0.2.7").await.unwrap();
    world.clock.advance(HOUR);
    assert_eq!(tries("browser", late.state).await, None, "too late");
}

#[tokio::test]
async fn rel_19_a_network_has_so_many_unfinished_sign_ins_and_no_more() {
    let world = World::new().await;
    let finished = begins(&world, "browser", "192.0.2.7").await.unwrap();
    for _ in 1..MOST_UNFINISHED {
        assert!(begins(&world, "flood", "192.0.2.7").await.is_some());
    }
    for _ in 0..3 {
        assert!(begins(&world, "flood", "192.0.2.7").await.is_none());
    }
    let rows = "SELECT COUNT(*) FROM login_attempt WHERE tenant_id = $1";
    assert_eq!(world.count(rows).await, MOST_UNFINISHED, "what is refused makes no row");
    assert!(begins(&world, "neighbour", "192.0.2.8").await.is_some(), "another network");
    // Whoever comes back gives a place free; so does time.
    assert!(consume(&world.store, &world.context(), "browser", &finished.state).await.unwrap().is_some());
    assert!(begins(&world, "flood", "192.0.2.7").await.is_some());
    assert!(begins(&world, "flood", "192.0.2.7").await.is_none());
    world.clock.advance(UNFINISHED_WITHIN);
    assert!(begins(&world, "flood", "192.0.2.7").await.is_some());
    world.clock.advance(HOUR + HOUR);
    assert!(!sweep(&world.store, world.context().now).await.unwrap());
    assert_eq!(world.count(rows).await, 0, "and nothing is left of it after an hour");
}

#[tokio::test]
async fn what_is_over_is_swept_in_batches_and_what_lives_stays() {
    let world = World::new().await;
    let (session, _) = world.enters("Mina").await;
    begins(&world, "browser", "192.0.2.7").await.unwrap();
    let now = world.context().now;
    let put = |sql: &'static str, count: i64, at: Timestamp| {
        let (store, ambient) = (world.store.clone(), world.context().ambient);
        async move {
            let ids: Vec<_> = (0..count).map(|_| ambient.row_id()).collect();
            store
                .write::<_, _, StoreError, _>((ids, at), move |mut tx, (ids, at)| {
                    Box::pin(async move {
                        for id in ids {
                            tx.execute(sql, params![id, id.as_bytes().to_vec(), at]).await?;
                        }
                        Ok(())
                    })
                })
                .await
                .unwrap();
        }
    };
    let attempt =
        "INSERT INTO login_attempt (tenant_id, state_hash, browser_hash, secrets, return_to, created_at, expires_at)
                   SELECT $1, $3, $3, $3, '/', $4, $4 WHERE $2 = $2";
    put(attempt, 1_500, now.minus(HOUR)).await;
    let mail = "INSERT INTO mail_outbox (tenant_id, id, purpose, address_hash, queued_at, attempt, sent_at)
                VALUES ($1, $2, 'test', $3, $4, 1, $4)";
    put(mail, 2, now.minus(DAY * 31)).await;
    put(mail, 1, now.minus(DAY * 29)).await;
    let waiting = "INSERT INTO mail_outbox (tenant_id, id, purpose, address_hash, queued_at, attempt, next_at)
                   VALUES ($1, $2, 'test', $3, $4, 1, $4)";
    put(waiting, 1, now.minus(DAY * 31)).await;

    let attempts = "SELECT COUNT(*) FROM login_attempt WHERE tenant_id = $1";
    assert!(sweep(&world.store, now).await.unwrap(), "there is more");
    assert_eq!(world.count(attempts).await, 501, "one transaction takes a thousand");
    assert!(!sweep(&world.store, now).await.unwrap());
    assert_eq!(world.count(attempts).await, 1, "the one that lives");
    let mails = "SELECT COUNT(*) FROM mail_outbox WHERE tenant_id = $1 AND purpose = 'test'";
    assert_eq!(world.count(mails).await, 2, "one that was sent lately, and one that still waits");
    assert!(resume(&world.store, &world.context(), session).await.unwrap().is_some());
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
    assert!(!sweep(&world.store, world.context().now).await.unwrap());
    assert_eq!(world.count("SELECT COUNT(*) FROM session WHERE tenant_id = $1").await, 0);
}

fn logout(world: &World, jti: &str, sub: Option<&str>, sid: Option<&str>) -> Logout {
    let owned = |text: Option<&str>| text.map(str::to_owned);
    let now = world.context().now;
    Logout { sub: owned(sub), sid: owned(sid), jti: jti.to_owned(), issued_at: now, expires_at: now.plus(MINUTE * 2) }
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

    let again = anew(&world, "another-sid").await;
    assert_eq!(apply(logout(&world, "2", mina, Some("sid-of-Mina"))).await, Err(Replayed));
    assert!(resume(&world.store, &world.context(), again).await.unwrap().is_some());
    assert_eq!(apply(logout(&world, "3", mina, None)).await, Ok(1), "without sid: all of the subject's");
    assert!(resume(&world.store, &world.context(), bo).await.unwrap().is_some(), "and nobody else's");
}

/// Mina comes by a session of the identity server that began just now.
async fn anew(world: &World, sid: &str) -> SessionId {
    let mut arrival = world.arrival("Mina");
    (arrival.sid, arrival.auth_time) = (Some(sid.to_owned()), Some(world.context().now));
    match sign_in(&world.store, world.context(), arrival).await.unwrap() {
        SignIn::In { session, .. } => session,
        out => panic!("{out:?}"),
    }
}

#[tokio::test]
async fn in_04_a_logout_that_overtakes_a_sign_in_holds() {
    let world = World::new().await;
    let sessions = "SELECT COUNT(*) FROM session WHERE tenant_id = $1";
    let apply = |named| {
        let world = &world;
        async move { end_by_logout_token(&world.store, world.context(), named).await.unwrap().unwrap() }
    };
    let mina = Some("subject-of-Mina");
    // The answer of UserInfo is here, the session is not yet.
    let on_its_way = world.arrival("Mina");
    assert_eq!(apply(logout(&world, "1", mina, Some("sid-of-Mina"))).await, 0);
    assert_eq!(sign_in(&world.store, world.context(), on_its_way).await.unwrap(), SignIn::LoggedOut);
    assert_eq!((world.count(sessions).await, world.audited_all().await), (0, 0), "and nothing else came of it");
    // Somebody else's, with the same name for it by accident; and hers, when she has signed in anew.
    let mut other = world.arrival("Bo");
    other.sid = Some("sid-of-Mina".to_owned());
    assert!(matches!(sign_in(&world.store, world.context(), other).await.unwrap(), SignIn::In { .. }));
    anew(&world, "another-sid").await;

    // Without a sid: all that she had proved by then, and nothing that she proves after.
    world.clock.advance(MINUTE);
    let mut before = world.arrival("Mina");
    (before.sid, before.auth_time) = (Some("third".to_owned()), Some(world.context().now.minus(MINUTE)));
    assert_eq!(apply(logout(&world, "2", mina, None)).await, 1);
    assert_eq!(sign_in(&world.store, world.context(), before).await.unwrap(), SignIn::LoggedOut);
    anew(&world, "fourth").await;

    // Longer than any sign-in takes, sweeping or not; the token itself has expired by then.
    world.clock.advance(MINUTE * 7);
    sweep(&world.store, world.context().now).await.unwrap();
    assert_eq!(world.arrives("Mina").await, SignIn::LoggedOut);
    world.clock.advance(MINUTE * 5 / 2);
    assert_eq!(world.arrives("Mina").await, SignIn::LoggedOut, "the second token is still remembered");
    world.clock.advance(MINUTE);
    assert!(matches!(world.arrives("Mina").await, SignIn::In { .. }));
    sweep(&world.store, world.context().now).await.unwrap();
    assert_eq!(world.count("SELECT COUNT(*) FROM logout_token WHERE tenant_id = $1").await, 0);
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
