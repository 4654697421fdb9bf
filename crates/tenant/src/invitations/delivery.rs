//! The way to the identity server and back: what is due is told whole, so that telling it twice, or late, changes nothing;
//! the answer says how each invitation stands. An open one is asked about again, ever more rarely, until it has ended.

use std::time::Duration;

use ambient::Timestamp;
use serde::{Deserialize, Serialize};
use store::{StoreError, TenantRead, TenantStore, TenantTx, params};

use super::{InvitationId, InvitationState, MailStatus};
use crate::members::full_name;

/// How many invitations a request carries at most.
const BATCH: i64 = 100;

/// One invitation as it travels.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Item {
    /// Its id; telling the same id again sends no second mail.
    pub id: InvitationId,
    /// `open`: mail it, if you have not; `withdrawn`: the link must not work; `settled`: it was accepted, and we know by whom.
    pub state: &'static str,
    /// Where it goes.
    pub email: String,
    /// First name, as the administrator typed it.
    pub given_name: String,
    /// Last name.
    pub family_name: String,
    /// The mail's language.
    pub locale: String,
    /// Who invites, by name.
    pub invited_by: String,
    /// The inviter's words.
    pub message: String,
    /// The one provider that opens this tenant to them, by its key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider: Option<String>,
    /// The only subject there that may accept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preset: Option<String>,
}

/// An [`Item`] on its way.
#[derive(Debug, Clone)]
pub struct Outgoing {
    /// What is told.
    pub item: Item,
    revision: i64,
    attempts: i64,
    created_at: Timestamp,
}

/// What the identity server answers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct Receipt {
    /// One for each item that it took.
    pub invitations: Vec<Status>,
}

/// How an invitation stands there. Times are seconds since the Unix epoch.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Status {
    /// Which.
    pub id: InvitationId,
    /// What became of the mail; `None`: it never was told to send one.
    #[serde(default)]
    pub mail: Option<MailStatus>,
    /// When the mail server took it.
    #[serde(default)]
    pub sent_at: Option<i64>,
    /// When the link was first opened.
    #[serde(default)]
    pub opened_at: Option<i64>,
    /// When it was accepted.
    #[serde(default)]
    pub accepted_at: Option<i64>,
    /// Until when the link works.
    #[serde(default)]
    pub expires_at: Option<i64>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: InvitationId,
    state: InvitationState,
    email: String,
    message: String,
    created_at: Timestamp,
    revision: i64,
    attempts: i64,
    given_name: Option<String>,
    family_name: Option<String>,
    locale: Option<String>,
    by_given_name: Option<String>,
    by_family_name: Option<String>,
    by_email: Option<String>,
    provider: Option<String>,
    preset: Option<String>,
}

/// What is due, the longest-waiting first.
///
/// # Errors
/// What the database says.
pub async fn next_batch(read: &mut impl TenantRead, now: Timestamp) -> Result<Vec<Outgoing>, StoreError> {
    let rows: Vec<Row> = read
        .all(
            "SELECT i.id, i.state, i.email, i.message, i.created_at, i.revision, i.attempts, m.given_name, m.family_name,
                    m.locale, b.given_name AS by_given_name, b.family_name AS by_family_name, b.email AS by_email,
                    m.provider, m.preset_subject AS preset
             FROM invitation i
             LEFT JOIN member m ON m.tenant_id = i.tenant_id AND m.id = i.member_id
             LEFT JOIN member b ON b.tenant_id = i.tenant_id AND b.id = i.invited_by
             WHERE i.tenant_id = $1 AND i.due_at IS NOT NULL AND i.due_at <= $2 ORDER BY i.due_at, i.id LIMIT $3",
            params![now, BATCH],
        )
        .await?;
    Ok(rows.into_iter().map(Outgoing::from).collect())
}

impl From<Row> for Outgoing {
    fn from(row: Row) -> Self {
        let text = |text: Option<String>| text.unwrap_or_default();
        let (given, family, email) = (text(row.by_given_name), text(row.by_family_name), text(row.by_email));
        let item = Item {
            id: row.id,
            state: match row.state {
                InvitationState::Open => "open",
                InvitationState::Accepted => "settled",
                InvitationState::Withdrawn | InvitationState::Replaced => "withdrawn",
            },
            email: row.email,
            given_name: text(row.given_name),
            family_name: text(row.family_name),
            locale: text(row.locale),
            invited_by: full_name(&given, &family, &email),
            message: row.message,
            preset: row.preset.filter(|_| row.provider.is_some()),
            provider: row.provider,
        };
        Self { item, revision: row.revision, attempts: row.attempts, created_at: row.created_at }
    }
}

/// Takes note of the answer. What changed while it was on its way is due still.
///
/// # Errors
/// What the database says.
pub async fn settle(
    store: &TenantStore,
    sent: Vec<Outgoing>,
    receipt: Receipt,
    now: Timestamp,
) -> Result<usize, StoreError> {
    store
        .write((sent, receipt, now), |mut tx, (sent, receipt, now)| {
            Box::pin(async move {
                let mut done = 0;
                for outgoing in sent {
                    match receipt.invitations.iter().find(|status| status.id == outgoing.item.id) {
                        Some(status) => {
                            note(&mut tx, outgoing, status, *now).await?;
                            done += 1;
                        }
                        None => postpone_one(&mut tx, outgoing, *now).await?,
                    }
                }
                Ok(done)
            })
        })
        .await
}

