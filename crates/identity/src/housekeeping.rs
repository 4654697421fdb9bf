//! What has expired goes: the tables that every login writes to stay as small as what is alive.

use std::time::Duration;

use ambient::Timestamp;
use store::{StoreError, params};

use crate::Identity;

/// How many rows one transaction removes at most, so that no login waits long for it.
const BATCH: i64 = 1_000;

/// How long a used code is kept: its replay is noticed, and by then all tokens of its grant have expired.
const CODES_KEPT: Duration = Duration::from_secs(60 * 60);
/// How long an invitation is kept after its link has ended: its tenant may still ask what became of it.
const INVITATIONS_KEPT: Duration = Duration::from_secs(90 * 24 * 60 * 60);
/// How long a finished count is kept; longer than any window.
const ALLOWANCES_KEPT: Duration = Duration::from_secs(2 * 24 * 60 * 60);

/// Each statement removes at most [`BATCH`] rows that ended before `$1`.
const SWEEPS: [(&str, Duration); 7] = [
    ("DELETE FROM interaction WHERE id IN (SELECT id FROM interaction WHERE expires_at < $1 LIMIT $2)", Duration::ZERO),
    ("DELETE FROM invitation WHERE id IN (SELECT id FROM invitation WHERE expires_at < $1 LIMIT $2)", INVITATIONS_KEPT),
    ("DELETE FROM sign_up WHERE id IN (SELECT id FROM sign_up WHERE expires_at < $1 LIMIT $2)", Duration::ZERO),
    (
        "DELETE FROM authorization_code
         WHERE id IN (SELECT id FROM authorization_code WHERE expires_at < $1 LIMIT $2)",
        CODES_KEPT,
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
    Ok(more)
}

async fn remove(identity: &Identity, sql: &'static str, before: Timestamp) -> Result<u64, StoreError> {
    identity
        .store
        .write(before, move |tx, before| Box::pin(async move { tx.execute(sql, params![before, BATCH]).await }))
        .await
}
