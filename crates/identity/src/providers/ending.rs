//! What ends with a provider that is disabled or removed: every session that it has proved, and what was granted in it (LK-13). It
//! ends batch by batch after the decision, and goes on where it was after a crash.

use ambient::Timestamp;
use store::{StoreError, Tx, params};

use super::ProviderId;
use crate::{Fault, Identity, linking};

/// Ends one batch of what has to end with a provider; true if there may be more.
///
/// # Errors
/// [`Fault`].
pub async fn end_some(identity: &Identity) -> Result<bool, Fault> {
    let next = "SELECT id FROM provider WHERE ending_at IS NOT NULL ORDER BY ending_at, id LIMIT 1";
    let ending: Option<(ProviderId,)> = identity.store.read().await?.maybe(next, params![]).await?;
    match ending {
        Some((provider,)) => {
            end_some_of(identity, provider).await?;
            Ok(true)
        }
        None => Ok(false),
    }
}

/// The same of this one.
pub(super) async fn end_some_of(identity: &Identity, provider: ProviderId) -> Result<bool, Fault> {
    let input = (provider, identity.ambient.now());
    let more = identity
        .store
        .write::<_, _, StoreError, _>(input, |tx, (provider, now)| Box::pin(batch(tx, *provider, *now)))
        .await?;
    identity.logout_wake.ring();
    if more {
        identity.ending_wake.ring();
    }
    Ok(more)
}

async fn batch(tx: &mut Tx, provider: ProviderId, now: Timestamp) -> Result<bool, StoreError> {
    if !tx.exists("SELECT 1 FROM provider WHERE id = $1 AND ending_at IS NOT NULL", params![provider]).await? {
        return Ok(false);
    }
    let more = linking::end_of_provider(tx, provider, now).await?;
    if !more {
        // It is disabled until this is done, so that no new session comes in between.
        tx.execute("UPDATE provider SET ending_at = NULL WHERE id = $1", params![provider]).await?;
    }
    Ok(more)
}
