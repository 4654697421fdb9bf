//! How often something may happen: guesses at one account, mails to one address.
//!
//! One row a key. Taking is one conditional statement whose row count decides, so that parallel requests on any number
//! of nodes never take more than the limit (WEB-06, WEB-25).

use std::time::Duration;

use ambient::{SecretHash, Timestamp};
use store::{StoreError, Tx, params};

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

/// Wrong passwords for one address.
pub const PASSWORD_GUESSES: Limit = Limit { kind: "password_guess", most: 10, window: Duration::from_secs(15 * 60) };
/// Sign-up mails to one address.
pub const SIGN_UP_MAILS: Limit = Limit { kind: "sign_up_mail", most: 3, window: Duration::from_secs(60 * 60) };
/// Invitations to one mailbox, by whichever tenants.
pub const INVITATION_MAILS: Limit =
    Limit { kind: "invitation_mail", most: 10, window: Duration::from_secs(24 * 60 * 60) };
/// Invitations of one tenant to one mailbox.
pub const INVITATION_MAILS_HERE: Limit =
    Limit { kind: "invitation_mail_here", most: 3, window: Duration::from_secs(24 * 60 * 60) };
/// Invitations of one tenant, to anybody.
pub const INVITATION_MAILS_OF_TENANT: Limit =
    Limit { kind: "invitation_mail_of_tenant", most: 2_000, window: Duration::from_secs(24 * 60 * 60) };

/// Takes one; false if the window's are used up.
///
/// # Errors
/// The database's.
pub async fn take(tx: &mut Tx, limit: &Limit, key: &str, now: Timestamp) -> Result<bool, StoreError> {
    let taken: Option<(i64,)> = tx
        .maybe(
            "INSERT INTO allowance (kind, key_hash, opened_at, used) VALUES ($1, $2, $3, 1)
             ON CONFLICT (kind, key_hash) DO UPDATE SET
                used = CASE WHEN allowance.opened_at <= $4 THEN 1 ELSE allowance.used + 1 END,
                opened_at = CASE WHEN allowance.opened_at <= $4 THEN $3 ELSE allowance.opened_at END
             WHERE allowance.opened_at <= $4 OR allowance.used < $5
             RETURNING used",
            params![limit.kind, SecretHash::of(key), now, now.minus(limit.window), limit.most],
        )
        .await?;
    Ok(taken.is_some())
}

/// Starts over, after a success.
///
/// # Errors
/// The database's.
pub async fn restore(tx: &mut Tx, limit: &Limit, key: &str) -> Result<(), StoreError> {
    tx.execute("DELETE FROM allowance WHERE kind = $1 AND key_hash = $2", params![limit.kind, SecretHash::of(key)])
        .await?;
    Ok(())
}
