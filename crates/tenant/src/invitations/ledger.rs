use std::collections::{BTreeMap, BTreeSet};

use ambient::Timestamp;
use store::{StoreError, TenantRead, params};
use uuid::Uuid;

use super::{InvitationId, InvitationState, MailStatus, OPERATOR, Progress};
use crate::members::{MemberId, a_hundred, full_name, hundreds};

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

impl Invitation {
    /// How far it has come at that moment, in one word.
    #[must_use]
    pub fn progress(&self, now: Timestamp) -> Progress {
        match (self.state, self.status) {
            (InvitationState::Accepted, _) => Progress::Accepted,
            (InvitationState::Withdrawn, _) => Progress::Withdrawn,
            (InvitationState::Replaced, _) => Progress::Replaced,
            (_, Some(MailStatus::Failed | MailStatus::Limited | MailStatus::Unmailable)) => Progress::Failed,
            _ if self.expires_at.is_some_and(|at| at <= now) => Progress::Expired,
            _ if self.opened_at.is_some() => Progress::Opened,
            (_, Some(MailStatus::Sent)) => Progress::Sent,
            (_, Some(MailStatus::Queued) | None) => Progress::Waiting,
        }
    }

    /// Who invited; none: the operator.
    #[must_use]
    pub fn inviter(&self) -> Option<MemberId> {
        Some(self.invited_by).filter(|id| *id != OPERATOR)
    }

    /// Who ended it, if a member did.
    #[must_use]
    pub fn ender(&self) -> Option<MemberId> {
        self.ended_by.filter(|id| *id != OPERATOR)
    }
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

/// By whose invitation these members came, of those who came by one: the inviter's name, or none if they were erased, or are none of the
/// members.
///
/// # Errors
/// What the database says.
pub async fn inviters(
    read: &mut impl TenantRead,
    members: impl IntoIterator<Item = MemberId>,
) -> Result<BTreeMap<MemberId, Option<String>>, StoreError> {
    const SQL: &str = concat!(
        "SELECT i.member_id, COALESCE(m.given_name, ''), COALESCE(m.family_name, ''), COALESCE(m.email, '') FROM invitation i
             LEFT JOIN member m ON m.tenant_id = i.tenant_id AND m.id = i.invited_by AND m.lifecycle <> 'purged'
         WHERE i.tenant_id = $1 AND i.state = 'accepted' AND i.member_id IN ",
        a_hundred!(),
        " ORDER BY i.id"
    );
    let mut found = BTreeMap::new();
    for values in hundreds(members) {
        let rows: Vec<(MemberId, String, String, String)> = read.all(SQL, values).await?;
        let name =
            |given: &str, family: &str, email: &str| Some(full_name(given, family, email)).filter(|it| !it.is_empty());
        found.extend(rows.iter().map(|(id, given, family, email)| (*id, name(given, family, email))));
    }
    Ok(found)
}

/// Which invitations of the tenant are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Which {
    /// All.
    All,
    /// Those of one member.
    Of(MemberId),
    /// Those that have come so far.
    At(Progress),
}

/// The next invitations of the tenant after that one, the newest first: at most so many.
///
/// # Errors
/// What the database says.
pub async fn some(
    read: &mut impl TenantRead,
    which: Which,
    (after, most): (Option<InvitationId>, i64),
    now: Timestamp,
) -> Result<Vec<Invitation>, StoreError> {
    let after = after.unwrap_or(InvitationId(Uuid::max()));
    match which {
        Which::All => read.all(select!("id < $2 ORDER BY id DESC LIMIT $3"), params![after, most]).await,
        Which::Of(member) => {
            let sql = select!("member_id = $4 AND id < $2 ORDER BY id DESC LIMIT $3");
            read.all(sql, params![after, most, member]).await
        }
        Which::At(ended @ (Progress::Accepted | Progress::Withdrawn | Progress::Replaced)) => {
            let sql = select!("state = $4 AND id < $2 ORDER BY id DESC LIMIT $3");
            read.all(sql, params![after, most, ended]).await
        }
        Which::At(progress) => {
            // As `Invitation::progress` says.
            let sql = select!(
                "state = 'open' AND id < $2 AND $5 = CASE WHEN status IN ('failed', 'limited', 'unmailable') THEN 'failed'
                     WHEN expires_at <= $4 THEN 'expired' WHEN opened_at IS NOT NULL THEN 'opened'
                     WHEN status = 'sent' THEN 'sent' ELSE 'waiting' END ORDER BY id DESC LIMIT $3"
            );
            read.all(sql, params![after, most, now, progress]).await
        }
    }
}

/// Those of the members whose invitation is open.
///
/// # Errors
/// What the database says.
pub async fn open_among(
    read: &mut impl TenantRead,
    members: impl IntoIterator<Item = MemberId>,
) -> Result<BTreeSet<MemberId>, StoreError> {
    let sql = concat!(
        "SELECT DISTINCT member_id FROM invitation WHERE tenant_id = $1 AND state = 'open' AND member_id IN ",
        a_hundred!()
    );
    let mut open = BTreeSet::new();
    for values in hundreds(members) {
        let found: Vec<(MemberId,)> = read.all(sql, values).await?;
        open.extend(found.into_iter().map(|(member,)| member));
    }
    Ok(open)
}

/// One invitation.
///
/// # Errors
/// What the database says.
pub async fn by_id(read: &mut impl TenantRead, id: InvitationId) -> Result<Option<Invitation>, StoreError> {
    read.maybe(select!("id = $2"), params![id]).await
}
