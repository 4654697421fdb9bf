use std::time::Duration;

use ambient::Timestamp;
use sqlx::FromRow;
use store::{StoreError, TenantRead, params};
use uuid::Uuid;

use crate::chain::{GENESIS, link};
use crate::checkpoint::StoredCheckpoint;
use crate::row::Row;
use crate::{AuditKey, ChainHash, Checkpoint};

/// A checkpoint stands after so many entries at the latest …
const CHECKPOINT_EVERY: i64 = 1_000;
/// … and so long after the first entry that none covers.
const CHECKPOINT_WITHIN: Duration = Duration::from_secs(60 * 60);

/// Where the chain ends.
#[derive(Debug, Clone)]
pub(crate) struct Head {
    pub end: Checkpoint,
    pub checkpoint_number: i64,
    pub checkpoint_due: Option<Timestamp>,
}

#[derive(FromRow)]
pub(crate) struct StoredHead {
    #[sqlx(flatten)]
    pub end: StoredCheckpoint,
    checkpoint_number: i64,
    checkpoint_due: Option<Timestamp>,
}

impl StoredHead {
    pub(crate) fn read(&self, tenant: Uuid) -> Option<Head> {
        let (checkpoint_number, checkpoint_due) = (self.checkpoint_number, self.checkpoint_due);
        Some(Head { end: self.end.read(tenant)?, checkpoint_number, checkpoint_due })
    }
}

pub(crate) async fn head(conn: &mut impl TenantRead) -> Result<Option<StoredHead>, StoreError> {
    conn.maybe(
        "SELECT seal_number, chain_hash, at, public_key, signature, checkpoint_number, checkpoint_due
         FROM audit_head WHERE tenant_id = $1",
        params![],
    )
    .await
}

/// Everything that one batch writes, made outside the write door.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    /// The head that it is made for, which it always moves; `None`: the chain begins.
    pub from: Option<Head>,
    pub places: Vec<Place>,
    /// The head after it.
    pub to: Head,
    /// Whether the new head is kept as a checkpoint.
    pub checkpoint: bool,
}

/// An entry's place in the chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    pub id: Uuid,
    pub number: i64,
    pub hash: ChainHash,
}

impl Plan {
    /// Chains `rows` after the head; `None` if nothing is to be written.
    pub(crate) fn make(tenant: Uuid, from: Option<Head>, rows: &[Row], now: Timestamp, key: &AuditKey) -> Option<Self> {
        let (mut number, mut hash) =
            from.as_ref().map_or((0, GENESIS), |from| (from.end.seal_number, from.end.chain_hash));
        let mut places = Vec::with_capacity(rows.len());
        for row in rows {
            number += 1;
            hash = link(&hash, tenant, number, row);
            places.push(Place { id: row.id, number, hash });
        }
        let (covered, due) = from.as_ref().map_or((0, None), |from| (from.checkpoint_number, from.checkpoint_due));
        let due = due.unwrap_or_else(|| now.plus(CHECKPOINT_WITHIN));
        let checkpoint = number > covered && (number - covered >= CHECKPOINT_EVERY || due <= now);
        if places.is_empty() && !checkpoint {
            return None;
        }
        let to = Head {
            end: key.sign(tenant, number, hash, now),
            checkpoint_number: if checkpoint { number } else { covered },
            checkpoint_due: (!checkpoint).then_some(due),
        };
        Some(Self { from, places, to, checkpoint })
    }
}

#[cfg(test)]
mod tests {
    use store::MasterKey;

    use super::*;

    const NOW: Timestamp = Timestamp::from_seconds(1_000_000);

    /// A plan for so many rows after a head (entries, covered by a checkpoint, seconds until one is due).
    fn plan(head: Option<(i64, i64, Option<i64>)>, rows: u128) -> Option<Plan> {
        let key = AuditKey::of(&MasterKey::from_bytes(&[1; 32]));
        let head = head.map(|(number, covered, due)| Head {
            end: key.sign(Uuid::nil(), number, GENESIS, NOW),
            checkpoint_number: covered,
            checkpoint_due: due.map(|due| Timestamp::from_seconds(1_000_000 + due)),
        });
        let row = |id| Row {
            id: Uuid::from_u128(id),
            at: NOW,
            actor_kind: "system".into(),
            actor_id: None,
            action: "a.b".into(),
            target_kind: None,
            target_id: None,
            reference: None,
            detail: "{}".into(),
        };
        Plan::make(Uuid::nil(), head, &(0..rows).map(row).collect::<Vec<_>>(), NOW, &key)
    }

    #[test]
    fn a_checkpoint_comes_after_a_thousand_entries_or_an_hour() {
        for (head, rows, expected) in [
            (None, 0, None),
            (None, 1, Some((1, 0, Some(3_600)))),
            (None, 1_000, Some((1_000, 1_000, None))),
            (Some((500, 0, Some(60))), 499, Some((999, 0, Some(60)))),
            (Some((500, 0, Some(60))), 500, Some((1_000, 1_000, None))),
            (Some((500, 0, Some(0))), 0, Some((500, 500, None))),
            (Some((500, 0, Some(0))), 3, Some((503, 503, None))),
            (Some((500, 0, Some(1))), 0, None),
            (Some((500, 500, None)), 0, None),
            (Some((500, 500, None)), 2, Some((502, 500, Some(3_600)))),
        ] {
            let plan = plan(head, rows);
            let found = plan.as_ref().map(|it| {
                let due = it.to.checkpoint_due.map(|due| due.as_seconds() - 1_000_000);
                (it.to.end.seal_number, it.to.checkpoint_number, due)
            });
            assert_eq!(found, expected, "{head:?} and {rows} rows");
            assert!(plan.is_none_or(|it| it.checkpoint == it.to.checkpoint_due.is_none()));
        }
    }

    #[test]
    fn entries_get_the_numbers_after_the_head_and_each_hash_builds_on_the_one_before() {
        let plan = plan(Some((7, 7, None)), 3).unwrap();
        assert_eq!(plan.places.iter().map(|place| place.number).collect::<Vec<_>>(), [8, 9, 10]);
        assert_eq!(plan.places.last().unwrap().hash, plan.to.end.chain_hash);
        assert!(plan.places.windows(2).all(|pair| pair[0].hash != pair[1].hash));
    }
}
