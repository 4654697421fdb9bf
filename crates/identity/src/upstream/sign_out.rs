//! Signing out at a provider too (OpenID Connect RP-Initiated Logout 1.0, as the one who asks).
//!
//! ```text
//! login ──ID token──▶ keep ──▶ attach to the session that it made ──▶ goes with it
//!                                 │ the person signs out here: that is done first, whatever follows
//!                                 ▼
//!                      depart: one row for each provider ──▶ leave (once) ──state──▶ provider ──▶ returned (once)
//! ```
//! An ID token tells of a person: it rests sealed, and is deleted with the session. Starter = finisher here too: what is offered
//! after a sign-out, and what comes back, counts in the browser that signed out.

use std::time::Duration;

use ambient::{Opaque, SecretHash, Timestamp};
use store::{StoreError, Tx, params};
use uuid::Uuid;

use super::UpstreamLoginId;
use crate::providers::{self, Provider, ProviderId};
use crate::sessions::{Session, SessionId};
use crate::{Fault, Identity};

store::row_id!(
    /// One sign-out, and the providers that it may go on to.
    DepartureId
);

/// How long a login waits for the proof that makes a session of it, and how long a sign-out may go on.
const LIFETIME: Duration = Duration::from_secs(60 * 60);
/// How many logins of one browser's sessions are looked through.
const MOST: i64 = 50;

fn hint_context(id: Uuid) -> String {
    format!("upstream hint {id}")
}

fn logout_context(id: Uuid) -> String {
    format!("upstream logout {id}")
}

/// Keeps the ID token of a login until it is known whether it makes a session.
///
/// # Errors
/// [`Fault`].
pub async fn keep_hint(
    identity: &Identity,
    login: UpstreamLoginId,
    provider: ProviderId,
    id_token: &str,
) -> Result<(), Fault> {
    let sealed = identity.master_key.seal(&hint_context(login.0), id_token.as_bytes(), &identity.ambient);
    let row = params![login, provider, sealed, identity.ambient.now().plus(LIFETIME)];
    let insert = "INSERT INTO upstream_hint (id, provider_id, sealed, expires_at) VALUES ($1, $2, $3, $4)
                  ON CONFLICT DO NOTHING";
    run(identity, insert, row).await
}

/// It has made this session, and stays as long as that one may last.
///
/// # Errors
/// [`Fault`].
pub async fn attach_hint(identity: &Identity, login: UpstreamLoginId, session: SessionId) -> Result<(), Fault> {
    let attach = "UPDATE upstream_hint SET session_id = $2, expires_at = (SELECT ends_by FROM session WHERE id = $2)
                  WHERE id = $1 AND session_id IS NULL
                    AND EXISTS (SELECT 1 FROM session WHERE id = $2 AND ended_at IS NULL)";
    run(identity, attach, params![login, session]).await
}

async fn run(identity: &Identity, sql: &'static str, row: Vec<store::Value>) -> Result<(), Fault> {
    let write = identity.store.write::<_, _, StoreError, _>(row, move |tx, row| Box::pin(tx.execute(sql, row.clone())));
    write.await?;
    Ok(())
}

/// What a provider can be told of a session that is about to end.
#[derive(Debug)]
pub struct Hint {
    provider: ProviderId,
    id_token: Vec<u8>,
}

#[derive(sqlx::FromRow)]
struct HintRow {
    id: Uuid,
    provider_id: ProviderId,
    sealed: Vec<u8>,
}

/// The newest one of each provider that proved one of these sessions. Read before they end: what is kept goes with them.
///
/// # Errors
/// [`Fault`].
pub async fn hints_of(identity: &Identity, sessions: &[Session]) -> Result<Vec<Hint>, Fault> {
    let id = |index: usize| sessions.get(index).map_or(SessionId(Uuid::nil()), |session| session.id);
    let rows: Vec<HintRow> = identity
        .store
        .read()
        .await?
        .all(
            "SELECT hint.id, hint.provider_id, hint.sealed FROM upstream_hint hint
             JOIN provider ON provider.id = hint.provider_id
                AND provider.disabled_at IS NULL AND provider.deleted_at IS NULL
             WHERE hint.session_id IN ($1, $2, $3, $4, $5) AND hint.expires_at > $6 ORDER BY hint.id DESC LIMIT $7",
            params![id(0), id(1), id(2), id(3), id(4), identity.ambient.now(), MOST],
        )
        .await?;
    let mut hints: Vec<Hint> = Vec::new();
    for row in rows {
        if hints.iter().all(|hint| hint.provider != row.provider_id) {
            let id_token = identity.master_key.open(&hint_context(row.id), &row.sealed)?.to_vec();
            hints.push(Hint { provider: row.provider_id, id_token });
        }
    }
    Ok(hints)
}

/// Somebody has signed out in this browser: writes down at which providers they may do so too, and where the application that
/// began wants them afterwards. None if at none.
///
/// # Errors
/// [`Fault`].
pub async fn depart(
    identity: &Identity,
    browser: &str,
    hints: Vec<Hint>,
    redirect: Option<&str>,
) -> Result<Option<DepartureId>, Fault> {
    if hints.is_empty() {
        return Ok(None);
    }
    let (ambient, browser) = (&identity.ambient, SecretHash::of(browser));
    let (departure, until) = (DepartureId(ambient.row_id()), ambient.now().plus(LIFETIME));
    let row = |hint: Hint| {
        let id = ambient.row_id();
        let sealed = identity.master_key.seal(&logout_context(id), &hint.id_token, ambient);
        params![id, departure, browser, hint.provider, sealed, redirect, until]
    };
    let rows: Vec<_> = hints.into_iter().map(row).collect();
    let written = identity.store.write::<_, _, StoreError, _>(rows, |tx, rows| {
        Box::pin(async move {
            // One for each provider of a browser's few sessions.
            for row in rows {
                tx.execute(
                    "INSERT INTO upstream_logout (id, departure_id, browser_hash, provider_id, sealed, redirect, expires_at)
                     VALUES ($1, $2, $3, $4, $5, $6, $7)",
                    row.clone(),
                )
                .await?;
            }
            Ok(())
        })
    });
    written.await?;
    Ok(Some(departure))
}

