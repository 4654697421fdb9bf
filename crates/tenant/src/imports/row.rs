use std::collections::{BTreeMap, BTreeSet};

use url::Host;

use super::{Cells, Column, Fault, Trouble};
use crate::blueprint::{Blueprint, Role};
use crate::fields::Values;
use crate::invitations::is_address;
use crate::lifecycle::Keeper;
use crate::members::{LONGEST, MemberKind, MemberState, canonical, clean, one_line};
use crate::providers::is_key;

/// No role at all, as a file says it: a cell that is empty says nothing.
pub(super) const NO_ROLES: &str = "-";

/// As an export says it.
pub(super) const YES: &str = "yes";

/// The longest name, in characters: as long as a provider may state it.
const LONGEST_NAME: usize = LONGEST;

/// What a line says about somebody. What it does not mention stays as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Row {
    /// As it is kept: the domain in its one ASCII spelling.
    pub email: String,
    pub given_name: Option<String>,
    pub family_name: Option<String>,
    pub locale: Option<String>,
    pub state: Option<MemberState>,
    /// Whether somebody new who is deactivated is locked too.
    pub locked: bool,
    /// Keys of roles: these and no others.
    pub roles: Option<BTreeSet<String>>,
    pub provider: Option<String>,
    /// Who keeps the record elsewhere.
    pub kept_by: Option<String>,
    /// Profile fields; what is empty is not there, and stays as it is.
    pub fields: Values,
}

impl Row {
    /// The address as it is compared: two spellings of one have the same.
    pub(super) fn address(&self) -> String {
        self.email.to_ascii_lowercase()
    }

    /// The address again, unless the line may stand beside another one of the same address: somebody was deleted, and is here
    /// again.
    pub(super) fn told_once(&self) -> Option<String> {
        (self.state != Some(MemberState::Deleted)).then(|| self.address())
    }
}

/// The keys of roles by their keys and their names in every language, in lower case.
pub(super) struct RoleNames(BTreeMap<String, String>);

impl RoleNames {
    pub(super) fn of(blueprint: &Blueprint) -> Self {
        // Of two roles of one name the first is meant; a key goes before a name.
        let names = |role: &Role| {
            [role.label.de.to_lowercase(), role.label.en.to_lowercase()].map(|name| (name, role.key.clone()))
        };
        let named = blueprint.roles.iter().rev().flat_map(names);
        Self(named.chain(blueprint.roles.iter().map(|role| (role.key.clone(), role.key.clone()))).collect())
    }

    fn key(&self, text: &str) -> Option<String> {
        self.0.get(&text.to_lowercase()).cloned()
    }
}

/// What the cells of a line come to.
pub(super) fn row(cells: &Cells, names_of_roles: &RoleNames) -> Result<Row, Fault> {
    if filled(cells, Column::StatedBy).is_some() {
        // Somebody else may have it, or come to it: by that address the line finds nobody for sure (DESIGN §4.1).
        return Err(Fault::in_column(Trouble::AddressNotProved, Column::Email));
    }
    // Whatever else a file calls a kind says nothing here.
    if filled(cells, Column::Kind) == Some(MemberKind::ServiceAccount.word()) {
        return Err(Fault::in_column(Trouble::ServiceAccount, Column::Kind));
    }
    let (given_name, family_name) = names(cells)?;
    Ok(Row {
        email: email(cells)?,
        given_name,
        family_name,
        locale: filled(cells, Column::Language).map(language).transpose()?,
        state: filled(cells, Column::State).map(state).transpose()?,
        locked: filled(cells, Column::Locked).is_some_and(|text| text.eq_ignore_ascii_case(YES)),
        roles: filled(cells, Column::Roles).map(|text| roles(text, names_of_roles)).transpose()?,
        provider: filled(cells, Column::Provider).map(provider).transpose()?,
        kept_by: filled(cells, Column::KeptBy).map(keeper).transpose()?,
        fields: fields(cells),
    })
}

