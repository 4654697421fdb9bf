use std::time::Duration;

use ambient::{Opaque, SecretHash, Timestamp};
use store::{StoreError, params};

use super::{UpstreamLoginId, Waiting};
use crate::accounts::AccountId;
use crate::authorize::InteractionId;
use crate::providers::{self, Provider, ProviderId};
use crate::recovery;
use crate::sessions::{PLATFORM_PROVIDER, Session};
use crate::{Fault, Identity};

/// How long a person may take at the provider, and after it.
const LIFETIME: Duration = Duration::from_secs(60 * 60);

/// How often one request may be taken to a provider: whoever begins again and again begins another, and those are counted by network.
const MOST_OF_REQUEST: i64 = 20;

/// What an authorization request to a provider carries.
#[derive(Debug, Clone)]
pub struct Begun {
    /// `state`.
    pub state: String,
    /// `nonce`.
    pub nonce: String,
    /// The PKCE verifier (RFC 7636 §4.1); its challenge travels.
    pub verifier: String,
}

/// Whether a browser may be sent to a provider.
#[derive(Debug, Clone)]
pub enum Leave {
    /// With this.
    Granted(Begun),
    /// That interaction was taken to providers too often.
    TooOften,
    /// To link, by somebody who has proved themselves by a password that a tenant refuses until it is changed: whoever knows no more
    /// than that makes no further way in (DESIGN §4.9).
    PasswordRefused,
}

/// A login that has come back.
#[derive(Debug, Clone)]
pub struct Away {
    /// Its row.
    pub id: UpstreamLoginId,
    /// Where it was.
    pub provider: Provider,
    /// The request that waits.
    pub interaction: InteractionId,
    /// Whose identity it is to become, and under which credential epoch; none: a sign-in.
    pub linking: Option<(AccountId, i64)>,
    /// The link that it is to prove, which waits, and the credential epoch of its candidate.
    pub proves: Option<(UpstreamLoginId, i64)>,
    /// The provider's version when it began.
    pub(crate) version: i64,
    /// What the ID token must carry.
    pub nonce: String,
    /// For the token request.
    pub verifier: String,
}

/// What a browser is sent to a provider for.
#[derive(Debug, Clone, Copy)]
pub enum Errand<'a> {
    /// To sign in.
    SignIn,
    /// To link an identity to the account of somebody who has just proved who they are.
    Link(&'a Session),
    /// To prove a link that waits, by another provider than the one that it waits for (DESIGN §4.1). It signs nobody in, and proves
    /// nothing else.
    Proof(&'a Waiting),
}

/// What came of a `state`.
#[derive(Debug)]
pub enum Returned {
    /// It is this browser's, and is used now.
    Here(Box<Away>),
    /// Unknown, used, too old, another browser's (LK-02), or another provider's (LK-09). It stays as it is for whom it
    /// belongs to.
    Over,
}

/// Writes down that a browser is sent to a provider, and what for.
///
/// # Errors
/// [`Fault`].
pub async fn begin(
    identity: &Identity,
    provider: &Provider,
    browser: &str,
    interaction: InteractionId,
    errand: Errand<'_>,
) -> Result<Leave, Fault> {
    let (linking, proves, epoch) = match errand {
        Errand::SignIn => (None, None, None),
        Errand::Link(session) => (Some(session.account.id), None, Some(session.account.epoch)),
        Errand::Proof(waiting) => (None, Some(waiting.id), waiting.candidate.map(|(_, epoch)| epoch)),
    };
    let by_password = match errand {
        Errand::Link(session) => session.proof(None).is_some_and(|proof| proof.provider == PLATFORM_PROVIDER),
        Errand::SignIn | Errand::Proof(_) => false,
    };
    let state = identity.ambient.opaque();
    let begun = Begun {
        state: state.expose(),
        nonce: identity.ambient.identifier(),
        // 256 bits, 43 characters of the unreserved set (RFC 7636 §4.1).
        verifier: jose::base64url(&identity.ambient.bytes::<32>()),
    };
    let secrets = format!("{} {}", begun.nonce, begun.verifier);
    let sealed = identity.master_key.seal(&context(&state), secrets.as_bytes(), &identity.ambient);
    let now = identity.ambient.now();
    let row = params![
        state.id(),
        state.hash(),
        provider.id,
        provider.version,
        SecretHash::of(browser),
        interaction,
        linking,
        epoch,
        proves,
        sealed,
        now,
        now.plus(LIFETIME)
    ];
    let input = (interaction, linking.filter(|_| by_password), row, begun);
    let left = identity.store.write::<_, _, StoreError, _>(input, |tx, (interaction, by_password, row, begun)| {
        Box::pin(async move {
            if let Some(account) = by_password
                && recovery::is_refused(tx, None, *account).await?
            {
                return Ok(Leave::PasswordRefused);
            }
            let (so_far,): (i64,) = tx
                .one("SELECT COUNT(*) FROM upstream_login WHERE interaction_id = $1", params![*interaction])
                .await?;
            if so_far >= MOST_OF_REQUEST {
                return Ok(Leave::TooOften);
            }
            tx.execute(
                "INSERT INTO upstream_login (id, secret_hash, provider_id, version, browser_hash, interaction_id, linking,
                     epoch, proves, sealed, created_at, expires_at)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
                row.clone(),
            )
            .await?;
            Ok(Leave::Granted(begun.clone()))
        })
    });
    Ok(left.await?)
}

