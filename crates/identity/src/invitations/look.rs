use ambient::{Opaque, SecretHash, Timestamp};
use store::{StoreError, params};

use crate::accounts::{self, Account, EmailAddress};
use crate::providers::{self, Provider};
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
    /// The one provider by which they come in, if one alone does.
    pub opener: Option<Opener>,
    /// Whether an account has the invited address. For those alone who have followed the link.
    pub has_account: bool,
    pub(super) secret_hash: SecretHash,
}

/// The one provider by which somebody invited comes in.
#[derive(Debug, Clone)]
pub struct Opener {
    /// Its key, as the tenant named it.
    pub key: String,
    /// The provider, if it can be used on the way to this tenant.
    pub provider: Option<Provider>,
}

impl Invitation {
    /// Whether an account may accept as it is. Where one provider is named for the invited address, only the account of that
    /// address may, after its own proof; the provider is asked for behind it (TP-04).
    #[must_use]
    pub fn is_open_to(&self, account: &Account) -> bool {
        let same = || EmailAddress::parse(&account.email).is_some_and(|own| own.key() == self.email.key());
        self.opener.is_none() || same()
    }
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
    provider: Option<String>,
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
            "SELECT tenant_id, secret_hash, email, given_name, family_name, locale, invited_by, expires_at, provider
             FROM invitation WHERE id = $1 AND withdrawn_at IS NULL AND accepted_at IS NULL",
            params![id],
        )
        .await?;
    let Some(row) = row.filter(|row| row.expires_at > identity.ambient.now()) else { return Ok(None) };
    let (Some(email), Some(tenant)) = (EmailAddress::parse(&row.email), tenants::find(&mut conn, row.tenant_id).await?)
    else {
        return Ok(None);
    };
    let opener = match row.provider {
        Some(key) => {
            let found = providers::find(&mut conn, &key).await?;
            Some(Opener { provider: found.filter(|provider| provider.serves(Some(tenant.id))), key })
        }
        None => None,
    };
    Ok(Some(Invitation {
        id,
        tenant,
        opener,
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
