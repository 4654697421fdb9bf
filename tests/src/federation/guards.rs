//! Closing a provider of the tenant's own leaves somebody who gets in to open it again (DESIGN §4.6); adding them has an end.

use std::time::Duration;

use audit::Actor;
use identity::providers::{self, NewProvider, Removed, Saved, Unfit};
use serde_json::{Value, json};
use store::params;

use crate::harness::{DAY, MINUTE, Person, World};

const OPEN: &str = "SELECT COUNT(*) FROM provider WHERE disabled_at IS NULL AND tenant_id IS NOT NULL";

/// Two administrators with tokens, each by a provider of the tenant's own by which they have come.
async fn two(world: &World) -> [(Person, String); 2] {
    world.own_provider(&world.acme, "one", &world.contoso, &[]).await;
    world.own_provider(&world.acme, "two", &world.evil, &[]).await;
    let both = [world.api_admin(&world.acme, "console").await, world.api_admin(&world.acme, "other-console").await];
    for ((person, token), key) in both.iter().zip(["acme.one", "acme.two"]) {
        comes_by_it(world, person, Some(key)).await;
        // The catalogue is known.
        world.gets(&world.acme, "/providers", token).await.done(200);
    }
    both
}

/// As if they had been switched to it, and had come by it since.
async fn comes_by_it(world: &World, person: &Person, key: Option<&str>) {
    let (key, email, now) = (key.map(str::to_owned), person.email.clone(), world.ambient.now());
    let store = world.tenant_store(&world.acme).await;
    let changed = store.write::<_, _, store::StoreError, _>((key, email, now), |tx, (key, email, now)| {
        Box::pin(async move {
            let sql = "UPDATE member SET provider = $1, last_sign_in = $3 WHERE email = $2";
            tx.execute(sql, params![key, email, now]).await
        })
    });
    assert_eq!(changed.await.unwrap(), 1);
}

async fn does(world: &World, token: &str, key: &str, what: &str) -> u16 {
    world.posts(&world.acme, &format!("/providers/acme.{key}{what}"), token, &json!({})).await.status
}

async fn changes(world: &World, token: &str, key: &str, what: Value) -> u16 {
    world.posts(&world.acme, &format!("/providers/acme.{key}"), token, &what).await.status
}

#[tokio::test]
async fn pp_06_of_two_who_close_a_provider_each_at_once_one_is_refused() {
    let world = World::new().await;
    let [(_ada, ada), (_bea, bea)] = two(&world).await;
    let (one, two) = tokio::join!(does(&world, &ada, "one", "/disable"), does(&world, &bea, "two", "/disable"));
    let mut both = [one, two];
    both.sort_unstable();
    assert_eq!(both, [200, 409]);
    assert_eq!(world.identity_count(OPEN).await, 1);
    // The control: what is open again counts again.
    let closed = if one == 200 { "one" } else { "two" };
    let open = if one == 200 { "two" } else { "one" };
    assert_eq!(does(&world, &ada, open, "/disable").await, 409);
    assert_eq!(does(&world, &ada, closed, "/enable").await, 200);
    assert_eq!(does(&world, &bea, open, "/disable").await, 200);
}

#[tokio::test]
async fn pp_06_a_provider_counts_as_closed_while_nobody_knows_whether_it_is() {
    let world = World::new().await;
    let [(_ada, ada), (_bea, bea)] = two(&world).await;
    world.wire.is_cut();
    assert_eq!(does(&world, &ada, "one", "/disable").await, 503);
    world.wire.is_mended();
    world.passes(Duration::from_secs(30));
    assert_eq!(does(&world, &bea, "two", "/disable").await, 409);
    assert_eq!(world.identity_count(OPEN).await, 2);
    // The control: once its end is known.
    world.passes(2 * MINUTE);
    assert_eq!(does(&world, &ada, "one", "/enable").await, 200);
    assert_eq!(does(&world, &bea, "two", "/disable").await, 200);
}

