//! Signing in with a password.
//!
//! Whatever is wrong (the address, the password, too many guesses at it), the answer and the work done for it are the same:
//! one write that takes a guess, one argon2id hash, one write that notes the outcome (WEB-05).
//!
//! ```text
//! a browser that has signed in to the account before ──▶ its own guesses
//! any other ──▶ its network's guesses, then the address's
//! ```
//! Both are taken before the hash is computed, and given back if the password was right. Who has used up their own, such a
//! browser or a network, gets the same answer without a hash: that says nothing of any account, and costs nobody else
//! their sign-in (WEB-09).

pub(crate) mod devices;
mod how;
mod ways_used;

use ambient::Timestamp;
use audit::{Actor, Entry};
use store::{PLATFORM, StoreError, Tx};
use uuid::Uuid;

use crate::accounts::{self, AccountId, AccountWithPassword, EmailAddress};
use crate::allowances::{self, Limit, Taken};
use crate::providers::ProviderId;
use crate::sessions::{self, By, Device, Method, NewAuthentication, SessionId};
use crate::{Fault, Identity};

pub use devices::remember;
pub(crate) use how::Ways;
pub use how::{Question, openers, tell_how};
pub use ways_used::{note_way, ways_used};

/// How an attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignIn {
    /// The proof is written down in this session.
    Welcome(SessionId),
    /// Unknown address, wrong password or no guesses left. One answer for all three.
    Refused,
    /// The password is right, and opens nothing: the account was switched to this provider (DESIGN §4.3). By its id.
    Elsewhere(ProviderId),
}

/// What an attempt brings.
pub struct Attempt<'a> {
    /// The typed address.
    pub email: &'a EmailAddress,
    /// The typed password.
    pub password: &'a str,
    /// Whether the person wants to stay signed in.
    pub remembered: bool,
    /// The sessions that this browser has already, expired or not: a proof for one of their accounts is added to it.
    pub browser_sessions: &'a [sessions::Session],
    /// Where it comes from.
    pub device: &'a Device,
    /// The tokens of a browser that has signed in before ([`remember`]).
    pub known_device: &'a str,
    /// What the refusal page shows and the log carries.
    pub reference: &'a str,
}

/// Checks a password and, if it is right, writes the proof down.
///
/// # Errors
/// [`Fault`].
pub async fn with_password(identity: &Identity, attempt: Attempt<'_>) -> Result<SignIn, Fault> {
    match verify(identity, &attempt).await? {
        Verdict::Right(known, guess) => match known.opened_by {
            None => welcome(identity, &known.account, &attempt, guess).await,
            Some(provider) => {
                proved(identity, &known.account, guess, "sign_in.elsewhere", attempt.reference).await?;
                Ok(SignIn::Elsewhere(provider))
            }
        },
        Verdict::Wrong { guesses_left } => refuse(identity, &attempt, guesses_left).await,
    }
}

/// Checks a password as the proof that a link asks for, and makes no session (DESIGN §4.3): of whom, and under which epoch.
///
/// # Errors
/// [`Fault`].
pub async fn as_proof(identity: &Identity, attempt: Attempt<'_>) -> Result<Option<(AccountId, i64)>, Fault> {
    match verify(identity, &attempt).await? {
        Verdict::Right(known, guess) => {
            proved(identity, &known.account, guess, "link.credential_proved", attempt.reference).await?;
            Ok(Some((known.account.id, known.account.epoch)))
        }
        Verdict::Wrong { guesses_left } => {
            refuse(identity, &attempt, guesses_left).await?;
            Ok(None)
        }
    }
}

/// What a password is.
enum Verdict {
    Right(Box<AccountWithPassword>, Vec<Taken>),
    Wrong { guesses_left: bool },
}

async fn verify(identity: &Identity, attempt: &Attempt<'_>) -> Result<Verdict, Fault> {
    let mut conn = identity.store.read().await?;
    let known = accounts::find_with_password(&mut conn, attempt.email).await?;
    let counted = Counted::of(identity, attempt, known.as_ref().map(|known| known.account.id));
    // Before anything is queued: who has used up their own takes nobody else's place.
    let (limit, key) = counted.first();
    if allowances::spent(&mut conn, limit, &key, identity.ambient.now()).await? {
        return Ok(Verdict::Wrong { guesses_left: false });
    }
    drop(conn);
    // Before a guess is counted: who is told to come back later has guessed nothing.
    let place = identity.hasher.queue(&allowances::network(attempt.device.address))?;
    let guess = take_guess(identity, counted).await?;
    // A password that no policy allows is nobody's: refused without hashing it (WEB-09).
    let hashable = attempt.password.chars().count() <= identity.settings.passwords.longest();
    let password = if hashable { attempt.password } else { "" };
    let phc = known.as_ref().and_then(|known| known.phc.as_deref()).filter(|_| guess.is_some() && hashable);
    let right = identity.hasher.verify(place, password, phc).await?;
    Ok(match (known.filter(|_| right), guess) {
        (Some(known), Some(guess)) => Verdict::Right(Box::new(known), guess),
        (_, guess) => Verdict::Wrong { guesses_left: guess.is_some() },
    })
}

