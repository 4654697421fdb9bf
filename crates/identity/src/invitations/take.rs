use ambient::{Opaque, Timestamp};
use audit::{Actor, Entry};
use serde::{Deserialize, Serialize};
use store::{PLATFORM, StoreError, Tx, params};
use uuid::Uuid;

use super::{LINK_LIFETIME, plain_name};
use crate::accounts::{EmailAddress, Locale, clean_name, is_hostile};
use crate::providers::{self, Provider};
use crate::tenants::Tenant;
use crate::{Fault, Identity, allowances, mails};

/// How many one request may tell of.
pub const MAX_ITEMS: usize = 100;
/// The longest message that is believed, in characters.
const LONGEST_MESSAGE: usize = 500;
/// The longest key of a provider, and the longest subject (OIDC Core §2).
const LONGEST_NAME: usize = 255;

/// What a tenant wants of an invitation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wish {
    /// Mail it, if that has not been done.
    Open,
    /// The link must not work.
    Withdrawn,
    /// It was accepted, and the tenant knows by whom.
    Settled,
}

/// An invitation as its tenant tells it, whole each time.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// The tenant's id of it. The same id again sends no second mail.
    pub id: Uuid,
    /// What it wants.
    pub state: Wish,
    /// Where it goes.
    pub email: String,
    /// First name, as somebody there typed it.
    pub given_name: String,
    /// Last name.
    pub family_name: String,
    /// The mail's language.
    pub locale: String,
    /// Who invites, by name: as the tenant states it, which is shown as its word.
    pub invited_by: String,
    /// The inviter's words.
    pub message: String,
    /// The key of the one provider by which they come in: they accept by it.
    #[serde(default)]
    pub provider: Option<String>,
    /// The only subject there that may accept.
    #[serde(default)]
    pub preset: Option<String>,
}

/// How an invitation stands. Times are seconds since the Unix epoch. The same for addresses with and without an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Standing {
    /// The tenant's id.
    pub id: Uuid,
    /// `queued`, `sent`, `failed`: what became of the mail; `limited`, `unmailable`: none was sent.
    pub mail: &'static str,
    /// When the mail server took it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sent_at: Option<i64>,
    /// When the link was first opened, by whatever program.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub opened_at: Option<i64>,
    /// When it was accepted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub accepted_at: Option<i64>,
    /// Until when the link works.
    pub expires_at: i64,
}

struct Prepared {
    item: Item,
    email: Option<EmailAddress>,
    link: Opaque,
    parcel: Option<mail::Parcel>,
    entry: Entry,
}

/// Takes what a tenant tells, and says how each stands. Telling it again changes nothing; `withdrawn` is final, whatever
/// comes later or came before.
///
/// # Errors
/// [`Fault`].
pub async fn take(identity: &Identity, tenant: Tenant, items: Vec<Item>) -> Result<Vec<Standing>, Fault> {
    // By name, as the letter calls it.
    let providers = match items.iter().any(|item| item.provider.is_some()) {
        true => providers::usable(&mut identity.store.read().await?, Some(tenant.id)).await?,
        false => Vec::new(),
    };
    let prepared = items.into_iter().map(|item| prepare(identity, (&tenant, &providers), item));
    let prepared = prepared.collect::<Result<Vec<_>, _>>()?;
    let now = identity.ambient.now();
    let standings = identity
        .store
        .write::<_, _, StoreError, _>((tenant, prepared, now), |tx, (tenant, prepared, now)| {
            Box::pin(async move {
                let mut standings = Vec::with_capacity(prepared.len());
                for it in prepared {
                    write(tx, tenant, it, *now).await?;
                    standings.push(standing(tx, tenant, it.item.id).await?);
                }
                Ok(standings)
            })
        })
        .await?;
    identity.mail_wake.ring();
    Ok(standings)
}

