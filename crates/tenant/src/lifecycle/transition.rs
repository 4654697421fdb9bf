use store::words;

use crate::access::Rejected;
use crate::blueprint::LifecycleRules;
use crate::mails::MailKind;
use crate::members::{Authorization, Lifecycle, Member, MemberState};

/// Where a member stands (PP-26).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Axes {
    /// First axis.
    pub authorization: Authorization,
    /// Second axis.
    pub locked: bool,
    /// Third axis.
    pub lifecycle: Lifecycle,
}

impl Axes {
    /// A member's.
    #[must_use]
    pub const fn of(member: &Member) -> Self {
        Self { authorization: member.authorization, locked: member.locked, lifecycle: member.lifecycle }
    }

    /// The three of them in one word.
    #[must_use]
    pub const fn state(self) -> MemberState {
        match (self.lifecycle, self.authorization) {
            // Someone who asked for their deletion is out until an administrator decides (PP-14).
            (Lifecycle::Deleted | Lifecycle::Purged, _) => MemberState::Deleted,
            (Lifecycle::Suspended, _) => MemberState::Suspended,
            (Lifecycle::Active, Authorization::UserDeletion) => MemberState::Locked,
            (Lifecycle::Active, _) if self.locked => MemberState::Locked,
            (Lifecycle::Active, Authorization::Invited) => MemberState::Invited,
            (Lifecycle::Active, Authorization::ToReview) => MemberState::ToReview,
            (Lifecycle::Active, Authorization::Rejected) => MemberState::Rejected,
            (Lifecycle::Active, Authorization::Reviewed) => MemberState::Active,
        }
    }
}

/// What is to happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event<'a> {
    /// An invited person comes in (PP-26: no second approval). Whoever had asked before is answered by it, whoever is in
    /// already may get roles by it, and whoever was purged is there again.
    Accept,
    /// An invited person comes, but whoever invited them may not do so any longer: it is a request (IN-01).
    Request,
    /// Someone who was purged signs in once more: a stranger who asks to join.
    Return,
    /// An administrator says yes.
    Approve,
    /// An administrator says no.
    Reject,
    /// Who was turned down asks once more; with what was said to them.
    AskAgain(&'a Rejected),
    /// An administrator locks.
    Lock,
    /// An administrator unlocks.
    Unlock,
    /// An administrator deactivates, for a while (PS-05).
    Suspend,
    /// An administrator ends that.
    Resume,
    /// The member asks for their own deletion (PP-14).
    AskDeletion,
    /// An administrator does not do so.
    KeepAfterAll,
    /// An administrator deletes.
    Delete,
    /// An administrator takes that back, in time or too late.
    Reactivate {
        /// Whether the time to do so is not over (PP-13).
        in_time: bool,
    },
    /// That time is over.
    Purge,
}

/// What follows from a transition, besides what follows from every one (epoch, version, snapshot, audit).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// The request belongs into the next gathered mail to administrators.
    Announce,
    /// The member gets a mail.
    Mail(MailKind),
    /// Open invitations are withdrawn.
    EndInvitations,
    /// Whatever tells who it was goes, roles too.
    Erase,
}

/// A step that is allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Transition {
    /// Where the member stands after it.
    pub to: Axes,
    /// What it is called in the audit log.
    pub action: &'static str,
    /// What follows.
    pub effects: &'static [Effect],
}

