use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use identity::keys;
use serde_json::Value;
use tenant::members::MemberState;

use crate::harness::{DAY, HOUR, World};

fn kid(token: &Value) -> String {
    let part = token.as_str().unwrap().split('.').next().unwrap();
    let header: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap();
    header["kid"].as_str().unwrap().to_owned()
}

async fn listed(world: &World) -> Vec<String> {
    let keys = world.browser().get(world.id.url("/jwks")).await.json()["keys"].clone();
    keys.as_array().unwrap().iter().map(|key| key["kid"].as_str().unwrap().to_owned()).collect()
}

/// What the worker does every hour.
async fn rotates(world: &World) {
    keys::rotate(world.identity.identity()).await.unwrap();
}

#[tokio::test]
async fn a_new_key_is_listed_before_it_signs_and_the_old_one_after() {
    let world = World::new().await;
    let mut alice = world.member("alice", &world.acme, MemberState::Active, &["viewer"]).await;
    let rp = world.client_at(&world.acme, "app", |_| {}).await;
    alice.signs_in(&world).await;
    let old = kid(&rp.tokens(&mut alice).await["id_token"]);
    assert_eq!(listed(&world).await.len(), 2, "one key an algorithm");

    world.passes(89 * DAY + HOUR);
    rotates(&world).await;
    let both = listed(&world).await;
    assert_eq!(both.len(), 4, "the successors are listed a day ahead");
    alice.signs_in(&world).await;
    assert_eq!(kid(&rp.tokens(&mut alice).await["id_token"]), old, "but do not sign yet");

    world.passes(23 * HOUR);
    alice.signs_in(&world).await;
    let hint = rp.tokens(&mut alice).await["id_token"].as_str().unwrap().to_owned();
    rotates(&world).await;
    let tokens = rp.tokens(&mut alice).await;
    let new = kid(&tokens["id_token"]);
    assert!(new != old && both.contains(&new), "it signs with what was listed");
    assert_eq!(listed(&world).await.len(), 4);
    assert_eq!(rp.userinfo(tokens["access_token"].as_str().unwrap()).await.status, 200);
    let with_hint = rp.request(&[("prompt", Some("none")), ("id_token_hint", Some(&hint))]);
    alice.opens(&with_hint.url()).await;
    assert!(alice.query("code").is_some(), "what the old key signed is still believed: {:?}", alice.page);

    world.passes(2 * DAY);
    rotates(&world).await;
    assert!(!listed(&world).await.contains(&old), "and gone when all that it signed has expired");
}

#[tokio::test]
async fn between_two_rotations_something_always_signs_and_is_listed() {
    let world = World::new().await;
    let mut alice = world.member("alice", &world.acme, MemberState::Active, &["viewer"]).await;
    let rp = world.client_at(&world.acme, "app", |_| {}).await;
    // The worker comes once an hour: here half an hour before the old key ends, and not again until it is over.
    world.passes(89 * DAY + HOUR / 2);
    rotates(&world).await;
    world.passes(DAY - HOUR);
    rotates(&world).await;
    world.passes(HOUR - HOUR / 4);
    alice.signs_in(&world).await;
    let tokens = rp.tokens(&mut alice).await;
    let retires = "SELECT retire_at FROM signing_key WHERE kid = $1";
    let retires = world.identity_count_of(retires, store::params![kid(&tokens["id_token"])]).await;
    assert!(retires > world.ambient.now().plus(DAY).as_micros(), "listed for longer than the token lives");
    assert!(listed(&world).await.contains(&kid(&tokens["id_token"])));
}

#[tokio::test]
async fn tenants_and_applications_live_through_a_rotation() {
    let world = World::new().await;
    let mut alice = world.member("alice", &world.acme, MemberState::Active, &["viewer"]).await;
    alice.enters(&world.acme).await.sees("Viewer").opens(&world.lightbox.url("/login")).await.is("/");
    world.passes(89 * DAY + HOUR);
    rotates(&world).await;
    world.passes(DAY);
    rotates(&world).await;
    alice.enters(&world.acme).await.sees("Viewer").opens(&world.lightbox.url("/login")).await.is("/");
    alice.opens(&world.acme).await.submits("sign-out", &[]).await.submits("sign-out-everywhere", &[]).await;
    world.settle().await;
    alice.opens(&world.acme).await.is("/login");
}
