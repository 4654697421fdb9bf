use std::sync::Arc;
use std::time::Duration;

use ambient::{Ambient, FixedClock, SeededRandom, Timestamp};
use store::MasterKey;
use uuid::Uuid;

use super::*;
use crate::Tenant;
use crate::blueprint::Blueprint;
use crate::members::MemberId;
use crate::roles::Rights;

const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);

fn context(blueprint: &str) -> Context {
    let tenant = Tenant {
        id: Uuid::from_u128(1),
        slug: "acme".into(),
        name: "Acme".into(),
        base_url: "https://acme.example".parse().unwrap(),
        blueprint: Blueprint::shipped(blueprint).unwrap(),
        gather_requests_for: Duration::ZERO,
    };
    let ambient = Ambient::new(Arc::new(FixedClock::at(NOW)), Arc::new(SeededRandom::from_seed(1)));
    Context::new(Arc::new(tenant), ambient, Arc::new(MasterKey::from_bytes(&[1; 32])))
}

fn keys(roles: &[&str]) -> Vec<String> {
    roles.iter().map(ToString::to_string).collect()
}

fn set(roles: &[&str]) -> BTreeSet<String> {
    roles.iter().map(ToString::to_string).collect()
}

fn acting(context: &Context, roles: &[&str]) -> Acting {
    let member = Member { id: MemberId(Uuid::from_u128(100)), ..Member::sample(NOW) };
    Acting::new(member, Rights::of_roles(&context.tenant.blueprint, roles))
}

fn judged(context: &Context, by: &[&str], member: &Member, held: &[&str], deed: &Deed) -> Result<Step, Refusal> {
    judge(context, &acting(context, by), Target { member, roles: &keys(held), follows: &[] }, deed)
}

fn roles(how: HowRoles, roles: &[&str]) -> Deed {
    Deed::Roles { how, roles: set(roles) }
}

#[test]
fn az_03_nobody_acts_on_somebody_with_more() {
    let library = context("asset-library");
    let member = Member::sample(NOW);
    for deed in [
        Deed::Lock,
        Deed::Suspend,
        Deed::Delete,
        roles(HowRoles::Remove, &["viewer"]),
        roles(HowRoles::Add, &["viewer"]),
        Deed::Invite,
    ] {
        let superior = judged(&library, &["editor"], &member, &["administrator"], &deed);
        assert_eq!(superior, Err(Refusal::Superior), "{deed:?}");
        assert!(superior.is_err_and(Refusal::is_about_rights));
    }
    assert!(judged(&library, &["administrator"], &member, &["administrator"], &Deed::Lock).is_ok());
    assert!(judged(&library, &["administrator"], &member, &["editor"], &Deed::Lock).is_ok());
}

#[test]
fn az_01_nobody_gives_what_they_lack_to_others_or_themselves() {
    let library = context("asset-library");
    let member = Member::sample(NOW);
    let myself = Member { id: MemberId(Uuid::from_u128(100)), ..Member::sample(NOW) };
    for (how, given) in [(HowRoles::Add, "administrator"), (HowRoles::Set, "administrator"), (HowRoles::Add, "unheard")]
    {
        let deed = roles(how, &[given]);
        assert_eq!(judged(&library, &["editor"], &member, &[], &deed), Err(Refusal::OutOfReach), "{deed:?}");
        assert_eq!(judged(&library, &["editor"], &myself, &["editor"], &deed), Err(Refusal::OutOfReach), "{deed:?}");
    }
    let asker = Member { authorization: Authorization::ToReview, ..Member::sample(NOW) };
    let approve = |key| Deed::Approve { roles: set(&[key]) };
    assert_eq!(judged(&library, &["editor"], &asker, &[], &approve("administrator")), Err(Refusal::OutOfReach));
    assert!(judged(&library, &["editor"], &asker, &[], &approve("supplier")).is_ok());
}

