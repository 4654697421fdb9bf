use ambient::Timestamp;
use store::{Conn, StoreError, params};

use super::InvitationId;
use crate::accounts::EmailAddress;
use crate::tenants::TenantId;

/// What an open invitation says of who may accept it by a provider.
#[derive(Debug, Clone)]
pub(crate) struct Offered {
    /// Where the link went: who followed it has read that mail.
    pub email: EmailAddress,
    /// The provider's key.
    pub provider: Option<String>,
    /// The only subject there, if one was named.
    pub preset: Option<String>,
}

#[derive(sqlx::FromRow)]
struct Row {
    email: String,
    provider: Option<String>,
    preset: Option<String>,
}

/// The invitation, while it can be accepted.
///
/// # Errors
/// The database's.
pub(crate) async fn offered(
    conn: &mut Conn,
    tenant: Option<TenantId>,
    id: InvitationId,
    now: Timestamp,
) -> Result<Option<Offered>, StoreError> {
    let row: Option<Row> = conn
        .maybe(
            "SELECT email, provider, preset FROM invitation
             WHERE id = $1 AND tenant_id = $2 AND withdrawn_at IS NULL AND accepted_at IS NULL AND expires_at > $3",
            params![id, tenant, now],
        )
        .await?;
    Ok(row.and_then(|row| {
        Some(Offered { email: EmailAddress::parse(&row.email)?, provider: row.provider, preset: row.preset })
    }))
}
