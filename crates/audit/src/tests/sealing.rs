//! The sealer: one gap-free chain, whoever seals and whatever stops in the middle.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::join_all;
use jobs::Progress;
use serde_json::json;
use store::{MasterKey, PLATFORM, Store, StoreError, TenantRead, params};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{ACME, GLOBEX, World};
use crate::{
    Actor, AuditKey, Checkpoint, Entry, Report, SealError, Sealer, export_checkpoints, page, read_checkpoints, record,
    tenants, verify,
};

const HOUR: Duration = Duration::from_secs(60 * 60);

impl World {
    pub(super) fn master_key() -> MasterKey {
        MasterKey::from_bytes(&[8; 32])
    }

    pub(super) fn sealer(&self) -> Sealer {
        Sealer::new(self.store.clone(), &Self::master_key(), self.ambient.clone())
    }

    /// So many entries in one transaction, every third with a personal value.
    pub(super) async fn fill(&self, tenant: Uuid, many: usize) {
        let entries: Vec<Entry> = (0..many)
            .map(|number| {
                let entry =
                    self.entry(Actor::Operator, "thing.changed").on("thing", number).detail(json!({"n": number}));
                if number % 3 == 0 { entry.personal("email", format!("{number}@x.test"), &self.ambient) } else { entry }
            })
            .collect();
        self.store
            .for_tenant(tenant)
            .write::<_, _, StoreError, _>(entries, |mut tx, entries| {
                Box::pin(async move {
                    for entry in entries {
                        record(&mut tx, entry).await?;
                    }
                    Ok(())
                })
            })
            .await
            .unwrap();
    }

    /// Seals everything there is.
    pub(super) async fn seal(&self, tenant: Uuid) {
        let sealer = self.sealer();
        self.clock.advance(Duration::from_secs(31));
        while sealer.seal(tenant).await.unwrap() == Progress::More {}
    }

    pub(super) async fn verified(&self, tenant: Uuid, held: &[Checkpoint]) -> Report {
        let key = AuditKey::of(&Self::master_key()).public();
        verify(&self.store, tenant, &[key], held).await.unwrap()
    }

    pub(super) async fn exported(&self, tenant: Uuid) -> Vec<Checkpoint> {
        let mut file = Vec::new();
        let written = export_checkpoints(&self.store, tenant, &mut file).await.unwrap();
        let read = read_checkpoints(file.as_slice()).unwrap();
        assert_eq!(read.len() as u64, written);
        read
    }

    async fn number(&self, tenant: Uuid, sql: &'static str) -> i64 {
        let mut conn = self.store.for_tenant(tenant).read().await.unwrap();
        let (number,): (i64,) = conn.one(sql, params![]).await.unwrap();
        number
    }
}

async fn later(world: &World, sealer: &Sealer, tenant: Uuid) -> Progress {
    world.clock.advance(Duration::from_secs(31));
    sealer.seal(tenant).await.unwrap()
}

#[tokio::test]
async fn web_22_entries_are_numbered_and_chained_in_batches_and_the_log_is_whole() {
    let world = World::new().await;
    let empty = world.verified(ACME, &[]).await;
    assert!(empty.is_whole() && empty.entries == 0 && empty.head.is_none(), "{empty:?}");
    world.fill(ACME, 1_203).await;
    let waiting = world.verified(ACME, &[]).await;
    assert!(waiting.is_whole() && (waiting.entries, waiting.unsealed) == (0, 1_203), "{waiting:?}");
    let sealer = world.sealer();
    assert_eq!(sealer.seal(ACME).await.unwrap(), Progress::More);
    assert_eq!(world.verified(ACME, &[]).await.unsealed, 703);
    assert_eq!(sealer.seal(ACME).await.unwrap(), Progress::More);
    assert_eq!(sealer.seal(ACME).await.unwrap(), Progress::Idle);
    assert_eq!(sealer.seal(ACME).await.unwrap(), Progress::Idle);
    let report = world.verified(ACME, &[]).await;
    assert!(report.is_whole(), "{report}");
    assert_eq!((report.entries, report.unsealed, report.personal, report.erased), (1_203, 0, 401, 0));
    assert_eq!((report.checkpoints, report.head.unwrap().seal_number), (1, 1_203));
    let in_order = "SELECT COUNT(*) FROM audit_entry a JOIN audit_entry b ON b.tenant_id = a.tenant_id
                    AND b.seal_number = a.seal_number + 1 AND b.id > a.id WHERE a.tenant_id = $1";
    assert_eq!(world.number(ACME, in_order).await, 1_202);
    assert_eq!(page(&mut world.store.for_tenant(ACME).read().await.unwrap(), None, 500).await.unwrap().len(), 500);
}

