use std::sync::LazyLock;

use store::{ManyRows, StoreError, TenantTx, params};

use super::BatchId;
use crate::lifecycle::{Deed, Denied, Refusal};
use crate::members::{MemberId, MemberRow};

/// What became of one member, or as it looks, will.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// It will be done.
    Fits,
    /// It will be, and the new provider will know them.
    WillLink,
    /// It will be, and they have to prove once that they are who they were.
    NeedsProof,
    /// A list of subjects was given, and does not name them.
    NoMatch,
    /// The batch was stopped before it came to them.
    NotReached,
    /// It was done.
    Changed,
    /// It was so already.
    Unchanged,
    /// Nobody of that id is here (any more): another tenant's is answered alike (AZ-05).
    Gone,
    /// The actor may not do such a thing (any more).
    NotAllowed,
    /// Changed since, by somebody else: not taken back.
    ChangedSince,
    /// Their state, or somebody's rights, stand in the way.
    Refused(Refusal),
}

impl Outcome {
    /// As it is stored, and named in addresses and messages.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Fits => "fits",
            Self::WillLink => "will_link",
            Self::NeedsProof => "needs_proof",
            Self::NoMatch => "no_match",
            Self::NotReached => "not_reached",
            Self::Changed => "changed",
            Self::Unchanged => "unchanged",
            Self::Gone => "gone",
            Self::NotAllowed => "not_allowed",
            Self::ChangedSince => "changed_since",
            Self::Refused(refusal) => refusal.word(),
        }
    }

    /// Whether it says that somebody was refused what another time may find in order.
    #[must_use]
    pub const fn may_pass(self) -> bool {
        match self {
            Self::NotAllowed | Self::ChangedSince | Self::NoMatch => true,
            Self::Refused(refusal) => !matches!(refusal, Refusal::AlreadySo | Refusal::Purged | Refusal::NoPerson),
            _ => false,
        }
    }

    /// Reads what [`Outcome::word`] wrote.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        let own = Self::OWN;
        let refused = Refusal::ALL.iter().copied().map(Self::Refused);
        own.into_iter().chain(refused).find(|outcome| outcome.word() == word)
    }

    /// Of what was not done.
    pub(super) const fn of(denied: &Denied) -> Self {
        match denied {
            Denied::Refused(refusal) => Self::Refused(*refusal),
            Denied::Forbidden => Self::NotAllowed,
            Denied::ChangedSince => Self::ChangedSince,
            _ => Self::Gone,
        }
    }

    /// Those that are no refusal.
    pub const OWN: [Self; 10] = [
        Self::Fits,
        Self::WillLink,
        Self::NeedsProof,
        Self::NoMatch,
        Self::NotReached,
        Self::Changed,
        Self::Unchanged,
        Self::Gone,
        Self::NotAllowed,
        Self::ChangedSince,
    ];

    /// Whether, as it looks, something will be done to them.
    #[must_use]
    pub const fn will_be_done(self) -> bool {
        matches!(self, Self::Fits | Self::WillLink | Self::NeedsProof)
    }

    /// Whether the identity server, or a list of subjects, has a say in it.
    pub(super) const fn is_sorted(self) -> bool {
        self.will_be_done() || matches!(self, Self::NoMatch | Self::Refused(Refusal::LastWayIn))
    }

    /// Whether it was looked at and found wanting, so that it is not tried: the page said that nothing will be done to them.
    pub(super) const fn is_left_out(self) -> bool {
        matches!(self, Self::NoMatch | Self::ChangedSince | Self::Refused(Refusal::LastWayIn))
    }

    /// Whether it is a success.
    #[must_use]
    pub const fn is_fine(self) -> bool {
        self.will_be_done() || matches!(self, Self::Changed | Self::Unchanged)
    }
}

/// One member of a batch, as a page or a report shows them.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Item {
    /// Its place in the order.
    pub position: i64,
    /// Who.
    pub member_id: MemberId,
    /// Where it is not the batch's.
    pub(super) deed: Option<String>,
    /// What takes it back.
    pub(super) undo: Option<String>,
    /// Of a batch that has ended: that it did not come to them.
    outlook: String,
    outcome: Option<String>,
    given_name: Option<String>,
    family_name: Option<String>,
    email: Option<String>,
}

