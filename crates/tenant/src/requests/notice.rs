//! Administrators get one gathered mail of new requests, not one each.
//!
//! ```text
//! request ──▶ notice row, due in two minutes (or there already) ──▶ due: row removed, mails written, requests marked
//! ```

use std::time::Duration;

use ambient::Timestamp;
use mail::Parcel;
use store::{StoreError, TenantRead, TenantStore, TenantTx, params};

use crate::blueprint::permission;
use crate::members::{Member, MemberId, columns};
use crate::{Context, mails, roles};

/// How many requests one mail gathers at most; what is over comes with the next.
const GATHERED: i64 = 500;
/// When nobody may review, this is tried again.
const NOBODY: Duration = Duration::from_hours(1);

/// Which notices are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// Those whose time has come.
    Now,
    /// Whatever is there; for tests, which don't wait.
    Any,
}

/// Sees to it that the administrators will hear of a request; the first one of a gathering sets the time.
pub(crate) async fn schedule_notice(tx: &mut TenantTx<'_>, context: &Context) -> Result<(), StoreError> {
    schedule(tx, context.now.plus(context.tenant.gather_requests_for)).await
}

async fn schedule(tx: &mut TenantTx<'_>, due: Timestamp) -> Result<(), StoreError> {
    let sql = "INSERT INTO request_notice (tenant_id, due_at) VALUES ($1, $2) ON CONFLICT (tenant_id) DO NOTHING";
    tx.execute(sql, params![due]).await?;
    Ok(())
}

/// Writes the gathered mail, if it is due: to everyone who may review, of all requests that were not announced yet.
/// Answers how many mails that made.
///
/// # Errors
/// What the database says.
pub async fn announce(store: &TenantStore, context: Context, due: Due) -> Result<usize, StoreError> {
    let mut read = store.read().await?;
    let notice: Option<(Timestamp,)> =
        read.maybe("SELECT due_at FROM request_notice WHERE tenant_id = $1", params![]).await?;
    let Some((at,)) = notice.filter(|(at,)| due == Due::Any || *at <= context.now) else { return Ok(0) };
    let new = unannounced(&mut read).await?;
    let reviewers = roles::holders(&mut read, &context.tenant.blueprint, permission::MEMBERS_REVIEW).await?;
    drop(read);
    if !new.is_empty() && reviewers.is_empty() {
        tracing::warn!(tenant = %context.tenant.slug, "requests wait, and nobody may review them");
    }
    let mails: Vec<Parcel> = if new.is_empty() {
        Vec::new()
    } else {
        reviewers.iter().filter_map(|reviewer| mails::prepare_requests(&context, reviewer, &new)).collect()
    };
    let announced: Vec<MemberId> =
        if mails.is_empty() { Vec::new() } else { new.iter().map(|member| member.id).collect() };
    let plan = Plan { at, now: context.now, announced, mails };
    store.write(plan, |tx, plan| Box::pin(write(tx, plan))).await
}

struct Plan {
    /// The notice that was read: its time is its identity.
    at: Timestamp,
    now: Timestamp,
    announced: Vec<MemberId>,
    mails: Vec<Parcel>,
}

/// Of two workers, the one that removes the row writes. Whoever came in between, or could not be announced, gets a new row.
async fn write(mut tx: TenantTx<'_>, plan: &Plan) -> Result<usize, StoreError> {
    let taken = "DELETE FROM request_notice WHERE tenant_id = $1 AND due_at = $2 RETURNING due_at";
    if tx.maybe::<(Timestamp,)>(taken, params![plan.at]).await?.is_none() {
        return Ok(0);
    }
    for member in &plan.announced {
        let sql = "UPDATE member SET announced_at = $3 WHERE tenant_id = $1 AND id = $2 AND announced_at IS NULL";
        tx.execute(sql, params![member, plan.now]).await?;
    }
    for parcel in &plan.mails {
        mail::queue(&mut tx, parcel).await?;
    }
    if !unannounced(&mut tx).await?.is_empty() {
        let wait = if plan.mails.is_empty() { NOBODY } else { Duration::ZERO };
        schedule(&mut tx, plan.now.plus(wait)).await?;
    }
    Ok(plan.mails.len())
}

async fn unannounced(read: &mut impl TenantRead) -> Result<Vec<Member>, StoreError> {
    let sql = columns!(
        "WHERE m.tenant_id = $1 AND m.authorization_state = 'to_review' AND m.announced_at IS NULL AND NOT m.locked
           AND m.lifecycle = 'active' ORDER BY m.requested_at, m.id LIMIT $2"
    );
    read.all(sql, params![GATHERED]).await
}
