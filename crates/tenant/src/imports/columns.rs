use std::collections::BTreeSet;

use super::{Fault, Trouble};
use crate::blueprint::LONGEST_VALUE;

/// What the column of a profile field is called before its key.
const OF_FIELD: &str = "field.";
/// The longest key of a field, in bytes.
const LONGEST_KEY: usize = 64;

/// The columns that an import reads, by the names that an export gives them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Column {
    /// Who it is.
    Email,
    /// First and last name in one.
    Name,
    /// First name.
    GivenName,
    /// Last name.
    FamilyName,
    /// BCP 47.
    Language,
    /// Where they stand, in one word.
    State,
    /// Keys or names of roles.
    Roles,
    /// The one provider that opens this tenant to them.
    Provider,
    /// Who keeps the record elsewhere (PP-31).
    KeptBy,
    /// A person, or a service account (PP-28).
    Kind,
    /// Whether somebody who is deactivated is locked too.
    Locked,
    /// The provider by whose word alone the address is theirs.
    StatedBy,
    /// A profile field; as the column is called: `field.` and its key.
    Field(String),
}

impl Column {
    /// All that every tenant has.
    pub const ALL: [Self; 12] = [
        Self::Email,
        Self::Name,
        Self::GivenName,
        Self::FamilyName,
        Self::Language,
        Self::State,
        Self::Roles,
        Self::Provider,
        Self::KeptBy,
        Self::Kind,
        Self::Locked,
        Self::StatedBy,
    ];

    /// As an export names it.
    #[must_use]
    pub fn word(&self) -> &str {
        match self {
            Self::Email => "email",
            Self::Name => "name",
            Self::GivenName => "given_name",
            Self::FamilyName => "family_name",
            Self::Language => "language",
            Self::State => "state",
            Self::Roles => "roles",
            Self::Provider => "provider",
            Self::KeptBy => "kept_by",
            Self::Kind => "kind",
            Self::Locked => "locked",
            Self::StatedBy => "email_stated_by",
            Self::Field(name) => name,
        }
    }

    /// The column of the profile field with this key.
    #[must_use]
    pub fn field(key: &str) -> Self {
        Self::Field(format!("{OF_FIELD}{key}"))
    }

    /// Reads what [`Column::word`] wrote.
    pub(super) fn parse(word: &str) -> Option<Self> {
        let field = || word.starts_with(OF_FIELD).then(|| Self::Field(word.to_owned()));
        Self::ALL.into_iter().find(|column| column.word() == word).or_else(field)
    }

    /// Whether it is what an export tells of somebody, rather than what a file is written for.
    pub(super) const fn is_told(&self) -> bool {
        matches!(self, Self::Kind | Self::Locked | Self::StatedBy)
    }

    /// The key of the profile field, if it is one's.
    fn key(&self) -> Option<&str> {
        self.word().strip_prefix(OF_FIELD)
    }

    /// What other systems call it.
    const fn also(&self) -> &'static [&'static str] {
        match self {
            Self::Email => &["e_mail", "mail", "email_address", "emailaddress"],
            Self::Name => &["display_name", "displayname", "full_name"],
            Self::GivenName => &["first_name", "firstname", "givenname", "vorname"],
            Self::FamilyName => &["last_name", "lastname", "surname", "familyname", "nachname"],
            Self::Language => &["locale", "sprache"],
            Self::State => &["status", "zustand"],
            Self::Roles => &["role", "rollen", "rolle"],
            Self::Provider | Self::KeptBy | Self::Kind | Self::Locked | Self::StatedBy | Self::Field(_) => &[],
        }
    }
}

/// What an export tells beside that: not read, and nothing to wonder about.
const TOLD: [&str; 5] = ["id", "seat_class", "authorization", "lifecycle", "last_sign_in"];

/// What a column's name says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Heading {
    /// It is read.
    Read(Column),
    /// It is one of an export's that are not read.
    Told,
    /// Nobody here knows it.
    Unknown,
}

pub(super) fn heading(name: &str) -> Heading {
    let name = name.trim().to_lowercase();
    // Whether this tenant has such a field is not for the reader to say.
    let of_key = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "._-".contains(c);
    let is_key = |key: &str| (1..=LONGEST_KEY).contains(&key.len()) && key.chars().all(of_key);
    if name.strip_prefix(OF_FIELD).is_some_and(is_key) {
        return Heading::Read(Column::Field(name));
    }
    let plain = name.replace([' ', '-'], "_");
    if TOLD.contains(&plain.as_str()) {
        return Heading::Told;
    }
    let known = |column: &Column| column.word() == plain || column.also().contains(&plain.as_str());
    Column::ALL.into_iter().find(known).map_or(Heading::Unknown, Heading::Read)
}

/// The longest cell, in bytes of UTF-8: lines wait for each other in memory.
const LONGEST_CELL: usize = 2_000;
/// The same of a profile field: what its longest value may take.
const LONGEST_FIELD: usize = 4 * LONGEST_VALUE;
/// As many things as a line may say: more than any tenant has columns.
pub(super) const MOST_CELLS: usize = 200;

/// The names that mean nothing here: told, not read. A few are enough.
#[derive(Debug, Clone, Default)]
pub(super) struct Ignored(BTreeSet<String>);

impl Ignored {
    const MOST: usize = 20;

    pub(super) fn add(&mut self, name: &str) {
        let name = super::fault::short(name);
        if self.0.len() < Self::MOST && !name.is_empty() {
            self.0.insert(name);
        }
    }

    pub(super) fn names(&self) -> Vec<String> {
        self.0.iter().cloned().collect()
    }
}

/// What a line says, as text, before anything is made of it. What its columns don't mention is not there.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cells(Vec<(Column, String)>);

impl Cells {
    /// What stands in a column.
    #[must_use]
    pub fn get(&self, column: &Column) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == column).map(|(_, text)| text.as_str())
    }

    /// What stands in the columns of profile fields, by their keys.
    pub(super) fn fields(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().filter_map(|(column, text)| Some((column.key()?, text.as_str())))
    }

    pub(super) fn put(&mut self, column: Column, text: String) -> Result<(), Fault> {
        if column.key().is_some() && text.len() > LONGEST_FIELD {
            return Err(Fault::in_column(Trouble::FieldTooLong, column).about(&LONGEST_VALUE.to_string()));
        }
        if column.key().is_none() && text.len() > LONGEST_CELL {
            return Err(Fault::in_column(Trouble::CellTooLong, column));
        }
        if self.0.len() >= MOST_CELLS {
            return Err(Trouble::TooMuch.into());
        }
        if self.get(&column).is_some() {
            return Err(Fault::in_column(Trouble::Twice, column));
        }
        self.0.push((column, text));
        Ok(())
    }

    pub(super) fn is_blank(&self) -> bool {
        self.0.iter().all(|(column, text)| column.is_told() || text.trim().is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_go_by_the_names_that_other_systems_use() {
        let cases = [
            ("email", Heading::Read(Column::Email)),
            (" E-Mail ", Heading::Read(Column::Email)),
            ("First Name", Heading::Read(Column::GivenName)),
            ("Nachname", Heading::Read(Column::FamilyName)),
            ("last_sign_in", Heading::Told),
            ("department", Heading::Unknown),
            ("", Heading::Unknown),
            (" Field.Cost-Centre ", Heading::Read(Column::field("cost-centre"))),
            ("field.", Heading::Unknown),
            ("field.Größe", Heading::Unknown),
        ];
        for (name, expected) in cases {
            assert_eq!(heading(name), expected, "{name}");
        }
    }
}
