use ambient::Ambient;
use jose::{Algorithm, SigningKey};
use store::{MasterKey, Store, StoreError, params};

use crate::keys::ClientKeyError;

fn seal_context(kid: &str) -> String {
    format!("tenant server key {kid}")
}

/// The server's own key; made at the first call. Of two processes on one database that make one at once, one is kept, and
/// both get it: they are the same server.
///
/// # Errors
/// [`ClientKeyError`].
pub async fn server_key(store: &Store, master: &MasterKey, ambient: &Ambient) -> Result<SigningKey, ClientKeyError> {
    if let Some(key) = read(store, master).await? {
        return Ok(key);
    }
    let key = SigningKey::generate(Algorithm::ES256, ambient)?;
    let sealed = master.seal(&seal_context(key.kid()), &key.to_pkcs8()?, ambient);
    store
        .write::<_, _, StoreError, _>((key.kid().to_owned(), sealed, ambient.now()), |tx, (kid, sealed, now)| {
            Box::pin(async move {
                tx.execute(
                    "INSERT INTO server_key (one, kid, private, created_at) VALUES (1, $1, $2, $3)
                     ON CONFLICT (one) DO NOTHING",
                    params![kid, sealed, now],
                )
                .await
            })
        })
        .await?;
    let kept = read(store, master).await?;
    kept.ok_or_else(|| StoreError::Damaged("the server key that was just made is not there".to_owned()).into())
}

async fn read(store: &Store, master: &MasterKey) -> Result<Option<SigningKey>, ClientKeyError> {
    let sql = "SELECT kid, private FROM server_key WHERE one = 1";
    let row: Option<(String, Vec<u8>)> = store.read().await?.maybe(sql, params![]).await?;
    let Some((kid, sealed)) = row else { return Ok(None) };
    let der = master.open(&seal_context(&kid), &sealed).map_err(|_| ClientKeyError::Sealed(kid.clone()))?;
    Ok(Some(SigningKey::from_pkcs8(kid, Algorithm::ES256, &der)?))
}
