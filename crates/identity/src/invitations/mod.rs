//! Invitations to a tenant, mailed and accepted here: the identity server alone makes and mails the secret (DESIGN §4.5).
//!
//! ```text
//! tenant API ──▶ take: row + secret + mail, once for each of the tenant's ids ──▶ standing: what became of it
//! mailed link ──▶ look: GET, spends nothing ──▶ accept: with an account that is signed in ─┐ one conditional UPDATE,
//!                                          ├──▶ accept_as_new: names, password             │ then the link and its subject
//!                                          └──▶ by the one provider that is named: linking ─┘
//! the tenant's next sign-in: UserInfo names what this account has accepted, until the tenant has settled it
//! ```
//! Whoever follows the link has read the mail: that proves the invited address, for the acceptance and for a new account.
//! What the tenant is told does not depend on whether the address has an account (IN-02).

mod accept;
mod look;
mod offered;
mod take;
mod words;

use std::time::Duration;

use store::{Conn, StoreError, params};
use uuid::Uuid;

pub(crate) use accept::{Acceptance, bind, consume};
pub use accept::{Accepted, accept, accept_as_new};
pub use look::{Invitation, InvitationId, Opener, look, mark_opened, reopen};
pub(crate) use offered::{Offered, offered};
pub use take::{Item, MAX_ITEMS, Standing, Wish, take};
pub(crate) use words::{defanged, is_plain, plain_name, quoted};

use crate::accounts::AccountId;
use crate::tenants::TenantId;

/// How long a mailed link works (PD-02).
pub const LINK_LIFETIME: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// The tenant's ids of what an account has accepted and the tenant has not settled yet; the latest twenty.
///
/// # Errors
/// The database's.
pub async fn to_settle(conn: &mut Conn, tenant: TenantId, account: AccountId) -> Result<Vec<Uuid>, StoreError> {
    let rows: Vec<(Uuid,)> = conn
        .all(
            "SELECT external_id FROM invitation
             WHERE tenant_id = $1 AND accepted_by = $2 AND settled_at IS NULL ORDER BY id DESC LIMIT 20",
            params![tenant, account],
        )
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}
