use ambient::Timestamp;
use store::{StoreError, Tx, params};
use uuid::Uuid;

use super::{Device, Lifetimes, Method, PLATFORM_PROVIDER, SessionId};
use crate::accounts::AccountId;
use crate::housekeeping::LOOKED_AT_EVERY;
use crate::linking::TieId;
use crate::tenants::TenantId;

/// A proof that was just given, to be written down.
#[derive(Debug, Clone)]
pub(crate) struct NewAuthentication {
    /// The browser's session for that account, if it has one: the proof is added to it.
    pub session: Option<SessionId>,
    /// The browser's session that has just ended by the same deed: the new one takes its place.
    pub replaces: Option<SessionId>,
    /// The id for a new one.
    pub fresh: Uuid,
    pub authentication_id: Uuid,
    pub account_id: AccountId,
    pub epoch: i64,
    pub method: Method,
    pub by: By,
    pub device: Device,
    pub lifetimes: Lifetimes,
    /// Whether its person asked to stay signed in.
    pub remembered: bool,
    pub now: Timestamp,
}

/// Who has proved it, and how far that goes.
#[derive(Debug, Clone)]
pub(crate) struct By {
    /// `platform`, or an upstream provider's key.
    pub provider: String,
    /// The one tenant that the session opens; none: everything of the account.
    pub scope: Option<TenantId>,
    /// The external identity.
    pub tie: Option<TieId>,
    /// What the provider calls its session.
    pub upstream_sid: Option<String>,
    /// The groups that it stated, as they are kept.
    pub groups: Option<String>,
}

impl By {
    /// Ourselves.
    pub fn platform() -> Self {
        Self { provider: PLATFORM_PROVIDER.to_owned(), scope: None, tie: None, upstream_sid: None, groups: None }
    }
}

/// Writes a proof down: in the account's session of this browser, else in a new one. Returns the session. Its lifetimes
/// begin anew with the proof, as long as the person asks now. One that has only expired goes on, so that signing out still
/// reaches what it opened before; one that was ended stays so.
///
/// # Errors
/// The database's.
pub(crate) async fn authenticate(tx: &mut Tx, new: &NewAuthentication) -> Result<SessionId, StoreError> {
    let session = match new.session {
        Some(session) if renew(tx, session, new).await? => session,
        _ => insert(tx, new).await?,
    };
    tx.execute(
        "INSERT INTO authentication (id, session_id, method, provider, scope, at, identity_id, upstream_sid,
             upstream_groups)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        params![
            new.authentication_id,
            session,
            new.method,
            new.by.provider,
            new.by.scope,
            new.now,
            new.by.tie,
            new.by.upstream_sid,
            new.by.groups
        ],
    )
    .await?;
    Ok(session)
}

/// False if the session was ended, belongs to an older epoch, or reaches another scope: those never mix (DESIGN §4.2).
async fn renew(tx: &mut Tx, session: SessionId, new: &NewAuthentication) -> Result<bool, StoreError> {
    let lasts = new.lifetimes.from(new.remembered, new.now);
    let renewed = tx
        .execute(
            "UPDATE session SET user_agent = $5, address = $6, used_at = $4, expires_at = $7, idle_for = $8, ends_by = $9,
                 remembered = $10
             WHERE id = $1 AND account_id = $2 AND epoch = $3 AND ended_at IS NULL
                 AND COALESCE(scope_id, $11) = COALESCE($12, $11)",
            params![
                session,
                new.account_id,
                new.epoch,
                new.now,
                new.device.user_agent,
                new.device.address.map(|address| address.to_string()),
                lasts.expires_at,
                lasts.idle_for,
                lasts.ends_by,
                new.remembered,
                uuid::Uuid::nil(),
                new.by.scope
            ],
        )
        .await?;
    Ok(renewed == 1)
}

async fn insert(tx: &mut Tx, new: &NewAuthentication) -> Result<SessionId, StoreError> {
    let lasts = new.lifetimes.from(new.remembered, new.now);
    tx.execute(
        "INSERT INTO session (id, account_id, epoch, user_agent, address, created_at, used_at, expires_at, idle_for, ends_by,
             remembered, replaces, sweep_at, scope_id, identity_id)
         VALUES ($1, $2, $3, $4, $5, $6, $6, $7, $8, $9, $10, $11, $12, $13, $14)",
        params![
            new.fresh,
            new.account_id,
            new.epoch,
            new.device.user_agent,
            new.device.address.map(|address| address.to_string()),
            new.now,
            lasts.expires_at,
            lasts.idle_for,
            lasts.ends_by,
            new.remembered,
            new.replaces,
            new.now.plus(LOOKED_AT_EVERY),
            new.by.scope,
            new.by.tie.filter(|_| new.by.scope.is_some())
        ],
    )
    .await?;
    Ok(SessionId(new.fresh))
}
