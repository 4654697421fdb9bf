use ambient::{Opaque, Timestamp};
use audit::{Actor, Entry};
use serde_json::json;
use store::{PLATFORM, StoreError, Tx, params};
use uuid::Uuid;

use super::{LINK_LIFETIME, refused};
use crate::accounts::{self, AccountId, EmailAddress};
use crate::providers::{self, ProviderId};
use crate::sessions::Device;
use crate::sign_in::devices;
use crate::tenants::{Tenant, TenantId};
use crate::{Fault, Identity, allowances, links, mails};

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
    /// The tenant whose administrator asks for it, the account, and what the log says.
    by: Option<(TenantId, AccountId, Entry)>,
    /// The account and its known browser, if it is such a one that asks.
    own_browser: Option<String>,
    link: Opaque,
    now: Timestamp,
    letter: mail::Parcel,
    by_provider: mail::Parcel,
    note: mail::Parcel,
    entry: Entry,
}

/// Sends the link, or to an address that has no account a note that says so. Whose account was switched as a whole has no password
/// that a new one could replace: they hear which provider opens it. Nothing is answered: the page says the same
/// whatever happens here, and when so many mails went out lately that none is sent now.
///
/// # Errors
/// [`Fault`].
pub async fn begin(identity: &Identity, request: Request<'_>) -> Result<(), Fault> {
    let network = allowances::network(request.device.address);
    send(identity, request, network, None).await
}

/// The same for a member of a tenant, whose administrator asks for it (TP-09): to the account's own address, in its language. False:
/// the tenant knows nobody by this subject. Who has no address, having come by the tenant's provider alone, gets no mail. From now on
/// the password opens that tenant no more, until it is changed; that holds though there were too many mails lately.
///
/// # Errors
/// [`Fault`].
pub async fn begin_for(identity: &Identity, tenant: &Tenant, subject: &str) -> Result<bool, Fault> {
    let mut conn = identity.store.read().await?;
    let Some(account) = links::account_of(&mut conn, tenant.id, subject).await? else { return Ok(false) };
    let account = accounts::find(&mut conn, account).await?;
    drop(conn);
    let Some(account) = account else { return Ok(false) };
    let Some(email) = EmailAddress::parse(&account.email) else { return Ok(true) };
    let device = Device::default();
    let request = Request {
        email,
        locale: &account.locale,
        interaction: None,
        door: Some(&tenant.name),
        device: &device,
        known_device: "",
    };
    // A tenant has as many of them as a network, and its own to one mailbox.
    send(identity, request, format!("tenant {}", tenant.id), Some((tenant.id, account.id))).await?;
    identity.logout_wake.ring();
    Ok(true)
}

async fn send(
    identity: &Identity,
    request: Request<'_>,
    network: String,
    by: Option<(TenantId, AccountId)>,
) -> Result<(), Fault> {
    let Request { email, locale, interaction, door, device: _, known_device } = request;
    let mut conn = identity.store.read().await?;
    let known = accounts::find_with_password(&mut conn, &email).await?;
    // The same statements whether there is an account or not.
    let opened_by = known.as_ref().and_then(|known| known.opened_by).unwrap_or(ProviderId(Uuid::nil()));
    let provider = providers::find_by_id(&mut conn, opened_by).await?.map_or_else(String::new, |found| found.name);
    drop(conn);
    let account = known.map_or(AccountId(Uuid::nil()), |known| known.account.id);
    let own_browser = devices::recognise(identity, known_device, account);
    let link = identity.ambient.opaque();
    let url = identity.settings.page(&format!("/recover/reset?token={}", link.expose()));
    let input = Input {
        letter: mails::recovery(identity, &email, locale, door, (by.is_some(), &url))?,
        by_provider: mails::recovery_by_provider(identity, &email, locale, door, &provider)?,
        note: mails::recovery_unknown(identity, &email, locale, door)?,
        entry: Entry::new(&identity.ambient, Actor::Nobody, "recovery.begun").personal(
            "email",
            email.key(),
            &identity.ambient,
        ),
        network,
        by: by.map(|(tenant, account)| (tenant, account, refused::entry(identity, tenant, account))),
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
    if let Some((tenant, account, entry)) = &input.by {
        refused::refuse(tx, *tenant, *account, entry).await?;
    }
    if !may_mail(tx, input).await? {
        return Ok(());
    }
    let known: Option<(AccountId, i64, Option<ProviderId>)> =
        tx.maybe("SELECT id, epoch, provider_id FROM account WHERE email_key = $1", params![input.email.key()]).await?;
    let (account, epoch) = known.map(|(account, epoch, _)| (account, epoch)).unzip();
    let by_provider = known.is_some_and(|(.., provider)| provider.is_some());
    tx.execute(
        "INSERT INTO recovery (id, secret_hash, email_key, account_id, epoch, interaction_id, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        params![
            input.link.id(),
            input.link.hash(),
            input.email.key(),
            // Nobody is mailed the link of one that a provider opens: it leads nowhere either.
            account.filter(|_| !by_provider),
            epoch.unwrap_or_default(),
            input.interaction,
            input.now,
            input.now.plus(LINK_LIFETIME)
        ],
    )
    .await?;
    let mut platform = tx.scoped(PLATFORM);
    let letter = match (account, by_provider) {
        (Some(_), false) => &input.letter,
        (Some(_), true) => &input.by_provider,
        (None, _) => &input.note,
    };
    mail::queue(&mut platform, letter).await?;
    let tenant = input.by.as_ref().map(|(tenant, ..)| tenant);
    let detail = json!({ "known": account.is_some(), "by_provider": by_provider, "tenant": tenant });
    let mut entry = input.entry.clone().detail(detail);
    if let Some(account) = account {
        entry = entry.on("account", account);
    }
    audit::record(&mut platform, &entry).await
}

/// WEB-25, and yet nobody keeps somebody from their new password: their own browser has its own mails (WEB-07), and so have tenants.
async fn may_mail(tx: &mut Tx, input: &Input) -> Result<bool, StoreError> {
    if let Some(own) = &input.own_browser {
        return Ok(allowances::take(tx, &allowances::DEVICE_RECOVERIES, own, input.now).await?.is_some());
    }
    let mailbox = input.email.mailbox();
    let here = format!("{} {mailbox}", input.network);
    let (mailed_by, mailed) = match input.by {
        Some(_) => ((&allowances::RESETS_HERE, &here), (&allowances::RESETS_A_DAY, &mailbox)),
        None => ((&allowances::RECOVERY_MAILS, &mailbox), (&allowances::RECOVERY_MAILS_A_DAY, &mailbox)),
    };
    // The network's first: one that has none left takes none of the mailbox's, whose owner may need them.
    for (limit, key) in [(&allowances::SOURCE_RECOVERIES, &input.network), mailed_by, mailed] {
        if allowances::take(tx, limit, key, input.now).await?.is_none() {
            return Ok(false);
        }
    }
    Ok(true)
}
