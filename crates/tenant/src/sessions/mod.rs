//! Sessions of a tenant: the row is the truth, the browser's web session carries its id only (DESIGN §5).

mod begin;
mod end;
mod logout_token;

use std::time::Duration;

use ambient::Timestamp;
use store::{StoreError, TenantRead, TenantStore, params};

use crate::Context;
use crate::access::{Entry, decide_entry};
use crate::members::{Member, MemberId, MemberRow, columns, roles_columns};
use crate::roles::Rights;

pub(crate) use begin::{begin, carry_over};
pub(crate) use end::end_of_member;
pub use end::{Ended, end, hint_of, seal_context};
pub(crate) use logout_token::was_ended;
pub use logout_token::{Replayed, end_by_logout_token};

/// How long a session lasts.
pub const LIFETIME: Duration = Duration::from_hours(12);
/// How long ago somebody may have proved who they are where it must have been just now (IN-05).
pub const FRESH: Duration = Duration::from_mins(5);
/// How exactly *last seen* is kept.
const SEEN_EVERY: Duration = Duration::from_mins(5);

store::row_id! {
    /// A session's row.
    SessionId
}

/// What a live session's row says.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Session {
    /// Its id.
    #[sqlx(rename = "session_id")]
    pub id: SessionId,
    /// Whose.
    pub member_id: MemberId,
    /// The member's epoch when it began.
    #[sqlx(rename = "session_epoch")]
    pub epoch: i64,
    /// When it began.
    #[sqlx(rename = "session_created_at")]
    pub created_at: Timestamp,
    /// When it was last used, to five minutes.
    pub last_seen_at: Timestamp,
    /// When it ends at the latest.
    pub expires_at: Timestamp,
    /// When it was ended.
    pub ended_at: Option<Timestamp>,
    /// When its holder proved who they are, as the ID token said.
    pub auth_time: Option<Timestamp>,
}

/// Whether somebody who proved who they are at that moment did so just now (IN-05). A moment that is not known is long ago.
#[must_use]
pub fn is_fresh(proved_at: Option<Timestamp>, now: Timestamp) -> bool {
    proved_at.is_some_and(|at| now.since(at) <= FRESH)
}

/// Whether a session still counts: not ended, not expired, and the member has not changed since in a way that a login
/// depends on (DESIGN §1, *epoch*).
#[must_use]
pub fn is_live(session: &Session, member: &Member, now: Timestamp) -> bool {
    session.ended_at.is_none() && now < session.expires_at && session.epoch == member.epoch
}

/// Someone who is signed in here.
#[derive(Debug, Clone)]
pub struct Visitor {
    /// Their session.
    pub session: Session,
    /// Their record, as of this request.
    pub member: Member,
    /// Keys of their roles.
    pub roles: Vec<String>,
    /// What they may do: nothing, unless they are admitted.
    pub rights: Rights,
    /// What they see.
    pub entry: Entry,
    /// Whether there are terms that they have to accept before anything else (PP-19).
    pub must_accept: bool,
}

/// Who is behind a web session that carries this id, if anyone is (still).
///
/// # Errors
/// What the database says.
pub async fn resume(store: &TenantStore, context: &Context, id: SessionId) -> Result<Option<Visitor>, StoreError> {
    let Some(Resumed { session, row, must_accept }) = find(store, id).await? else { return Ok(None) };
    let (roles, member) = (row.roles(), row.member);
    if !is_live(&session, &member, context.now) {
        return Ok(None);
    }
    let blueprint = &context.tenant.blueprint;
    let entry = decide_entry(Some(&member), &blueprint.strangers, context.now);
    if !entry.has_session() {
        return Ok(None);
    }
    let rights = if entry == Entry::Admit { Rights::of_roles(blueprint, &roles) } else { Rights::default() };
    note_seen(store, context, &session).await?;
    Ok(Some(Visitor { session, member, roles, rights, entry, must_accept }))
}

/// A session with its member and their roles.
#[derive(sqlx::FromRow)]
struct Resumed {
    #[sqlx(flatten)]
    session: Session,
    #[sqlx(flatten)]
    row: MemberRow,
    must_accept: bool,
}

/// One statement: every page begins with it.
async fn find(store: &TenantStore, id: SessionId) -> Result<Option<Resumed>, StoreError> {
    let sql = columns!(
        concat!("s.id AS session_id, s.member_id, s.epoch AS session_epoch, s.created_at AS session_created_at, s.last_seen_at,
         s.expires_at, s.ended_at, s.auth_time,
         EXISTS (SELECT 1 FROM terms_version v WHERE v.tenant_id = m.tenant_id AND v.required
             AND NOT EXISTS (SELECT 1 FROM terms_acceptance a WHERE a.tenant_id = m.tenant_id AND a.member_id = m.id
                 AND a.kind = v.kind AND a.number >= v.number)) AS must_accept, ", roles_columns!()),
        "session s JOIN member m ON m.tenant_id = s.tenant_id AND m.id = s.member_id ",
        "WHERE s.tenant_id = $1 AND s.id = $2"
    );
    store.read().await?.maybe(sql, params![id]).await
}

async fn note_seen(store: &TenantStore, context: &Context, session: &Session) -> Result<(), StoreError> {
    if context.now.since(session.last_seen_at) < SEEN_EVERY {
        return Ok(());
    }
    store
        .write((session.id, context.now), |mut tx, (id, now)| {
            Box::pin(async move {
                let sql = "UPDATE session SET last_seen_at = $3 WHERE tenant_id = $1 AND id = $2";
                tx.execute(sql, params![id, now]).await?;
                Ok(())
            })
        })
        .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_counts_until_it_ends_expires_or_the_member_changes() {
        let t0 = Timestamp::from_seconds(1_000);
        let member = Member::sample(t0);
        let session = Session {
            id: SessionId(uuid::Uuid::from_u128(1)),
            member_id: member.id,
            epoch: member.epoch,
            created_at: t0,
            last_seen_at: t0,
            expires_at: t0.plus(LIFETIME),
            ended_at: None,
            auth_time: None,
        };
        let last = t0.plus(LIFETIME).minus(Duration::from_micros(1));
        assert!(is_live(&session, &member, t0) && is_live(&session, &member, last));
        assert!(!is_live(&session, &member, t0.plus(LIFETIME)));
        assert!(!is_live(&Session { ended_at: Some(t0), ..session.clone() }, &member, t0));
        assert!(!is_live(&Session { epoch: 0, ..session }, &member, t0));
    }

    #[test]
    fn in_05_fresh_is_five_minutes() {
        let now = Timestamp::from_seconds(10_000);
        let before = |seconds| Some(now.minus(Duration::from_secs(seconds)));
        for (proved_at, fresh) in [(before(0), true), (before(300), true), (before(301), false), (None, false)] {
            assert_eq!(is_fresh(proved_at, now), fresh, "{proved_at:?}");
        }
    }
}