async fn note(tx: &mut TenantTx<'_>, sent: &Outgoing, status: &Status, now: Timestamp) -> Result<(), StoreError> {
    let time = |seconds: Option<i64>| seconds.map(Timestamp::from_seconds);
    tx.execute(
        "UPDATE invitation SET status = COALESCE($3, status), taken_at = COALESCE(taken_at, $4),
             sent_at = COALESCE($5, sent_at), opened_at = COALESCE($6, opened_at),
             accepted_at = COALESCE(accepted_at, $7), expires_at = COALESCE($8, expires_at),
             attempts = CASE WHEN revision = $9 THEN 0 ELSE attempts END,
             due_at = CASE WHEN revision = $9 THEN $10 ELSE due_at END
         WHERE tenant_id = $1 AND id = $2",
        params![
            sent.item.id,
            status.mail,
            now,
            time(status.sent_at),
            time(status.opened_at),
            time(status.accepted_at),
            time(status.expires_at),
            sent.revision,
            ask_again_at(sent, status, now),
        ],
    )
    .await?;
    // What was kept only to be told goes with the member whom it was for.
    let told = "DELETE FROM invitation WHERE tenant_id = $1 AND id = $2 AND due_at IS NULL AND EXISTS (
                    SELECT 1 FROM member m WHERE m.tenant_id = $1 AND m.id = member_id AND m.lifecycle = 'purged')";
    tx.execute(told, params![sent.item.id]).await?;
    Ok(())
}

/// When an open invitation is asked about again; `None` once nothing more will come of it.
fn ask_again_at(sent: &Outgoing, status: &Status, now: Timestamp) -> Option<Timestamp> {
    let over = status.accepted_at.is_some()
        || status.expires_at.is_some_and(|at| Timestamp::from_seconds(at) <= now)
        || matches!(status.mail, None | Some(MailStatus::Limited | MailStatus::Unmailable | MailStatus::Failed));
    if sent.item.state != "open" || over {
        return None;
    }
    let age = now.since(sent.created_at);
    let rest = match age {
        young if young < Duration::from_hours(1) => Duration::from_mins(2),
        young if young < Duration::from_hours(24) => Duration::from_mins(15),
        _ => Duration::from_hours(2),
    };
    Some(now.plus(rest))
}

/// Nobody answered: all of them later.
///
/// # Errors
/// What the database says.
pub async fn postpone(store: &TenantStore, sent: Vec<Outgoing>, now: Timestamp) -> Result<(), StoreError> {
    store
        .write((sent, now), |mut tx, (sent, now)| {
            Box::pin(async move {
                for outgoing in sent {
                    postpone_one(&mut tx, outgoing, *now).await?;
                }
                Ok(())
            })
        })
        .await
}

async fn postpone_one(tx: &mut TenantTx<'_>, sent: &Outgoing, now: Timestamp) -> Result<(), StoreError> {
    let attempts = sent.attempts.saturating_add(1);
    let due = now.plus(jobs::retry_after(u32::try_from(attempts).unwrap_or(u32::MAX)));
    let sql = "UPDATE invitation SET attempts = $3, due_at = $4 WHERE tenant_id = $1 AND id = $2 AND revision = $5";
    tx.execute(sql, params![sent.item.id, attempts, due, sent.revision]).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_open_invitation_is_asked_about_ever_more_rarely_until_it_ends() {
        let t0 = Timestamp::from_seconds(1_000_000);
        let outgoing = |state| Outgoing {
            item: Item {
                id: InvitationId(uuid::Uuid::nil()),
                state,
                email: String::new(),
                given_name: String::new(),
                family_name: String::new(),
                locale: String::new(),
                invited_by: String::new(),
                message: String::new(),
                provider: None,
                preset: None,
            },
            revision: 1,
            attempts: 0,
            created_at: t0,
        };
        let status = |mail, accepted_at: Option<i64>| Status {
            id: InvitationId(uuid::Uuid::nil()),
            mail,
            sent_at: None,
            opened_at: None,
            accepted_at,
            expires_at: Some(t0.plus(Duration::from_hours(7 * 24)).as_seconds()),
        };
        let (sent, hours) = (Some(MailStatus::Sent), |hours| Duration::from_hours(hours));
        let table = [
            ("open", sent, None, hours(0), Some(Duration::from_mins(2))),
            ("open", Some(MailStatus::Queued), None, hours(2), Some(Duration::from_mins(15))),
            ("open", sent, None, hours(25), Some(hours(2))),
            ("open", sent, None, hours(7 * 24), None),
            ("open", sent, Some(1), hours(0), None),
            ("open", Some(MailStatus::Limited), None, hours(0), None),
            ("withdrawn", sent, None, hours(0), None),
            ("settled", sent, Some(1), hours(0), None),
        ];
        for (state, mail, accepted_at, age, rest) in table {
            let now = t0.plus(age);
            let at = ask_again_at(&outgoing(state), &status(mail, accepted_at), now);
            assert_eq!(at, rest.map(|rest| now.plus(rest)), "{state} {mail:?} {age:?}");
        }
    }
}
