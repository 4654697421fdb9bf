//! One link of the chain: SHA-256 over the hash before it and the canonical encoding of the entry.

use aws_lc_rs::digest::{Context, SHA256};
use uuid::Uuid;

use crate::Hex;
use crate::row::Row;

/// A hash of the chain. It stands for every entry up to its own.
pub type ChainHash = Hex<32>;

/// What stands before the first entry.
pub(crate) const GENESIS: ChainHash = Hex([0; 32]);

/// What the encoding begins with: nothing else that is hashed here reads like a link.
const DOMAIN: &[u8] = b"latchkey audit entry v1";

/// The hash of the entry that stands at `number` after `previous`.
///
/// ```text
/// SHA-256( previous · domain · tenant · number · id · at · actor kind · actor id · action · target kind · target id
///          · reference · detail )
/// ```
/// `previous` is 32 bytes. Each of the others is a byte 1, its length (8 bytes, big-endian) and itself; one byte 0 if it is
/// absent. Numbers are 8 bytes, big-endian, ids 16; texts are UTF-8 as they are stored. So no two entries read alike, and
/// nothing is written anew before it is hashed: not even JSON.
pub(crate) fn link(previous: &ChainHash, tenant: Uuid, number: i64, row: &Row) -> ChainHash {
    let (number, at) = (number.to_be_bytes(), row.at.as_micros().to_be_bytes());
    let fields: [Option<&[u8]>; 12] = [
        Some(DOMAIN),
        Some(tenant.as_bytes()),
        Some(&number),
        Some(row.id.as_bytes()),
        Some(&at),
        Some(row.actor_kind.as_bytes()),
        row.actor_id.as_deref().map(str::as_bytes),
        Some(row.action.as_bytes()),
        row.target_kind.as_deref().map(str::as_bytes),
        row.target_id.as_deref().map(str::as_bytes),
        row.reference.as_deref().map(str::as_bytes),
        Some(row.detail.as_bytes()),
    ];
    let mut hash = Context::new(&SHA256);
    hash.update(&previous.0);
    for field in fields {
        match field {
            None => hash.update(&[0]),
            Some(bytes) => {
                hash.update(&[1]);
                hash.update(&(bytes.len() as u64).to_be_bytes());
                hash.update(bytes);
            }
        }
    }
    let mut link = GENESIS;
    link.0.copy_from_slice(hash.finish().as_ref());
    link
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use ambient::Timestamp;

    use super::*;

    fn row() -> Row {
        Row {
            id: Uuid::from_u128(1),
            at: Timestamp::from_micros(2),
            actor_kind: "account".into(),
            actor_id: Some("a".into()),
            action: "b.c".into(),
            target_kind: Some("d".into()),
            target_id: Some("e".into()),
            reference: Some("f".into()),
            detail: "{}".into(),
        }
    }

    /// Each of these is another entry than [`row`], and than the others.
    fn others() -> Vec<Row> {
        let change = |change: fn(&mut Row)| {
            let mut row = row();
            change(&mut row);
            row
        };
        vec![
            change(|row| row.id = Uuid::from_u128(2)),
            change(|row| row.at = Timestamp::from_micros(3)),
            change(|row| row.actor_kind = "member".into()),
            change(|row| row.actor_id = None),
            change(|row| row.actor_id = Some(String::new())),
            change(|row| row.action = "b.cd".into()),
            change(|row| (row.action, row.target_kind) = ("b.".into(), Some("cd".into()))),
            change(|row| (row.target_kind, row.target_id) = (Some("de".into()), Some(String::new()))),
            change(|row| (row.target_id, row.reference) = (None, Some("e".into()))),
            change(|row| row.reference = None),
            change(|row| row.detail = "{ }".into()),
        ]
    }

    #[test]
    fn entries_that_differ_anywhere_have_different_links() {
        let mut links = HashSet::from([link(&GENESIS, Uuid::nil(), 1, &row())]);
        assert!(!links.insert(link(&GENESIS, Uuid::nil(), 1, &row())), "the same entry has the same link");
        for other in others() {
            assert!(links.insert(link(&GENESIS, Uuid::nil(), 1, &other)), "{other:?}");
        }
        assert!(links.insert(link(&Hex([1; 32]), Uuid::nil(), 1, &row())));
        assert!(links.insert(link(&GENESIS, Uuid::from_u128(1), 1, &row())));
        assert!(links.insert(link(&GENESIS, Uuid::nil(), 2, &row())));
    }

    #[test]
    fn the_encoding_stays_what_it_is() {
        // By another implementation: Python's hashlib and struct, from docs/decisions/008-audit-chain.md.
        let link = link(&GENESIS, Uuid::nil(), 1, &row());
        assert_eq!(link.to_string(), "558d71ae7a48c0f84056db65b00c7d6ee88cae0437a5ed330c104bd599970034");
    }
}
