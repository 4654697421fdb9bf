use ambient::Timestamp;

use super::*;
use crate::blueprint::Role;
use crate::lifecycle::{Axes, Event, transition};

fn set(keys: &[&str]) -> BTreeSet<String> {
    keys.iter().map(ToString::to_string).collect()
}

fn roles(give: &[&str], take: &[&str]) -> Step {
    Step::Roles { give: set(give), take: set(take) }
}

#[test]
fn pp_01_what_a_group_gives_keeps_nobody_in_charge() {
    let mut library = Blueprint::shipped("asset-library").unwrap();
    let other = Role { key: "deputy".to_owned(), ..library.role("administrator").unwrap().clone() };
    library.roles.push(other);
    let member = Member::sample(Timestamp::from_seconds(0));
    let lock = Step::Move(transition(Axes::of(&member), Event::Lock, &library.lifecycle).unwrap(), BTreeSet::new());
    // roles, those of them that a group gives alone, step, whether it takes from them that they run the tenant
    let table: [(&[&str], &[&str], Step, bool); 11] = [
        (&["administrator"], &[], roles(&[], &["administrator"]), true),
        (&["administrator"], &[], roles(&["viewer"], &[]), false),
        (&["administrator"], &[], roles(&["administrator"], &["administrator"]), false),
        (&["administrator"], &[], lock.clone(), true),
        (&["administrator", "deputy"], &[], roles(&[], &["administrator"]), false),
        (&["administrator", "deputy"], &["deputy"], roles(&[], &["administrator"]), true),
        (&["editor", "administrator"], &["editor"], roles(&[], &["administrator"]), true),
        // By a group alone: no hand takes it, but whoever is shut out is missed.
        (&["administrator", "viewer"], &["administrator"], roles(&[], &["viewer"]), false),
        (&["administrator"], &["administrator"], lock.clone(), true),
        (&["viewer"], &[], lock.clone(), false),
        (&["viewer"], &[], roles(&[], &["viewer"]), false),
    ];
    for (held, follows, step, expected) in table {
        let [held, follows] = [held, follows].map(|keys| keys.iter().map(ToString::to_string).collect::<Vec<_>>());
        let target = Target { member: &member, roles: &held, follows: &follows };
        assert_eq!(unseats(&library, target, &step), expected, "{held:?} {follows:?} {step:?}");
    }
}
