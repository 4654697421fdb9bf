use ambient::Timestamp;
use audit::{Actor, Entry};
use store::{PLATFORM, StoreError, Tx, params};

use super::Invitation;
use crate::accounts::{self, AccountId, Birth, NewPerson};
use crate::sessions::{self, Asking, By, Device, Method, NewAuthentication, Session, SessionId};
use crate::{Fault, Identity, allowances, links};

/// How an acceptance ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Accepted {
    /// The link is made; the session is the account's.
    Welcome(SessionId),
    /// Accepted before, withdrawn, expired; or the address got an account meanwhile.
    LinkIsSpent,
    /// One provider is named for the invited address: neither another account nor a new one with a password accepts.
    ByProvider,
    /// Whoever accepts has been signed out meanwhile.
    SignedOut,
}

/// An invitation about to be accepted by an account.
pub(crate) struct Acceptance {
    invitation: Invitation,
    account: AccountId,
    /// The subject, if the tenant does not know the account yet.
    fresh: String,
    now: Timestamp,
    entries: [Entry; 2],
}

impl Acceptance {
    pub(crate) fn new(identity: &Identity, invitation: Invitation, account: AccountId) -> Self {
        let ambient = &identity.ambient;
        let tenant = invitation.tenant.id.0;
        let accepted = Entry::new(ambient, Actor::Account(account.0), "invitation.accepted")
            .on("tenant", tenant)
            .personal("email", invitation.email.key(), ambient);
        let linked = Entry::new(ambient, Actor::Account(account.0), "link.made").on("tenant", tenant);
        Self { invitation, account, fresh: ambient.identifier(), now: ambient.now(), entries: [accepted, linked] }
    }

    fn opener(&self) -> &str {
        self.invitation.opener.as_ref().map_or("", |opener| opener.key.as_str())
    }
}

/// Accepts with an account that is signed in, whatever its address: having followed the link proves the invited one too
/// (DESIGN §4.5).
///
/// # Errors
/// [`Fault`].
pub async fn accept(identity: &Identity, invitation: Invitation, session: &Session) -> Result<Accepted, Fault> {
    if !invitation.is_open_to(&session.account) {
        return Ok(Accepted::ByProvider);
    }
    let input = (Acceptance::new(identity, invitation, session.account.id), Asking::from(session));
    let accepted = identity.store.write::<_, _, StoreError, _>(input, |tx, (input, asking)| {
        Box::pin(async move {
            if !asking.holds(tx).await? {
                return Ok(Accepted::SignedOut);
            }
            if !consume(tx, input).await? {
                return Ok(Accepted::LinkIsSpent);
            }
            bind(tx, input).await?;
            Ok(Accepted::Welcome(asking.session))
        })
    });
    Ok(accepted.await?)
}

/// Accepts with a new account of the invited address, which the link has proved, and signs this browser in.
///
/// # Errors
/// [`Fault`].
pub async fn accept_as_new(
    identity: &Identity,
    invitation: Invitation,
    person: NewPerson,
    device: &Device,
) -> Result<Accepted, Fault> {
    if invitation.opener.is_some() {
        return Ok(Accepted::ByProvider);
    }
    let place = identity.hasher.queue(&allowances::network(device.address))?;
    let (new, password) = person.at(invitation.email.clone());
    let phc = identity.hasher.hash(place, &password).await?;
    let ambient = &identity.ambient;
    let account = AccountId(ambient.row_id());
    let birth = Birth::new(ambient, account, (new, Some(phc)), (Actor::Account(account.0), "sign_up.completed"));
    let authentication = NewAuthentication {
        session: None,
        replaces: None,
        fresh: ambient.row_id(),
        authentication_id: ambient.row_id(),
        account_id: account,
        epoch: accounts::FIRST_EPOCH,
        method: Method::Mail,
        by: By::platform(),
        device: device.clone(),
        lifetimes: identity.settings.sessions,
        remembered: false,
        now: ambient.now(),
    };
    let input = (Acceptance::new(identity, invitation, account), birth, authentication);
    let accepted = identity.store.write::<_, _, Undone, _>(input, |tx, (input, birth, authentication)| {
        Box::pin(async move {
            if !consume(tx, input).await? {
                return Ok(Accepted::LinkIsSpent);
            }
            if !accounts::born(tx, birth).await? {
                return Err(Undone::AddressTaken);
            }
            bind(tx, input).await?;
            Ok(Accepted::Welcome(sessions::authenticate(tx, authentication).await?))
        })
    });
    match accepted.await {
        Err(Undone::AddressTaken) => Ok(Accepted::LinkIsSpent),
        Err(Undone::Store(error)) => Err(error.into()),
        Ok(accepted) => Ok(accepted),
    }
}

/// Why an acceptance was rolled back: the invitation is as open as before.
enum Undone {
    AddressTaken,
    Store(StoreError),
}

impl From<StoreError> for Undone {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// The gate: whoever's statement finds the invitation open goes on, everybody else stops here (DESIGN §4.6).
///
/// # Errors
/// The database's.
pub(crate) async fn consume(tx: &mut Tx, input: &Acceptance) -> Result<bool, StoreError> {
    let consumed = tx
        .execute(
            "UPDATE invitation SET accepted_at = $2
             WHERE id = $1 AND secret_hash = $3 AND accepted_at IS NULL AND withdrawn_at IS NULL AND expires_at > $2
                AND COALESCE(provider, '') = $4",
            // Whoever was switched meanwhile accepts by what was decided since.
            params![input.invitation.id, input.now, input.invitation.secret_hash, input.opener()],
        )
        .await?;
    Ok(consumed == 1)
}

/// The tie between account and tenant, and the subject by which the tenant will know the person.
///
/// # Errors
/// The database's.
pub(crate) async fn bind(tx: &mut Tx, input: &Acceptance) -> Result<(), StoreError> {
    let tenant = input.invitation.tenant.id;
    let sql = "UPDATE invitation SET accepted_by = $2 WHERE id = $1";
    tx.execute(sql, params![input.invitation.id, input.account]).await?;
    links::link(tx, tenant, input.account, input.now).await?;
    links::subject(tx, tenant.0, input.account, &input.fresh).await?;
    for entry in &input.entries {
        audit::record(&mut tx.scoped(PLATFORM), entry).await?;
    }
    Ok(())
}
