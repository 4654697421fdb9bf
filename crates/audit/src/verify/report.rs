use std::fmt;

use serde::Serialize;
use uuid::Uuid;

use crate::Checkpoint;

/// What a verification found. As JSON it has a `broken` that is null for a log that is whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Whose log; nil is the platform's own.
    pub tenant: Uuid,
    /// How many entries are in their place, from the first on.
    pub entries: i64,
    /// Where the chain ends, as it is signed; none: nothing was sealed yet, or the head is what is broken.
    pub head: Option<Checkpoint>,
    /// How many checkpoints of the database agree.
    pub checkpoints: u64,
    /// How many of the checkpoints that were held elsewhere agree.
    pub held: u64,
    /// How many personal values stand in clear, and are those of their entries.
    pub personal: u64,
    /// How many were erased. That breaks nothing.
    pub erased: u64,
    /// How many entries wait to be sealed: nothing can be said of them yet.
    pub unsealed: i64,
    /// The first place at which the log is not what was sealed.
    pub broken: Option<Break>,
}

impl Report {
    /// Whether everything that was sealed is as it was sealed.
    #[must_use]
    pub const fn is_whole(&self) -> bool {
        self.broken.is_none()
    }
}

/// A place at which the log is broken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Break {
    /// The number of the entry, or of the checkpoint.
    pub number: i64,
    /// The entry that stands there, if one does.
    pub entry: Option<Uuid>,
    /// How.
    #[serde(flatten)]
    pub how: How,
}

/// In which way a log is broken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "how", rename_all = "snake_case")]
pub enum How {
    /// The entry, or its hash, is not what was sealed at this number.
    Changed,
    /// Another entry was sealed at this number: the order was changed, or an entry inserted.
    Displaced {
        /// The one that was sealed here.
        sealed_here: Uuid,
    },
    /// No entry has this number, and later ones are there.
    Missing,
    /// The number belongs to another entry, or to none.
    Stray,
    /// The clear value beside the entry is not the one that it was written with.
    PersonalForged {
        /// The value's name.
        name: String,
    },
    /// A checkpoint that no trusted key has signed.
    CheckpointForged {
        /// Whether it was held elsewhere, or stands in the database.
        held: bool,
    },
    /// The chain was rewritten: it is whole in itself, and a checkpoint says that it was another one.
    Rewritten {
        /// Whether the checkpoint was held elsewhere.
        held: bool,
        /// Up to this number, an earlier checkpoint agrees.
        agreed_until: i64,
    },
    /// Entries from this number on were removed: a checkpoint, or the head, says that they were there.
    TailRemoved {
        /// How many there were.
        until: i64,
        /// Whether only a checkpoint held elsewhere knows.
        held: bool,
    },
    /// The head is missing, or no trusted key has signed it: entries after the last checkpoint may be rewritten.
    HeadForged {
        /// Up to this number, a checkpoint agrees.
        agreed_until: i64,
    },
    /// An entry has a number beyond the signed head.
    BeyondHead,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { entries, checkpoints, held, personal, erased, unsealed, .. } = self;
        writeln!(f, "tenant {}", self.tenant)?;
        writeln!(f, "  entries in their place: {entries}; not sealed yet: {unsealed}")?;
        writeln!(f, "  checkpoints that agree: {checkpoints} here, {held} held elsewhere")?;
        writeln!(f, "  personal values: {personal} in clear and right, {erased} erased")?;
        if let Some(head) = &self.head {
            writeln!(f, "  head: {} {} of {}", head.seal_number, head.chain_hash, head.at.to_rfc3339())?;
        }
        match &self.broken {
            None => write!(f, "  whole"),
            Some(broken) => write!(f, "  BROKEN at {broken}"),
        }
    }
}

impl fmt::Display for Break {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "number {}", self.number)?;
        if let Some(entry) = self.entry {
            write!(f, ", entry {entry}")?;
        }
        f.write_str(": ")?;
        let whose = |held: &bool| if *held { "held elsewhere" } else { "of the database" };
        match &self.how {
            How::Changed => f.write_str("the entry or its hash is not what was sealed"),
            How::Displaced { sealed_here } => write!(f, "entry {sealed_here} was sealed at this number"),
            How::Missing => f.write_str("the entry is missing"),
            How::Stray => f.write_str("the number is not its own"),
            How::PersonalForged { name } => write!(f, "the personal value {name:?} is not the one it was written with"),
            How::CheckpointForged { held } => {
                write!(f, "the checkpoint {} is not signed by a trusted key", whose(held))
            }
            How::Rewritten { held, agreed_until } => {
                write!(f, "rewritten after number {agreed_until}: a checkpoint {} says so", whose(held))
            }
            How::TailRemoved { until, held: true } => {
                write!(f, "entries up to {until} are gone: a checkpoint held elsewhere says so")
            }
            How::TailRemoved { until, held: false } => write!(f, "entries up to {until} are gone"),
            How::HeadForged { agreed_until } => {
                write!(f, "the head is not signed by a trusted key; checkpoints agree up to number {agreed_until}")
            }
            How::BeyondHead => f.write_str("the signed head does not reach this entry"),
        }
    }
}
