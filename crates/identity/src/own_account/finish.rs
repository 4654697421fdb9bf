use ambient::Timestamp;
use audit::{Actor, Entry};
use mail::Parcel;
use serde_json::json;
use store::{PLATFORM, StoreError, Tx, params};

use super::{Pending, known_by};
use crate::accounts::{AccountId, EmailAddress, NewAccount, NewPerson};
use crate::grants::revoke;
use crate::sessions::{self, Asking, By, Device, Method, NewAuthentication, Session, SessionId};
use crate::{Fault, Identity, administrators, allowances, linking, logout, mails};

/// How it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Made {
    /// It is theirs; the session opens it.
    Own(SessionId),
    /// The tenant knows the account of that address from now on.
    Moved,
    /// The account of that address is known to the tenant already: nothing was moved.
    MemberAlready,
    /// Used, too old, begun under other credentials; or somebody has got the address meanwhile.
    Spent,
    /// Somebody else is signed in than who has the address, or nobody any more.
    OtherPerson,
}

/// Why nothing of it stays.
enum Undone {
    Spent,
    Store(StoreError),
}

impl From<StoreError> for Undone {
    fn from(error: StoreError) -> Self {
        // Of two who get one address at once, one does.
        if let StoreError::Duplicate(_) = error { Self::Spent } else { Self::Store(error) }
    }
}

fn settled(made: Result<Made, Undone>) -> Result<Made, Fault> {
    match made {
        Ok(made) => Ok(made),
        Err(Undone::Spent) => Ok(Made::Spent),
        Err(Undone::Store(error)) => Err(error.into()),
    }
}

/// The gate: whoever's statement finds it open goes on (DESIGN §4.6). What it was begun for is as it was: the account of that
/// tenant's scope, under the same epoch, which is over with this.
async fn consume(tx: &mut Tx, pending: &Pending, now: Timestamp) -> Result<(), Undone> {
    let used = tx
        .execute(
            "UPDATE own_account SET used_at = $2
             WHERE id = $1 AND browser_hash = $3 AND used_at IS NULL AND expires_at > $2",
            params![pending.id, now, pending.browser.clone()],
        )
        .await?;
    let raised = tx
        .execute(
            "UPDATE account SET epoch = epoch + 1 WHERE id = $1 AND epoch = $2 AND scope_id = $3",
            params![pending.scoped.id, pending.scoped.epoch, pending.tenant.id],
        )
        .await?;
    if (used, raised) == (1, 1) { Ok(()) } else { Err(Undone::Spent) }
}

struct New {
    pending: Pending,
    new: NewAccount,
    phc: String,
    authentication: NewAuthentication,
    told: Option<Parcel>,
    entry: Entry,
    promoted: Entry,
}

/// Nobody has the address: the account that the tenant knows becomes one of everywhere, with that address and a password. Its
/// external identity opens the tenant alone, as before; whoever has the mailbox has chosen that, in the browser of both.
///
/// # Errors
/// [`Fault`].
pub async fn as_new(identity: &Identity, pending: Pending, person: NewPerson, device: &Device) -> Result<Made, Fault> {
    let place = identity.hasher.queue(&allowances::network(device.address))?;
    let (new, password) = person.at(pending.email.clone());
    let phc = identity.hasher.hash(place, &password).await?;
    let (ambient, id) = (&identity.ambient, pending.scoped.id);
    let authentication = NewAuthentication {
        session: None,
        replaces: None,
        fresh: ambient.row_id(),
        authentication_id: ambient.row_id(),
        account_id: id,
        epoch: pending.scoped.epoch + 1,
        method: Method::Mail,
        by: By::platform(),
        device: device.clone(),
        lifetimes: identity.settings.sessions,
        remembered: false,
        now: ambient.now(),
    };
    let entry = entry(identity, &pending, id, "own_account.made");
    let promoted = Entry::new(ambient, Actor::System, "administrator.added").on("account", id);
    let told = told(identity, &pending, &pending.email, new.locale.as_str()).await?;
    let input = New { pending, new, phc, authentication, told, entry, promoted };
    let made = identity.store.write::<_, _, Undone, _>(input, |tx, input| Box::pin(write_new(tx, input))).await;
    identity.mail_wake.ring();
    identity.logout_wake.ring();
    settled(made)
}

