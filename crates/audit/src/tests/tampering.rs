//! Somebody changes the log by hand: each way is found, and at its place.

use std::time::Duration;

use serde_json::json;
use store::{StoreError, TenantRead, params};
use uuid::Uuid;

use super::{ACME, World};
use crate::chain::GENESIS;
use crate::row::Sealed;
use crate::{Actor, Break, Checkpoint, How, forget};

/// A change of a checkpoint, and the number at which it is found.
type Change = (fn(&mut Checkpoint), i64);

/// What every case begins with: twelve sealed entries, a checkpoint at 8, the head at 12. Personal values stand at
/// 1, 4, 7, 9 and 12.
pub(super) async fn log() -> (World, Vec<Sealed>, Vec<Checkpoint>) {
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

pub(super) async fn entries(world: &World) -> Vec<Sealed> {
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
        "UPDATE audit_entry SET chain_hash = (SELECT signature FROM audit_head WHERE tenant_id = $1)
         WHERE tenant_id = $1 AND seal_number = 5",
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
    let cases: [(&[&'static str], _); 10] = [
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
    ];
    for (statements, (number, stands, how)) in cases {
        let (broken, _) = after(statements).await;
        let broken = broken.unwrap_or_else(|| panic!("{statements:?} was not found"));
        assert_eq!((broken.number, broken.entry.is_some(), broken.how), (number, stands, how), "{statements:?}");
    }
    // Of two with one number, the one that the database gives first stands where the other belongs.
    let (broken, _) = after(&["DROP INDEX audit_entry_seal", ADD]).await;
    let broken = broken.unwrap();
    assert!(broken.number == 5 && matches!(broken.how, How::Stray | How::Displaced { .. }), "{broken:?}");
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
    let changes: [Change; 3] =
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
    // Which of the two comes first is the database's affair: the other one is too many, or this one is not what was sealed.
    assert!(broken.number == 500 && matches!(broken.how, How::Stray | How::Changed), "{broken:?}");
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
