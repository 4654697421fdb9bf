//! Ties end, and with them whatever they opened.

use std::time::Duration;

use ambient::{SecretHash, Timestamp};
use audit::{Actor, Entry};
use serde_json::json;
use store::{PLATFORM, StoreError, Tx, params};

use crate::accounts::AccountId;
use crate::logout;
use crate::providers::ProviderId;
use crate::sessions::SessionId;
use crate::tenants::TenantId;
use crate::{Fault, Identity};

/// How many sessions one transaction ends at most, so that no login waits long for it.
const AT_ONCE: i64 = 200;
/// How long a logout token is remembered at most. One that was made longer ago than a few minutes is refused anyway.
const TOKENS_KEPT: Duration = Duration::from_secs(60 * 60);

/// Ends some of the sessions that a provider has proved, and what was granted in them: it is disabled or gone (LK-13). True if there
/// may be more.
///
/// # Errors
/// The database's.
pub(crate) async fn end_of_provider(tx: &mut Tx, provider: ProviderId, now: Timestamp) -> Result<bool, StoreError> {
    let sessions: Vec<(SessionId,)> = tx
        .all(
            "SELECT DISTINCT session.id FROM external_identity tie
             JOIN authentication ON authentication.identity_id = tie.id
             JOIN session ON session.id = authentication.session_id
             WHERE tie.provider_id = $1 AND (session.ended_at IS NULL OR EXISTS (SELECT 1 FROM access_grant
                WHERE access_grant.session_id = session.id AND access_grant.revoked_at IS NULL)) LIMIT $2",
            // Those that have run out, and those that were ended by signing out: what was granted to outlive them ends now.
            params![provider, AT_ONCE],
        )
        .await?;
    let more = sessions.len() as u64 == AT_ONCE.unsigned_abs();
    logout::end_these(tx, sessions.into_iter().map(|(id,)| id), now).await?;
    Ok(more)
}

/// A tenant has switched a member: what opened that tenant to them ends, in the transaction that hears of it (DESIGN §4.3).
///
/// # Errors
/// The database's.
pub(crate) async fn end_of_member(
    tx: &mut Tx,
    tenant: TenantId,
    account: AccountId,
    now: Timestamp,
) -> Result<(), StoreError> {
    let sessions: Vec<(SessionId,)> = tx
        .all(
            "SELECT id FROM session WHERE account_id = $1 AND scope_id = $2 AND ended_at IS NULL",
            params![account, tenant],
        )
        .await?;
    logout::end_these(tx, sessions.into_iter().map(|(id,)| id), now).await?;
    // Links that wait for a proof were begun under another policy.
    tx.execute(
        "UPDATE upstream_login SET finished_at = $2 WHERE candidate = $1 AND finished_at IS NULL
            AND interaction_id IN (SELECT interaction.id FROM interaction
                JOIN client ON client.id = interaction.client_id WHERE client.tenant_id = $3)",
        params![account, now, tenant],
    )
    .await?;
    Ok(())
}

/// What a provider's logout token names: a person, one of their sessions there, or both.
#[derive(Debug, Clone)]
pub struct UpstreamLogout {
    /// Who says so.
    pub provider: ProviderId,
    /// Its issuer.
    pub issuer: String,
    /// `sub`.
    pub subject: Option<String>,
    /// `sid`.
    pub sid: Option<String>,
    /// Counts once.
    pub jti: String,
    /// When it may be forgotten.
    pub expires_at: Timestamp,
}

/// Ends the sessions that a provider's logout token names: those that it proved, and no others. How many; none if the token was
/// used before.
///
/// # Errors
/// [`Fault`].
pub async fn end_by_provider(identity: &Identity, logout: UpstreamLogout) -> Result<Option<u64>, Fault> {
    let entry = Entry::new(&identity.ambient, Actor::System, "sessions.ended_upstream").on("provider", logout.provider);
    let ended = identity
        .store
        .write::<_, _, StoreError, _>((logout, entry), |tx, (logout, entry)| Box::pin(end_named(tx, logout, entry)))
        .await?;
    identity.logout_wake.ring();
    Ok(ended)
}

