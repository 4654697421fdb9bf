use ambient::{Opaque, Timestamp};
use audit::{Actor, Entry};
use serde_json::json;
use store::{PLATFORM, StoreError, Tx, params};
use uuid::Uuid;

use super::LINK_LIFETIME;
use crate::accounts::{self, EmailAddress};
use crate::sessions::Device;
use crate::{Fault, Identity, allowances, mails};

/// What the page may say: the same for every address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Begun {
    /// False when so many mails went to this address, or were asked for in this network, lately that none was sent now. The
    /// page says the same.
    pub mailed: bool,
}

struct Input {
    email: EmailAddress,
    locale: String,
    interaction: Option<Uuid>,
    network: String,
    link: Opaque,
    now: Timestamp,
    invitation: mail::Parcel,
    reminder: mail::Parcel,
    entry: Entry,
}

/// Sends the link, or to an address that has an account already a note that says so.
///
/// # Errors
/// [`Fault`].
pub async fn begin(
    identity: &Identity,
    email: EmailAddress,
    locale: &str,
    interaction: Option<Uuid>,
    door: Option<&str>,
    device: &Device,
) -> Result<Begun, Fault> {
    let link = identity.ambient.opaque();
    let url = identity.settings.page(&format!("/signup/confirm?token={}", link.expose()));
    let entry =
        Entry::new(&identity.ambient, Actor::Nobody, "sign_up.begun").personal("email", email.key(), &identity.ambient);
    let input = Input {
        invitation: mails::sign_up(identity, &email, locale, door, &url)?,
        reminder: mails::account_exists(identity, &email, locale, door)?,
        locale: locale.to_owned(),
        network: allowances::network(device.address),
        now: identity.ambient.now(),
        email,
        interaction,
        link,
        entry,
    };
    let begun = identity.store.write(input, |tx, input| Box::pin(write(tx, input))).await?;
    identity.mail_wake.ring();
    Ok(begun)
}

async fn write(tx: &mut Tx, input: &Input) -> Result<Begun, StoreError> {
    // The network's first: one that has none left takes none of the mailbox's, whose owner may need them (WEB-25).
    if allowances::take(tx, &allowances::SOURCE_SIGN_UPS, &input.network, input.now).await?.is_none()
        || allowances::take(tx, &allowances::SIGN_UP_MAILS, &input.email.mailbox(), input.now).await?.is_none()
    {
        return Ok(Begun { mailed: false });
    }
    let taken = accounts::exists(tx, &input.email).await?;
    // The row is written either way, so that both answers cost the same.
    tx.execute(
        "INSERT INTO sign_up (id, secret_hash, email, email_key, locale, interaction_id, created_at, expires_at, used_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        params![
            input.link.id(),
            input.link.hash(),
            input.email.as_str(),
            input.email.key(),
            input.locale,
            input.interaction,
            input.now,
            input.now.plus(LINK_LIFETIME),
            taken.then_some(input.now)
        ],
    )
    .await?;
    let mut platform = tx.scoped(PLATFORM);
    mail::queue(&mut platform, if taken { &input.reminder } else { &input.invitation }).await?;
    let entry = input.entry.clone().detail(json!({ "address_taken": taken }));
    audit::record(&mut platform, &entry).await?;
    Ok(Begun { mailed: true })
}
