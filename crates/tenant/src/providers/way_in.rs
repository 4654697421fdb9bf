use store::{StoreError, TenantRead, params};

use crate::Context;
use crate::members::{Member, MemberId};
use crate::roles::{self, Rights};

/// Whether a switch to one provider would leave the tenant with nobody who runs it and surely gets in. That is somebody else who
/// does, and whom their account lets in, or who has come by their one provider since they were switched, while it is enabled.
///
/// The one who is switched does not count: whether the new provider knows them is seen when they come. Two such switches at once
/// meet at the guard (DESIGN §4.6), which is to be raised before.
///
/// # Errors
/// What the database says.
pub async fn takes_the_last_way_in(
    read: &mut impl TenantRead,
    context: &Context,
    member: &Member,
    held: &[String],
    to: Option<&str>,
) -> Result<bool, StoreError> {
    let blueprint = &context.tenant.blueprint;
    if to.is_none() || !roles::runs_tenant(&Rights::of_roles(blueprint, held)) {
        return Ok(false);
    }
    Ok(!somebody_gets_in(read, context, Some(member.id), None).await?)
}

/// Whether nobody who runs the tenant would surely get in without this member, who does. The guard is to be raised before.
///
/// # Errors
/// What the database says.
pub(crate) async fn is_the_last_way_in(
    read: &mut impl TenantRead,
    context: &Context,
    member: MemberId,
) -> Result<bool, StoreError> {
    Ok(!somebody_gets_in(read, context, Some(member), None).await?
        && somebody_gets_in(read, context, None, None).await?)
}

/// Whether somebody who runs the tenant surely gets in: by whatever their account allows, or by an enabled provider by which they
/// have come since they were switched to it, and since it was changed ([`super::standing`]). By hand: what a group gives may end with the next login. `but` one member, and
/// `without` one provider.
pub(super) async fn somebody_gets_in(
    read: &mut impl TenantRead,
    context: &Context,
    but: Option<MemberId>,
    without: Option<&str>,
) -> Result<bool, StoreError> {
    let opens = |key: &str| without != Some(key) && context.providers.is_enabled(key);
    for role in roles::that_run(&context.tenant.blueprint) {
        // Providers are few: so are the rows.
        let sql = "SELECT DISTINCT m.provider FROM member_role r JOIN member m ON m.tenant_id = r.tenant_id AND m.id = r.member_id
                   LEFT JOIN provider_change c ON c.tenant_id = m.tenant_id AND c.provider = m.provider
                   WHERE r.tenant_id = $1 AND r.role = $2 AND r.by_hand AND m.id <> $3 AND m.authorization_state = 'reviewed'
                     AND NOT m.locked AND m.lifecycle = 'active'
                     AND (m.provider IS NULL OR (m.last_sign_in > COALESCE(m.switched_at, 0)
                         AND m.last_sign_in > COALESCE(c.changed_at, 0) AND NOT COALESCE(c.closed, FALSE)))
                     AND NOT EXISTS (SELECT 1 FROM service_account s WHERE s.tenant_id = $1 AND s.member_id = m.id)
                   LIMIT 100";
        let but = but.unwrap_or(MemberId(uuid::Uuid::nil()));
        let ways: Vec<(Option<String>,)> = read.all(sql, params![role, but]).await?;
        if ways.iter().any(|(way,)| way.as_deref().is_none_or(opens)) {
            return Ok(true);
        }
    }
    Ok(false)
}
