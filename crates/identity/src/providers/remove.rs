use audit::{Actor, Entry};
use serde_json::json;
use store::{Conn, PLATFORM, StoreError, params};
use uuid::Uuid;

use super::{Provider, ProviderId, ending};
use crate::tenants::TenantId;
use crate::{Fault, Identity};

/// How many of those who would lose their last way in are named.
pub const SAMPLE: i64 = 10;
/// Up to how many they are counted.
const COUNTED: i64 = 1000;

/// Who would lose their last way in with a provider.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stranded {
    /// How many, counted up to a thousand.
    pub count: i64,
    /// The first of them, by the subjects that the provider's owner knows them by. Of the platform's provider, nobody is named.
    pub sample: Vec<String>,
}

/// How a removal ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Removed {
    /// It is gone, and so many have no way in any more.
    Done(i64),
    /// So many would lose their last way in, and nobody has said that they may.
    Strands(Stranded),
    /// It was gone.
    Gone,
}

/// Those whom `$1` opens, be they tied to it, or switched to it and never there: accounts as a whole, and members of its owner `$2`. Of
/// them those whom nothing else opens: no password, and no other provider that can be used, everywhere or in the same tenant. An
/// account that was switched as a whole is opened by that provider alone: its password counts for nothing, and it loses nothing with
/// another.
macro_rules! without_another_way {
    ($columns:literal, $rest:literal) => {
        concat!(
            "SELECT ",
            $columns,
            " FROM (SELECT account_id, scope_id FROM external_identity WHERE provider_id = $1
                 UNION SELECT id, $3 FROM account WHERE provider_id = $1
                 UNION SELECT named.account_id, named.sector_id FROM membership
                    JOIN subject named ON named.sector_id = membership.tenant_id AND named.subject = membership.subject
                    WHERE membership.tenant_id = $2 AND membership.state <> 'deleted'
                        AND membership.provider = (SELECT key FROM provider WHERE id = $1)) tie
             JOIN account ON account.id = tie.account_id
             LEFT JOIN subject ON subject.sector_id = $2 AND subject.account_id = tie.account_id
             WHERE (account.provider_id IS NULL OR account.provider_id = $1)
                AND (account.provider_id IS NOT NULL
                    OR NOT EXISTS (SELECT 1 FROM password WHERE password.account_id = tie.account_id))
                AND NOT EXISTS (SELECT 1 FROM external_identity other JOIN provider ON provider.id = other.provider_id
                    WHERE other.account_id = tie.account_id AND other.scope_id IN (tie.scope_id, $3)
                        AND other.provider_id <> $1 AND account.provider_id IS NULL AND provider.disabled_at IS NULL
                        AND provider.deleted_at IS NULL) ",
            $rest
        )
    };
}

/// Who would lose their last way in with a provider.
///
/// # Errors
/// The database's.
pub async fn stranded(conn: &mut Conn, it: &Provider) -> Result<Stranded, StoreError> {
    let count = count(conn, it.id, it.tenant).await?;
    let sample =
        without_another_way!("subject.subject", "AND subject.subject IS NOT NULL ORDER BY subject.subject LIMIT $4");
    let sample: Vec<(String,)> = match it.tenant {
        Some(tenant) if count > 0 => conn.all(sample, params![it.id, tenant, Uuid::nil(), SAMPLE]).await?,
        _ => Vec::new(),
    };
    Ok(Stranded { count, sample: sample.into_iter().map(|(subject,)| subject).collect() })
}

async fn count(conn: &mut Conn, id: ProviderId, tenant: Option<TenantId>) -> Result<i64, StoreError> {
    let counted = concat!(
        "SELECT COUNT(*) FROM (",
        // Somebody may have a tie of everywhere, and one in a tenant.
        without_another_way!("DISTINCT tie.account_id", "LIMIT $4"),
        ") AS stranded"
    );
    let owner = tenant.map_or(super::PLATFORM_OWNER, |tenant| tenant.0);
    let (count,): (i64,) = conn.one(counted, params![id, owner, Uuid::nil(), COUNTED]).await?;
    Ok(count)
}

/// Removes a provider for good. Its ties open nothing any more, and what they had opened is ended, by [`super::end_some`] if it is
/// much. Where somebody would lose their last way in, that must be
/// `confirmed`. They are counted before the write door: there may be many, and the word is a safeguard against haste, not a lock.
///
/// # Errors
/// [`Fault`].
pub async fn remove(identity: &Identity, actor: Actor, it: &Provider, confirmed: bool) -> Result<Removed, Fault> {
    let stranded = stranded(&mut identity.store.read().await?, it).await?;
    if stranded.count > 0 && !confirmed {
        return Ok(Removed::Strands(stranded));
    }
    let detail = json!({ "key": it.key, "tenant": it.tenant, "stranded": stranded.count });
    let entry = Entry::new(&identity.ambient, actor, "provider.removed").on("provider", it.id).detail(detail);
    let gone = identity
        .store
        .write::<_, _, StoreError, _>((it.id, entry), |tx, (id, entry)| {
            Box::pin(async move {
                let sql = "UPDATE provider SET deleted_at = $2, disabled_at = COALESCE(disabled_at, $2), ending_at = $2, sealed = NULL,
                               settings = '{}', domains = '[]', version = version + 1
                           WHERE id = $1 AND deleted_at IS NULL";
                if tx.execute(sql, params![id, entry.at]).await? == 0 {
                    return Ok(true);
                }
                tx.execute("DELETE FROM provider_domain WHERE provider_id = $1", params![id]).await?;
                audit::record(&mut tx.scoped(PLATFORM), entry).await?;
                Ok(false)
            })
        })
        .await?;
    if gone {
        return Ok(Removed::Gone);
    }
    ending::end_some_of(identity, it.id).await?;
    Ok(Removed::Done(stranded.count))
}
