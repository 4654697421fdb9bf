use ambient::Opaque;
use audit::{Actor, Entry};
use store::{PLATFORM, StoreError, Tx, params};

use super::grant;
use crate::accounts::{AccountId, EmailAddress};
use crate::sign_up::LINK_LIFETIME;
use crate::{Fault, Identity};

/// How the first administrator was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum First {
    /// The address has an account: it is the administrator now.
    Account,
    /// It has none: this address of ours makes it, once, within a day. Whoever signs up with that e-mail address later
    /// becomes the administrator as well, so a link that was lost costs nothing.
    Invited {
        /// Shown to the operator, and stored nowhere.
        link: String,
    },
    /// There was a first one before.
    NotTheFirst,
}

struct Input {
    email: EmailAddress,
    locale: String,
    link: Opaque,
    entry: Entry,
}

/// Makes the first administrator of a platform: once, however many ask at the same time. For the operator's command line;
/// every later one is made by an administrator.
///
/// # Errors
/// [`Fault`].
pub async fn first(identity: &Identity, email: EmailAddress, locale: &str) -> Result<First, Fault> {
    let link = identity.ambient.opaque();
    let url = identity.settings.page(&format!("/signup/confirm?token={}", link.expose()));
    let entry = Entry::new(&identity.ambient, Actor::Operator, "administrator.first").personal(
        "email",
        email.key(),
        &identity.ambient,
    );
    let input = Input { email, locale: locale.to_owned(), link, entry };
    let made = identity.store.write(input, |tx, input| Box::pin(write(tx, input))).await?;
    Ok(match made {
        Made::Account => First::Account,
        Made::Invited => First::Invited { link: url },
        Made::Nothing => First::NotTheFirst,
    })
}

enum Made {
    Account,
    Invited,
    Nothing,
}

async fn write(tx: &mut Tx, input: &Input) -> Result<Made, StoreError> {
    // The gate: whoever's statement makes the row is the first.
    let guard = "INSERT INTO administrator_guard (one, number) VALUES (1, 0) ON CONFLICT (one) DO NOTHING";
    if tx.execute(guard, params![]).await? == 0 {
        return Ok(Made::Nothing);
    }
    let known: Option<(AccountId,)> =
        tx.maybe("SELECT id FROM account WHERE email_key = $1", params![input.email.key()]).await?;
    let made = match known {
        Some((account,)) => {
            grant(tx, account, None, input.entry.at).await?;
            Made::Account
        }
        None => {
            invite(tx, input).await?;
            Made::Invited
        }
    };
    audit::record(&mut tx.scoped(PLATFORM), &input.entry).await?;
    Ok(made)
}

/// The link of a sign-up, without the mail: the operator hands it over.
async fn invite(tx: &mut Tx, input: &Input) -> Result<(), StoreError> {
    let now = input.entry.at;
    tx.execute(
        "INSERT INTO administrator_invitation (email_key, created_at) VALUES ($1, $2)",
        params![input.email.key(), now],
    )
    .await?;
    tx.execute(
        "INSERT INTO sign_up (id, secret_hash, email, email_key, locale, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        params![
            input.link.id(),
            input.link.hash(),
            input.email.as_str(),
            input.email.key(),
            input.locale,
            now,
            now.plus(LINK_LIFETIME)
        ],
    )
    .await
    .map(|_| ())
}
