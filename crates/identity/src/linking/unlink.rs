//! A person unties an identity from their account.

use audit::{Actor, Entry};
use serde_json::json;
use store::{PLATFORM, StoreError, Tx, params};

use super::{ProvedBy, Scope, TieId};
use crate::accounts::AccountId;
use crate::logout;
use crate::sessions::{Asking, Session, SessionId};
use crate::{Fault, Identity, mails};

/// How an unlinking ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unlinked {
    /// It is gone, and every session that it opened.
    Done,
    /// It is the last way into the account.
    LastWay,
    /// It is not this person's (any more).
    Gone,
    /// Whoever asks has been signed out meanwhile.
    SignedOut,
}

struct Input {
    tie: TieId,
    account: AccountId,
    asking: Asking,
    entry: Entry,
    told: Option<mail::Parcel>,
}

/// Unties an external identity from the account of somebody who has just proved who they are (IN-05), unless it is their last
/// way in: everywhere, and in each tenant where they have claimed themselves by it. Nothing of it opens anything any more (LK-08).
/// The session that asks goes on.
///
/// # Errors
/// [`Fault`].
pub async fn unlink(identity: &Identity, session: &Session, tie: TieId, provider: &str) -> Result<Unlinked, Fault> {
    let account = &session.account;
    let entry = Entry::new(&identity.ambient, Actor::Account(account.id.0), "identity.unlinked")
        .on("account", account.id)
        .detail(json!({ "provider": provider }));
    let told = mails::way_in(identity, account, (provider, None), mails::WayIn::Removed)?;
    let input = Input { tie, account: account.id, asking: session.into(), entry, told };
    let unlinked = identity.store.write::<_, _, StoreError, _>(input, |tx, input| Box::pin(write(tx, input))).await?;
    identity.mail_wake.ring();
    identity.logout_wake.ring();
    Ok(unlinked)
}

/// The same for what opens one tenant alone, and there alone. That provider opens the tenant to them no more, until they prove
/// themselves to it anew, or, where it was a claim, until the tenant switches them once more; whom the tenant has named stays named.
///
/// # Errors
/// [`Fault`].
pub async fn unlink_here(
    identity: &Identity,
    session: &Session,
    tie: TieId,
    (provider, door): (&str, &str),
) -> Result<Unlinked, Fault> {
    let account = &session.account;
    let entry = Entry::new(&identity.ambient, Actor::Account(account.id.0), "identity.unlinked")
        .on("account", account.id)
        .detail(json!({ "provider": provider, "tenant": door }));
    let told = mails::way_in(identity, account, (provider, Some(door)), mails::WayIn::Removed)?;
    let input = Input { tie, account: account.id, asking: session.into(), entry, told };
    let ended = identity.store.write::<_, _, StoreError, _>(input, |tx, input| Box::pin(write_here(tx, input))).await?;
    identity.mail_wake.ring();
    identity.logout_wake.ring();
    Ok(ended)
}

async fn write_here(tx: &mut Tx, input: &Input) -> Result<Unlinked, StoreError> {
    if !input.asking.holds(tx).await? {
        return Ok(Unlinked::SignedOut);
    }
    let everywhere = Scope::Everywhere.id(None);
    // What it opens is one tenant; that the account keeps a way in is asked as for every other.
    if !tx.exists(OTHERS, params![input.account, input.tie, everywhere]).await? {
        return Ok(Unlinked::LastWay);
    }
    let proved: Vec<(SessionId,)> = tx
        .all(
            "SELECT DISTINCT session.id FROM external_identity tie
             JOIN authentication ON authentication.identity_id = tie.id
             JOIN session ON session.id = authentication.session_id
             WHERE tie.id = $1 AND tie.account_id = $2 AND tie.scope_id <> $3 AND tie.proved_by <> $4 AND session.id <> $5
                AND (session.ended_at IS NULL OR EXISTS (SELECT 1 FROM access_grant
                    WHERE access_grant.session_id = session.id AND access_grant.revoked_at IS NULL))",
            params![input.tie, input.account, everywhere, ProvedBy::Preset, input.asking.session],
        )
        .await?;
    logout::end_these(tx, proved.into_iter().map(|(id,)| id), input.entry.at).await?;
    tx.execute(SPENT, params![input.tie, input.account, everywhere, ProvedBy::Preset]).await?;
    let gone = "DELETE FROM external_identity WHERE id = $1 AND account_id = $2 AND scope_id <> $3 AND proved_by <> $4";
    if tx.execute(gone, params![input.tie, input.account, everywhere, ProvedBy::Preset]).await? == 0 {
        return Ok(Unlinked::Gone);
    }
    note(tx, input).await?;
    Ok(Unlinked::Done)
}

async fn note(tx: &mut Tx, input: &Input) -> Result<(), StoreError> {
    let mut platform = tx.scoped(PLATFORM);
    if let Some(told) = &input.told {
        mail::queue(&mut platform, told).await?;
    }
    audit::record(&mut platform, &input.entry).await
}

