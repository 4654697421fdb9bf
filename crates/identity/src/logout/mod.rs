//! Logging out: a browser's sessions end, and every application that they reached is told. Or a tenant locks a member out,
//! and the tenant's applications are told.
//!
//! The deliveries are written in the transaction of the deed, so that none is lost; they are sent afterwards, again and
//! again until the application has heard or a day is over.

mod end;

use std::time::Duration;

use ambient::Timestamp;
use oidc::claims::{LOGOUT_TOKEN_TYPE, LogoutEvents, LogoutTokenClaims};
use store::{StoreError, Tx, params};

use crate::accounts::AccountId;
use crate::clients::{self, ClientRowId};
use crate::sessions::{Session, SessionId};
use crate::tenants::TenantId;
use crate::{Fault, Identity};

pub(crate) use end::{end_all, end_these};
pub use end::{end_one, end_others, end_sessions};

/// How long an application is told about a logout.
const GIVE_UP_AFTER: Duration = Duration::from_secs(24 * 60 * 60);
/// How long one node has for one delivery before another may try.
const LEASE: Duration = Duration::from_secs(30);
/// How long an application may keep somebody signed in after their session here has run out, as far as we tell it.
const APPLICATIONS_KEEP: Duration = Duration::from_secs(24 * 60 * 60);
/// How long a logout token may be taken (OIDC Back-Channel Logout §2.4 recommends two minutes at most).
const TOKEN_LIFETIME: Duration = Duration::from_secs(120);

/// Notes that a tenant's own applications are to sign a person out, from each session that has reached them and has not
/// ended; also from one that has run out, since what an application keeps may last a little longer. The instance is not
/// told: it is the one that says so.
///
/// # Errors
/// The database's.
pub(crate) async fn tell_of_member(
    tx: &mut Tx,
    tenant: TenantId,
    account: AccountId,
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO logout_delivery (session_id, client_id, sid, subject, attempts, due_at, created_at)
         SELECT session_id, client.id, sid, subject, 0, $1, $1
         FROM session
         JOIN session_client ON session_client.session_id = session.id
         JOIN client ON client.id = session_client.client_id
         WHERE session.account_id = $2 AND ended_at IS NULL AND session.expires_at > $4
           AND client.tenant_id = $3 AND kind = 'tenant_application' AND backchannel_logout_uri IS NOT NULL
         ON CONFLICT (session_id, client_id) DO UPDATE SET
            attempts = 0, due_at = excluded.due_at, created_at = excluded.created_at, done_at = NULL",
        params![now, account, tenant, now.minus(APPLICATIONS_KEEP)],
    )
    .await?;
    Ok(())
}

/// A logout token on its way.
#[derive(Debug, Clone)]
pub struct Delivery {
    session: SessionId,
    client: ClientRowId,
    attempts: i64,
    created_at: Timestamp,
    /// Where to POST it.
    pub uri: String,
    /// The form field `logout_token`.
    pub token: String,
}

impl Delivery {
    const fn key(&self) -> (SessionId, ClientRowId, Timestamp) {
        (self.session, self.client, self.created_at)
    }
}

#[derive(sqlx::FromRow)]
struct Row {
    session_id: SessionId,
    client_id: ClientRowId,
    sid: String,
    subject: String,
    attempts: i64,
    created_at: Timestamp,
}

/// Leases up to `most` deliveries that are due, and signs their tokens.
///
/// # Errors
/// [`Fault`].
pub async fn lease(identity: &Identity, most: i64) -> Result<Vec<Delivery>, Fault> {
    let now = identity.ambient.now();
    let rows: Vec<Row> = identity
        .store
        .write::<_, _, StoreError, _>((now, most), |tx, (now, most)| {
            Box::pin(tx.all(
                "UPDATE logout_delivery SET due_at = $1, attempts = attempts + 1
                 WHERE (session_id, client_id) IN
                    (SELECT session_id, client_id FROM logout_delivery WHERE due_at <= $2 ORDER BY due_at LIMIT $3)
                   AND due_at <= $2
                 RETURNING session_id, client_id, sid, subject, attempts, created_at",
                params![now.plus(LEASE), now, most],
            ))
        })
        .await?;
    let mut deliveries = Vec::with_capacity(rows.len());
    for row in rows {
        if let Some(delivery) = sign(identity, row, now).await? {
            deliveries.push(delivery);
        }
    }
    Ok(deliveries)
}

