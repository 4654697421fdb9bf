//! Members from a file: staged line by line, looked at before anything is done, done in small transactions.
//!
//! ```text
//! a file ──Reader──▶ lines ──stage──▶ receiving          tick, tick …            start        tick, tick …
//!  of any size, by pieces              └──finish──▶ looking ────────▶ ready ──────▶ running ─────────▶ done
//!                                                      └──────────────┴─── cancel ───┴──▶ cancelled
//! ```
//! **What a line comes to** is one pure judgement ([`plan`]): somebody new, a change, nothing, or what is wrong. It is made
//! when the file is looked at, and once more in the transaction that does it, with the rights of that moment.
//!
//! **Exactly once**, as a batch ([`batches`](crate::batches)): a chunk is one transaction, whose first statement moves the import
//! on from where it stood. A crash at any moment, or two nodes at once, repeat nothing and skip nothing (REL-04).
//!
//! **Nobody gets a mail**, unless whoever imports has chosen that the new ones are invited. A file deletes nobody, and lets nobody
//! back in who was shut out, unless whoever gives the word says so, too ([`Reopening`]).

mod apply;
mod begin;
mod columns;
mod csv;
mod difference;
mod fault;
mod json;
mod lines;
mod look;
mod plan;
mod profiles;
mod read;
mod reader;
mod row;
mod run;
mod sweep;

use ambient::Timestamp;
use store::{StoreError, TenantStore};

pub use begin::{BeginError, NewImport, begin, discard, finish, stage};
pub use columns::{Cells, Column};
pub use csv::guarded;
pub use difference::Difference;
pub use fault::{Fault, FileFault, Reopening, Trouble, Why};
#[cfg(test)]
pub(crate) use lines::STATEMENTS;
pub use lines::{LINES_ON_A_PAGE, LinePage, Shown, lines};
pub use read::{before, by_id, is_at_work, some};
pub use reader::{Line, Reader};
pub use run::{cancel, start};
pub(crate) use sweep::sweep;

use crate::members::MemberId;
use crate::{Context, Pace};

store::row_id! {
    /// An import's row.
    ImportId
}

store::words! {
    /// How far an import is.
    ImportState {
        /// Its file is coming in.
        Receiving = "receiving",
        /// Its lines are being looked at.
        Looking = "looking",
        /// It waits for somebody's word.
        Ready = "ready",
        /// It is being done.
        Running = "running",
        /// Every line was come to.
        Done = "done",
        /// Somebody stopped it; what was done stays done.
        Cancelled = "cancelled",
    }
}

store::words! {
    /// What a line came to, or as it looks, will.
    Standing {
        /// Somebody new.
        New = "new",
        /// A member was changed.
        Changed = "changed",
        /// A member who was shut out was let back in, whatever else was changed.
        Reopened = "reopened",
        /// It was so already.
        Unchanged = "unchanged",
        /// It cannot be done.
        Wrong = "wrong",
    }
}

/// What is told of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// What it came to, or as it looks, will.
    Stands(Standing),
    /// The import was stopped before it came to it.
    NotReached,
}

impl Fate {
    /// Each of them, those of [`Standing::ALL`] first.
    pub fn all() -> impl Iterator<Item = Self> {
        Standing::ALL.iter().copied().map(Self::Stands).chain([Self::NotReached])
    }

    /// As it is named in addresses, reports and messages.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Stands(standing) => standing.word(),
            Self::NotReached => "not_reached",
        }
    }

    /// Reads what [`Fate::word`] wrote.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::all().find(|fate| fate.word() == word)
    }
}

