use std::time::Duration;

use super::world::World;
use crate::lifecycle::Deed;
use crate::members::MemberState;
use crate::snapshots::{Applied, Receipt, Snapshot, next_batch, postpone, settle, undelivered};

async fn batch(world: &World) -> Vec<Snapshot> {
    next_batch(&mut world.store.read().await.unwrap(), world.context().now).await.unwrap()
}

fn all_applied(batch: &[Snapshot]) -> Receipt {
    let applied = batch.iter().map(|it| Applied { subject: it.subject.clone(), version: it.version }).collect();
    Receipt { applied, unknown: vec![] }
}

#[tokio::test]
async fn each_change_leaves_a_snapshot_and_the_newest_is_delivered() {
    let world = World::new().await;
    let admin = world.admin().await;
    let (_, mina) = world.enters("Mina").await;
    world.approves(admin, mina, "editor").await.unwrap();
    let sent = batch(&world).await;
    let of_mina: Vec<_> = sent.iter().filter(|snapshot| snapshot.member == mina).collect();
    assert_eq!(of_mina.len(), 1);
    let json = serde_json::to_value(of_mina[0]).unwrap();
    let expected = serde_json::json!({
        "subject": "subject-of-Mina", "version": 2, "state": "active", "roles": ["editor"], "groups": [], "provider": null,
    });
    assert_eq!(json, expected, "the form of ARCHITECTURE.md");

    // Meanwhile the member changes: what was sent is old, and its receipt must not remove the new one.
    world.does(admin, mina, Deed::Lock).await.unwrap();
    let receipt = all_applied(&sent);
    assert_eq!(settle(&world.store, sent, receipt, world.context().now).await.unwrap(), 2);
    let rest = batch(&world).await;
    assert_eq!(rest.iter().map(|it| (it.version, it.state)).collect::<Vec<_>>(), [(3, MemberState::Locked)]);
    let receipt = all_applied(&rest);
    settle(&world.store, rest, receipt, world.context().now).await.unwrap();
    assert_eq!(undelivered(&mut world.store.read().await.unwrap()).await.unwrap(), 0);
}

#[tokio::test]
async fn what_nobody_took_stays_and_waits_longer_each_time() {
    let world = World::new().await;
    world.admin().await;
    let first = batch(&world).await;
    postpone(&world.store, first.clone(), world.context().now).await.unwrap();
    assert!(batch(&world).await.is_empty());
    world.clock.advance(Duration::from_secs(1));
    let second = batch(&world).await;
    assert_eq!(second[0].attempts, 1);
    let unknown = Receipt { applied: vec![], unknown: vec![second[0].subject.clone()] };
    assert_eq!(settle(&world.store, second, unknown, world.context().now).await.unwrap(), 0);
    world.clock.advance(Duration::from_secs(1));
    assert!(batch(&world).await.is_empty(), "the second wait is longer");
    world.clock.advance(Duration::from_secs(1));
    assert_eq!(batch(&world).await.len(), 1);
    assert_eq!(undelivered(&mut world.store.read().await.unwrap()).await.unwrap(), 1, "and nothing is lost");
}

#[tokio::test]
async fn someone_without_a_subject_is_not_told_of() {
    let world = World::new().await;
    let seed = crate::members::Seed {
        subject: None,
        profile: crate::members::Profile::new("In", "Vited", "in@people.example", "de", None),
        state: MemberState::Invited,
        roles: vec![],
        reason: None,
    };
    let one = crate::members::seed(&world.store, world.context(), seed.clone()).await.unwrap();
    assert!(batch(&world).await.is_empty());
    assert_eq!(
        crate::members::seed(&world.store, world.context(), seed).await.unwrap(),
        one,
        "seeding again changes nothing"
    );
}
