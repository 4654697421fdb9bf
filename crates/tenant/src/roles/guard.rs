use store::{StoreError, TenantRead, TenantTx, params};

use super::Rights;
use crate::blueprint::{Blueprint, permission};
use crate::members::MemberId;

/// The first statement of a transaction that may take the last administrator away: two of them meet here, and the second
/// counts what the first left (DESIGN §4.6).
pub(crate) async fn raise_guard(tx: &mut TenantTx<'_>) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO guard (tenant_id, name, raised) VALUES ($1, 'administrators', 1)
         ON CONFLICT (tenant_id, name) DO UPDATE SET raised = guard.raised + 1",
        params![],
    )
    .await?;
    Ok(())
}

/// Whether these are the rights of somebody who runs a tenant.
pub(crate) fn runs_tenant(rights: &Rights) -> bool {
    rights.has(permission::MEMBERS_MANAGE) && rights.has(permission::ROLES_MANAGE)
}

/// The keys of the roles that carry both.
pub(crate) fn that_run(blueprint: &Blueprint) -> impl Iterator<Item = &str> {
    let runs = |role: &&str| {
        let permissions = blueprint.role(role).map(|role| &role.permissions);
        permissions.is_some_and(|held| held.contains(permission::ROLES_MANAGE))
    };
    blueprint.roles_with(permission::MEMBERS_MANAGE).filter(runs)
}

/// Whether somebody else is in whose one role carries both, given by hand: what a group gives, its provider can take away at the next
/// sign-in. A machine that does runs nothing by itself.
pub(crate) async fn is_administered_without(
    read: &mut impl TenantRead,
    blueprint: &Blueprint,
    member: MemberId,
) -> Result<bool, StoreError> {
    for role in that_run(blueprint) {
        let sql = "SELECT 1 FROM member_role r JOIN member m ON m.tenant_id = r.tenant_id AND m.id = r.member_id
                   WHERE r.tenant_id = $1 AND r.role = $2 AND r.by_hand AND m.id <> $3 AND m.authorization_state = 'reviewed' AND NOT m.locked
                     AND m.lifecycle = 'active' AND NOT EXISTS (SELECT 1 FROM service_account s
                         WHERE s.tenant_id = $1 AND s.member_id = m.id) LIMIT 1";
        if read.exists(sql, params![role, member]).await? {
            return Ok(true);
        }
    }
    Ok(false)
}