words! {
    /// Why a step is not possible.
    Refusal {
        /// There is no request (any more): someone else decided, or it never was one.
        NothingToDecide = "nothing_to_decide",
        /// Not rejected, so nothing to ask again.
        NotRejected = "not_rejected",
        /// The time to ask again has not come, or never comes.
        NotYet = "not_yet",
        /// It is so already.
        AlreadySo = "already_so",
        /// Only unlocking and deleting are possible while locked.
        Locked = "locked",
        /// Deactivated: other deeds come first.
        Suspended = "suspended",
        /// Deleted: only reactivation is possible.
        Deleted = "deleted",
        /// Deleted, and the time to reactivate is over.
        TooLate = "too_late",
        /// Purged: nobody is there any more.
        Purged = "purged",
        /// Asked for their own deletion: an administrator deletes or keeps them (PP-14: a plain unlock is refused).
        AskedForDeletion = "asked_for_deletion",
        /// They did not.
        NotAsked = "not_asked",
        /// This kind of tenant does not do that.
        NotHere = "not_here",
        /// They have come already, so there is nothing to invite them to.
        NotInvited = "not_invited",
        /// Nobody does this to themselves.
        Yourself = "yourself",
        /// Somebody with rights that the actor lacks (AZ-03).
        Superior = "superior",
        /// A role with rights that the actor lacks, or one that is only handed over (AZ-01).
        OutOfReach = "out_of_reach",
        /// A service account: nobody signs in by it.
        NoPerson = "no_person",
        /// Kept elsewhere (PP-31).
        KeptElsewhere = "kept_elsewhere",
        /// Nobody would be left who may manage members and roles.
        LastAdministrator = "last_administrator",
        /// It takes somebody who has just proved who they are (IN-05).
        ProofTooOld = "proof_too_old",
        /// No provider of that key is known here.
        ProviderUnknown = "provider_unknown",
        /// It is there, and nobody can sign in with it.
        ProviderDisabled = "provider_disabled",
        /// No subject of a provider is that long.
        SubjectTooLong = "subject_too_long",
        /// Kept for the day when providers fail: never switched.
        BreakGlass = "break_glass",
        /// One provider alone opens the tenant to them, so they are no way in when it fails.
        Federated = "federated",
        /// Nobody would be left who may manage members and roles, and surely gets in.
        LastWayIn = "last_way_in",
        /// By that provider, or by a group of it, somebody comes who may more than the actor (AZ-03).
        SuperiorsCome = "superiors_come",
        /// New members are for a provider that somebody chose who could not give such a role.
        ChosenByLesser = "chosen_by_lesser",
        /// They could prove nothing to the new provider, and whoever switches them names no subject.
        NoProof = "no_proof",
        /// A group at their provider gives the role, so no hand takes it away.
        FollowsGroup = "follows_group",
        /// Nobody would be left for the day when providers fail.
        LastBreakGlass = "last_break_glass",
    }
}

impl Refusal {
    /// Whether it is the actor's rights that stand in the way, rather than the member's state.
    #[must_use]
    pub const fn is_about_rights(self) -> bool {
        matches!(self, Self::Yourself | Self::Superior | Self::SuperiorsCome | Self::OutOfReach)
    }
}

/// The table.
///
/// # Errors
/// [`Refusal`] says what stands in the way.
pub fn transition(from: Axes, event: Event<'_>, rules: &LifecycleRules) -> Result<Transition, Refusal> {
    match (from.lifecycle, event) {
        (Lifecycle::Purged, _) => of_the_purged(event),
        (Lifecycle::Active | Lifecycle::Suspended, Event::Delete) => Ok(deletion(from, rules)),
        (Lifecycle::Deleted, _) => of_the_deleted(from, event),
        (Lifecycle::Suspended, Event::Resume) => {
            Ok(Transition { to: Axes { lifecycle: Lifecycle::Active, ..from }, action: "member.resumed", effects: &[] })
        }
        (Lifecycle::Suspended, Event::Suspend) => Err(Refusal::AlreadySo),
        (Lifecycle::Suspended, _) => Err(Refusal::Suspended),
        (Lifecycle::Active, Event::Resume | Event::Reactivate { .. } | Event::Purge | Event::Return) => {
            Err(Refusal::AlreadySo)
        }
        (Lifecycle::Active, Event::Suspend) if !rules.suspension => Err(Refusal::NotHere),
        (Lifecycle::Active, _) if from.authorization == Authorization::UserDeletion => of_who_wants_to_leave(event),
        (Lifecycle::Active, Event::Suspend) => Ok(Transition {
            to: Axes { lifecycle: Lifecycle::Suspended, ..from },
            action: "member.suspended",
            effects: &[],
        }),
        (Lifecycle::Active, _) if from.locked => of_the_locked(from, event),
        (Lifecycle::Active, _) => of_the_active(from, event, rules),
    }
}

/// The window of PP-13, or for good at once.
const fn deletion(from: Axes, rules: &LifecycleRules) -> Transition {
    let is_told = rules.deletion_mail && has_come(from);
    let effects: &[Effect] = match (rules.reactivate_within.is_some(), is_told) {
        (true, false) => &[Effect::EndInvitations],
        (true, true) => &[Effect::EndInvitations, Effect::Mail(MailKind::Deleted)],
        (false, false) => &[Effect::EndInvitations, Effect::Erase],
        (false, true) => &[Effect::EndInvitations, Effect::Mail(MailKind::Deleted), Effect::Erase],
    };
    let lifecycle = if rules.reactivate_within.is_some() { Lifecycle::Deleted } else { Lifecycle::Purged };
    Transition { to: Axes { lifecycle, ..from }, action: "member.deleted", effects }
}

const fn of_the_purged(event: Event<'_>) -> Result<Transition, Refusal> {
    match event {
        Event::Accept => Ok(Transition { to: member_again(), action: "member.invitation_accepted", effects: &[] }),
        Event::Return | Event::Request => Ok(Transition {
            to: Axes { authorization: Authorization::ToReview, locked: false, lifecycle: Lifecycle::Active },
            action: "member.requested",
            effects: &[Effect::Announce],
        }),
        _ => Err(Refusal::Purged),
    }
}

