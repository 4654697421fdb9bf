use std::collections::BTreeSet;

use super::{Deed, HowRoles, Target};
use crate::blueprint::{Blueprint, Granted};

/// Which roles a deed about roles gives to somebody, and which it takes; none: it is about something else. A preview shows what
/// [`judge`](super::judge) decides on, by the same rule (PP-05).
pub(crate) fn exchange(
    blueprint: &Blueprint,
    target: Target<'_>,
    deed: &Deed,
) -> Option<(BTreeSet<String>, BTreeSet<String>)> {
    let have = target.by_hand();
    match deed {
        Deed::Roles { how: HowRoles::Add, roles } => Some((roles - &have, BTreeSet::new())),
        Deed::Roles { how: HowRoles::Remove, roles } => Some((BTreeSet::new(), roles & &have)),
        // What is handed over stays with its holder (PD-01), what a group gives with whoever is in it: said once more, it is not given by
        // hand too, and ends with the group (decision 016).
        Deed::Roles { how: HowRoles::Set, roles } => {
            let others = (&have - roles).into_iter();
            let given = roles.iter().filter(|key| !target.roles.contains(key));
            Some((given.cloned().collect(), others.filter(|key| is_by_hand(blueprint, key)).collect()))
        }
        Deed::Exchange { give, take } => Some((give - &have, take & &have)),
        _ => None,
    }
}

/// Whether a role is given and taken by hand: what is handed over is not (PD-01).
pub(super) fn is_by_hand(blueprint: &Blueprint, key: &str) -> bool {
    blueprint.role(key).is_none_or(|role| role.granted == Granted::ByHand)
}
