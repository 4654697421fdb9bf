//! This tenant's own providers: they live at the identity server, which does what is asked here by whoever may. Both write down who
//! it was.
//!
//! A deed is begun here, done there, and ended here ([`super::standing`] says how it counts in between).

use audit::Actor;
use serde_json::Value;
use store::{StoreError, TenantRead, TenantStore, TenantTx, params};

use super::is_key;
use super::standing::{self, Mark, Standing};
use super::way_in::somebody_gets_in;
use crate::Context;
use crate::blueprint::permission;
use crate::lifecycle::{Denied, Refusal};
use crate::members::{COUNTED, Member, MemberId, a_hundred, counted};
use crate::roles::{self, Acting};

/// What is done with one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OwnDeed {
    /// It is added.
    Add,
    /// What it is called here, where it is offered and which domains it is trusted for: how it is spoken to stays.
    Describe,
    /// It is changed: whoever came by it before may not any more.
    Change,
    /// Its claims are read in another way.
    Map,
    /// Our next key there is made, or dropped: the one that signs stays.
    TurnKey,
    /// Another key signs from now on: if it is not known there, nobody gets in.
    UseKey,
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
            Self::Describe | Self::Change => "provider.changed",
            Self::Map => "provider.mapped",
            Self::TurnKey | Self::UseKey => "provider.key_turned",
            Self::Test => "provider.tested",
            Self::Enable => "provider.enabled",
            Self::Disable => "provider.disabled",
            Self::Remove => "provider.removed",
        }
    }

    /// Whether those who come by it may not get in any more.
    #[must_use]
    pub const fn may_close(self) -> bool {
        matches!(self, Self::Change | Self::UseKey | Self::Disable | Self::Remove)
    }

    /// What it may make of a provider, from the moment it is begun.
    const fn becomes(self, context: &Context, before: Standing) -> Standing {
        match self {
            Self::Add => Standing { closed: false, changed_at: context.now, ..before },
            // Until it is known what it came to, it opens nothing: who comes meanwhile, comes by it as it was.
            Self::Change | Self::UseKey => Standing { closed: true, pending: true, changed_at: context.now, ..before },
            Self::Disable | Self::Remove => Standing { closed: true, pending: true, ..before },
            Self::Describe | Self::Map | Self::TurnKey | Self::Test | Self::Enable => before,
        }
    }
}

/// A deed that may be done, and counts already.
#[derive(Debug)]
pub struct Begun {
    /// Who does it, as they stand.
    pub member: Member,
    deed: OwnDeed,
    key: String,
    mark: Option<Mark>,
}

/// How it ended at the identity server.
#[derive(Debug, Clone, PartialEq)]
pub enum End {
    /// It is done. Whether the provider opens now; and what the log says beside its key.
    Done(bool, Value),
    /// It was refused: nothing has changed.
    Refused,
    /// Nobody knows.
    Unknown,
}

/// Begins a deed, if this member may do it at this moment. Nobody does anything to a provider by which somebody comes who may more
/// than they, or whose groups give a role that is more (AZ-03): whoever says where it lies says who comes by it. And a provider by
/// which alone those come who run the tenant is not closed: nobody would be left to open it again.
///
/// # Errors
/// [`Denied::Forbidden`]; [`Refusal::SuperiorsCome`]; [`Refusal::LastWayIn`].
pub async fn begin(
    store: &TenantStore,
    context: Context,
    by: MemberId,
    deed: OwnDeed,
    key: String,
) -> Result<Begun, Denied> {
    store
        .write((context, by, deed, key), |mut tx, (context, by, deed, key)| {
            Box::pin(async move {
                // Two that close a provider each meet here, and the second counts without the first one's.
                roles::raise_guard(&mut tx).await?;
                let acting = roles::acting(&mut tx, context, *by, permission::PROVIDERS_MANAGE).await?;
                // What is no key is nobody's provider, and refused there.
                let counts = *deed != OwnDeed::Test && is_key(key);
                let mark = if counts { Some(mark(&mut tx, context, &acting, *deed, key).await?) } else { None };
                Ok(Begun { member: acting.member, deed: *deed, key: key.clone(), mark })
            })
        })
        .await
}

