//! Somebody computes the chain anew, with the key or without it.

use std::time::Duration;

use store::{MasterKey, StoreError, params};

use super::tampering::{entries, log};
use super::{ACME, World};
use crate::chain::{GENESIS, link};
use crate::{AuditKey, Break, ChainHash, How, SealError};

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
