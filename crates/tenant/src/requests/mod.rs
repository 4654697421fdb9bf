//! Requests to join: the inbox, what the person adds, the gathered mail about new ones.

mod notice;

use ambient::Timestamp;
use store::{StoreError, TenantRead, TenantStore, params};

use crate::members::{self, MEMBERS_ON_A_PAGE, Member, MemberId, MemberRow, Page, PageAfter, columns, counted};
use crate::{
    Context,
    lifecycle::{Denied, Refusal},
};

pub(crate) use notice::schedule_notice;
pub use notice::{Due, announce};

/// The longest message to administrators, in characters.
pub const LONGEST_MESSAGE: usize = 1_000;

/// A page of those who wait for a decision, oldest first.
///
/// # Errors
/// What the database says.
pub async fn inbox(read: &mut impl TenantRead, after: Option<&PageAfter>) -> Result<Page, StoreError> {
    let from =
        after.and_then(|after| after.key.parse().ok()).map_or(Timestamp::from_micros(i64::MIN), Timestamp::from_micros);
    let id = after.map_or(MemberId(uuid::Uuid::nil()), |after| after.id);
    const { assert!(MEMBERS_ON_A_PAGE == 50, "the statement says one more") };
    let sql = columns!(
        roles,
        "WHERE m.tenant_id = $1 AND m.authorization_state = 'to_review' AND (m.requested_at, m.id) > ($2, $3)
           AND NOT m.locked AND m.lifecycle = 'active'
         ORDER BY m.requested_at, m.id LIMIT 51"
    );
    let mut rows: Vec<MemberRow> = read.all(sql, params![from, id]).await?;
    let next = members::cut(&mut rows).map(|last| PageAfter {
        key: last.member.requested_at.map_or(0, Timestamp::as_micros).to_string(),
        id: last.member.id,
    });
    let total = count(read, members::COUNTED).await?;
    Ok(Page { rows, total, next })
}

/// How far those who wait are counted where the number stands beside other things: on every page of an administrator.
pub const GLANCED: i64 = 99;

/// How many wait, counted up to [`GLANCED`].
///
/// # Errors
/// What the database says.
pub async fn waiting(read: &mut impl TenantRead) -> Result<i64, StoreError> {
    count(read, GLANCED).await
}

/// How many have asked for their own deletion, counted up to [`GLANCED`] (PP-14).
///
/// # Errors
/// What the database says.
pub async fn wanting_to_leave(read: &mut impl TenantRead) -> Result<i64, StoreError> {
    let sql = counted!(
        "SELECT 1 AS one FROM member WHERE tenant_id = $1 AND authorization_state = 'user_deletion' AND lifecycle = 'active'",
        "$2"
    );
    let (count,): (i64,) = read.one(sql, params![GLANCED + 1]).await?;
    Ok(count)
}

async fn count(read: &mut impl TenantRead, limit: i64) -> Result<i64, StoreError> {
    let sql = counted!(
        "SELECT 1 AS one FROM member WHERE tenant_id = $1 AND authorization_state = 'to_review' AND NOT locked AND lifecycle = 'active'
         ORDER BY requested_at, id",
        "$2"
    );
    let (count,): (i64,) = read.one(sql, params![limit + 1]).await?;
    Ok(count)
}

/// Other members with the same address: perhaps the same person.
///
/// # Errors
/// What the database says.
pub async fn possible_duplicates(read: &mut impl TenantRead, member: &Member) -> Result<Vec<Member>, StoreError> {
    if member.email.is_empty() {
        return Ok(Vec::new());
    }
    let sql = columns!("WHERE m.tenant_id = $1 AND lower(m.email) = lower($2) AND m.id <> $3 ORDER BY m.id LIMIT 5");
    read.all(sql, params![member.email, member.id]).await
}

/// What the person wants the administrators to know; only while they wait. Replaces what stood there.
///
/// # Errors
/// [`Denied::Refused`] when the request was decided meanwhile.
pub async fn set_message(store: &TenantStore, context: Context, member: MemberId, text: &str) -> Result<(), Denied> {
    let text = clean_text(text, LONGEST_MESSAGE);
    store
        .write((context, member, text), |mut tx, (context, member, text)| {
            Box::pin(async move {
                let rows = tx
                    .execute(
                        "UPDATE member SET request_text = $3, changed_at = $4
                         WHERE tenant_id = $1 AND id = $2 AND authorization_state = 'to_review' AND NOT locked
                           AND lifecycle = 'active'",
                        params![member, text, context.now],
                    )
                    .await?;
                if rows == 0 {
                    return Err(Denied::Refused(Refusal::NothingToDecide));
                }
                let entry = context.audit(audit::Actor::Member(member.0), "member.request_message_changed");
                audit::record(&mut tx, &entry.on("member", member)).await?;
                Ok(())
            })
        })
        .await
}

/// Text of several lines as a person typed it: without other control characters, at most `longest` characters.
pub(crate) fn clean_text(text: &str, longest: usize) -> String {
    let text = text.replace("\r\n", "\n");
    let lines: Vec<&str> = text.trim().lines().collect();
    let clean: String = lines.join("\n").chars().filter(|c| *c == '\n' || !c.is_control()).take(longest).collect();
    clean.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typed_text_keeps_its_lines_and_nothing_else_that_controls() {
        assert_eq!(clean_text(" a\r\nb\u{1b}[0m\u{7}\n", 100), "a\nb[0m");
        assert_eq!(clean_text(&"x".repeat(50), 10).len(), 10);
        assert_eq!(clean_text(" \n\t", 10), "");
    }
}
