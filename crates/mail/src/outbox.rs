//! The statements of the postman. Rows of every tenant go by one road, each written through its own [`TenantTx`].

use ambient::Timestamp;
use sqlx::FromRow;
use store::{Store, StoreError, TenantRead, TenantTx, params};
use uuid::Uuid;

/// A row whose turn it is.
#[derive(FromRow, Clone)]
pub(crate) struct Due {
    tenant_id: Uuid,
    id: Uuid,
    attempt: i64,
}

/// A row that is leased to this postman.
#[derive(FromRow)]
pub(crate) struct Claimed {
    pub tenant_id: Uuid,
    pub id: Uuid,
    pub purpose: String,
    pub letter: Vec<u8>,
    pub queued_at: Timestamp,
    /// This attempt's number, from 1: the lease's name.
    pub attempt: i64,
}

/// What became of an attempt.
pub(crate) enum Outcome {
    Sent { at: Timestamp },
    Again { at: Timestamp, trouble: String },
    GivenUp { at: Timestamp, trouble: String },
}

/// The rows that are due, the longest-waiting first. A read: an idle outbox writes nothing.
pub(crate) async fn due(store: &Store, now: Timestamp, limit: i64) -> Result<Vec<Due>, StoreError> {
    let sql = "SELECT tenant_id, id, attempt FROM mail_outbox WHERE next_at <= $1 ORDER BY next_at LIMIT $2";
    store.read().await?.all(sql, params![now, limit]).await
}

/// Leases rows until `lease`: whoever raises the attempt from the number that was seen has the row.
pub(crate) async fn claim(
    store: &Store,
    due: Vec<Due>,
    now: Timestamp,
    lease: Timestamp,
) -> Result<Vec<Claimed>, StoreError> {
    store
        .write((due, now, lease), |tx, (due, now, lease)| {
            Box::pin(async move {
                let mut claimed = Vec::with_capacity(due.len());
                for row in due {
                    let mut tx = tx.scoped(row.tenant_id);
                    let won: Option<Claimed> = tx
                        .maybe(
                            "UPDATE mail_outbox SET attempt = attempt + 1, next_at = $3
                             WHERE tenant_id = $1 AND id = $2 AND attempt = $4 AND next_at <= $5
                             RETURNING tenant_id, id, purpose, letter, queued_at, attempt",
                            params![row.id, lease, row.attempt, now],
                        )
                        .await?;
                    claimed.extend(won);
                }
                Ok(claimed)
            })
        })
        .await
}

/// Writes down what became of an attempt. Finished rows lose their letter, and with it any secret.
pub(crate) async fn settle(
    store: &Store,
    tenant: Uuid,
    id: Uuid,
    attempt: i64,
    outcome: Outcome,
) -> Result<(), StoreError> {
    store
        .for_tenant(tenant)
        .write((id, attempt, outcome), |mut tx, (id, attempt, outcome)| {
            Box::pin(async move { write_outcome(&mut tx, *id, *attempt, outcome).await })
        })
        .await
}

async fn write_outcome(tx: &mut TenantTx<'_>, id: Uuid, attempt: i64, outcome: &Outcome) -> Result<(), StoreError> {
    match outcome {
        // Sent is sent, even if the lease ran out and another node holds the row by now.
        Outcome::Sent { at } => {
            let sql =
                "UPDATE mail_outbox SET sent_at = $3, next_at = NULL, letter = NULL, trouble = NULL, failed_at = NULL
                       WHERE tenant_id = $1 AND id = $2 AND sent_at IS NULL";
            tx.execute(sql, params![id, at]).await?;
        }
        Outcome::Again { at, trouble } => {
            let sql = "UPDATE mail_outbox SET next_at = $3, trouble = $4
                       WHERE tenant_id = $1 AND id = $2 AND attempt = $5 AND next_at IS NOT NULL";
            tx.execute(sql, params![id, at, trouble, attempt]).await?;
        }
        Outcome::GivenUp { at, trouble } => {
            let sql = "UPDATE mail_outbox SET failed_at = $3, next_at = NULL, letter = NULL, trouble = $4
                       WHERE tenant_id = $1 AND id = $2 AND attempt = $5 AND next_at IS NOT NULL";
            tx.execute(sql, params![id, at, trouble, attempt]).await?;
        }
    }
    Ok(())
}
