//! How often something may happen: guesses at one account, from one network, on one device; mails to one address.
//!
//! One row a key. Taking is one conditional statement whose row count decides, so that parallel requests on any number
//! of nodes never take more than the limit (WEB-06, WEB-25).

use std::time::Duration;

use ambient::{SecretHash, Timestamp};
use store::{Conn, StoreError, Tx, params};

use crate::authorize::InteractionId;

pub use ambient::network;

/// A limit: so many in a window that starts with the first.
#[derive(Debug, Clone, Copy)]
pub struct Limit {
    /// What is counted; part of the key.
    pub kind: &'static str,
    /// How many.
    pub most: i64,
    /// In how long.
    pub window: Duration,
}

/// How long wrong passwords are counted together, whatever they are counted by.
const GUESSES: Duration = Duration::from_secs(15 * 60);

/// Wrong passwords for one address, from browsers that have never signed in to it.
pub const PASSWORD_GUESSES: Limit = Limit { kind: "password_guess", most: 10, window: GUESSES };
/// Wrong passwords from one network, whatever the address: many people may share one.
pub const SOURCE_GUESSES: Limit = Limit { kind: "source_guess", most: 100, window: GUESSES };
/// Wrong passwords for one account from one browser that has signed in to it before (WEB-07).
pub const DEVICE_GUESSES: Limit = Limit { kind: "device_guess", most: 10, window: GUESSES };
/// Wrong current passwords of somebody who is signed in and wants to change theirs.
pub const OWN_GUESSES: Limit = Limit { kind: "own_guess", most: 10, window: GUESSES };
/// Refused sign-ins of one network that had no guess left, as far as they are written to the audit log. Those that had one
/// are bounded by the guesses.
pub const REFUSALS_NOTED: Limit = Limit { kind: "sign_in_refusal", most: 20, window: Duration::from_secs(60 * 60) };
/// Logins that ended at a provider, begun in one network, as far as they are written to the audit log.
pub const FAILURES_NOTED: Limit = Limit { kind: "upstream_failure", most: 60, window: Duration::from_secs(60 * 60) };
/// Requests from one network that wait for somebody to sign in. One that has led somewhere counts no longer, so that a
/// thousand people behind one address are no flood, and a thousand requests that nobody follows are one.
pub const SOURCE_REQUESTS: Limit = Limit { kind: "source_request", most: 600, window: Duration::from_secs(10 * 60) };
/// Sign-up mails to one address.
pub const SIGN_UP_MAILS: Limit = Limit { kind: "sign_up_mail", most: 3, window: Duration::from_secs(60 * 60) };
/// Such mails asked for from one network, whatever the address.
pub const SOURCE_SIGN_UPS: Limit = Limit { kind: "source_sign_up", most: 30, window: Duration::from_secs(60 * 60) };
/// Mails about a forgotten password to one address, asked for in browsers that have never signed in to it.
pub const RECOVERY_MAILS: Limit = Limit { kind: "recovery_mail", most: 3, window: Duration::from_secs(60 * 60) };
/// The same in a day: whoever asks again and again does not fill a mailbox.
pub const RECOVERY_MAILS_A_DAY: Limit =
    Limit { kind: "recovery_mail_day", most: 12, window: Duration::from_secs(24 * 60 * 60) };
/// Such mails asked for in one browser that has signed in to the account before: nobody else uses these up.
pub const DEVICE_RECOVERIES: Limit =
    Limit { kind: "device_recovery", most: 6, window: Duration::from_secs(24 * 60 * 60) };
/// Such mails asked for from one network, whatever the address.
pub const SOURCE_RECOVERIES: Limit = Limit { kind: "source_recovery", most: 30, window: Duration::from_secs(60 * 60) };
/// Such mails to one address, asked for by the administrators of one tenant: they use up nobody's own.
pub const RESETS_HERE: Limit = Limit { kind: "reset_here", most: 3, window: Duration::from_secs(24 * 60 * 60) };
/// The same by all tenants: one alone leaves the others theirs.
pub const RESETS_A_DAY: Limit = Limit { kind: "reset_day", most: 12, window: Duration::from_secs(24 * 60 * 60) };
/// Mails that say how somebody signs in, to one address, asked for in browsers that have never signed in to it.
pub const HOW_MAILS: Limit = Limit { kind: "how_mail", most: 3, window: Duration::from_secs(60 * 60) };
/// The same in a day.
pub const HOW_MAILS_A_DAY: Limit = Limit { kind: "how_mail_day", most: 6, window: Duration::from_secs(24 * 60 * 60) };
/// Such mails asked for in one browser that has signed in to the account before.
pub const DEVICE_HOW: Limit = Limit { kind: "device_how", most: 6, window: Duration::from_secs(24 * 60 * 60) };
/// Such mails asked for from one network, whatever the address.
pub const SOURCE_HOW: Limit = Limit { kind: "source_how", most: 30, window: Duration::from_secs(60 * 60) };
/// Invitations to one mailbox, by whichever tenants.
pub const INVITATION_MAILS: Limit =
    Limit { kind: "invitation_mail", most: 10, window: Duration::from_secs(24 * 60 * 60) };
