use ambient::Timestamp;
use oidc::claims::AccessTokenClaims;
use store::{Conn, StoreError, params};
use uuid::Uuid;

use super::granted::{Life, life};
use crate::accounts::Account;
use crate::tenants::TenantId;

/// What stands behind a person's access token.
#[derive(sqlx::FromRow)]
pub(super) struct Living {
    #[sqlx(flatten)]
    pub account: Account,
    pub tenant_id: Option<TenantId>,
    /// Single claims asked for at UserInfo, a JSON array.
    pub claims: String,
    /// The kind of its client.
    pub client_kind: String,
    /// What a tenant's own provider stated of them, if the session is one that it made.
    pub scoped: bool,
    #[sqlx(flatten)]
    pub stated: Stated,
    #[sqlx(flatten)]
    life: Life,
}

/// What a provider stated at the last login; nothing where it stated nothing.
#[derive(sqlx::FromRow)]
pub(super) struct Stated {
    pub stated_name: Option<String>,
    pub stated_email: Option<String>,
    pub stated_given_name: Option<String>,
    pub stated_family_name: Option<String>,
    pub stated_locale: Option<String>,
}

/// The grant that an access token names.
pub(super) fn grant_of(claims: &AccessTokenClaims) -> Option<Uuid> {
    claims.grant.as_deref().and_then(|grant| Uuid::try_parse(grant).ok())
}

/// A grant that goes on, of a client that is not disabled: a logout, a lock or a replay ends an access token before its
/// time does.
pub(super) async fn living(conn: &mut Conn, grant: Uuid, now: Timestamp) -> Result<Option<Living>, StoreError> {
    let row: Option<Living> = conn
        .maybe(
            concat!(
                "SELECT account.id, account.email, given_name, family_name, locale, account.epoch, updated_at,
                        access_grant.tenant_id, claims, client.kind AS client_kind,
                        session.scope_id IS NOT NULL AS scoped, tie.name AS stated_name, tie.email AS stated_email,
                        tie.stated_given_name, tie.stated_family_name, tie.stated_locale, ",
                life!(),
                " FROM access_grant
                 JOIN session ON session.id = access_grant.session_id
                 JOIN account ON account.id = access_grant.account_id
                 LEFT JOIN external_identity tie ON tie.id = session.identity_id AND session.scope_id IS NOT NULL
                 JOIN client ON client.id = access_grant.client_id AND client.disabled_at IS NULL
                 WHERE access_grant.id = $1"
            ),
            params![grant],
        )
        .await?;
    Ok(row.filter(|row| row.life.goes_on(now)))
}