#[tokio::test]
async fn a_quiet_log_gets_its_checkpoint_within_the_hour() {
    let world = World::new().await;
    world.fill(ACME, 3).await;
    world.seal(ACME).await;
    assert_eq!(world.verified(ACME, &[]).await.checkpoints, 0);
    world.clock.advance(HOUR - Duration::from_secs(40));
    world.seal(ACME).await;
    assert_eq!(world.verified(ACME, &[]).await.checkpoints, 0);
    world.clock.advance(Duration::from_secs(40));
    world.seal(ACME).await;
    let report = world.verified(ACME, &[]).await;
    assert!(report.is_whole() && report.checkpoints == 1, "{report}");
    world.clock.advance(24 * HOUR);
    world.seal(ACME).await;
    assert_eq!(world.verified(ACME, &[]).await.checkpoints, 1, "nothing new, nothing to say");
    let exported = world.exported(ACME).await;
    assert_eq!(exported.iter().map(|it| it.seal_number).collect::<Vec<_>>(), [3]);
    assert_eq!(world.verified(ACME, &exported).await.held, 1);
}

#[tokio::test]
async fn an_entry_that_becomes_visible_late_with_an_earlier_id_is_sealed_next() {
    let world = World::new().await;
    let late = world.entry(Actor::System, "slow.transaction");
    world.fill(ACME, 5).await;
    world.seal(ACME).await;
    world.write(ACME, &late).await;
    world.seal(ACME).await;
    let report = world.verified(ACME, &[]).await;
    assert!(report.is_whole() && (report.entries, report.unsealed) == (6, 0), "{report}");
    let its = "SELECT seal_number FROM audit_entry WHERE tenant_id = $1 AND action = 'slow.transaction'";
    assert_eq!(world.number(ACME, its).await, 6);
}

#[tokio::test]
async fn thirty_two_sealers_and_eight_writers_make_one_chain_without_a_gap() {
    let world = Arc::new(World::new().await);
    world.fill(ACME, 900).await;
    let sealing = (0..32).map(|_| {
        let (sealer, world) = (world.sealer(), Arc::clone(&world));
        tokio::spawn(async move {
            for _ in 0..12 {
                // Time goes on between the rounds: leases run out in the middle of others' batches.
                later(&world, &sealer, ACME).await;
                tokio::task::yield_now().await;
            }
        })
    });
    let writing = (0..8).map(|_| {
        let world = Arc::clone(&world);
        tokio::spawn(async move {
            for _ in 0..20 {
                world.fill(ACME, 5).await;
            }
        })
    });
    for task in join_all(sealing.chain(writing).collect::<Vec<_>>()).await {
        task.unwrap();
    }
    world.seal(ACME).await;
    let report = world.verified(ACME, &[]).await;
    assert!(report.is_whole(), "{report}");
    assert_eq!((report.entries, report.unsealed), (1_700, 0));
}

#[tokio::test]
async fn a_plan_made_for_an_old_head_changes_nothing_even_without_a_lease() {
    use crate::seal::testing::{plan, write};
    let world = World::new().await;
    world.fill(ACME, 10).await;
    let (sealer, store) = (world.sealer(), world.store.for_tenant(ACME));
    let (one, other) = (plan(&sealer, ACME).await, plan(&sealer, ACME).await);
    assert!(write(&store, one).await.unwrap());
    assert!(!write(&store, other).await.unwrap(), "the first one of a chain");
    world.fill(ACME, 10).await;
    let (one, other) = (plan(&sealer, ACME).await, plan(&sealer, ACME).await);
    assert!(write(&store, one).await.unwrap());
    assert!(!write(&store, other).await.unwrap(), "a later one");
    world.clock.advance(HOUR);
    let (one, other) = (plan(&sealer, ACME).await, plan(&sealer, ACME).await);
    assert!(write(&store, one).await.unwrap());
    assert!(!write(&store, other).await.unwrap(), "one that is a checkpoint alone");
    let report = world.verified(ACME, &[]).await;
    assert!(report.is_whole() && (report.entries, report.checkpoints) == (20, 1), "{report}");
}

#[tokio::test]
async fn one_node_seals_at_a_time_and_another_goes_on_where_it_stopped() {
    let world = World::new().await;
    world.fill(ACME, 1_100).await;
    let (one, other) = (world.sealer(), world.sealer());
    assert_eq!(one.seal(ACME).await.unwrap(), Progress::More);
    assert_eq!(other.seal(ACME).await.unwrap(), Progress::Idle, "leased to the first");
    assert_eq!(world.verified(ACME, &[]).await.entries, 500);
    drop(one);
    world.clock.advance(Duration::from_secs(29));
    assert_eq!(other.seal(ACME).await.unwrap(), Progress::Idle, "it may still be at work");
    world.clock.advance(Duration::from_secs(1));
    assert_eq!(other.seal(ACME).await.unwrap(), Progress::More);
    assert_eq!(other.seal(ACME).await.unwrap(), Progress::Idle);
    let report = world.verified(ACME, &[]).await;
    assert!(report.is_whole() && report.entries == 1_100, "{report}");
}

