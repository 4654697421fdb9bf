//! What the identity server must know of a member (DESIGN §3.5): written with each change, delivered in order.
//!
//! ```text
//! change ──▶ snapshot row (same transaction) ──▶ next_batch ──▶ POST ──▶ settle: applied ▸ removed, unknown ▸ later
//!                                                      └─ no answer ──▶ postpone: the whole batch, later
//! ```
//! A snapshot is whole (state and all roles), so one that was delivered twice, or after a newer one, changes nothing. Only
//! the *newest* due row of a member is sent; once it is applied, the older ones are moot and go with it.

use std::collections::HashMap;
use std::sync::LazyLock;

use ambient::Timestamp;
use serde::{Deserialize, Serialize};
use store::{ManyRows, StoreError, TenantRead, TenantStore, TenantTx, Value, params};

use crate::members::{Member, MemberId, MemberState};
use crate::{Context, roles};

/// How many snapshots a request carries at most (ARCHITECTURE.md).
pub const BATCH: i64 = 500;
/// And while people wait for a page of this server: the identity server holds its write door for all of them.
const BESIDE_PEOPLE: i64 = 100;

/// One member's snapshot as it travels.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Snapshot {
    /// Whose row it is; stays here.
    #[serde(skip)]
    pub member: MemberId,
    /// The pairwise subject.
    pub subject: String,
    /// Rises with each change of this member.
    pub version: i64,
    /// The three axes in one word.
    pub state: MemberState,
    /// Keys of roles.
    pub roles: Vec<String>,
    /// None so far.
    pub groups: Vec<String>,
    /// The one provider that opens this tenant to them, if there is one.
    pub provider: Option<String>,
    /// Their version at the last switch of provider, if there was one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub switched: Option<i64>,
    /// Whether the credential from before that switch proves nothing any more.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub compromised: bool,
    /// Their version at the last switch of which that was said; 0: none. What was claimed before it is void, also if they were switched
    /// once more before this is heard.
    #[serde(skip_serializing_if = "is_none")]
    pub compromised_version: i64,
    /// The only subject at that provider that may claim them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub preset: Option<String>,
    /// Whether they are there for the day when providers fail: their account is not switched either.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub break_glass: bool,
    /// How often it was tried.
    #[serde(skip)]
    pub attempts: i64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
const fn is_none(version: &i64) -> bool {
    *version == 0
}

/// What the identity server answers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
pub struct Receipt {
    /// Applied, or older than what it has.
    pub applied: Vec<Applied>,
    /// Subjects that it has no link of.
    #[serde(default)]
    pub unknown: Vec<String>,
}

/// One line of a receipt.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Applied {
    /// Whose.
    pub subject: String,
    /// Which.
    pub version: i64,
}

/// Writes the member's snapshot, as it stands in this transaction. Someone merely invited has no subject, and the identity
/// server knows nothing of them.
pub(crate) async fn write(tx: &mut TenantTx<'_>, context: &Context, member: &Member) -> Result<(), StoreError> {
    if member.subject.is_none() {
        return Ok(());
    }
    let roles = roles::of_member(tx, member.id).await?;
    write_all(tx, &Vec::from_iter(row(context, member, &roles))).await
}

static SNAPSHOTS: LazyLock<ManyRows> = LazyLock::new(|| {
    let before = "INSERT INTO snapshot (tenant_id, attempts, member_id, version, subject, state, roles, provider,
             created_at, due_at, switched, compromised, compromised_version, preset, break_glass) VALUES ";
    ManyRows::new(before, "$1, 0, ", 0, 13, "")
});

/// A member's snapshot as it is written down, with the keys of the roles that they have then, in order.
pub(crate) fn row(context: &Context, member: &Member, roles: &[String]) -> Option<Vec<Value>> {
    let subject = member.subject.as_ref()?;
    let (state, roles, now) = (member.state(), roles.join(" "), context.now);
    let switched = (member.switched_version > 0).then_some(member.switched_version);
    Some(params![
        member.id,
        member.version,
        subject,
        state,
        roles,
        member.provider,
        now,
        now,
        switched,
        member.compromised,
        member.compromised_version,
        member.preset_subject,
        member.break_glass
    ])
}

