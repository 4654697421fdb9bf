//! Platform administrators: accounts that may open `/admin`.
//!
//! ```text
//! first(address)  once in the life of a platform ──▶ an account there is one already, or an invitation
//! invitation      ──▶ the account that proves the address (sign_up::confirm) is an administrator from its first moment
//! add, remove     by an administrator or the operator; the last one stays
//! ```
//! The guard row decides: its insert who is the first, its conditional update that one is left (DESIGN §4.6).

mod first;

use ambient::Timestamp;
use audit::{Actor, Entry};
use store::{Conn, PLATFORM, StoreError, Tx, params};

use crate::accounts::{Account, AccountId, EmailAddress};
use crate::{Fault, Identity};

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
}

/// All of them, by address; the first two hundred. There should be few.
///
/// # Errors
/// The database's.
pub async fn list(conn: &mut Conn) -> Result<Vec<Administrator>, StoreError> {
    conn.all(
        "SELECT account.id, email, given_name, family_name, locale, epoch, updated_at, granted_at
         FROM platform_administrator JOIN account ON account.id = platform_administrator.account_id
         ORDER BY email_key LIMIT 200",
        params![],
    )
    .await
}

/// What became of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Changed {
    /// Done.
    Done,
    /// It was so already.
    AsBefore,
    /// The last one stays.
    LastOne,
}

/// Makes an account an administrator.
///
/// # Errors
/// [`Fault`].
pub async fn add(identity: &Identity, actor: Actor, account: AccountId) -> Result<Changed, Fault> {
    let entry = Entry::new(&identity.ambient, actor, "administrator.added").on("account", account);
    Ok(identity
        .store
        .write::<_, _, StoreError, _>((account, entry), |tx, (account, entry)| {
            Box::pin(async move {
                if !grant(tx, *account, entry.at).await? {
                    return Ok(Changed::AsBefore);
                }
                audit::record(&mut tx.scoped(PLATFORM), entry).await?;
                Ok(Changed::Done)
            })
        })
        .await?)
}

/// Takes the right away; the last administrator keeps it, whoever asks at once.
///
/// # Errors
/// [`Fault`].
pub async fn remove(identity: &Identity, actor: Actor, account: AccountId) -> Result<Changed, Fault> {
    let entry = Entry::new(&identity.ambient, actor, "administrator.removed").on("account", account);
    let removed = identity
        .store
        .write::<_, _, Undone, _>((account, entry), |tx, (account, entry)| {
            Box::pin(async move {
                let left = "UPDATE administrator_guard SET number = number - 1 WHERE one = 1 AND number > 1";
                if tx.execute(left, params![]).await? == 0 {
                    return Err(Undone::Because(Changed::LastOne));
                }
                let sql = "DELETE FROM platform_administrator WHERE account_id = $1";
                if tx.execute(sql, params![account]).await? == 0 {
                    return Err(Undone::Because(Changed::AsBefore));
                }
                audit::record(&mut tx.scoped(PLATFORM), entry).await?;
                Ok(Changed::Done)
            })
        })
        .await;
    match removed {
        Ok(changed) | Err(Undone::Because(changed)) => Ok(changed),
        Err(Undone::Store(error)) => Err(error.into()),
    }
}

/// Why a removal was rolled back.
enum Undone {
    Because(Changed),
    Store(StoreError),
}

impl From<StoreError> for Undone {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// Writes the right and counts it; false if the account had it.
pub(crate) async fn grant(tx: &mut Tx, account: AccountId, now: Timestamp) -> Result<bool, StoreError> {
    let sql = "INSERT INTO platform_administrator (account_id, granted_at) VALUES ($1, $2)
               ON CONFLICT (account_id) DO NOTHING";
    if tx.execute(sql, params![account, now]).await? == 0 {
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
    if tx.execute(sql, params![email.key()]).await? == 1 && grant(tx, account, entry.at).await? {
        audit::record(&mut tx.scoped(PLATFORM), entry).await?;
    }
    Ok(())
}
