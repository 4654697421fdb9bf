use ambient::{Opaque, SecretHash, Timestamp};
use store::{StoreError, Tx, params};
use uuid::Uuid;

use super::is_refused;
use crate::accounts::{Account, AccountId, EmailAddress};
use crate::passwords::{Replacement, replace};
use crate::sessions::{Device, Method, SessionId};
use crate::{Fault, Identity, allowances};

/// A link that still works.
#[derive(Debug, Clone)]
pub struct Pending {
    /// Whose password it replaces.
    pub account: Account,
    /// The authorization request that waits in the browser that began.
    pub interaction: Option<Uuid>,
}

#[derive(sqlx::FromRow)]
struct Row {
    secret_hash: SecretHash,
    interaction_id: Option<Uuid>,
    expires_at: Timestamp,
    used_at: Option<Timestamp>,
    #[sqlx(flatten)]
    account: Account,
}

/// Looks at a link without changing anything: mail scanners follow links too.
///
/// # Errors
/// [`Fault`].
pub async fn look(identity: &Identity, link: &Opaque) -> Result<Option<Pending>, Fault> {
    let row: Option<Row> = identity
        .store
        .read()
        .await?
        .maybe(
            "SELECT secret_hash, interaction_id, recovery.expires_at, recovery.used_at,
                    account.id, email, given_name, family_name, locale, account.epoch, updated_at
             FROM recovery
             JOIN account ON account.id = recovery.account_id AND account.epoch = recovery.epoch
                AND account.email_key = recovery.email_key AND account.provider_id IS NULL
             WHERE recovery.id = $1",
            params![link.id()],
        )
        .await?;
    Ok(row
        .filter(|row| {
            row.secret_hash.matches(&link.hash()) && row.used_at.is_none() && row.expires_at > identity.ambient.now()
        })
        .map(|row| Pending { account: row.account, interaction: row.interaction_id }))
}

/// How a recovery ended.
#[derive(Debug, Clone, Copy)]
pub enum Completed {
    /// The password is changed and this browser signed in.
    Welcome {
        /// The new session.
        session: SessionId,
        /// The authorization request that waits in the browser that began; the page sees whether this is that browser.
        interaction: Option<Uuid>,
    },
    /// It is the one that a tenant refuses until it is changed.
    SamePassword,
    /// The link was used, has expired, or the account's credentials changed meanwhile.
    LinkIsSpent,
}

struct Input {
    link: Opaque,
    email_key: Option<String>,
    replacement: Replacement,
    interaction: Option<Uuid>,
    now: Timestamp,
}

/// Sets the new password, judged by the policy before, in the browser in which the link was opened.
///
/// # Errors
/// [`Fault`].
pub async fn complete(identity: &Identity, link: &Opaque, password: &str, device: &Device) -> Result<Completed, Fault> {
    let Some(pending) = look(identity, link).await? else { return Ok(Completed::LinkIsSpent) };
    let network = allowances::network(device.address);
    if let Some(phc) = refused(identity, pending.account.id).await?
        && identity.hasher.verify(identity.hasher.queue(&network)?, password, Some(&phc)).await?
    {
        return Ok(Completed::SamePassword);
    }
    let phc = identity.hasher.hash(identity.hasher.queue(&network)?, password).await?;
    let input = Input {
        link: link.clone(),
        email_key: EmailAddress::parse(&pending.account.email).map(|email| email.key().to_owned()),
        replacement: Replacement::new(identity, &pending.account, phc, Method::Mail, device, None)?,
        interaction: pending.interaction,
        now: identity.ambient.now(),
    };
    let completed = identity.store.write::<_, _, StoreError, _>(input, |tx, input| Box::pin(write(tx, input))).await?;
    identity.mail_wake.ring();
    identity.logout_wake.ring();
    Ok(completed)
}

/// The password of now, if any tenant refuses it.
async fn refused(identity: &Identity, account: AccountId) -> Result<Option<String>, Fault> {
    let mut conn = identity.store.read().await?;
    if !is_refused(&mut conn, None, account).await? {
        return Ok(None);
    }
    let kept = conn.maybe("SELECT phc FROM password WHERE account_id = $1", params![account]).await?;
    Ok(kept.map(|(phc,)| phc))
}

async fn write(tx: &mut Tx, input: &Input) -> Result<Completed, StoreError> {
    // The gate: whoever's statement finds the link unused goes on, everybody else stops here (DESIGN §4.6).
    let consumed = tx
        .execute(
            "UPDATE recovery SET used_at = $1 WHERE id = $2 AND secret_hash = $3 AND used_at IS NULL AND expires_at > $1",
            params![input.now, input.link.id(), input.link.hash()],
        )
        .await?;
    if consumed == 0 {
        return Ok(Completed::LinkIsSpent);
    }
    // Raises the epoch that the link was looked at under, which voids every other link to the account.
    let Some(session) = replace(tx, &input.replacement).await? else { return Ok(Completed::LinkIsSpent) };
    // Whoever used up the guesses at the old password keeps nobody from signing in with the new one.
    if let Some(key) = &input.email_key {
        allowances::start_over(tx, &allowances::PASSWORD_GUESSES, key).await?;
    }
    Ok(Completed::Welcome { session, interaction: input.interaction })
}
