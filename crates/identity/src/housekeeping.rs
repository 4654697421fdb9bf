//! What has expired goes: the tables that every login writes to stay as small as what is alive.
//!
//! Most rows tell by an indexed time of theirs that they are over. A session does not: its applications' grants may go on
//! without it. So each is looked at once a week, with its grants, and put off for another week if something lives:
//! ```text
//! session due ─▶ grants that hold nothing any more go ─▶ none left, and ended long ago: the session goes
//!                                                    └─▶ else: due again in a week
//! ```
//! Nor does somebody whom a tenant's own provider has stated and who has never joined: its provider can state as many as it likes.
//! They are looked at after a day.

use std::time::Duration;

use ambient::Timestamp;
use store::{StoreError, Tx, params};

use crate::Identity;

/// How many rows one transaction removes at most, so that no login waits long for it.
const BATCH: i64 = 1_000;

/// How long a used code is kept: its replay is noticed, and by then all tokens of its grant have expired.
const CODES_KEPT: Duration = Duration::from_secs(60 * 60);
/// How long an invitation is kept after its link has ended: its tenant may still ask what became of it.
const INVITATIONS_KEPT: Duration = Duration::from_secs(90 * 24 * 60 * 60);
/// How long a finished count is kept; longer than any window.
const ALLOWANCES_KEPT: Duration = Duration::from_secs(2 * 24 * 60 * 60);

/// How long a tenant may ask why a login ended on the way to it.
const ENDED_LOGINS_KEPT: Duration = Duration::from_secs(90 * 24 * 60 * 60);

/// How long a mail's outcome is kept: a tenant may ask for as long what became of an invitation's.
const MAILS_KEPT: Duration = Duration::from_secs(100 * 24 * 60 * 60);
/// How long a grant is kept that was revoked, or that no token is left of.
const GRANTS_KEPT: Duration = Duration::from_secs(30 * 24 * 60 * 60);
/// How long a session is kept, with its proofs and whom it has reached, after it has run out at the latest. One that was
/// ended before has run out in at most its lifetimes after that.
const SESSIONS_KEPT: Duration = Duration::from_secs(90 * 24 * 60 * 60);
/// How often a session is looked at.
pub(crate) const LOOKED_AT_EVERY: Duration = Duration::from_secs(7 * 24 * 60 * 60);
/// How many of them one transaction looks at, and of people who have not joined.
const SESSIONS_AT_ONCE: i64 = 100;

/// How long somebody stays who was stated by a tenant's own provider, and joins nothing; and when they are looked at again, if they are
/// signed in.
const UNJOINED_KEPT: Duration = Duration::from_secs(24 * 60 * 60);

/// Each statement removes at most [`BATCH`] rows that ended before `$1`.
const SWEEPS: [(&str, Duration); 16] = [
    ("DELETE FROM interaction WHERE id IN (SELECT id FROM interaction WHERE expires_at < $1 LIMIT $2)", Duration::ZERO),
    ("DELETE FROM invitation WHERE id IN (SELECT id FROM invitation WHERE expires_at < $1 LIMIT $2)", INVITATIONS_KEPT),
    ("DELETE FROM own_account WHERE id IN (SELECT id FROM own_account WHERE expires_at < $1 LIMIT $2)", Duration::ZERO),
    ("DELETE FROM sign_up WHERE id IN (SELECT id FROM sign_up WHERE expires_at < $1 LIMIT $2)", Duration::ZERO),
    (
        "DELETE FROM upstream_mail WHERE id IN (SELECT id FROM upstream_mail WHERE expires_at < $1 LIMIT $2)",
        Duration::ZERO,
    ),
    (
        "DELETE FROM upstream_login WHERE id IN (SELECT id FROM upstream_login WHERE expires_at < $1
            AND NOT EXISTS (SELECT 1 FROM upstream_mail WHERE login_id = upstream_login.id) LIMIT $2)",
        Duration::ZERO,
    ),
    (
        "DELETE FROM upstream_hint WHERE id IN (SELECT id FROM upstream_hint WHERE expires_at < $1 LIMIT $2)",
        Duration::ZERO,
    ),
    (
        "DELETE FROM upstream_logout WHERE id IN (SELECT id FROM upstream_logout WHERE expires_at < $1 LIMIT $2)",
        Duration::ZERO,
    ),
    (
        "DELETE FROM ended_login WHERE (tenant_id, id) IN
            (SELECT tenant_id, id FROM ended_login WHERE at < $1 LIMIT $2)",
        ENDED_LOGINS_KEPT,
    ),
    ("DELETE FROM recovery WHERE id IN (SELECT id FROM recovery WHERE expires_at < $1 LIMIT $2)", Duration::ZERO),
    (
        "DELETE FROM authorization_code
         WHERE id IN (SELECT id FROM authorization_code WHERE expires_at < $1 LIMIT $2)",
        CODES_KEPT,
    ),
    (
        "DELETE FROM refresh_family WHERE id IN (SELECT id FROM refresh_family WHERE idle_until < $1 LIMIT $2)",
        Duration::ZERO,
    ),
    (
        "DELETE FROM assertion_use WHERE (client_id, jti_hash) IN
            (SELECT client_id, jti_hash FROM assertion_use WHERE expires_at < $1 LIMIT $2)",
        Duration::ZERO,
    ),
    (
        "DELETE FROM web_session WHERE id_hash IN (SELECT id_hash FROM web_session WHERE expires_at < $1 LIMIT $2)",
        Duration::ZERO,
    ),
    (
        "DELETE FROM allowance WHERE (kind, key_hash) IN
            (SELECT kind, key_hash FROM allowance WHERE opened_at < $1 LIMIT $2)",
        ALLOWANCES_KEPT,
    ),
    (
        "DELETE FROM mail_outbox WHERE (tenant_id, id) IN
            (SELECT tenant_id, id FROM mail_outbox WHERE queued_at < $1 AND next_at IS NULL LIMIT $2)",
        MAILS_KEPT,
    ),
];

