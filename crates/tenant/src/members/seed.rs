use store::{StoreError, TenantRead, TenantStore, TenantTx, params};

use super::{Authorization, Lifecycle, Member, MemberId, MemberState, Profile, by_id, by_subject, insert};
use crate::{Context, roles, snapshots};

/// A member as the operator wants one: the demo's people, a tenant's first administrator.
#[derive(Debug, Clone)]
pub struct Seed {
    /// The pairwise subject, if the identity server has given one.
    pub subject: Option<String>,
    /// Names and address.
    pub profile: Profile,
    /// Where they stand.
    pub state: MemberState,
    /// Keys of roles.
    pub roles: Vec<String>,
    /// Why they were rejected, if they were.
    pub reason: Option<String>,
}

/// Why a member was not seeded.
#[derive(Debug, thiserror::Error)]
pub enum SeedError {
    /// The blueprint has no such role.
    #[error("the blueprint {blueprint} has no role {role:?}")]
    UnknownRole {
        /// Which blueprint.
        blueprint: String,
        /// Which role.
        role: String,
    },
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Makes the member, unless one with this subject is there already: then nothing changes. Roles may be any of the
/// blueprint's, those handed over included; who seeds is the operator.
///
/// # Errors
/// [`SeedError`].
pub async fn seed(store: &TenantStore, context: Context, seed: Seed) -> Result<MemberId, SeedError> {
    let blueprint = &context.tenant.blueprint;
    if let Some(role) = seed.roles.iter().find(|role| blueprint.role(role).is_none()) {
        return Err(SeedError::UnknownRole { blueprint: blueprint.name.clone(), role: role.clone() });
    }
    store.write((context, seed), |tx, (context, seed)| Box::pin(write(tx, context, seed))).await
}

async fn write(mut tx: TenantTx<'_>, context: &Context, seed: &Seed) -> Result<MemberId, SeedError> {
    let known = match &seed.subject {
        Some(subject) => by_subject(&mut tx, subject).await?,
        None => invited_as(&mut tx, &seed.profile.email).await?,
    };
    if let Some(known) = known {
        return Ok(known.id);
    }
    let id = MemberId(context.ambient.row_id());
    let (authorization, locked, lifecycle) = axes(seed.state);
    insert(&mut tx, id, seed.subject.as_deref(), authorization, &seed.profile, context.now).await?;
    let decided = matches!(authorization, Authorization::Reviewed | Authorization::Rejected).then_some(context.now);
    tx.execute(
        "UPDATE member SET locked = $3, lifecycle = $4, decided_at = $5, decision_reason = $6
         WHERE tenant_id = $1 AND id = $2",
        params![id, locked, lifecycle, decided, seed.reason],
    )
    .await?;
    for role in &seed.roles {
        roles::grant(&mut tx, context, id, role, None).await?;
    }
    if let Some(member) = by_id(&mut tx, id).await? {
        snapshots::write(&mut tx, context, &member).await?;
    }
    let entry = context.audit(audit::Actor::Operator, "member.seeded").on("member", id);
    audit::record(&mut tx, &entry).await?;
    Ok(id)
}

async fn invited_as(tx: &mut TenantTx<'_>, email: &str) -> Result<Option<Member>, StoreError> {
    let sql = super::columns!("WHERE m.tenant_id = $1 AND m.subject IS NULL AND lower(m.email) = lower($2) LIMIT 1");
    tx.maybe(sql, params![email]).await
}

const fn axes(state: MemberState) -> (Authorization, bool, Lifecycle) {
    match state {
        MemberState::Invited => (Authorization::Invited, false, Lifecycle::Active),
        MemberState::ToReview => (Authorization::ToReview, false, Lifecycle::Active),
        MemberState::Active => (Authorization::Reviewed, false, Lifecycle::Active),
        MemberState::Rejected => (Authorization::Rejected, false, Lifecycle::Active),
        MemberState::Locked => (Authorization::Reviewed, true, Lifecycle::Active),
        MemberState::Suspended => (Authorization::Reviewed, false, Lifecycle::Suspended),
        MemberState::Deleted => (Authorization::Reviewed, false, Lifecycle::Deleted),
    }
}