#[tokio::test]
async fn pp_06_a_change_of_how_a_provider_is_spoken_to_counts_as_closing_it() {
    let world = World::new().await;
    let [(ada, token), (bea, other)] = two(&world).await;
    // Nobody else comes surely: whoever is switched and has not come since is nobody.
    world.tenant_change(&world.acme, "UPDATE member SET switched_at = last_sign_in WHERE provider = 'acme.two'").await;
    let secret = || json!({ "settings": { "client_secret": "another secret, long enough" } });
    assert_eq!(changes(&world, &token, "one", secret()).await, 409);
    assert_eq!(changes(&world, &token, "one", json!({ "settings": { "client_id": "other" } })).await, 409);
    assert_eq!(world.audited("provider.changed").await, 0);
    let name = json!({ "name": "Our directory", "domains": ["people.example"] });
    assert_eq!(changes(&world, &token, "one", name).await, 200, "the control: what changes nothing for whoever comes");
    // The control: somebody else comes surely.
    world.passes(MINUTE);
    comes_by_it(&world, &bea, Some("acme.two")).await;
    world.tenant_change(&world.acme, "UPDATE member SET switched_at = NULL WHERE provider = 'acme.two'").await;
    assert_eq!(
        changes(&world, &token, "one", json!({ "settings": { "client_secret": "a third secret" }, "name": "" })).await,
        422
    );
    assert_eq!(does(&world, &other, "two", "/disable").await, 200, "what was refused has changed nothing");
    assert_eq!(does(&world, &other, "two", "/enable").await, 200);
    assert_eq!(changes(&world, &token, "one", secret()).await, 200);
    // Nobody has come by it as it is now.
    assert_eq!(does(&world, &other, "two", "/disable").await, 409);
    world.passes(Duration::from_secs(1));
    comes_by_it(&world, &ada, Some("acme.one")).await;
    assert_eq!(does(&world, &other, "two", "/disable").await, 200);
}

#[tokio::test]
async fn pp_06_whoever_runs_the_tenant_by_a_group_alone_keeps_no_provider_closed() {
    let world = World::new().await;
    let [(_ada, token), (bea, _)] = two(&world).await;
    comes_by_it(&world, &bea, None).await;
    let by_group = "UPDATE member_role SET by_hand = FALSE, by_group = TRUE
                    WHERE member_id IN (SELECT id FROM member WHERE provider IS NULL)";
    world.tenant_change(&world.acme, by_group).await;
    assert_eq!(does(&world, &token, "one", "/disable").await, 409);
    let by_hand = "UPDATE member_role SET by_hand = TRUE WHERE by_group";
    world.tenant_change(&world.acme, by_hand).await;
    assert_eq!(does(&world, &token, "one", "/disable").await, 200, "the control");
}

#[tokio::test]
async fn rel_19_adding_and_removing_again_and_again_has_an_end() {
    let world = World::new().await;
    let identity = world.identity.identity();
    let tenant = world.tenant_id(world.acme.slug).await;
    let add = async |number: usize| {
        let settings = relying_party::Settings::generic(
            world.evil.issuer(),
            "latchkey",
            relying_party::ClientAuthentication::None,
        );
        let values = providers::Change {
            name: "Corp".to_owned(),
            preset: "generic".to_owned(),
            issuer: world.evil.issuer().to_owned(),
            settings: serde_json::to_string(&settings).unwrap(),
            secret: None,
            domains: Vec::new(),
            shown: providers::Shown::Button,
        };
        let new = NewProvider { tenant: Some((tenant, "acme".to_owned())), key: format!("corp-{number}"), values };
        providers::create(identity, Actor::Operator, new).await.unwrap()
    };
    let remove = async |key: &str| {
        let it = providers::find(&mut identity.store.read().await.unwrap(), key).await.unwrap().unwrap();
        providers::remove(identity, Actor::Operator, &it, false).await.unwrap()
    };
    for number in 0..usize::try_from(providers::MOST).unwrap() {
        let Saved::Done(key) = add(number).await else { panic!("{number}") };
        assert_eq!(remove(&key).await, Removed::Done(0));
    }
    assert_eq!(add(1_000).await, Saved::Unfit(Unfit::TooMany));
    assert_eq!(world.identity_count("SELECT COUNT(*) FROM provider WHERE settings <> '{}'").await, 0);
    world.own_provider(&world.studio, "corp", &world.evil, &[]).await;
    world.platform_provider("everyones", &world.evil, &[]).await;
    world.passes(DAY + MINUTE);
    assert_eq!(add(1_000).await, Saved::Done("acme.corp-1000".to_owned()), "the control: a day later");
}
