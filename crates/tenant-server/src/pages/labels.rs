use tenant::blueprint::Blueprint;
use tenant::members::{Member, MemberState};
use webkit::Visit;

/// A state as it is shown: icon and word, never colour alone.
pub(crate) struct StatePill {
    pub tone: &'static str,
    pub icon: &'static str,
    pub label: String,
}

/// The one word for a member's three axes.
pub(crate) fn state_pill(visit: &Visit, member: &Member) -> StatePill {
    let (tone, icon, key) = match member.state() {
        MemberState::Active => ("good", "check", "state-active"),
        MemberState::ToReview => ("warn", "hourglass", "state-to-review"),
        MemberState::Invited => ("neutral", "mail", "state-invited"),
        MemberState::Rejected => ("bad", "x", "state-rejected"),
        MemberState::Locked => ("bad", "lock", "state-locked"),
        MemberState::Suspended => ("neutral", "pause", "state-suspended"),
        MemberState::Deleted => ("neutral", "trash-2", "state-deleted"),
    };
    StatePill { tone, icon, label: visit.t(key) }
}

/// Names of roles, in the visit's language; keys that the blueprint does not know stand as they are.
pub(crate) fn role_labels(visit: &Visit, blueprint: &Blueprint, keys: &[String]) -> Vec<String> {
    let label = |key: &String| {
        blueprint.role(key).map_or_else(|| key.clone(), |role| role.label.text(visit.lang.code()).to_owned())
    };
    keys.iter().map(label).collect()
}
