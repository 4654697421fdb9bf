use std::time::Duration;

use ambient::Timestamp;
use audit::{Actor, Entry};
use serde_json::json;
use store::{PLATFORM, StoreError, Tx, params};

use crate::accounts::{Account, AccountId};
use crate::grants::revoke;
use crate::sessions::{Session, SessionId};
use crate::{Fault, Identity};

/// How long ago a session may have expired whose applications are still told of its end.
const REACHES_BACK: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// How many sessions one statement ends.
const CHUNK: usize = 20;

/// So many parameters after the first.
macro_rules! some {
    () => {
        "($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)"
    };
}

/// Ends these sessions, their grants with them, and notes whom to tell.
///
/// # Errors
/// [`Fault`].
pub async fn end_sessions(identity: &Identity, sessions: &[Session]) -> Result<(), Fault> {
    let entries = sessions
        .iter()
        .map(|session| {
            let entry = Entry::new(&identity.ambient, Actor::Account(session.account.id.0), "session.ended");
            (session.id, session.account.id, entry.on("session", session.id.0))
        })
        .collect::<Vec<_>>();
    identity
        .store
        .write::<_, _, StoreError, _>(entries, |tx, entries| {
            Box::pin(async move {
                // A browser holds a handful of sessions at most (sessions::MOST_PER_BROWSER).
                for (session, account, entry) in entries {
                    end(tx, *session, *account, entry).await?;
                }
                Ok(())
            })
        })
        .await?;
    identity.logout_wake.ring();
    Ok(())
}

/// Ends one session of an account, from whichever browser its person asks. False if there is none such alive: another
/// account's is not there.
///
/// # Errors
/// [`Fault`].
pub async fn end_one(identity: &Identity, account: AccountId, session: SessionId) -> Result<bool, Fault> {
    let entry = Entry::new(&identity.ambient, Actor::Account(account.0), "session.ended").on("session", session.0);
    let ended = identity
        .store
        .write::<_, _, StoreError, _>((session, account, entry), |tx, (session, account, entry)| {
            Box::pin(end(tx, *session, *account, entry))
        })
        .await?;
    identity.logout_wake.ring();
    Ok(ended)
}

/// Ends every session of an account but this one, and says how many there were.
///
/// # Errors
/// [`Fault`].
pub async fn end_others(identity: &Identity, account: &Account, but: SessionId) -> Result<u64, Fault> {
    let entry =
        Entry::new(&identity.ambient, Actor::Account(account.id.0), "sessions.ended").on("account", account.id.0);
    let ended = identity
        .store
        .write::<_, _, StoreError, _>((account.id, but, entry), |tx, (account, but, entry)| {
            Box::pin(async move {
                let ended = end_all(tx, *account, Some(*but), entry.at).await?;
                let entry = entry.clone().detail(json!({ "ended": ended }));
                audit::record(&mut tx.scoped(PLATFORM), &entry).await?;
                Ok(ended)
            })
        })
        .await?;
    identity.logout_wake.ring();
    Ok(ended)
}

async fn end(tx: &mut Tx, session: SessionId, account: AccountId, entry: &Entry) -> Result<bool, StoreError> {
    let ended = tx
        .execute(
            "UPDATE session SET ended_at = $1 WHERE id = $2 AND account_id = $3 AND ended_at IS NULL",
            params![entry.at, session, account],
        )
        .await?;
    if ended == 0 {
        return Ok(false);
    }
    tx.execute("DELETE FROM upstream_hint WHERE session_id = $1", params![session]).await?;
    revoke::of_session(tx, session, entry.at).await?;
    tx.execute(
        "INSERT INTO logout_delivery (session_id, client_id, sid, subject, attempts, due_at, created_at)
         SELECT session_id, client.id, sid, subject, 0, $1, $1
         FROM session_client JOIN client ON client.id = session_client.client_id
         WHERE session_id = $2 AND backchannel_logout_uri IS NOT NULL
         ON CONFLICT (session_id, client_id) DO UPDATE SET
            attempts = 0, due_at = excluded.due_at, created_at = excluded.created_at, done_at = NULL",
        params![entry.at, session],
    )
    .await?;
    audit::record(&mut tx.scoped(PLATFORM), entry).await?;
    Ok(true)
}

