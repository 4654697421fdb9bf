//! Suspending, resuming and deleting. The decision is one small transaction, and from then on [`super::reach()`] refuses; what
//! has to end with it (grants, sessions at the applications, and for a deletion the data) ends batch by batch after it, by
//! a worker that goes on where it was after a crash.

use ambient::Timestamp;
use audit::{Actor, Entry};
use store::{PLATFORM, StoreError, Tx, params};

use super::TenantId;
use crate::{Fault, Identity};

/// How many rows one transaction ends.
const BATCH: i64 = 1_000;

/// Closes a tenant and its applications to everyone until it is resumed. True if it was open.
///
/// # Errors
/// [`Fault`].
pub async fn suspend(identity: &Identity, actor: Actor, tenant: TenantId) -> Result<bool, Fault> {
    const SQL: [&str; 1] =
        ["UPDATE tenant SET suspended_at = $2, ending_at = $2, version = version + 1, changed_at = $2
         WHERE id = $1 AND suspended_at IS NULL AND deleted_at IS NULL"];
    let entry = Entry::new(&identity.ambient, actor, "tenant.suspended").on("tenant", tenant);
    decide(identity, tenant, &SQL, entry).await
}

/// Opens it again. Who was signed in signs in anew. True if it was suspended.
///
/// # Errors
/// [`Fault`].
pub async fn resume(identity: &Identity, actor: Actor, tenant: TenantId) -> Result<bool, Fault> {
    const SQL: [&str; 1] = ["UPDATE tenant SET suspended_at = NULL, version = version + 1, changed_at = $2
         WHERE id = $1 AND suspended_at IS NOT NULL AND deleted_at IS NULL"];
    let entry = Entry::new(&identity.ambient, actor, "tenant.resumed").on("tenant", tenant);
    decide(identity, tenant, &SQL, entry).await
}

/// Deletes a tenant. Its short name, the ids of its clients and the subjects that it knew are never given to another.
/// True if it was there.
///
/// # Errors
/// [`Fault`].
pub async fn delete(identity: &Identity, actor: Actor, tenant: TenantId) -> Result<bool, Fault> {
    const SQL: [&str; 2] = [
        "UPDATE tenant SET deleted_at = $2, ending_at = $2, version = version + 1, changed_at = $2,
             name = '', sort_name = '', base_url = 'deleted:' || slug, terms_url = NULL, privacy_url = NULL,
             logo = NULL, first_administrator = NULL
         WHERE id = $1 AND deleted_at IS NULL",
        "UPDATE client SET disabled_at = $2 WHERE tenant_id = $1 AND disabled_at IS NULL",
    ];
    let entry = Entry::new(&identity.ambient, actor, "tenant.deleted").on("tenant", tenant);
    decide(identity, tenant, &SQL, entry).await
}

/// The first statement decides; `$1` tenant, `$2` now.
async fn decide(
    identity: &Identity,
    tenant: TenantId,
    statements: &'static [&'static str],
    entry: Entry,
) -> Result<bool, Fault> {
    let decided = identity
        .store
        .write::<_, _, StoreError, _>((tenant, entry), move |tx, (tenant, entry)| {
            Box::pin(async move {
                for (index, sql) in statements.iter().enumerate() {
                    let rows = tx.execute(sql, params![tenant, entry.at]).await?;
                    if index == 0 && rows == 0 {
                        return Ok(false);
                    }
                }
                audit::record(&mut tx.scoped(PLATFORM), entry).await?;
                Ok(true)
            })
        })
        .await?;
    identity.ending_wake.ring();
    Ok(decided)
}

#[derive(Clone, sqlx::FromRow)]
struct Ending {
    id: TenantId,
    ending_at: Timestamp,
    deleted_at: Option<Timestamp>,
}

/// Ends one batch of what has to end with a tenant; true if there may be more.
///
/// # Errors
/// [`Fault`].
pub async fn end_some(identity: &Identity) -> Result<bool, Fault> {
    let next =
        "SELECT id, ending_at, deleted_at FROM tenant WHERE ending_at IS NOT NULL ORDER BY ending_at, id LIMIT 1";
    let ending: Option<Ending> = identity.store.read().await?.maybe(next, params![]).await?;
    let Some(ending) = ending else { return Ok(false) };
    let now = identity.ambient.now();
    identity
        .store
        .write::<_, _, StoreError, _>((ending, now), |tx, (ending, now)| Box::pin(batch(tx, ending, *now)))
        .await?;
    identity.logout_wake.ring();
    Ok(true)
}

async fn batch(tx: &mut Tx, ending: &Ending, now: Timestamp) -> Result<(), StoreError> {
    let mut ended = tx.execute(REVOKE, params![ending.id, now, BATCH]).await?;
    tx.execute(TELL, params![ending.id, now, BATCH]).await?;
    ended += tx.execute(FORGET, params![ending.id, BATCH]).await?;
    if ending.deleted_at.is_some() {
        for sql in DELETED {
            ended += tx.execute(sql, params![ending.id, BATCH]).await?;
        }
    }
    if ended == 0 {
        // Resumed and suspended again meanwhile: that is another ending.
        let done = "UPDATE tenant SET ending_at = NULL WHERE id = $1 AND ending_at = $2";
        tx.execute(done, params![ending.id, ending.ending_at]).await?;
    }
    Ok(())
}

/// `$1` tenant, `$2` now, `$3` how many.
const REVOKE: &str = "UPDATE access_grant SET revoked_at = $2 WHERE id IN
    (SELECT id FROM access_grant WHERE tenant_id = $1 AND revoked_at IS NULL LIMIT $3)";

/// The same. Whoever is told of the logout is forgotten by [`FORGET`], so that the next batch tells the others.
const TELL: &str = "INSERT INTO logout_delivery (session_id, client_id, sid, subject, attempts, due_at, created_at)
    SELECT session_id, client_id, sid, subject, 0, $2, $2 FROM session_client
    WHERE (session_id, client_id) IN
        (SELECT session_id, client_id FROM session_client
         WHERE client_id IN (SELECT id FROM client WHERE tenant_id = $1) ORDER BY client_id, session_id LIMIT $3)
      AND client_id IN (SELECT id FROM client WHERE tenant_id = $1 AND backchannel_logout_uri IS NOT NULL)
    ON CONFLICT (session_id, client_id) DO UPDATE SET due_at = excluded.due_at, created_at = excluded.created_at,
        attempts = 0, done_at = NULL";

/// `$1` tenant, `$2` how many; in [`TELL`]'s order.
const FORGET: &str = "DELETE FROM session_client WHERE (session_id, client_id) IN
    (SELECT session_id, client_id FROM session_client
     WHERE client_id IN (SELECT id FROM client WHERE tenant_id = $1) ORDER BY client_id, session_id LIMIT $2)";

/// `$1` tenant, `$2` how many. Of the clients their ids stay, and where their last logout token goes.
const DELETED: [&str; 12] = [
    "DELETE FROM link WHERE tenant_id = $1 AND account_id IN (SELECT account_id FROM link WHERE tenant_id = $1 LIMIT $2)",
    "DELETE FROM membership WHERE tenant_id = $1
        AND subject IN (SELECT subject FROM membership WHERE tenant_id = $1 LIMIT $2)",
    "DELETE FROM subject WHERE sector_id = $1
        AND account_id IN (SELECT account_id FROM subject WHERE sector_id = $1 LIMIT $2)",
    "DELETE FROM consent WHERE tenant_id = $1
        AND account_id IN (SELECT account_id FROM consent WHERE tenant_id = $1 LIMIT $2)",
    "DELETE FROM invitation WHERE id IN (SELECT id FROM invitation WHERE tenant_id = $1 LIMIT $2)",
    "DELETE FROM ended_login WHERE tenant_id = $1 AND id IN (SELECT id FROM ended_login WHERE tenant_id = $1 LIMIT $2)",
    "DELETE FROM tenant_logo WHERE tenant_id IN (SELECT tenant_id FROM tenant_logo WHERE tenant_id = $1 LIMIT $2)",
    "DELETE FROM enrolment_code WHERE id IN (SELECT id FROM enrolment_code WHERE tenant_id = $1 LIMIT $2)",
    "DELETE FROM provider_domain WHERE owner_id = $1
        AND domain IN (SELECT domain FROM provider_domain WHERE owner_id = $1 LIMIT $2)",
    "UPDATE provider SET sealed = NULL, deleted_at = (SELECT deleted_at FROM tenant WHERE id = $1), version = version + 1
     WHERE id IN (SELECT id FROM provider WHERE tenant_id = $1 AND deleted_at IS NULL LIMIT $2)",
    "DELETE FROM asked_groups WHERE tenant_id = $1
        AND provider_id IN (SELECT provider_id FROM asked_groups WHERE tenant_id = $1 LIMIT $2)",
    "UPDATE client SET jwks = NULL, secret_hash = NULL, name = '', redirect_uris = '[]', post_logout_uris = '[]', home_url = ''
     WHERE id IN (SELECT id FROM client WHERE tenant_id = $1 AND name <> '' LIMIT $2)",
];
