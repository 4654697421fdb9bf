use tenant::members::MemberState;

use crate::harness::{Place, World};

/// Where an attacker's own sign-in would end: the callback with their code, kept from being fetched.
async fn callback_of_eve(world: &World, at: &Place, login: &str) -> String {
    let mut eve = world.member(&format!("eve{}", world.number()), &world.acme, MemberState::Active, &["viewer"]).await;
    eve.signs_in(world).await;
    let authorize = eve.get(at.url(login)).await.location().unwrap();
    let callback = eve.get(authorize).await.location().unwrap();
    assert!(callback.as_str().starts_with(&at.base) && callback.as_str().contains("code="), "{callback}");
    callback.to_string()
}

#[tokio::test]
async fn oa_08_an_attackers_code_in_the_victims_browser_signs_nobody_in() {
    let world = World::new().await;
    for (place, login) in [(&world.acme, "/auth/login"), (&world.lightbox, "/login")] {
        let mut victim = world.browser();
        let callback = callback_of_eve(&world, place, login).await;
        victim.opens(&callback).await.answers(400);
        victim.opens(&place.url("/")).await;
        assert!(!victim.page.text().contains("Eve"), "{:?}", victim.page);

        // Even with a sign-in of their own under way, and even with its state.
        let mut victim =
            world.member(&format!("victim{}", world.number()), &world.acme, MemberState::Active, &["viewer"]).await;
        let own = victim.get(place.url(login)).await.location().unwrap();
        let state = crate::harness::query(&own, "state").unwrap();
        victim.opens(&callback).await.answers(400);
        let mut swapped: url::Url = callback.parse().unwrap();
        let pairs: Vec<_> = swapped
            .query_pairs()
            .into_owned()
            .map(|(name, value)| {
                let value = if name == "state" { state.clone() } else { value };
                (name, value)
            })
            .collect();
        swapped.query_pairs_mut().clear().extend_pairs(pairs);
        victim.opens(swapped.as_str()).await.answers(400);
        assert!(!victim.page.text().contains("Eve"));
        victim.enters(&place.url(login)).await.is("/").answers(200);
        assert!(victim.page.text().contains("Victim"), "{:?}", victim.page);
    }
}

#[tokio::test]
async fn oa_08_an_answer_without_iss_or_of_another_issuer_is_dropped() {
    let world = World::new().await;
    for (place, login) in [(&world.acme, "/auth/login"), (&world.lightbox, "/login")] {
        let mut alice =
            world.member(&format!("alice{}", world.number()), &world.acme, MemberState::Active, &["viewer"]).await;
        alice.signs_in(&world).await;
        for iss in [None, Some("https://evil.test"), Some(""), Some(&*format!("{}/", world.id.base))] {
            let authorize = alice.get(place.url(login)).await.location().unwrap();
            let mut callback = alice.get(authorize).await.location().unwrap();
            let kept: Vec<_> = callback.query_pairs().into_owned().filter(|(name, _)| name != "iss").collect();
            callback.query_pairs_mut().clear().extend_pairs(kept).extend_pairs(iss.map(|iss| ("iss", iss)));
            alice.opens(callback.as_str()).await.answers(400);
        }
        alice.opens(&place.url(login)).await.is("/").answers(200);
    }
}

#[tokio::test]
async fn oa_08_a_callback_counts_once() {
    let world = World::new().await;
    for (place, login) in [(&world.acme, "/auth/login"), (&world.lightbox, "/login")] {
        let mut alice =
            world.member(&format!("alice{}", world.number()), &world.acme, MemberState::Active, &["viewer"]).await;
        alice.signs_in(&world).await;
        let authorize = alice.get(place.url(login)).await.location().unwrap();
        let callback = alice.get(authorize).await.location().unwrap();
        let mut thief = world.browser();
        thief.opens(callback.as_str()).await.answers(400);
        alice.opens(callback.as_str()).await.is("/").answers(200);
        let mut copied = world.browser();
        copied.opens(callback.as_str()).await.answers(400);
        alice.opens(callback.as_str()).await;
        alice.opens(&place.url("/")).await.answers(200);
        assert!(alice.page.text().contains("Alice"));
    }
    assert_eq!(world.audited("code.replayed").await, 0, "a copied callback never reaches the token endpoint");
}