/// A column that says something.
fn filled(cells: &Cells, column: Column) -> Option<&str> {
    cells.get(&column).map(str::trim).filter(|text| !text.is_empty())
}

fn wrong(trouble: Trouble, column: Column, text: &str) -> Fault {
    Fault::in_column(trouble, column).about(text)
}

fn email(cells: &Cells) -> Result<String, Fault> {
    let typed = filled(cells, Column::Email).ok_or_else(|| Fault::in_column(Trouble::EmailMissing, Column::Email))?;
    let wrong = || wrong(Trouble::EmailWrong, Column::Email, typed);
    let (_, domain) = typed.split_once('@').filter(|_| is_address(typed)).ok_or_else(wrong)?;
    match Host::parse(domain) {
        Ok(Host::Domain(_)) => Ok(canonical(typed)),
        _ => Err(wrong()),
    }
}

fn names(cells: &Cells) -> Result<(Option<String>, Option<String>), Fault> {
    let name = |column: Column| filled(cells, column.clone()).map(|text| checked(text, column)).transpose();
    let (given, family) = (name(Column::GivenName)?, name(Column::FamilyName)?);
    match name(Column::Name)?.filter(|_| given.is_none() && family.is_none()) {
        Some(whole) => {
            // "Hollis, Mina", or the last word.
            let (given, family) = match whole.split_once(',') {
                Some((family, given)) => (given, family),
                None => whole.rsplit_once(' ').unwrap_or((&whole, "")),
            };
            Ok((Some(given.trim().to_owned()), Some(family.trim().to_owned())))
        }
        None => Ok((given, family)),
    }
}

fn checked(text: &str, column: Column) -> Result<String, Fault> {
    let text = text.trim();
    if text.chars().count() > LONGEST_NAME || text.chars().any(char::is_control) {
        return Err(wrong(Trouble::NameWrong, column, text));
    }
    Ok(clean(text))
}

fn language(text: &str) -> Result<String, Fault> {
    let fine = (2..=35).contains(&text.len())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
        && text.starts_with(|c: char| c.is_ascii_alphabetic());
    if fine { Ok(text.to_owned()) } else { Err(wrong(Trouble::LanguageWrong, Column::Language, text)) }
}

fn state(text: &str) -> Result<MemberState, Fault> {
    let word = text.to_lowercase().replace([' ', '-'], "_");
    let found = MemberState::ALL.iter().find(|state| state.word() == word);
    found.copied().ok_or_else(|| wrong(Trouble::StateUnknown, Column::State, text))
}

fn fields(cells: &Cells) -> Values {
    let said = cells.fields().map(|(key, text)| (key.to_owned(), one_line(text)));
    said.filter(|(_, text)| !text.is_empty()).collect()
}

/// Keys separated by spaces, as an export writes them; or keys and names, separated by signs.
fn roles(text: &str, names: &RoleNames) -> Result<BTreeSet<String>, Fault> {
    let mut keys = BTreeSet::new();
    if text == NO_ROLES {
        return Ok(keys);
    }
    for piece in text.split([',', ';', '|', '\n']).map(str::trim).filter(|piece| !piece.is_empty()) {
        if let Some(key) = names.key(piece) {
            keys.insert(key);
            continue;
        }
        for word in piece.split_whitespace() {
            keys.insert(names.key(word).ok_or_else(|| wrong(Trouble::RoleUnknown, Column::Roles, word))?);
        }
    }
    Ok(keys)
}

fn provider(text: &str) -> Result<String, Fault> {
    if is_key(text) { Ok(text.to_owned()) } else { Err(wrong(Trouble::ProviderWrong, Column::Provider, text)) }
}