/// Writes many of them.
pub(crate) async fn write_all(tx: &mut TenantTx<'_>, rows: &[Vec<Value>]) -> Result<(), StoreError> {
    tx.execute_many(&SNAPSHOTS, &[], rows).await?;
    Ok(())
}

#[derive(sqlx::FromRow)]
struct Row {
    member_id: MemberId,
    version: i64,
    subject: String,
    state: MemberState,
    roles: String,
    provider: Option<String>,
    switched: Option<i64>,
    compromised: bool,
    compromised_version: i64,
    preset: Option<String>,
    break_glass: bool,
    attempts: i64,
}

// `OFFSET 0` has PostgreSQL ask for each by its key, whatever it knows of the table: where that was empty at the last `ANALYZE`, it would
// go through all of them for each.
macro_rules! newest {
    ($which:literal) => {
        concat!(
            "SELECT s.member_id, s.version, s.subject, s.state, s.roles, s.provider, s.switched, s.compromised,
                    s.compromised_version, s.preset, s.break_glass, s.attempts FROM snapshot s
             WHERE s.tenant_id = $1 AND NOT EXISTS (SELECT 1 FROM snapshot n
                 WHERE n.tenant_id = s.tenant_id AND n.member_id = s.member_id AND n.version > s.version LIMIT 1 OFFSET 0) AND ",
            $which
        )
    };
}

/// The newest snapshot of each member that is due, at most [`BATCH`].
///
/// # Errors
/// What the database says.
pub async fn next_batch(read: &mut impl TenantRead, now: Timestamp) -> Result<Vec<Snapshot>, StoreError> {
    let sql = newest!("s.due_at <= $2 ORDER BY s.due_at, s.member_id LIMIT $3");
    let most = if jobs::people::do_wait() { BESIDE_PEOPLE } else { BATCH };
    let rows: Vec<Row> = read.all(sql, params![now, most]).await?;
    Ok(rows.into_iter().map(Snapshot::from).collect())
}

/// The newest snapshot of one member that waits, whether it is due or not: somebody stands at the door.
///
/// # Errors
/// What the database says.
pub async fn waiting_of(read: &mut impl TenantRead, member: MemberId) -> Result<Option<Snapshot>, StoreError> {
    let row: Option<Row> = read.maybe(newest!("s.member_id = $2"), params![member]).await?;
    Ok(row.map(Snapshot::from))
}

impl From<Row> for Snapshot {
    fn from(row: Row) -> Self {
        Self {
            member: row.member_id,
            subject: row.subject,
            version: row.version,
            state: row.state,
            roles: row.roles.split_whitespace().map(str::to_owned).collect(),
            groups: Vec::new(),
            provider: row.provider,
            switched: row.switched,
            compromised: row.compromised,
            compromised_version: row.compromised_version,
            preset: row.preset,
            break_glass: row.break_glass,
            attempts: row.attempts,
        }
    }
}

