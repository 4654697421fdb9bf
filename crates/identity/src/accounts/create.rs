use ambient::Timestamp;
use audit::{Actor, Entry};
use store::{PLATFORM, StoreError, Tx, params};

use super::{AccountId, EmailAddress};
use crate::{Fault, Identity};

/// A new account whose address counts as proved: by a mailed link, or because an operator says so.
#[derive(Debug, Clone)]
pub struct NewAccount {
    /// The address.
    pub email: EmailAddress,
    /// First name.
    pub given_name: String,
    /// Last name.
    pub family_name: String,
    /// Language.
    pub locale: String,
}

/// The credential epoch of a new account.
pub(crate) const FIRST_EPOCH: i64 = 1;

/// Makes an account with a password: the operator's way, for the demo's people and the first administrator. Everyone else
/// signs up.
///
/// # Errors
/// A taken address is [`StoreError::Duplicate`].
pub async fn create(identity: &Identity, new: NewAccount, password: &str) -> Result<AccountId, Fault> {
    let phc = identity.hasher.hash(password).await?;
    let id = AccountId(identity.ambient.row_id());
    let entry = Entry::new(&identity.ambient, Actor::Operator, "account.created").on("account", id);
    identity
        .store
        .write::<_, _, StoreError, _>((id, new, phc, entry), |tx, (id, new, phc, entry)| {
            Box::pin(async move {
                insert(tx, *id, new, phc, entry.at).await?;
                audit::record(&mut tx.scoped(PLATFORM), entry).await
            })
        })
        .await?;
    Ok(id)
}

/// Writes an account and its password.
pub(crate) async fn insert(
    tx: &mut Tx,
    id: AccountId,
    new: &NewAccount,
    phc: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO account
            (id, email, email_key, given_name, family_name, locale, email_proved_at, epoch, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $7, $7)",
        params![id, new.email.as_str(), new.email.key(), new.given_name, new.family_name, new.locale, now, FIRST_EPOCH],
    )
    .await?;
    tx.execute("INSERT INTO password (account_id, phc, changed_at) VALUES ($1, $2, $3)", params![id, phc, now]).await?;
    Ok(())
}
