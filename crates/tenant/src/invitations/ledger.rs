use ambient::Timestamp;
use store::{StoreError, TenantRead, params};

use super::{InvitationId, InvitationState, MailStatus};
use crate::members::MemberId;

/// How many invitations of one member are shown.
const SHOWN: i64 = 20;

/// An invitation with everything that is known of it.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Invitation {
    /// Its id.
    pub id: InvitationId,
    /// Whom it is for.
    pub member_id: MemberId,
    /// Who invited.
    pub invited_by: MemberId,
    /// What the tenant wants of it.
    pub state: InvitationState,
    /// Where it went.
    pub email: String,
    /// The inviter's words.
    pub message: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was accepted, withdrawn or replaced.
    pub ended_at: Option<Timestamp>,
    /// By whom.
    pub ended_by: Option<MemberId>,
    /// What became of the mail; `None`: the identity server does not know of it yet.
    pub status: Option<MailStatus>,
    /// When the identity server took it.
    pub taken_at: Option<Timestamp>,
    /// When the mail server took the mail.
    pub sent_at: Option<Timestamp>,
    /// When the link was first opened. Some mail programs do that by themselves.
    pub opened_at: Option<Timestamp>,
    /// When it was accepted at the identity server.
    pub accepted_at: Option<Timestamp>,
    /// Until when the link works.
    pub expires_at: Option<Timestamp>,
}

/// The statement that reads invitations; it goes on with the given text.
macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT id, member_id, invited_by, state, email, message, created_at, ended_at, ended_by, status, taken_at,
                    sent_at, opened_at, accepted_at, expires_at FROM invitation WHERE tenant_id = $1 AND ",
            $rest
        )
    };
}

/// The ledger of one member, newest first.
///
/// # Errors
/// What the database says.
pub async fn of_member(read: &mut impl TenantRead, member: MemberId) -> Result<Vec<Invitation>, StoreError> {
    read.all(select!("member_id = $2 ORDER BY id DESC LIMIT $3"), params![member, SHOWN]).await
}

/// One invitation.
///
/// # Errors
/// What the database says.
pub async fn by_id(read: &mut impl TenantRead, id: InvitationId) -> Result<Option<Invitation>, StoreError> {
    read.maybe(select!("id = $2"), params![id]).await
}
