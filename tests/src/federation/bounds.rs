//! Nobody fills the identity server's tables by way of a provider.

use evil_provider::Person as Upstream;
use identity::housekeeping::sweep;

use crate::harness::{DAY, HOUR, World, encode};

#[tokio::test]
async fn rel_19_a_request_is_taken_to_providers_so_often_and_no_more() {
    const AWAY: &str = "SELECT COUNT(*) FROM upstream_login";
    let world = World::new().await;
    world.platform_provider("contoso", &world.contoso, &["people.example"]).await;
    let mut eve = world.browser();
    eve.opens(&world.id.url("/account")).await;
    let (csrf, query) = (eve.csrf(), eve.url.query().unwrap().to_owned());
    let to = world.id.url(&format!("/login/provider?{query}"));
    for _ in 0..20 {
        let page = eve.post(&to, &[("csrf", &csrf), ("provider", "contoso")]).await;
        assert!(page.continues_to().is_some(), "the control: {page:?}");
    }
    eve.post(&to, &[("csrf", &csrf), ("provider", "contoso")]).await.answers(429);
    assert_eq!(world.identity_count(AWAY).await, 20);
    // Another request of hers is not held up.
    let mut again = world.browser();
    again.opens(&world.id.url("/account")).await.comes_by("contoso", &world.contoso, Upstream::named("eve")).await;
    again.is("/account");
}

#[tokio::test]
async fn rel_19_whom_a_tenants_provider_states_and_who_never_joins_goes_after_a_day() {
    const PEOPLE: &str = "SELECT COUNT(*) FROM account";
    const TIES: &str = "SELECT COUNT(*) FROM external_identity";
    let world = World::new().await;
    world.own_provider(&world.acme, "corp", &world.contoso, &["people.example"]).await;
    let swept = async || {
        while sweep(world.identity.identity()).await.unwrap() {}
        (world.identity_count(PEOPLE).await, world.identity_count(TIES).await)
    };
    let at_the_door = async |name: &str| {
        let mut person = world.browser();
        person.opens(&world.acme).await.comes_by("acme.corp", &world.contoso, Upstream::named(name)).await.is("/join");
        person
    };
    at_the_door("eve").await;
    at_the_door("eva").await;
    at_the_door("nils").await.submits("allow", &[]).await.sees("You asked to join");
    assert_eq!(swept().await, (3, 3));
    world.passes(23 * HOUR);
    assert_eq!(swept().await, (3, 3), "they may come back");
    world.passes(DAY);
    // One of them is at the door again.
    at_the_door("eva").await;
    assert_eq!(swept().await, (2, 2), "who has joined stays");
    assert_eq!(world.identity_count("SELECT COUNT(*) FROM session").await, 3, "of nils, and two of eva");
    world.passes(3 * DAY);
    assert_eq!(swept().await, (1, 1));
    // Whoever comes after it is new.
    at_the_door("eve").await.submits("allow", &[]).await.sees("You asked to join");
    world.passes(3 * DAY);
    assert_eq!(swept().await, (2, 2));
}

#[tokio::test]
async fn rel_19_logout_tokens_of_a_tenants_provider_leave_nothing_for_long() {
    const KEPT: &str = "SELECT COUNT(*) FROM assertion_use";
    const ENDED: &str = "sessions.ended_upstream";
    let world = World::new().await;
    world.own_provider(&world.acme, "corp", &world.contoso, &["people.example"]).await;
    let mut nils = world.browser();
    nils.opens(&world.acme).await.comes_by("acme.corp", &world.contoso, Upstream::named("nils")).await.is("/join");
    let tells = async |subject: &str| {
        let token = world.contoso.logout_token("latchkey", subject, |claims| {
            claims.insert("exp".to_owned(), 9_000_000_000_u64.into());
        });
        let send = async || {
            let to = world.id.url("/upstream/acme.corp/backchannel-logout");
            let request = world.net.http.post(&to).header("content-type", "application/x-www-form-urlencoded");
            request.body(encode([("logout_token", &*token)])).send().await.unwrap().status().as_u16()
        };
        (send().await, send().await)
    };
    let before = world.identity_count(KEPT).await;
    for _ in 0..3 {
        assert_eq!(tells("subject-of-nobody").await, (200, 400), "each counts once");
    }
    assert_eq!((world.identity_count(KEPT).await - before, world.audited(ENDED).await), (3, 0));
    world.passes(2 * HOUR);
    while sweep(world.identity.identity()).await.unwrap() {}
    assert_eq!(world.identity_count(KEPT).await, 0);
    // The control: what ends something is written down.
    let mut nils = world.browser();
    nils.opens(&world.acme).await.comes_by("acme.corp", &world.contoso, Upstream::named("nils")).await.is("/join");
    assert_eq!(tells("subject-of-nils").await.0, 200);
    assert_eq!(world.audited(ENDED).await, 1);
}
