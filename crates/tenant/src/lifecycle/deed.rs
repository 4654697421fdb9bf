use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::exchange::{exchange, is_by_hand};
use super::{Axes, Event, Refusal, Transition, transition};
use crate::Context;
use crate::blueprint::permission;
use crate::mails::MailKind;
use crate::members::{Authorization, Lifecycle, Member};
use crate::providers::{Switch, judge_switch};
use crate::roles::{Acting, Rights, may_grant};

/// What an administrator does to a member: from a page, by the API, or to many at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "deed", rename_all = "snake_case", deny_unknown_fields)]
pub enum Deed {
    /// Lets someone in who asked (PP-02).
    Approve {
        /// Keys of the roles that come with it.
        roles: BTreeSet<String>,
    },
    /// Turns someone down who asked (PP-20).
    Reject {
        /// What they will read.
        reason: String,
    },
    /// Locks (PP-11).
    Lock,
    /// Unlocks.
    Unlock,
    /// Deactivates for a while (PS-05).
    Suspend,
    /// Ends that.
    Resume,
    /// Deletes (PP-12).
    Delete,
    /// Takes that back, within the time for it (PP-13).
    Reactivate,
    /// Keeps someone who had asked for their deletion (PP-14).
    Keep,
    /// Sends the invitation, for the first time or once more (PP-03).
    Invite,
    /// Takes the open invitation back.
    Withdraw,
    /// Gives and takes roles (PP-05).
    Roles {
        /// How these and the ones that are there come together.
        how: HowRoles,
        /// Keys.
        roles: BTreeSet<String>,
    },
    /// Gives some roles and takes others: what takes an assignment back.
    Exchange {
        /// Keys.
        give: BTreeSet<String>,
        /// Keys.
        take: BTreeSet<String>,
    },
    /// From now on this provider alone opens the tenant to them (PP-06).
    Switch {
        /// Its key; `None`: whatever their account allows.
        to: Option<String>,
        /// Whether the credential that they had before proves nothing any more.
        #[serde(default)]
        compromised: bool,
        /// The only subject there that may claim them.
        #[serde(default)]
        preset: Option<String>,
    },
}

/// How assigned roles meet those that somebody has (PP-05).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HowRoles {
    /// Beside them.
    #[default]
    Add,
    /// Away from them, where they are.
    Remove,
    /// In their place.
    Set,
}

/// What a deed comes to for one member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// The member's state changes; these roles come with it.
    Move(Transition, BTreeSet<String>),
    /// Roles come and go.
    Roles {
        /// Keys.
        give: BTreeSet<String>,
        /// Keys.
        take: BTreeSet<String>,
    },
    /// An invitation goes out.
    Invite,
    /// The open invitation is withdrawn.
    Withdraw,
    /// Another provider, or none, opens the tenant to them.
    Switch(Switch),
    /// It is so already, and that is a success (PP-05: removing a role that someone lacks).
    Nothing,
}

/// A member with their roles, as somebody wants to act on them.
#[derive(Debug, Clone, Copy)]
pub struct Target<'a> {
    /// Who.
    pub member: &'a Member,
    /// Keys.
    pub roles: &'a [String],
    /// Those of them that a group gives, and no hand.
    pub follows: &'a [String],
}

impl Target<'_> {
    /// What a hand has given, and can take.
    pub(super) fn by_hand(&self) -> BTreeSet<String> {
        self.roles.iter().filter(|key| !self.follows.contains(key)).cloned().collect()
    }
}

