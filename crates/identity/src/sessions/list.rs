use ambient::Timestamp;
use store::{Conn, StoreError, ToValue, params};
use uuid::Uuid;

use super::{Session, SessionId};
use crate::accounts::Account;

/// How many sessions a page lists.
pub const PAGE: i64 = 20;

/// A session as its person sees it in a list.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Living {
    /// Its id.
    pub id: SessionId,
    /// What its browser calls itself.
    pub user_agent: String,
    /// Where it was last used from, if that is known.
    pub address: Option<String>,
    /// When it began.
    pub created_at: Timestamp,
    /// When it was last used, to a tenth of the time that it may rest.
    pub used_at: Timestamp,
}

/// Some of a list, and where the next ones begin.
#[derive(Debug, Clone)]
pub struct Page {
    /// Newest first.
    pub sessions: Vec<Living>,
    /// What to ask for to see older ones; none: there are none.
    pub next: Option<SessionId>,
}

/// The account's living sessions apart from the one that asks, newest first: up to [`PAGE`] of them that are older than
/// `before`.
///
/// # Errors
/// The database's.
pub async fn living(
    conn: &mut Conn,
    account: &Account,
    apart_from: SessionId,
    before: Option<SessionId>,
    now: Timestamp,
) -> Result<Page, StoreError> {
    let before = before.unwrap_or(SessionId(Uuid::max()));
    let mut sessions: Vec<Living> = conn
        .all(
            "SELECT id, user_agent, address, created_at, used_at FROM session
             WHERE account_id = $1 AND expires_at > $2 AND epoch = $3 AND ended_at IS NULL AND id <> $4 AND id < $5
             ORDER BY id DESC LIMIT $6",
            params![account.id, now, account.epoch, apart_from, before, PAGE + 1],
        )
        .await?;
    let shown = usize::try_from(PAGE).unwrap_or(usize::MAX);
    let more = sessions.len() > shown;
    sessions.truncate(shown);
    let next = sessions.last().filter(|_| more).map(|last| last.id);
    Ok(Page { sessions, next })
}

/// How many living sessions the account has apart from this one.
///
/// # Errors
/// The database's.
pub async fn others(
    conn: &mut Conn,
    account: &Account,
    apart_from: SessionId,
    now: Timestamp,
) -> Result<i64, StoreError> {
    let (count,): (i64,) = conn
        .one(
            "SELECT COUNT(*) FROM session
             WHERE account_id = $1 AND expires_at > $2 AND epoch = $3 AND ended_at IS NULL AND id <> $4",
            params![account.id, now, account.epoch, apart_from],
        )
        .await?;
    Ok(count)
}

/// One living session of the account. Another account's is not there.
///
/// # Errors
/// The database's.
pub async fn find(
    conn: &mut Conn,
    account: &Account,
    session: SessionId,
    now: Timestamp,
) -> Result<Option<Living>, StoreError> {
    conn.maybe(
        "SELECT id, user_agent, address, created_at, used_at FROM session
         WHERE id = $1 AND account_id = $2 AND epoch = $3 AND ended_at IS NULL AND expires_at > $4",
        params![session, account.id, account.epoch, now],
    )
    .await
}

/// The sessions that the change of password has ended with which this one began: up to [`PAGE`] of them, newest first, and
/// how many there were. The one whose place this one took is none of them.
///
/// # Errors
/// The database's.
pub async fn ended_by(conn: &mut Conn, session: &Session) -> Result<(Vec<Living>, i64), StoreError> {
    let params = || params![session.account.id, session.created_at, session.id];
    let mut of_these = params();
    of_these.push(PAGE.to_value());
    let ended = conn
        .all(
            "SELECT id, user_agent, address, created_at, used_at FROM session
             WHERE account_id = $1 AND expires_at > $2 AND ended_at = $2
               AND NOT EXISTS (SELECT 1 FROM session AS this WHERE this.id = $3 AND this.replaces = session.id)
             ORDER BY id DESC LIMIT $4",
            of_these,
        )
        .await?;
    let (count,): (i64,) = conn
        .one(
            "SELECT COUNT(*) FROM session
             WHERE account_id = $1 AND expires_at > $2 AND ended_at = $2
               AND NOT EXISTS (SELECT 1 FROM session AS this WHERE this.id = $3 AND this.replaces = session.id)",
            params(),
        )
        .await?;
    Ok((ended, count))
}
