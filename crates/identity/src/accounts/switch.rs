//! Switching a whole account: from then on one platform provider alone opens it (DESIGN §4.3).

use audit::{Actor, Entry};
use serde_json::json;
use store::{PLATFORM, StoreError, Tx, params};
use uuid::Uuid;

use super::Account;
use crate::linking::ProvedBy;
use crate::providers::{Provider, ProviderId};
use crate::tenants::TenantId;
use crate::{Fault, Identity, logout, mails};

/// How a switch ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Switched {
    /// It is switched, and every session of the account has ended.
    Done,
    /// That provider, or no provider, opens it already.
    AlreadyThere,
    /// The provider is disabled, or a tenant's.
    NotUsable,
    /// The account is known through a tenant's provider alone: there is no address that could prove anything.
    LastWay,
    /// It is a break-glass member's of these tenants: there to get in when providers fail (DESIGN §4.3). Whoever goes on nevertheless
    /// names them.
    BreakGlass(Vec<Flagged>),
    /// Its credentials changed meanwhile.
    Changed,
}

/// How many tenants are named that stand in the way: more than anybody helps out in.
const MOST_FLAGGED: i64 = 200;

/// A tenant that counts on an account when providers fail.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Flagged {
    /// Its id.
    pub id: TenantId,
    /// Its short name.
    pub slug: String,
    /// Its name.
    pub name: String,
}

/// How a switch is to be done.
#[derive(Debug, Clone, Default)]
pub struct How {
    /// What opened the account before is void for good, its password, what was linked, and what was claimed in tenants: a switch back
    /// brings none of it again.
    pub compromised: bool,
    /// Tenants that count on the account when providers fail, and are not to stand in the way.
    pub despite: Vec<TenantId>,
}

struct Input {
    account: Account,
    provider: Option<ProviderId>,
    to: String,
    how: How,
    told: Option<mail::Parcel>,
    entry: Entry,
}

/// Switches an account to a provider, or back to its own credentials. Password, recovery and whatever else opened it is off;
/// the first login by the provider proves itself ([`crate::linking`]).
///
/// # Errors
/// [`Fault`].
pub async fn switch(
    identity: &Identity,
    actor: Actor,
    account: Account,
    to: Option<&Provider>,
    how: How,
) -> Result<Switched, Fault> {
    if to.is_some_and(|provider| !provider.serves(None)) {
        return Ok(Switched::NotUsable);
    }
    let entry = Entry::new(&identity.ambient, actor, "account.switched").on("account", account.id);
    let told = mails::switched(identity, &account, to.map(|provider| provider.name.as_str()))?;
    let (provider, to) = (to.map(|to| to.id), to.map_or_else(|| "platform".to_owned(), |to| to.key.clone()));
    let input = Input { account, provider, to, how, told, entry };
    let switched = identity.store.write::<_, _, StoreError, _>(input, |tx, input| Box::pin(write(tx, input))).await?;
    identity.mail_wake.ring();
    identity.logout_wake.ring();
    Ok(switched)
}

async fn write(tx: &mut Tx, input: &Input) -> Result<Switched, StoreError> {
    let (id, now) = (input.account.id, input.entry.at);
    let known: Option<(Option<ProviderId>, Option<Uuid>)> =
        tx.maybe("SELECT provider_id, scope_id FROM account WHERE id = $1", params![id]).await?;
    match known {
        None => return Ok(Switched::Changed),
        Some((_, Some(_))) => return Ok(Switched::LastWay),
        Some((before, None)) if before == input.provider && !input.how.compromised => {
            return Ok(Switched::AlreadyThere);
        }
        Some(_) => {}
    }
    let flagged = if input.provider.is_some() { flagged(tx, id).await? } else { Vec::new() };
    if flagged.iter().any(|tenant| !input.how.despite.contains(&tenant.id)) {
        return Ok(Switched::BreakGlass(flagged));
    }
    // Who may be opened by all that they have left needs no mark: what was not to be trusted is gone.
    let distrusted = input.how.compromised && input.provider.is_some();
    // The epoch rises: every session, mailed link and waiting proof of before is void.
    let raised = tx
        .execute(
            "UPDATE account SET provider_id = $3, switched_at = $4, compromised = $5, epoch = epoch + 1
             WHERE id = $1 AND epoch = $2",
            params![id, input.account.epoch, input.provider, now, distrusted],
        )
        .await?;
    if raised == 0 {
        return Ok(Switched::Changed);
    }
    if input.how.compromised {
        void(tx, id).await?;
    }
    crate::linking::void_waiting(tx, id, now).await?;
    let ended = logout::end_all(tx, id, None, now).await?;
    let mut platform = tx.scoped(PLATFORM);
    if let Some(told) = &input.told {
        mail::queue(&mut platform, told).await?;
    }
    tracing::debug!(ended, "sessions of a switched account");
    let despite: Vec<&str> = flagged.iter().map(|tenant| tenant.slug.as_str()).collect();
    let detail = json!({ "provider": input.to, "compromised": input.how.compromised, "despite": despite });
    audit::record(&mut platform, &input.entry.clone().detail(detail)).await?;
    Ok(Switched::Done)
}

/// Nothing from before opens the account any more, now or after a switch back: a new password comes by mail. Ties go in every scope; but
/// whom a tenant has named was named by no credential of the account.
async fn void(tx: &mut Tx, id: super::AccountId) -> Result<(), StoreError> {
    let ties = "DELETE FROM external_identity WHERE account_id = $1 AND proved_by <> $2";
    tx.execute(ties, params![id, ProvedBy::Preset]).await?;
    tx.execute("DELETE FROM password WHERE account_id = $1", params![id]).await?;
    // The next password is another one: nobody has refused it.
    tx.execute("UPDATE link SET password_refused = NULL WHERE account_id = $1", params![id]).await?;
    Ok(())
}

/// Which tenants count on an account when providers fail: as they have told, of members who may come in, at tenants that are open.
async fn flagged(tx: &mut Tx, id: super::AccountId) -> Result<Vec<Flagged>, StoreError> {
    tx.all(
        "SELECT tenant.id, tenant.slug, tenant.name FROM subject JOIN membership ON membership.tenant_id = subject.sector_id
            AND membership.subject = subject.subject
         JOIN tenant ON tenant.id = membership.tenant_id AND tenant.suspended_at IS NULL AND tenant.deleted_at IS NULL
         WHERE subject.account_id = $1 AND membership.break_glass AND membership.state = 'active'
         ORDER BY tenant.name, tenant.id LIMIT $2",
        params![id, MOST_FLAGGED],
    )
    .await
}

/// The one provider that opens an account, if it was switched.
///
/// # Errors
/// The database's.
pub async fn opened_by(conn: &mut store::Conn, id: super::AccountId) -> Result<Option<ProviderId>, StoreError> {
    let row: Option<(Option<ProviderId>,)> =
        conn.maybe("SELECT provider_id FROM account WHERE id = $1", params![id]).await?;
    Ok(row.and_then(|(provider,)| provider))
}
