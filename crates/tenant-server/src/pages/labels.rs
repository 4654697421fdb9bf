use tenant::blueprint::Blueprint;
use tenant::lifecycle::Axis;
use tenant::members::{Authorization, Member, MemberState};
use webkit::Visit;

/// A state as it is shown: icon and word, never colour alone.
pub(crate) struct StatePill {
    pub tone: &'static str,
    pub icon: &'static str,
    pub label: String,
}

/// The one word for a member's three axes: the blueprint's, where it has one.
pub(crate) fn state_pill(visit: &Visit, blueprint: &Blueprint, member: &Member) -> StatePill {
    if member.state() == MemberState::Locked && member.authorization == Authorization::UserDeletion {
        // Locked as they are, it is their wish that waits for somebody (PP-14).
        let label = state_word(visit, blueprint, "authorization", member.authorization.word());
        return StatePill { tone: "warn", icon: "user-x", label };
    }
    let (tone, icon) = match member.state() {
        MemberState::Active => ("good", "check"),
        MemberState::ToReview => ("warn", "hourglass"),
        MemberState::Invited => ("neutral", "mail"),
        MemberState::Rejected => ("bad", "x"),
        MemberState::Locked => ("bad", "lock"),
        MemberState::Suspended => ("neutral", "pause"),
        MemberState::Deleted => ("neutral", "trash-2"),
    };
    StatePill { tone, icon, label: state_word(visit, blueprint, "state", member.state().word()) }
}

/// What a state is called, wherever one is shown: by the blueprint's own word, where it has one. `of` says where ours stands
/// otherwise: an axis, `state` for the one word of all three, or `outcome` for what kept a job from somebody.
pub(crate) fn state_word(visit: &Visit, blueprint: &Blueprint, of: &str, word: &str) -> String {
    let own = |word: &str| Some(blueprint.lifecycle.labels.get(word)?.text(visit.lang.code()).to_owned());
    let other = || Some(visit.t_with("state-not", [("state", own(word.strip_prefix("not_")?)?)]));
    own(word).or_else(other).unwrap_or_else(|| visit.t(&format!("{of}-{word}")))
}

/// What an axis is called. That of locking has the name of its one state.
pub(crate) fn axis_title(visit: &Visit, blueprint: &Blueprint, axis: Axis) -> String {
    match axis {
        Axis::Locked => state_word(visit, blueprint, "axis", "locked"),
        Axis::Authorization | Axis::Lifecycle => visit.t(&format!("axis-{}", axis.word())),
    }
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