/// What is left to do after a sign-out.
#[derive(Debug, Clone, Default)]
pub struct Departure {
    /// Providers at which the person has not signed out yet.
    pub providers: Vec<Provider>,
    /// Where the application wants them afterwards.
    pub redirect: Option<String>,
}

/// What is left of a sign-out of this browser; nothing of another's.
///
/// # Errors
/// [`Fault`].
pub async fn departure(identity: &Identity, browser: &str, id: DepartureId) -> Result<Departure, Fault> {
    let mut conn = identity.store.read().await?;
    let rows: Vec<(ProviderId, Option<String>, Option<Timestamp>)> = conn
        .all(
            "SELECT provider_id, redirect, left_at FROM upstream_logout
             WHERE departure_id = $1 AND browser_hash = $2 AND expires_at > $3 ORDER BY id LIMIT $4",
            params![id, SecretHash::of(browser), identity.ambient.now(), MOST],
        )
        .await?;
    let redirect = rows.first().and_then(|(_, redirect, _)| redirect.clone());
    let mut left = Departure { providers: Vec::new(), redirect };
    // A handful at most: of the sessions that one browser holds.
    for (provider, ..) in rows.into_iter().filter(|(.., left_at)| left_at.is_none()) {
        let provider = providers::find_by_id(&mut conn, provider).await?;
        left.providers.extend(provider.filter(|provider| !provider.disabled));
    }
    Ok(left)
}

/// What a logout request to a provider carries.
#[derive(Debug)]
pub struct Leaving {
    /// Where the browser goes.
    pub provider: Provider,
    /// `id_token_hint`.
    pub id_token: String,
    /// `state`.
    pub state: String,
}

/// The browser leaves for a provider, once. None: not this browser's, too old, done already, or no such provider any more.
///
/// # Errors
/// [`Fault`].
pub async fn leave(identity: &Identity, browser: &str, id: DepartureId, key: &str) -> Result<Option<Leaving>, Fault> {
    let provider = providers::find(&mut identity.store.read().await?, key).await?;
    let Some(provider) = provider.filter(|provider| !provider.disabled) else { return Ok(None) };
    let secret = identity.ambient.bytes::<32>();
    let input = (id, SecretHash::of(browser), provider.id, secret, identity.ambient.now());
    let left = identity
        .store
        .write::<_, _, StoreError, _>(input, |tx, (id, browser, provider, secret, now)| {
            Box::pin(write_leave(tx, (*id, browser, *provider), secret, *now))
        })
        .await?;
    let Some((id, sealed)) = left else { return Ok(None) };
    let id_token = identity.master_key.open(&logout_context(id), &sealed)?;
    let id_token = String::from_utf8_lossy(&id_token).into_owned();
    Ok(Some(Leaving { provider, id_token, state: Opaque::new(id, secret).expose() }))
}

/// The token is taken out with the row that is used: it is needed no more.
async fn write_leave(
    tx: &mut Tx,
    (departure, browser, provider): (DepartureId, &SecretHash, ProviderId),
    secret: &[u8; 32],
    now: Timestamp,
) -> Result<Option<(Uuid, Vec<u8>)>, StoreError> {
    let row: Option<(Uuid, Vec<u8>)> = tx
        .maybe(
            "SELECT id, sealed FROM upstream_logout
             WHERE departure_id = $1 AND browser_hash = $2 AND provider_id = $3 AND left_at IS NULL AND expires_at > $4",
            params![departure, browser, provider, now],
        )
        .await?;
    let Some((id, sealed)) = row else { return Ok(None) };
    let used = tx
        .execute(
            "UPDATE upstream_logout SET left_at = $2, secret_hash = $3, sealed = NULL WHERE id = $1 AND left_at IS NULL",
            params![id, now, Opaque::new(id, *secret).hash()],
        )
        .await?;
    Ok((used == 1).then_some((id, sealed)))
}

/// The browser is back: which sign-out goes on. The `state` counts once, in the browser that left with it.
///
/// # Errors
/// [`Fault`].
pub async fn back_from_logout(identity: &Identity, browser: &str, state: &str) -> Result<Option<DepartureId>, Fault> {
    let Some(state) = Opaque::parse(state) else { return Ok(None) };
    let input = (state, SecretHash::of(browser), identity.ambient.now());
    let row: Option<(DepartureId,)> = identity
        .store
        .write::<_, _, StoreError, _>(input, |tx, (state, browser, now)| {
            Box::pin(tx.maybe(
                "UPDATE upstream_logout SET returned_at = $4
                 WHERE id = $1 AND secret_hash = $2 AND browser_hash = $3 AND left_at IS NOT NULL
                    AND returned_at IS NULL AND expires_at > $4
                 RETURNING departure_id",
                params![state.id(), state.hash(), browser, now],
            ))
        })
        .await?;
    Ok(row.map(|(departure,)| departure))
}