fn context(state: &Opaque) -> String {
    format!("upstream login {}", state.id())
}

#[derive(sqlx::FromRow)]
struct Row {
    provider_id: ProviderId,
    version: i64,
    interaction_id: InteractionId,
    linking: Option<AccountId>,
    epoch: Option<i64>,
    proves: Option<UpstreamLoginId>,
    sealed: Vec<u8>,
}

/// Uses a `state`: once, in time, in the browser that began, and at the callback of the provider that it was made for.
///
/// # Errors
/// [`Fault`].
pub async fn consume(identity: &Identity, key: &str, browser: &str, state: &str) -> Result<Returned, Fault> {
    let Some(state) = Opaque::parse(state) else { return Ok(Returned::Over) };
    let input = (state.clone(), SecretHash::of(browser), key.to_owned(), identity.ambient.now());
    let row: Option<Row> = identity
        .store
        .write::<_, _, StoreError, _>(
            input,
            |tx, (state, browser, key, now): &(Opaque, SecretHash, String, Timestamp)| {
                Box::pin(tx.maybe(
                    "UPDATE upstream_login SET returned_at = $4
                 WHERE id = $1 AND secret_hash = $2 AND browser_hash = $3 AND returned_at IS NULL AND finished_at IS NULL
                     AND expires_at > $4
                     AND provider_id = (SELECT id FROM provider WHERE key = $5)
                 RETURNING provider_id, version, interaction_id, linking, epoch, proves, sealed",
                    params![state.id(), state.hash(), browser, now, key],
                ))
            },
        )
        .await?;
    let Some(row) = row else { return Ok(Returned::Over) };
    let provider = providers::find_by_id(&mut identity.store.read().await?, row.provider_id).await?;
    let Some(provider) = provider else { return Ok(Returned::Over) };
    let secrets = identity.master_key.open(&context(&state), &row.sealed)?;
    let secrets = String::from_utf8_lossy(&secrets).into_owned();
    let (nonce, verifier) = secrets.split_once(' ').ok_or_else(|| Fault::Defect("upstream secrets".to_owned()))?;
    Ok(Returned::Here(Box::new(Away {
        id: UpstreamLoginId(state.id()),
        provider,
        interaction: row.interaction_id,
        linking: row.linking.zip(row.epoch),
        proves: row.proves.zip(row.epoch),
        version: row.version,
        nonce: nonce.to_owned(),
        verifier: verifier.to_owned(),
    })))
}
