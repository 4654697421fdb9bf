use ambient::{Opaque, Timestamp};
use audit::{Actor, Entry};
use serde_json::json;
use store::{PLATFORM, StoreError, Tx, params};
use uuid::Uuid;

use super::LINK_LIFETIME;
use crate::accounts::{self, AccountId, EmailAddress};
use crate::sessions::Device;
use crate::sign_in::devices;
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
    /// The tokens of a browser that has signed in before ([`crate::sign_in::remember`]).
    pub known_device: &'a str,
}

struct Input {
    email: EmailAddress,
    interaction: Option<Uuid>,
    network: String,
    /// The account and its known browser, if it is such a one that asks.
    own_browser: Option<String>,
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
    let Request { email, locale, interaction, door, device, known_device } = request;
    let account = accounts::find_by_email(&mut identity.store.read().await?, &email).await?;
    let account = account.map_or(AccountId(Uuid::nil()), |account| account.id);
    let own_browser = devices::recognise(identity, known_device, account);
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
        own_browser: own_browser.map(|device| format!("{account} {device}")),
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
    if !may_mail(tx, input).await? {
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

/// WEB-25, and yet nobody keeps somebody from their new password: their own browser has its own mails (WEB-07).
async fn may_mail(tx: &mut Tx, input: &Input) -> Result<bool, StoreError> {
    if let Some(own) = &input.own_browser {
        return Ok(allowances::take(tx, &allowances::DEVICE_RECOVERIES, own, input.now).await?.is_some());
    }
    let mailbox = input.email.mailbox();
    // The network's first: one that has none left takes none of the mailbox's, whose owner may need them.
    for (limit, key) in [
        (&allowances::SOURCE_RECOVERIES, &input.network),
        (&allowances::RECOVERY_MAILS, &mailbox),
        (&allowances::RECOVERY_MAILS_A_DAY, &mailbox),
    ] {
        if allowances::take(tx, limit, key, input.now).await?.is_none() {
            return Ok(false);
        }
    }
    Ok(true)
}
