use std::path::Path;
use std::sync::Arc;

use ambient::{Ambient, FixedClock, SeededRandom, Timestamp};
use serde_json::json;
use sqlx::migrate::Migrator;
use store::{Location, PLATFORM, Schema, Store, StoreError, TenantRead};
use uuid::Uuid;

use crate::{Actor, Entry, Of, forget, page, page_of, record};

mod rewriting;
mod sealing;
mod tampering;

/// The schemas that both servers share: what this crate's tables stand in.
const SHARED: [&str; 2] = ["0001_shared.sql", "0003_audit_chain.sql"];

struct World {
    store: Store,
    ambient: Ambient,
    clock: Arc<FixedClock>,
    _folder: tempfile::TempDir,
}

impl World {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let migrations = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations/tenant");
        let copied = folder.path().join("migrations");
        std::fs::create_dir(&copied).unwrap();
        for shared in SHARED {
            std::fs::copy(migrations.join(shared), copied.join(shared)).unwrap();
        }
        let migrator = Migrator::new(copied).await.unwrap();
        let store =
            Store::open(&Location::for_test(folder.path(), "audit"), &migrator, Schema::BringUpToDate).await.unwrap();
        let clock = Arc::new(FixedClock::at(Timestamp::from_seconds(1_700_000_000)));
        let ambient = Ambient::new(clock.clone(), Arc::new(SeededRandom::from_seed(1)));
        Self { store, ambient, clock, _folder: folder }
    }

    fn entry(&self, actor: Actor, action: &'static str) -> Entry {
        self.clock.advance(std::time::Duration::from_millis(1));
        Entry::new(&self.ambient, actor, action)
    }

    async fn write(&self, tenant: Uuid, entry: &Entry) {
        self.attempt(tenant, entry, true).await.unwrap();
    }

    async fn attempt(&self, tenant: Uuid, entry: &Entry, succeed: bool) -> Result<(), StoreError> {
        self.store
            .for_tenant(tenant)
            .write((entry.clone(), succeed), |mut tx, (entry, succeed)| {
                Box::pin(async move {
                    record(&mut tx, entry).await?;
                    if *succeed { Ok(()) } else { Err(StoreError::Damaged("on purpose".into())) }
                })
            })
            .await
    }
}

const ACME: Uuid = Uuid::from_u128(1);
const GLOBEX: Uuid = Uuid::from_u128(2);

#[tokio::test]
async fn what_was_recorded_is_read_back() {
    let world = World::new().await;
    let (actor, member) = (Uuid::from_u128(7), Uuid::from_u128(8));
    let entry = world
        .entry(Actor::Account(actor), "member.locked")
        .on("member", member)
        .reference("ref-1")
        .detail(json!({"reason": "left"}))
        .personal("email", "alice@example.test", &world.ambient);
    world.write(ACME, &entry).await;
    let lines = page(&mut world.store.for_tenant(ACME).read().await.unwrap(), None, 10).await.unwrap();
    let [line] = &lines[..] else { panic!("{lines:?}") };
    assert_eq!((line.id, line.at), (entry.id, entry.at));
    assert_eq!((line.actor_kind.as_str(), line.actor_id.clone()), ("account", Some(actor.to_string())));
    assert_eq!((line.target_kind.as_deref(), line.target_id.clone()), (Some("member"), Some(member.to_string())));
    assert_eq!((line.action.as_str(), line.reference.as_deref()), ("member.locked", Some("ref-1")));
    assert_eq!(line.detail["reason"], "left");
    assert_eq!(line.personal["email"], "alice@example.test");
}

#[tokio::test]
async fn an_entry_goes_with_its_transaction() {
    let world = World::new().await;
    let entry = world.entry(Actor::System, "key.rotated").personal("name", "x", &world.ambient);
    assert!(world.attempt(PLATFORM, &entry, false).await.is_err());
    let mut conn = world.store.for_tenant(PLATFORM).read().await.unwrap();
    assert_eq!(page(&mut conn, None, 10).await.unwrap(), []);
    world.write(PLATFORM, &entry).await;
    assert_eq!(page(&mut conn, None, 10).await.unwrap().len(), 1);
}

