use uuid::Uuid;

use super::{Lifecycle, Member, MemberId};
use crate::blueprint::{Blueprint, SeatClass};

/// How many rows a page of a list has.
pub const MEMBERS_ON_A_PAGE: i64 = 50;

/// Lists are counted up to here: counting all of a million rows would cost more than showing a page.
pub const COUNTED: i64 = 1_000;

/// The longest sort key that is believed.
const LONGEST_KEY: usize = 2_000;

/// Where a page of a list begins: after this row (or ends, before it). Travels in addresses as `id~key`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageAfter {
    /// The last row's sort key.
    pub key: String,
    /// Its id.
    pub id: MemberId,
}

impl PageAfter {
    /// As it stands in an address.
    #[must_use]
    pub fn to_text(&self) -> String {
        format!("{}~{}", self.id, self.key)
    }

    /// Reads what [`PageAfter::to_text`] wrote; anything else begins at the start. It names a place in the order and no
    /// right: whoever makes one up sees the same list from elsewhere (WEB-18).
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (id, key) = text.split_once('~')?;
        let plain = key.len() <= LONGEST_KEY && !key.chars().any(char::is_control);
        Some(Self { id: MemberId(Uuid::parse_str(id).ok()?), key: key.to_owned() }).filter(|_| plain)
    }

    /// The place right behind this one: before it stands whoever stands here.
    pub(super) fn next_id(&self) -> Self {
        self.with(self.id.0.as_u128().saturating_add(1))
    }

    /// The place right before this one.
    pub(super) fn previous_id(&self) -> Self {
        self.with(self.id.0.as_u128().saturating_sub(1))
    }

    fn with(&self, id: u128) -> Self {
        Self { key: self.key.clone(), id: MemberId(Uuid::from_u128(id)) }
    }

    /// A row's place in the order by name.
    pub(crate) fn of(member: &Member) -> Self {
        Self { key: member.sort_name(), id: member.id }
    }
}

/// A row of a list.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct MemberRow {
    /// Who.
    #[sqlx(flatten)]
    pub member: Member,
    /// Keys of their roles: with [`BY_GROUP`] behind it what a group gives and no hand, with [`BY_BOTH`] what both do.
    roles: Option<String>,
    /// Whether it is another system's and no person's (PP-28).
    is_service: bool,
}

store::words! {
    /// Whose record it is.
    MemberKind {
        /// Somebody's.
        Person = "person",
        /// Another system's, that acts for itself (PP-28).
        ServiceAccount = "service_account",
    }
}

const BY_GROUP: char = '*';
const BY_BOTH: char = '+';

impl MemberRow {
    #[cfg(test)]
    pub(crate) fn sample(member: Member, roles: &[&str]) -> Self {
        Self { member, roles: Some(roles.join(" ")), is_service: false }
    }

    /// With some roles by hand and others by groups alone.
    #[cfg(test)]
    pub(crate) fn sample_with_groups(member: Member, by_hand: &[&str], by_group: &[&str]) -> Self {
        let by_group = by_group.iter().map(|key| format!("{key}{BY_GROUP}"));
        let roles: Vec<String> = by_hand.iter().map(|&key| key.to_owned()).chain(by_group).collect();
        Self { member, roles: Some(roles.join(" ")), is_service: false }
    }

    /// Whose record it is.
    #[must_use]
    pub const fn kind(&self) -> MemberKind {
        if self.is_service { MemberKind::ServiceAccount } else { MemberKind::Person }
    }

    fn keys(&self) -> impl Iterator<Item = &str> {
        self.written().map(|role| role.trim_end_matches([BY_GROUP, BY_BOTH]))
    }

    fn written(&self) -> impl Iterator<Item = &str> {
        self.roles.as_deref().unwrap_or_default().split_whitespace()
    }

    fn those(&self, fit: impl Fn(&str) -> bool) -> Vec<String> {
        self.written().zip(self.keys()).filter(|(role, _)| fit(role)).map(|(_, key)| key.to_owned()).collect()
    }

    /// Keys of their roles.
    #[must_use]
    pub fn roles(&self) -> Vec<String> {
        self.keys().map(str::to_owned).collect()
    }

    /// What they count as (PP-18): a person and another system alike (PP-28).
    #[must_use]
    pub fn seat_class(&self, blueprint: &Blueprint) -> SeatClass {
        blueprint.seat_class(self.keys())
    }

    /// Those that a group gives, and no hand.
    #[must_use]
    pub fn follows(&self) -> Vec<String> {
        self.those(|role| role.ends_with(BY_GROUP))
    }

    /// Those that a group gives, by hand too or not.
    #[must_use]
    pub fn by_group(&self) -> Vec<String> {
        self.those(|role| role.ends_with([BY_GROUP, BY_BOTH]))
    }

    /// Those that a hand has given.
    #[must_use]
    pub fn by_hand(&self) -> Vec<String> {
        self.those(|role| !role.ends_with(BY_GROUP))
    }
}

/// A page of a list.
#[derive(Debug, Clone)]
pub struct Page {
    /// Its rows.
    pub rows: Vec<MemberRow>,
    /// How many there are on all pages, counted up to [`COUNTED`].
    pub total: i64,
    /// Where the next page begins, if there is one.
    pub next: Option<PageAfter>,
}

/// Takes the row that only tells that there are more; answers with the last that stays.
pub(crate) fn cut(rows: &mut Vec<MemberRow>) -> Option<&MemberRow> {
    let page = usize::try_from(MEMBERS_ON_A_PAGE).unwrap_or(usize::MAX);
    let more = rows.len() > page;
    rows.truncate(page);
    rows.last().filter(|_| more)
}

impl Member {
    /// As it is stored: the empty one of those who were erased, and of nobody else.
    pub(crate) fn sort_name(&self) -> String {
        if self.lifecycle == Lifecycle::Purged {
            return String::new();
        }
        super::profile::sort_name(&self.given_name, &self.family_name, &self.email)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_survives_the_address_and_nonsense_does_not() {
        let after = PageAfter { key: "hollis ~ mina".into(), id: MemberId(Uuid::from_u128(7)) };
        assert_eq!(PageAfter::parse(&after.to_text()), Some(after));
        let control = format!("{}~a\u{0}b", Uuid::nil());
        for nonsense in ["", "~", "x~y", "' OR 1=1 --", &control] {
            assert_eq!(PageAfter::parse(nonsense), None, "{nonsense}");
        }
    }
}