/// The sessions that are due, always the same ones in one transaction.
macro_rules! due {
    () => {
        "(SELECT id FROM session WHERE sweep_at <= $1 ORDER BY sweep_at, id LIMIT $2)"
    };
}

/// Grants that were revoked long ago, and what is left of them; and those of which no token is left. `$3` how long ago,
/// `$4` how many.
const GRANTS: [&str; 2] = [
    concat!(
        "DELETE FROM refresh_family WHERE grant_id IN
            (SELECT id FROM access_grant WHERE session_id IN ",
        due!(),
        " AND revoked_at < $3 LIMIT $4)"
    ),
    concat!(
        "DELETE FROM access_grant WHERE id IN
            (SELECT id FROM access_grant WHERE session_id IN ",
        due!(),
        " AND created_at < $3
                AND NOT EXISTS (SELECT 1 FROM refresh_family WHERE grant_id = access_grant.id)
                AND NOT EXISTS (SELECT 1 FROM authorization_code WHERE grant_id = access_grant.id) LIMIT $4)"
    ),
];

/// Of a session: it had run out by `$3`, and nothing of its applications goes on.
macro_rules! is_over {
    () => {
        "expires_at < $3 AND NOT EXISTS (SELECT 1 FROM access_grant WHERE session_id = session.id)"
    };
}
macro_rules! over {
    () => {
        concat!("(SELECT id FROM session WHERE id IN ", due!(), " AND ", is_over!(), ")")
    };
}

/// Those of them that stay are due again at `$4`.
const LATER: &str = concat!("UPDATE session SET sweep_at = $4 WHERE id IN ", due!(), " AND NOT (", is_over!(), ")");

/// Those that go, what stands under them first.
const SESSIONS: [&str; 5] = [
    concat!("DELETE FROM upstream_hint WHERE session_id IN ", over!()),
    concat!("DELETE FROM authentication WHERE session_id IN ", over!()),
    concat!("DELETE FROM session_client WHERE session_id IN ", over!()),
    concat!("DELETE FROM logout_delivery WHERE session_id IN ", over!()),
    concat!("DELETE FROM session WHERE id IN ", over!()),
];

/// Removes one batch of each; true if there may be more.
///
/// # Errors
/// The database's.
pub async fn sweep(identity: &Identity) -> Result<bool, StoreError> {
    let now = identity.ambient.now();
    let mut more = false;
    for (sql, kept) in SWEEPS {
        more |= remove(identity, sql, now.minus(kept)).await? >= BATCH.unsigned_abs();
    }
    let looked = identity.store.write::<_, _, StoreError, _>(now, |tx, now| Box::pin(look_at_sessions(tx, *now)));
    more |= looked.await?;
    let looked = identity.store.write::<_, _, StoreError, _>(now, |tx, now| Box::pin(look_at_unjoined(tx, *now)));
    more |= looked.await?;
    Ok(more)
}

/// Looks at the sessions that are due; true if there may be more to look at.
async fn look_at_sessions(tx: &mut Tx, now: Timestamp) -> Result<bool, StoreError> {
    for sql in GRANTS {
        let gone = tx.execute(sql, params![now, SESSIONS_AT_ONCE, now.minus(GRANTS_KEPT), BATCH]).await?;
        if gone >= BATCH.unsigned_abs() {
            return Ok(true);
        }
    }
    let long_ago = now.minus(SESSIONS_KEPT);
    let mut looked = tx.execute(LATER, params![now, SESSIONS_AT_ONCE, long_ago, now.plus(LOOKED_AT_EVERY)]).await?;
    for (index, sql) in SESSIONS.into_iter().enumerate() {
        let gone = tx.execute(sql, params![now, SESSIONS_AT_ONCE, long_ago]).await?;
        looked += if index + 1 == SESSIONS.len() { gone } else { 0 };
    }
    Ok(looked >= SESSIONS_AT_ONCE.unsigned_abs())
}

/// They have joined, or became somebody of their own.
macro_rules! joined {
    () => {
        "(scope_id IS NULL OR EXISTS (SELECT 1 FROM link WHERE link.account_id = account.id)
            OR EXISTS (SELECT 1 FROM subject WHERE subject.account_id = account.id)
            OR EXISTS (SELECT 1 FROM access_grant WHERE access_grant.account_id = account.id)
            OR EXISTS (SELECT 1 FROM consent WHERE consent.account_id = account.id))"
    };
}
/// They are signed in, or on their way.
macro_rules! busy {
    () => {
        "(EXISTS (SELECT 1 FROM session WHERE session.account_id = account.id AND ended_at IS NULL AND expires_at > $3)
            OR EXISTS (SELECT 1 FROM own_account WHERE own_account.account_id = account.id)
            OR EXISTS (SELECT 1 FROM upstream_login WHERE linking = account.id OR candidate = account.id)
            OR EXISTS (SELECT 1 FROM upstream_mail WHERE upstream_mail.account_id = account.id))"
    };
}

