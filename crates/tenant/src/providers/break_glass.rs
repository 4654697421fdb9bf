//! A break-glass member: somebody who gets in when a provider fails. Their sign-in policy stays `platform` whatever is done to
//! many, and nobody uses it unseen: every administrator gets a mail of it.

use mail::Parcel;
use store::{StoreError, TenantRead, TenantStore, TenantTx, params};

use crate::blueprint::permission;
use crate::lifecycle::{Denied, Done, Refusal, Target, not_above};
use crate::mails::{self, Glass};
use crate::members::{self, Lifecycle, Member, MemberId};
use crate::roles::{self, Acting};
use crate::{Context, service_accounts, snapshots};

/// Whether this actor may set the flag, or take it away. Needs [`permission::ROLES_MANAGE`] too.
///
/// # Errors
/// [`Refusal`].
pub fn may_set(context: &Context, acting: &Acting, target: Target<'_>, on: bool) -> Result<(), Refusal> {
    let member = target.member;
    not_above(context, acting, target)?;
    match member.lifecycle {
        Lifecycle::Active | Lifecycle::Suspended => {}
        Lifecycle::Deleted => return Err(Refusal::Deleted),
        Lifecycle::Purged => return Err(Refusal::Purged),
    }
    if on && member.kept_by.is_some() {
        return Err(Refusal::KeptElsewhere);
    }
    match (member.break_glass == on, on && member.provider.is_some()) {
        (true, _) => Err(Refusal::AlreadySo),
        (_, true) => Err(Refusal::Federated),
        (false, false) => Ok(()),
    }
}

/// Sets the flag or takes it away, with the rights of this moment. Every administrator gets a mail. Setting it ends the member's
/// sessions: from then on each use is proved and told.
///
/// # Errors
/// [`Denied`].
pub async fn set(
    store: &TenantStore,
    context: Context,
    by: MemberId,
    member: MemberId,
    on: bool,
) -> Result<Done, Denied> {
    let mails = match members::by_id(&mut store.read().await?, member).await? {
        Some(member) => to_administrators(store, &context, &member, if on { Glass::Set } else { Glass::Unset }).await?,
        None => Vec::new(),
    };
    store
        .write((context, by, member, on, mails), |mut tx, (context, by, member, on, mails)| {
            Box::pin(async move {
                // Whoever deletes the only one at the same time counts after this, or before.
                roles::raise_guard(&mut tx).await?;
                let acting = roles::acting(&mut tx, context, *by, permission::ROLES_MANAGE).await?;
                let member = members::by_id(&mut tx, *member).await?.ok_or(Denied::NotFound)?;
                let held = roles::of_member(&mut tx, member.id).await?;
                let target = Target { member: &member, roles: &held, follows: &[] };
                may_set(context, &acting, target, *on).map_err(Denied::Refused)?;
                if *on && service_accounts::client_of(&mut tx, member.id).await?.is_some() {
                    return Err(Denied::Refused(Refusal::NoPerson));
                }
                let after = write(&mut tx, context, *by, member, *on).await?;
                mails::tell(&mut tx, context, mails).await?;
                Ok(Done::Changed(Box::new(after)))
            })
        })
        .await
}

async fn write(
    tx: &mut TenantTx<'_>,
    context: &Context,
    by: MemberId,
    member: Member,
    on: bool,
) -> Result<Member, Denied> {
    // Whatever they are in by now, a provider may have vouched for, and nobody was told of it.
    let raised = i64::from(on);
    let sql = "UPDATE member SET break_glass = $3, version = version + 1, epoch = epoch + $6, changed_at = $4
               WHERE tenant_id = $1 AND id = $2 AND version = $5 AND break_glass <> $3 AND NOT ($3 AND provider IS NOT NULL)";
    if tx.execute(sql, params![member.id, on, context.now, member.version, raised]).await? == 0 {
        return Err(Denied::ChangedSince);
    }
    let after = Member {
        break_glass: on,
        version: member.version + 1,
        epoch: member.epoch + raised,
        changed_at: context.now,
        ..member
    };
    let action = if on { "member.break_glass_set" } else { "member.break_glass_unset" };
    audit::record(tx, &context.audit(audit::Actor::Member(by.0), action).on("member", after.id)).await?;
    snapshots::write(tx, context, &after).await?;
    Ok(after)
}

