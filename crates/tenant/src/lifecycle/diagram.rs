//! The table as a diagram (PP-26): which steps lead from where to where, read from [`transition()`] itself.

use std::collections::BTreeSet;

use ambient::Timestamp;
use store::words;

use super::{Axes, Event, Refusal, transition};
use crate::access::Rejected;
use crate::blueprint::LifecycleRules;
use crate::members::{Authorization, Lifecycle};

words! {
    /// What can happen to a member, as pages and documents name it.
    Happening {
        /// They come by an invitation.
        Accept = "accept",
        /// They come by an invitation whose sender may not invite any more.
        Request = "request",
        /// Erased, they sign in once more.
        Return = "return",
        /// A request is approved.
        Approve = "approve",
        /// A request is turned down.
        Reject = "reject",
        /// They ask once more.
        AskAgain = "ask_again",
        /// Locked.
        Lock = "lock",
        /// Unlocked.
        Unlock = "unlock",
        /// Deactivated for a while.
        Suspend = "suspend",
        /// That ends.
        Resume = "resume",
        /// They ask for their own deletion.
        AskDeletion = "ask_deletion",
        /// They are kept after all.
        Keep = "keep",
        /// Deleted.
        Delete = "delete",
        /// Brought back.
        Reactivate = "reactivate",
        /// The time to bring them back is over.
        Purge = "purge",
    }
}

impl Happening {
    /// Whether it is what a person does, rather than what is done to a record.
    #[must_use]
    pub const fn is_of_a_person(self) -> bool {
        matches!(self, Self::Accept | Self::Request | Self::Return | Self::AskAgain | Self::AskDeletion)
    }

    /// Whether, of a record that is kept elsewhere (PP-31), it is its keeper's to do.
    #[must_use]
    pub const fn is_the_keepers(self) -> bool {
        !matches!(
            self,
            Self::Accept | Self::Request | Self::Return | Self::AskAgain | Self::Lock | Self::Unlock | Self::Purge
        )
    }

    const fn event(self, told: &Rejected, in_time: bool) -> Event<'_> {
        match self {
            Self::Accept => Event::Accept,
            Self::Request => Event::Request,
            Self::Return => Event::Return,
            Self::Approve => Event::Approve,
            Self::Reject => Event::Reject,
            Self::AskAgain => Event::AskAgain(told),
            Self::Lock => Event::Lock,
            Self::Unlock => Event::Unlock,
            Self::Suspend => Event::Suspend,
            Self::Resume => Event::Resume,
            Self::AskDeletion => Event::AskDeletion,
            Self::Keep => Event::KeepAfterAll,
            Self::Delete => Event::Delete,
            Self::Reactivate => Event::Reactivate { in_time },
            Self::Purge => Event::Purge,
        }
    }
}

/// What becomes of a member, whatever happens: where they stand then, or why it can't happen. `told` is what is said of a
/// rejection, `in_time` whether somebody deleted can still be brought back.
#[must_use]
pub fn outlook(
    from: Axes,
    rules: &LifecycleRules,
    told: &Rejected,
    in_time: bool,
) -> Vec<(Happening, Result<Axes, Refusal>)> {
    let one = |happening: &Happening| {
        let step = transition(from, happening.event(told, in_time), rules);
        (*happening, step.map(|step| step.to))
    };
    Happening::ALL.iter().map(one).collect()
}

words! {
    /// One of the three axes of PP-26.
    Axis {
        /// Invited, to review …
        Authorization = "authorization",
        /// Or not.
        Locked = "locked",
        /// Active, deleted …
        Lifecycle = "lifecycle",
    }
}

impl Axis {
    /// Where a member stands on it, in a word.
    #[must_use]
    pub const fn word_of(self, axes: Axes) -> &'static str {
        match self {
            Self::Authorization => axes.authorization.word(),
            Self::Locked if axes.locked => "locked",
            Self::Locked => "not_locked",
            Self::Lifecycle => axes.lifecycle.word(),
        }
    }

    /// Whether a member's life can begin there.
    const fn begins(self, axes: Axes) -> bool {
        match self {
            Self::Authorization => matches!(axes.authorization, Authorization::Invited | Authorization::ToReview),
            Self::Locked => !axes.locked,
            Self::Lifecycle => matches!(axes.lifecycle, Lifecycle::Active),
        }
    }

    /// Each state of it, with the other two axes as they usually are.
    fn places(self) -> Vec<Axes> {
        let usual = Axes { authorization: Authorization::Reviewed, locked: false, lifecycle: Lifecycle::Active };
        match self {
            Self::Authorization => {
                // Whoever asked for their deletion is locked (PP-14).
                let at = |one: &Authorization| Axes {
                    authorization: *one,
                    locked: *one == Authorization::UserDeletion,
                    ..usual
                };
                Authorization::ALL.iter().map(at).collect()
            }
            Self::Locked => vec![usual, Axes { locked: true, ..usual }],
            Self::Lifecycle => Lifecycle::ALL.iter().map(|one| Axes { lifecycle: *one, ..usual }).collect(),
        }
    }
}

/// A state on one axis, with the ways out of it along that axis.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The state, in a word.
    pub word: &'static str,
    /// What happens, and the word of the state that it leads to.
    pub ways: Vec<(Happening, &'static str)>,
    /// Whether somebody comes there: a member's life begins there, or a way leads there.
    pub is_reached: bool,
}

/// One axis as a diagram, with these rules.
#[must_use]
pub fn diagram(axis: Axis, rules: &LifecycleRules) -> Vec<Place> {
    let at = Timestamp::from_seconds(0);
    let told = Rejected { reason: String::new(), at, may_ask_again_at: None, may_ask_now: true };
    let place = |from: Axes| {
        let word = axis.word_of(from);
        let ways = outlook(from, rules, &told, true).into_iter().filter_map(|(happening, to)| {
            let to = axis.word_of(to.ok()?);
            (to != word).then_some((happening, to))
        });
        Place { word, ways: ways.collect(), is_reached: axis.begins(from) }
    };
    let mut places: Vec<Place> = axis.places().into_iter().map(place).collect();
    // From where a life begins, step by step: no way is longer than there are places.
    for _ in 0..places.len() {
        let ways = places.iter().filter(|place| place.is_reached).flat_map(|place| &place.ways);
        let next: BTreeSet<&str> = ways.map(|(_, to)| *to).collect();
        for place in &mut places {
            place.is_reached |= next.contains(place.word);
        }
    }
    places
}

#[cfg(test)]
mod tests;