fn of_the_deleted(from: Axes, event: Event<'_>) -> Result<Transition, Refusal> {
    match event {
        Event::Reactivate { in_time: false } => Err(Refusal::TooLate),
        Event::Reactivate { in_time: true } => {
            // Whoever had asked to leave does not come back into the queue of those who want to.
            let asked = from.authorization == Authorization::UserDeletion;
            let to = if asked { member_again() } else { Axes { lifecycle: Lifecycle::Active, ..from } };
            Ok(Transition { to, action: "member.reactivated", effects: &[] })
        }
        Event::Purge => Ok(Transition {
            to: Axes { lifecycle: Lifecycle::Purged, ..from },
            action: "member.purged",
            effects: &[Effect::Erase],
        }),
        Event::Delete => Err(Refusal::AlreadySo),
        _ => Err(Refusal::Deleted),
    }
}

const fn of_who_wants_to_leave(event: Event<'_>) -> Result<Transition, Refusal> {
    match event {
        Event::KeepAfterAll => {
            Ok(Transition { to: member_again(), action: "member.kept", effects: &[Effect::Mail(MailKind::Unlocked)] })
        }
        Event::AskDeletion => Err(Refusal::AlreadySo),
        _ => Err(Refusal::AskedForDeletion),
    }
}

/// In, without a lock. Only members ask for their deletion, so that is what they are again.
const fn member_again() -> Axes {
    Axes { authorization: Authorization::Reviewed, locked: false, lifecycle: Lifecycle::Active }
}

/// Whoever is merely invited has asked for nothing, and may have heard of nothing: no mail but the invitation goes to them.
const fn has_come(from: Axes) -> bool {
    !matches!(from.authorization, Authorization::Invited)
}

const fn to_whoever_came(from: Axes, effects: &'static [Effect]) -> &'static [Effect] {
    if has_come(from) { effects } else { &[] }
}

const fn of_the_locked(from: Axes, event: Event<'_>) -> Result<Transition, Refusal> {
    match event {
        Event::Unlock => Ok(Transition {
            to: Axes { locked: false, ..from },
            action: "member.unlocked",
            effects: to_whoever_came(from, &[Effect::Mail(MailKind::Unlocked)]),
        }),
        Event::Lock => Err(Refusal::AlreadySo),
        Event::KeepAfterAll => Err(Refusal::NotAsked),
        _ => Err(Refusal::Locked),
    }
}

fn of_the_active(from: Axes, event: Event<'_>, rules: &LifecycleRules) -> Result<Transition, Refusal> {
    let to = |authorization, action, effects| Ok(Transition { to: Axes { authorization, ..from }, action, effects });
    match (event, from.authorization) {
        (Event::Accept, _) => to(Authorization::Reviewed, "member.invitation_accepted", &[]),
        (Event::Request, Authorization::Invited) => {
            to(Authorization::ToReview, "member.requested", &[Effect::Announce])
        }
        (Event::Approve, Authorization::ToReview) => {
            to(Authorization::Reviewed, "member.approved", &[Effect::Mail(MailKind::Approved)])
        }
        (Event::Reject, Authorization::ToReview) if rules.rejection => {
            to(Authorization::Rejected, "member.rejected", &[Effect::Mail(MailKind::Rejected)])
        }
        (Event::Reject, Authorization::ToReview) => Err(Refusal::NotHere),
        (Event::AskAgain(rejected), Authorization::Rejected) if rejected.may_ask_now => {
            to(Authorization::ToReview, "member.asked_again", &[Effect::Announce])
        }
        (Event::AskAgain(_), Authorization::Rejected) => Err(Refusal::NotYet),
        (Event::AskAgain(_), _) => Err(Refusal::NotRejected),
        (Event::AskDeletion, _) if !rules.self_deletion => Err(Refusal::NotHere),
        (Event::AskDeletion, Authorization::Reviewed) => Ok(Transition {
            to: Axes { authorization: Authorization::UserDeletion, locked: true, ..from },
            action: "member.deletion_asked",
            // No mail to the member (PP-14).
            effects: &[],
        }),
        (Event::Lock, _) => Ok(Transition {
            to: Axes { locked: true, ..from },
            action: "member.locked",
            effects: to_whoever_came(from, &[Effect::Mail(MailKind::Locked)]),
        }),
        (Event::Unlock, _) => Err(Refusal::AlreadySo),
        (Event::KeepAfterAll, _) => Err(Refusal::NotAsked),
        _ => Err(Refusal::NothingToDecide),
    }
}

#[cfg(test)]
mod tests;
