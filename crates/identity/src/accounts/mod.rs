//! Accounts: one person at the identity server.

mod birth;
mod create;
mod email;
mod name;
mod switch;

use ambient::Timestamp;
use store::{Conn, StoreError, params};

use crate::providers::ProviderId;

pub(crate) use birth::{Birth, FIRST_EPOCH, born, born_in_scope};
pub use birth::{NewAccount, NewPerson};
pub use create::create;
pub use email::EmailAddress;
pub use name::{Locale, Name};
pub(crate) use name::{clean_name, is_hostile};
pub use switch::{Flagged, How, Switched, opened_by, switch};

store::row_id!(
    /// An account.
    AccountId
);

/// One person at the identity server.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Account {
    /// Its id: known to the identity server alone; tenants and applications know pairwise subjects.
    pub id: AccountId,
    /// The proved address, as typed.
    pub email: String,
    /// First name.
    pub given_name: String,
    /// Last name.
    pub family_name: String,
    /// Language (BCP 47).
    pub locale: String,
    /// Credential epoch: raised by each credential change, which voids whatever carries an older one.
    pub epoch: i64,
    /// Last change of the profile.
    pub updated_at: Timestamp,
}

impl Account {
    /// First and last name.
    #[must_use]
    pub fn full_name(&self) -> String {
        format!("{} {}", self.given_name, self.family_name).trim().to_owned()
    }
}

/// An account with its password, if it has one.
#[derive(Debug, Clone, sqlx::FromRow)]
pub(crate) struct AccountWithPassword {
    #[sqlx(flatten)]
    pub account: Account,
    pub phc: Option<String>,
    /// The one platform provider that opens the account, if it was switched.
    pub opened_by: Option<ProviderId>,
}

/// The account of an address.
///
/// # Errors
/// The database's.
pub(crate) async fn find_with_password(
    conn: &mut Conn,
    email: &EmailAddress,
) -> Result<Option<AccountWithPassword>, StoreError> {
    conn.maybe(
        "SELECT account.id, email, given_name, family_name, locale, epoch, updated_at, phc, provider_id AS opened_by
         FROM account LEFT JOIN password ON password.account_id = account.id WHERE email_key = $1",
        params![email.key()],
    )
    .await
}

/// An account by its id.
///
/// # Errors
/// The database's.
pub async fn find(conn: &mut Conn, id: AccountId) -> Result<Option<Account>, StoreError> {
    conn.maybe(
        "SELECT id, email, given_name, family_name, locale, epoch, updated_at FROM account WHERE id = $1",
        params![id],
    )
    .await
}

/// Whether an address belongs to an account.
///
/// # Errors
/// The database's.
pub(crate) async fn exists(conn: &mut Conn, email: &EmailAddress) -> Result<bool, StoreError> {
    conn.exists("SELECT 1 FROM account WHERE email_key = $1", params![email.key()]).await
}

/// The account of an address. For operators; pages never tell whether there is one (WEB-05).
///
/// # Errors
/// The database's.
pub async fn find_by_email(conn: &mut Conn, email: &EmailAddress) -> Result<Option<Account>, StoreError> {
    Ok(find_with_password(conn, email).await?.map(|found| found.account))
}