/// Words and seals the letter before the write door, even if it turns out that it was sent before.
fn prepare(
    identity: &Identity,
    (tenant, providers): (&Tenant, &[Provider]),
    mut item: Item,
) -> Result<Prepared, Fault> {
    for text in [&mut item.given_name, &mut item.family_name] {
        *text = clean_name(text);
    }
    item.invited_by = plain_name(&item.invited_by);
    item.locale = Locale::parse(&item.locale).unwrap_or_default().to_string();
    let lines = item.message.lines().take(20).map(one_line);
    item.message = lines.collect::<Vec<_>>().join("\n").chars().take(LONGEST_MESSAGE).collect();
    for name in [&mut item.provider, &mut item.preset].into_iter().flatten() {
        *name = name.chars().take(LONGEST_NAME).collect();
    }
    let by = item.provider.as_deref().map(|key| {
        providers.iter().find(|provider| provider.key == key).map_or(key, |provider| provider.name.as_str()).to_owned()
    });
    let email = EmailAddress::parse(&item.email);
    let link = identity.ambient.opaque();
    let url = identity.settings.page(&format!("/invitation?token={}", link.expose()));
    let parcel = match (&email, item.state) {
        (Some(email), Wish::Open) => {
            Some(mails::invitation(identity, email, (&tenant.name, by.as_deref()), &item, &url)?)
        }
        _ => None,
    };
    let entry = Entry::new(&identity.ambient, Actor::Client(tenant.slug.clone()), "invitation.taken");
    let entry = entry.on("tenant", tenant.id.0).detail(serde_json::json!({ "invitation": item.id }));
    let entry = match &email {
        Some(email) => entry.personal("email", email.key(), &identity.ambient),
        None => entry,
    };
    Ok(Prepared { item, email, link, parcel, entry })
}

/// A line of foreign text that stands in a mail and on a page (WEB-14).
fn one_line(text: &str) -> String {
    text.chars().filter(|c| !is_hostile(*c)).collect::<String>().trim().to_owned()
}

async fn write(tx: &mut Tx, tenant: &Tenant, it: &Prepared, now: Timestamp) -> Result<(), StoreError> {
    if !insert(tx, tenant, it, now).await? {
        let sql = match it.item.state {
            Wish::Open => return tell_anew(tx, tenant, it).await,
            Wish::Withdrawn => {
                "UPDATE invitation SET withdrawn_at = $3
                 WHERE tenant_id = $1 AND external_id = $2 AND withdrawn_at IS NULL AND accepted_at IS NULL"
            }
            Wish::Settled => {
                "UPDATE invitation SET settled_at = $3
                 WHERE tenant_id = $1 AND external_id = $2 AND settled_at IS NULL AND accepted_at IS NOT NULL"
            }
        };
        tx.execute(sql, params![tenant.id, it.item.id, now]).await?;
        return Ok(());
    }
    let (Some(parcel), Some(email)) = (&it.parcel, &it.email) else { return Ok(()) };
    let mailbox = email.mailbox();
    let here = format!("{} {mailbox}", tenant.id);
    // WEB-25: nobody's mailbox is bombed, by one tenant or by many, and no tenant becomes a mailer.
    let allowed =
        allowances::take(tx, &allowances::INVITATION_MAILS_OF_TENANT, &tenant.id.to_string(), now).await?.is_some()
            && allowances::take(tx, &allowances::INVITATION_MAILS_HERE, &here, now).await?.is_some()
            && allowances::take(tx, &allowances::INVITATION_MAILS, &mailbox, now).await?.is_some();
    if allowed {
        mail::queue(&mut tx.scoped(PLATFORM), parcel).await?;
    }
    let (status, mail) = if allowed { ("mailed", Some(parcel.id())) } else { ("limited", None) };
    let sql = "UPDATE invitation SET status = $3, mail_id = $4 WHERE tenant_id = $1 AND external_id = $2";
    tx.execute(sql, params![tenant.id, it.item.id, status, mail]).await?;
    let entry = it.entry.clone();
    let mut detail = entry.detail.clone();
    if let Some(detail) = detail.as_object_mut() {
        detail.insert("mailed".to_owned(), allowed.into());
    }
    audit::record(&mut tx.scoped(PLATFORM), &entry.detail(detail)).await
}

