//! Relying applications as they are registered.

mod api;
mod ending;
mod list;
mod manage;

use ambient::{SecretHash, Timestamp};
use jose::Algorithm;
use oidc::client::{AuthMethod, Client, ClientKind};
use store::{Conn, Tx, params};
use uuid::Uuid;

use crate::Fault;
use crate::tenants::TenantId;

pub use api::api_of;
pub use ending::end_some;
pub use list::{APPLICATIONS_ON_A_PAGE, Line, List, Search, application, list, of_tenant};
pub use manage::{NewApplication, Registration, Unfit, disable, enable, register_application, rotate_secret};

store::row_id!(
    /// A registered client; `client_id` is its public name.
    ClientRowId
);

/// A registered client: what the protocol sees of it, and what is ours.
#[derive(Debug, Clone)]
pub struct Registered {
    /// Its row.
    pub id: ClientRowId,
    /// The tenant it belongs to; none: platform-wide.
    pub tenant: Option<TenantId>,
    /// What the protocol's rules see.
    pub client: Client,
    /// Hash of its secret, if it has one.
    pub secret_hash: Option<SecretHash>,
    /// Where its users begin.
    pub home_url: String,
}

impl Registered {
    /// Whose subjects it sees: its tenant's, shared by the tenant's instance and applications; else its own (DESIGN §4.8).
    #[must_use]
    pub fn sector(&self) -> Uuid {
        self.tenant.map_or(self.id.0, |tenant| tenant.0)
    }
}

#[derive(sqlx::FromRow)]
struct Row {
    id: ClientRowId,
    client_id: String,
    tenant_id: Option<TenantId>,
    kind: String,
    name: String,
    auth_method: String,
    secret_hash: Option<SecretHash>,
    jwks: Option<String>,
    redirect_uris: String,
    post_logout_uris: String,
    backchannel_logout_uri: Option<String>,
    id_token_alg: String,
    require_pkce: bool,
    grant_types: String,
    scopes: String,
    native: bool,
    home_url: String,
}

impl TryFrom<Row> for Registered {
    type Error = Fault;

    fn try_from(row: Row) -> Result<Self, Fault> {
        let damaged = || Fault::Defect(format!("client {} is registered with unknown words", row.client_id));
        Ok(Self {
            id: row.id,
            tenant: row.tenant_id,
            client: Client {
                kind: ClientKind::named(&row.kind).ok_or_else(damaged)?,
                auth_method: AuthMethod::named(&row.auth_method).ok_or_else(damaged)?,
                redirect_uris: serde_json::from_str(&row.redirect_uris)?,
                post_logout_redirect_uris: serde_json::from_str(&row.post_logout_uris)?,
                id_token_alg: Algorithm::named(&row.id_token_alg).ok_or_else(damaged)?,
                require_pkce: row.require_pkce,
                scopes: serde_json::from_str(&row.scopes)?,
                jwks: row.jwks.as_deref().map(serde_json::from_str).transpose()?,
                backchannel_logout_uri: row.backchannel_logout_uri,
                native: row.native,
                grant_types: serde_json::from_str(&row.grant_types)?,
                client_id: row.client_id,
                name: row.name,
            },
            secret_hash: row.secret_hash,
            home_url: row.home_url,
        })
    }
}

/// A statement that reads clients; what comes before and after the `FROM`.
macro_rules! select {
    ($more:literal, $rest:literal) => {
        concat!(
            "SELECT id, client_id, tenant_id, kind, name, auth_method, secret_hash, jwks, redirect_uris, post_logout_uris,
                    backchannel_logout_uri, id_token_alg, require_pkce, grant_types, scopes, native, home_url",
            $more,
            " FROM client WHERE ",
            $rest
        )
    };
}
use select;

/// By its public name; disabled clients don't exist.
///
/// # Errors
/// [`Fault`].
pub async fn find(conn: &mut Conn, client_id: &str) -> Result<Option<Registered>, Fault> {
    let row: Option<Row> =
        conn.maybe(select!("", "client_id = $1 AND disabled_at IS NULL"), params![client_id]).await?;
    row.map(Registered::try_from).transpose()
}

/// By its row; disabled clients don't exist.
///
/// # Errors
/// [`Fault`].
pub async fn find_by_row(conn: &mut Conn, id: ClientRowId) -> Result<Option<Registered>, Fault> {
    let row: Option<Row> = conn.maybe(select!("", "id = $1 AND disabled_at IS NULL"), params![id]).await?;
    row.map(Registered::try_from).transpose()
}

/// By its row, disabled ones too: they still hear of logouts.
///
/// # Errors
/// [`Fault`].
pub(crate) async fn find_even_disabled(conn: &mut Conn, id: ClientRowId) -> Result<Option<Registered>, Fault> {
    let row: Option<Row> = conn.maybe(select!("", "id = $1"), params![id]).await?;
    row.map(Registered::try_from).transpose()
}

/// Registers a client.
///
/// # Errors
/// [`Fault`]; a taken `client_id` is [`store::StoreError::Duplicate`].
pub async fn register(tx: &mut Tx, registered: &Registered, now: Timestamp) -> Result<(), Fault> {
    let client = &registered.client;
    let jwks = client.jwks.as_ref().map(serde_json::to_string).transpose()?;
    tx.execute(
        "INSERT INTO client (id, client_id, tenant_id, kind, name, auth_method, secret_hash, jwks, redirect_uris,
             post_logout_uris, backchannel_logout_uri, id_token_alg, require_pkce, grant_types, scopes, native,
             home_url, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)",
        params![
            registered.id,
            client.client_id,
            registered.tenant,
            client.kind.as_str(),
            client.name,
            client.auth_method.as_str(),
            registered.secret_hash,
            jwks,
            serde_json::to_string(&client.redirect_uris)?,
            serde_json::to_string(&client.post_logout_redirect_uris)?,
            client.backchannel_logout_uri,
            client.id_token_alg.name(),
            client.require_pkce,
            serde_json::to_string(&client.grant_types)?,
            serde_json::to_string(&client.scopes)?,
            client.native,
            registered.home_url,
            now
        ],
    )
    .await?;
    Ok(())
}
