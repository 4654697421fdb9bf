use ambient::{Opaque, SecretHash, Timestamp};
use audit::Actor;
use store::{StoreError, Tx, params};
use uuid::Uuid;

use crate::accounts::{self, AccountId, Birth, EmailAddress, NewPerson};
use crate::sessions::{self, By, Device, Method, NewAuthentication, SessionId};
use crate::{Fault, Identity, allowances};

/// A link that still works.
#[derive(Debug, Clone)]
pub struct Pending {
    /// The address that following it has proved.
    pub email: String,
    /// The language of the page that began.
    pub locale: String,
    /// The authorization request that waits in the browser that began.
    pub interaction: Option<Uuid>,
}

#[derive(sqlx::FromRow)]
struct Row {
    secret_hash: SecretHash,
    email: String,
    locale: String,
    interaction_id: Option<Uuid>,
    expires_at: Timestamp,
    used_at: Option<Timestamp>,
}

/// Looks at a link without changing anything: mail scanners follow links too.
///
/// # Errors
/// [`Fault`].
pub async fn look(identity: &Identity, link: &Opaque) -> Result<Option<Pending>, Fault> {
    let mut conn = identity.store.read().await?;
    let row: Option<Row> = conn
        .maybe(
            "SELECT secret_hash, email, locale, interaction_id, expires_at, used_at FROM sign_up WHERE id = $1",
            params![link.id()],
        )
        .await?;
    Ok(row
        .filter(|row| {
            row.secret_hash.matches(&link.hash()) && row.used_at.is_none() && row.expires_at > identity.ambient.now()
        })
        .map(|row| Pending { email: row.email, locale: row.locale, interaction: row.interaction_id }))
}

/// How a confirmation ended.
#[derive(Debug, Clone)]
pub enum Confirmed {
    /// The account is made and this browser signed in.
    Welcome {
        /// The new session.
        session: SessionId,
        /// The authorization request that waits in the browser that began; the page sees whether this is that browser.
        interaction: Option<Uuid>,
    },
    /// The link was used, has expired, or the address got an account meanwhile.
    LinkIsSpent,
}

struct Input {
    link: Opaque,
    birth: Birth,
    authentication: NewAuthentication,
    interaction: Option<Uuid>,
}

/// Makes the account, in the browser in which the link was opened.
///
/// # Errors
/// [`Fault`].
pub async fn confirm(
    identity: &Identity,
    link: &Opaque,
    person: NewPerson,
    device: &Device,
) -> Result<Confirmed, Fault> {
    let Some(pending) = look(identity, link).await? else { return Ok(Confirmed::LinkIsSpent) };
    let email = EmailAddress::parse(&pending.email).ok_or_else(|| Fault::Defect("stored address".to_owned()))?;
    let place = identity.hasher.queue(&allowances::network(device.address))?;
    let (new, password) = person.at(email);
    let phc = identity.hasher.hash(place, &password).await?;
    let ambient = &identity.ambient;
    let account_id = AccountId(ambient.row_id());
    let input = Input {
        link: link.clone(),
        birth: Birth::new(ambient, account_id, (new, Some(phc)), (Actor::Account(account_id.0), "sign_up.completed")),
        authentication: NewAuthentication {
            session: None,
            replaces: None,
            fresh: ambient.row_id(),
            authentication_id: ambient.row_id(),
            account_id,
            epoch: accounts::FIRST_EPOCH,
            method: Method::Mail,
            by: By::platform(),
            device: device.clone(),
            lifetimes: identity.settings.sessions,
            remembered: false,
            now: ambient.now(),
        },
        interaction: pending.interaction,
    };
    Ok(identity.store.write(input, |tx, input| Box::pin(write(tx, input))).await?)
}

async fn write(tx: &mut Tx, input: &Input) -> Result<Confirmed, StoreError> {
    let now = input.authentication.now;
    // The gate: whoever's statement finds the link unused goes on, everybody else stops here (DESIGN §4.6).
    let consumed = tx
        .execute(
            "UPDATE sign_up SET used_at = $1 WHERE id = $2 AND secret_hash = $3 AND used_at IS NULL AND expires_at > $1",
            params![now, input.link.id(), input.link.hash()],
        )
        .await?;
    // Two links, one address, at once: the other one has it.
    if consumed == 0 || !accounts::born(tx, &input.birth).await? {
        return Ok(Confirmed::LinkIsSpent);
    }
    let session = sessions::authenticate(tx, &input.authentication).await?;
    Ok(Confirmed::Welcome { session, interaction: input.interaction })
}
