use super::Column;
use crate::lifecycle::{Deed, Refusal};
use crate::members;

store::words! {
    /// What is wrong with a line, beside what a member's state or somebody's rights refuse.
    Trouble {
        /// Longer than a line may be.
        TooLong = "too_long",
        /// A cell is longer than 2,000 bytes.
        CellTooLong = "cell_too_long",
        /// Not in UTF-8.
        NotUtf8 = "not_utf8",
        /// Another number of cells than the first line has.
        CellCount = "cell_count",
        /// No JSON object.
        NotAnObject = "not_an_object",
        /// A value of a kind that does not belong there.
        NotText = "not_text",
        /// The same thing is said twice.
        Twice = "twice",
        /// A service account, as an export tells it: none is let in by a file.
        ServiceAccount = "service_account",
        /// No address.
        EmailMissing = "email_missing",
        /// Not one plain address.
        EmailWrong = "email_wrong",
        /// A name that is too long, or has line ends.
        NameWrong = "name_wrong",
        /// No tag of a language.
        LanguageWrong = "language_wrong",
        /// No such state.
        StateUnknown = "state_unknown",
        /// No such role.
        RoleUnknown = "role_unknown",
        /// No short name of a provider.
        ProviderWrong = "provider_wrong",
        /// No name of who keeps a record elsewhere.
        KeeperWrong = "keeper_wrong",
        /// An earlier line has the same address.
        Doubled = "doubled",
        /// There is no such profile field.
        FieldUnknown = "field_unknown",
        /// Longer than this profile field takes.
        FieldTooLong = "field_too_long",
        /// The provider by which they sign in owns this profile field (PP-07).
        ProviderOwns = "provider_owns",
        /// More is said than any tenant has columns.
        TooMuch = "too_much",
        /// More than one member has this address.
        Ambiguous = "ambiguous",
        /// Whoever has this address here has it by the word of a provider alone (DESIGN §4.1).
        AddressNotProved = "address_not_proved",
        /// Nobody is in such a state without having come.
        NeedsAccount = "needs_account",
        /// Nobody comes into such a state by a file.
        StateStays = "state_stays",
        /// A file deletes nobody.
        DeletesNobody = "deletes_nobody",
        /// How somebody who is here signs in is not changed by a file.
        ProviderStays = "provider_stays",
        /// Who keeps the record of somebody who is here is not changed by a file (PP-31).
        KeeperStays = "keeper_stays",
        /// Whoever gave the word may not do such a thing (any more).
        NotAllowed = "not_allowed",
    }
}

store::words! {
    /// A way back in for somebody who was shut out. A file opens it if that was asked for, beside everything else.
    Reopening {
        /// Whoever is locked is unlocked.
        Unlocks = "unlocks",
        /// Whoever is deactivated is in again.
        Resumes = "resumes",
        /// Whoever was deleted is back.
        Reactivates = "reactivates",
        /// Whoever asked for their deletion is kept.
        Keeps = "keeps",
    }
}

impl Reopening {
    pub(super) const fn of(deed: &Deed) -> Option<Self> {
        match deed {
            Deed::Unlock => Some(Self::Unlocks),
            Deed::Resume => Some(Self::Resumes),
            Deed::Reactivate => Some(Self::Reactivates),
            Deed::Keep => Some(Self::Keeps),
            _ => None,
        }
    }
}

/// Why a line is not done, or what of it is not done with the rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Why {
    /// What the line says.
    Line(Trouble),
    /// The member's state, or somebody's rights. Of a line that is not wrong: what will stand in its way, unless a line before it clears it.
    Refused(Refusal),
    /// It would let somebody back in.
    Reopens(Reopening),
}

impl Why {
    /// As it is stored, and named in messages.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Line(trouble) => trouble.word(),
            Self::Refused(refusal) => refusal.word(),
            Self::Reopens(reopening) => reopening.word(),
        }
    }

    /// Reads what [`Why::word`] wrote.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::all().find(|why| why.word() == word)
    }

    fn all() -> impl Iterator<Item = Self> {
        let own = Trouble::ALL.iter().copied().map(Self::Line);
        let refused = Refusal::ALL.iter().copied().map(Self::Refused);
        own.chain(refused).chain(Reopening::ALL.iter().copied().map(Self::Reopens))
    }
}

/// What is wrong with a line, or to be known of it, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// What.
    pub why: Why,
    /// In which column.
    pub column: Option<Column>,
    /// What stands there, or the number of the other line.
    pub about: Option<String>,
}

impl From<Trouble> for Fault {
    fn from(trouble: Trouble) -> Self {
        Self { why: Why::Line(trouble), column: None, about: None }
    }
}

impl From<Refusal> for Fault {
    fn from(refusal: Refusal) -> Self {
        Self { why: Why::Refused(refusal), column: None, about: None }
    }
}

impl From<Reopening> for Fault {
    fn from(reopening: Reopening) -> Self {
        Self { why: Why::Reopens(reopening), column: None, about: None }
    }
}

impl Fault {
    pub(super) fn in_column(what: impl Into<Self>, column: Column) -> Self {
        Self { column: Some(column), ..what.into() }
    }

    pub(super) fn about(mut self, text: &str) -> Self {
        self.about = Some(short(text));
        self
    }
}

/// Foreign text as a message quotes it.
pub(super) fn short(text: &str) -> String {
    members::clean(text).chars().take(60).collect()
}

store::words! {
    /// What is wrong with a file as a whole.
    FileFault {
        /// Nothing is in it.
        Empty = "empty",
        /// UTF-16, as some spreadsheets write.
        Utf16 = "utf16",
        /// Its first line is not in UTF-8.
        NotUtf8 = "not_utf8",
        /// Its first line names no column for the address.
        NoEmail = "no_email",
        /// Its first line names a column twice.
        ColumnTwice = "column_twice",
        /// Its first line is longer than a line may be.
        HeadTooLong = "head_too_long",
        /// More lines than one import takes.
        TooManyLines = "too_many_lines",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_reads_as_it_was_written() {
        for why in Why::all() {
            assert_eq!(Why::parse(why.word()), Some(why), "{why:?}");
        }
        assert_eq!(Why::parse("nonsense"), None);
    }
}