/// What was applied, and everything older of that member.
static SETTLED: LazyLock<ManyRows> = LazyLock::new(|| {
    let before = "DELETE FROM snapshot WHERE tenant_id = $1 AND (member_id, version) IN
             (SELECT s.member_id, s.version FROM (VALUES ";
    let after = ") AS v CROSS JOIN snapshot s
             WHERE s.tenant_id = $1 AND s.member_id = v.column1 AND s.version <= v.column2)";
    ManyRows::new(before, "", 0, 2, after)
});

/// Takes note of an answer: what was applied is done, with everything older of that member; what the identity server does
/// not know (the link is not there yet, or gone) is tried later, ever more rarely.
///
/// # Errors
/// What the database says.
pub async fn settle(
    store: &TenantStore,
    sent: Vec<Snapshot>,
    receipt: Receipt,
    now: Timestamp,
) -> Result<usize, StoreError> {
    store
        .write((sent, receipt, now), |mut tx, (sent, receipt, now)| {
            Box::pin(async move {
                let applied: HashMap<&str, i64> =
                    receipt.applied.iter().map(|line| (line.subject.as_str(), line.version)).collect();
                let is_done = |it: &&Snapshot| applied.get(&*it.subject).is_some_and(|version| *version >= it.version);
                let (done, left): (Vec<_>, Vec<_>) = sent.iter().partition(is_done);
                let rows: Vec<_> = done.iter().map(|it| params![it.member, it.version]).collect();
                tx.execute_many(&SETTLED, &[], &rows).await?;
                told_of_switches(&mut tx, &done, *now).await?;
                for snapshot in left {
                    // It has answered: nobody enters by a link that is not there.
                    let sql = "UPDATE snapshot SET unheard = FALSE
                               WHERE tenant_id = $1 AND member_id = $2 AND version = $3";
                    tx.execute(sql, params![snapshot.member, snapshot.version]).await?;
                    postpone_one(&mut tx, snapshot, *now).await?;
                }
                Ok(done.len())
            })
        })
        .await
}

static TOLD: LazyLock<ManyRows> = LazyLock::new(|| {
    let before = "UPDATE member SET switch_told_at = $2 FROM (VALUES ";
    let after = ") AS v WHERE member.tenant_id = $1 AND member.id = v.column1 AND member.switched_version = v.column2
             AND member.switch_told_at IS NULL";
    ManyRows::new(before, "", 1, 2, after)
});

/// From now on what the identity server vouches for is vouched for by the new provider.
async fn told_of_switches(tx: &mut TenantTx<'_>, done: &[&Snapshot], now: Timestamp) -> Result<(), StoreError> {
    let switched = |it: &&Snapshot| Some(params![it.member, it.switched?]);
    let rows: Vec<_> = done.iter().filter_map(switched).collect();
    tx.execute_many(&TOLD, &params![now], &rows).await?;
    Ok(())
}

/// Nobody answered: all of them later.
///
/// # Errors
/// What the database says.
pub async fn postpone(store: &TenantStore, sent: Vec<Snapshot>, now: Timestamp) -> Result<(), StoreError> {
    store
        .write((sent, now), |mut tx, (sent, now)| {
            Box::pin(async move {
                for snapshot in sent {
                    postpone_one(&mut tx, snapshot, *now).await?;
                }
                Ok(())
            })
        })
        .await
}

async fn postpone_one(tx: &mut TenantTx<'_>, snapshot: &Snapshot, now: Timestamp) -> Result<(), StoreError> {
    let attempts = snapshot.attempts.saturating_add(1);
    let due = now.plus(jobs::retry_after(u32::try_from(attempts).unwrap_or(u32::MAX)));
    let sql = "UPDATE snapshot SET attempts = $4, due_at = $5 WHERE tenant_id = $1 AND member_id = $2 AND version = $3";
    tx.execute(sql, params![snapshot.member, snapshot.version, attempts, due]).await?;
    Ok(())
}

/// Since when the oldest snapshot waits that the identity server has not heard of.
///
/// # Errors
/// What the database says.
pub async fn unheard_since(read: &mut impl TenantRead) -> Result<Option<Timestamp>, StoreError> {
    let sql = "SELECT created_at FROM snapshot WHERE tenant_id = $1 AND unheard ORDER BY created_at LIMIT 1";
    let row: Option<(Timestamp,)> = read.maybe(sql, params![]).await?;
    Ok(row.map(|(at,)| at))
}

/// Makes everything due that the identity server has not heard of: it is back.
///
/// # Errors
/// What the database says.
pub async fn hasten(store: &TenantStore, now: Timestamp) -> Result<(), StoreError> {
    store
        .write(now, |mut tx, now| {
            Box::pin(async move {
                let sql = "UPDATE snapshot SET due_at = $2 WHERE tenant_id = $1 AND unheard AND due_at > $2";
                tx.execute(sql, params![now]).await.map(|_| ())
            })
        })
        .await
}

/// How many wait for delivery.
///
/// # Errors
/// What the database says.
pub async fn undelivered(read: &mut impl TenantRead) -> Result<i64, StoreError> {
    let sql = "SELECT COUNT(*) FROM (SELECT 1 AS one FROM snapshot WHERE tenant_id = $1 LIMIT 1000) AS counted";
    let (count,): (i64,) = read.one(sql, params![]).await?;
    Ok(count)
}
