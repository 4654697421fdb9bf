use crate::access::Rejected;
use crate::mails::MailKind;
use crate::members::{Authorization, Lifecycle, Member};

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
}

/// What is to happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event<'a> {
    /// An invited person comes in (PP-26: no second approval). Whoever had asked before is answered by it, and whoever is
    /// in already may get roles by it.
    Accept,
    /// An invited person comes, but whoever invited them may not do so any longer: it is a request (IN-01).
    Request,
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
}

/// What follows from a transition, besides what follows from every one (epoch, version, snapshot, audit).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// The request belongs into the next gathered mail to administrators.
    Announce,
    /// The member gets a mail.
    Mail(MailKind),
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

/// Why a step is not possible.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// There is no request (any more): someone else decided, or it never was one.
    NothingToDecide,
    /// Not rejected, so nothing to ask again.
    NotRejected,
    /// The time to ask again has not come, or never comes.
    NotYet,
    /// It is so already.
    AlreadySo,
    /// Only unlocking is possible while locked.
    Locked,
    /// Deleted, suspended or on the way out: other deeds come first.
    NotActive,
}

/// The table.
///
/// # Errors
/// [`Refusal`] says what stands in the way.
pub fn transition(from: Axes, event: Event<'_>) -> Result<Transition, Refusal> {
    if from.lifecycle != Lifecycle::Active || from.authorization == Authorization::UserDeletion {
        // PP-14: a plain unlock is refused to someone who asked for their deletion.
        return Err(Refusal::NotActive);
    }
    if from.locked && event != Event::Unlock {
        return Err(if event == Event::Lock { Refusal::AlreadySo } else { Refusal::Locked });
    }
    let to = |authorization, action, effects| Ok(Transition { to: Axes { authorization, ..from }, action, effects });
    let locked = |locked, action, effects| Ok(Transition { to: Axes { locked, ..from }, action, effects });
    match (event, from.authorization) {
        (Event::Accept, _) => to(Authorization::Reviewed, "member.invitation_accepted", &[]),
        (Event::Request, Authorization::Invited) => {
            to(Authorization::ToReview, "member.requested", &[Effect::Announce])
        }
        (Event::Approve, Authorization::ToReview) => {
            to(Authorization::Reviewed, "member.approved", &[Effect::Mail(MailKind::Approved)])
        }
        (Event::Reject, Authorization::ToReview) => {
            to(Authorization::Rejected, "member.rejected", &[Effect::Mail(MailKind::Rejected)])
        }
        (Event::AskAgain(rejected), Authorization::Rejected) if rejected.may_ask_now => {
            to(Authorization::ToReview, "member.asked_again", &[Effect::Announce])
        }
        (Event::AskAgain(_), Authorization::Rejected) => Err(Refusal::NotYet),
        (Event::AskAgain(_), _) => Err(Refusal::NotRejected),
        (Event::Request | Event::Approve | Event::Reject, _) => Err(Refusal::NothingToDecide),
        (Event::Lock, _) => locked(true, "member.locked", &[Effect::Mail(MailKind::Locked)]),
        (Event::Unlock, _) if from.locked => locked(false, "member.unlocked", &[Effect::Mail(MailKind::Unlocked)]),
        (Event::Unlock, _) => Err(Refusal::AlreadySo),
    }
}

#[cfg(test)]
mod tests {
    use Authorization::{Invited, Rejected as Turned, Reviewed, ToReview, UserDeletion};
    use ambient::Timestamp;

    use super::*;

    fn axes(authorization: Authorization, locked: bool) -> Axes {
        Axes { authorization, locked, lifecycle: Lifecycle::Active }
    }

    fn rejected(may_ask_now: bool) -> Rejected {
        Rejected { reason: String::new(), at: Timestamp::from_seconds(0), may_ask_again_at: None, may_ask_now }
    }

    #[test]
    fn every_step_from_every_state() {
        let (early, due) = (rejected(false), rejected(true));
        let events =
            [Event::Accept, Event::Approve, Event::Reject, Event::AskAgain(&early), Event::AskAgain(&due), Event::Lock];
        // Columns: accept, approve, reject, ask again too early, ask again in time, lock. `Ok` holds the new state.
        let (no, not) = (Err(Refusal::NothingToDecide), Err(Refusal::NotRejected));
        let table = [
            (Invited, [Ok(axes(Reviewed, false)), no, no, not, not, Ok(axes(Invited, true))]),
            (
                ToReview,
                [
                    Ok(axes(Reviewed, false)),
                    Ok(axes(Reviewed, false)),
                    Ok(axes(Turned, false)),
                    not,
                    not,
                    Ok(axes(ToReview, true)),
                ],
            ),
            (Reviewed, [Ok(axes(Reviewed, false)), no, no, not, not, Ok(axes(Reviewed, true))]),
            (
                Turned,
                [
                    Ok(axes(Reviewed, false)),
                    no,
                    no,
                    Err(Refusal::NotYet),
                    Ok(axes(ToReview, false)),
                    Ok(axes(Turned, true)),
                ],
            ),
            (UserDeletion, [Err(Refusal::NotActive); 6]),
        ];
        for (from, expected) in table {
            for (event, expected) in events.iter().zip(expected) {
                let outcome = transition(axes(from, false), *event).map(|transition| transition.to);
                assert_eq!(outcome, expected, "{from:?} {event:?}");
            }
        }
    }

    #[test]
    fn while_locked_only_unlocking_is_possible_and_it_leads_back() {
        for state in [Invited, ToReview, Reviewed, Turned] {
            let locked = axes(state, true);
            for event in [Event::Accept, Event::Approve, Event::Reject, Event::AskAgain(&rejected(true))] {
                assert_eq!(transition(locked, event), Err(Refusal::Locked), "{state:?} {event:?}");
            }
            assert_eq!(transition(locked, Event::Lock), Err(Refusal::AlreadySo));
            assert_eq!(transition(locked, Event::Unlock).unwrap().to, axes(state, false));
            assert_eq!(transition(axes(state, false), Event::Unlock), Err(Refusal::AlreadySo));
        }
    }

    #[test]
    fn nothing_moves_a_member_who_is_not_active() {
        for lifecycle in [Lifecycle::Suspended, Lifecycle::Deleted] {
            for event in [Event::Accept, Event::Approve, Event::Reject, Event::Lock, Event::Unlock] {
                let from = Axes { authorization: ToReview, locked: false, lifecycle };
                assert_eq!(transition(from, event), Err(Refusal::NotActive), "{lifecycle:?} {event:?}");
            }
        }
        assert_eq!(transition(axes(UserDeletion, true), Event::Unlock), Err(Refusal::NotActive), "PP-14");
    }

    #[test]
    fn the_person_hears_of_each_decision_and_administrators_of_each_request() {
        let due = rejected(true);
        let cases = [
            (ToReview, Event::Approve, Effect::Mail(MailKind::Approved)),
            (ToReview, Event::Reject, Effect::Mail(MailKind::Rejected)),
            (Turned, Event::AskAgain(&due), Effect::Announce),
            (Reviewed, Event::Lock, Effect::Mail(MailKind::Locked)),
        ];
        for (from, event, effect) in cases {
            assert_eq!(transition(axes(from, false), event).unwrap().effects, [effect]);
        }
    }
}
