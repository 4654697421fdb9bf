use std::collections::BTreeSet;
use std::sync::LazyLock;

use serde_json::json;
use store::{ManyRows, StoreError, TenantRead, TenantTx, params};

use super::{Given, Standing, Stated, mappings, roles_of, sources_of, standing};
use crate::members::{self, Member, MemberId};
use crate::roles::place;
use crate::{Context, snapshots};

/// Makes the roles of somebody who comes follow the groups that their provider states. `idp` is the provider that opened this
/// login; `counts`: whether they are somebody whom groups may give anything.
pub(crate) async fn follow(
    tx: &mut TenantTx<'_>,
    context: &Context,
    member: Member,
    (idp, stated): (&str, &Stated),
    counts: bool,
) -> Result<Member, StoreError> {
    // What another provider than the one that signed the login is said to have stated is nobody's word.
    let stated = Some(stated).filter(|stated| stated.idp == idp && counts);
    if let Some(missing) = stated.and_then(|stated| stated.missing.as_deref()) {
        let left_out = stated.map_or(0, |stated| stated.left_out);
        let entry = context.audit(audit::Actor::System, "member.groups_unread").on("member", member.id);
        audit::record(tx, &entry.detail(json!({ "provider": idp, "why": missing, "left_out": left_out }))).await?;
    }
    let before: BTreeSet<Given> = sources_of(tx, member.id).await?.into_iter().collect();
    let after = match stated {
        Some(stated) if !stated.names.is_empty() => wanted(tx, context, idp, &stated.names).await?,
        _ => BTreeSet::new(),
    };
    if before == after {
        return Ok(member);
    }
    let changes = Changes::of(tx, member.id, &before, &after).await?;
    write(tx, context, member.id, &before, &after).await?;
    tell(tx, context, member, idp, (&before, &after), &changes).await
}

/// What the mappings that stand at this moment make of these groups.
async fn wanted(
    read: &mut impl TenantRead,
    context: &Context,
    provider: &str,
    groups: &[String],
) -> Result<BTreeSet<Given>, StoreError> {
    let groups: BTreeSet<&str> = groups.iter().map(String::as_str).collect();
    let mut mapped = mappings(read, provider).await?;
    mapped.retain(|one| groups.contains(&*one.given.group));
    let makers = members::some(read, mapped.iter().map(|one| one.made_by)).await?;
    let gives = |one: &super::Source| standing(context, makers.get(&one.made_by), &one.given.role) == Standing::Gives;
    Ok(mapped.into_iter().filter(gives).map(|one| one.given).collect())
}

/// What changes of the roles that somebody has, however they came.
#[derive(Debug, Default)]
struct Changes {
    gained: BTreeSet<String>,
    lost: BTreeSet<String>,
}

impl Changes {
    async fn of(
        read: &mut impl TenantRead,
        member: MemberId,
        before: &BTreeSet<Given>,
        after: &BTreeSet<Given>,
    ) -> Result<Self, StoreError> {
        let sql = "SELECT role FROM member_role WHERE tenant_id = $1 AND member_id = $2 AND by_hand";
        let by_hand: Vec<(String,)> = read.all(sql, params![member]).await?;
        let by_hand: BTreeSet<String> = by_hand.into_iter().map(|(role,)| role).collect();
        let (before, after) = (&roles_of(before) - &by_hand, &roles_of(after) - &by_hand);
        Ok(Self { gained: &after - &before, lost: &before - &after })
    }

    fn is_empty(&self) -> bool {
        self.gained.is_empty() && self.lost.is_empty()
    }
}

