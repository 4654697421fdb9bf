//! *How do I sign in here?* Nobody is told on a page (DESIGN §4.11): the answer goes by mail to the address in question, names the
//! ways of its account on the way to one door, and carries no secret. Whether there is an account changes what the letter says,
//! and nothing else: both cost the same reads, one write and one mail (WEB-05).

use ambient::Timestamp;
use audit::{Actor, Entry};
use serde_json::json;
use store::{Conn, PLATFORM, StoreError, Tx, params};
use uuid::Uuid;

use super::devices;
use crate::accounts::{self, AccountId, AccountWithPassword, EmailAddress};
use crate::providers::{self, Shown};
use crate::sessions::Device;
use crate::tenants::TenantId;
use crate::{Fault, Identity, allowances, mails};

/// How many providers a letter names.
const MOST_NAMED: i64 = 10;

/// Who asks, and from where.
pub struct Question<'a> {
    /// The typed address.
    pub email: EmailAddress,
    /// The language of the page.
    pub locale: &'a str,
    /// The tenant on the way to which it is asked.
    pub tenant: Option<TenantId>,
    /// What the person is on the way to, by name.
    pub door: &'a str,
    /// Where the letter's link leads: that door again.
    pub url: &'a str,
    /// Where it comes from.
    pub device: &'a Device,
    /// The tokens of a browser that has signed in before ([`crate::sign_in::remember`]).
    pub known_device: &'a str,
}

/// What opens a door to the holder of an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Ways {
    /// No account has it; perhaps a provider stands for its domain.
    NoAccount(Option<String>),
    /// One provider alone, by name: the tenant, or the platform, has decided so.
    Alone(String),
    /// Nobody has decided so, and yet one provider, by name, is all that the sign-in page offers on the way to this tenant.
    Offered(String),
    /// The tenant's decision and the platform's name different ones: both apply.
    Differ(String, String),
    /// The password or not, and these providers.
    Any { password: bool, providers: Vec<String> },
}

struct Input {
    account: Option<AccountId>,
    own_browser: Option<String>,
    network: String,
    mailbox: String,
    letter: mail::Parcel,
    entry: Entry,
}

/// Mails the answer. Nothing is answered here: the page says the same whatever happens, and when so many mails went out lately
/// that none is sent now.
///
/// # Errors
/// [`Fault`].
pub async fn tell_how(identity: &Identity, question: Question<'_>) -> Result<(), Fault> {
    let Question { email, locale, tenant, door, url, device, known_device } = question;
    let mut conn = identity.store.read().await?;
    let known = accounts::find_with_password(&mut conn, &email).await?;
    let ways = ways(&mut conn, &email, tenant, known.as_ref()).await?;
    drop(conn);
    let account = known.map(|known| known.account.id);
    let asked_of = account.unwrap_or(AccountId(Uuid::nil()));
    let own_browser = devices::recognise(identity, known_device, asked_of);
    let entry = Entry::new(&identity.ambient, Actor::Nobody, "sign_in.asked_how")
        .detail(json!({ "known": account.is_some() }))
        .personal("email", email.key(), &identity.ambient);
    let input = Input {
        account,
        own_browser: own_browser.map(|device| format!("{asked_of} {device}")),
        network: allowances::network(device.address),
        mailbox: email.mailbox(),
        letter: mails::how_to_sign_in(identity, &email, locale, door, &ways, url)?,
        entry,
    };
    identity.store.write::<_, _, StoreError, _>(input, |tx, input| Box::pin(write(tx, input))).await?;
    identity.mail_wake.ring();
    Ok(())
}

/// The same statements whether there is an account or not.
async fn ways(
    conn: &mut Conn,
    email: &EmailAddress,
    tenant: Option<TenantId>,
    known: Option<&AccountWithPassword>,
) -> Result<Ways, StoreError> {
    let account = known.map_or(AccountId(Uuid::nil()), |known| known.account.id);
    let usable = providers::usable(conn, tenant).await?;
    let of_domain = providers::of_domain(conn, tenant, email.domain()).await?;
    let linked = linked(conn, account, tenant).await?;
    let member = of_member(conn, account, tenant).await?;
    let whole = of_account(conn, known.and_then(|known| known.opened_by)).await?;
    let Some(known) = known else { return Ok(Ways::NoAccount(of_domain.map(|provider| provider.name))) };
    // On the way to a tenant one provider may be all that is offered.
    let forced = usable.into_iter().find(|provider| provider.shown == Shown::Forced && tenant.is_some());
    Ok(match (member, whole, forced) {
        (Some(member), Some(whole), _) if member != whole => Ways::Differ(member, whole),
        (Some(alone), ..) | (None, Some(alone), _) => Ways::Alone(alone),
        (None, None, Some(forced)) => Ways::Offered(forced.name),
        (None, None, None) => Ways::Any { password: known.phc.is_some(), providers: linked },
    })
}