async fn mark(
    tx: &mut TenantTx<'_>,
    context: &Context,
    acting: &Acting,
    deed: OwnDeed,
    key: &str,
) -> Result<Mark, Denied> {
    if superiors_come(tx, context, acting, key).await? {
        return Err(Denied::Refused(Refusal::SuperiorsCome));
    }
    if deed.may_close() && is_the_only_way(tx, context, key).await? {
        return Err(Denied::Refused(Refusal::LastWayIn));
    }
    Ok(standing::mark(tx, (key, context.now), |before| deed.becomes(context, before)).await?)
}

/// Whether anybody whom this provider alone opens the tenant to, claimed or not, has a role that is more than the actor may, or a
/// group of it gives one.
async fn superiors_come(
    read: &mut impl TenantRead,
    context: &Context,
    acting: &Acting,
    key: &str,
) -> Result<bool, StoreError> {
    let sql = concat!(
        "SELECT 1 AS one FROM member m JOIN member_role r ON r.tenant_id = m.tenant_id AND r.member_id = m.id
         WHERE m.tenant_id = $1 AND m.provider = $102 AND m.lifecycle <> 'purged' AND r.role IN ",
        a_hundred!(),
        " UNION ALL SELECT 1 AS one FROM group_role g WHERE g.tenant_id = $1 AND g.provider = $102 AND g.role IN ",
        a_hundred!(),
        " LIMIT 1"
    );
    let above = roles::beyond(&context.tenant.blueprint, &acting.rights);
    // A blueprint of more than a hundred roles is none that anybody has seen.
    for some in above.chunks(100) {
        let mut values: Vec<store::Value> = Vec::with_capacity(101);
        for at in 0..100 {
            values.extend(params![some.get(at).copied().unwrap_or_default()]);
        }
        values.extend(params![key]);
        if read.exists(sql, values).await? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether nobody who runs the tenant comes in another way.
async fn is_the_only_way(read: &mut impl TenantRead, context: &Context, key: &str) -> Result<bool, StoreError> {
    let administrators = roles::administrators(read, &context.tenant.blueprint).await?;
    let by_it = administrators.iter().any(|one| one.provider.as_deref() == Some(key));
    Ok(by_it && !somebody_gets_in(read, context, None, Some(key)).await?)
}

/// Ends a deed, and writes down what was done.
///
/// # Errors
/// What the database says.
pub async fn end(store: &TenantStore, context: Context, begun: Begun, end: End) -> Result<(), StoreError> {
    let Begun { member, deed, key, mark } = begun;
    let entry = match &end {
        End::Done(_, detail) => {
            let entry = context.audit(Actor::Member(member.id.0), deed.action()).on("provider", &key);
            Some(entry.detail(detail.clone()))
        }
        End::Refused | End::Unknown => None,
    };
    store
        .write::<_, _, StoreError, _>((key, context.now, mark, end, entry), |mut tx, (key, now, mark, end, entry)| {
            Box::pin(async move {
                match (end, mark) {
                    (End::Done(opens, _), Some(mark)) => standing::settle(&mut tx, (key, *now), *mark, *opens).await?,
                    (End::Refused, Some(mark)) => standing::restore(&mut tx, key, *mark).await?,
                    _ => {}
                }
                match entry {
                    Some(entry) => audit::record(&mut tx, entry).await,
                    None => Ok(()),
                }
            })
        })
        .await
}

/// How many members this provider alone opens the tenant to, counted up to a limit.
///
/// # Errors
/// What the database says.
pub async fn switched_to(read: &mut impl TenantRead, key: &str) -> Result<i64, StoreError> {
    let sql = counted!(
        "SELECT 1 AS one FROM member WHERE tenant_id = $1 AND provider IS NOT NULL AND provider = $2 AND lifecycle <> 'purged'
         ORDER BY sort_name, id",
        "$3"
    );
    let (count,): (i64,) = read.one(sql, params![key, COUNTED + 1]).await?;
    Ok(count)
}