#[test]
fn pp_05_add_remove_and_set() {
    let library = context("asset-library");
    let member = Member::sample(NOW);
    let step = |give: &[&str], take: &[&str]| Ok(Step::Roles { give: set(give), take: set(take) });
    for (how, named, held, expected) in [
        (HowRoles::Add, &["viewer"][..], &["editor"][..], step(&["viewer"], &[])),
        (HowRoles::Add, &["viewer", "editor"], &["editor"], step(&["viewer"], &[])),
        (HowRoles::Add, &["editor"], &["editor"], Ok(Step::Nothing)),
        (HowRoles::Remove, &["viewer", "editor"], &["editor"], step(&[], &["editor"])),
        (HowRoles::Remove, &["viewer"], &["editor"], Ok(Step::Nothing)),
        (HowRoles::Set, &["viewer"], &["editor", "supplier"], step(&["viewer"], &["editor", "supplier"])),
        (HowRoles::Set, &[], &["editor"], step(&[], &["editor"])),
        (HowRoles::Set, &["editor"], &["editor"], Ok(Step::Nothing)),
    ] {
        let judged = judged(&library, &["administrator"], &member, held, &roles(how, named));
        assert_eq!(judged, expected, "{how:?} {named:?} to {held:?}");
    }
    for (lifecycle, why) in [(Lifecycle::Deleted, Refusal::Deleted), (Lifecycle::Purged, Refusal::Purged)] {
        let gone = Member { lifecycle, ..Member::sample(NOW) };
        let deed = roles(HowRoles::Add, &["viewer"]);
        assert_eq!(judged(&library, &["administrator"], &gone, &[], &deed), Err(why));
    }
}

#[test]
fn pd_01_what_is_handed_over_is_neither_given_nor_taken() {
    let studio = context("gallery-studio");
    let member = Member::sample(NOW);
    let owner = &["owner"][..];
    for deed in [roles(HowRoles::Add, owner), roles(HowRoles::Set, owner)] {
        assert_eq!(judged(&studio, owner, &member, &[], &deed), Err(Refusal::OutOfReach));
    }
    assert_eq!(judged(&studio, owner, &member, owner, &roles(HowRoles::Remove, owner)), Err(Refusal::OutOfReach));
    let set_to = roles(HowRoles::Set, &["member"]);
    let kept = Step::Roles { give: set(&["member"]), take: set(&["settings"]) };
    assert_eq!(judged(&studio, owner, &member, &["owner", "settings"], &set_to), Ok(kept), "the ownership stays");
}

#[test]
fn nobody_acts_on_themselves_but_for_roles() {
    let library = context("asset-library");
    let myself = Member { id: MemberId(Uuid::from_u128(100)), ..Member::sample(NOW) };
    let by = &["administrator"][..];
    for deed in [Deed::Lock, Deed::Suspend, Deed::Delete, Deed::Unlock] {
        assert_eq!(judged(&library, by, &myself, by, &deed), Err(Refusal::Yourself), "{deed:?}");
    }
    assert!(judged(&library, by, &myself, by, &roles(HowRoles::Add, &["viewer"])).is_ok());
}

#[test]
fn pp_31_who_is_kept_elsewhere_is_neither_edited_nor_deleted_here() {
    let library = context("asset-library");
    let kept = Member { kept_by: Some("the payroll".into()), ..Member::sample(NOW) };
    let by = &["administrator"][..];
    for deed in [Deed::Delete, Deed::Suspend, Deed::Invite] {
        assert_eq!(judged(&library, by, &kept, &[], &deed), Err(Refusal::KeptElsewhere), "{deed:?}");
    }
    for deed in [Deed::Lock, roles(HowRoles::Add, &["viewer"])] {
        assert!(judged(&library, by, &kept, &[], &deed).is_ok(), "{deed:?}");
    }
}

