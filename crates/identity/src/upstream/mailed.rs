use std::time::Duration;

use ambient::{Opaque, SecretHash, Timestamp};
use store::{StoreError, Tx, params};
use uuid::Uuid;

use super::{UpstreamLoginId, Waiting};
use crate::accounts::EmailAddress;
use crate::authorize::InteractionId;
use crate::sessions::Device;
use crate::{Fault, Identity, allowances, mails, tenants};

/// How long the link works.
const LIFETIME: Duration = Duration::from_secs(60 * 60);

/// What is mailed on the way.
#[derive(Debug)]
pub struct Mailing<'a> {
    /// What waits.
    pub waiting: &'a Waiting,
    /// Whereto: an address that is to be proved, or the candidate's own.
    pub email: EmailAddress,
    /// The language of the page.
    pub locale: &'a str,
    /// Where it comes from.
    pub device: &'a Device,
}

struct Input {
    link: Opaque,
    login: UpstreamLoginId,
    email: EmailAddress,
    network: String,
    letter: mail::Parcel,
    now: Timestamp,
}

/// Mails the link that proves an address. Whoever has the address, the page and the work are the same (DESIGN §4.1); so is the
/// mail, which proves the address and nothing else: what follows from that is decided when it was followed.
///
/// # Errors
/// [`Fault`].
pub async fn mail(identity: &Identity, mailing: Mailing<'_>) -> Result<(), Fault> {
    let link = identity.ambient.opaque();
    let url = identity.settings.page(&format!("/link/mail?token={}", link.expose()));
    let provider = &mailing.waiting.provider;
    let tenant = match provider.tenant {
        Some(tenant) => tenants::find(&mut identity.store.read().await?, tenant).await?,
        None => None,
    };
    let from = (provider.name.as_str(), tenant.as_ref().map(|tenant| tenant.name.as_str()));
    let letter = mails::prove_address(identity, &mailing.email, mailing.locale, from, &url)?;
    let input = Input {
        link,
        login: mailing.waiting.id,
        network: allowances::network(mailing.device.address),
        email: mailing.email,
        letter,
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
    tx.execute(
        "INSERT INTO upstream_mail (id, secret_hash, login_id, email, email_key, epoch, created_at, expires_at)
         VALUES ($1, $2, $3, $4, $5, COALESCE((SELECT epoch FROM account WHERE account.email_key = $5), 0), $6, $7)",
        params![
            input.link.id(),
            input.link.hash(),
            input.login,
            input.email.as_str(),
            input.email.key(),
            input.now,
            input.now.plus(LIFETIME)
        ],
    )
    .await?;
    mail::queue(&mut tx.scoped(store::PLATFORM), &input.letter).await
}

/// A link that was followed in the browser that began.
#[derive(Debug, Clone)]
pub struct Followed {
    /// The interaction that waits there.
    pub interaction: InteractionId,
    /// The login that it was mailed for: it proves nothing for another one (LK-05).
    pub login: UpstreamLoginId,
    /// The address that is proved now.
    pub email: EmailAddress,
}

#[derive(sqlx::FromRow)]
struct Row {
    email: String,
    interaction_id: Uuid,
    login_id: UpstreamLoginId,
}

/// Uses a mailed link, once, in the browser that began (DESIGN §4.5), while its login waits still. It proves one address, for
/// one external identity (LK-05). `consume` false: it is only looked at, as mail scanners do.
///
/// # Errors
/// [`Fault`].
pub async fn follow(
    identity: &Identity,
    link: &Opaque,
    browser: &str,
    consume: bool,
) -> Result<Option<Followed>, Fault> {
    let input = (link.clone(), SecretHash::of(browser), identity.ambient.now(), consume);
    let row: Option<Row> = identity
        .store
        .write::<_, _, StoreError, _>(input, |tx, (link, browser, now, consume)| {
            Box::pin(async move {
                let row: Option<Row> = tx
                    .maybe(
                        "SELECT upstream_mail.email, interaction_id, login_id FROM upstream_mail
                         JOIN upstream_login ON upstream_login.id = login_id AND browser_hash = $4 AND finished_at IS NULL
                         WHERE upstream_mail.id = $1 AND upstream_mail.secret_hash = $2 AND used_at IS NULL
                            AND upstream_mail.expires_at > $3
                            AND upstream_mail.epoch = COALESCE(
                                (SELECT epoch FROM account WHERE account.email_key = upstream_mail.email_key), 0)",
                        params![link.id(), link.hash(), now, browser],
                    )
                    .await?;
                if row.is_none() || !*consume {
                    return Ok(row);
                }
                let used = "UPDATE upstream_mail SET used_at = $2 WHERE id = $1 AND used_at IS NULL";
                let used = tx.execute(used, params![link.id(), now]).await?;
                Ok(row.filter(|_| used == 1))
            })
        })
        .await?;
    Ok(row.and_then(|row| {
        Some(Followed {
            interaction: InteractionId(row.interaction_id),
            login: row.login_id,
            email: EmailAddress::parse(&row.email)?,
        })
    }))
}
