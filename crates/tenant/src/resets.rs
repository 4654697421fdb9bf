//! A member's forgotten password (TP-09). It is their account's, at the identity server, which alone mails what carries a secret
//! (DESIGN §4.5): here it is said who may ask for that mail, and about whom. Of whoever one provider opens the tenant to there is
//! no password to replace: the refusal names the provider. The password of now opens this tenant no more, which the identity server sees
//! to (DESIGN §4.9).

use ambient::Timestamp;
use store::{StoreError, TenantStore, TenantTx, params};

use crate::Context;
use crate::blueprint::permission;
use crate::lifecycle::{Denied, Refusal, Target, not_above};
use crate::members::{self, Lifecycle, MemberId};
use crate::roles::{self, Acting};
use crate::sessions;

/// Whether this actor may ask for it. Needs [`permission::MEMBERS_MANAGE`] too.
///
/// # Errors
/// [`Denied::ProviderOwns`], and [`Refusal`].
pub fn may_ask(context: &Context, acting: &Acting, target: Target<'_>) -> Result<(), Denied> {
    let member = target.member;
    not_above(context, acting, target).map_err(Denied::Refused)?;
    match member.lifecycle {
        Lifecycle::Active | Lifecycle::Suspended => {}
        Lifecycle::Deleted => return Err(Denied::Refused(Refusal::Deleted)),
        Lifecycle::Purged => return Err(Denied::Refused(Refusal::Purged)),
    }
    if let Some(key) = &member.provider {
        return Err(Denied::ProviderOwns(context.providers.name_of(key).to_owned()));
    }
    // Whoever has not come yet has an invitation.
    if member.subject.is_some() { Ok(()) } else { Err(Denied::NotFound) }
}

/// Writes down, with the rights of this moment, that a new password is asked for, and ends what the member has open here: sessions, and
/// tokens for the API. Whom the identity server is to mail, by the subject that it knows them by.
///
/// # Errors
/// [`Denied`].
pub async fn ask(store: &TenantStore, context: Context, by: MemberId, member: MemberId) -> Result<String, Denied> {
    store
        .write((context, by, member), |mut tx, (context, by, member)| {
            Box::pin(async move {
                let acting = roles::acting(&mut tx, context, *by, permission::MEMBERS_MANAGE).await?;
                let member = members::by_id(&mut tx, *member).await?.ok_or(Denied::NotFound)?;
                let held = roles::of_member(&mut tx, member.id).await?;
                may_ask(context, &acting, Target { member: &member, roles: &held, follows: &[] })?;
                let entry = context.audit(audit::Actor::Member(by.0), "member.reset_asked").on("member", member.id);
                audit::record(&mut tx, &entry).await?;
                sessions::end_of_member(&mut tx, member.id, context.now).await?;
                refuse(&mut tx, member.id, context.now).await?;
                member.subject.ok_or(Denied::NotFound)
            })
        })
        .await
}

/// The identity server has heard of it, and has ended what the password had opened there: what it gave until then is worth nothing.
///
/// # Errors
/// The database's.
pub async fn heard(store: &TenantStore, member: MemberId, now: Timestamp) -> Result<(), StoreError> {
    let write = store.write::<_, _, StoreError, _>((member, now), |mut tx, (member, now)| {
        Box::pin(async move { refuse(&mut tx, *member, *now).await })
    });
    write.await
}

async fn refuse(tx: &mut TenantTx<'_>, member: MemberId, now: Timestamp) -> Result<(), StoreError> {
    let sql = "UPDATE member SET reset_at = $3
               WHERE tenant_id = $1 AND id = $2 AND lifecycle <> 'purged' AND (reset_at IS NULL OR reset_at < $3)";
    tx.execute(sql, params![member, now]).await?;
    Ok(())
}
