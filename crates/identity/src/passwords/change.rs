use audit::{Actor, Entry};
use store::{PLATFORM, StoreError, params};

use super::replace::{Replacement, replace};
use crate::allowances::{self, OWN_GUESSES, Taken};
use crate::sessions::{Device, Method, Session, SessionId};
use crate::{Fault, Identity};

/// How a change of password ended. Its person is signed in, so that it is told plainly (DESIGN §4.11).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Changed {
    /// It is changed. Every session has ended; this is the new one of the browser that asked.
    Done(SessionId),
    /// The current password is another.
    WrongPassword,
    /// Too many wrong ones lately.
    Paused,
    /// The account's credentials changed meanwhile: the session that asked has ended.
    SignedOut,
}

/// Changes the password of somebody who is signed in and proves it once more by the current one (IN-05). The new one has
/// been judged by the policy.
///
/// # Errors
/// [`Fault`].
pub async fn change(
    identity: &Identity,
    session: &Session,
    current: &str,
    new: &str,
    device: &Device,
) -> Result<Changed, Fault> {
    let network = allowances::network(device.address);
    let place = identity.hasher.queue(&network)?;
    let Some(guess) = take_guess(identity, session).await? else { return Ok(Changed::Paused) };
    let hashable = current.chars().count() <= identity.settings.passwords.longest();
    let stored: Option<(String,)> = identity
        .store
        .read()
        .await?
        .maybe("SELECT phc FROM password WHERE account_id = $1", params![session.account.id])
        .await?;
    let phc = stored.as_ref().map(|(phc,)| phc.as_str()).filter(|_| hashable);
    if !identity.hasher.verify(place, if hashable { current } else { "" }, phc).await? {
        refuse(identity, session).await?;
        return Ok(Changed::WrongPassword);
    }
    let phc = identity.hasher.hash(identity.hasher.queue(&network)?, new).await?;
    let new = Replacement::new(identity, &session.account, phc, Method::Password, device, Some(session))?;
    let changed = identity
        .store
        .write::<_, _, StoreError, _>((new, guess), |tx, (new, guess)| {
            Box::pin(async move {
                allowances::give_back(tx, guess).await?;
                replace(tx, new).await
            })
        })
        .await?;
    identity.mail_wake.ring();
    identity.logout_wake.ring();
    Ok(changed.map_or(Changed::SignedOut, Changed::Done))
}

/// By the account alone: whoever sits at somebody's open browser guesses no more often than anybody else.
async fn take_guess(identity: &Identity, session: &Session) -> Result<Option<Taken>, Fault> {
    let input = (session.account.id.to_string(), identity.ambient.now());
    let taken = identity
        .store
        .write::<_, _, StoreError, _>(input, |tx, (key, now)| Box::pin(allowances::take(tx, &OWN_GUESSES, key, *now)))
        .await?;
    Ok(taken)
}

async fn refuse(identity: &Identity, session: &Session) -> Result<(), Fault> {
    let account = session.account.id;
    let entry =
        Entry::new(&identity.ambient, Actor::Account(account.0), "password.change_refused").on("account", account);
    identity
        .store
        .write::<_, _, StoreError, _>(entry, |tx, entry| {
            Box::pin(async move { audit::record(&mut tx.scoped(PLATFORM), entry).await })
        })
        .await?;
    Ok(())
}