fn keeper(text: &str) -> Result<String, Fault> {
    let keeper = Keeper::parse(text).ok_or_else(|| wrong(Trouble::KeeperWrong, Column::KeptBy, text))?;
    Ok(keeper.as_str().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(said: &[(Column, &str)]) -> Result<Row, Fault> {
        let mut cells = Cells::default();
        for (column, text) in said {
            cells.put(column.clone(), (*text).to_owned()).unwrap();
        }
        row(&cells, &RoleNames::of(&Blueprint::shipped("asset-library").unwrap()))
    }

    #[test]
    fn a_line_says_what_it_says_and_no_more() {
        let mina = read(&[
            (Column::Email, " Mina@M\u{fc}ller.example "),
            (Column::GivenName, "Mina"),
            (Column::State, "To review"),
            (Column::Roles, "viewer; Redaktion"),
            (Column::Provider, ""),
            (Column::KeptBy, " Payroll "),
            (Column::field("city"), " G\u{202e}raz\n"),
            (Column::field("zip"), " "),
        ])
        .unwrap();
        assert_eq!(mina.email, "Mina@xn--mller-kva.example");
        assert_eq!(mina.address(), "mina@xn--mller-kva.example");
        assert_eq!((mina.given_name.as_deref(), mina.family_name.as_deref()), (Some("Mina"), None));
        assert_eq!((mina.state, mina.provider), (Some(MemberState::ToReview), None));
        assert_eq!(mina.kept_by.as_deref(), Some("Payroll"));
        assert_eq!(mina.roles, Some(["editor".to_owned(), "viewer".to_owned()].into()));
        assert_eq!(mina.fields, [("city".to_owned(), "Graz".to_owned())].into());
        let bare = read(&[(Column::Email, "a@b.example"), (Column::Roles, "")]).unwrap();
        assert_eq!((bare.state, bare.roles, bare.kept_by), (None, None, None), "what is empty is not there");
        let none = read(&[(Column::Email, "a@b.example"), (Column::Roles, NO_ROLES)]).unwrap();
        assert_eq!(none.roles, Some(BTreeSet::new()));
    }

    #[test]
    fn one_name_falls_into_two() {
        for (name, given, family) in [
            ("Mina Hollis", Some("Mina"), Some("Hollis")),
            ("Hollis, Mina M.", Some("Mina M."), Some("Hollis")),
            ("Mina", Some("Mina"), Some("")),
            // What is empty is not there.
            ("", None, None),
        ] {
            let row = read(&[(Column::Email, "a@b.example"), (Column::Name, name)]).unwrap();
            assert_eq!((row.given_name.as_deref(), row.family_name.as_deref()), (given, family), "{name}");
        }
    }

    #[test]
    fn what_is_wrong_names_its_column() {
        let long = "x".repeat(LONGEST_NAME + 1);
        let cases = [
            (Column::Kind, "service_account", Trouble::ServiceAccount),
            (Column::Email, "", Trouble::EmailMissing),
            (Column::Email, "mina", Trouble::EmailWrong),
            (Column::Email, "a@b.example,c@d.example", Trouble::EmailWrong),
            (Column::Email, "a@b.example\r\nBcc: c@d.example", Trouble::EmailWrong),
            (Column::GivenName, long.as_str(), Trouble::NameWrong),
            (Column::FamilyName, "two\nlines", Trouble::NameWrong),
            (Column::Language, "d_e", Trouble::LanguageWrong),
            (Column::State, "alive", Trouble::StateUnknown),
            (Column::Roles, "viewer king", Trouble::RoleUnknown),
            (Column::Provider, "No Slug", Trouble::ProviderWrong),
            (Column::KeptBy, "two\nlines", Trouble::KeeperWrong),
        ];
        for (column, text, trouble) in cases {
            let mut said = vec![(column.clone(), text)];
            if column != Column::Email {
                said.push((Column::Email, "a@b.example"));
            }
            let fault = read(&said).unwrap_err();
            assert_eq!((fault.why, fault.column), (super::super::Why::Line(trouble), Some(column)), "{text}");
        }
    }
}
