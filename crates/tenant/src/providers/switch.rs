use mail::Parcel;
use store::{TenantTx, params};

use super::{PLATFORM, is_key, open};
use crate::lifecycle::{Deed, Denied, Refusal};
use crate::members::{Lifecycle, Member, MemberId, one_line};
use crate::{Context, groups, invitations, mails, snapshots};

/// The longest subject of a person at a provider (OIDC Core §2).
pub const LONGEST_SUBJECT: usize = 255;

/// What a switch comes to for one member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Switch {
    /// The one provider until now; `None`: whatever their account allows.
    pub from: Option<String>,
    /// The subject that was named for it.
    pub from_preset: Option<String>,
    /// The one provider from now on.
    pub to: Option<String>,
    /// Whether the credential that they had before proves nothing any more.
    pub compromised: bool,
    /// The only subject at the new provider that may claim them.
    pub preset: Option<String>,
}

impl Switch {
    /// What takes it back: a switch of its own.
    pub(crate) fn inverse(&self) -> Deed {
        Deed::Switch { to: self.from.clone(), compromised: false, preset: self.from_preset.clone() }
    }
}

/// The deed as it may be done: what has no meaning without a provider is left out. What is compromised is void on the way back too.
pub(crate) fn tidy(to: &Option<String>, preset: &mut Option<String>) -> Result<(), Denied> {
    if to.as_deref().is_some_and(|key| !is_key(key)) {
        return Err(Denied::Refused(Refusal::ProviderUnknown));
    }
    *preset = preset.as_deref().map(one_line).filter(|subject| !subject.is_empty() && to.is_some());
    match preset {
        Some(subject) if subject.len() > LONGEST_SUBJECT => Err(Denied::Refused(Refusal::SubjectTooLong)),
        _ => Ok(()),
    }
}

/// The rule, as far as it is about the member and the provider. Whether the actor may touch them, and whether they keep their
/// record here, is asked before, as for every deed; whether a way in is left, after ([`super::takes_the_last_way_in`]).
///
/// # Errors
/// [`Refusal`].
pub(crate) fn judge_switch(
    context: &Context,
    member: &Member,
    to: Option<&str>,
    (compromised, preset): (bool, Option<&str>),
) -> Result<Switch, Refusal> {
    match member.lifecycle {
        // A locked one is switched and stays locked; an invited one keeps it for when they come.
        Lifecycle::Active | Lifecycle::Suspended => {}
        Lifecycle::Deleted => return Err(Refusal::Deleted),
        Lifecycle::Purged => return Err(Refusal::Purged),
    }
    if !member.is_person() {
        return Err(Refusal::NoPerson);
    }
    if member.break_glass {
        return Err(Refusal::BreakGlass);
    }
    // Once more to the same one: whoever has claimed them is not believed, or somebody else is named. Who names nobody asks for nothing.
    let names_another = preset.is_some() && preset != member.preset_subject.as_deref();
    if member.provider.as_deref() == to && !compromised && !names_another {
        return Err(Refusal::AlreadySo);
    }
    if let Some(key) = to {
        open(context, key)?;
    }
    Ok(Switch {
        from: member.provider.clone(),
        from_preset: member.preset_subject.clone(),
        to: to.map(str::to_owned),
        compromised,
        preset: preset.map(str::to_owned),
    })
}

/// Switches a member who was read in this transaction: one conditional statement decides who wins. The epoch that it raises
/// ends their sessions here (SW-01).
pub(crate) async fn apply(
    tx: &mut TenantTx<'_>,
    context: &Context,
    by: MemberId,
    member: Member,
    switch: Switch,
    mail: Option<&Parcel>,
) -> Result<Member, Denied> {
    let after = switched(context, &member, &switch);
    let won = tx
        .execute(
            "UPDATE member SET provider = $3, compromised = $4, preset_subject = $5, switched_version = version + 1,
                 compromised_version = CASE WHEN $4 THEN version + 1 ELSE compromised_version END,
                 switched_at = $6, switch_told_at = NULL, changed_at = $6, version = version + 1, epoch = epoch + 1
             WHERE tenant_id = $1 AND id = $2 AND version = $7 AND lifecycle = $8 AND NOT break_glass",
            params![
                member.id,
                switch.to,
                switch.compromised,
                switch.preset,
                context.now,
                member.version,
                member.lifecycle
            ],
        )
        .await?;
    if won == 0 {
        return Err(Denied::ChangedSince);
    }
    groups::end(tx, &[member.id]).await?;
    invitations::tell_again(tx, context, &[member.id]).await?;
    audit::record(tx, &entry(context, by, member.id, &switch)).await?;
    snapshots::write(tx, context, &after).await?;
    mails::tell(tx, context, mail.filter(|_| is_told(&after))).await?;
    Ok(after)
}

/// What was decided for an invited record, for the record of somebody who had asked to join before: they are one now.
pub(crate) fn as_invited(invited: &Member, known: &Member) -> Option<Switch> {
    let to = invited.provider.clone().filter(|_| !known.break_glass && known.provider != invited.provider)?;
    Some(Switch {
        from: known.provider.clone(),
        from_preset: known.preset_subject.clone(),
        to: Some(to),
        compromised: invited.compromised,
        preset: invited.preset_subject.clone(),
    })
}

/// The member after it.
pub(crate) fn switched(context: &Context, member: &Member, switch: &Switch) -> Member {
    Member {
        provider: switch.to.clone(),
        compromised: switch.compromised,
        compromised_version: if switch.compromised { member.version + 1 } else { member.compromised_version },
        preset_subject: switch.preset.clone(),
        switched_version: member.version + 1,
        switched_at: Some(context.now),
        switch_told_at: None,
        changed_at: context.now,
        version: member.version + 1,
        epoch: member.epoch + 1,
        ..member.clone()
    }
}

/// What the log says of it.
pub(crate) fn entry(context: &Context, by: MemberId, member: MemberId, switch: &Switch) -> audit::Entry {
    let named = |key: &Option<String>| key.clone().unwrap_or_else(|| PLATFORM.to_owned());
    let entry = context.audit(audit::Actor::Member(by.0), "member.provider_switched").on("member", member);
    entry.detail(serde_json::json!({
        "from": named(&switch.from), "to": named(&switch.to), "compromised": switch.compromised,
        "preset": switch.preset.is_some(), "from_preset": switch.from_preset.is_some(),
    }))
}

/// Who may not come in, or has not yet, is told at the door when they do.
pub(crate) const fn is_told(member: &Member) -> bool {
    !member.locked && member.subject.is_some() && matches!(member.lifecycle, Lifecycle::Active)
}

#[cfg(test)]
mod tests;
