//! What the operator excepts inside the network is not for a tenant's administrator to choose from (OA-13).

use audit::Actor;
use evil_provider::{Client, Person as Upstream};
use identity_server::providers::Desk;
use serde_json::json;

use crate::harness::{DAY, World, encode};

/// Everything that a server inside was asked for.
fn asked(world: &World) -> usize {
    ["/.well-known/openid-configuration", "/jwks", "/token", "/userinfo"]
        .map(|path| world.inside.asked(path))
        .iter()
        .sum()
}

#[tokio::test]
async fn oa_13_a_tenants_own_provider_leads_to_no_address_that_the_operator_excepts() {
    let world = World::new().await;
    let (mut ada, token) = world.api_admin(&world.acme, "console").await;
    world.inside.knows(Client::with_secret("latchkey", "a secret that is long enough"));
    let at = |path: &str| format!("{}{path}", world.inside.base());
    // Its issuer lies inside: neither the test button nor a login gets there.
    let settings =
        json!({ "issuer": world.inside.issuer(), "client_id": "latchkey", "client_secret": "any secret at all" });
    let body = json!({ "preset": "generic", "key": "inner", "name": "Inner", "settings": settings });
    world.posts(&world.acme, "/providers", &token, &body).await.done(201);
    let tested = world.posts(&world.acme, "/providers/acme.inner/test", &token, &json!({})).await.done(200);
    assert_eq!(tested["ok"], false, "{tested}");
    ada.opens(&world.acme.url("/providers/acme.inner")).await.submits("test", &[]).await;
    assert!(ada.text_of("checks").contains("Wrong"), "{}", ada.text_of("checks"));
    let mut eve = world.browser();
    eve.opens(&world.acme).await.submits("by-acme.inner", &[]).await;
    assert!(eve.page.status >= 400, "{:?}", eve.page);
    assert_eq!(asked(&world), 0);
    // The other end is where it may be, and its document names addresses inside.
    let own = world.own_provider(&world.acme, "corp", &world.contoso, &[]).await;
    world.platform_provider("wide", &world.evil, &[]).await;
    let desk = Desk::of_tenant(&world.identity, world.tenant_id("acme").await, "acme".to_owned(), Actor::Operator);
    let logout = |key: &str| world.id.url(&format!("/upstream/{key}/backchannel-logout"));
    for (name, path) in [("jwks_uri", "/jwks"), ("token_endpoint", "/token"), ("userinfo_endpoint", "/userinfo")] {
        for upstream in [&world.contoso, &world.evil] {
            upstream.behaves();
            upstream.states(name, at(path));
        }
        world.passes(DAY);
        let mut eve = world.browser();
        eve.opens(&world.acme).await.comes_by(&own, &world.contoso, Upstream::named("eve")).await;
        assert!(eve.page.status >= 400, "{name}: {:?}", eve.page);
        let notice = world.contoso.logout_token("latchkey", "subject-of-eve", |_| {});
        post(&world, &logout(&own), &notice).await;
        desk.test(&own).await.unwrap();
        assert_eq!(asked(&world), 0, "{name}");
    }
    // The control: the same document of a provider that the platform has set up.
    for (name, path) in [("jwks_uri", "/jwks"), ("token_endpoint", "/token"), ("userinfo_endpoint", "/userinfo")] {
        world.evil.behaves();
        world.evil.states(name, at(path));
        world.passes(DAY);
        let mut eve = world.browser();
        eve.opens(&world.acme).await.comes_by("wide", &world.evil, Upstream::named("eve")).await;
        let notice = world.evil.logout_token("latchkey", "subject-of-eve", |_| {});
        post(&world, &logout("wide"), &notice).await;
        assert_ne!(world.inside.asked(path), 0, "{name}: {:?}", eve.page);
    }
}

#[tokio::test]
async fn web_31_a_logout_token_of_another_issuer_makes_us_ask_nobody() {
    const DISCOVERY: &str = "/.well-known/openid-configuration";
    let world = World::new().await;
    let own = world.own_provider(&world.acme, "corp", &world.contoso, &[]).await;
    let to = world.id.url(&format!("/upstream/{own}/backchannel-logout"));
    let other = world.evil.logout_token("latchkey", "subject-of-eve", |_| {});
    let none = world.contoso.logout_token("latchkey", "subject-of-eve", |claims| drop(claims.remove("iss")));
    for token in [other.as_str(), &none, "no.token", "a.b.c", "", &"x".repeat(100_000)] {
        post(&world, &to, token).await;
        assert_eq!(world.contoso.asked(DISCOVERY), 0, "{token:.40}");
    }
    // The control: what says that it is this provider's is held against its keys.
    let good = world.contoso.logout_token("latchkey", "subject-of-eve", |_| {});
    post(&world, &to, &good).await;
    assert_ne!(world.contoso.asked(DISCOVERY), 0);
}

async fn post(world: &World, to: &str, token: &str) {
    let body = encode([("logout_token", token)]);
    let request = world.net.http.post(to).header("content-type", "application/x-www-form-urlencoded");
    request.body(body).send().await.unwrap();
}
