//! Signing in with a password.
//!
//! Whatever is wrong (the address, the password, too many guesses), the answer and the work done for it are the same:
//! one write that takes a guess, one argon2id hash, one write that notes the outcome (WEB-05).

use audit::{Actor, Entry};
use store::{PLATFORM, StoreError, Tx};

use crate::accounts::{self, EmailAddress};
use crate::sessions::{self, Method, NewAuthentication, SessionId};
use crate::{Fault, Identity, allowances};

/// How an attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignIn {
    /// The proof is written down in this session.
    Welcome(SessionId),
    /// Unknown address, wrong password or no guesses left. One answer for all three.
    Refused,
}

/// What an attempt brings.
pub struct Attempt<'a> {
    /// The typed address.
    pub email: &'a EmailAddress,
    /// The typed password.
    pub password: &'a str,
    /// The sessions that this browser has already: a proof for one of their accounts is added to it.
    pub browser_sessions: &'a [sessions::Session],
    /// The browser's name for itself.
    pub user_agent: &'a str,
    /// What the refusal page shows and the log carries.
    pub reference: &'a str,
}

/// Checks a password and, if it is right, writes the proof down.
///
/// # Errors
/// [`Fault`].
pub async fn with_password(identity: &Identity, attempt: Attempt<'_>) -> Result<SignIn, Fault> {
    let now = identity.ambient.now();
    let key = attempt.email.key().to_owned();
    let allowed = identity
        .store
        .write::<_, _, StoreError, _>((key, now), |tx, (key, now)| {
            Box::pin(async move { allowances::take(tx, &allowances::PASSWORD_GUESSES, key, *now).await })
        })
        .await?;
    let known = accounts::find_with_password(&mut identity.store.read().await?, attempt.email).await?;
    // A password that no policy allows is nobody's: refused without hashing it (WEB-09).
    let hashable = attempt.password.chars().count() <= identity.settings.passwords.longest();
    let password = if hashable { attempt.password } else { "" };
    let phc = known.as_ref().and_then(|known| known.phc.as_deref()).filter(|_| allowed && hashable);
    let right = identity.hasher.verify(password, phc).await?;
    match known.filter(|_| right) {
        Some(known) => welcome(identity, &known.account, &attempt).await,
        None => refuse(identity, &attempt, allowed).await,
    }
}

async fn welcome(identity: &Identity, account: &accounts::Account, attempt: &Attempt<'_>) -> Result<SignIn, Fault> {
    let ambient = &identity.ambient;
    let session = attempt.browser_sessions.iter().find(|session| session.account.id == account.id);
    let new = NewAuthentication {
        session: session.map(|session| session.id),
        fresh: ambient.row_id(),
        authentication_id: ambient.row_id(),
        account_id: account.id,
        epoch: account.epoch,
        method: Method::Password,
        user_agent: attempt.user_agent.to_owned(),
        now: ambient.now(),
    };
    let entry = Entry::new(ambient, Actor::Account(account.id.0), "sign_in.password").on("account", account.id.0);
    let key = attempt.email.key().to_owned();
    let session = identity.store.write((new, entry, key), |tx, input| Box::pin(write_welcome(tx, input))).await?;
    Ok(SignIn::Welcome(session))
}

async fn write_welcome(
    tx: &mut Tx,
    (new, entry, key): &(NewAuthentication, Entry, String),
) -> Result<SessionId, StoreError> {
    allowances::restore(tx, &allowances::PASSWORD_GUESSES, key).await?;
    let session = sessions::authenticate(tx, new).await?;
    audit::record(&mut tx.scoped(PLATFORM), entry).await?;
    Ok(session)
}

async fn refuse(identity: &Identity, attempt: &Attempt<'_>, allowed: bool) -> Result<SignIn, Fault> {
    let entry = Entry::new(&identity.ambient, Actor::Nobody, "sign_in.refused")
        .reference(attempt.reference)
        .detail(serde_json::json!({ "guesses_left": allowed }))
        .personal("email", attempt.email.key(), &identity.ambient);
    identity
        .store
        .write::<_, _, StoreError, _>(entry, |tx, entry| {
            Box::pin(async move { audit::record(&mut tx.scoped(PLATFORM), entry).await })
        })
        .await?;
    Ok(SignIn::Refused)
}
