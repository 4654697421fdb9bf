//! Rights come from roles alone (PP-01), and are compared as sets (DESIGN §4.7).

mod guard;
mod why;

use std::collections::BTreeSet;
use std::sync::LazyLock;

use ambient::Timestamp;
use store::{ManyRows, StoreError, TenantRead, TenantStore, TenantTx, params};

use crate::access::{Entry, decide_entry};
use crate::blueprint::{Blueprint, Granted, Role};
use crate::lifecycle::{Denied, Refusal};
use crate::members::{self, Member, MemberId, columns};
use crate::{Context, snapshots};

pub(crate) use guard::{is_administered_without, raise_guard, runs_tenant, that_run};
pub use why::{Reason, why};

/// A set of permissions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rights(BTreeSet<String>);

impl Rights {
    /// The union of what these roles carry. Keys that the blueprint does not know carry nothing.
    #[must_use]
    pub fn of_roles<S: AsRef<str>>(blueprint: &Blueprint, roles: &[S]) -> Self {
        let known = roles.iter().filter_map(|key| blueprint.role(key.as_ref()));
        Self(known.flat_map(|role| role.permissions.iter().cloned()).collect())
    }

    /// Whether one is among them.
    #[must_use]
    pub fn has(&self, permission: &str) -> bool {
        self.0.contains(permission)
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether everything in `other` is here too.
    #[must_use]
    pub fn cover(&self, other: &Self) -> bool {
        self.0.is_superset(&other.0)
    }
}

/// Whether someone with these rights may give that role: nobody grants what they lack (AZ-01), and what is handed over is
/// never granted beside its holder (PD-01).
#[must_use]
pub fn may_grant(rights: &Rights, role: &Role) -> bool {
    role.granted == Granted::ByHand && role.permissions.is_subset(&rights.0)
}

/// The roles that someone with these rights may give, in the blueprint's order.
#[must_use]
pub fn grantable<'b>(blueprint: &'b Blueprint, rights: &Rights) -> Vec<&'b Role> {
    blueprint.roles.iter().filter(|role| may_grant(rights, role)).collect()
}

/// The roles that carry what these rights do not.
pub(crate) fn beyond<'b>(blueprint: &'b Blueprint, rights: &Rights) -> Vec<&'b str> {
    let more = |role: &&Role| !role.permissions.is_subset(&rights.0);
    blueprint.roles.iter().filter(more).map(|role| role.key.as_str()).collect()
}

/// Keys of a member's roles.
///
/// # Errors
/// What the database says.
pub async fn of_member(read: &mut impl TenantRead, member: MemberId) -> Result<Vec<String>, StoreError> {
    let sql = "SELECT role FROM member_role WHERE tenant_id = $1 AND member_id = $2 ORDER BY role";
    let rows: Vec<(String,)> = read.all(sql, params![member]).await?;
    Ok(rows.into_iter().map(|(role,)| role).collect())
}

/// Those of a member's roles that a group gives, and no hand.
///
/// # Errors
/// What the database says.
pub async fn following(read: &mut impl TenantRead, member: MemberId) -> Result<Vec<String>, StoreError> {
    let sql = "SELECT role FROM member_role WHERE tenant_id = $1 AND member_id = $2 AND NOT by_hand ORDER BY role";
    let rows: Vec<(String,)> = read.all(sql, params![member]).await?;
    Ok(rows.into_iter().map(|(role,)| role).collect())
}

/// A role that somebody has, with how they came to it.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Grant {
    /// Its key.
    pub role: String,
    /// Since when.
    pub granted_at: Timestamp,
    /// By whom; `None`: by the operator, or by a group alone.
    pub granted_by: Option<MemberId>,
    /// Whether a hand has given it.
    pub by_hand: bool,
    /// Whether a group gives it.
    pub by_group: bool,
    given_name: Option<String>,
    family_name: Option<String>,
    email: Option<String>,
}

impl Grant {
    /// The granter's name, if it was a member who is still known.
    #[must_use]
    pub fn granter(&self) -> Option<String> {
        let email = self.email.as_deref()?;
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        Some(members::full_name(&text(&self.given_name), &text(&self.family_name), email))
    }
}