async fn end_named(tx: &mut Tx, logout: &UpstreamLogout, entry: &Entry) -> Result<Option<u64>, StoreError> {
    let once = "INSERT INTO assertion_use (client_id, jti_hash, expires_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
    // Its provider says how long it counts: of a tenant's own, that may be for ever.
    let until = logout.expires_at.min(entry.at.plus(TOKENS_KEPT));
    if tx.execute(once, params![logout.provider, SecretHash::of(&logout.jti), until]).await? == 0 {
        return Ok(None);
    }
    let sessions = named(tx, logout, entry.at).await?;
    let ended = sessions.len() as u64;
    logout::end_these(tx, sessions.into_iter(), entry.at).await?;
    if ended > 0 {
        audit::record(&mut tx.scoped(PLATFORM), &entry.clone().detail(json!({ "ended": ended }))).await?;
    }
    Ok(Some(ended))
}

/// By the person, by the session (OIDC Back-Channel Logout §2.4 asks for one at least), or by both: each a seek.
async fn named(tx: &mut Tx, logout: &UpstreamLogout, now: Timestamp) -> Result<Vec<SessionId>, StoreError> {
    let rows: Vec<(SessionId, String, String, Option<String>)> = match (&logout.subject, &logout.sid) {
        (Some(subject), _) => {
            tx.all(
                "SELECT session.id, tie.issuer, tie.subject, authentication.upstream_sid FROM external_identity tie
                 JOIN authentication ON authentication.identity_id = tie.id
                 JOIN session ON session.id = authentication.session_id
                 WHERE tie.provider_id = $1 AND tie.issuer = $2 AND tie.subject = $3
                    AND session.ended_at IS NULL AND session.expires_at > $4 LIMIT 1000",
                params![logout.provider, logout.issuer, subject, now],
            )
            .await?
        }
        (None, Some(sid)) => {
            tx.all(
                "SELECT session.id, tie.issuer, tie.subject, authentication.upstream_sid FROM authentication
                 JOIN external_identity tie ON tie.id = authentication.identity_id AND tie.provider_id = $1
                 JOIN session ON session.id = authentication.session_id
                 WHERE authentication.upstream_sid = $2 AND session.ended_at IS NULL AND session.expires_at > $3 LIMIT 1000",
                params![logout.provider, sid, now],
            )
            .await?
        }
        (None, None) => Vec::new(),
    };
    let fits = |sid: &Option<String>| logout.sid.is_none() || *sid == logout.sid;
    let mut ids: Vec<SessionId> = rows
        .into_iter()
        .filter(|(_, issuer, _, sid)| *issuer == logout.issuer && fits(sid))
        .map(|(id, ..)| id)
        .collect();
    ids.sort_unstable();
    ids.dedup();
    Ok(ids)
}

/// A tenant refuses the account's password: whoever is away to link a further way in may have begun by it, and begins anew.
///
/// # Errors
/// The database's.
pub(crate) async fn void_links(tx: &mut Tx, account: AccountId, now: Timestamp) -> Result<(), StoreError> {
    let void = "UPDATE upstream_login SET finished_at = $2 WHERE linking = $1 AND finished_at IS NULL";
    tx.execute(void, params![account, now]).await?;
    Ok(())
}

/// The account's credentials have changed: what waits for a proof of it was begun under others (DESIGN §4.5).
///
/// # Errors
/// The database's.
pub(crate) async fn void_waiting(tx: &mut Tx, account: AccountId, now: Timestamp) -> Result<(), StoreError> {
    let void = "UPDATE upstream_login SET finished_at = $2 WHERE candidate = $1 AND finished_at IS NULL";
    tx.execute(void, params![account, now]).await?;
    Ok(())
}
