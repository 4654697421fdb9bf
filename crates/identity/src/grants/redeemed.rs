use ambient::Timestamp;
use uuid::Uuid;

use crate::clients::ClientRowId;
use crate::tenants::TenantId;

/// What a code stood for.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct Redeemed {
    pub grant_id: Uuid,
    pub client_id: ClientRowId,
    pub tenant_id: Option<TenantId>,
    pub scopes: String,
    pub redirect_uri: String,
    pub nonce: Option<String>,
    pub code_challenge: Option<String>,
    pub auth_time: Timestamp,
    pub amr: String,
    pub acr: String,
    pub provider: String,
    pub sid: String,
    pub expires_at: Timestamp,
}
