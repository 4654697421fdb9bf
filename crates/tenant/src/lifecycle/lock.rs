use store::TenantStore;

use super::decide::prepare_mail;
use super::{Change, Denied, Event, apply};
use crate::Context;
use crate::blueprint::permission;
use crate::mails::{MailKind, Told};
use crate::members::{self, Member, MemberId};
use crate::roles::{self, Rights};

/// Locks a member: their sessions here end with this transaction, and a mail tells them (PP-11).
///
/// # Errors
/// [`Denied`]: nobody locks themselves, or someone with rights that they lack (AZ-03).
pub async fn lock(store: &TenantStore, context: Context, by: MemberId, member: MemberId) -> Result<Member, Denied> {
    manage(store, context, by, member, Event::Lock, MailKind::Locked).await
}

/// Takes the lock off.
///
/// # Errors
/// As [`lock`].
pub async fn unlock(store: &TenantStore, context: Context, by: MemberId, member: MemberId) -> Result<Member, Denied> {
    manage(store, context, by, member, Event::Unlock, MailKind::Unlocked).await
}

async fn manage(
    store: &TenantStore,
    context: Context,
    by: MemberId,
    member: MemberId,
    event: Event<'static>,
    kind: MailKind,
) -> Result<Member, Denied> {
    let parcel = prepare_mail(store, &context, kind, member, Told::default()).await?;
    store
        .write((context, by, member, event, parcel), |mut tx, (context, by, member, event, parcel)| {
            Box::pin(async move {
                let acting = roles::acting(&mut tx, context, *by, permission::MEMBERS_MANAGE).await?;
                let member = members::by_id(&mut tx, *member).await?.ok_or(Denied::NotFound)?;
                let theirs = Rights::of_roles(&context.tenant.blueprint, &roles::of_member(&mut tx, member.id).await?);
                if member.id == acting.member.id || !acting.rights.cover(&theirs) {
                    return Err(Denied::Forbidden);
                }
                apply(&mut tx, context, &Change::of(&member, *event, Some(*by), parcel.as_ref())).await
            })
        })
        .await
}
