//! What ends with a provider ends also where there is more of it than one request can end.

use audit::Actor;
use evil_provider::Person as Upstream;
use identity::providers::{self, Provider, Removed};
use store::{StoreError, params};

use crate::harness::{Person, World};

const LIVING: &str = "SELECT COUNT(*) FROM session WHERE ended_at IS NULL";
const MANY: i64 = 250;

/// A world in which a provider has opened many sessions, and the platform one.
async fn a_world() -> (World, Person, Provider) {
    let world = World::new().await;
    world.platform_provider("contoso", &world.contoso, &["people.example"]).await;
    let mut mina = world.browser();
    mina.opens(&world.id.url("/account")).await.comes_by("contoso", &world.contoso, Upstream::named("mina")).await;
    let first = world.identity_id("SELECT id FROM session").await;
    let identity = world.identity.identity();
    let fresh: Vec<_> = (1..MANY).map(|_| identity.ambient.row_id()).collect();
    let copied = identity.store.write::<_, _, StoreError, _>((first, fresh), |tx, (first, fresh)| {
        Box::pin(async move {
            for id in fresh {
                tx.execute(
                    "INSERT INTO session (id, account_id, epoch, user_agent, created_at, used_at, expires_at, idle_for, ends_by)
                     SELECT $1, account_id, epoch, user_agent, created_at, used_at, expires_at, idle_for, ends_by
                     FROM session WHERE id = $2",
                    params![*id, *first],
                )
                .await?;
                tx.execute(
                    "INSERT INTO authentication (id, session_id, method, provider, at, identity_id)
                     SELECT $1, $1, method, provider, at, identity_id FROM authentication WHERE session_id = $2",
                    params![*id, *first],
                )
                .await?;
            }
            Ok(())
        })
    });
    copied.await.unwrap();
    let mut alice = world.account("alice").await;
    alice.signs_in(&world).await;
    assert_eq!(world.identity_count(LIVING).await, MANY + 1);
    let provider = providers::find(&mut identity.store.read().await.unwrap(), "contoso").await.unwrap().unwrap();
    (world, alice, provider)
}

#[tokio::test]
async fn lk_13_rel_01_what_a_provider_has_opened_ends_though_the_request_is_cut() {
    for removes in [true, false] {
        let (world, mut alice, provider) = a_world().await;
        let identity = world.identity.identity();
        if removes {
            let removed = providers::remove(identity, Actor::Operator, &provider, true).await.unwrap();
            assert!(matches!(removed, Removed::Done(_)));
        } else {
            assert!(providers::set_enabled(identity, Actor::Operator, &provider, false).await.unwrap());
        }
        // No request goes on from here: whatever is left is a worker's, of whichever process there is.
        let left = world.identity_count(LIVING).await;
        assert!((2..=MANY).contains(&left), "a request ends some, and not all: {left}");
        world.settle().await;
        assert_eq!(world.identity_count(LIVING).await, 1, "{removes}");
        assert_eq!(world.identity_count("SELECT COUNT(*) FROM provider WHERE ending_at IS NOT NULL").await, 0);
        alice.opens(&world.id.url("/account")).await.is("/account");
    }
}

#[tokio::test]
async fn lk_13_a_provider_is_enabled_again_once_all_has_ended_and_what_it_opens_then_stays() {
    let (world, _alice, provider) = a_world().await;
    let identity = world.identity.identity();
    assert!(providers::set_enabled(identity, Actor::Operator, &provider, false).await.unwrap());
    // At once, before any worker has come to it.
    assert!(providers::set_enabled(identity, Actor::Operator, &provider, true).await.unwrap());
    assert_eq!(world.identity_count(LIVING).await, 1);
    let mut mina = world.browser();
    mina.opens(&world.id.url("/account")).await.comes_by("contoso", &world.contoso, Upstream::named("mina")).await;
    world.settle().await;
    mina.opens(&world.id.url("/account")).await.is("/account");
}
