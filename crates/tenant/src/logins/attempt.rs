use std::time::Duration;

use ambient::{Ambient, SecretHash, Timestamp};
use store::{StoreError, TenantRead, TenantStore, params};

use super::ReturnTo;
use crate::Context;

/// How long the identity server may take. Whoever signs up on the way and follows the mail later begins anew, and need not
/// sign in again: every attempt is a row that a stranger makes.
pub const LIFETIME: Duration = Duration::from_hours(1);

/// How many sign-ins one network may have begun and not finished within [`UNFINISHED_WITHIN`]: many people may share one.
/// Whoever comes back gives their place free.
pub const MOST_UNFINISHED: i64 = 500;
/// See [`MOST_UNFINISHED`].
pub const UNFINISHED_WITHIN: Duration = Duration::from_mins(10);

/// How far the identity server's clock may be behind ours, and its seconds are whole.
const SKEW: Duration = Duration::from_mins(1);

/// What a sign-in is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// To come in: whatever session the identity server has will do.
    Any,
    /// To prove once more, now, who one is (IN-05).
    Fresh,
    /// To come in after all: the first time, the identity server had not heard of a switch of provider. There is no third time.
    OnceMore,
}

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
    /// When it began.
    pub set_out: Timestamp,
    /// No proof from before this moment will do (IN-05).
    pub proof_from: Option<Timestamp>,
    /// Whether this is the second try ([`Proof::OnceMore`]).
    pub once_more: bool,
}

impl Attempt {
    /// Whether a proof of that moment, which an ID token states, will do. Whoever asked for a fresh one is told when it was, or
    /// it was not asked for in vain (OIDC Core §3.1.3.7, 11).
    #[must_use]
    pub fn accepts(&self, auth_time: Option<Timestamp>) -> bool {
        self.proof_from.is_none_or(|from| is_fresh(auth_time, from))
    }
}

/// Whether a proof is of this moment or later, as far as two servers' clocks agree.
pub(super) fn is_fresh(auth_time: Option<Timestamp>, from: Timestamp) -> bool {
    auth_time.is_some_and(|at| at.plus(SKEW) >= from)
}

fn seal_context(state: &SecretHash) -> String {
    format!("login attempt {}", jose::base64url(state.as_bytes()))
}

/// Who begins: the browser that holds this cookie, in this network ([`ambient::network`]).
#[derive(Debug, Clone, Copy)]
pub struct Beginner<'a> {
    /// The cookie.
    pub browser: &'a str,
    /// The network.
    pub network: &'a str,
    /// What it is for.
    pub proof: Proof,
}

/// Writes an attempt down; `None` if the network has begun too many without finishing them (REL-19).
///
/// # Errors
/// What the database says.
pub async fn begin(
    store: &TenantStore,
    context: &Context,
    Beginner { browser, network, proof }: Beginner<'_>,
    return_to: &ReturnTo,
) -> Result<Option<Begun>, StoreError> {
    let network = network_hash(context, network);
    // Asked by a reader, so that a flood is refused without the writer: some at once may be a few too many.
    if unfinished(store, context, &network).await? >= MOST_UNFINISHED {
        return Ok(None);
    }
    let begun = fresh(&context.ambient);
    let state = SecretHash::of(&begun.state);
    let secrets = format!("{} {}", begun.nonce, begun.verifier);
    let sealed = context.master_key.seal(&seal_context(&state), secrets.as_bytes(), &context.ambient);
    let proof_from = (proof == Proof::Fresh).then_some(context.now);
    let (to, kind) = (return_to.as_str().to_owned(), (proof_from, proof == Proof::OnceMore));
    let row = (state, SecretHash::of(browser), sealed, to, network, kind, context.now);
    store
        .write(row, |mut tx, (state, browser, sealed, return_to, network, (proof_from, once_more), now)| {
            Box::pin(async move {
                tx.execute(
                    "INSERT INTO login_attempt
                       (tenant_id, state_hash, browser_hash, secrets, return_to, network_hash, created_at, expires_at, proof_from,
                        once_more)
                     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
                    params![state, browser, sealed, return_to, network, now, now.plus(LIFETIME), proof_from, once_more],
                )
                .await
            })
        })
        .await?;
    Ok(Some(begun))
}

async fn unfinished(store: &TenantStore, context: &Context, network: &SecretHash) -> Result<i64, StoreError> {
    let sql = "SELECT COUNT(*) FROM login_attempt
               WHERE tenant_id = $1 AND network_hash = $2 AND created_at > $3 AND consumed_at IS NULL";
    let since = context.now.minus(UNFINISHED_WITHIN);
    Ok(store.read().await?.one::<(i64,)>(sql, params![network, since]).await?.0)
}

/// Keyed: there are few enough addresses to try them all.
fn network_hash(context: &Context, network: &str) -> SecretHash {
    let key = context.master_key.derive("networks that begin sign-ins");
    SecretHash::of(&format!("{} {network}", jose::base64url(&key)))
}

fn fresh(ambient: &Ambient) -> Begun {
    Begun {
        state: ambient.identifier(),
        nonce: ambient.identifier(),
        // 256 bits, 43 characters of the unreserved set (RFC 7636 §4.1).
        verifier: jose::base64url(&ambient.bytes::<32>()),
    }
}

#[derive(sqlx::FromRow)]
struct Row {
    secrets: Vec<u8>,
    return_to: String,
    created_at: Timestamp,
    proof_from: Option<Timestamp>,
    once_more: bool,
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
    let row: Option<Row> = store
        .write((state.clone(), SecretHash::of(browser), context.now), |mut tx, (state, browser, now)| {
            Box::pin(async move {
                tx.maybe(
                    "UPDATE login_attempt SET consumed_at = $4
                     WHERE tenant_id = $1 AND state_hash = $2 AND browser_hash = $3 AND consumed_at IS NULL
                       AND expires_at > $4
                     RETURNING secrets, return_to, created_at, proof_from, once_more",
                    params![state, browser, now],
                )
                .await
            })
        })
        .await?;
    let Some(Row { secrets: sealed, return_to, created_at: set_out, proof_from, once_more }) = row else {
        return Ok(None);
    };
    let damaged = || StoreError::Damaged("a login attempt".to_owned());
    let secrets = context.master_key.open(&seal_context(&state), &sealed).map_err(|_| damaged())?;
    let secrets = std::str::from_utf8(&secrets).map_err(|_| damaged())?;
    let (nonce, verifier) = secrets.split_once(' ').ok_or_else(damaged)?;
    let (nonce, verifier) = (nonce.to_owned(), verifier.to_owned());
    Ok(Some(Attempt { nonce, verifier, return_to: ReturnTo::parse(&return_to), set_out, proof_from, once_more }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn in_05_an_old_proof_does_not_answer_the_question_for_a_fresh_one() {
        let from = Timestamp::from_seconds(10_000);
        let attempt = |proof_from| Attempt {
            nonce: String::new(),
            verifier: String::new(),
            return_to: ReturnTo::home(),
            set_out: from,
            proof_from,
            once_more: false,
        };
        let at = |seconds| Some(Timestamp::from_seconds(seconds));
        let table = [(at(10_000), true), (at(10_030), true), (at(9_940), true), (at(9_939), false), (None, false)];
        for (auth_time, accepted) in table {
            assert_eq!(attempt(Some(from)).accepts(auth_time), accepted, "{auth_time:?}");
            assert!(attempt(None).accepts(auth_time), "{auth_time:?}");
        }
    }
}
