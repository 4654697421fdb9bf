//! This tenant's own providers: they live at the identity server, which does what is asked here by whoever may. Both write down who
//! it was.

use audit::Actor;
use serde_json::Value;
use store::{StoreError, TenantRead, TenantStore, params};

use super::way_in::somebody_gets_in;
use crate::Context;
use crate::blueprint::permission;
use crate::lifecycle::{Denied, Refusal};
use crate::members::{Member, MemberId};
use crate::roles;

/// What is done with one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OwnDeed {
    /// It is added.
    Add,
    /// It is changed.
    Change,
    /// Its claims are read in another way.
    Map,
    /// Our key there is followed by another.
    TurnKey,
    /// It is asked whether it is set up right.
    Test,
    /// It opens again.
    Enable,
    /// It opens nothing.
    Disable,
    /// It is gone.
    Remove,
}

impl OwnDeed {
    /// What the audit log calls it.
    #[must_use]
    pub const fn action(self) -> &'static str {
        match self {
            Self::Add => "provider.added",
            Self::Change => "provider.changed",
            Self::Map => "provider.mapped",
            Self::TurnKey => "provider.key_turned",
            Self::Test => "provider.tested",
            Self::Enable => "provider.enabled",
            Self::Disable => "provider.disabled",
            Self::Remove => "provider.removed",
        }
    }

    const fn closes(self) -> bool {
        matches!(self, Self::Disable | Self::Remove)
    }
}

/// Whether this member may do that at this moment; they as they stand. A provider by which alone those come who run the tenant is
/// not closed: nobody would be left to open it again.
///
/// # Errors
/// [`Denied::Forbidden`]; [`Refusal::LastWayIn`].
pub async fn may(
    store: &TenantStore,
    context: &Context,
    by: MemberId,
    deed: OwnDeed,
    key: &str,
) -> Result<Member, Denied> {
    let mut read = store.read().await?;
    let acting = roles::acting(&mut read, context, by, permission::PROVIDERS_MANAGE).await?;
    if deed.closes() && is_the_only_way(&mut read, context, key).await? {
        return Err(Denied::Refused(Refusal::LastWayIn));
    }
    Ok(acting.member)
}

/// Whether nobody who runs the tenant comes in another way.
async fn is_the_only_way(read: &mut impl TenantRead, context: &Context, key: &str) -> Result<bool, StoreError> {
    let administrators = roles::administrators(read, &context.tenant.blueprint).await?;
    let by_it = administrators.iter().any(|one| one.provider.as_deref() == Some(key));
    Ok(by_it && !somebody_gets_in(read, context, None, Some(key)).await?)
}

/// Writes down what was done.
///
/// # Errors
/// What the database says.
pub async fn note(
    store: &TenantStore,
    context: Context,
    by: MemberId,
    (deed, key): (OwnDeed, String),
    detail: Value,
) -> Result<(), StoreError> {
    let entry = context.audit(Actor::Member(by.0), deed.action()).on("provider", key).detail(detail);
    store
        .write::<_, _, StoreError, _>(entry, |mut tx, entry| {
            Box::pin(async move { audit::record(&mut tx, entry).await })
        })
        .await
}

/// How many members this provider alone opens the tenant to, counted up to a limit.
///
/// # Errors
/// What the database says.
pub async fn switched_to(read: &mut impl TenantRead, key: &str) -> Result<i64, StoreError> {
    let sql = "SELECT COUNT(*) FROM (SELECT 1 FROM member m WHERE m.tenant_id = $1 AND m.provider = $2
                   AND m.lifecycle <> 'purged' LIMIT $3) AS counted";
    let (count,): (i64,) = read.one(sql, params![key, crate::members::COUNTED + 1]).await?;
    Ok(count)
}
