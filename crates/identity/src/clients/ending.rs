//! What ends with an application that is disabled: its grants, with every token and code of theirs, and its people's sessions
//! there. It ends batch by batch after the decision, and goes on where it was after a crash.

use ambient::Timestamp;
use store::{StoreError, Tx, params};

use super::ClientRowId;
use crate::{Fault, Identity};

/// How many rows one transaction ends.
const BATCH: i64 = 1_000;

/// Ends one batch of what has to end with an application; true if there may be more.
///
/// # Errors
/// [`Fault`].
pub async fn end_some(identity: &Identity) -> Result<bool, Fault> {
    let next = "SELECT id FROM client WHERE ending_at IS NOT NULL ORDER BY ending_at, id LIMIT 1";
    let ending: Option<(ClientRowId,)> = identity.store.read().await?.maybe(next, params![]).await?;
    match ending {
        Some((client,)) => end_some_of(identity, client).await,
        None => Ok(false),
    }
}

/// The same of this one.
pub(super) async fn end_some_of(identity: &Identity, client: ClientRowId) -> Result<bool, Fault> {
    let input = (client, identity.ambient.now());
    let more = identity
        .store
        .write::<_, _, StoreError, _>(input, |tx, (client, now)| Box::pin(batch(tx, *client, *now)))
        .await?;
    identity.logout_wake.ring();
    Ok(more)
}

async fn batch(tx: &mut Tx, client: ClientRowId, now: Timestamp) -> Result<bool, StoreError> {
    if !tx.exists("SELECT 1 FROM client WHERE id = $1 AND ending_at IS NOT NULL", params![client]).await? {
        return Ok(false);
    }
    let mut ended = tx.execute(REVOKE, params![client, now, BATCH]).await?;
    tx.execute(TELL, params![client, now, BATCH]).await?;
    ended += tx.execute(FORGET, params![client, BATCH]).await?;
    if ended == 0 {
        // It is disabled until this is done, so that no new grant comes in between.
        tx.execute("UPDATE client SET ending_at = NULL WHERE id = $1", params![client]).await?;
    }
    Ok(ended > 0)
}

/// `$1` client, `$2` now, `$3` how many.
const REVOKE: &str = "UPDATE access_grant SET revoked_at = $2 WHERE id IN
    (SELECT id FROM access_grant WHERE client_id = $1 AND revoked_at IS NULL LIMIT $3)";

/// The same. Whoever is told of the logout is forgotten by [`FORGET`], so that the next batch tells the others.
const TELL: &str = "INSERT INTO logout_delivery (session_id, client_id, sid, subject, attempts, due_at, created_at)
    SELECT session_id, client_id, sid, subject, 0, $2, $2 FROM session_client
    WHERE client_id = $1 AND session_id IN
        (SELECT session_id FROM session_client WHERE client_id = $1 ORDER BY session_id LIMIT $3)
      AND EXISTS (SELECT 1 FROM client WHERE id = $1 AND backchannel_logout_uri IS NOT NULL)
    ON CONFLICT (session_id, client_id) DO UPDATE SET due_at = excluded.due_at, created_at = excluded.created_at,
        attempts = 0, done_at = NULL";

/// `$1` client, `$2` how many; in [`TELL`]'s order.
const FORGET: &str = "DELETE FROM session_client WHERE client_id = $1 AND session_id IN
    (SELECT session_id FROM session_client WHERE client_id = $1 ORDER BY session_id LIMIT $2)";
