use ambient::{Opaque, Timestamp};
use audit::{Actor, Entry};
use serde_json::json;
use store::{PLATFORM, StoreError, Tx, params};
use uuid::Uuid;

use super::LINK_LIFETIME;
use crate::accounts::{AccountId, EmailAddress};
use crate::sessions::Device;
use crate::{Fault, Identity, allowances, mails};

/// Who asks for a new password, and from where.
pub struct Request<'a> {
    /// The typed address.
    pub email: EmailAddress,
    /// The language of the page.
    pub locale: &'a str,
    /// The authorization request that waits.
    pub interaction: Option<Uuid>,
    /// What the person is on the way to, by name.
    pub door: Option<&'a str>,
    /// Where it comes from.
    pub device: &'a Device,
}

struct Input {
    email: EmailAddress,
    interaction: Option<Uuid>,
    network: String,
    link: Opaque,
    now: Timestamp,
    letter: mail::Parcel,
    note: mail::Parcel,
    entry: Entry,
}

/// Sends the link, or to an address that has no account a note that says so. Nothing is answered: the page says the same
/// whatever happens here, and when so many mails went out lately that none is sent now.
///
/// # Errors
/// [`Fault`].
pub async fn begin(identity: &Identity, request: Request<'_>) -> Result<(), Fault> {
    let Request { email, locale, interaction, door, device } = request;
    let link = identity.ambient.opaque();
    let url = identity.settings.page(&format!("/recover/reset?token={}", link.expose()));
    let input = Input {
        letter: mails::recovery(identity, &email, locale, door, &url)?,
        note: mails::recovery_unknown(identity, &email, locale, door)?,
        entry: Entry::new(&identity.ambient, Actor::Nobody, "recovery.begun").personal(
            "email",
            email.key(),
            &identity.ambient,
        ),
        network: allowances::network(device.address),
        now: identity.ambient.now(),
        email,
        interaction,
        link,
    };
    identity.store.write::<_, _, StoreError, _>(input, |tx, input| Box::pin(write(tx, input))).await?;
    identity.mail_wake.ring();
    Ok(())
}

async fn write(tx: &mut Tx, input: &Input) -> Result<(), StoreError> {
    let (network, mailbox) = (&input.network, input.email.mailbox());
    // The network's first: one that has none left takes none of the mailbox's, whose owner may need them (WEB-25).
    if allowances::take(tx, &allowances::SOURCE_RECOVERIES, network, input.now).await?.is_none()
        || allowances::take(tx, &allowances::RECOVERY_MAILS, &mailbox, input.now).await?.is_none()
    {
        return Ok(());
    }
    let known: Option<(AccountId, i64)> =
        tx.maybe("SELECT id, epoch FROM account WHERE email_key = $1", params![input.email.key()]).await?;
    let (account, epoch) = known.unzip();
    tx.execute(
        "INSERT INTO recovery (id, secret_hash, email_key, account_id, epoch, interaction_id, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        params![
            input.link.id(),
            input.link.hash(),
            input.email.key(),
            account,
            epoch.unwrap_or_default(),
            input.interaction,
            input.now,
            input.now.plus(LINK_LIFETIME)
        ],
    )
    .await?;
    let mut platform = tx.scoped(PLATFORM);
    mail::queue(&mut platform, if account.is_some() { &input.letter } else { &input.note }).await?;
    let mut entry = input.entry.clone().detail(json!({ "known": account.is_some() }));
    if let Some(account) = account {
        entry = entry.on("account", account);
    }
    audit::record(&mut platform, &entry).await
}
