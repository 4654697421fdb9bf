//! The keys that sign: publish → sign → retire.
//!
//! ```text
//! created_at ──▶ sign_from ───────────▶ sign_until ──▶ retire_at
//!   listed         signs                  listed          gone
//! ```
//! A key is listed before it signs, so that whoever caches the list knows it in time, and stays listed until all it signed
//! has expired. Keys rest sealed in the database, shared by all nodes; each node keeps them parsed.

mod schedule;

use std::sync::{Arc, RwLock};

use ambient::Timestamp;
use audit::{Actor, Entry};
use jose::{Algorithm, Jwk, JwkSet, SigningKey};
use serde::Serialize;
use store::{Conn, MasterKey, PLATFORM, StoreError, params};

use crate::{Fault, Identity};

pub use schedule::{KeyTimes, due};

/// The parsed keys of this node, replaced as a whole when they change.
#[derive(Clone, Default)]
pub struct KeyRing(Arc<RwLock<Arc<Ring>>>);

/// One state of the ring.
#[derive(Default)]
pub struct Ring {
    signing: Vec<Arc<SigningKey>>,
    /// What `/jwks` lists.
    pub published: JwkSet,
    /// The same as prepared bytes.
    pub document: Arc<str>,
}

#[derive(sqlx::FromRow)]
struct Row {
    kid: String,
    algorithm: String,
    sealed: Vec<u8>,
    public_jwk: String,
    #[sqlx(flatten)]
    times: KeyTimes,
}

impl KeyRing {
    /// The current state.
    #[must_use]
    pub fn current(&self) -> Arc<Ring> {
        self.0.read().map(|ring| Arc::clone(&ring)).unwrap_or_default()
    }

    /// The algorithms that a key signs with at the moment.
    #[must_use]
    pub fn algorithms(&self) -> Vec<Algorithm> {
        self.current().signing.iter().map(|key| key.algorithm()).collect()
    }

    /// Signs with the current key of an algorithm.
    ///
    /// # Errors
    /// [`Fault::Defect`] when there is none: the ring was not loaded.
    pub fn sign(&self, algorithm: Algorithm, typ: &str, claims: &impl Serialize) -> Result<String, Fault> {
        let ring = self.current();
        let key = ring
            .signing
            .iter()
            .find(|key| key.algorithm() == algorithm)
            .ok_or_else(|| Fault::Defect(format!("no {} key signs at the moment", algorithm.name())))?;
        Ok(key.sign(typ, claims)?)
    }
}

/// Makes the keys that are due, loads all, and publishes them. Run at start and then every hour.
///
/// # Errors
/// [`Fault`]; a wrong master key is [`Fault::Seal`].
pub async fn rotate(identity: &Identity) -> Result<(), Fault> {
    let now = identity.ambient.now();
    for algorithm in Algorithm::ALL {
        let times = times(&mut identity.store.read().await?, *algorithm, now).await?;
        if let Some(times) = due(&times, now) {
            make(identity, *algorithm, times).await?;
        }
    }
    load(identity, now).await
}

async fn times(conn: &mut Conn, algorithm: Algorithm, now: Timestamp) -> Result<Vec<KeyTimes>, StoreError> {
    conn.all(
        "SELECT created_at, sign_from, sign_until, retire_at FROM signing_key WHERE algorithm = $1 AND sign_until > $2",
        params![algorithm.name(), now],
    )
    .await
}

async fn make(identity: &Identity, algorithm: Algorithm, times: KeyTimes) -> Result<(), Fault> {
    let ambient = identity.ambient.clone();
    let key = tokio::task::spawn_blocking(move || SigningKey::generate(algorithm, &ambient))
        .await
        .map_err(|error| Fault::Defect(error.to_string()))??;
    let jwk = serde_json::to_string(&key.public_jwk()?)?;
    let sealed = identity.master_key.seal(&context(key.kid()), &key.to_pkcs8()?, &identity.ambient);
    let entry = Entry::new(&identity.ambient, Actor::System, "key.made")
        .on("signing_key", key.kid())
        .detail(serde_json::json!({ "algorithm": algorithm.name(), "signs_from": times.sign_from.to_rfc3339() }));
    let input = (key.kid().to_owned(), sealed, jwk, entry);
    identity
        .store
        .write::<_, _, StoreError, _>(input, move |tx, (kid, sealed, jwk, entry)| {
            Box::pin(async move {
                // Another node may have been faster: the same gap is filled once.
                let made = tx.execute(
                    "INSERT INTO signing_key (kid, algorithm, sealed, public_jwk, created_at, sign_from, sign_until, retire_at)
                     SELECT $1, $2, $3, $4, $5, $6, $7, $8
                     WHERE NOT EXISTS (SELECT 1 FROM signing_key WHERE algorithm = $2 AND sign_until >= $7)",
                    params![
                        kid,
                        algorithm.name(),
                        sealed,
                        jwk,
                        times.created_at,
                        times.sign_from,
                        times.sign_until,
                        times.retire_at
                    ],
                )
                .await?;
                if made == 1 {
                    audit::record(&mut tx.scoped(PLATFORM), entry).await?;
                }
                Ok(())
            })
        })
        .await?;
    Ok(())
}

/// A signing key, as the operator sees it.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct KeyLine {
    /// Its id in JWS headers and at `/jwks`.
    pub kid: String,
    /// What it signs with.
    pub algorithm: String,
    /// The moments of its life.
    #[sqlx(flatten)]
    pub times: KeyTimes,
}

/// The keys that are not retired, the newest first: a handful for each algorithm.
///
/// # Errors
/// The database's.
pub async fn list(conn: &mut Conn, now: Timestamp) -> Result<Vec<KeyLine>, StoreError> {
    conn.all(
        "SELECT kid, algorithm, created_at, sign_from, sign_until, retire_at FROM signing_key
         WHERE retire_at > $1 ORDER BY algorithm, sign_from DESC, kid LIMIT 200",
        params![now],
    )
    .await
}

async fn load(identity: &Identity, now: Timestamp) -> Result<(), Fault> {
    let rows: Vec<Row> = identity
        .store
        .read()
        .await?
        .all(
            "SELECT kid, algorithm, sealed, public_jwk, created_at, sign_from, sign_until, retire_at
             FROM signing_key WHERE retire_at > $1 ORDER BY sign_from DESC, kid",
            params![now],
        )
        .await?;
    let mut ring = Ring::default();
    for row in rows {
        ring.published.keys.push(serde_json::from_str::<Jwk>(&row.public_jwk)?);
        if row.times.signs_at(now) {
            ring.signing.push(Arc::new(open(&identity.master_key, &row)?));
        }
    }
    ring.document = serde_json::to_string(&ring.published)?.into();
    if let Ok(mut current) = identity.keys.0.write() {
        *current = Arc::new(ring);
    }
    Ok(())
}

fn open(master_key: &MasterKey, row: &Row) -> Result<SigningKey, Fault> {
    let algorithm =
        Algorithm::named(&row.algorithm).ok_or_else(|| Fault::Defect(format!("key of algorithm {}", row.algorithm)))?;
    let pkcs8 = master_key.open(&context(&row.kid), &row.sealed)?;
    Ok(SigningKey::from_pkcs8(row.kid.clone(), algorithm, &pkcs8)?)
}

fn context(kid: &str) -> String {
    format!("signing_key/{kid}")
}
