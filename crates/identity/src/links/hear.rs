use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use ambient::Timestamp;
use store::{Conn, ManyRows, Store, StoreError, Tx, params};
use uuid::Uuid;

use super::{MemberState, Snapshot};
use crate::accounts::AccountId;
use crate::grants::revoke;
use crate::linking::{self, TieId};
use crate::tenants::TenantId;
use crate::{Identity, logout};

/// How many snapshots one transaction applies: on SQLite it has the platform's only writer meanwhile.
const CHUNK: usize = 100;

/// What became of the snapshots that a tenant told.
#[derive(Debug, Default)]
pub struct Heard {
    /// In force, or older than what is.
    pub applied: Vec<(String, i64)>,
    /// Subjects that are none of this tenant's.
    pub unknown: Vec<String>,
}

/// Applies what a tenant tells of its members. A reader sees first what is news at all, and that is written some at a time:
/// one tenant's long list holds up nobody's sign-in. What an error interrupts is told again, and applied once. Older and equal
/// versions change nothing, so that a repeated delivery is harmless; a subject of another tenant is the same as one that does
/// not exist.
///
/// # Errors
/// The database's.
pub async fn hear(identity: &Identity, tenant: TenantId, snapshots: Vec<Snapshot>) -> Result<Heard, StoreError> {
    let (store, now) = (&identity.store, identity.ambient.now());
    let known = known(&mut store.read().await?, tenant, &snapshots).await?;
    let (mut heard, mut newest) = (Heard::default(), HashMap::new());
    for it in &snapshots {
        let Some(before) = known.get(&it.subject) else {
            heard.unknown.push(it.subject.clone());
            continue;
        };
        heard.applied.push((it.subject.clone(), it.version));
        let newest = newest.entry(it.subject.clone()).or_insert(before.version);
        *newest = (*newest).max(Some(it.version));
    }
    // Of one subject, the newest, if it is news at all; with it, the others are in force. In the order in which they were told.
    let mut news: Told = Vec::new();
    for it in snapshots {
        let is_news = known.get(&it.subject).is_some_and(|before| before.version < Some(it.version));
        if is_news && newest.get(&it.subject) == Some(&Some(it.version)) {
            newest.remove(&it.subject);
            news.push((identity.ambient.row_id(), it));
        }
    }
    while !news.is_empty() {
        let rest = news.split_off(news.len().min(CHUNK));
        write(store, tenant, std::mem::replace(&mut news, rest), now).await?;
    }
    Ok(heard)
}

/// A subject of the tenant, and what was last told of it.
#[derive(Debug, Clone, sqlx::FromRow)]
struct Known {
    subject: String,
    account_id: AccountId,
    version: Option<i64>,
    switched: Option<i64>,
    provider: Option<String>,
}

static KNOWN: LazyLock<ManyRows> = LazyLock::new(|| {
    let before =
        "SELECT subject.subject, subject.account_id, membership.version, membership.switched, membership.provider
         FROM (VALUES ";
    let after = ") AS told JOIN subject ON subject.sector_id = $1 AND subject.subject = told.column1
         LEFT JOIN membership ON membership.tenant_id = $1 AND membership.subject = subject.subject";
    ManyRows::new(before, "", 0, 1, after)
});

async fn known(
    conn: &mut Conn,
    tenant: TenantId,
    told: impl IntoIterator<Item = &Snapshot>,
) -> Result<HashMap<String, Known>, StoreError> {
    let subjects: HashSet<&str> = told.into_iter().map(|it| it.subject.as_str()).collect();
    let rows: Vec<_> = subjects.into_iter().map(|subject| params![subject.to_owned()]).collect();
    let known: Vec<Known> = conn.all_many(&KNOWN, &params![tenant], &rows).await?;
    Ok(known.into_iter().map(|it| (it.subject.clone(), it)).collect())
}

/// With each the id of the tie that it may name.
type Told = Vec<(Uuid, Snapshot)>;

async fn write(store: &Store, tenant: TenantId, told: Told, now: Timestamp) -> Result<(), StoreError> {
    store
        .write((tenant, told, now), |tx, (tenant, told, now)| {
            Box::pin(async move { apply(tx, *tenant, told, *now).await })
        })
        .await
}

static MEMBERSHIPS: LazyLock<ManyRows> = LazyLock::new(|| {
    let before =
        "INSERT INTO membership (tenant_id, applied_at, subject, version, state, roles, groups, provider, switched,
             compromised, break_glass) VALUES ";
    let after = " ON CONFLICT (tenant_id, subject) DO UPDATE SET
             version = excluded.version, state = excluded.state, roles = excluded.roles, groups = excluded.groups,
             provider = excluded.provider, applied_at = excluded.applied_at, switched = excluded.switched,
             compromised = excluded.compromised, break_glass = excluded.break_glass,
             spent = membership.spent AND excluded.switched <= membership.switched
                AND COALESCE(excluded.provider, '') = COALESCE(membership.provider, '')
         WHERE membership.version < excluded.version";
    ManyRows::new(before, "$1, $2, ", 1, 9, after)
});

