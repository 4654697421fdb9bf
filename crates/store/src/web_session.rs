use std::fmt;

use ambient::{Ambient, SecretHash, Timestamp};
use async_trait::async_trait;
use tower_sessions::SessionStore;
use tower_sessions::session::{Id, Record};
use tower_sessions::session_store::{Error, Result};

use crate::{Store, StoreError, params};

/// The tower-sessions store: a record carries an id only (which one, its server knows); the truth about a session is the
/// server's own row. The cookie's value is stored as a hash (WEB-28).
///
/// It expects a table `web_session (id_hash BYTEA PRIMARY KEY, data TEXT, expires_at BIGINT)`.
#[derive(Clone)]
pub struct WebSessions {
    store: Store,
    ambient: Ambient,
}

impl WebSessions {
    /// Records live in `store`; ids come from `ambient`.
    #[must_use]
    pub const fn new(store: Store, ambient: Ambient) -> Self {
        Self { store, ambient }
    }

    /// Removes one batch of records that have expired; true if there may be more.
    ///
    /// # Errors
    /// What the database says.
    pub async fn forget_expired(&self) -> std::result::Result<bool, StoreError> {
        const BATCH: i64 = 1_000;
        let sql = "DELETE FROM web_session WHERE id_hash IN
            (SELECT id_hash FROM web_session WHERE expires_at < $1 ORDER BY expires_at LIMIT $2)";
        let work = self.store.write(self.ambient.now(), move |tx, now| {
            Box::pin(async move { tx.execute(sql, params![now, BATCH]).await })
        });
        let removed: std::result::Result<u64, StoreError> = work.await;
        Ok(removed? >= BATCH.unsigned_abs())
    }

    async fn put(&self, record: &Record) -> Result<()> {
        let data = serde_json::to_string(&record.data).map_err(|error| Error::Encode(error.to_string()))?;
        let expires_at = Timestamp::from_seconds(record.expiry_date.unix_timestamp());
        self.store
            .write((hash(&record.id), data, expires_at), |tx, (id, data, expires_at)| {
                Box::pin(async move {
                    tx.execute(
                        "INSERT INTO web_session (id_hash, data, expires_at) VALUES ($1, $2, $3)
                         ON CONFLICT (id_hash) DO UPDATE SET data = excluded.data, expires_at = excluded.expires_at",
                        params![id, data, expires_at],
                    )
                    .await
                })
            })
            .await
            .map_err(backend)?;
        Ok(())
    }
}

fn hash(id: &Id) -> SecretHash {
    SecretHash::of(&id.0.to_string())
}

#[expect(clippy::needless_pass_by_value, reason = "used as a function for map_err")]
fn backend(error: StoreError) -> Error {
    Error::Backend(error.to_string())
}

#[async_trait]
impl SessionStore for WebSessions {
    async fn create(&self, record: &mut Record) -> Result<()> {
        // 128 fresh random bits: an id that an attacker has set is never taken over (WEB-02).
        record.id = Id(i128::from_be_bytes(self.ambient.bytes()));
        self.put(record).await
    }

    async fn save(&self, record: &Record) -> Result<()> {
        self.put(record).await
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let row: Option<(String, i64)> = self
            .store
            .read()
            .await
            .map_err(backend)?
            .maybe("SELECT data, expires_at FROM web_session WHERE id_hash = $1", params![hash(id)])
            .await
            .map_err(backend)?;
        let Some((data, expires_at)) = row else { return Ok(None) };
        let expires_at = Timestamp::from_micros(expires_at);
        if expires_at <= self.ambient.now() {
            return Ok(None);
        }
        let data = serde_json::from_str(&data).map_err(|error| Error::Decode(error.to_string()))?;
        Ok(Some(Record { id: *id, data, expiry_date: expires_at.date() }))
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        self.store
            .write(hash(id), |tx, id| {
                Box::pin(async move { tx.execute("DELETE FROM web_session WHERE id_hash = $1", params![id]).await })
            })
            .await
            .map_err(backend)?;
        Ok(())
    }
}

impl fmt::Debug for WebSessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WebSessions")
    }
}
