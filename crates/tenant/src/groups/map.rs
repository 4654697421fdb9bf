use serde_json::json;
use store::{StoreError, TenantRead, TenantStore, TenantTx, params};

use super::follow::changed;
use super::{Given, MOST, ask, is_group, manages_people};
use crate::Context;
use crate::blueprint::permission;
use crate::lifecycle::{Denied, Refusal};
use crate::members::{self, MemberId};
use crate::roles::{self, Rights};

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mapped {
    /// It gives the role from the next sign-in on.
    Yes,
    /// It did already.
    Already,
}

/// Why a group does not give a role.
#[derive(Debug, thiserror::Error)]
pub enum MapError {
    /// As of other deeds.
    #[error(transparent)]
    Denied(#[from] Denied),
    /// The role manages people, and that was not confirmed.
    #[error("to be confirmed")]
    Unconfirmed,
    /// It is no name of a group.
    #[error("no name of a group")]
    Group,
    /// There are as many as there may be.
    #[error("too many")]
    TooMany,
}

impl From<StoreError> for MapError {
    fn from(error: StoreError) -> Self {
        Self::Denied(error.into())
    }
}

/// From now on this group gives that role to whoever comes by the provider. It is `by` who gives it, each time: they must hold all
/// that it carries, by hand, now and at each sign-in.
///
/// # Errors
/// [`MapError`].
pub async fn map(
    store: &TenantStore,
    context: Context,
    by: MemberId,
    given: Given,
    confirmed: bool,
) -> Result<Mapped, MapError> {
    if !is_group(&given.group) {
        return Err(MapError::Group);
    }
    store
        .write((context, by, given), move |mut tx, (context, by, given)| {
            Box::pin(async move {
                may_map(&mut tx, context, *by, given).await?;
                let role = context.tenant.blueprint.role(&given.role).ok_or(Denied::UnknownRole)?;
                if manages_people(role) && !confirmed {
                    return Err(MapError::Unconfirmed);
                }
                write(&mut tx, context, *by, given).await
            })
        })
        .await
}

/// Nobody maps a role that they could not give by hand, and by hand is how they must hold it.
async fn may_map(tx: &mut TenantTx<'_>, context: &Context, by: MemberId, given: &Given) -> Result<(), Denied> {
    let acting = roles::acting(tx, context, by, permission::ROLES_MANAGE).await?;
    let role = context.tenant.blueprint.role(&given.role).ok_or(Denied::UnknownRole)?;
    context.providers.get(&given.provider).ok_or(Denied::Refused(Refusal::ProviderUnknown))?;
    let row = members::with_roles(tx, acting.member.id).await?.ok_or(Denied::Forbidden)?;
    let rights = Rights::of_roles(&context.tenant.blueprint, &row.by_hand());
    if rights.has(permission::ROLES_MANAGE) && roles::may_grant(&rights, role) {
        Ok(())
    } else {
        Err(Denied::Refused(Refusal::OutOfReach))
    }
}

pub(super) async fn write(
    tx: &mut TenantTx<'_>,
    context: &Context,
    by: MemberId,
    given: &Given,
) -> Result<Mapped, MapError> {
    let most = i64::try_from(MOST).unwrap_or(i64::MAX);
    let sql = "SELECT COUNT(*) FROM group_role WHERE tenant_id = $1 AND provider = $2";
    let (there,): (i64,) = tx.one(sql, params![given.provider]).await?;
    let known = "SELECT 1 FROM group_role WHERE tenant_id = $1 AND provider = $2 AND group_name = $3 AND role = $4";
    let is_known = tx.exists(known, params![given.provider, given.group, given.role]).await?;
    if there >= most && !is_known {
        return Err(MapError::TooMany);
    }
    // Whoever says it once more is who gives it from now on: so a mapping that rests is mended.
    let sql = "INSERT INTO group_role (tenant_id, provider, group_name, role, made_by, made_at) VALUES ($1, $2, $3, $4, $5, $6)
               ON CONFLICT (tenant_id, provider, group_name, role) DO UPDATE SET made_by = excluded.made_by,
                   made_at = excluded.made_at WHERE group_role.made_by <> excluded.made_by";
    let row = params![given.provider, given.group, given.role, by, context.now];
    if tx.execute(sql, row).await? == 0 {
        return Ok(Mapped::Already);
    }
    ask::note(tx, context, &given.provider).await?;
    audit::record(tx, &entry(context, by, "group.mapped", given)).await?;
    Ok(Mapped::Yes)
}

fn entry(context: &Context, by: MemberId, action: &'static str, given: &Given) -> audit::Entry {
    let entry = context.audit(audit::Actor::Member(by.0), action).on("provider", &given.provider);
    entry.detail(json!({ "group": given.group, "role": given.role, "provider": given.provider }))
}

/// How many members one transaction takes a role from.
const AT_ONCE: i64 = 50;

/// The group gives that role to nobody any more, and whoever has it by that group alone has it no longer. Whoever manages roles
/// may, if their rights cover what the role carries: nobody acts on somebody who may more (AZ-03).
///
/// # Errors
/// [`Refusal::Superior`]; [`Denied::NotFound`] if there is no such mapping.
pub async fn unmap(store: &TenantStore, context: Context, by: MemberId, given: Given) -> Result<(), Denied> {
    store
        .write((context.clone(), by, given.clone()), |mut tx, (context, by, given)| {
            Box::pin(async move {
                let acting = roles::acting(&mut tx, context, *by, permission::ROLES_MANAGE).await?;
                // It takes the role from whoever has it by that alone: nobody acts on somebody who may more (AZ-03).
                let carried = Rights::of_roles(&context.tenant.blueprint, std::slice::from_ref(&given.role));
                if !acting.rights.cover(&carried) {
                    return Err(Denied::Refused(Refusal::Superior));
                }
                let sql = "DELETE FROM group_role
                           WHERE tenant_id = $1 AND provider = $2 AND group_name = $3 AND role = $4";
                if tx.execute(sql, params![given.provider, given.group, given.role]).await? == 0 {
                    return Err(Denied::NotFound);
                }
                ask::note(&mut tx, context, &given.provider).await?;
                audit::record(&mut tx, &entry(context, *by, "group.unmapped", given)).await?;
                Ok(())
            })
        })
        .await?;
    // Should this stop half-way, whoever is left loses the role at their next sign-in.
    while take_some(store, &context, &given).await? {}
    Ok(())
}

/// Takes the role from some who have it by that group; false if nobody was left.
async fn take_some(store: &TenantStore, context: &Context, given: &Given) -> Result<bool, StoreError> {
    store
        .write((context.clone(), given.clone()), |mut tx, (context, given)| {
            Box::pin(async move {
                let sql = "SELECT member_id FROM member_group
                           WHERE tenant_id = $1 AND provider = $2 AND group_name = $3 AND role = $4
                           ORDER BY member_id LIMIT $5";
                let place = params![given.provider, given.group, given.role, AT_ONCE];
                let found: Vec<(MemberId,)> = tx.all(sql, place).await?;
                // Fifty at most.
                for (member,) in &found {
                    take_one(&mut tx, context, *member, given).await?;
                }
                Ok(!found.is_empty())
            })
        })
        .await
}

async fn take_one(tx: &mut TenantTx<'_>, context: &Context, member: MemberId, given: &Given) -> Result<(), StoreError> {
    let sql = "DELETE FROM member_group
               WHERE tenant_id = $1 AND member_id = $2 AND role = $3 AND provider = $4 AND group_name = $5";
    tx.execute(sql, params![member, given.role, given.provider, given.group]).await?;
    let other = "SELECT 1 FROM member_group WHERE tenant_id = $1 AND member_id = $2 AND role = $3 LIMIT 1";
    if tx.exists(other, params![member, given.role]).await? {
        return Ok(());
    }
    let sql = "DELETE FROM member_role WHERE tenant_id = $1 AND member_id = $2 AND role = $3 AND NOT by_hand";
    let taken = tx.execute(sql, params![member, given.role]).await? > 0;
    let sql = "UPDATE member_role SET by_group = FALSE WHERE tenant_id = $1 AND member_id = $2 AND role = $3";
    tx.execute(sql, params![member, given.role]).await?;
    let Some(found) = members::by_id(tx, member).await?.filter(|_| taken) else { return Ok(()) };
    let entry = context.audit(audit::Actor::System, "member.roles_by_group").on("member", member);
    audit::record(tx, &entry.detail(json!({ "given": [], "taken": [given] }))).await?;
    changed(tx, context, found).await.map(drop)
}
