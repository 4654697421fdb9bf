//! Somebody changes the log by hand: each way is found, and at its place.

use std::time::Duration;

use serde_json::json;
use store::{MasterKey, StoreError, TenantRead, params};
use uuid::Uuid;

use super::{ACME, World};
use crate::chain::{GENESIS, link};
use crate::row::Sealed;
use crate::{Actor, AuditKey, Break, ChainHash, Checkpoint, How, SealError, forget};

/// What every case begins with: twelve sealed entries, a checkpoint at 8, the head at 12. Personal values stand at
/// 1, 4, 7, 9 and 12.
async fn log() -> (World, Vec<Sealed>, Vec<Checkpoint>) {
    let world = World::new().await;
    world.fill(ACME, 8).await;
    world.seal(ACME).await;
    world.clock.advance(Duration::from_secs(3_600));
    world.seal(ACME).await;
    world.fill(ACME, 4).await;
    world.seal(ACME).await;
    let (entries, held) = (entries(&world).await, world.exported(ACME).await);
    assert_eq!(held.iter().map(|it| it.seal_number).collect::<Vec<_>>(), [8, 12]);
    let control = world.verified(ACME, &held).await;
    assert!(control.is_whole(), "{control}");
    assert_eq!((control.entries, control.checkpoints, control.held, control.personal), (12, 1, 2, 5));
    (world, entries, held)
}

async fn entries(world: &World) -> Vec<Sealed> {
    let sql = "SELECT seal_number, chain_hash, id, at, actor_kind, actor_id, action, target_kind, target_id, reference, detail
               FROM audit_entry WHERE tenant_id = $1 AND seal_number IS NOT NULL ORDER BY seal_number";
    world.store.for_tenant(ACME).read().await.unwrap().all(sql, params![]).await.unwrap()
}