#[test]
fn pp_13_coming_back_has_its_time() {
    let library = context("asset-library");
    let days = |days: u64| Duration::from_hours(24 * days);
    for (ago, expected) in [
        (days(29), None),
        (days(30).saturating_sub(Duration::from_secs(1)), None),
        (days(30), Some(Refusal::TooLate)),
        (days(31), Some(Refusal::TooLate)),
    ] {
        let deleted_at = Some(NOW.minus(ago));
        let gone = Member { lifecycle: Lifecycle::Deleted, deleted_at, ..Member::sample(NOW) };
        let judged = judged(&library, &["administrator"], &gone, &["viewer"], &Deed::Reactivate);
        assert_eq!(judged.err(), expected, "{ago:?}");
    }
}

#[test]
fn only_who_has_not_come_yet_is_invited() {
    let library = context("asset-library");
    let invited = Member { subject: None, authorization: Authorization::Invited, ..Member::sample(NOW) };
    let by = &["administrator"][..];
    assert_eq!(judged(&library, by, &invited, &[], &Deed::Invite), Ok(Step::Invite));
    assert_eq!(judged(&library, by, &invited, &[], &Deed::Withdraw), Ok(Step::Withdraw));
    for (member, why) in [
        (Member::sample(NOW), Refusal::NotInvited),
        (Member { locked: true, ..invited.clone() }, Refusal::Locked),
        (Member { lifecycle: Lifecycle::Suspended, ..invited.clone() }, Refusal::Suspended),
        (Member { lifecycle: Lifecycle::Deleted, ..invited.clone() }, Refusal::Deleted),
        (Member { lifecycle: Lifecycle::Purged, ..invited.clone() }, Refusal::Purged),
    ] {
        assert_eq!(judged(&library, by, &member, &[], &Deed::Invite), Err(why));
    }
}

#[test]
fn each_deed_asks_for_its_permission_and_says_whom_it_can_unseat() {
    for (deed, permission, unseats) in [
        (Deed::Approve { roles: set(&[]) }, "members.review", false),
        (Deed::Reject { reason: String::new() }, "members.review", false),
        (Deed::Lock, "members.manage", true),
        (Deed::Unlock, "members.manage", false),
        (Deed::Suspend, "members.manage", true),
        (Deed::Resume, "members.manage", false),
        (Deed::Delete, "members.manage", true),
        (Deed::Reactivate, "members.manage", false),
        (Deed::Keep, "members.manage", false),
        (Deed::Invite, "members.manage", false),
        (Deed::Withdraw, "members.manage", false),
        (roles(HowRoles::Add, &[]), "roles.manage", false),
        (roles(HowRoles::Remove, &[]), "roles.manage", true),
        (roles(HowRoles::Set, &[]), "roles.manage", true),
    ] {
        assert_eq!((deed.permission(), deed.may_unseat()), (permission, unseats), "{deed:?}");
        let written = serde_json::to_string(&deed).unwrap();
        assert!(written.contains(&format!("\"deed\":\"{}\"", deed.name())), "{written}");
        assert_eq!(serde_json::from_str::<Deed>(&written).unwrap(), deed);
    }
}

#[test]
fn az_01_what_a_group_gives_is_no_reason_to_give_it_to_oneself_for_good() {
    let context = context("asset-library");
    let by_hand = Rights::of_roles(&context.tenant.blueprint, &["viewer"]);
    let all = acting(&context, &["administrator"]);
    let by = Acting { by_hand, ..all.clone() };
    let (held, by_group) = (keys(&["administrator"]), keys(&["administrator"]));
    let deed = roles(HowRoles::Add, &["administrator"]);
    let gives = |follows: &[String]| judge(&context, &by, Target { member: &by.member, roles: &held, follows }, &deed);
    assert_eq!(gives(&by_group), Err(Refusal::OutOfReach));
    // By hand, they have it already.
    assert_eq!(gives(&[]), Ok(Step::Nothing));
    // Nor to a service account, which stays when they have left the group.
    let machine =
        Member { id: MemberId(uuid::Uuid::max()), subject: None, email: String::new(), ..Member::sample(NOW) };
    let person = Member { subject: Some("somebody".into()), ..machine.clone() };
    for (who, by, expected) in [(&machine, &by, false), (&machine, &all, true), (&person, &by, true)] {
        let judged = judge(&context, by, Target { member: who, roles: &[], follows: &[] }, &deed);
        assert_eq!(judged.is_ok(), expected, "{judged:?}");
    }
}

