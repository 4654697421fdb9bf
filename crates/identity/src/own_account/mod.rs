//! *Make this my own account* (DESIGN §4.2): somebody whom one tenant's own provider alone knows proves an address by our mail.
//!
//! ```text
//! begin: an address, in the browser of the tenant's session ──mail──▶ look: in that browser, GET, spends nothing
//!    ├─ nobody has it      as_new: names and a password; the account of the tenant's scope becomes theirs, everywhere
//!    └─ an account has it  move_to: its owner, who has proved it; the tenant's subject moves there, unchanged
//! ```
//! Both end in one conditional UPDATE. Either way the external identity opens that tenant and nothing else, as before, and the
//! tenant knows the same member by the same subject.
//!
//! Starter = finisher: what is linked here is somebody's account with somebody's identity. In another browser than the one that
//! began, and without the tenant's session, the mailed link does nothing: so nobody can bring a stranger to take an identity over,
//! nor to give an address to it.

mod begin;
mod finish;

pub use begin::{Beginning, begin};
pub use finish::{Made, as_new, move_to};

use ambient::{Opaque, SecretHash};
use store::{StoreError, params};

use crate::accounts::{self, Account, AccountId, EmailAddress};
use crate::sessions::Session;
use crate::tenants::{self, Tenant, TenantId};
use crate::{Fault, Identity};

store::row_id!(
    /// A proof of an address on its way.
    OwnAccountId
);

/// A mailed link that was followed in the browser that began.
#[derive(Debug, Clone)]
pub struct Pending {
    /// Its row.
    pub id: OwnAccountId,
    /// The address, proved by following it.
    pub email: EmailAddress,
    /// Who they are in that tenant.
    pub scoped: Account,
    /// The tenant whose provider alone knows them.
    pub tenant: Tenant,
    /// Whether an account has the address. For those alone who have followed the link.
    pub has_account: bool,
    browser: SecretHash,
}

#[derive(sqlx::FromRow)]
struct Row {
    secret_hash: SecretHash,
    account_id: AccountId,
    epoch: i64,
    email: String,
}

/// Looks at a link without spending it, in the browser that began and still has the tenant's session.
///
/// # Errors
/// [`Fault`].
pub async fn look(
    identity: &Identity,
    link: &Opaque,
    browser: &str,
    sessions: &[Session],
) -> Result<Option<Pending>, Fault> {
    find(identity, OwnAccountId(link.id()), Some(&link.hash()), (browser, sessions)).await
}

/// The same for a browser that is known to have followed the link.
///
/// # Errors
/// [`Fault`].
pub async fn reopen(
    identity: &Identity,
    id: OwnAccountId,
    browser: &str,
    sessions: &[Session],
) -> Result<Option<Pending>, Fault> {
    find(identity, id, None, (browser, sessions)).await
}

async fn find(
    identity: &Identity,
    id: OwnAccountId,
    secret: Option<&SecretHash>,
    (browser, sessions): (&str, &[Session]),
) -> Result<Option<Pending>, Fault> {
    let browser = SecretHash::of(browser);
    let mut conn = identity.store.read().await?;
    let row: Option<Row> = conn
        .maybe(
            "SELECT secret_hash, account_id, epoch, email FROM own_account
             WHERE id = $1 AND browser_hash = $2 AND used_at IS NULL AND expires_at > $3",
            params![id, browser.clone(), identity.ambient.now()],
        )
        .await?;
    let Some(row) = row.filter(|row| secret.is_none_or(|secret| row.secret_hash.matches(secret))) else {
        return Ok(None);
    };
    let held =
        sessions.iter().find(|session| session.account.id == row.account_id && session.account.epoch == row.epoch);
    let Some((scoped, tenant)) = held.and_then(|session| Some((session.account.clone(), session.scope?))) else {
        return Ok(None);
    };
    let (Some(email), Some(tenant)) = (EmailAddress::parse(&row.email), tenants::find(&mut conn, tenant).await?) else {
        return Ok(None);
    };
    let has_account = accounts::exists(&mut conn, &email).await?;
    Ok(Some(Pending { id, email, scoped, tenant, has_account, browser }))
}

/// Through which provider a tenant knows somebody, by name; the first of them.
///
/// # Errors
/// The database's.
pub async fn known_by(
    conn: &mut store::Conn,
    tenant: TenantId,
    account: AccountId,
) -> Result<Option<String>, StoreError> {
    let row: Option<(String,)> = conn
        .maybe(
            "SELECT provider.name FROM external_identity tie JOIN provider ON provider.id = tie.provider_id
             WHERE tie.account_id = $1 AND tie.scope_id = $2 ORDER BY tie.id LIMIT 1",
            params![account, tenant],
        )
        .await?;
    Ok(row.map(|(name,)| name))
}
