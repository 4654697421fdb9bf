//! Who keeps a member's record (PP-31). What another system keeps is neither edited nor deleted here, until it is released.

use store::{TenantStore, TenantTx, params};

use super::{Denied, Done, Refusal, Target, not_above};
use crate::blueprint::permission;
use crate::members::{self, Lifecycle, Member, MemberId, one_line};
use crate::roles::{self, Acting};
use crate::{Context, snapshots};

/// The longest name of one, in characters.
const LONGEST: usize = 80;

/// Who keeps a record elsewhere, as pages name them: *Payroll*. One plain line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Keeper(String);

impl Keeper {
    /// Reads what was typed; none, if it is no line of 1 to 80 characters.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let fits = !text.is_empty() && text.chars().count() <= LONGEST && one_line(text) == text;
        fits.then(|| Self(text.to_owned()))
    }

    /// Its name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether this actor may say who keeps this record elsewhere; or with `names` false, release it. Needs
/// [`permission::MEMBERS_MANAGE`] too. Whoever is there for the day when providers fail is left to no other system.
///
/// # Errors
/// [`Refusal`].
pub fn may_name_keeper(context: &Context, acting: &Acting, target: Target<'_>, names: bool) -> Result<(), Refusal> {
    let member = target.member;
    not_above(context, acting, target)?;
    match member.lifecycle {
        _ if member.id == acting.member.id => Err(Refusal::Yourself),
        Lifecycle::Deleted => Err(Refusal::Deleted),
        Lifecycle::Purged => Err(Refusal::Purged),
        Lifecycle::Active | Lifecycle::Suspended if names && member.break_glass => Err(Refusal::BreakGlass),
        Lifecycle::Active | Lifecycle::Suspended => Ok(()),
    }
}

/// Says who keeps a member's record elsewhere, or with none releases it, with the rights of this moment. Sessions go on.
///
/// # Errors
/// [`Denied`].
pub async fn name_keeper(
    store: &TenantStore,
    context: Context,
    by: MemberId,
    member: MemberId,
    keeper: Option<Keeper>,
) -> Result<Done, Denied> {
    store
        .write((context, by, member, keeper), |mut tx, (context, by, member, keeper)| {
            Box::pin(async move {
                let acting = roles::acting(&mut tx, context, *by, permission::MEMBERS_MANAGE).await?;
                let member = members::by_id(&mut tx, *member).await?.ok_or(Denied::NotFound)?;
                let held = roles::of_member(&mut tx, member.id).await?;
                let target = Target { member: &member, roles: &held, follows: &[] };
                may_name_keeper(context, &acting, target, keeper.is_some()).map_err(Denied::Refused)?;
                if member.kept_by.as_deref() == keeper.as_ref().map(Keeper::as_str) {
                    return Ok(Done::Unchanged);
                }
                let after = write(&mut tx, context, *by, member, keeper.as_ref()).await?;
                Ok(Done::Changed(Box::new(after)))
            })
        })
        .await
}

/// The version rises: what was planned on the one before, for a batch or an import, is not done any more.
async fn write(
    tx: &mut TenantTx<'_>,
    context: &Context,
    by: MemberId,
    member: Member,
    keeper: Option<&Keeper>,
) -> Result<Member, Denied> {
    let kept_by = keeper.map(|keeper| keeper.0.clone());
    let sql = "UPDATE member SET kept_by = $3, version = version + 1, changed_at = $4
               WHERE tenant_id = $1 AND id = $2 AND version = $5";
    if tx.execute(sql, params![member.id, kept_by, context.now, member.version]).await? == 0 {
        return Err(Denied::ChangedSince);
    }
    let after = Member { kept_by, version: member.version + 1, changed_at: context.now, ..member };
    let action = if keeper.is_some() { "member.keeper_named" } else { "member.released" };
    let mut entry = context.audit(audit::Actor::Member(by.0), action).on("member", after.id);
    if let Some(keeper) = keeper {
        // It may be somebody's name: erasable.
        entry = entry.personal("keeper", keeper.as_str(), &context.ambient);
    }
    audit::record(tx, &entry).await?;
    snapshots::write(tx, context, &after).await?;
    Ok(after)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pp_31_a_keeper_is_one_plain_line_of_bounded_length() {
        let longest = "ä".repeat(LONGEST);
        for (text, read) in [
            ("Payroll", Some("Payroll")),
            (" Größe & Söhne <x> ", Some("Größe & Söhne <x>")),
            (&longest, Some(&*longest)),
            (&format!("{longest}x"), None),
            ("", None),
            (" \t", None),
            ("two\nlines", None),
            ("turned \u{202e}round", None),
        ] {
            assert_eq!(Keeper::parse(text).as_ref().map(Keeper::as_str), read, "{text:?}");
        }
    }
}
