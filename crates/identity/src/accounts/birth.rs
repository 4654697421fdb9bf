use ambient::{Ambient, Timestamp};
use audit::{Actor, Entry};
use store::{PLATFORM, StoreError, Tx, params};

use super::{AccountId, EmailAddress, Locale, Name};
use crate::administrators;
use crate::tenants::TenantId;

/// A new account whose address counts as proved: by a mailed link, or because an operator says so.
#[derive(Debug, Clone)]
pub struct NewAccount {
    /// The address.
    pub email: EmailAddress,
    /// First name.
    pub given_name: Name,
    /// Last name.
    pub family_name: Name,
    /// Language.
    pub locale: Locale,
}

/// What somebody enters who gets an account.
#[derive(Debug, Clone)]
pub struct NewPerson {
    /// First name.
    pub given_name: Name,
    /// Last name.
    pub family_name: Name,
    /// Language.
    pub locale: Locale,
    /// The password, already judged by the policy.
    pub password: String,
}

impl NewPerson {
    /// Their account of a proved address, and the password.
    pub(crate) fn at(self, email: EmailAddress) -> (NewAccount, String) {
        let Self { given_name, family_name, locale, password } = self;
        (NewAccount { email, given_name, family_name, locale }, password)
    }
}

/// The credential epoch of a new account.
pub(crate) const FIRST_EPOCH: i64 = 1;

/// An account about to be, with its password.
#[derive(Debug, Clone)]
pub(crate) struct Birth {
    pub id: AccountId,
    new: NewAccount,
    /// None: a provider is the way in.
    phc: Option<String>,
    entry: Entry,
    promoted: Entry,
}

impl Birth {
    /// By its own person, or whoever `actor` is.
    pub(crate) fn new(
        ambient: &Ambient,
        id: AccountId,
        (new, phc): (NewAccount, Option<String>),
        (actor, action): (Actor, &'static str),
    ) -> Self {
        let entry = Entry::new(ambient, actor, action).on("account", id);
        let promoted = Entry::new(ambient, Actor::System, "administrator.added").on("account", id);
        Self { id, new, phc, entry, promoted }
    }

    const fn at(&self) -> Timestamp {
        self.entry.at
    }
}

/// The one way in which an account comes to be, and all that goes with it: the links that wait for its address are void,
/// and an administrator who was invited by it is this one. False, and nothing is written, if the address has an account:
/// the insert decides, however many try at once.
pub(crate) async fn born(tx: &mut Tx, birth: &Birth) -> Result<bool, StoreError> {
    let (new, now) = (&birth.new, birth.at());
    let inserted = tx
        .execute(
            "INSERT INTO account
                (id, email, email_key, given_name, family_name, locale, email_proved_at, epoch, created_at, updated_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $7, $7) ON CONFLICT (email_key) DO NOTHING",
            params![
                birth.id,
                new.email.as_str(),
                new.email.key(),
                new.given_name.as_str(),
                new.family_name.as_str(),
                new.locale.as_str(),
                now,
                FIRST_EPOCH
            ],
        )
        .await?;
    if inserted == 0 {
        return Ok(false);
    }
    if let Some(phc) = &birth.phc {
        let password = "INSERT INTO password (account_id, phc, changed_at) VALUES ($1, $2, $3)";
        tx.execute(password, params![birth.id, phc, now]).await?;
    }
    let void = "UPDATE sign_up SET used_at = $1 WHERE email_key = $2 AND used_at IS NULL";
    tx.execute(void, params![now, new.email.key()]).await?;
    audit::record(&mut tx.scoped(PLATFORM), &birth.entry).await?;
    administrators::claim(tx, &new.email, birth.id, &birth.promoted).await?;
    Ok(true)
}

/// Somebody who is known through a tenant's own provider alone: no address, no credential, nothing elsewhere (DESIGN §4.2).
///
/// # Errors
/// The database's.
pub(crate) async fn born_in_scope(
    tx: &mut Tx,
    id: AccountId,
    tenant: TenantId,
    (given_name, family_name, locale): (&str, &str, &Locale),
    now: Timestamp,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO account
            (id, email, email_key, given_name, family_name, locale, email_proved_at, epoch, created_at, updated_at, scope_id,
             unjoined_at)
         VALUES ($1, '', $2, $3, $4, $5, $6, $7, $6, $6, $8, $6)",
        // No address has a colon (`EmailAddress`): nobody is found by this one.
        params![id, format!("scope:{id}"), given_name, family_name, locale.as_str(), now, FIRST_EPOCH, tenant],
    )
    .await?;
    Ok(())
}