#[test]
fn each_deed_has_its_name_its_mail_and_its_way_back() {
    use MailKind as M;
    let switch = |to: Option<&str>| Deed::Switch { to: to.map(str::to_owned), compromised: false, preset: None };
    for (deed, mail, back) in [
        (Deed::Lock, Some(M::Locked), Some(Deed::Unlock)),
        (Deed::Unlock, Some(M::Unlocked), Some(Deed::Lock)),
        (Deed::Suspend, None, Some(Deed::Resume)),
        (Deed::Resume, None, Some(Deed::Suspend)),
        (Deed::Reactivate, None, Some(Deed::Delete)),
        (Deed::Keep, Some(M::Unlocked), None),
        (Deed::Invite, None, Some(Deed::Withdraw)),
        (Deed::Withdraw, None, None),
        (Deed::Approve { roles: set(&[]) }, Some(M::Approved), None),
        (Deed::Reject { reason: "no".into() }, Some(M::Rejected), None),
        (Deed::Delete, Some(M::Deleted), None),
        (switch(Some("acme.corp")), Some(M::Switched), None),
        (roles(HowRoles::Set, &["viewer"]), None, None),
    ] {
        assert_eq!((deed.mail(), deed.inverse(&Step::Nothing)), (mail, back), "{deed:?}");
        let is_plain = !matches!(deed.name(), "approve" | "reject" | "switch" | "roles");
        assert_eq!(Deed::plain(deed.name()), is_plain.then_some(deed));
    }
    assert_eq!(Deed::plain("dance"), None);
}

#[test]
fn what_is_taken_back_is_what_it_came_to() {
    let moved = |lifecycle| {
        let to = Axes { authorization: Authorization::Reviewed, locked: false, lifecycle };
        Step::Move(Transition { to, action: "member.deleted", effects: &[] }, set(&[]))
    };
    assert_eq!(Deed::Delete.inverse(&moved(Lifecycle::Deleted)), Some(Deed::Reactivate));
    assert_eq!(Deed::Delete.inverse(&moved(Lifecycle::Purged)), None, "for good");
    let (give, take) = (set(&["viewer"]), set(&["editor"]));
    let came_to = Step::Roles { give: give.clone(), take: take.clone() };
    let back = Deed::Exchange { give: take, take: give };
    assert_eq!(roles(HowRoles::Set, &["viewer"]).inverse(&came_to), Some(back));
    let step = |give: &[&str], take: &[&str]| Ok(Step::Roles { give: set(give), take: set(take) });
    // Whatever has come or gone by another hand since stays so.
    let library = context("asset-library");
    for (held, expected) in [
        (&["viewer"][..], step(&["editor"], &["viewer"])),
        (&["supplier"], step(&["editor"], &[])),
        (&["viewer", "editor"], step(&[], &["viewer"])),
        (&["editor"], Ok(Step::Nothing)),
    ] {
        let back = Deed::Exchange { give: set(&["editor"]), take: set(&["viewer"]) };
        assert_eq!(judged(&library, &["administrator"], &Member::sample(NOW), held, &back), expected, "{held:?}");
    }
}

#[test]
fn a_page_offers_what_is_allowed_and_possible() {
    let library = context("asset-library");
    let member = Member::sample(NOW);
    let locked = Member { locked: true, ..Member::sample(NOW) };
    for (by, member, expected) in [
        (&["administrator"][..], &member, true),
        (&["administrator"], &locked, false),
        // Nothing stands between them, but the right to lock is missing.
        (&["viewer"], &member, false),
    ] {
        let target = Target { member, roles: &[], follows: &[] };
        assert_eq!(offers(&library, &acting(&library, by), target, &Deed::Lock), expected, "{by:?}");
    }
    assert!(judged(&library, &["viewer"], &member, &[], &Deed::Lock).is_ok(), "the control");
}