/// Whether a tie of everywhere is still one, and whether the account keeps a way in without it. One that was switched as a whole is
/// opened by that provider alone: nothing else counts, and what is no way in anyway goes.
const OTHERS: &str = "SELECT 1 FROM password JOIN account ON account.id = password.account_id
     WHERE password.account_id = $1 AND account.provider_id IS NULL
     UNION ALL
     SELECT 1 FROM external_identity tie JOIN provider ON provider.id = tie.provider_id
     JOIN account ON account.id = tie.account_id
     WHERE tie.account_id = $1 AND tie.scope_id = $3 AND tie.id <> $2
        AND provider.disabled_at IS NULL AND provider.deleted_at IS NULL
        AND (account.provider_id IS NULL OR account.provider_id = tie.provider_id)
     UNION ALL
     SELECT 1 FROM external_identity tie JOIN account ON account.id = tie.account_id
     WHERE tie.account_id = $1 AND tie.id = $2 AND account.provider_id <> tie.provider_id";

/// The memberships whose one provider's claim goes with the tie `$1` of the account `$2`: with one of everywhere (`$3`) goes its identity
/// in every tenant. Whoever has the password, or the mailbox, of somebody who has claimed themselves must not begin anew (DESIGN §4.3:
/// *once*); the tenant can, by another switch. Whom it has named (`$4`) stays.
const SPENT: &str = "UPDATE membership SET spent = TRUE WHERE (tenant_id, subject) IN (
     SELECT told.tenant_id, told.subject FROM external_identity named
     JOIN external_identity tie ON tie.account_id = named.account_id AND tie.provider_id = named.provider_id
        AND tie.issuer = named.issuer AND tie.subject = named.subject AND (tie.id = named.id OR named.scope_id = $3)
     JOIN provider ON provider.id = tie.provider_id
     JOIN subject ON subject.sector_id = tie.scope_id AND subject.account_id = tie.account_id
     JOIN membership told ON told.tenant_id = tie.scope_id AND told.subject = subject.subject AND told.provider = provider.key
     WHERE named.id = $1 AND named.account_id = $2 AND tie.proved_by <> $4)";

/// The ties of the identity whose tie of everywhere is named, in every scope of the account: `$1`, `$2` and `$3` are that tie, its
/// account, and everywhere.
macro_rules! same_identity {
    ($before:literal, $joined:literal, $after:literal) => {
        concat!(
            $before,
            " FROM external_identity named JOIN external_identity tie ON tie.account_id = named.account_id
                AND tie.provider_id = named.provider_id AND tie.issuer = named.issuer AND tie.subject = named.subject ",
            $joined,
            " WHERE named.id = $1 AND named.account_id = $2 AND named.scope_id = $3 ",
            $after
        )
    };
}

async fn write(tx: &mut Tx, input: &Input) -> Result<Unlinked, StoreError> {
    // The guard (DESIGN §4.6): whoever takes a way in away holds the account's row, so that two at once leave one.
    if !input.asking.holds(tx).await? {
        return Ok(Unlinked::SignedOut);
    }
    let everywhere = Scope::Everywhere.id(None);
    let there = "SELECT 1 FROM external_identity WHERE id = $1 AND account_id = $2 AND scope_id = $3";
    if !tx.exists(there, params![input.tie, input.account, everywhere]).await? {
        return Ok(Unlinked::Gone);
    }
    if !tx.exists(OTHERS, params![input.account, input.tie, everywhere]).await? {
        return Ok(Unlinked::LastWay);
    }
    end_what_it_proved(tx, input).await?;
    tx.execute(SPENT, params![input.tie, input.account, everywhere, ProvedBy::Preset]).await?;
    // Whom a tenant has named stays named there: that is the tenant's word, and not the person's.
    let gone = same_identity!(
        "DELETE FROM external_identity WHERE id IN (SELECT tie.id",
        "",
        "AND (tie.id = named.id OR tie.proved_by <> $4))"
    );
    tx.execute(gone, params![input.tie, input.account, everywhere, ProvedBy::Preset]).await?;
    note(tx, input).await?;
    Ok(Unlinked::Done)
}

/// Sessions that this identity has proved, in whatever scope, and what was granted in them, also to outlive them. The session that
/// asks goes on, without what this identity was granted to outlive it.
async fn end_what_it_proved(tx: &mut Tx, input: &Input) -> Result<(), StoreError> {
    let everywhere = Scope::Everywhere.id(None);
    let proved: Vec<(SessionId,)> = tx
        .all(
            same_identity!(
                "SELECT DISTINCT session.id",
                "JOIN authentication ON authentication.identity_id = tie.id
                 JOIN session ON session.id = authentication.session_id",
                "AND session.id <> $4 AND (session.ended_at IS NULL OR EXISTS (SELECT 1 FROM access_grant
                     WHERE access_grant.session_id = session.id AND access_grant.revoked_at IS NULL))"
            ),
            params![input.tie, input.account, everywhere, input.asking.session],
        )
        .await?;
    logout::end_these(tx, proved.into_iter().map(|(id,)| id), input.entry.at).await?;
    tx.execute(
        same_identity!(
            "UPDATE access_grant SET revoked_at = $5 WHERE session_id = $4 AND offline AND revoked_at IS NULL
             AND proof_id IN (SELECT authentication.id",
            "JOIN authentication ON authentication.identity_id = tie.id",
            ")"
        ),
        params![input.tie, input.account, everywhere, input.asking.session, input.entry.at],
    )
    .await?;
    Ok(())
}
