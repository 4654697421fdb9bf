use ambient::Timestamp;
use audit::{Actor, Entry};
use mail::Parcel;
use serde_json::json;
use store::{PLATFORM, StoreError, Tx};
use uuid::Uuid;

use super::super::granted::Granted;
use super::super::revoke;
use crate::accounts::{self, EmailAddress};
use crate::allowances::{self, Limit};
use crate::clients::Registered;
use crate::{Fault, Identity, mails};

/// Mails about replays to one person: an application that replays all day fills no mailbox (WEB-25).
const NOTICES: Limit = Limit { kind: "replay_notice", most: 3, window: std::time::Duration::from_secs(60 * 60) };

struct Input {
    grant: Uuid,
    account: Uuid,
    now: Timestamp,
    entry: Entry,
    notice: Option<Parcel>,
}

/// Ends a family that two hold: which of them is the thief cannot be known (RFC 9700 §4.14.2). Its access tokens end with
/// it, and its person is told.
pub(super) async fn end(identity: &Identity, client: &Registered, granted: &Granted) -> Result<(), Fault> {
    let account = accounts::find(&mut identity.store.read().await?, granted.account_id).await?;
    // Worded and sealed before the transaction, which queues it with the deed.
    let notice = match account.and_then(|account| Some((EmailAddress::parse(&account.email)?, account.locale))) {
        Some((email, locale)) => Some(mails::replayed(identity, &email, &locale, &client.client.name)?),
        None => None,
    };
    let entry = Entry::new(&identity.ambient, Actor::Client(client.client.client_id.clone()), "refresh.replayed")
        .on("account", granted.account_id)
        .detail(json!({ "client": client.client.client_id, "grant": granted.grant_id }));
    let (grant, account, now) = (granted.grant_id, granted.account_id.0, entry.at);
    let input = Input { grant, account, now, entry, notice };
    identity.store.write::<_, _, StoreError, _>(input, |tx, input| Box::pin(write(tx, input))).await?;
    identity.mail_wake.ring();
    Ok(())
}

/// Once: the replays that follow find the grant revoked.
async fn write(tx: &mut Tx, input: &Input) -> Result<(), StoreError> {
    if !revoke::one(tx, input.grant, input.now).await? {
        return Ok(());
    }
    audit::record(&mut tx.scoped(PLATFORM), &input.entry).await?;
    let Some(notice) = &input.notice else { return Ok(()) };
    if allowances::take(tx, &NOTICES, &input.account.to_string(), input.now).await?.is_some() {
        mail::queue(&mut tx.scoped(PLATFORM), notice).await?;
    }
    Ok(())
}