async fn sign(identity: &Identity, row: Row, now: Timestamp) -> Result<Option<Delivery>, Fault> {
    let registered = clients::find_even_disabled(&mut identity.store.read().await?, row.client_id).await?;
    let Some((client, uri)) = registered.map(|registered| registered.client).and_then(|client| {
        let uri = client.backchannel_logout_uri.clone()?;
        Some((client, uri))
    }) else {
        settle(identity, (row.session_id, row.client_id, row.created_at), None, None).await?;
        return Ok(None);
    };
    let claims = LogoutTokenClaims {
        iss: identity.settings.issuer().to_owned(),
        aud: client.client_id.clone(),
        iat: now.as_seconds(),
        exp: now.plus(TOKEN_LIFETIME).as_seconds(),
        jti: identity.ambient.identifier(),
        sub: row.subject,
        sid: row.sid,
        events: LogoutEvents::logout(),
    };
    Ok(Some(Delivery {
        session: row.session_id,
        client: row.client_id,
        attempts: row.attempts,
        created_at: row.created_at,
        uri,
        token: identity.keys.sign(client.id_token_alg, LOGOUT_TOKEN_TYPE, &claims)?,
    }))
}

/// The application has heard.
///
/// # Errors
/// [`Fault`].
pub async fn delivered(identity: &Identity, delivery: &Delivery) -> Result<(), Fault> {
    settle(identity, delivery.key(), None, Some(identity.ambient.now())).await
}

/// It has not: tried again later, ever less often, for a day.
///
/// # Errors
/// [`Fault`].
pub async fn failed(identity: &Identity, delivery: &Delivery) -> Result<(), Fault> {
    let now = identity.ambient.now();
    let again = (now.since(delivery.created_at) < GIVE_UP_AFTER)
        .then(|| now.plus(jobs::retry_after(u32::try_from(delivery.attempts).unwrap_or(u32::MAX))));
    settle(identity, delivery.key(), again, None).await
}

/// What happened since, a second lock, another logout, has a delivery of its own, which is not settled by this one.
async fn settle(
    identity: &Identity,
    (session, client, created_at): (SessionId, ClientRowId, Timestamp),
    due_at: Option<Timestamp>,
    done_at: Option<Timestamp>,
) -> Result<(), Fault> {
    let values = params![session, client, created_at, due_at, done_at];
    identity
        .store
        .write::<_, _, StoreError, _>(values, |tx, values| {
            Box::pin(tx.execute(
                "UPDATE logout_delivery SET due_at = $4, done_at = $5
                 WHERE session_id = $1 AND client_id = $2 AND created_at = $3",
                values.clone(),
            ))
        })
        .await?;
    Ok(())
}

/// The one of these sessions that some application knows by this `sid`.
///
/// # Errors
/// [`Fault`].
pub async fn session_of_sid(identity: &Identity, sessions: &[Session], sid: &str) -> Result<Option<Session>, Fault> {
    let rows: Vec<(SessionId,)> = identity
        .store
        .read()
        .await?
        .all("SELECT session_id FROM session_client WHERE sid = $1 LIMIT 50", params![sid])
        .await?;
    Ok(sessions.iter().find(|session| rows.iter().any(|(known,)| session.id == *known)).cloned())
}

/// The names of the applications that these sessions have reached and that hear of their end, for the page that asks.
///
/// # Errors
/// [`Fault`].
pub async fn reached(identity: &Identity, sessions: &[SessionId]) -> Result<Vec<String>, Fault> {
    let id = |index: usize| sessions.get(index).copied();
    let rows: Vec<(String,)> = identity
        .store
        .read()
        .await?
        .all(
            "SELECT DISTINCT client.name FROM session_client JOIN client ON client.id = session_client.client_id
             WHERE session_id IN ($1, $2, $3, $4, $5) AND backchannel_logout_uri IS NOT NULL
             ORDER BY client.name LIMIT 50",
            params![id(0), id(1), id(2), id(3), id(4)],
        )
        .await?;
    Ok(rows.into_iter().map(|(name,)| name).collect())
}