/// Those who are looked at and stay: never again, or in another day. `$3` now.
const STAY: &str = concat!(
    "UPDATE account SET unjoined_at = CASE WHEN ",
    joined!(),
    " THEN NULL ELSE $3 END
     WHERE id IN (SELECT id FROM account WHERE unjoined_at < $1 ORDER BY unjoined_at, id LIMIT $2) AND (",
    joined!(),
    " OR ",
    busy!(),
    ")"
);

/// Those who go: always the same ones in one transaction.
macro_rules! never_joined {
    () => {
        concat!(
            "(SELECT id FROM account WHERE unjoined_at < $1 AND NOT ",
            joined!(),
            " AND NOT ",
            busy!(),
            " ORDER BY unjoined_at, id LIMIT $2)"
        )
    };
}
macro_rules! their_sessions {
    () => {
        concat!("(SELECT id FROM session WHERE account_id IN ", never_joined!(), ")")
    };
}

/// What stands under them first.
const NEVER_JOINED: [&str; 7] = [
    concat!("DELETE FROM upstream_hint WHERE session_id IN ", their_sessions!()),
    concat!("DELETE FROM authentication WHERE session_id IN ", their_sessions!()),
    concat!("DELETE FROM session_client WHERE session_id IN ", their_sessions!()),
    concat!("DELETE FROM logout_delivery WHERE session_id IN ", their_sessions!()),
    concat!("DELETE FROM session WHERE account_id IN ", never_joined!()),
    concat!("DELETE FROM external_identity WHERE account_id IN ", never_joined!()),
    concat!("DELETE FROM account WHERE id IN ", never_joined!()),
];

/// Looks at those whom a tenant's own provider has stated and who have not joined; true if there may be more.
async fn look_at_unjoined(tx: &mut Tx, now: Timestamp) -> Result<bool, StoreError> {
    let due = params![now.minus(UNJOINED_KEPT), SESSIONS_AT_ONCE, now];
    let mut looked = tx.execute(STAY, due.clone()).await?;
    for (index, sql) in NEVER_JOINED.into_iter().enumerate() {
        let gone = tx.execute(sql, due.clone()).await?;
        looked += if index + 1 == NEVER_JOINED.len() { gone } else { 0 };
    }
    Ok(looked >= SESSIONS_AT_ONCE.unsigned_abs())
}

async fn remove(identity: &Identity, sql: &'static str, before: Timestamp) -> Result<u64, StoreError> {
    identity
        .store
        .write(before, move |tx, before| Box::pin(async move { tx.execute(sql, params![before, BATCH]).await }))
        .await
}