static STATED: LazyLock<ManyRows> = LazyLock::new(|| {
    let before = "INSERT INTO member_group (tenant_id, member_id, since, role, provider, group_name) VALUES ";
    ManyRows::new(before, "$1, $2, $3, ", 2, 3, "")
});
static ENDED: LazyLock<ManyRows> = LazyLock::new(|| {
    let before =
        "DELETE FROM member_group WHERE tenant_id = $1 AND member_id = $2 AND (role, provider, group_name) IN (VALUES ";
    ManyRows::new(before, "", 1, 3, ")")
});
static GIVEN: LazyLock<ManyRows> = LazyLock::new(|| {
    let before = "INSERT INTO member_role (tenant_id, member_id, granted_at, by_hand, by_group, role) VALUES ";
    let after = " ON CONFLICT (tenant_id, member_id, role) DO UPDATE SET by_group = TRUE";
    ManyRows::new(before, "$1, $2, $3, FALSE, TRUE, ", 2, 1, after)
});
static TAKEN: LazyLock<ManyRows> = LazyLock::new(|| {
    let before = "DELETE FROM member_role WHERE tenant_id = $1 AND member_id = $2 AND NOT by_hand AND role IN
             (SELECT v.column1 FROM (VALUES ";
    ManyRows::new(before, "", 1, 1, ") AS v)")
});
static KEPT: LazyLock<ManyRows> = LazyLock::new(|| {
    let before = "UPDATE member_role SET by_group = FALSE WHERE tenant_id = $1 AND member_id = $2 AND role IN
             (SELECT v.column1 FROM (VALUES ";
    ManyRows::new(before, "", 1, 1, ") AS v)")
});

async fn write(
    tx: &mut TenantTx<'_>,
    context: &Context,
    member: MemberId,
    before: &BTreeSet<Given>,
    after: &BTreeSet<Given>,
) -> Result<(), StoreError> {
    let rows = |given: &mut dyn Iterator<Item = &Given>| {
        given.map(|one| params![one.role, one.provider, one.group]).collect::<Vec<_>>()
    };
    let roles = |roles: BTreeSet<String>| roles.into_iter().map(|role| params![role]).collect::<Vec<_>>();
    let (who, since) = (params![member], params![member, context.now]);
    tx.execute_many(&ENDED, &who, &rows(&mut before.difference(after))).await?;
    tx.execute_many(&STATED, &since, &rows(&mut after.difference(before))).await?;
    let given = &roles_of(after) - &roles_of(before);
    tx.execute_many(&GIVEN, &since, &roles(given.clone())).await?;
    place(tx, given.iter().map(|role| (member, role.as_str()))).await?;
    let ended = roles(&roles_of(before) - &roles_of(after));
    tx.execute_many(&TAKEN, &who, &ended).await?;
    tx.execute_many(&KEPT, &who, &ended).await?;
    Ok(())
}

/// The log, and, where anything changed that somebody else must know, the member's version and a snapshot of it.
async fn tell(
    tx: &mut TenantTx<'_>,
    context: &Context,
    member: Member,
    idp: &str,
    (before, after): (&BTreeSet<Given>, &BTreeSet<Given>),
    changes: &Changes,
) -> Result<Member, StoreError> {
    let entry = context.audit(audit::Actor::System, "member.roles_by_group").on("member", member.id);
    let given: Vec<&Given> = after.difference(before).collect();
    let taken: Vec<&Given> = before.difference(after).collect();
    audit::record(tx, &entry.detail(json!({ "idp": idp, "given": given, "taken": taken }))).await?;
    if changes.is_empty() {
        return Ok(member);
    }
    changed(tx, context, member).await
}

/// Somebody's roles were changed in this transaction: the identity server has to hear of it.
pub(super) async fn changed(tx: &mut TenantTx<'_>, context: &Context, member: Member) -> Result<Member, StoreError> {
    let sql =
        "UPDATE member SET version = version + 1, changed_at = $3 WHERE tenant_id = $1 AND id = $2 AND version = $4";
    if tx.execute(sql, params![member.id, context.now, member.version]).await? == 0 {
        return Err(StoreError::RolledBack("the member was changed meanwhile".to_owned()));
    }
    let after = Member { version: member.version + 1, changed_at: context.now, ..member };
    snapshots::write(tx, context, &after).await?;
    Ok(after)
}