impl Deed {
    /// Its name, as messages and the API know it.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Approve { .. } => "approve",
            Self::Reject { .. } => "reject",
            Self::Lock => "lock",
            Self::Unlock => "unlock",
            Self::Suspend => "suspend",
            Self::Resume => "resume",
            Self::Delete => "delete",
            Self::Reactivate => "reactivate",
            Self::Keep => "keep",
            Self::Invite => "invite",
            Self::Withdraw => "withdraw",
            Self::Roles { .. } => "roles",
            Self::Exchange { .. } => "exchange",
            Self::Switch { .. } => "switch",
        }
    }

    /// A deed that needs nothing but its name.
    #[must_use]
    pub fn plain(name: &str) -> Option<Self> {
        let plain = [
            Self::Lock,
            Self::Unlock,
            Self::Suspend,
            Self::Resume,
            Self::Delete,
            Self::Reactivate,
            Self::Keep,
            Self::Invite,
            Self::Withdraw,
        ];
        plain.into_iter().find(|deed| deed.name() == name)
    }

    /// What the actor must be allowed to do.
    #[must_use]
    pub const fn permission(&self) -> &'static str {
        match self {
            Self::Approve { .. } | Self::Reject { .. } => permission::MEMBERS_REVIEW,
            Self::Roles { .. } | Self::Exchange { .. } => permission::ROLES_MANAGE,
            _ => permission::MEMBERS_MANAGE,
        }
    }

    const fn is_about_roles(&self) -> bool {
        matches!(self, Self::Roles { .. } | Self::Exchange { .. })
    }

    /// What takes it back, once it came to this for somebody; none: it cannot be taken back.
    pub(crate) fn inverse(&self, step: &Step) -> Option<Self> {
        match (self, step) {
            (Self::Lock, _) => Some(Self::Unlock),
            (Self::Unlock, _) => Some(Self::Lock),
            (Self::Suspend, _) => Some(Self::Resume),
            (Self::Resume, _) => Some(Self::Suspend),
            (Self::Delete, Step::Move(step, _)) if step.to.lifecycle == Lifecycle::Deleted => Some(Self::Reactivate),
            (Self::Reactivate, _) => Some(Self::Delete),
            (Self::Invite, _) => Some(Self::Withdraw),
            (_, Step::Switch(switch)) => Some(switch.inverse()),
            (_, Step::Roles { give, take }) => Some(Self::Exchange { give: take.clone(), take: give.clone() }),
            _ => None,
        }
    }

    /// Whether the person hears of it by mail: of a deletion, only where the blueprint says so.
    #[must_use]
    pub const fn is_mailed(&self) -> bool {
        self.mail().is_some()
    }

    /// The mail that the member may get of it.
    pub(crate) const fn mail(&self) -> Option<MailKind> {
        match self {
            Self::Approve { .. } => Some(MailKind::Approved),
            Self::Reject { .. } => Some(MailKind::Rejected),
            Self::Lock => Some(MailKind::Locked),
            Self::Unlock | Self::Keep => Some(MailKind::Unlocked),
            Self::Delete => Some(MailKind::Deleted),
            Self::Switch { .. } => Some(MailKind::Switched),
            _ => None,
        }
    }

    /// Whether it can leave a tenant without anybody who runs it.
    pub(crate) const fn may_unseat(&self) -> bool {
        matches!(
            self,
            Self::Lock
                | Self::Suspend
                | Self::Delete
                | Self::Roles { how: HowRoles::Remove | HowRoles::Set, .. }
                | Self::Exchange { .. }
                | Self::Switch { to: Some(_), .. }
        )
    }

    const fn event(&self, in_time: bool) -> Option<Event<'static>> {
        match self {
            Self::Approve { .. } => Some(Event::Approve),
            Self::Reject { .. } => Some(Event::Reject),
            Self::Lock => Some(Event::Lock),
            Self::Unlock => Some(Event::Unlock),
            Self::Suspend => Some(Event::Suspend),
            Self::Resume => Some(Event::Resume),
            Self::Delete => Some(Event::Delete),
            Self::Reactivate => Some(Event::Reactivate { in_time }),
            Self::Keep => Some(Event::KeepAfterAll),
            Self::Invite | Self::Withdraw | Self::Roles { .. } | Self::Exchange { .. } | Self::Switch { .. } => None,
        }
    }
}

