use audit::Entry;
use mail::Parcel;
use serde_json::json;
use store::{PLATFORM, StoreError, Tx, params};

use crate::accounts::Account;
use crate::linking;
use crate::logout;
use crate::mails;
use crate::recovery;
use crate::sessions::{self, By, Device, Method, NewAuthentication, Session, SessionId};
use crate::{Fault, Identity};

/// A new password on its way into an account.
pub(crate) struct Replacement {
    phc: String,
    /// The proof that goes with it: made under the epoch that the change begins.
    authentication: NewAuthentication,
    told: Parcel,
    entry: Entry,
}

impl Replacement {
    /// Of the password that the account has now by the one that `phc` tells, proved by `method` in the browser that asks, whose session it
    /// replaces if that has one.
    pub(crate) fn new(
        identity: &Identity,
        account: &Account,
        phc: String,
        method: Method,
        device: &Device,
        replaced: Option<&Session>,
    ) -> Result<Self, Fault> {
        let ambient = &identity.ambient;
        let authentication = NewAuthentication {
            session: None,
            replaces: replaced.map(|session| session.id),
            fresh: ambient.row_id(),
            authentication_id: ambient.row_id(),
            account_id: account.id,
            epoch: account.epoch + 1,
            method,
            by: By::platform(),
            device: device.clone(),
            lifetimes: identity.settings.sessions,
            remembered: replaced.is_some_and(|session| session.remembered),
            now: ambient.now(),
        };
        let entry =
            Entry::new(ambient, audit::Actor::Account(account.id.0), "password.changed").on("account", account.id);
        Ok(Self { phc, authentication, told: mails::password_changed(identity, account)?, entry })
    }
}

/// Writes the password, and ends what was opened with the old one (IN-04, PH-02): every session with its grants and codes,
/// every mailed link, by the epoch. Its own session is a new one. None if the account's credentials changed
/// meanwhile, or a provider alone opens it: then no password does.
pub(crate) async fn replace(tx: &mut Tx, new: &Replacement) -> Result<Option<SessionId>, StoreError> {
    let proof = &new.authentication;
    let raised = tx
        .execute(
            "UPDATE account SET epoch = $3 WHERE id = $1 AND epoch = $2 AND provider_id IS NULL AND scope_id IS NULL",
            params![proof.account_id, proof.epoch - 1, proof.epoch],
        )
        .await?;
    if raised == 0 {
        return Ok(None);
    }
    tx.execute(
        "INSERT INTO password (account_id, phc, changed_at) VALUES ($1, $2, $3)
         ON CONFLICT (account_id) DO UPDATE SET phc = excluded.phc, changed_at = excluded.changed_at,
            version = password.version + 1",
        params![proof.account_id, new.phc, proof.now],
    )
    .await?;
    if matches!(proof.method, Method::Password) {
        recovery::carry_on(tx, proof.account_id).await?;
    }
    linking::void_waiting(tx, proof.account_id, proof.now).await?;
    let ended = logout::end_all(tx, proof.account_id, None, proof.now).await?;
    let session = sessions::authenticate(tx, proof).await?;
    let mut platform = tx.scoped(PLATFORM);
    mail::queue(&mut platform, &new.told).await?;
    let entry = new.entry.clone().detail(json!({ "proved_by": proof.method.word(), "sessions_ended": ended }));
    audit::record(&mut platform, &entry).await?;
    Ok(Some(session))
}
