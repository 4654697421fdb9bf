use ambient::{Opaque, SecretHash, Timestamp};
use store::{StoreError, params};

use crate::accounts::{self, EmailAddress};
use crate::tenants::{Tenant, TenantId};
use crate::{Fault, Identity, tenants};

store::row_id!(
    /// An invitation's row here.
    InvitationId
);

/// An invitation that can be accepted, as the page of its link shows it.
#[derive(Debug, Clone)]
pub struct Invitation {
    /// Its row.
    pub id: InvitationId,
    /// Where to.
    pub tenant: Tenant,
    /// The invited address: whoever followed the link has proved it.
    pub email: EmailAddress,
    /// First name, as somebody at the tenant typed it.
    pub given_name: String,
    /// Last name.
    pub family_name: String,
    /// Language, as somebody at the tenant chose it.
    pub locale: String,
    /// Who invites, by name.
    pub invited_by: String,
    /// Whether an account has the invited address. For those alone who have followed the link.
    pub has_account: bool,
    pub(super) secret_hash: SecretHash,
}

#[derive(sqlx::FromRow)]
struct Row {
    tenant_id: TenantId,
    secret_hash: SecretHash,
    email: String,
    given_name: String,
    family_name: String,
    locale: String,
    invited_by: String,
    expires_at: Timestamp,
}

/// Looks at a link without spending it: mail scanners follow links too (IN-01).
///
/// # Errors
/// [`Fault`].
pub async fn look(identity: &Identity, link: &Opaque) -> Result<Option<Invitation>, Fault> {
    let found = reopen(identity, InvitationId(link.id())).await?;
    Ok(found.filter(|invitation| invitation.secret_hash.matches(&link.hash())))
}

/// The same for a browser that is known to have followed the link.
///
/// # Errors
/// [`Fault`].
pub async fn reopen(identity: &Identity, id: InvitationId) -> Result<Option<Invitation>, Fault> {
    let mut conn = identity.store.read().await?;
    let row: Option<Row> = conn
        .maybe(
            "SELECT tenant_id, secret_hash, email, given_name, family_name, locale, invited_by, expires_at
             FROM invitation WHERE id = $1 AND withdrawn_at IS NULL AND accepted_at IS NULL",
            params![id],
        )
        .await?;
    let Some(row) = row.filter(|row| row.expires_at > identity.ambient.now()) else { return Ok(None) };
    let (Some(email), Some(tenant)) = (EmailAddress::parse(&row.email), tenants::find(&mut conn, row.tenant_id).await?)
    else {
        return Ok(None);
    };
    Ok(Some(Invitation {
        id,
        tenant,
        has_account: accounts::exists(&mut conn, &email).await?,
        email,
        given_name: row.given_name,
        family_name: row.family_name,
        locale: row.locale,
        invited_by: row.invited_by,
        secret_hash: row.secret_hash,
    }))
}

/// Notes that the link was opened, for the inviter's ledger. It spends nothing, and a mail scanner may be the cause.
///
/// # Errors
/// [`Fault`].
pub async fn mark_opened(identity: &Identity, id: InvitationId) -> Result<(), Fault> {
    let input = (id, identity.ambient.now());
    identity
        .store
        .write::<_, _, StoreError, _>(input, |tx, (id, now)| {
            Box::pin(async move {
                let sql = "UPDATE invitation SET opened_at = $2 WHERE id = $1 AND opened_at IS NULL";
                tx.execute(sql, params![id, now]).await
            })
        })
        .await?;
    Ok(())
}