/// What is news still is written; then whatever it ends.
async fn apply(tx: &mut Tx, tenant: TenantId, told: &Told, now: Timestamp) -> Result<(), StoreError> {
    let known = known(tx, tenant, told.iter().map(|(_, it)| it)).await?;
    // Who is gone meanwhile, and what was told by another request, is left out.
    let news = told.iter().filter_map(|(fresh, it)| Some((*fresh, it, known.get(&it.subject)?)));
    let news: Vec<_> = news.filter(|(_, it, before)| before.version < Some(it.version)).collect();
    let list = |words: &[String]| serde_json::Value::from(words.to_vec()).to_string();
    let row = |it: &Snapshot| {
        let (roles, groups) = (list(&it.roles), list(&it.groups));
        params![
            it.subject.clone(),
            it.version,
            it.state,
            roles,
            groups,
            it.provider.clone(),
            it.switched,
            it.compromised,
            it.break_glass
        ]
    };
    let rows: Vec<_> = news.iter().map(|(_, it, _)| row(it)).collect();
    tx.scoped(tenant.0).execute_many(&MEMBERSHIPS, &params![now], &rows).await?;

    let is_switched = |it: &Snapshot, before: &Known| {
        // Who is told of for the first time may come in by one provider from the start.
        let changed = before.version.is_some() && it.provider != before.provider;
        changed || it.switched > before.switched.unwrap_or_default()
    };
    // A break-glass member has nothing of the tenant's applications: they come through its instance alone.
    let ends =
        |it: &Snapshot, before: &Known| it.state != MemberState::Active || it.break_glass || is_switched(it, before);
    let whose: Vec<_> =
        news.iter().filter(|(_, it, before)| ends(it, before)).map(|(.., before)| before.account_id).collect();
    let holders = holders(tx, tenant, &whose).await?;
    let released = |it: &Snapshot, before: &Known| {
        let has_just_come = before.version.is_none();
        let but = it.provider.clone().filter(|_| has_just_come);
        let released = linking::Released { account: before.account_id, but };
        (has_just_come || is_switched(it, before)).then_some(released)
    };
    let released: Vec<_> = news.iter().filter_map(|(_, it, before)| released(it, before)).collect();
    linking::release(tx, tenant, &released).await?;
    for (fresh, it, before) in news {
        let (account, switched) = (before.account_id, is_switched(it, before));
        if ends(it, before) && holders.contains(&account) {
            end(tx, tenant, account, switched, now).await?;
        }
        // The tenant tells the newest alone: a switch that was marked so counts, though another one came after it.
        if (switched && it.compromised) || it.compromised_version > before.version.unwrap_or_default() {
            let how = (before.version.is_none(), it.provider.is_none());
            linking::void(tx, tenant, account, how).await?;
        }
        if switched {
            preset(tx, (tenant, account), TieId(fresh), it, now).await?;
        }
    }
    Ok(())
}

static HOLDERS: LazyLock<ManyRows> = LazyLock::new(|| {
    let before = "SELECT whose.column1 FROM (VALUES ";
    let after = ") AS whose
         WHERE EXISTS (SELECT 1 FROM session WHERE account_id = whose.column1 AND ended_at IS NULL)
            OR EXISTS (SELECT 1 FROM access_grant WHERE tenant_id = $1 AND account_id = whose.column1 AND revoked_at IS NULL)
            OR EXISTS (SELECT 1 FROM upstream_login WHERE candidate = whose.column1 AND finished_at IS NULL)";
    ManyRows::new(before, "", 0, 1, after)
});

/// Which of these accounts have anything that could end: of many who are told of at once, few are signed in.
async fn holders(tx: &mut Tx, tenant: TenantId, whose: &[AccountId]) -> Result<HashSet<AccountId>, StoreError> {
    let rows: Vec<_> = whose.iter().map(|account| params![*account]).collect();
    let holders: Vec<(AccountId,)> = tx.all_many(&HOLDERS, &params![tenant], &rows).await?;
    Ok(holders.into_iter().map(|(account,)| account).collect())
}

/// Who may not enter the tenant is signed out of its applications too: they are told, and what they hold ends. Of who was
/// switched, all ends that was proved before.
async fn end(
    tx: &mut Tx,
    tenant: TenantId,
    account: AccountId,
    switched: bool,
    now: Timestamp,
) -> Result<(), StoreError> {
    if switched {
        linking::end_of_member(tx, tenant, account, now).await?;
        revoke::of_switched(tx, tenant, account, now).await?;
    }
    logout::tell_of_member(tx, tenant, account, now).await?;
    revoke::of_member(tx, tenant, account, now).await
}

/// What a switch says of whose the member is at the provider.
async fn preset(
    tx: &mut Tx,
    (tenant, account): (TenantId, AccountId),
    fresh: TieId,
    it: &Snapshot,
    now: Timestamp,
) -> Result<(), StoreError> {
    match (&it.provider, &it.preset) {
        (Some(provider), Some(subject)) => {
            linking::preset(tx, (tenant, account), fresh, (provider, subject), now).await
        }
        _ => Ok(()),
    }
}
