use std::time::Duration;

use ambient::{Ambient, SecretHash};
use store::{StoreError, TenantRead, TenantStore, params};

use super::ReturnTo;
use crate::Context;

/// How long the identity server may take: someone who signs up on the way waits for a mail and follows it within a day.
pub const LIFETIME: Duration = Duration::from_hours(25);

/// What an authorization request carries.
#[derive(Debug, Clone)]
pub struct Begun {
    /// `state`.
    pub state: String,
    /// `nonce`.
    pub nonce: String,
    /// The PKCE verifier (RFC 7636 §4.1); its challenge travels.
    pub verifier: String,
}

/// An attempt that has come back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// The nonce that the ID token must carry.
    pub nonce: String,
    /// The PKCE verifier for the token request.
    pub verifier: String,
    /// Where to go then.
    pub return_to: ReturnTo,
}

fn seal_context(state: &SecretHash) -> String {
    format!("login attempt {}", jose::base64url(state.as_bytes()))
}

/// Writes an attempt down, for the browser that holds the cookie `browser`.
///
/// # Errors
/// What the database says.
pub async fn begin(
    store: &TenantStore,
    context: &Context,
    browser: &str,
    return_to: &ReturnTo,
) -> Result<Begun, StoreError> {
    let begun = fresh(&context.ambient);
    let state = SecretHash::of(&begun.state);
    let secrets = format!("{} {}", begun.nonce, begun.verifier);
    let sealed = context.master_key.seal(&seal_context(&state), secrets.as_bytes(), &context.ambient);
    let row = (state, SecretHash::of(browser), sealed, return_to.as_str().to_owned(), context.now);
    store
        .write(row, |mut tx, (state, browser, sealed, return_to, now)| {
            Box::pin(async move {
                tx.execute(
                    "INSERT INTO login_attempt
                       (tenant_id, state_hash, browser_hash, secrets, return_to, created_at, expires_at)
                     VALUES ($1, $2, $3, $4, $5, $6, $7)",
                    params![state, browser, sealed, return_to, now, now.plus(LIFETIME)],
                )
                .await
            })
        })
        .await?;
    Ok(begun)
}

fn fresh(ambient: &Ambient) -> Begun {
    Begun {
        state: ambient.identifier(),
        nonce: ambient.identifier(),
        // 256 bits, 43 characters of the unreserved set (RFC 7636 §4.1).
        verifier: jose::base64url(&ambient.bytes::<32>()),
    }
}

/// Consumes the attempt of that `state`: once, in time, and only in the browser that began it (OA-08, LK-02). Anything
/// else is `None`, and leaves the attempt as it is for the browser that it belongs to.
///
/// # Errors
/// What the database says; [`StoreError::Damaged`] if the row was sealed under another key.
pub async fn consume(
    store: &TenantStore,
    context: &Context,
    browser: &str,
    state: &str,
) -> Result<Option<Attempt>, StoreError> {
    let state = SecretHash::of(state);
    let row: Option<(Vec<u8>, String)> = store
        .write((state.clone(), SecretHash::of(browser), context.now), |mut tx, (state, browser, now)| {
            Box::pin(async move {
                tx.maybe(
                    "UPDATE login_attempt SET consumed_at = $4
                     WHERE tenant_id = $1 AND state_hash = $2 AND browser_hash = $3 AND consumed_at IS NULL
                       AND expires_at > $4
                     RETURNING secrets, return_to",
                    params![state, browser, now],
                )
                .await
            })
        })
        .await?;
    let Some((sealed, return_to)) = row else { return Ok(None) };
    let damaged = || StoreError::Damaged("a login attempt".to_owned());
    let secrets = context.master_key.open(&seal_context(&state), &sealed).map_err(|_| damaged())?;
    let secrets = std::str::from_utf8(&secrets).map_err(|_| damaged())?;
    let (nonce, verifier) = secrets.split_once(' ').ok_or_else(damaged)?;
    Ok(Some(Attempt { nonce: nonce.to_owned(), verifier: verifier.to_owned(), return_to: ReturnTo::parse(&return_to) }))
}