async fn write_new(tx: &mut Tx, it: &New) -> Result<Made, Undone> {
    let (id, new, now) = (it.pending.scoped.id, &it.new, it.entry.at);
    consume(tx, &it.pending, now).await?;
    let owned = tx
        .execute(
            "UPDATE account SET scope_id = NULL, email = $2, email_key = $3, given_name = $4, family_name = $5, locale = $6,
                 email_proved_at = $7, updated_at = $7
             WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM account other WHERE other.email_key = $3)",
            params![
                id,
                new.email.as_str(),
                new.email.key(),
                new.given_name.as_str(),
                new.family_name.as_str(),
                new.locale.as_str(),
                now
            ],
        )
        .await?;
    if owned == 0 {
        return Err(Undone::Spent);
    }
    let password = "INSERT INTO password (account_id, phc, changed_at) VALUES ($1, $2, $3)";
    tx.execute(password, params![id, it.phc.clone(), now]).await?;
    let void = "UPDATE sign_up SET used_at = $1 WHERE email_key = $2 AND used_at IS NULL";
    tx.execute(void, params![now, new.email.key()]).await?;
    linking::void_waiting(tx, id, now).await?;
    logout::end_all(tx, id, None, now).await?;
    let session = sessions::authenticate(tx, &it.authentication).await?;
    note(tx, it.told.as_ref(), &it.entry).await?;
    administrators::claim(tx, &new.email, id, &it.promoted).await?;
    Ok(Made::Own(session))
}

struct Move {
    pending: Pending,
    to: AccountId,
    asking: Asking,
    told: Option<Parcel>,
    entry: Entry,
}

/// The account of the proved address takes over what the tenant knows, by its own person, who has just proved who they are: the
/// subject, unchanged, and the external identity, which opens that tenant alone. The tenant's member stays the same.
///
/// # Errors
/// [`Fault`].
pub async fn move_to(identity: &Identity, pending: Pending, session: &Session) -> Result<Made, Fault> {
    let account = &session.account;
    let same = EmailAddress::parse(&account.email).is_some_and(|own| own.key() == pending.email.key());
    if !same || session.scope.is_some() {
        return Ok(Made::OtherPerson);
    }
    let entry = entry(identity, &pending, account.id, "own_account.moved");
    let told = told(identity, &pending, &pending.email, &account.locale).await?;
    let input = Move { to: account.id, asking: session.into(), told, entry, pending };
    let moved = identity.store.write::<_, _, Undone, _>(input, |tx, input| Box::pin(write_move(tx, input))).await;
    identity.mail_wake.ring();
    identity.logout_wake.ring();
    settled(moved)
}

async fn write_move(tx: &mut Tx, it: &Move) -> Result<Made, Undone> {
    let (from, tenant, now) = (it.pending.scoped.id, it.pending.tenant.id, it.entry.at);
    if !it.asking.holds(tx).await? {
        return Ok(Made::OtherPerson);
    }
    let known = tx
        .exists(
            "SELECT 1 FROM link WHERE tenant_id = $1 AND account_id = $2
             UNION ALL SELECT 1 FROM subject WHERE sector_id = $1 AND account_id = $2
             UNION ALL SELECT 1 FROM external_identity WHERE scope_id = $1 AND account_id = $2",
            params![tenant, it.to],
        )
        .await?;
    if known {
        return Ok(Made::MemberAlready);
    }
    consume(tx, &it.pending, now).await?;
    // What was opened as the other account ends first, as long as it is known whose it was.
    linking::void_waiting(tx, from, now).await?;
    logout::end_all(tx, from, None, now).await?;
    revoke::of_member(tx, tenant, from, now).await?;
    for sql in [
        "UPDATE subject SET account_id = $3 WHERE sector_id = $1 AND account_id = $2",
        "UPDATE link SET account_id = $3 WHERE tenant_id = $1 AND account_id = $2",
        "UPDATE external_identity SET account_id = $3 WHERE scope_id = $1 AND account_id = $2",
        "UPDATE invitation SET accepted_by = $3 WHERE tenant_id = $1 AND accepted_by = $2 AND settled_at IS NULL",
    ] {
        tx.execute(sql, params![tenant, from, it.to]).await?;
    }
    note(tx, it.told.as_ref(), &it.entry).await?;
    Ok(Made::Moved)
}

fn entry(identity: &Identity, pending: &Pending, owner: AccountId, action: &'static str) -> Entry {
    Entry::new(&identity.ambient, Actor::Account(owner.0), action)
        .on("account", owner)
        .detail(json!({ "tenant": pending.tenant.slug, "from": pending.scoped.id }))
        .personal("email", pending.email.key(), &identity.ambient)
}

/// What the holder of the address hears of it.
async fn told(
    identity: &Identity,
    pending: &Pending,
    email: &EmailAddress,
    locale: &str,
) -> Result<Option<Parcel>, Fault> {
    let provider = known_by(&mut identity.store.read().await?, pending.tenant.id, pending.scoped.id).await?;
    let Some(provider) = provider else { return Ok(None) };
    mails::own_account_made(identity, email, locale, (&pending.tenant.name, &provider)).map(Some)
}

async fn note(tx: &mut Tx, told: Option<&Parcel>, entry: &Entry) -> Result<(), StoreError> {
    let mut platform = tx.scoped(PLATFORM);
    if let Some(told) = told {
        mail::queue(&mut platform, told).await?;
    }
    audit::record(&mut platform, entry).await
}