#[tokio::test]
async fn every_log_of_a_database_is_sealed_apart_and_one_that_is_refused_holds_up_no_other() {
    let world = World::new().await;
    let last = Uuid::max();
    for (tenant, many) in [(PLATFORM, 3), (ACME, 600), (GLOBEX, 2), (last, 1)] {
        world.fill(tenant, many).await;
    }
    let (sealer, stop) = (world.sealer(), CancellationToken::new());
    assert_eq!(sealer.seal_all(&stop).await.unwrap(), Progress::More);
    assert_eq!(sealer.seal_all(&stop).await.unwrap(), Progress::Idle);
    let mut conn = world.store.read().await.unwrap();
    assert_eq!(tenants(&mut conn, Uuid::nil(), 10).await.unwrap(), [PLATFORM, ACME, GLOBEX, last]);
    assert_eq!(tenants(&mut conn, ACME, 2).await.unwrap(), [ACME, GLOBEX]);
    for (tenant, many) in [(PLATFORM, 3), (ACME, 600), (GLOBEX, 2), (last, 1)] {
        let report = world.verified(tenant, &[]).await;
        assert!(report.is_whole() && report.entries == many, "{report}");
    }
    // ACME's head is moved by somebody else.
    world.run("UPDATE audit_head SET signature = public_key WHERE tenant_id = $1", ACME).await;
    for tenant in [ACME, GLOBEX] {
        world.fill(tenant, 1).await;
    }
    assert_eq!(sealer.seal_all(&stop).await.unwrap(), Progress::Idle);
    let refused = sealer.seal(ACME).await;
    assert!(matches!(refused, Err(SealError::ForeignHead(ACME))), "{refused:?}");
    assert_eq!(world.verified(GLOBEX, &[]).await.entries, 3);
    assert_eq!(world.verified(ACME, &[]).await.unsealed, 1);
    // The checkpoint that is due an hour later comes though nothing new does.
    world.clock.advance(HOUR);
    assert_eq!(sealer.seal_all(&stop).await.unwrap(), Progress::Idle);
    assert_eq!(world.verified(PLATFORM, &[]).await.checkpoints, 1);
}

#[tokio::test]
async fn a_sealer_never_signs_what_somebody_else_has_put_at_the_end() {
    let world = World::new().await;
    world.fill(ACME, 4).await;
    world.seal(ACME).await;
    world.run("UPDATE audit_head SET chain_hash = signature WHERE tenant_id = $1", ACME).await;
    world.fill(ACME, 1).await;
    let refused = world.sealer();
    world.clock.advance(Duration::from_secs(31));
    let refused = refused.seal(ACME).await;
    assert!(matches!(refused, Err(SealError::ForeignHead(ACME))), "{refused:?}");
    let report = world.verified(ACME, &[]).await;
    assert!(!report.is_whole() && report.unsealed == 1, "{report}");

    let other = Sealer::new(world.store.clone(), &MasterKey::from_bytes(&[1; 32]), world.ambient.clone());
    world.fill(GLOBEX, 1).await;
    world.seal(GLOBEX).await;
    world.fill(GLOBEX, 1).await;
    world.clock.advance(Duration::from_secs(31));
    assert!(matches!(other.seal(GLOBEX).await, Err(SealError::ForeignHead(GLOBEX))), "another master key");
    world.seal(GLOBEX).await;
    assert!(world.verified(GLOBEX, &[]).await.is_whole(), "the right one goes on");
}

#[tokio::test]
async fn a_log_can_be_verified_while_it_grows() {
    let world = Arc::new(World::new().await);
    let writer = tokio::spawn({
        let world = Arc::clone(&world);
        async move {
            let sealer = world.sealer();
            for _ in 0..40 {
                world.fill(ACME, 60).await;
                sealer.seal(ACME).await.unwrap();
            }
        }
    });
    while !writer.is_finished() {
        let report = world.verified(ACME, &[]).await;
        assert!(report.is_whole(), "{report}");
    }
    writer.await.unwrap();
    world.seal(ACME).await;
    assert_eq!(world.verified(ACME, &[]).await.entries, 2_400);
}

/// A store to damage by hand.
impl World {
    pub(super) async fn run(&self, sql: &'static str, tenant: Uuid) {
        self.try_run(sql, tenant).await.unwrap();
    }

    pub(super) async fn try_run(&self, sql: &'static str, tenant: Uuid) -> Result<u64, StoreError> {
        let store: &Store = &self.store;
        store.write(tenant, move |tx, tenant| Box::pin(tx.execute(sql, params![tenant]))).await
    }
}