/// A member's roles, with who granted them when.
///
/// # Errors
/// What the database says.
pub async fn grants_of(read: &mut impl TenantRead, member: MemberId) -> Result<Vec<Grant>, StoreError> {
    read.all(
        "SELECT r.role, r.granted_at, r.granted_by, r.by_hand, r.by_group, m.given_name, m.family_name, m.email FROM member_role r
         LEFT JOIN member m ON m.tenant_id = r.tenant_id AND m.id = r.granted_by
         WHERE r.tenant_id = $1 AND r.member_id = $2 ORDER BY r.role",
        params![member],
    )
    .await
}

/// What a member may do at this moment: nothing, unless they are in.
pub(crate) async fn rights_of(
    read: &mut impl TenantRead,
    context: &Context,
    member: &Member,
) -> Result<Rights, StoreError> {
    let blueprint = &context.tenant.blueprint;
    if decide_entry(Some(member), &blueprint.strangers, context.now) != Entry::Admit {
        return Ok(Rights::default());
    }
    Ok(Rights::of_roles(blueprint, &of_member(read, member.id).await?))
}

pub(crate) async fn grant(
    tx: &mut TenantTx<'_>,
    context: &Context,
    member: MemberId,
    role: &str,
    by: Option<MemberId>,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO member_role (tenant_id, member_id, role, granted_at, granted_by, sort_name)
         SELECT $1, $2, $3, $4, $5, m.sort_name FROM member m WHERE m.tenant_id = $1 AND m.id = $2
         ON CONFLICT (tenant_id, member_id, role) DO UPDATE SET by_hand = TRUE, granted_at = excluded.granted_at,
             granted_by = excluded.granted_by WHERE NOT member_role.by_hand",
        params![member, role, context.now, by],
    )
    .await?;
    Ok(())
}

static PLACES: LazyLock<ManyRows> = LazyLock::new(|| {
    let before = "UPDATE member_role SET sort_name = (SELECT m.sort_name FROM member m
             WHERE m.tenant_id = $1 AND m.id = member_role.member_id)
         WHERE tenant_id = $1 AND (member_id, role) IN (VALUES ";
    ManyRows::new(before, "", 0, 2, ")")
});

/// Gives what was just granted its place in the order by name, which the list of a role follows.
pub(crate) async fn place(
    tx: &mut TenantTx<'_>,
    grants: impl Iterator<Item = (MemberId, &str)>,
) -> Result<(), StoreError> {
    let rows: Vec<_> = grants.map(|(member, role)| params![member, role]).collect();
    tx.execute_many(&PLACES, &[], &rows).await?;
    Ok(())
}

/// The same for what has none: a server of before, beside us, writes none down.
pub(crate) async fn place_missing(store: &TenantStore) -> Result<(), StoreError> {
    let sql = "UPDATE member_role SET sort_name = (SELECT m.sort_name FROM member m
                   WHERE m.tenant_id = $1 AND m.id = member_role.member_id)
               WHERE tenant_id = $1 AND sort_name = '' AND EXISTS (SELECT 1 FROM member m
                   WHERE m.tenant_id = $1 AND m.id = member_role.member_id AND m.sort_name > '')";
    let missing = "SELECT 1 FROM member_role WHERE tenant_id = $1 AND sort_name = '' LIMIT 1";
    if store.read().await?.exists(missing, params![]).await? {
        store.write((), move |mut tx, ()| Box::pin(async move { tx.execute(sql, params![]).await })).await?;
    }
    Ok(())
}

