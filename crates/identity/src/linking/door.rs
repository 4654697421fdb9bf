//! The door of a tenant that one provider alone opens to a member.

use store::{Conn, StoreError, params};

use crate::sessions::SessionId;
use crate::tenants::TenantId;

/// Whether a session was proved by the very identity that its person has claimed in this tenant (DESIGN §4.3). That it was
/// proved by the same provider is not enough: an identity that was linked everywhere, by whoever had the password then, has
/// proved nothing to a tenant that has switched its member since.
///
/// # Errors
/// The database's.
pub(crate) async fn claimed(
    conn: &mut Conn,
    tenant: TenantId,
    session: SessionId,
    provider: &str,
) -> Result<bool, StoreError> {
    conn.exists(
        "SELECT 1 FROM authentication
         JOIN external_identity used ON used.id = authentication.identity_id
         JOIN external_identity claim ON claim.scope_id = $2 AND claim.provider_id = used.provider_id
            AND claim.issuer = used.issuer AND claim.subject = used.subject AND claim.account_id = used.account_id
         WHERE authentication.session_id = $1 AND authentication.provider = $3",
        params![session, tenant, provider],
    )
    .await
}
