//! Platform administrators: accounts that may open `/admin`.
//!
//! ```text
//! first(address)  once in the life of a platform ──▶ an account there is one already, or an invitation
//! invitation      ──▶ the account that proves the address (sign_up::confirm) is an administrator from its first moment
//! add, remove     by an administrator or the operator; the last one stays; all of them get a mail
//! ```
//! The guard row decides: its insert who is the first, its conditional update that one is left (DESIGN §4.6).

mod change;
mod first;

use ambient::Timestamp;
use audit::Entry;
use store::{Conn, PLATFORM, StoreError, Tx, params};

use crate::accounts::{Account, AccountId, EmailAddress};

pub use change::{Changed, add, remove};
pub use first::{First, first};

/// The one of these accounts that is an administrator; at most five are looked at.
///
/// # Errors
/// The database's.
pub async fn among(conn: &mut Conn, accounts: &[AccountId]) -> Result<Option<AccountId>, StoreError> {
    let id = |index: usize| accounts.get(index).copied();
    let rows: Vec<(AccountId,)> = conn
        .all(
            "SELECT account_id FROM platform_administrator WHERE account_id IN ($1, $2, $3, $4, $5)",
            params![id(0), id(1), id(2), id(3), id(4)],
        )
        .await?;
    Ok(accounts.iter().find(|account| rows.iter().any(|(row,)| row == *account)).copied())
}

/// An administrator, as the list shows one.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct Administrator {
    /// Who.
    #[sqlx(flatten)]
    pub account: Account,
    /// Since when.
    pub granted_at: Timestamp,
    by_given: Option<String>,
    by_family: Option<String>,
}

impl Administrator {
    /// The name of the administrator who made this one; `None`: the operator did, or it was not written down.
    #[must_use]
    pub fn granted_by(&self) -> Option<String> {
        let (given, family) = (self.by_given.as_deref()?, self.by_family.as_deref()?);
        Some(format!("{given} {family}").trim().to_owned())
    }
}

macro_rules! administrator {
    ($rest:literal) => {
        concat!(
            "SELECT account.id, account.email, account.given_name, account.family_name, account.locale, account.epoch,
                    account.updated_at, granted_at, granter.given_name AS by_given, granter.family_name AS by_family
             FROM platform_administrator
             JOIN account ON account.id = platform_administrator.account_id
             LEFT JOIN account granter ON granter.id = platform_administrator.granted_by ",
            $rest
        )
    };
}

/// All of them, by address; the first two hundred. There should be few.
///
/// # Errors
/// The database's.
pub async fn list(conn: &mut Conn) -> Result<Vec<Administrator>, StoreError> {
    conn.all(administrator!("ORDER BY account.email_key LIMIT 200"), params![]).await
}

/// One of them.
///
/// # Errors
/// The database's.
pub async fn find(conn: &mut Conn, account: AccountId) -> Result<Option<Administrator>, StoreError> {
    conn.maybe(administrator!("WHERE platform_administrator.account_id = $1"), params![account]).await
}

/// Writes the right and counts it; false if the account had it.
pub(crate) async fn grant(
    tx: &mut Tx,
    account: AccountId,
    by: Option<AccountId>,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let sql = "INSERT INTO platform_administrator (account_id, granted_by, granted_at) VALUES ($1, $2, $3)
               ON CONFLICT (account_id) DO NOTHING";
    if tx.execute(sql, params![account, by, now]).await? == 0 {
        return Ok(false);
    }
    tx.execute(
        "INSERT INTO administrator_guard (one, number) VALUES (1, 1)
         ON CONFLICT (one) DO UPDATE SET number = administrator_guard.number + 1",
        params![],
    )
    .await?;
    Ok(true)
}

/// A new account has proved its address: if an administrator was invited by it, this is the one.
pub(crate) async fn claim(
    tx: &mut Tx,
    email: &EmailAddress,
    account: AccountId,
    entry: &Entry,
) -> Result<(), StoreError> {
    let sql = "DELETE FROM administrator_invitation WHERE email_key = $1";
    if tx.execute(sql, params![email.key()]).await? == 1 && grant(tx, account, None, entry.at).await? {
        audit::record(&mut tx.scoped(PLATFORM), entry).await?;
    }
    Ok(())
}