/// An import's row.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Import {
    /// Its id.
    pub id: ImportId,
    /// What the file was called.
    pub file_name: String,
    ignored: String,
    /// Whether whoever is new is sent an invitation.
    pub invites: bool,
    /// Whether whoever is shut out is let back in, where the file says so.
    pub reopens: bool,
    /// How far it is.
    pub state: ImportState,
    /// Whose rights count.
    pub made_by: MemberId,
    /// When the file came.
    pub made_at: Timestamp,
    /// When somebody gave the word.
    pub started_at: Option<Timestamp>,
    /// When it was done, or cancelled.
    pub ended_at: Option<Timestamp>,
    /// How many lines it has.
    pub lines: i64,
    looked: i64,
    reached: i64,
    /// How many are new, as it looked.
    pub to_add: i64,
    /// How many it would change.
    pub to_change: i64,
    /// How many it would let back in.
    pub to_reopen: i64,
    /// How many are so already.
    pub to_keep: i64,
    /// How many lines are wrong.
    pub to_fail: i64,
    /// How many it added.
    pub added: i64,
    /// How many it changed.
    pub changed: i64,
    /// How many it let back in.
    pub reopened: i64,
    /// How many were so already.
    pub kept: i64,
    /// How many lines were not done.
    pub failed: i64,
}

impl Import {
    /// Columns of the file that mean nothing here.
    pub fn ignored(&self) -> impl Iterator<Item = &str> {
        self.ignored.lines()
    }

    /// How many lines were looked at.
    #[must_use]
    pub const fn looked_at(&self) -> i64 {
        self.to_add + self.to_change + self.to_reopen + self.to_keep + self.to_fail
    }

    /// How many lines it has come to.
    #[must_use]
    pub const fn come_to(&self) -> i64 {
        self.added + self.changed + self.reopened + self.kept + self.failed
    }

    /// Whether it has come to that line.
    #[must_use]
    pub const fn has_done(&self, line: i64) -> bool {
        self.started_at.is_some() && line <= self.reached
    }

    /// Whether a line has been done: come to, and not found wrong.
    #[must_use]
    pub fn is_done(&self, line: &Shown) -> bool {
        self.has_done(line.line) && line.standing != Some(Standing::Wrong)
    }

    /// What a line changes of somebody, or has changed. Nothing will come of those that were not reached, and nobody is let back in
    /// without that word.
    #[must_use]
    pub fn difference(&self, line: &Shown) -> Difference {
        let is_left = self.started_at.is_some() && !self.reopens && !self.has_done(line.line);
        match self.fate(line) {
            None | Some(Fate::NotReached) => Difference::default(),
            Some(Fate::Stands(Standing::Reopened)) if is_left => Difference::default(),
            Some(Fate::Stands(_)) => line.difference(),
        }
    }

    /// What is told of a line; none: it was not looked at. After the end, nothing will come of any.
    #[must_use]
    pub fn fate(&self, line: &Shown) -> Option<Fate> {
        if self.ended_at.is_some() && !self.has_done(line.line) {
            return Some(Fate::NotReached);
        }
        line.standing.map(Fate::Stands)
    }

    /// How many lines it did not come to before it was stopped.
    #[must_use]
    pub const fn left(&self) -> i64 {
        if self.ended_at.is_some() { self.lines - self.come_to() } else { 0 }
    }

    /// The last line that stands as it was found: once the word was given, or it was stopped, what was come to.
    const fn stands_up_to(&self) -> i64 {
        if self.started_at.is_some() || self.ended_at.is_some() { self.reached } else { i64::MAX }
    }

    /// How many lines it will do something about, without letting anybody back in.
    #[must_use]
    pub const fn fitting(&self) -> i64 {
        self.to_add + self.to_change
    }
}

/// Goes on with whatever import is at work, by one chunk. True while there may be more.
///
/// # Errors
/// What the database says.
pub async fn tick(store: &TenantStore, context: Context, pace: &Pace) -> Result<bool, StoreError> {
    let (at_work, mut went) = (read::at_work(&mut store.read().await?).await?, Ok(()));
    let any = !at_work.is_empty();
    for import in at_work {
        let one = match import.state {
            ImportState::Looking => look::some(store, context.clone(), import).await,
            _ => run::some(store, context.clone(), import, pace).await,
        };
        // The other goes on.
        went = went.and(one);
    }
    went.map(|()| any)
}
