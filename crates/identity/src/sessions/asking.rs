//! Whose deed it is, asked once more in the transaction that does it.

use store::{StoreError, Tx, params};

use super::{Session, SessionId};
use crate::accounts::AccountId;

/// A session that was looked at before the write door, as it was then.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asking {
    pub session: SessionId,
    pub account: AccountId,
    pub epoch: i64,
}

impl From<&Session> for Asking {
    fn from(session: &Session) -> Self {
        Self { session: session.id, account: session.account.id, epoch: session.account.epoch }
    }
}

impl Asking {
    /// Holds the account's row until the transaction ends; false if the session has ended, or the credentials have changed, since it was
    /// looked at: then nothing is done in its name (DESIGN §4.6).
    ///
    /// # Errors
    /// The database's.
    pub async fn holds(&self, tx: &mut Tx) -> Result<bool, StoreError> {
        let held = "UPDATE account SET epoch = epoch WHERE id = $1 AND epoch = $2 AND EXISTS
            (SELECT 1 FROM session WHERE session.id = $3 AND account_id = $1 AND session.epoch = $2 AND ended_at IS NULL)";
        Ok(tx.execute(held, params![self.account, self.epoch, self.session]).await? == 1)
    }
}
