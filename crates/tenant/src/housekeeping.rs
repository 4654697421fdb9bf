//! What has expired goes: tables that strangers and sign-ins write to stay as small as what is alive.

use std::time::Duration;

use ambient::Timestamp;
use store::{StoreError, TenantStore, params};
use uuid::Uuid;

use crate::{batches, idempotency, imports, roles};

/// How many rows one transaction removes at most, so that no sign-in waits long for it.
const BATCH: i64 = 1_000;

/// How long a session is kept after it has expired: by its ID token, *sign out everywhere* still knows whom.
const SESSIONS_KEPT: Duration = Duration::from_hours(24);
/// How long a list of subjects is kept: it is used when it comes.
const MATCHES_KEPT: Duration = Duration::from_hours(24);
/// How long a change of a provider is kept that nobody comes by: it counts who gets in.
const CHANGES_KEPT: Duration = Duration::from_hours(24);
/// How long it stays known that a mail was sent or given up.
const MAILS_KEPT: Duration = Duration::from_hours(30 * 24);

/// Each statement removes at most [`BATCH`] rows that were over before `$2`, the oldest first: an index seek.
const SWEEPS: [(&str, Duration); 7] = [
    (
        "DELETE FROM session WHERE tenant_id = $1 AND id IN
            (SELECT id FROM session WHERE tenant_id = $1 AND expires_at < $2 ORDER BY expires_at LIMIT $3)",
        SESSIONS_KEPT,
    ),
    (
        "DELETE FROM login_attempt WHERE tenant_id = $1 AND state_hash IN
            (SELECT state_hash FROM login_attempt WHERE tenant_id = $1 AND expires_at < $2 ORDER BY expires_at LIMIT $3)",
        Duration::ZERO,
    ),
    (
        "DELETE FROM logout_token WHERE tenant_id = $1 AND jti_hash IN
            (SELECT jti_hash FROM logout_token WHERE tenant_id = $1 AND expires_at < $2 ORDER BY expires_at LIMIT $3)",
        Duration::ZERO,
    ),
    (
        "DELETE FROM mail_outbox WHERE tenant_id = $1 AND next_at IS NULL AND id IN
            (SELECT id FROM mail_outbox WHERE tenant_id = $1 AND next_at IS NULL AND queued_at < $2
             ORDER BY queued_at LIMIT $3)",
        MAILS_KEPT,
    ),
    (
        "DELETE FROM api_request WHERE tenant_id = $1 AND key_hash IN
            (SELECT key_hash FROM api_request WHERE tenant_id = $1 AND begun_at < $2 ORDER BY begun_at LIMIT $3)",
        idempotency::KEPT,
    ),
    (
        "DELETE FROM batch_match WHERE tenant_id = $1 AND (batch_id, list, line) IN
            (SELECT batch_id, list, line FROM batch_match WHERE tenant_id = $1 AND added_at < $2 ORDER BY added_at LIMIT $3)",
        MATCHES_KEPT,
    ),
    (
        "DELETE FROM provider_change WHERE tenant_id = $1 AND provider IN
            (SELECT c.provider FROM provider_change c WHERE c.tenant_id = $1 AND c.at < $2 AND NOT EXISTS
                (SELECT 1 FROM member m WHERE m.tenant_id = $1 AND m.provider = c.provider) ORDER BY c.at LIMIT $3)",
        CHANGES_KEPT,
    ),
];

/// Removes one batch of each; true if there may be more. Browsers' records ([`store::WebSessions`]) belong to no tenant: they
/// are swept by their own store.
///
/// # Errors
/// What the database says.
pub async fn sweep(store: &TenantStore, now: Timestamp) -> Result<bool, StoreError> {
    let mut more = false;
    for (sql, kept) in SWEEPS {
        more |= remove(store, sql, now.minus(kept)).await? >= BATCH.unsigned_abs();
    }
    more |= batches::sweep(store, now).await?;
    roles::place_missing(store).await?;
    Ok(imports::sweep(store, now).await? || more)
}

/// Removes at most [`BATCH`] of what belongs to something (`rows`), and with the last of it the thing `itself`: true while it is there.
pub(crate) async fn remove_in_pieces(
    store: &TenantStore,
    id: Uuid,
    rows: &'static str,
    itself: &'static str,
) -> Result<bool, StoreError> {
    store
        .write(id, move |mut tx, id| {
            Box::pin(async move {
                let more = tx.execute(rows, params![id, BATCH]).await? >= BATCH.unsigned_abs();
                if !more {
                    tx.execute(itself, params![id]).await?;
                }
                Ok(more)
            })
        })
        .await
}

async fn remove(store: &TenantStore, sql: &'static str, before: Timestamp) -> Result<u64, StoreError> {
    store
        .write(before, move |mut tx, before| Box::pin(async move { tx.execute(sql, params![before, BATCH]).await }))
        .await
}
