use tenant::blueprint::Blueprint;
use tenant::members::{Member, MemberState};
use webkit::Visit;

/// A state as it is shown: icon and word, never colour alone.
pub(crate) struct StatePill {
    pub tone: &'static str,
    pub icon: &'static str,
    pub label: String,
}

/// The one word for a member's three axes: the blueprint's, where it has one.
pub(crate) fn state_pill(visit: &Visit, blueprint: &Blueprint, member: &Member) -> StatePill {
    let (tone, icon, key) = match member.state() {
        MemberState::Active => ("good", "check", "state-active"),
        MemberState::ToReview => ("warn", "hourglass", "state-to-review"),
        MemberState::Invited => ("neutral", "mail", "state-invited"),
        MemberState::Rejected => ("bad", "x", "state-rejected"),
        MemberState::Locked => ("bad", "lock", "state-locked"),
        MemberState::Suspended => ("neutral", "pause", "state-suspended"),
        MemberState::Deleted => ("neutral", "trash-2", "state-deleted"),
    };
    let own = blueprint.lifecycle.labels.get(member.state().word());
    let label = own.map_or_else(|| visit.t(key), |own| own.text(visit.lang.code()).to_owned());
    StatePill { tone, icon, label }
}

/// What a member is called; somebody of whom nothing is stated, or anything left, is not left without a word.
pub(crate) fn called(visit: &Visit, member: &Member) -> String {
    Some(member.name()).filter(|name| !name.is_empty()).unwrap_or_else(|| visit.t("member-nameless"))
}

/// Names of roles, in the visit's language; keys that the blueprint does not know stand as they are.
pub(crate) fn role_labels(visit: &Visit, blueprint: &Blueprint, keys: &[String]) -> Vec<String> {
    let label = |key: &String| {
        blueprint.role(key).map_or_else(|| key.clone(), |role| role.label.text(visit.lang.code()).to_owned())
    };
    keys.iter().map(label).collect()
}