/// Whether this actor may do this to this member as they stand, and what it comes to. Pages ask it for the buttons they
/// show, previews for each of a selection, and the transaction that acts asks once more (DESIGN §4.7).
///
/// # Errors
/// [`Refusal`].
pub fn judge(context: &Context, acting: &Acting, target: Target<'_>, deed: &Deed) -> Result<Step, Refusal> {
    let (member, blueprint) = (target.member, &context.tenant.blueprint);
    if member.kept_by.is_some() && !(deed.is_about_roles() || matches!(deed, Deed::Lock | Deed::Unlock)) {
        return Err(Refusal::KeptElsewhere);
    }
    not_above(context, acting, target)?;
    // Whoever switches everybody switches themselves, as long as somebody is left who surely gets in.
    if member.id == acting.member.id && !(deed.is_about_roles() || matches!(deed, Deed::Switch { .. })) {
        return Err(Refusal::Yourself);
    }
    if let Some((give, take)) = exchange(blueprint, target, deed) {
        let follows = |roles: &BTreeSet<String>| target.follows.iter().any(|key| roles.contains(key));
        if matches!(deed, Deed::Roles { how: HowRoles::Remove, roles } if take.is_empty() && follows(roles)) {
            return Err(Refusal::FollowsGroup);
        }
        return assign(context, acting, target, give, take);
    }
    match deed {
        Deed::Switch { to, compromised, preset } => {
            let how = (*compromised, preset.as_deref());
            judge_switch(context, member, to.as_deref(), how).map(Step::Switch)
        }
        Deed::Invite => to_invite(member).map(|()| Step::Invite),
        Deed::Withdraw => to_invite(member).map(|()| Step::Withdraw),
        deed => {
            let window = blueprint.lifecycle.reactivate_within;
            let in_time = window.zip(member.deleted_at).is_some_and(|(span, at)| context.now < at.plus(span.0));
            let event = deed.event(in_time).ok_or(Refusal::NothingToDecide)?;
            let step = transition(Axes::of(member), event, &blueprint.lifecycle)?;
            let roles = if let Deed::Approve { roles } = deed { roles.clone() } else { BTreeSet::new() };
            within_reach(context, &acting.rights, &roles)?;
            Ok(Step::Move(step, roles))
        }
    }
}

/// Nobody acts on somebody who may more than they do (AZ-03).
pub(crate) fn not_above(context: &Context, acting: &Acting, target: Target<'_>) -> Result<(), Refusal> {
    let theirs = Rights::of_roles(&context.tenant.blueprint, target.roles);
    if acting.rights.cover(&theirs) { Ok(()) } else { Err(Refusal::Superior) }
}

/// Whether a page offers it: allowed at all, and possible for this member.
#[must_use]
pub fn offers(context: &Context, acting: &Acting, target: Target<'_>, deed: &Deed) -> bool {
    acting.rights.has(deed.permission()) && judge(context, acting, target, deed).is_ok()
}

/// Every role of these may be given by whoever has these rights (AZ-01).
fn within_reach(context: &Context, rights: &Rights, roles: &BTreeSet<String>) -> Result<(), Refusal> {
    let blueprint = &context.tenant.blueprint;
    let fits = |key: &String| blueprint.role(key).is_some_and(|role| may_grant(rights, role));
    if roles.iter().all(fits) { Ok(()) } else { Err(Refusal::OutOfReach) }
}

fn assign(
    context: &Context,
    acting: &Acting,
    target: Target<'_>,
    give: BTreeSet<String>,
    take: BTreeSet<String>,
) -> Result<Step, Refusal> {
    match target.member.lifecycle {
        Lifecycle::Active | Lifecycle::Suspended => {}
        Lifecycle::Deleted => return Err(Refusal::Deleted),
        Lifecycle::Purged => return Err(Refusal::Purged),
    }
    within_reach(context, &acting.rights, &give)?;
    if target.member.id == acting.member.id || !target.member.is_person() {
        // What a group gives is no reason to give it to oneself for good (DESIGN §4.10), nor to a service account, which stays.
        within_reach(context, &acting.by_hand, &give)?;
    }
    if !take.iter().all(|key| is_by_hand(&context.tenant.blueprint, key)) {
        return Err(Refusal::OutOfReach);
    }
    if give.is_empty() && take.is_empty() { Ok(Step::Nothing) } else { Ok(Step::Roles { give, take }) }
}

/// Nobody has come for it yet.
fn to_invite(member: &Member) -> Result<(), Refusal> {
    match member.lifecycle {
        Lifecycle::Active if member.locked => Err(Refusal::Locked),
        Lifecycle::Active => match (&member.subject, member.authorization) {
            (None, Authorization::Invited) => Ok(()),
            _ => Err(Refusal::NotInvited),
        },
        Lifecycle::Suspended => Err(Refusal::Suspended),
        Lifecycle::Deleted => Err(Refusal::Deleted),
        Lifecycle::Purged => Err(Refusal::Purged),
    }
}

#[cfg(test)]
mod tests;
