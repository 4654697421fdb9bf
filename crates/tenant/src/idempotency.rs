//! A request of the API that is sent twice under one key is done once: the first answer is kept for a day, and given again.
//!
//! ```text
//! begin ─▶ First: do it ─▶ keep(answer) ──────▶ the same request again ─▶ Again(answer)
//!      │                └▶ forget (our fault)   another request ────────▶ Other
//!      └─▶ AtWork: it is being done
//! ```

use std::time::Duration;

use ambient::{SecretHash, Timestamp};
use store::{StoreError, TenantRead, TenantStore, TenantTx, params};

/// How long an answer is kept.
pub const KEPT: Duration = Duration::from_hours(24);
/// How long a request can be at work: whoever did it longer has crashed. Longer than any request may take.
const AT_WORK: Duration = Duration::from_mins(2);

/// What is known of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Begun {
    /// Nobody has used it: it is to be done, and its answer kept.
    First,
    /// This was done; what was answered.
    Again {
        /// The status.
        status: i64,
        /// The body.
        answer: String,
    },
    /// It is being done at this moment.
    AtWork,
    /// It was used for something else.
    Other,
}

/// A request under a key.
#[derive(Debug, Clone)]
pub struct Keyed {
    /// Of who asks and the key.
    pub key: SecretHash,
    /// Of what is asked.
    pub request: SecretHash,
    /// When it came.
    pub at: Timestamp,
}

#[derive(sqlx::FromRow)]
struct Row {
    request_hash: SecretHash,
    begun_at: Timestamp,
    status: Option<i64>,
    answer: Option<String>,
}

/// Takes the key, or says what became of it. Of two at once, one inserts.
///
/// # Errors
/// What the database says.
pub async fn begin(store: &TenantStore, keyed: Keyed) -> Result<Begun, StoreError> {
    store.write(keyed, |mut tx, keyed| Box::pin(async move { take(&mut tx, keyed).await })).await
}

async fn take(tx: &mut TenantTx<'_>, keyed: &Keyed) -> Result<Begun, StoreError> {
    let sql = "INSERT INTO api_request (tenant_id, key_hash, request_hash, begun_at) VALUES ($1, $2, $3, $4)
               ON CONFLICT (tenant_id, key_hash) DO NOTHING";
    if tx.execute(sql, params![keyed.key, keyed.request, keyed.at]).await? == 1 {
        return Ok(Begun::First);
    }
    let sql = "SELECT request_hash, begun_at, status, answer FROM api_request WHERE tenant_id = $1 AND key_hash = $2";
    let Some(row) = tx.maybe::<Row>(sql, params![keyed.key]).await? else { return Ok(Begun::AtWork) };
    let age = keyed.at.since(row.begun_at);
    if age >= KEPT || (row.status.is_none() && age >= AT_WORK) {
        return take_over(tx, keyed, &row).await;
    }
    if !row.request_hash.matches(&keyed.request) {
        return Ok(Begun::Other);
    }
    Ok(match (row.status, row.answer) {
        (Some(status), Some(answer)) => Begun::Again { status, answer },
        _ => Begun::AtWork,
    })
}

async fn take_over(tx: &mut TenantTx<'_>, keyed: &Keyed, row: &Row) -> Result<Begun, StoreError> {
    let sql = "UPDATE api_request SET request_hash = $3, begun_at = $4, status = NULL, answer = NULL
               WHERE tenant_id = $1 AND key_hash = $2 AND begun_at = $5";
    let won = tx.execute(sql, params![keyed.key, keyed.request, keyed.at, row.begun_at]).await?;
    Ok(if won == 1 { Begun::First } else { Begun::AtWork })
}

/// Keeps the answer.
///
/// # Errors
/// What the database says.
pub async fn keep(store: &TenantStore, keyed: Keyed, status: i64, answer: String) -> Result<(), StoreError> {
    store
        .write((keyed, status, answer), |mut tx, (keyed, status, answer)| {
            Box::pin(async move {
                let sql = "UPDATE api_request SET status = $3, answer = $4
                           WHERE tenant_id = $1 AND key_hash = $2 AND begun_at = $5";
                tx.execute(sql, params![keyed.key, status, answer, keyed.at]).await?;
                Ok(())
            })
        })
        .await
}

/// Gives the key back: nothing came of it, and it can be tried again.
///
/// # Errors
/// What the database says.
pub async fn forget(store: &TenantStore, keyed: Keyed) -> Result<(), StoreError> {
    store
        .write(keyed, |mut tx, keyed| {
            Box::pin(async move {
                let sql = "DELETE FROM api_request WHERE tenant_id = $1 AND key_hash = $2 AND begun_at = $3";
                tx.execute(sql, params![keyed.key, keyed.at]).await?;
                Ok(())
            })
        })
        .await
}