/// A right password that makes no session: its guess is given back, and the log tells of it.
async fn proved(
    identity: &Identity,
    account: &accounts::Account,
    guess: Vec<Taken>,
    action: &'static str,
    reference: &str,
) -> Result<(), Fault> {
    let entry = Entry::new(&identity.ambient, Actor::Account(account.id.0), action)
        .on("account", account.id)
        .reference(reference);
    identity
        .store
        .write::<_, _, StoreError, _>((entry, guess), |tx, (entry, guess)| {
            Box::pin(async move {
                for taken in guess {
                    allowances::give_back(tx, taken).await?;
                }
                audit::record(&mut tx.scoped(PLATFORM), entry).await
            })
        })
        .await?;
    Ok(())
}

/// Where a guess is counted.
enum Counted {
    OnDevice(AccountId, Uuid),
    AtAddress { network: String, address: String },
}

impl Counted {
    fn of(identity: &Identity, attempt: &Attempt<'_>, account: Option<AccountId>) -> Self {
        let account = account.unwrap_or(AccountId(Uuid::nil()));
        match devices::recognise(identity, attempt.known_device, account) {
            Some(device) => Self::OnDevice(account, device),
            None => Self::AtAddress {
                network: allowances::network(attempt.device.address),
                address: attempt.email.key().to_owned(),
            },
        }
    }

    /// What is taken first, and is the asker's own. The network comes before the address: one that has none left takes none
    /// of the account's, which its holder may need.
    fn first(&self) -> (&'static Limit, String) {
        match self {
            Self::OnDevice(account, device) => (&allowances::DEVICE_GUESSES, format!("{account} {device}")),
            Self::AtAddress { network, .. } => (&allowances::SOURCE_GUESSES, network.clone()),
        }
    }
}

/// What was taken for a guess; none if there was none left.
async fn take_guess(identity: &Identity, counted: Counted) -> Result<Option<Vec<Taken>>, Fault> {
    let input = (counted, identity.ambient.now());
    let taken = identity
        .store
        .write::<_, _, StoreError, _>(input, |tx, (counted, now)| Box::pin(write_guess(tx, counted, *now)))
        .await?;
    Ok(taken)
}

async fn write_guess(tx: &mut Tx, counted: &Counted, now: Timestamp) -> Result<Option<Vec<Taken>>, StoreError> {
    let (limit, key) = counted.first();
    let Some(own) = allowances::take(tx, limit, &key, now).await? else { return Ok(None) };
    let Counted::AtAddress { address, .. } = counted else { return Ok(Some(vec![own])) };
    let taken = allowances::take(tx, &allowances::PASSWORD_GUESSES, address, now).await?;
    Ok(taken.map(|taken| vec![own, taken]))
}

async fn welcome(
    identity: &Identity,
    account: &accounts::Account,
    attempt: &Attempt<'_>,
    guess: Vec<Taken>,
) -> Result<SignIn, Fault> {
    let ambient = &identity.ambient;
    let own = |session: &&sessions::Session| session.account.id == account.id && session.scope.is_none();
    let session = attempt.browser_sessions.iter().find(own);
    let new = NewAuthentication {
        session: session.map(|session| session.id),
        replaces: None,
        fresh: ambient.row_id(),
        authentication_id: ambient.row_id(),
        account_id: account.id,
        epoch: account.epoch,
        method: Method::Password,
        by: By::platform(),
        device: attempt.device.clone(),
        lifetimes: identity.settings.sessions,
        remembered: attempt.remembered,
        now: ambient.now(),
    };
    let entry = Entry::new(ambient, Actor::Account(account.id.0), "sign_in.password").on("account", account.id);
    let session = identity.store.write((new, entry, guess), |tx, input| Box::pin(write_welcome(tx, input))).await?;
    Ok(SignIn::Welcome(session))
}

async fn write_welcome(
    tx: &mut Tx,
    (new, entry, guess): &(NewAuthentication, Entry, Vec<Taken>),
) -> Result<SessionId, StoreError> {
    // Two at most.
    for taken in guess {
        allowances::give_back(tx, taken).await?;
    }
    let session = sessions::authenticate(tx, new).await?;
    audit::record(&mut tx.scoped(PLATFORM), entry).await?;
    Ok(session)
}

async fn refuse(identity: &Identity, attempt: &Attempt<'_>, allowed: bool) -> Result<SignIn, Fault> {
    let entry = Entry::new(&identity.ambient, Actor::Nobody, "sign_in.refused")
        .reference(attempt.reference)
        .detail(serde_json::json!({ "guesses_left": allowed }))
        .personal("email", attempt.email.key(), &identity.ambient);
    let network = allowances::network(attempt.device.address);
    identity
        .store
        .write::<_, _, StoreError, _>((entry, network, allowed), |tx, (entry, network, allowed)| {
            Box::pin(async move {
                // Who knocks on and on does not fill the log.
                if *allowed || allowances::take(tx, &allowances::REFUSALS_NOTED, network, entry.at).await?.is_some() {
                    audit::record(&mut tx.scoped(PLATFORM), entry).await?;
                }
                Ok(())
            })
        })
        .await?;
    Ok(SignIn::Refused)
}
