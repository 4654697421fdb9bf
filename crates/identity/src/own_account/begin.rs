use std::time::Duration;

use ambient::{Opaque, SecretHash, Timestamp};
use audit::{Actor, Entry};
use store::{PLATFORM, StoreError, Tx, params};

use crate::accounts::EmailAddress;
use crate::sessions::{Device, Session};
use crate::{Fault, Identity, allowances, mails};

/// How long the link works.
const LIFETIME: Duration = Duration::from_secs(60 * 60);

/// What begins one.
#[derive(Debug)]
pub struct Beginning<'a> {
    /// The session that a tenant's own provider has made.
    pub session: &'a Session,
    /// Its browser.
    pub browser: &'a str,
    /// The address that is to be theirs.
    pub email: EmailAddress,
    /// The language of the page.
    pub locale: &'a str,
    /// Where it comes from.
    pub device: &'a Device,
    /// The tenant's name.
    pub door: &'a str,
}

struct Input {
    link: Opaque,
    browser: SecretHash,
    session: Session,
    email: EmailAddress,
    network: String,
    letter: mail::Parcel,
    entry: Entry,
    now: Timestamp,
}

/// Mails the link that proves the address. Whoever has it, the page, the work and the mail are the same (DESIGN §4.11).
///
/// # Errors
/// [`Fault`].
pub async fn begin(identity: &Identity, it: Beginning<'_>) -> Result<(), Fault> {
    let link = identity.ambient.opaque();
    let url = identity.settings.page(&format!("/account/own/mail?token={}", link.expose()));
    let letter = mails::own_account(identity, &it.email, it.locale, it.door, &url)?;
    let account = it.session.account.id;
    let entry = Entry::new(&identity.ambient, Actor::Account(account.0), "own_account.begun")
        .on("account", account)
        .personal("email", it.email.key(), &identity.ambient);
    let input = Input {
        link,
        browser: SecretHash::of(it.browser),
        session: it.session.clone(),
        email: it.email,
        network: allowances::network(it.device.address),
        letter,
        entry,
        now: identity.ambient.now(),
    };
    identity.store.write::<_, _, StoreError, _>(input, |tx, input| Box::pin(write(tx, input))).await?;
    identity.mail_wake.ring();
    Ok(())
}

/// WEB-25: nobody's mailbox is filled.
async fn write(tx: &mut Tx, input: &Input) -> Result<(), StoreError> {
    for (limit, key) in
        [(&allowances::SOURCE_SIGN_UPS, &input.network), (&allowances::SIGN_UP_MAILS, &input.email.mailbox())]
    {
        if allowances::take(tx, limit, key, input.now).await?.is_none() {
            return Ok(());
        }
    }
    let account = &input.session.account;
    tx.execute(
        "INSERT INTO own_account (id, secret_hash, account_id, epoch, browser_hash, email, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        params![
            input.link.id(),
            input.link.hash(),
            account.id,
            account.epoch,
            input.browser.clone(),
            input.email.as_str(),
            input.now,
            input.now.plus(LIFETIME)
        ],
    )
    .await?;
    let mut platform = tx.scoped(PLATFORM);
    mail::queue(&mut platform, &input.letter).await?;
    audit::record(&mut platform, &input.entry).await
}
