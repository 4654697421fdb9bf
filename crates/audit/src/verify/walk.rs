//! The judgement itself, without a database: entries, checkpoints and the head are handed to it in order.

use serde_json::{Map, Value};
use uuid::Uuid;

use super::report::{Break, How, Report};
use crate::chain::{GENESIS, link};
use crate::checkpoint::StoredCheckpoint;
use crate::entry::personal_hash;
use crate::row::{Clear, Row, Sealed};
use crate::{ChainHash, Checkpoint, PublicKey};

/// A verification under way.
pub(crate) struct Walk<'k> {
    trusted: &'k [PublicKey],
    hash: ChainHash,
    /// The last number at which a checkpoint agreed.
    agreed: i64,
    /// What was found so far; `entries` is the number of the last entry in its place.
    pub report: Report,
}

impl<'k> Walk<'k> {
    pub(crate) const fn new(tenant: Uuid, trusted: &'k [PublicKey]) -> Self {
        let report = Report {
            tenant,
            entries: 0,
            head: None,
            checkpoints: 0,
            held: 0,
            personal: 0,
            erased: 0,
            unsealed: 0,
            broken: None,
        };
        Self { trusted, hash: GENESIS, agreed: 0, report }
    }

    /// The number of the last entry that is in its place.
    pub(crate) const fn at(&self) -> i64 {
        self.report.entries
    }

    /// The next entry. `later` are some that follow it, in which the right one is looked for if this one is wrong.
    pub(crate) fn entry(&mut self, it: &Sealed, later: &[Sealed], clear: &[Clear]) -> Result<(), Break> {
        let number = self.at() + 1;
        let broken = |how| Break { number: it.seal_number, entry: Some(it.row.id), how };
        if it.seal_number < number {
            return Err(broken(How::Stray));
        }
        if it.seal_number > number {
            return Err(Break { number, entry: None, how: How::Missing });
        }
        let hash = link(&self.hash, self.report.tenant, number, &it.row);
        if it.chain_hash.as_deref() != Some(hash.0.as_slice()) {
            return Err(broken(self.displaced(it, later).unwrap_or(How::Changed)));
        }
        self.personal(&it.row, clear).map_err(|name| broken(How::PersonalForged { name }))?;
        (self.hash, self.report.entries) = (hash, number);
        Ok(())
    }

    /// Whether one of `later` is what was sealed here: with the hash that it has itself, or with the one that stayed here.
    fn displaced(&self, it: &Sealed, later: &[Sealed]) -> Option<How> {
        let right = later.iter().find(|other| {
            let hash = link(&self.hash, self.report.tenant, it.seal_number, &other.row);
            [&other.chain_hash, &it.chain_hash].iter().any(|known| known.as_deref() == Some(hash.0.as_slice()))
        })?;
        Some(How::Displaced { sealed_here: right.row.id })
    }

    /// Compares the clear values with the hashes in the entry, which the chain has just vouched for.
    fn personal(&mut self, row: &Row, clear: &[Clear]) -> Result<(), String> {
        let detail: Map<String, Value> = serde_json::from_str(&row.detail).unwrap_or_default();
        let hashes = detail.get("personal").and_then(Value::as_object);
        let mut found = 0;
        for it in clear {
            let hash = hashes.and_then(|hashes| hashes.get(&it.name)).and_then(Value::as_str);
            if hash != Some(personal_hash(&it.salt, &it.name, &it.value).as_str()) {
                return Err(it.name.clone());
            }
            found += 1;
        }
        self.report.personal += found;
        self.report.erased += (hashes.map_or(0, Map::len) as u64).saturating_sub(found);
        Ok(())
    }

    /// A checkpoint of the database, whose entry was handed in just before.
    pub(crate) fn stored(&mut self, it: &StoredCheckpoint) -> Result<(), Break> {
        let forged = Break { number: it.seal_number, entry: None, how: How::CheckpointForged { held: false } };
        let checkpoint = it.read(self.report.tenant).ok_or(forged)?;
        self.agrees(&checkpoint, false)?;
        self.report.checkpoints += 1;
        Ok(())
    }

    /// A checkpoint that was held elsewhere, whose entry was handed in just before.
    pub(crate) fn held(&mut self, checkpoint: &Checkpoint) -> Result<(), Break> {
        self.agrees(checkpoint, true)?;
        self.report.held += 1;
        Ok(())
    }

    fn agrees(&mut self, checkpoint: &Checkpoint, held: bool) -> Result<(), Break> {
        let number = checkpoint.seal_number;
        let broken = |how| Err(Break { number, entry: None, how });
        if !checkpoint.is_signed_by(self.trusted) {
            return broken(How::CheckpointForged { held });
        }
        if (number, checkpoint.chain_hash) != (self.at(), self.hash) {
            return broken(How::Rewritten { held, agreed_until: self.agreed });
        }
        self.agreed = number;
        Ok(())
    }

    /// The head, once no entry follows. `later` is a checkpoint of the database beyond the last entry, read before the head:
    /// a sealer that goes on meanwhile writes entries and head in one transaction, so an honest head reaches it.
    pub(crate) fn end(
        &mut self,
        head: Option<&StoredCheckpoint>,
        later: Option<&StoredCheckpoint>,
        last: Option<Uuid>,
    ) -> Result<(), Break> {
        let signed = head.and_then(|head| head.read(self.report.tenant)).filter(|head| head.is_signed_by(self.trusted));
        let at = self.at();
        match signed {
            None if head.is_none() && at == 0 && later.is_none() => return Ok(()),
            None => {
                let how = How::HeadForged { agreed_until: self.agreed };
                return Err(Break { number: head.map_or(at, |head| head.seal_number), entry: None, how });
            }
            Some(head) if head.seal_number > at => return Err(gone(at, head.seal_number, false)),
            Some(head) if head.seal_number < at => {
                return Err(Break { number: at, entry: last, how: How::BeyondHead });
            }
            Some(head) if head.chain_hash != self.hash => {
                let how = How::Rewritten { held: false, agreed_until: self.agreed };
                return Err(Break { number: at, entry: None, how });
            }
            Some(head) => self.report.head = Some(head),
        }
        let Some(later) = later else { return Ok(()) };
        let signed = later.read(self.report.tenant).is_some_and(|later| later.is_signed_by(self.trusted));
        let forged = Break { number: later.seal_number, entry: None, how: How::CheckpointForged { held: false } };
        Err(if signed { gone(at, later.seal_number, false) } else { forged })
    }

    /// A checkpoint that was held elsewhere, and lies beyond the head.
    pub(crate) fn held_beyond(&self, checkpoint: &Checkpoint) -> Break {
        let number = checkpoint.seal_number;
        if checkpoint.is_signed_by(self.trusted) {
            gone(self.at(), number, true)
        } else {
            Break { number, entry: None, how: How::CheckpointForged { held: true } }
        }
    }
}

const fn gone(at: i64, until: i64, held: bool) -> Break {
    Break { number: at + 1, entry: None, how: How::TailRemoved { until, held } }
}
