//! Logging out everywhere: the browser's sessions end, and every application that they reached is told.
//!
//! The deliveries are written in the transaction that ends the sessions, so that none is lost; they are sent afterwards,
//! again and again until the application has heard or a day is over.

use std::time::Duration;

use ambient::Timestamp;
use audit::{Actor, Entry};
use oidc::claims::{LOGOUT_TOKEN_TYPE, LogoutEvents, LogoutTokenClaims};
use store::{PLATFORM, StoreError, Tx, params};

use crate::clients::{self, ClientRowId};
use crate::sessions::{Session, SessionId};
use crate::{Fault, Identity};

/// How long an application is told about a logout.
const GIVE_UP_AFTER: Duration = Duration::from_secs(24 * 60 * 60);
/// How long one node has for one delivery before another may try.
const LEASE: Duration = Duration::from_secs(30);
/// How long a logout token may be taken (OIDC Back-Channel Logout §2.4 recommends two minutes at most).
const TOKEN_LIFETIME: Duration = Duration::from_secs(120);

/// Ends these sessions, their grants with them, and notes whom to tell.
///
/// # Errors
/// [`Fault`].
pub async fn end_sessions(identity: &Identity, sessions: &[Session]) -> Result<(), Fault> {
    let entries = sessions
        .iter()
        .map(|session| {
            let entry = Entry::new(&identity.ambient, Actor::Account(session.account.id.0), "session.ended");
            (session.id, entry)
        })
        .collect::<Vec<_>>();
    identity
        .store
        .write::<_, _, StoreError, _>(entries, |tx, entries| {
            Box::pin(async move {
                // A browser holds a handful of sessions at most (sessions::MOST_PER_BROWSER).
                for (session, entry) in entries {
                    end(tx, *session, entry).await?;
                }
                Ok(())
            })
        })
        .await?;
    identity.logout_wake.ring();
    Ok(())
}

async fn end(tx: &mut Tx, session: SessionId, entry: &Entry) -> Result<(), StoreError> {
    let ended = tx
        .execute("UPDATE session SET ended_at = $1 WHERE id = $2 AND ended_at IS NULL", params![entry.at, session])
        .await?;
    if ended == 0 {
        return Ok(());
    }
    tx.execute(
        "UPDATE access_grant SET revoked_at = $1 WHERE session_id = $2 AND revoked_at IS NULL",
        params![entry.at, session],
    )
    .await?;
    tx.execute(
        "INSERT INTO logout_delivery (session_id, client_id, sid, subject, attempts, due_at, created_at)
         SELECT session_id, client.id, sid, subject, 0, $1, $1
         FROM session_client JOIN client ON client.id = session_client.client_id
         WHERE session_id = $2 AND backchannel_logout_uri IS NOT NULL",
        params![entry.at, session],
    )
    .await?;
    audit::record(&mut tx.scoped(PLATFORM), entry).await
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
        settle(identity, row.session_id, row.client_id, None, None).await?;
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
    settle(identity, delivery.session, delivery.client, None, Some(identity.ambient.now())).await
}

/// It has not: tried again later, ever less often, for a day.
///
/// # Errors
/// [`Fault`].
pub async fn failed(identity: &Identity, delivery: &Delivery) -> Result<(), Fault> {
    let now = identity.ambient.now();
    let again = (now.since(delivery.created_at) < GIVE_UP_AFTER)
        .then(|| now.plus(jobs::retry_after(u32::try_from(delivery.attempts).unwrap_or(u32::MAX))));
    settle(identity, delivery.session, delivery.client, again, None).await
}

async fn settle(
    identity: &Identity,
    session: SessionId,
    client: ClientRowId,
    due_at: Option<Timestamp>,
    done_at: Option<Timestamp>,
) -> Result<(), Fault> {
    identity
        .store
        .write::<_, _, StoreError, _>((session, client, due_at, done_at), |tx, (session, client, due_at, done_at)| {
            Box::pin(async move {
                tx.execute(
                    "UPDATE logout_delivery SET due_at = $3, done_at = $4 WHERE session_id = $1 AND client_id = $2",
                    params![session, client, due_at, done_at],
                )
                .await
            })
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
pub async fn reached(identity: &Identity, sessions: &[Session]) -> Result<Vec<String>, Fault> {
    let id = |index: usize| sessions.get(index).map(|session| session.id);
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
