use audit::Actor;
use store::StoreError;

use super::{AccountId, Birth, NewAccount, born};
use crate::{Fault, Identity};

/// Makes an account with a password: the operator's way, for the demo's people and the first administrator. Everyone else
/// signs up.
///
/// # Errors
/// A taken address is [`StoreError::Duplicate`].
pub async fn create(identity: &Identity, new: NewAccount, password: &str) -> Result<AccountId, Fault> {
    let phc = identity.hasher.hash(identity.hasher.queue("operator")?, password).await?;
    let id = AccountId(identity.ambient.row_id());
    let birth = Birth::new(&identity.ambient, id, (new, Some(phc)), (Actor::Operator, "account.created"));
    let born = identity.store.write::<_, _, StoreError, _>(birth, |tx, birth| Box::pin(born(tx, birth))).await?;
    if born { Ok(id) } else { Err(StoreError::Duplicate("account.email_key".to_owned()).into()) }
}