/// Invitations of one tenant to one mailbox.
pub const INVITATION_MAILS_HERE: Limit =
    Limit { kind: "invitation_mail_here", most: 3, window: Duration::from_secs(24 * 60 * 60) };
/// Invitations of one tenant, to anybody.
pub const INVITATION_MAILS_OF_TENANT: Limit =
    Limit { kind: "invitation_mail_of_tenant", most: 2_000, window: Duration::from_secs(24 * 60 * 60) };

/// One that was taken, to be given back if it turns out to be none.
#[derive(Debug, Clone)]
pub struct Taken {
    kind: &'static str,
    key: SecretHash,
    opened_at: Timestamp,
}

/// Takes one; none if the window's are used up.
///
/// # Errors
/// The database's.
pub async fn take(tx: &mut Tx, limit: &Limit, key: &str, now: Timestamp) -> Result<Option<Taken>, StoreError> {
    let key = SecretHash::of(key);
    let taken: Option<(Timestamp,)> = tx
        .maybe(
            "INSERT INTO allowance (kind, key_hash, opened_at, used) VALUES ($1, $2, $3, 1)
             ON CONFLICT (kind, key_hash) DO UPDATE SET
                used = CASE WHEN allowance.opened_at <= $4 THEN 1 ELSE allowance.used + 1 END,
                opened_at = CASE WHEN allowance.opened_at <= $4 THEN $3 ELSE allowance.opened_at END
             WHERE allowance.opened_at <= $4 OR allowance.used < $5
             RETURNING opened_at",
            params![limit.kind, key, now, now.minus(limit.window), limit.most],
        )
        .await?;
    Ok(taken.map(|(opened_at,)| Taken { kind: limit.kind, key, opened_at }))
}

/// Whether a window's are used up. Says so without taking one.
///
/// # Errors
/// The database's.
pub(crate) async fn spent(conn: &mut Conn, limit: &Limit, key: &str, now: Timestamp) -> Result<bool, StoreError> {
    conn.exists(
        "SELECT 1 FROM allowance WHERE kind = $1 AND key_hash = $2 AND opened_at > $3 AND used >= $4",
        params![limit.kind, SecretHash::of(key), now.minus(limit.window), limit.most],
    )
    .await
}

/// Gives back what was taken for a password that was right: this one alone, in its own window. Whoever knows one password
/// gets no more guesses at another by it.
///
/// # Errors
/// The database's.
pub async fn give_back(tx: &mut Tx, taken: &Taken) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE allowance SET used = used - 1 WHERE kind = $1 AND key_hash = $2 AND opened_at = $3 AND used > 0",
        params![taken.kind, taken.key, taken.opened_at],
    )
    .await?;
    Ok(())
}

/// Gives back what an interaction took when it began, in its own window.
///
/// # Errors
/// The database's.
pub(crate) async fn give_back_request(tx: &mut Tx, interaction: InteractionId) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE allowance SET used = used - 1
         WHERE kind = $1 AND used > 0 AND key_hash = (SELECT network_hash FROM interaction WHERE id = $2)
           AND opened_at <= (SELECT created_at FROM interaction WHERE id = $2)",
        params![SOURCE_REQUESTS.kind, interaction],
    )
    .await?;
    Ok(())
}

/// Forgets what was taken: after a reset, when there is a new password to guess.
///
/// # Errors
/// The database's.
pub(crate) async fn start_over(tx: &mut Tx, limit: &Limit, key: &str) -> Result<(), StoreError> {
    tx.execute("DELETE FROM allowance WHERE kind = $1 AND key_hash = $2", params![limit.kind, SecretHash::of(key)])
        .await?;
    Ok(())
}