impl Item {
    /// What became of it, or as it looks, will. After the end of the batch, nothing will.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        let word = self.outcome.as_deref().unwrap_or(&self.outlook);
        Outcome::parse(word).unwrap_or(Outcome::Gone)
    }

    /// Whether the batch has come to it.
    #[must_use]
    pub const fn is_done(&self) -> bool {
        self.outcome.is_some()
    }

    /// The member's name, if they are still here.
    #[must_use]
    pub fn name(&self) -> Option<String> {
        let email = self.email.as_deref()?;
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        Some(crate::members::full_name(&text(&self.given_name), &text(&self.family_name), email))
    }

    /// Their contact address.
    #[must_use]
    pub fn email(&self) -> Option<&str> {
        self.email.as_deref()
    }
}

/// An item as it is written first.
pub(super) struct NewItem {
    pub position: i64,
    pub member: MemberId,
    /// Where it is not the batch's.
    pub deed: Option<String>,
    pub since: Option<i64>,
    pub outlook: Outcome,
}

static NEW: LazyLock<ManyRows> = LazyLock::new(|| {
    let before = "INSERT INTO batch_item (tenant_id, batch_id, position, member_id, deed, since, outlook) VALUES ";
    ManyRows::new(before, "$1, $2, ", 1, 5, "")
});

pub(super) async fn write(tx: &mut TenantTx<'_>, batch: BatchId, items: &[NewItem]) -> Result<(), StoreError> {
    let row = |it: &NewItem| params![it.position, it.member, it.deed, it.since, it.outlook.word()];
    let rows: Vec<_> = items.iter().map(row).collect();
    tx.execute_many(&NEW, &params![batch], &rows).await?;
    Ok(())
}

/// Whether a member is not any more as they were left by the batch that this deed takes back. A claim is a change: who has come
/// since by the provider that they were switched to stays with it, though a sign-in raises no version.
pub(super) fn has_changed(row: &MemberRow, since: Option<i64>, deed: &Deed) -> bool {
    let member = &row.member;
    let has_come = || member.provider.is_some() && member.last_sign_in > member.switched_at;
    since.is_some_and(|since| since != member.version || (matches!(deed, Deed::Switch { .. }) && has_come()))
}

/// What became of an item.
#[derive(Debug, Clone)]
pub(super) struct Settled {
    pub position: i64,
    pub outcome: Outcome,
    /// The deed that takes it back.
    pub undo: Option<String>,
    /// The member's, after it.
    pub version: Option<i64>,
}

/// Says something of many items, whose positions are `v.column1`. Between which they stand is said beside it (`$3`, `$4`): PostgreSQL
/// plans for a batch as it was at the last `ANALYZE`, and would go through all of it for each chunk.
macro_rules! items_between {
    ($set:literal, $columns:literal) => {
        LazyLock::new(|| {
            ManyRows::new(
                concat!("UPDATE batch_item SET ", $set, " FROM (VALUES "),
                "",
                3,
                $columns,
                ") AS v WHERE batch_item.tenant_id = $1 AND batch_item.batch_id = $2 AND batch_item.position BETWEEN $3 AND $4
                     AND batch_item.position = v.column1",
            )
        })
    };
}
pub(super) use items_between;

static SETTLED: LazyLock<ManyRows> = items_between!("outcome = v.column2, undo = v.column3, version = v.column4", 4);

pub(super) async fn settle(tx: &mut TenantTx<'_>, batch: BatchId, items: &[Settled]) -> Result<(), StoreError> {
    let row = |it: &Settled| params![it.position, it.outcome.word(), it.undo, it.version];
    let rows: Vec<_> = items.iter().map(row).collect();
    let positions = || items.iter().map(|it| it.position);
    tx.execute_many(&SETTLED, &params![batch, positions().min(), positions().max()], &rows).await?;
    Ok(())
}

/// How many of them it will do something to.
pub(super) fn fitting(items: &[NewItem]) -> i64 {
    let fit = items.iter().filter(|item| item.outlook.will_be_done()).count();
    i64::try_from(fit).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_outcome_reads_as_it_was_written() {
        for outcome in Outcome::OWN.into_iter().chain(Refusal::ALL.iter().copied().map(Outcome::Refused)) {
            assert_eq!(Outcome::parse(outcome.word()), Some(outcome));
        }
        assert_eq!(Outcome::parse("nonsense"), None);
    }

    #[test]
    fn what_another_try_can_come_to_something_of() {
        for (word, may_pass) in [
            ("suspended", true),
            ("last_administrator", true),
            ("superior", true),
            ("not_allowed", true),
            ("no_match", true),
            ("already_so", false),
            ("purged", false),
            ("no_person", false),
            ("gone", false),
            ("changed", false),
            ("unchanged", false),
        ] {
            assert_eq!(Outcome::parse(word).map(Outcome::may_pass), Some(may_pass), "{word}");
        }
    }
}