/// Ends every session of an account but perhaps one, their grants with them, and notes whom to tell: also those that have
/// expired lately, since an application's own session may outlast ours. Says how many there were. The caller's entry in the
/// audit log tells of it.
///
/// # Errors
/// The database's.
pub(crate) async fn end_all(
    tx: &mut Tx,
    account: AccountId,
    but: Option<SessionId>,
    now: Timestamp,
) -> Result<u64, StoreError> {
    // No row has the nil id.
    let but = but.unwrap_or(SessionId(uuid::Uuid::nil()));
    let ended = tx
        .execute(
            "UPDATE session SET ended_at = $2
             WHERE account_id = $1 AND expires_at > $4 AND ended_at IS NULL AND id <> $3",
            params![account, now, but, now.minus(REACHES_BACK)],
        )
        .await?;
    tx.execute(
        "DELETE FROM upstream_hint WHERE session_id IN
            (SELECT id FROM session WHERE account_id = $1 AND expires_at > $3 AND ended_at = $2)",
        params![account, now, now.minus(REACHES_BACK)],
    )
    .await?;
    revoke::of_sessions(tx, account, but, now).await?;
    tx.execute(
        "INSERT INTO logout_delivery (session_id, client_id, sid, subject, attempts, due_at, created_at)
         SELECT session_id, client.id, sid, subject, 0, $2, $2
         FROM session JOIN session_client ON session_client.session_id = session.id
         JOIN client ON client.id = session_client.client_id
         WHERE account_id = $1 AND expires_at > $4 AND ended_at = $2 AND session.id <> $3 AND backchannel_logout_uri IS NOT NULL
         ON CONFLICT (session_id, client_id) DO UPDATE SET
            attempts = 0, due_at = excluded.due_at, created_at = excluded.created_at, done_at = NULL",
        params![account, now, but, now.minus(REACHES_BACK)],
    )
    .await?;
    Ok(ended)
}

/// Ends these sessions, their grants with them, also what was granted to outlive them, and notes whom to tell. A few hundred
/// at most; the caller's entry in the audit log tells of it.
///
/// # Errors
/// The database's.
pub(crate) async fn end_these(
    tx: &mut Tx,
    sessions: impl Iterator<Item = SessionId>,
    now: Timestamp,
) -> Result<(), StoreError> {
    let ids: Vec<SessionId> = sessions.collect();
    for chunk in ids.chunks(CHUNK) {
        let id = |index: usize| chunk.get(index).copied().unwrap_or(SessionId(uuid::Uuid::nil()));
        let mut some: Vec<store::Value> = params![now];
        some.extend((0..CHUNK).flat_map(|index| params![id(index)]));
        tx.execute(
            concat!("UPDATE session SET ended_at = $1 WHERE ended_at IS NULL AND id IN ", some!()),
            some.clone(),
        )
        .await?;
        tx.execute(
            concat!(
                "DELETE FROM upstream_hint WHERE session_id IN (SELECT id FROM session WHERE ended_at = $1 AND id IN ",
                some!(),
                ")"
            ),
            some.clone(),
        )
        .await?;
        tx.execute(
            concat!("UPDATE access_grant SET revoked_at = $1 WHERE revoked_at IS NULL AND session_id IN ", some!()),
            some.clone(),
        )
        .await?;
        tx.execute(
            concat!(
                "INSERT INTO logout_delivery (session_id, client_id, sid, subject, attempts, due_at, created_at)
                 SELECT session_id, client.id, sid, subject, 0, $1, $1
                 FROM session_client JOIN client ON client.id = session_client.client_id
                 WHERE backchannel_logout_uri IS NOT NULL AND session_id IN ",
                some!(),
                " ON CONFLICT (session_id, client_id) DO UPDATE SET
                    attempts = 0, due_at = excluded.due_at, created_at = excluded.created_at, done_at = NULL"
            ),
            some,
        )
        .await?;
    }
    Ok(())
}
