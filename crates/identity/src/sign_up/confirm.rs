use ambient::{Opaque, SecretHash, Timestamp};
use audit::{Actor, Entry};
use store::{PLATFORM, StoreError, Tx, params};
use uuid::Uuid;

use crate::accounts::{self, AccountId, EmailAddress, NewAccount};
use crate::sessions::{self, Device, Method, NewAuthentication, SessionId};
use crate::{Fault, Identity, administrators};

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

/// What the person enters.
#[derive(Debug, Clone)]
pub struct NewPerson {
    /// First name.
    pub given_name: String,
    /// Last name.
    pub family_name: String,
    /// Language.
    pub locale: String,
    /// The password, already judged by the policy.
    pub password: String,
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
    new: NewAccount,
    phc: String,
    authentication: NewAuthentication,
    interaction: Option<Uuid>,
    entry: Entry,
    promoted: Entry,
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
    let phc = identity.hasher.hash(&person.password).await?;
    let ambient = &identity.ambient;
    let account_id = AccountId(ambient.row_id());
    let input = Input {
        link: link.clone(),
        new: NewAccount {
            email,
            given_name: person.given_name,
            family_name: person.family_name,
            locale: person.locale,
        },
        phc,
        authentication: NewAuthentication {
            session: None,
            replaces: None,
            fresh: ambient.row_id(),
            authentication_id: ambient.row_id(),
            account_id,
            epoch: accounts::FIRST_EPOCH,
            method: Method::Mail,
            device: device.clone(),
            lifetimes: identity.settings.sessions,
            remembered: false,
            now: ambient.now(),
        },
        interaction: pending.interaction,
        entry: Entry::new(ambient, Actor::Account(account_id.0), "sign_up.completed").on("account", account_id.0),
        promoted: Entry::new(ambient, Actor::System, "administrator.added").on("account", account_id.0),
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
    if consumed == 0 || accounts::exists(tx, &input.new.email).await? {
        return Ok(Confirmed::LinkIsSpent);
    }
    accounts::insert(tx, input.authentication.account_id, &input.new, &input.phc, now).await?;
    // Every other link to this address is void now.
    tx.execute(
        "UPDATE sign_up SET used_at = $1 WHERE email_key = $2 AND used_at IS NULL",
        params![now, input.new.email.key()],
    )
    .await?;
    administrators::claim(tx, &input.new.email, input.authentication.account_id, &input.promoted).await?;
    let session = sessions::authenticate(tx, &input.authentication).await?;
    audit::record(&mut tx.scoped(PLATFORM), &input.entry).await?;
    Ok(Confirmed::Welcome { session, interaction: input.interaction })
}