/// What is linked everywhere, and in this tenant: another's is not named (DESIGN §4.8).
async fn linked(conn: &mut Conn, account: AccountId, tenant: Option<TenantId>) -> Result<Vec<String>, StoreError> {
    let here = tenant.map_or(Uuid::nil(), |tenant| tenant.0);
    let rows: Vec<(String,)> = conn
        .all(
            "SELECT DISTINCT provider.name FROM external_identity tie JOIN provider ON provider.id = tie.provider_id
             WHERE tie.account_id = $1 AND tie.scope_id IN ($2, $3)
                AND provider.disabled_at IS NULL AND provider.deleted_at IS NULL ORDER BY provider.name LIMIT $4",
            params![account, Uuid::nil(), here, MOST_NAMED],
        )
        .await?;
    Ok(rows.into_iter().map(|(name,)| name).collect())
}

/// The names of the one provider that opens the tenant to its member, and of the one that opens the whole account, where one alone
/// does. For whoever has proved that the account is theirs.
///
/// # Errors
/// The database's.
pub async fn openers(
    conn: &mut Conn,
    account: AccountId,
    tenant: Option<TenantId>,
) -> Result<(Option<String>, Option<String>), StoreError> {
    let whole = accounts::opened_by(conn, account).await?;
    Ok((of_member(conn, account, tenant).await?, of_account(conn, whole).await?))
}

/// The name of the one provider that opens the tenant to its member, if one alone does.
async fn of_member(
    conn: &mut Conn,
    account: AccountId,
    tenant: Option<TenantId>,
) -> Result<Option<String>, StoreError> {
    let row: Option<(String, Option<String>)> = conn
        .maybe(
            "SELECT membership.provider, provider.name FROM subject
             JOIN membership ON membership.tenant_id = subject.sector_id AND membership.subject = subject.subject
             LEFT JOIN provider ON provider.key = membership.provider AND provider.deleted_at IS NULL
                AND (provider.tenant_id IS NULL OR provider.tenant_id = membership.tenant_id)
             WHERE subject.sector_id = $1 AND subject.account_id = $2 AND membership.provider IS NOT NULL",
            params![tenant.map_or(Uuid::nil(), |tenant| tenant.0), account],
        )
        .await?;
    Ok(row.map(|(key, name)| name.unwrap_or(key)))
}

async fn of_account(conn: &mut Conn, id: Option<providers::ProviderId>) -> Result<Option<String>, StoreError> {
    let id = id.unwrap_or(providers::ProviderId(Uuid::nil()));
    Ok(providers::find_by_id(conn, id).await?.map(|provider| provider.name))
}

async fn write(tx: &mut Tx, input: &Input) -> Result<(), StoreError> {
    if !may_mail(tx, input, input.entry.at).await? {
        return Ok(());
    }
    let mut entry = input.entry.clone();
    if let Some(account) = input.account {
        entry = entry.on("account", account);
    }
    let mut platform = tx.scoped(PLATFORM);
    mail::queue(&mut platform, &input.letter).await?;
    audit::record(&mut platform, &entry).await
}

/// As for a forgotten password: nobody's mailbox is filled (WEB-25), and one's own browser has its own mails (WEB-07).
async fn may_mail(tx: &mut Tx, input: &Input, now: Timestamp) -> Result<bool, StoreError> {
    if let Some(own) = &input.own_browser {
        return Ok(allowances::take(tx, &allowances::DEVICE_HOW, own, now).await?.is_some());
    }
    for (limit, key) in [
        (&allowances::SOURCE_HOW, &input.network),
        (&allowances::HOW_MAILS, &input.mailbox),
        (&allowances::HOW_MAILS_A_DAY, &input.mailbox),
    ] {
        if allowances::take(tx, limit, key, now).await?.is_none() {
            return Ok(false);
        }
    }
    Ok(true)
}
