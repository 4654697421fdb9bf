use std::collections::BTreeMap;

use store::{StoreError, TenantStore, TenantTx, params};

use super::many::{entry, write_all};
use super::{Wrong, check, of_tenant, values_of};
use crate::Context;
use crate::access::{Entry, decide_entry};
use crate::blueprint::permission;
use crate::lifecycle::{Denied, Refusal, Target, not_above};
use crate::members::{self, Lifecycle, Member, MemberId};
use crate::roles::{self, Acting};

/// What became of a member's fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edited {
    /// They changed.
    Yes,
    /// Everything stood there already.
    Unchanged,
}

/// Why they were not changed.
#[derive(Debug, thiserror::Error)]
pub enum EditError {
    /// Values that do not fit, each with its field's key.
    #[error("values that do not fit")]
    Wrong(Vec<(String, Wrong)>),
    /// Not by this actor, or not of this member.
    #[error(transparent)]
    Denied(#[from] Denied),
}

impl From<StoreError> for EditError {
    fn from(error: StoreError) -> Self {
        Self::Denied(error.into())
    }
}

/// Whether this actor may change the fields of this member as they stand. Needs [`permission::MEMBERS_MANAGE`] too.
///
/// # Errors
/// [`Refusal`].
pub fn may_edit(context: &Context, acting: &Acting, target: Target<'_>) -> Result<(), Refusal> {
    is_kept_here(target.member)?;
    not_above(context, acting, target)
}

/// The record is here, and kept here (PP-31).
fn is_kept_here(member: &Member) -> Result<(), Refusal> {
    match member.lifecycle {
        Lifecycle::Deleted => Err(Refusal::Deleted),
        Lifecycle::Purged => Err(Refusal::Purged),
        Lifecycle::Active | Lifecycle::Suspended if member.kept_by.is_some() => Err(Refusal::KeptElsewhere),
        Lifecycle::Active | Lifecycle::Suspended => Ok(()),
    }
}

/// Somebody who is in changes their own fields, those that were `typed`.
///
/// # Errors
/// [`EditError`].
pub async fn edit_own(
    store: &TenantStore,
    context: Context,
    member: MemberId,
    typed: BTreeMap<String, String>,
) -> Result<Edited, EditError> {
    store
        .write((context, member, typed), |mut tx, (context, member, typed)| {
            Box::pin(async move {
                let member = members::by_id(&mut tx, *member).await?.ok_or(Denied::NotFound)?;
                let strangers = &context.tenant.blueprint.strangers;
                if decide_entry(Some(&member), strangers, context.now) != Entry::Admit {
                    return Err(Denied::Forbidden.into());
                }
                is_kept_here(&member).map_err(Denied::Refused)?;
                apply(&mut tx, context, &member, member.id, typed).await
            })
        })
        .await
}

/// An administrator changes the fields of a member, with the rights of this moment.
///
/// # Errors
/// [`EditError`].
pub async fn edit(
    store: &TenantStore,
    context: Context,
    by: MemberId,
    member: MemberId,
    typed: BTreeMap<String, String>,
) -> Result<Edited, EditError> {
    store
        .write((context, by, member, typed), |mut tx, (context, by, member, typed)| {
            Box::pin(async move {
                let acting = roles::acting(&mut tx, context, *by, permission::MEMBERS_MANAGE).await?;
                let member = members::by_id(&mut tx, *member).await?.ok_or(Denied::NotFound)?;
                let held = roles::of_member(&mut tx, member.id).await?;
                let target = Target { member: &member, roles: &held, follows: &[] };
                may_edit(context, &acting, target).map_err(Denied::Refused)?;
                apply(&mut tx, context, &member, *by, typed).await
            })
        })
        .await
}

async fn apply(
    tx: &mut TenantTx<'_>,
    context: &Context,
    member: &Member,
    by: MemberId,
    typed: &BTreeMap<String, String>,
) -> Result<Edited, EditError> {
    let fields = of_tenant(tx, &context.tenant.blueprint).await?;
    let mut changes = check(&fields, typed).map_err(EditError::Wrong)?;
    let have = values_of(tx, member.id).await?;
    changes.retain(|key, value| have.get(key).map_or("", String::as_str) != value.as_str());
    if changes.is_empty() {
        return Ok(Edited::Unchanged);
    }
    if let Some(owner) = changes.keys().find_map(|key| context.providers.owner_of(member, key)) {
        return Err(Denied::ProviderOwns(owner.to_owned()).into());
    }
    // Whoever erases this member at the same time waits here, or has been: nothing is written about who is not there.
    let sql = "UPDATE member SET changed_at = $3 WHERE tenant_id = $1 AND id = $2 AND lifecycle = $4";
    if tx.execute(sql, params![member.id, context.now, member.lifecycle]).await? == 0 {
        return Err(Denied::ChangedSince.into());
    }
    write_all(tx, [(member.id, &changes)]).await?;
    audit::record(tx, &entry(context, by, member.id, &changes)).await?;
    Ok(Edited::Yes)
}
