//! Tenants' pictures. The identity server tells a hash; the picture is asked for afterwards, and shown once it is here. Until
//! then the one before stays, or the icon.
//!
//! ```text
//! told: a hash ──▶ wanted_logo ──(fetched, and it has that hash)──▶ logo, served_logo
//! told: none   ──▶ logo and wanted_logo are empty, the picture is gone
//! ```

use sqlx::FromRow;
use store::{Conn, Store, StoreError, Tx, params};
use uuid::Uuid;

use super::Served;
use super::changes::next_change;

/// How many are asked for with one renewal of the lease.
const AT_ONCE: i64 = 20;

/// Notes which picture a tenant has from now on; answers with the one that is shown.
///
/// # Errors
/// The database's.
pub async fn want_logo(tx: &mut Tx, tenant: Uuid, hash: Option<&str>) -> Result<Option<String>, StoreError> {
    let Some(hash) = hash else {
        tx.execute("UPDATE served_tenant SET logo = NULL, wanted_logo = NULL WHERE id = $1", params![tenant]).await?;
        tx.execute("DELETE FROM served_logo WHERE tenant_id = $1", params![tenant]).await?;
        return Ok(None);
    };
    let row: Option<(Option<String>,)> = tx
        .maybe(
            "UPDATE served_tenant SET wanted_logo = CASE WHEN logo = $2 THEN NULL ELSE $2 END WHERE id = $1 RETURNING logo",
            params![tenant, hash],
        )
        .await?;
    Ok(row.and_then(|(logo,)| logo))
}

/// A picture that is not here yet.
#[derive(Debug, Clone, PartialEq, Eq, FromRow)]
pub struct Wanted {
    /// Whose.
    pub id: Uuid,
    /// Its hash.
    pub wanted_logo: String,
}

/// The pictures that an identity server has told of and that are not here yet; the first twenty.
///
/// # Errors
/// The database's.
pub async fn wanted(conn: &mut Conn, issuer: &str) -> Result<Vec<Wanted>, StoreError> {
    conn.all(
        "SELECT id, wanted_logo FROM served_tenant WHERE issuer = $1 AND wanted_logo IS NOT NULL ORDER BY id LIMIT $2",
        params![issuer, AT_ONCE],
    )
    .await
}

/// A picture.
#[derive(Debug, Clone, FromRow)]
pub struct Logo {
    /// `image/png` or the like.
    pub media_type: String,
    /// All of it.
    pub bytes: Vec<u8>,
}

/// Keeps a picture, if it is still the one that is wanted; answers with the tenant that shows it from now on.
///
/// # Errors
/// The database's.
pub async fn keep_logo(store: &Store, wanted: Wanted, logo: Logo) -> Result<Option<Served>, StoreError> {
    store
        .write((wanted, logo), |tx, (wanted, logo)| {
            Box::pin(async move {
                let number = next_change(tx).await?;
                let served: Option<Served> = tx
                    .maybe(
                        "UPDATE served_tenant SET logo = wanted_logo, wanted_logo = NULL, changed = $3
                         WHERE id = $1 AND wanted_logo = $2
                         RETURNING id, slug, base_url, name, blueprint, issuer, client_id, icon, accent, terms_url,
                             privacy_url, logo, standing, version, opened_at IS NOT NULL AS marked, changed",
                        params![wanted.id, wanted.wanted_logo, number],
                    )
                    .await?;
                if served.is_some() {
                    tx.execute(
                        "INSERT INTO served_logo (tenant_id, hash, media_type, bytes) VALUES ($1, $2, $3, $4)
                         ON CONFLICT (tenant_id) DO UPDATE SET
                            hash = excluded.hash, media_type = excluded.media_type, bytes = excluded.bytes",
                        params![wanted.id, wanted.wanted_logo, logo.media_type, logo.bytes],
                    )
                    .await?;
                }
                Ok(served)
            })
        })
        .await
}

/// The identity server has no such picture (any more): if it has another one, it tells.
///
/// # Errors
/// The database's.
pub async fn forget_wanted(store: &Store, wanted: Wanted) -> Result<(), StoreError> {
    let sql = "UPDATE served_tenant SET wanted_logo = NULL WHERE id = $1 AND wanted_logo = $2";
    store
        .write(wanted, move |tx, wanted| {
            Box::pin(async move { tx.execute(sql, params![wanted.id, wanted.wanted_logo]).await.map(|_| ()) })
        })
        .await
}

/// A tenant's picture, if it has this hash.
///
/// # Errors
/// The database's.
pub async fn logo(conn: &mut Conn, tenant: Uuid, hash: &str) -> Result<Option<Logo>, StoreError> {
    let sql = "SELECT media_type, bytes FROM served_logo WHERE tenant_id = $1 AND hash = $2";
    conn.maybe(sql, params![tenant, hash]).await
}
