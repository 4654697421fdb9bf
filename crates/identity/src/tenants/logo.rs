use ambient::content_hash;
use audit::{Actor, Entry};
use serde_json::json;
use store::{Conn, PLATFORM, StoreError, params};

use super::picture::{self, Unfit};
use super::{Picture, TenantId};
use crate::clients::ClientRowId;
use crate::{Fault, Identity};

struct Input {
    tenant: TenantId,
    hash: String,
    picture: Picture,
    bytes: Vec<u8>,
    entry: Entry,
}

/// Gives a tenant a picture as its logo, if it is fit to be one. Its server hears of it within a minute.
///
/// # Errors
/// [`Fault`].
pub async fn set_logo(
    identity: &Identity,
    actor: Actor,
    tenant: TenantId,
    bytes: Vec<u8>,
) -> Result<Result<(), Unfit>, Fault> {
    let picture = match picture::inspect(&bytes) {
        Ok(picture) => picture,
        Err(unfit) => return Ok(Err(unfit)),
    };
    let hash = content_hash(&bytes);
    let detail = json!({
        "hash": hash, "media_type": picture.media_type, "width": picture.width, "height": picture.height,
        "bytes": bytes.len(),
    });
    let entry = Entry::new(&identity.ambient, actor, "tenant.logo_changed").on("tenant", tenant).detail(detail);
    identity
        .store
        .write::<_, _, StoreError, _>(Input { tenant, hash, picture, bytes, entry }, |tx, input| {
            Box::pin(async move {
                let named = "UPDATE tenant SET logo = $2, version = version + 1, changed_at = $3
                     WHERE id = $1 AND deleted_at IS NULL";
                if tx.execute(named, params![input.tenant, input.hash, input.entry.at]).await? == 0 {
                    return Ok(());
                }
                tx.execute(
                    "INSERT INTO tenant_logo (tenant_id, hash, media_type, bytes) VALUES ($1, $2, $3, $4)
                     ON CONFLICT (tenant_id) DO UPDATE SET
                        hash = excluded.hash, media_type = excluded.media_type, bytes = excluded.bytes",
                    params![input.tenant, input.hash, input.picture.media_type, input.bytes],
                )
                .await?;
                audit::record(&mut tx.scoped(PLATFORM), &input.entry).await
            })
        })
        .await?;
    Ok(Ok(()))
}

/// Takes the picture away: the icon is the logo again.
///
/// # Errors
/// [`Fault`].
pub async fn remove_logo(identity: &Identity, actor: Actor, tenant: TenantId) -> Result<(), Fault> {
    let entry = Entry::new(&identity.ambient, actor, "tenant.logo_removed").on("tenant", tenant);
    identity
        .store
        .write::<_, _, StoreError, _>((tenant, entry), |tx, (tenant, entry)| {
            Box::pin(async move {
                let unnamed = "UPDATE tenant SET logo = NULL, version = version + 1, changed_at = $2
                     WHERE id = $1 AND logo IS NOT NULL AND deleted_at IS NULL";
                if tx.execute(unnamed, params![tenant, entry.at]).await? == 0 {
                    return Ok(());
                }
                tx.execute("DELETE FROM tenant_logo WHERE tenant_id = $1", params![tenant]).await?;
                audit::record(&mut tx.scoped(PLATFORM), entry).await
            })
        })
        .await?;
    Ok(())
}

/// A picture.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Logo {
    /// What it was found to be.
    pub media_type: String,
    /// All of it.
    pub bytes: Vec<u8>,
}

/// The picture with this hash, whichever tenant has it: whoever knows the hash has seen a page that shows it.
///
/// # Errors
/// The database's.
pub async fn logo(conn: &mut Conn, hash: &str) -> Result<Option<Logo>, StoreError> {
    conn.maybe("SELECT media_type, bytes FROM tenant_logo WHERE hash = $1 LIMIT 1", params![hash]).await
}

/// The same for a tenant server, which gets those of its own tenants.
///
/// # Errors
/// The database's.
pub async fn logo_for(conn: &mut Conn, server: ClientRowId, hash: &str) -> Result<Option<Logo>, StoreError> {
    conn.maybe(
        "SELECT media_type, bytes FROM tenant_logo JOIN tenant ON tenant.id = tenant_logo.tenant_id
         WHERE hash = $1 AND server_id = $2 LIMIT 1",
        params![hash, server],
    )
    .await
}
