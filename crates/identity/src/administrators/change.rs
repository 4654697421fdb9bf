use audit::{Actor, Entry};
use mail::Parcel;
use store::{PLATFORM, StoreError, Tx, params};

use super::{find, grant, list};
use crate::accounts::{Account, AccountId};
use crate::mails::{self, AdministratorNews};
use crate::{Fault, Identity};

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

struct Input {
    account: AccountId,
    by: Option<AccountId>,
    entry: Entry,
    mails: Vec<Parcel>,
}

/// Makes an account an administrator. All administrators hear of it.
///
/// # Errors
/// [`Fault`].
pub async fn add(identity: &Identity, actor: Actor, account: &Account) -> Result<Changed, Fault> {
    let by = match actor {
        Actor::Account(id) => Some(AccountId(id)),
        _ => None,
    };
    let entry = Entry::new(&identity.ambient, actor, "administrator.added").on("account", account.id);
    let mails = letters(identity, account, AdministratorNews::Added).await?;
    let input = Input { account: account.id, by, entry, mails };
    let added = identity
        .store
        .write::<_, _, StoreError, _>(input, |tx, input| {
            Box::pin(async move {
                if !grant(tx, input.account, input.by, input.entry.at).await? {
                    return Ok(Changed::AsBefore);
                }
                write_down(tx, input).await?;
                Ok(Changed::Done)
            })
        })
        .await?;
    identity.mail_wake.ring();
    Ok(added)
}

/// Takes the right away; the last administrator keeps it, whoever asks at once. All administrators hear of it.
///
/// # Errors
/// [`Fault`].
pub async fn remove(identity: &Identity, actor: Actor, account: AccountId) -> Result<Changed, Fault> {
    let found = find(&mut identity.store.read().await?, account).await?;
    let Some(found) = found else { return Ok(Changed::AsBefore) };
    let entry = Entry::new(&identity.ambient, actor, "administrator.removed").on("account", account);
    let mails = letters(identity, &found.account, AdministratorNews::Removed).await?;
    let input = Input { account, by: None, entry, mails };
    let removed = identity
        .store
        .write::<_, _, Undone, _>(input, |tx, input| {
            Box::pin(async move {
                let left = "UPDATE administrator_guard SET number = number - 1 WHERE one = 1 AND number > 1";
                if tx.execute(left, params![]).await? == 0 {
                    return Err(Undone::Because(Changed::LastOne));
                }
                let sql = "DELETE FROM platform_administrator WHERE account_id = $1";
                if tx.execute(sql, params![input.account]).await? == 0 {
                    return Err(Undone::Because(Changed::AsBefore));
                }
                write_down(tx, input).await?;
                Ok(Changed::Done)
            })
        })
        .await;
    identity.mail_wake.ring();
    match removed {
        Ok(changed) | Err(Undone::Because(changed)) => Ok(changed),
        Err(Undone::Store(error)) => Err(error.into()),
    }
}

/// To whom it happens, and to all who are administrators: one letter each, at most the two hundred of the list.
async fn letters(identity: &Identity, who: &Account, news: AdministratorNews) -> Result<Vec<Parcel>, Fault> {
    let others = list(&mut identity.store.read().await?).await?;
    let others = others.iter().map(|other| &other.account).filter(|other| other.id != who.id);
    std::iter::once(who).chain(others).map(|to| mails::administrators(identity, to, who, news)).collect()
}

async fn write_down(tx: &mut Tx, input: &Input) -> Result<(), StoreError> {
    let mut platform = tx.scoped(PLATFORM);
    for parcel in &input.mails {
        mail::queue(&mut platform, parcel).await?;
    }
    audit::record(&mut platform, &input.entry).await
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
