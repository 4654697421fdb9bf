//! A tenant whose identity server breaks every rule of OpenID Connect, one by one.

use std::time::Duration;

use evil_provider::{Client, Person, Trick};

use crate::harness::{EvilTenant, MINUTE, World};

/// Whoever came in, and what was made of them.
async fn traces(of: &EvilTenant) -> [i64; 3] {
    [
        of.count("SELECT COUNT(*) FROM member").await,
        of.count("SELECT COUNT(*) FROM session").await,
        of.count("SELECT COUNT(*) FROM snapshot").await,
    ]
}

#[tokio::test]
async fn lk_10_an_identity_server_that_breaks_a_rule_signs_nobody_in_at_a_tenant() {
    let world = World::new().await;
    let fjord = world.evil_tenant().await;
    fjord.evil.has(Person::named("eve"));
    let nothing = traces(&fjord).await;
    assert_eq!(nothing, [0, 0, 0]);
    for trick in Trick::ATTACKS {
        // Past every cache of discovery.
        world.passes(Duration::from_secs(11 * 60));
        fjord.evil.plays(*trick);
        let mut eve = world.who_knows(world.browser(), &fjord.place);
        eve.opens(&fjord.place.url("/auth/login?return_to=%2Fmembers")).await;
        assert!(eve.page.url.as_str().starts_with(&fjord.place.base), "{trick:?}: {:?}", eve.page);
        assert!(eve.page.status >= 400, "{trick:?}: {:?}", eve.page);
        assert!(!eve.page.body.contains("eyJ"), "{trick:?}: a token on a page");
        fjord.evil.behaves();
        let home = eve.get(fjord.place.url("/members")).await;
        assert!(home.location().is_some_and(|to| to.path() == "/auth/login"), "{trick:?}: {home:?}");
        assert_eq!(traces(&fjord).await, nothing, "{trick:?}");
    }
    world.passes(Duration::from_secs(11 * 60));
    let mut eve = world.who_knows(world.browser(), &fjord.place);
    eve.opens(&fjord.place.url("/auth/login")).await;
    assert!(eve.page.status < 400, "{:?}", eve.page);
    assert_eq!(fjord.count("SELECT COUNT(*) FROM member").await, 1, "without the attack they are a member");
}

#[tokio::test]
async fn lk_10_what_is_unusual_and_right_signs_in_at_a_tenant() {
    let world = World::new().await;
    let fjord = world.evil_tenant().await;
    // A tenant wants `iss` in every answer, whatever is promised.
    for (number, trick) in Trick::CONTROLS.iter().filter(|trick| **trick != Trick::NoIssPromised).enumerate() {
        world.passes(Duration::from_secs(11 * 60));
        fjord.evil.has(Person::named(&format!("person{number}")));
        fjord.evil.plays(*trick);
        let mut person = world.who_knows(world.browser(), &fjord.place);
        person.opens(&fjord.place.url("/auth/login")).await;
        assert!(person.page.status < 400, "{trick:?}: {:?}", person.page);
        let members = fjord.count("SELECT COUNT(*) FROM member").await;
        assert_eq!(members, i64::try_from(number).unwrap() + 1, "{trick:?}");
        fjord.evil.behaves();
    }
}

#[tokio::test]
async fn lk_09_a_code_of_one_provider_is_never_sent_to_another() {
    let world = World::new().await;
    let fjord = world.evil_tenant().await;
    let mut mina = world.who_knows(world.browser(), &fjord.place);
    let request = mina.get(fjord.place.url("/auth/login")).await.location().unwrap();
    // The same request at an honest provider, whose code its rival would like to have.
    world.contoso.knows(Client::with_secret("fjord", "a secret"));
    for provider in [&world.contoso, &world.evil] {
        provider.has(Person::named("mina"));
    }
    let honest = world.contoso.authorize(&request);
    mina.opens(honest.as_str()).await.answers(400);
    assert_eq!((world.evil.asked("/token"), world.contoso.asked("/token")), (0, 0));
    mina.opens(world.evil.authorize(&request).as_str()).await;
    assert!(mina.page.status < 400, "the attempt is still good: {:?}", mina.page);
    assert_eq!((world.evil.asked("/token"), world.contoso.asked("/token")), (1, 0));
}

#[tokio::test]
async fn oa_19_forged_logout_tokens_end_nothing_at_a_tenant() {
    let world = World::new().await;
    let fjord = world.evil_tenant().await;
    fjord.evil.has(Person::named("mina"));
    let mut mina = world.who_knows(world.browser(), &fjord.place);
    mina.opens(&fjord.place.url("/auth/login")).await;
    assert_eq!(fjord.count("SELECT COUNT(*) FROM session WHERE ended_at IS NULL").await, 1);
    let http = crate::harness::client(&[&fjord.place]);
    let to = || fjord.place.url("/backchannel-logout").parse().unwrap();
    let token = |change: fn(&mut serde_json::Map<String, serde_json::Value>)| {
        fjord.evil.logout_token("fjord", "subject-of-mina", change)
    };
    let forged = [
        token(|claims| drop(claims.insert("nonce".into(), "n".into()))),
        token(|claims| drop(claims.insert("iss".into(), "https://another.example".into()))),
        token(|claims| drop(claims.insert("aud".into(), "another".into()))),
        token(|claims| drop(claims.remove("events"))),
        token(|claims| drop(claims.remove("jti"))),
        token(|claims| claims.retain(|name, _| name != "sub" && name != "sid")),
    ];
    for token in &forged {
        assert_eq!(fjord.evil.sends_logout(&http, to(), token).await, 400);
    }
    assert_eq!(fjord.count("SELECT COUNT(*) FROM session WHERE ended_at IS NULL").await, 1);
    world.passes(MINUTE);
    let good = token(|_| {});
    assert_eq!(fjord.evil.sends_logout(&http, to(), &good).await, 200);
    assert_eq!(fjord.count("SELECT COUNT(*) FROM session WHERE ended_at IS NULL").await, 0);
    assert_eq!(fjord.evil.sends_logout(&http, to(), &good).await, 400, "it counts once");
}