static GRANTS: LazyLock<ManyRows> = LazyLock::new(|| {
    let before = "INSERT INTO member_role (tenant_id, member_id, role, granted_at, granted_by) VALUES ";
    // A group may have given it: now a hand has, too.
    let after =
        " ON CONFLICT (tenant_id, member_id, role) DO UPDATE SET by_hand = TRUE, granted_at = excluded.granted_at,
             granted_by = excluded.granted_by WHERE NOT member_role.by_hand";
    ManyRows::new(before, "$1, ", 0, 4, after)
});
static TAKES: LazyLock<ManyRows> = LazyLock::new(|| {
    let before = "DELETE FROM member_role WHERE tenant_id = $1 AND NOT by_group AND (member_id, role) IN (VALUES ";
    ManyRows::new(before, "", 0, 2, ")")
});
/// What is left of them stays as long as a group gives it.
static LEFT: LazyLock<ManyRows> = LazyLock::new(|| {
    let before = "UPDATE member_role SET by_hand = FALSE, granted_by = NULL
         WHERE tenant_id = $1 AND by_group AND (member_id, role) IN (VALUES ";
    ManyRows::new(before, "", 0, 2, ")")
});

/// Takes from members what a hand has given them.
pub(crate) async fn take_all(tx: &mut TenantTx<'_>, takes: &[(MemberId, String)]) -> Result<(), StoreError> {
    let rows: Vec<_> = takes.iter().map(|(member, role)| params![member, role]).collect();
    tx.execute_many(&TAKES, &[], &rows).await?;
    tx.execute_many(&LEFT, &[], &rows).await?;
    Ok(())
}

/// Gives roles to members who do not have them yet.
pub(crate) async fn grant_all(
    tx: &mut TenantTx<'_>,
    context: &Context,
    grants: &[(MemberId, impl AsRef<str>)],
    by: MemberId,
) -> Result<(), StoreError> {
    let rows: Vec<_> = grants.iter().map(|(member, role)| params![member, role.as_ref(), context.now, by]).collect();
    tx.execute_many(&GRANTS, &[], &rows).await?;
    place(tx, grants.iter().map(|(member, role)| (*member, role.as_ref()))).await
}

/// Gives and takes roles. What a login depends on stays: sessions go on, with the rights of each moment.
pub(crate) async fn assign(
    tx: &mut TenantTx<'_>,
    context: &Context,
    by: MemberId,
    member: Member,
    give: &BTreeSet<String>,
    take: &BTreeSet<String>,
) -> Result<Member, Denied> {
    let sql =
        "UPDATE member SET version = version + 1, changed_at = $3 WHERE tenant_id = $1 AND id = $2 AND version = $4
               AND lifecycle = $5";
    let won = tx.execute(sql, params![member.id, context.now, member.version, member.lifecycle]).await?;
    if won == 0 {
        return Err(Denied::Refused(Refusal::NothingToDecide));
    }
    for role in give {
        grant(tx, context, member.id, role, Some(by)).await?;
    }
    let takes: Vec<_> = take.iter().map(|role| (member.id, role.clone())).collect();
    take_all(tx, &takes).await?;
    let after = Member { version: member.version + 1, changed_at: context.now, ..member };
    audit::record(tx, &entry(context, by, after.id, give, take)).await?;
    snapshots::write(tx, context, &after).await?;
    Ok(after)
}

/// What the log says of it.
pub(crate) fn entry(
    context: &Context,
    by: MemberId,
    member: MemberId,
    give: &BTreeSet<String>,
    take: &BTreeSet<String>,
) -> audit::Entry {
    let entry = context.audit(audit::Actor::Member(by.0), "member.roles_changed").on("member", member);
    entry.detail(serde_json::json!({ "given": give, "taken": take }))
}

/// Every person who is in and has that permission.
///
/// # Errors
/// What the database says.
pub async fn holders(
    read: &mut impl TenantRead,
    blueprint: &Blueprint,
    permission: &str,
) -> Result<Vec<Member>, StoreError> {
    holders_of(read, blueprint.roles_with(permission)).await
}

/// Every person who is in and runs the tenant.
pub(crate) async fn administrators(
    read: &mut impl TenantRead,
    blueprint: &Blueprint,
) -> Result<Vec<Member>, StoreError> {
    holders_of(read, that_run(blueprint)).await
}

async fn holders_of<'b>(
    read: &mut impl TenantRead,
    roles: impl Iterator<Item = &'b str>,
) -> Result<Vec<Member>, StoreError> {
    let mut holders: Vec<Member> = Vec::new();
    for role in roles {
        let sql = columns!(
            "JOIN member_role r ON r.tenant_id = m.tenant_id AND r.member_id = m.id
             WHERE r.tenant_id = $1 AND r.role = $2 AND m.authorization_state = 'reviewed' AND NOT m.locked
               AND m.lifecycle = 'active' AND NOT EXISTS (SELECT 1 FROM service_account s
                   WHERE s.tenant_id = $1 AND s.member_id = m.id) ORDER BY m.id"
        );
        let found: Vec<Member> = read.all(sql, params![role]).await?;
        holders.extend(found);
    }
    holders.sort_by_key(|member| member.id);
    holders.dedup_by_key(|member| member.id);
    Ok(holders)
}