/// What is found after these statements, without checkpoints held elsewhere.
async fn after(statements: &[&'static str]) -> (Option<Break>, Vec<Sealed>) {
    let (world, entries, _) = log().await;
    for sql in statements {
        world.run(sql, ACME).await;
    }
    (world.verified(ACME, &[]).await.broken, entries)
}

#[tokio::test]
async fn web_22_a_change_of_any_field_is_found_at_its_entry() {
    for change in [
        "UPDATE audit_entry SET at = at + 1 WHERE tenant_id = $1 AND seal_number = 5",
        "UPDATE audit_entry SET actor_kind = 'system' WHERE tenant_id = $1 AND seal_number = 5",
        "UPDATE audit_entry SET actor_id = 'somebody' WHERE tenant_id = $1 AND seal_number = 5",
        "UPDATE audit_entry SET action = 'thing.viewed' WHERE tenant_id = $1 AND seal_number = 5",
        "UPDATE audit_entry SET target_kind = 'member' WHERE tenant_id = $1 AND seal_number = 5",
        "UPDATE audit_entry SET target_id = NULL WHERE tenant_id = $1 AND seal_number = 5",
        "UPDATE audit_entry SET reference = '' WHERE tenant_id = $1 AND seal_number = 5",
        "UPDATE audit_entry SET detail = '{}' WHERE tenant_id = $1 AND seal_number = 5",
        "UPDATE audit_entry SET detail = detail || ' ' WHERE tenant_id = $1 AND seal_number = 5",
        "UPDATE audit_entry SET chain_hash = NULL WHERE tenant_id = $1 AND seal_number = 5",
        "UPDATE audit_entry SET chain_hash = detail WHERE tenant_id = $1 AND seal_number = 5",
        "UPDATE audit_entry SET chain_hash = (SELECT chain_hash FROM audit_head WHERE tenant_id = $1)
         WHERE tenant_id = $1 AND seal_number = 5",
    ] {
        let (broken, entries) = after(&[change]).await;
        let expected = Break { number: 5, entry: Some(entries[4].row.id), how: How::Changed };
        assert_eq!(broken, Some(expected), "{change}");
    }
    // The id is what the entry is named by: the new one is named.
    let renamed = "UPDATE audit_entry SET id = (SELECT holder FROM audit_lease WHERE tenant_id = $1)
                   WHERE tenant_id = $1 AND seal_number = 5";
    let (broken, entries) = after(&[renamed]).await;
    let broken = broken.unwrap();
    assert!(broken.entry != Some(entries[4].row.id) && broken.number == 5 && broken.how == How::Changed, "{broken:?}");
}

#[tokio::test]
async fn web_22_entries_that_are_removed_moved_or_added_are_found() {
    const ADD: &str = "INSERT INTO audit_entry (tenant_id, id, at, actor_kind, action, detail, seal_number, chain_hash)
                       SELECT tenant_id, holder, 0, 'operator', 'thing.changed', '{}', 5,
                         (SELECT chain_hash FROM audit_head WHERE tenant_id = $1) FROM audit_lease WHERE tenant_id = $1";
    let stands = |number: i64, how: How| (number, true, how);
    let absent = |number: i64, how: How| (number, false, how);
    let cases: [(&[&'static str], _); 11] = [
        (&["DELETE FROM audit_entry WHERE tenant_id = $1 AND seal_number = 5"], absent(5, How::Missing)),
        (&["DELETE FROM audit_entry WHERE tenant_id = $1 AND seal_number < 4"], absent(1, How::Missing)),
        (&["UPDATE audit_entry SET tenant_id = id WHERE tenant_id = $1 AND seal_number = 5"], absent(5, How::Missing)),
        (
            &["UPDATE audit_entry SET seal_number = 99 WHERE tenant_id = $1 AND seal_number = 5"],
            absent(5, How::Missing),
        ),
        (&["UPDATE audit_entry SET seal_number = 0 WHERE tenant_id = $1 AND seal_number = 5"], stands(0, How::Stray)),
        (
            &["UPDATE audit_entry SET seal_number = -5 WHERE tenant_id = $1 AND seal_number = 12"],
            stands(-5, How::Stray),
        ),
        (
            &["DELETE FROM audit_entry WHERE tenant_id = $1 AND seal_number > 10"],
            absent(11, How::TailRemoved { until: 12, held: false }),
        ),
        (
            &["UPDATE audit_entry SET seal_number = NULL WHERE tenant_id = $1 AND seal_number = 12"],
            absent(12, How::TailRemoved { until: 12, held: false }),
        ),
        (&["DELETE FROM audit_entry WHERE tenant_id = $1"], absent(1, How::TailRemoved { until: 12, held: false })),
        (
            &["DELETE FROM audit_entry WHERE tenant_id = $1", "DELETE FROM audit_head WHERE tenant_id = $1"],
            absent(0, How::HeadForged { agreed_until: 0 }),
        ),
        (&["DROP INDEX audit_entry_seal", ADD], stands(5, How::Stray)),
    ];
    for (statements, (number, stands, how)) in cases {
        let (broken, _) = after(statements).await;
        let broken = broken.unwrap_or_else(|| panic!("{statements:?} was not found"));
        assert_eq!((broken.number, broken.entry.is_some(), broken.how), (number, stands, how), "{statements:?}");
    }
}

#[tokio::test]
async fn web_22_entries_that_changed_places_are_found_with_the_one_that_belongs_there() {
    let swapped = [
        "UPDATE audit_entry SET seal_number = 1000 WHERE tenant_id = $1 AND seal_number = 5",
        "UPDATE audit_entry SET seal_number = 5 WHERE tenant_id = $1 AND seal_number = 9",
        "UPDATE audit_entry SET seal_number = 9 WHERE tenant_id = $1 AND seal_number = 1000",
    ];
    let (broken, entries) = after(&swapped).await;
    let how = How::Displaced { sealed_here: entries[4].row.id };
    assert_eq!(broken, Some(Break { number: 5, entry: Some(entries[8].row.id), how }));

    let inserted = [
        "UPDATE audit_entry SET seal_number = seal_number + 1000 WHERE tenant_id = $1 AND seal_number >= 5",
        "UPDATE audit_entry SET seal_number = seal_number - 999 WHERE tenant_id = $1 AND seal_number >= 1000",
        "INSERT INTO audit_entry (tenant_id, id, at, actor_kind, action, detail, seal_number, chain_hash)
         SELECT tenant_id, holder, 0, 'operator', 'never.happened', '{}', 5,
           (SELECT chain_hash FROM audit_head WHERE tenant_id = $1) FROM audit_lease WHERE tenant_id = $1",
    ];
    let (broken, entries) = after(&inserted).await;
    let broken = broken.unwrap();
    assert_eq!((broken.number, broken.how), (5, How::Displaced { sealed_here: entries[4].row.id }));
    assert!(entries.iter().all(|known| Some(known.row.id) != broken.entry), "the one that never happened is named");

    // The numbers stay, and all else changes places.
    let ids = [
        "UPDATE audit_entry SET id = tenant_id WHERE tenant_id = $1 AND seal_number = 5",
        "UPDATE audit_entry SET id = (SELECT holder FROM audit_lease WHERE tenant_id = $1)
         WHERE tenant_id = $1 AND seal_number = 6",
    ];
    assert_eq!(after(&ids).await.0.unwrap().number, 5);
}

/// Somebody who knows how the chain is computed, and has no key, changes the entry at a number and every hash after it.
async fn rehash(world: &World, from: i64) -> ChainHash {
    let sql = "UPDATE audit_entry SET action = 'never.happened' WHERE tenant_id = $1 AND seal_number = $2";
    let write = |sql, params: Vec<store::Value>| {
        let store = world.store.for_tenant(ACME);
        async move {
            store
                .write(params, move |mut tx, params| {
                    let params = params.clone();
                    Box::pin(async move { tx.execute(sql, params).await })
                })
                .await
                .unwrap_or_else(|error: StoreError| panic!("{error}"))
        }
    };
    write(sql, params![from]).await;
    let mut hash = GENESIS;
    for entry in entries(world).await {
        hash = link(&hash, ACME, entry.seal_number, &entry.row);
        let sql = "UPDATE audit_entry SET chain_hash = $3 WHERE tenant_id = $1 AND seal_number = $2";
        write(sql, params![entry.seal_number, hash]).await;
    }
    hash
}

/// Writes a head that says so, signed by this key.
async fn sign_head(world: &World, key: &AuditKey, number: i64, hash: ChainHash) {
    let end = key.sign(ACME, number, hash, world.ambient.now());
    let store = world.store.for_tenant(ACME);
    let moved = store
        .write::<_, _, StoreError, _>(end, |mut tx, end| {
            Box::pin(async move {
                let sql =
                    "UPDATE audit_head SET seal_number = $2, chain_hash = $3, at = $4, public_key = $5, signature = $6
                           WHERE tenant_id = $1";
                tx.execute(sql, params![end.seal_number, end.chain_hash, end.at, end.public_key.0, end.signature]).await
            })
        })
        .await;
    assert_eq!(moved.unwrap(), 1);
}

const FORGET_CHECKPOINTS: &str = "DELETE FROM audit_checkpoint WHERE tenant_id = $1";

#[tokio::test]
async fn web_22_a_chain_that_is_computed_anew_without_the_key_does_not_fit_its_signatures() {
    let other = AuditKey::of(&MasterKey::from_bytes(&[66; 32]));
    let rewritten = |agreed_until| How::Rewritten { held: false, agreed_until };

    let (world, ..) = log().await;
    rehash(&world, 5).await;
    assert_eq!(world.verified(ACME, &[]).await.broken, Some(Break { number: 8, entry: None, how: rewritten(0) }));
    world.run(FORGET_CHECKPOINTS, ACME).await;
    assert_eq!(world.verified(ACME, &[]).await.broken, Some(Break { number: 12, entry: None, how: rewritten(0) }));

    let (world, ..) = log().await;
    let hash = rehash(&world, 10).await;
    assert_eq!(world.verified(ACME, &[]).await.broken, Some(Break { number: 12, entry: None, how: rewritten(8) }));
    sign_head(&world, &other, 12, hash).await;
    let forged = Break { number: 12, entry: None, how: How::HeadForged { agreed_until: 8 } };
    assert_eq!(world.verified(ACME, &[]).await.broken, Some(forged));

    // An entry after the last one, with its right hash.
    let (world, known, _) = log().await;
    let add = "INSERT INTO audit_entry (tenant_id, id, at, actor_kind, action, detail, seal_number)
               SELECT tenant_id, holder, 0, 'operator', 'never.happened', '{}', 13 FROM audit_lease WHERE tenant_id = $1";
    world.run(add, ACME).await;
    rehash(&world, 13).await;
    let broken = world.verified(ACME, &[]).await.broken.unwrap();
    assert_eq!((broken.number, broken.how), (13, How::BeyondHead));
    assert!(known.iter().all(|known| Some(known.row.id) != broken.entry));
}

#[tokio::test]
async fn web_22_a_head_that_was_set_back_makes_nobody_count_anew() {
    let (world, entries, held) = log().await;
    let hash = ChainHash::from_bytes(entries[7].chain_hash.as_ref().unwrap()).unwrap();
    sign_head(&world, &AuditKey::of(&World::master_key()), 8, hash).await;
    world.fill(ACME, 1).await;
    world.clock.advance(Duration::from_secs(31));
    let refused = world.sealer().seal(ACME).await;
    assert!(matches!(refused, Err(SealError::Store(StoreError::Duplicate(_)))), "{refused:?}");
    let report = world.verified(ACME, &held).await;
    assert_eq!((report.entries, report.unsealed), (12, 1), "nothing was numbered twice");
    assert_eq!(report.broken.map(|broken| (broken.number, broken.how)), Some((12, How::BeyondHead)));
}

#[tokio::test]
async fn web_22_forged_checkpoints_are_found_wherever_they_stand() {
    let forged = |number| Some(Break { number, entry: None, how: How::CheckpointForged { held: false } });
    for (statement, number) in [
        ("UPDATE audit_checkpoint SET chain_hash = public_key WHERE tenant_id = $1", 8),
        ("UPDATE audit_checkpoint SET chain_hash = signature WHERE tenant_id = $1", 8),
        ("UPDATE audit_checkpoint SET at = at - 1 WHERE tenant_id = $1", 8),
        ("UPDATE audit_checkpoint SET seal_number = 9 WHERE tenant_id = $1", 9),
        ("UPDATE audit_checkpoint SET seal_number = 99 WHERE tenant_id = $1", 99),
        ("UPDATE audit_checkpoint SET public_key = chain_hash WHERE tenant_id = $1", 8),
        ("UPDATE audit_checkpoint SET signature = (SELECT signature FROM audit_head) WHERE tenant_id = $1", 8),
    ] {
        assert_eq!(after(&[statement]).await.0, forged(number), "{statement}");
    }
    let head = |number| Some(Break { number, entry: None, how: How::HeadForged { agreed_until: 8 } });
    for (statement, number) in [
        ("DELETE FROM audit_head WHERE tenant_id = $1", 12),
        ("UPDATE audit_head SET seal_number = 11 WHERE tenant_id = $1", 11),
        ("UPDATE audit_head SET signature = public_key WHERE tenant_id = $1", 12),
    ] {
        assert_eq!(after(&[statement]).await.0, head(number), "{statement}");
    }
    // A file that was forged while it was held elsewhere accuses nobody.
    let (world, _, held) = log().await;
    let changes: [(fn(&mut Checkpoint), i64); 3] =
        [(|it| it.chain_hash = GENESIS, 8), (|it| it.seal_number = 7, 7), (|it| it.seal_number = 99, 99)];
    for (change, number) in changes {
        let mut forged = held[0].clone();
        change(&mut forged);
        let broken = world.verified(ACME, &[forged]).await.broken;
        assert_eq!(broken, Some(Break { number, entry: None, how: How::CheckpointForged { held: true } }));
    }
    let mut foreign = held[0].clone();
    foreign.tenant = Uuid::from_u128(77);
    assert!(world.verified(ACME, &[foreign]).await.is_whole(), "another tenant's line says nothing here");
}

#[tokio::test]
async fn web_22_whoever_has_database_and_master_key_is_found_by_a_checkpoint_held_elsewhere() {
    let key = AuditKey::of(&World::master_key());
    // Rewritten, and signed anew with the right key.
    let (world, _, held) = log().await;
    let hash = rehash(&world, 10).await;
    sign_head(&world, &key, 12, hash).await;
    assert!(world.verified(ACME, &[]).await.is_whole(), "the database alone cannot tell");
    let how = How::Rewritten { held: true, agreed_until: 8 };
    assert_eq!(world.verified(ACME, &held).await.broken, Some(Break { number: 12, entry: None, how }));

    // Shortened, and signed anew; or set back to a head that was once right, without any key.
    let (world, entries, held) = log().await;
    world.run("DELETE FROM audit_entry WHERE tenant_id = $1 AND seal_number > 8", ACME).await;
    sign_head(&world, &key, 8, ChainHash::from_bytes(entries[7].chain_hash.as_ref().unwrap()).unwrap()).await;
    assert!(world.verified(ACME, &held[..1]).await.is_whole(), "an older file does not know of them");
    let how = How::TailRemoved { until: 12, held: true };
    assert_eq!(world.verified(ACME, &held).await.broken, Some(Break { number: 9, entry: None, how }));

    // Everything removed, without a trace in the database.
    let (world, _, held) = log().await;
    for sql in [
        "DELETE FROM audit_entry WHERE tenant_id = $1",
        "DELETE FROM audit_head WHERE tenant_id = $1",
        FORGET_CHECKPOINTS,
    ] {
        world.run(sql, ACME).await;
    }
    assert!(world.verified(ACME, &[]).await.is_whole());
    let how = How::TailRemoved { until: 8, held: true };
    assert_eq!(world.verified(ACME, &held).await.broken, Some(Break { number: 1, entry: None, how }));
}

#[tokio::test]
async fn web_22_a_forged_personal_value_is_found_and_an_erased_one_is_counted() {
    for statement in [
        "UPDATE audit_personal SET value = 'eve@x.test' WHERE tenant_id = $1 AND value = '3@x.test' AND entry_id =
           (SELECT id FROM audit_entry WHERE tenant_id = $1 AND seal_number = 4)",
        "UPDATE audit_personal SET salt = 'salt' WHERE tenant_id = $1 AND entry_id =
           (SELECT id FROM audit_entry WHERE tenant_id = $1 AND seal_number = 4)",
        "INSERT INTO audit_personal (tenant_id, entry_id, name, value, salt)
         SELECT tenant_id, id, 'email', 'eve@x.test', 'salt' FROM audit_entry WHERE tenant_id = $1 AND seal_number = 5",
    ] {
        let (broken, entries) = after(&[statement]).await;
        let number = if statement.starts_with("INSERT") { 5 } else { 4 };
        let entry = entries.get(usize::try_from(number).unwrap() - 1).map(|it| it.row.id);
        let how = How::PersonalForged { name: "email".to_owned() };
        assert_eq!(broken, Some(Break { number, entry, how }), "{statement}");
    }
    let renamed = "UPDATE audit_personal SET name = 'phone' WHERE tenant_id = $1";
    let how = How::PersonalForged { name: "phone".to_owned() };
    assert_eq!(after(&[renamed]).await.0.map(|broken| (broken.number, broken.how)), Some((1, how)));
}

#[tokio::test]
async fn web_22_purging_a_person_leaves_the_chain_whole() {
    let (world, ..) = log().await;
    for _ in 0..3 {
        let entry = world.entry(Actor::Nobody, "sign_up.started").on("account", "alice").detail(json!({"a": 1}));
        let entry = entry.personal("email", "alice@x.test", &world.ambient).personal("name", "Alice", &world.ambient);
        world.write(ACME, &entry).await;
    }
    world.seal(ACME).await;
    let before = world.verified(ACME, &[]).await;
    assert!(before.is_whole() && (before.personal, before.erased) == (11, 0), "{before}");
    let held = world.exported(ACME).await;
    let store = world.store.for_tenant(ACME);
    let forgotten: Result<u64, StoreError> =
        store.write((), |mut tx, ()| Box::pin(async move { forget(&mut tx, "account", "alice").await })).await;
    assert_eq!(forgotten.unwrap(), 6);
    let purged = world.verified(ACME, &held).await;
    assert!(purged.is_whole() && (purged.personal, purged.erased) == (5, 6), "{purged}");
}

#[tokio::test]
async fn a_number_given_twice_is_found_where_pages_meet() {
    let world = World::new().await;
    world.fill(ACME, 501).await;
    world.seal(ACME).await;
    for add in [
        "DROP INDEX audit_entry_seal",
        "INSERT INTO audit_entry (tenant_id, id, at, actor_kind, action, detail, seal_number)
         SELECT tenant_id, holder, 0, 'operator', 'never.happened', '{}', 500 FROM audit_lease WHERE tenant_id = $1",
    ] {
        assert!(world.verified(ACME, &[]).await.is_whole());
        world.run(add, ACME).await;
    }
    let broken = world.verified(ACME, &[]).await.broken.unwrap();
    assert_eq!((broken.number, broken.how), (500, How::Stray));
}

#[tokio::test]
async fn a_report_says_in_words_and_in_json_where_the_log_is_broken() {
    let (world, entries, held) = log().await;
    let text = world.verified(ACME, &held).await.to_string();
    assert!(text.contains("entries in their place: 12; not sealed yet: 0") && text.ends_with("whole"), "{text}");
    world.run("UPDATE audit_entry SET action = 'x.y' WHERE tenant_id = $1 AND seal_number = 5", ACME).await;
    let report = world.verified(ACME, &held).await;
    let text = report.to_string();
    assert!(
        text.ends_with(&format!(
            "BROKEN at number 5, entry {}: the entry or its hash is not what was sealed",
            entries[4].row.id
        )),
        "{text}"
    );
    let json = serde_json::to_value(&report).unwrap();
    assert_eq!(json["broken"], json!({"number": 5, "entry": entries[4].row.id, "how": "changed"}));
    assert_eq!((json["entries"].as_i64(), json["head"].is_null()), (Some(4), true));
}