/// Whoever is invited may be switched to a provider, or away from one, and their name and language be corrected, before they come.
async fn tell_anew(tx: &mut Tx, tenant: &Tenant, it: &Prepared) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE invitation SET provider = $3, preset = $4, given_name = $5, family_name = $6, locale = $7
         WHERE tenant_id = $1 AND external_id = $2 AND withdrawn_at IS NULL AND accepted_at IS NULL
            AND NOT (COALESCE(provider, '') = COALESCE($3, '') AND COALESCE(preset, '') = COALESCE($4, '')
                AND given_name = $5 AND family_name = $6 AND locale = $7)",
        params![
            tenant.id,
            it.item.id,
            it.item.provider.clone(),
            it.item.preset.clone(),
            it.item.given_name,
            it.item.family_name,
            it.item.locale
        ],
    )
    .await?;
    Ok(())
}

/// The row decides whether this is the first time. One that is withdrawn before it was known stays so.
async fn insert(tx: &mut Tx, tenant: &Tenant, it: &Prepared, now: Timestamp) -> Result<bool, StoreError> {
    let over = (it.item.state != Wish::Open).then_some(now);
    let key = it.email.as_ref().map_or("", EmailAddress::key);
    let rows = tx
        .execute(
            "INSERT INTO invitation (id, tenant_id, external_id, secret_hash, email, email_key, given_name, family_name,
                 locale, invited_by, status, created_at, expires_at, withdrawn_at, provider, preset)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'unmailable', $11, $12, $13, $14, $15)
             ON CONFLICT (tenant_id, external_id) DO NOTHING",
            params![
                it.link.id(),
                tenant.id,
                it.item.id,
                it.link.hash(),
                it.email.as_ref().map_or(it.item.email.as_str(), EmailAddress::as_str),
                key,
                it.item.given_name,
                it.item.family_name,
                it.item.locale,
                it.item.invited_by,
                now,
                now.plus(LINK_LIFETIME),
                over,
                it.item.provider.clone(),
                it.item.preset.clone(),
            ],
        )
        .await?;
    Ok(rows == 1)
}

#[derive(sqlx::FromRow)]
struct Row {
    status: String,
    expires_at: Timestamp,
    opened_at: Option<Timestamp>,
    accepted_at: Option<Timestamp>,
    mailed_at: Option<Timestamp>,
    refused_at: Option<Timestamp>,
}

async fn standing(tx: &mut Tx, tenant: &Tenant, id: Uuid) -> Result<Standing, StoreError> {
    let row: Row = tx
        .one(
            "SELECT status, expires_at, opened_at, accepted_at, mail_outbox.sent_at AS mailed_at,
                    mail_outbox.failed_at AS refused_at
             FROM invitation LEFT JOIN mail_outbox ON mail_outbox.tenant_id = $3 AND mail_outbox.id = invitation.mail_id
             WHERE invitation.tenant_id = $1 AND external_id = $2",
            params![tenant.id, id, PLATFORM],
        )
        .await?;
    let mail = match (row.status.as_str(), row.mailed_at, row.refused_at) {
        ("mailed", Some(_), _) => "sent",
        ("mailed", None, Some(_)) => "failed",
        ("mailed", None, None) => "queued",
        ("limited", ..) => "limited",
        _ => "unmailable",
    };
    let seconds = |at: Option<Timestamp>| at.map(Timestamp::as_seconds);
    Ok(Standing {
        id,
        mail,
        sent_at: seconds(row.mailed_at),
        opened_at: seconds(row.opened_at),
        accepted_at: seconds(row.accepted_at),
        expires_at: row.expires_at.as_seconds(),
    })
}