/// Who acts, with the rights of this moment.
#[derive(Debug, Clone)]
pub struct Acting {
    /// Who.
    pub member: Member,
    /// What they may.
    pub rights: Rights,
    /// What of it a hand has given, and no group alone: the rest ends with the group.
    pub by_hand: Rights,
}

impl Acting {
    /// Somebody as a page knows them, which offers what they may; what a group alone gives them is told apart by whoever does it.
    #[must_use]
    pub fn new(member: Member, rights: Rights) -> Self {
        Self { member, by_hand: rights.clone(), rights }
    }
}

/// Looks the actor up inside the transaction that acts (DESIGN §4.7: at execution): what a page showed them before does not
/// count.
///
/// # Errors
/// [`Denied::Forbidden`] if they are not in (any more) or lack the permission.
pub(crate) async fn acting(
    read: &mut impl TenantRead,
    context: &Context,
    actor: MemberId,
    permission: &str,
) -> Result<Acting, Denied> {
    let row = members::with_roles(read, actor).await?.ok_or(Denied::Forbidden)?;
    let blueprint = &context.tenant.blueprint;
    if decide_entry(Some(&row.member), &blueprint.strangers, context.now) != Entry::Admit {
        return Err(Denied::Forbidden);
    }
    let (rights, by_hand) = (Rights::of_roles(blueprint, &row.roles()), Rights::of_roles(blueprint, &row.by_hand()));
    if rights.has(permission) { Ok(Acting { member: row.member, rights, by_hand }) } else { Err(Denied::Forbidden) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rights(blueprint: &Blueprint, roles: &[&str]) -> Rights {
        Rights::of_roles(blueprint, roles)
    }

    #[test]
    fn az_01_nobody_grants_what_they_lack() {
        let library = Blueprint::shipped("asset-library").unwrap();
        let cases: [(&[&str], &[&str]); 5] = [
            (&["administrator"], &["administrator", "editor", "supplier", "viewer", "support"]),
            (&["editor"], &["editor", "supplier", "viewer"]),
            (&["viewer", "supplier"], &["supplier", "viewer"]),
            (&["no-such-role"], &[]),
            (&[], &[]),
        ];
        for (held, expected) in cases {
            let offered: Vec<&str> =
                grantable(&library, &rights(&library, held)).into_iter().map(|role| role.key.as_str()).collect();
            assert_eq!(offered, expected, "{held:?}");
        }
    }

    #[test]
    fn pd_01_not_even_the_owner_grants_ownership() {
        let studio = Blueprint::shipped("gallery-studio").unwrap();
        let owner = rights(&studio, &["owner"]);
        assert!(!may_grant(&owner, studio.role("owner").unwrap()));
        assert!(may_grant(&owner, studio.role("member-writing").unwrap()));
    }

    #[test]
    fn rights_are_compared_as_sets() {
        let studio = Blueprint::shipped("gallery-studio").unwrap();
        let (writing, settings) = (rights(&studio, &["member-writing"]), rights(&studio, &["settings"]));
        assert!(!writing.cover(&settings) && !settings.cover(&writing));
        assert!(rights(&studio, &["settings", "member-writing"]).cover(&settings));
    }

    #[test]
    fn who_has_which_right_and_who_runs_a_tenant() {
        let library = Blueprint::shipped("asset-library").unwrap();
        for (held, uploads, is_empty, runs) in [
            (&[][..], false, true, false),
            (&["no-such-role"], false, true, false),
            (&["supplier"], true, false, false),
            (&["viewer"], false, false, false),
            (&["editor"], true, false, false),
            (&["administrator"], true, false, true),
        ] {
            let rights = rights(&library, held);
            let told = (rights.has("assets.upload"), rights.is_empty(), runs_tenant(&rights));
            assert_eq!(told, (uploads, is_empty, runs), "{held:?}");
        }
        assert_eq!(that_run(&library).collect::<Vec<_>>(), ["administrator"]);
        // One of the two rights alone runs nothing.
        let one = |permission: &str| Rights([permission.to_owned()].into());
        for permission in [crate::blueprint::permission::MEMBERS_MANAGE, crate::blueprint::permission::ROLES_MANAGE] {
            assert!(!runs_tenant(&one(permission)), "{permission}");
        }
    }
}
