use super::LONGEST_GROUP;
use crate::Context;
use crate::access::{Entry, decide_entry};
use crate::blueprint::{Role, permission};
use crate::members::MemberRow;
use crate::roles::{Rights, may_grant};

/// Whether a mapping counts at this moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Whoever made it could still give the role by hand.
    Gives,
    /// It gives nothing.
    Rests(Rest),
}

store::words! {
    /// Why a mapping gives nothing.
    Rest {
        /// There is no such role any more.
        RoleGone = "role_gone",
        /// Whoever made it is not here any more.
        MakerGone = "maker_gone",
        /// Whoever made it may not come in.
        MakerOut = "maker_out",
        /// Whoever made it lacks, by hand, what giving the role takes.
        MakerLacks = "maker_lacks",
    }
}

/// The rule of DESIGN §4.10, at the making of a mapping and at each login. What whoever made it holds by a group does not count:
/// else two mappings could hold each other up, and outlive every hand that takes the roles away.
#[must_use]
pub fn standing(context: &Context, maker: Option<&MemberRow>, role: &str) -> Standing {
    let blueprint = &context.tenant.blueprint;
    let Some(role) = blueprint.role(role) else { return Standing::Rests(Rest::RoleGone) };
    let Some(maker) = maker else { return Standing::Rests(Rest::MakerGone) };
    match decide_entry(Some(&maker.member), &blueprint.strangers, context.now) {
        Entry::Admit => {}
        Entry::Apply => return Standing::Rests(Rest::MakerGone),
        _ => return Standing::Rests(Rest::MakerOut),
    }
    let rights = Rights::of_roles(blueprint, &maker.by_hand());
    if rights.has(permission::ROLES_MANAGE) && may_grant(&rights, role) {
        Standing::Gives
    } else {
        Standing::Rests(Rest::MakerLacks)
    }
}

/// Whether a role manages people: giving it to a whole group is confirmed by itself.
#[must_use]
pub fn manages_people(role: &Role) -> bool {
    [permission::MEMBERS_MANAGE, permission::MEMBERS_REVIEW, permission::ROLES_MANAGE]
        .iter()
        .any(|one| role.permissions.contains(*one))
}

/// Whether a text can be a group's name: one line, compared exactly.
#[must_use]
pub fn is_group(name: &str) -> bool {
    let fits = name.chars().count() <= LONGEST_GROUP && !name.contains(char::is_control);
    fits && !name.is_empty() && name.trim() == name
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use ambient::{Ambient, FixedClock, SeededRandom, Timestamp};
    use store::MasterKey;
    use uuid::Uuid;

    use super::*;
    use crate::Tenant;
    use crate::blueprint::Blueprint;
    use crate::members::{Authorization, Lifecycle, Member};

    fn context() -> Context {
        let now = Timestamp::from_seconds(1_750_000_000);
        let ambient = Ambient::new(Arc::new(FixedClock::at(now)), Arc::new(SeededRandom::from_seed(1)));
        let tenant = Tenant {
            id: Uuid::from_u128(1),
            slug: "acme".into(),
            name: "Acme".into(),
            base_url: "http://acme.test".parse().unwrap(),
            blueprint: Blueprint::shipped("asset-library").unwrap(),
            gather_requests_for: std::time::Duration::from_secs(60),
        };
        Context::new(Arc::new(tenant), ambient, Arc::new(MasterKey::from_bytes(&[1; 32])))
    }

    #[test]
    fn a_mapping_stands_while_its_maker_holds_the_role_by_hand_and_is_in() {
        use Rest::{MakerGone, MakerLacks, MakerOut, RoleGone};
        let context = context();
        let member = || Member::sample(context.now);
        let locked = || Member { locked: true, ..member() };
        let suspended = || Member { lifecycle: Lifecycle::Suspended, ..member() };
        let purged = || Member { lifecycle: Lifecycle::Purged, ..member() };
        let to_review = || Member { authorization: Authorization::ToReview, ..member() };
        type Row<'a> = (&'a str, Option<Member>, &'a [&'a str], &'a [&'a str], &'a str, Standing);
        let table: [Row<'_>; 11] = [
            ("holds all", Some(member()), &["administrator"], &[], "editor", Standing::Gives),
            ("gives what they are", Some(member()), &["administrator"], &[], "administrator", Standing::Gives),
            ("no such role", Some(member()), &["administrator"], &[], "owner", Standing::Rests(RoleGone)),
            ("nobody", None, &[], &[], "editor", Standing::Rests(MakerGone)),
            ("erased", Some(purged()), &["administrator"], &[], "editor", Standing::Rests(MakerGone)),
            ("locked", Some(locked()), &["administrator"], &[], "editor", Standing::Rests(MakerOut)),
            ("suspended", Some(suspended()), &["administrator"], &[], "editor", Standing::Rests(MakerOut)),
            ("to review", Some(to_review()), &["administrator"], &[], "editor", Standing::Rests(MakerOut)),
            ("demoted", Some(member()), &["editor"], &[], "viewer", Standing::Rests(MakerLacks)),
            ("nothing", Some(member()), &[], &[], "viewer", Standing::Rests(MakerLacks)),
            (
                "by a group alone",
                Some(member()),
                &["viewer"],
                &["administrator"],
                "viewer",
                Standing::Rests(MakerLacks),
            ),
        ];
        for (what, maker, by_hand, by_group, role, expected) in table {
            let row = maker.map(|maker| MemberRow::sample_with_groups(maker, by_hand, by_group));
            assert_eq!(standing(&context, row.as_ref(), role), expected, "{what}");
        }
    }

    #[test]
    fn roles_that_manage_people_are_confirmed_by_themselves() {
        let library = Blueprint::shipped("asset-library").unwrap();
        let asks: Vec<&str> = library.roles.iter().filter(|role| manages_people(role)).map(|role| &*role.key).collect();
        assert!(
            asks.contains(&"administrator") && !asks.contains(&"viewer") && !asks.contains(&"supplier"),
            "{asks:?}"
        );
    }

    #[test]
    fn names_of_groups_are_one_exact_line() {
        for (name, fits) in
            [("staff", true), ("/acme/staff", true), ("A b", true), ("", false), (" a", false), ("a\nb", false)]
        {
            assert_eq!(is_group(name), fits, "{name:?}");
        }
        assert!(is_group(&"ä".repeat(200)) && !is_group(&"ä".repeat(201)));
    }
}