/// Whether this member is the only one in who is left for a day when providers fail: such a one is not deleted. The guard is to be
/// raised before.
///
/// # Errors
/// What the database says.
pub async fn is_the_only_one(read: &mut impl TenantRead, member: &Member) -> Result<bool, StoreError> {
    if !member.break_glass {
        return Ok(false);
    }
    let sql = "SELECT 1 FROM member m WHERE m.tenant_id = $1 AND m.break_glass AND m.id <> $2 AND m.authorization_state = 'reviewed'
                   AND NOT m.locked AND m.lifecycle = 'active' AND NOT EXISTS (SELECT 1 FROM service_account s
                       WHERE s.tenant_id = $1 AND s.member_id = m.id) LIMIT 1";
    Ok(!read.exists(sql, params![member.id]).await?)
}

/// The mails about a use, worded before the write door.
#[derive(Debug)]
pub(crate) struct UseTold {
    of: MemberId,
    mails: Vec<Parcel>,
}

/// Somebody is about to come in by it, and no mails of that are worded: it is not done unseen.
#[derive(Debug)]
pub(crate) struct Untold(pub MemberId);

/// Words the mails about a use, if whoever comes by this subject is such a member.
pub(crate) async fn prepare_use(
    store: &TenantStore,
    context: &Context,
    subject: &str,
) -> Result<Option<UseTold>, StoreError> {
    let found = members::by_subject(&mut store.read().await?, subject).await?;
    word_use(store, context, found).await
}

/// The same of somebody who comes for the first time, or was given the flag in this very moment.
pub(crate) async fn prepare_use_of(
    store: &TenantStore,
    context: &Context,
    member: MemberId,
) -> Result<Option<UseTold>, StoreError> {
    let found = members::by_id(&mut store.read().await?, member).await?;
    word_use(store, context, found).await
}

async fn word_use(
    store: &TenantStore,
    context: &Context,
    found: Option<Member>,
) -> Result<Option<UseTold>, StoreError> {
    let Some(member) = found.filter(|member| member.break_glass) else { return Ok(None) };
    let mails = to_administrators(store, context, &member, Glass::Used).await?;
    Ok(Some(UseTold { of: member.id, mails }))
}

/// Somebody has come in by it. [`Untold`], if the mails about *them* are missing: then nothing of it happens.
pub(crate) async fn note_use(
    tx: &mut TenantTx<'_>,
    context: &Context,
    member: &Member,
    (amr, told): (&[String], Option<&UseTold>),
) -> Result<Result<(), Untold>, StoreError> {
    if !member.break_glass {
        return Ok(Ok(()));
    }
    let Some(UseTold { mails, .. }) = told.filter(|told| told.of == member.id) else {
        return Ok(Err(Untold(member.id)));
    };
    let entry = context.audit(audit::Actor::Member(member.id.0), "member.break_glass_used").on("member", member.id);
    audit::record(tx, &entry.detail(serde_json::json!({ "amr": amr }))).await?;
    for parcel in mails {
        mail::queue(tx, parcel).await?;
    }
    Ok(Ok(()))
}

async fn to_administrators(
    store: &TenantStore,
    context: &Context,
    member: &Member,
    what: Glass,
) -> Result<Vec<Parcel>, StoreError> {
    let administrators = roles::administrators(&mut store.read().await?, &context.tenant.blueprint).await?;
    Ok(administrators.iter().filter_map(|one| mails::prepare_break_glass(context, one, member, what)).collect())
}
