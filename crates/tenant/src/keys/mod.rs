//! The tenant's own signing key, by which it proves itself to the identity server (`private_key_jwt`, OIDC Core §9).

use ambient::Ambient;
use jose::{Algorithm, Jwk, KeyError, SigningKey};
use serde::Serialize;
use store::{MasterKey, StoreError, TenantRead, TenantStore, params};

/// How long an assertion is good for, in seconds.
const ASSERTION_LIVES: i64 = 60;

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
pub enum ClientKeyError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The key.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// It was sealed under another master key.
    #[error("the client key {0} cannot be opened: the master key is another one than it was sealed under")]
    Sealed(String),
}

fn seal_context(kid: &str) -> String {
    format!("tenant client key {kid}")
}

/// Takes a key in that was made before the tenant had a database: it is current from now on.
///
/// # Errors
/// [`ClientKeyError`].
pub async fn adopt(
    store: &TenantStore,
    master: &MasterKey,
    ambient: &Ambient,
    key: &SigningKey,
) -> Result<(), ClientKeyError> {
    let public = serde_json::to_string(&key.public_jwk()?).unwrap_or_default();
    let sealed = master.seal(&seal_context(key.kid()), &key.to_pkcs8()?, ambient);
    let row = (key.kid().to_owned(), public, sealed, ambient.now());
    store
        .write::<_, _, StoreError, _>(row, |mut tx, (kid, public, sealed, now)| {
            Box::pin(async move {
                // The newest is the one in use, and another node's clock may be ahead of this one's.
                tx.execute(
                    "INSERT INTO client_key (tenant_id, kid, public_jwk, private, created_at)
                     SELECT $1, $2, $3, $4, CASE WHEN $5 > newest THEN $5 ELSE newest + 1 END
                     FROM (SELECT COALESCE(MAX(created_at), 0) AS newest FROM client_key WHERE tenant_id = $1) AS known",
                    params![kid, public, sealed, now],
                )
                .await
            })
        })
        .await?;
    Ok(())
}

/// The current key; made at the first call. Of two processes that make one at once, one is kept, and both get it.
///
/// # Errors
/// [`ClientKeyError`].
pub async fn current(store: &TenantStore, master: &MasterKey, ambient: &Ambient) -> Result<SigningKey, ClientKeyError> {
    if let Some(key) = read(store, master).await? {
        return Ok(key);
    }
    let key = SigningKey::generate(Algorithm::ES256, ambient)?;
    let public = serde_json::to_string(&key.public_jwk()?).unwrap_or_default();
    let sealed = master.seal(&seal_context(key.kid()), &key.to_pkcs8()?, ambient);
    let row = (key.kid().to_owned(), public, sealed, ambient.now());
    store
        .write(row, |mut tx, (kid, public, sealed, now)| {
            Box::pin(async move {
                tx.execute(
                    "INSERT INTO client_key (tenant_id, kid, public_jwk, private, created_at)
                     SELECT $1, $2, $3, $4, $5 WHERE NOT EXISTS (SELECT 1 FROM client_key WHERE tenant_id = $1)",
                    params![kid, public, sealed, now],
                )
                .await
            })
        })
        .await?;
    let kept = read(store, master).await?;
    kept.ok_or_else(|| StoreError::Damaged("the client key that was just made is not there".to_owned()).into())
}

async fn read(store: &TenantStore, master: &MasterKey) -> Result<Option<SigningKey>, ClientKeyError> {
    let sql = "SELECT kid, private FROM client_key WHERE tenant_id = $1 ORDER BY created_at DESC, kid LIMIT 1";
    let row: Option<(String, Vec<u8>)> = store.read().await?.maybe(sql, params![]).await?;
    let Some((kid, sealed)) = row else { return Ok(None) };
    let der = master.open(&seal_context(&kid), &sealed).map_err(|_| ClientKeyError::Sealed(kid.clone()))?;
    Ok(Some(SigningKey::from_pkcs8(kid, Algorithm::ES256, &der)?))
}

/// The public half, to be registered at the identity server.
///
/// # Errors
/// [`KeyError`] if the library's own encoding cannot be read.
pub fn public(key: &SigningKey) -> Result<Jwk, KeyError> {
    key.public_jwk()
}

#[derive(Serialize)]
struct Assertion<'a> {
    iss: &'a str,
    sub: &'a str,
    aud: &'a str,
    jti: String,
    iat: i64,
    exp: i64,
}

/// A client assertion (RFC 7523 §3): who we are, for this issuer alone, for a minute, used once.
///
/// # Errors
/// [`KeyError`] if the library fails.
pub fn assertion(key: &SigningKey, client_id: &str, issuer: &str, ambient: &Ambient) -> Result<String, KeyError> {
    let iat = ambient.now().as_seconds();
    let claims = Assertion {
        iss: client_id,
        sub: client_id,
        aud: issuer,
        jti: ambient.identifier(),
        iat,
        exp: iat + ASSERTION_LIVES,
    };
    key.sign("JWT", &claims)
}
