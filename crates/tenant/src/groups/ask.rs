//! What the identity server is told: which groups of a provider this tenant wants to hear of.

use ambient::Timestamp;
use serde::Serialize;
use store::{StoreError, TenantRead, TenantStore, TenantTx, params};

use super::mappings;
use crate::Context;

/// A list on its way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Ask {
    /// The provider's key.
    pub provider: String,
    /// Rises with each change.
    pub version: i64,
    /// All that are asked for.
    pub groups: Vec<String>,
    /// How often it was tried.
    #[serde(skip)]
    pub attempts: i64,
}

/// The mappings of a provider were changed. Versions are times, so that they rise even over a restored backup.
pub(super) async fn note(tx: &mut TenantTx<'_>, context: &Context, provider: &str) -> Result<(), StoreError> {
    let sql =
        "INSERT INTO group_ask (tenant_id, provider, version, told, attempts, due_at) VALUES ($1, $2, $3, 0, 0, $3)
               ON CONFLICT (tenant_id, provider) DO UPDATE SET attempts = 0, due_at = excluded.due_at,
                   version = CASE WHEN group_ask.version < excluded.version THEN excluded.version
                             ELSE group_ask.version + 1 END";
    tx.execute(sql, params![provider, context.now]).await?;
    Ok(())
}

/// The next list that the identity server has not heard.
///
/// # Errors
/// What the database says.
pub async fn next(read: &mut impl TenantRead, now: Timestamp) -> Result<Option<Ask>, StoreError> {
    // A row for each provider that ever had a mapping: few.
    let sql = "SELECT provider, version, attempts FROM group_ask
               WHERE tenant_id = $1 AND told < version AND due_at <= $2 ORDER BY due_at, provider LIMIT 1";
    let row: Option<(String, i64, i64)> = read.maybe(sql, params![now]).await?;
    let Some((provider, version, attempts)) = row else { return Ok(None) };
    let mut groups: Vec<String> = mappings(read, &provider).await?.into_iter().map(|one| one.given.group).collect();
    // One group may give several roles; they come by name.
    groups.dedup();
    Ok(Some(Ask { provider, version, groups, attempts }))
}

/// It has heard this list.
///
/// # Errors
/// What the database says.
pub async fn settle(store: &TenantStore, ask: Ask) -> Result<(), StoreError> {
    let sql = "UPDATE group_ask SET told = $3 WHERE tenant_id = $1 AND provider = $2 AND told < $3";
    store
        .write(ask, move |mut tx, ask| {
            Box::pin(async move { tx.execute(sql, params![ask.provider, ask.version]).await.map(drop) })
        })
        .await
}

/// It has not: later, ever more rarely.
///
/// # Errors
/// What the database says.
pub async fn postpone(store: &TenantStore, ask: Ask, now: Timestamp) -> Result<(), StoreError> {
    store
        .write((ask, now), |mut tx, (ask, now)| {
            Box::pin(async move {
                let attempts = ask.attempts.saturating_add(1);
                let due = now.plus(jobs::retry_after(u32::try_from(attempts).unwrap_or(u32::MAX)));
                let sql = "UPDATE group_ask SET attempts = $4, due_at = $5
                           WHERE tenant_id = $1 AND provider = $2 AND version = $3";
                tx.execute(sql, params![ask.provider, ask.version, attempts, due]).await.map(drop)
            })
        })
        .await
}