#[tokio::test]
async fn pages_go_from_newest_to_oldest_and_stay_in_their_tenant() {
    let world = World::new().await;
    for number in 0..25 {
        let tenant = if number % 5 == 0 { GLOBEX } else { ACME };
        let kind = if number % 2 == 0 { "member" } else { "provider" };
        let entry = world.entry(Actor::Operator, "thing.changed").on(kind, "same").detail(json!({"n": number}));
        world.write(tenant, &entry.personal("name", format!("n{number}"), &world.ambient)).await;
    }
    let mut conn = world.store.for_tenant(ACME).read().await.unwrap();
    let (mut seen, mut before) = (Vec::new(), None);
    loop {
        let lines = page(&mut conn, before, 7).await.unwrap();
        let Some(last) = lines.last() else { break };
        before = Some(last.id);
        seen.extend(lines.iter().map(|line| (line.detail["n"].as_i64().unwrap(), line.personal["name"].clone())));
    }
    let expected: Vec<_> = (0..25).rev().filter(|n| n % 5 != 0).map(|n| (n, format!("n{n}"))).collect();
    assert_eq!(seen, expected);
    let about = page_of(&mut conn, Of::Target("member", "same"), None, 100).await.unwrap();
    assert_eq!(about.len(), 10);
    assert!(about.iter().all(|line| line.personal.len() == 1 && line.target_kind.as_deref() == Some("member")));
    let second = page_of(&mut conn, Of::Target("member", "same"), Some(about[3].id), 2).await.unwrap();
    assert_eq!(second, about[4..6]);
}

#[tokio::test]
async fn web_22_forgetting_a_person_erases_the_values_and_leaves_the_entries_as_they_are() {
    let world = World::new().await;
    let entries = ["alice", "alice", "bob"].map(|who| {
        world.entry(Actor::Nobody, "sign_up.started").on("account", who).personal("email", who, &world.ambient)
    });
    for entry in &entries {
        world.write(PLATFORM, entry).await;
    }
    let store = world.store.for_tenant(PLATFORM);
    let before = page(&mut store.read().await.unwrap(), None, 10).await.unwrap();
    let forgotten =
        store.write((), |mut tx, ()| Box::pin(async move { forget(&mut tx, "account", "alice").await })).await.unwrap();
    assert_eq!(forgotten, 2);
    let after = page(&mut store.read().await.unwrap(), None, 10).await.unwrap();
    assert!(before.iter().zip(&after).all(|(one, other)| one.detail == other.detail && one.id == other.id));
    let left: Vec<_> = after.iter().filter_map(|line| line.personal.get("email").cloned()).collect();
    assert_eq!(left, ["bob"]);
}

#[tokio::test]
async fn equal_personal_values_have_unequal_hashes_and_no_clear_text_in_the_entry() {
    let world = World::new().await;
    let entry = || world.entry(Actor::Nobody, "a.b").personal("email", "alice@example.test", &world.ambient);
    let (one, other) = (entry(), entry());
    assert_ne!(one.stored_detail(), other.stored_detail());
    assert!(!one.stored_detail().contains("alice"));
    world.write(ACME, &one).await;
    let mut conn = world.store.for_tenant(ACME).read().await.unwrap();
    let row: (String, String, Option<i64>) = conn
        .one(
            "SELECT e.detail, p.salt, e.seal_number FROM audit_entry e
             JOIN audit_personal p ON p.tenant_id = e.tenant_id AND p.entry_id = e.id WHERE e.tenant_id = $1",
            vec![],
        )
        .await
        .unwrap();
    assert!(!row.0.contains("alice") && !row.0.contains(&row.1), "neither value nor salt stand in the entry");
    assert_eq!(row.2, None);
}

#[test]
fn both_servers_share_one_text() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations");
    for file in SHARED {
        let text = |side| std::fs::read(folder.join(side).join(file)).unwrap();
        assert_eq!(text("identity"), text("tenant"), "{file}");
    }
}
