use store::{StoreError, TenantRead, params};
use uuid::Uuid;

use super::{Member, MemberId, read::columns};
use crate::roles;

/// How many rows a page of a list has.
pub const MEMBERS_ON_A_PAGE: i64 = 50;

/// Lists are counted up to here: counting all of a million rows would cost more than showing a page.
pub const COUNTED: i64 = 1_000;

/// Where a page of a list begins: after this row. Travels in addresses as `text~id`.
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

    /// Reads what [`PageAfter::to_text`] wrote; anything else begins at the start.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (id, key) = text.split_once('~')?;
        Some(Self { id: MemberId(Uuid::parse_str(id).ok()?), key: key.to_owned() })
    }
}

/// A row of a list.
#[derive(Debug, Clone)]
pub struct MemberRow {
    /// Who.
    pub member: Member,
    /// Keys of their roles.
    pub roles: Vec<String>,
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

/// A page of all members, by name (a keyset: cost does not grow with the page's number).
///
/// # Errors
/// What the database says.
pub async fn list_members(read: &mut impl TenantRead, after: Option<&PageAfter>) -> Result<Page, StoreError> {
    let counted = "SELECT COUNT(*) FROM (SELECT 1 AS one FROM member WHERE tenant_id = $1 LIMIT $2) AS counted";
    let (total,): (i64,) = read.one(counted, params![COUNTED + 1]).await?;
    let mut members: Vec<Member> = match after {
        None => {
            let sql = columns!("WHERE m.tenant_id = $1 ORDER BY m.sort_name, m.id LIMIT $2");
            read.all(sql, params![MEMBERS_ON_A_PAGE + 1]).await?
        }
        Some(after) => {
            let sql = columns!(
                "WHERE m.tenant_id = $1 AND (m.sort_name, m.id) > ($2, $3) ORDER BY m.sort_name, m.id LIMIT $4"
            );
            read.all(sql, params![after.key, after.id, MEMBERS_ON_A_PAGE + 1]).await?
        }
    };
    let next = cut(&mut members).map(|last| PageAfter { key: last.sort_name(), id: last.id });
    Ok(Page { rows: with_roles(read, members).await?, total, next })
}

/// Takes the row that only tells that there are more; answers with the last that stays.
pub(crate) fn cut(members: &mut Vec<Member>) -> Option<&Member> {
    let page = usize::try_from(MEMBERS_ON_A_PAGE).unwrap_or(usize::MAX);
    let more = members.len() > page;
    members.truncate(page);
    members.last().filter(|_| more)
}

pub(crate) async fn with_roles(read: &mut impl TenantRead, members: Vec<Member>) -> Result<Vec<MemberRow>, StoreError> {
    let mut rows = Vec::with_capacity(members.len());
    for member in members {
        let roles = roles::of_member(read, member.id).await?;
        rows.push(MemberRow { member, roles });
    }
    Ok(rows)
}

impl Member {
    fn sort_name(&self) -> String {
        super::Profile::new(&self.given_name, &self.family_name, &self.email, "", None).sort_name()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_survives_the_address_and_nonsense_does_not() {
        let after = PageAfter { key: "hollis ~ mina".into(), id: MemberId(Uuid::from_u128(7)) };
        assert_eq!(PageAfter::parse(&after.to_text()), Some(after));
        for nonsense in ["", "~", "x~y", "' OR 1=1 --"] {
            assert_eq!(PageAfter::parse(nonsense), None, "{nonsense}");
        }
    }
}
