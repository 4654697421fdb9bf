use store::{TenantRead, params};

use super::world::World;
use crate::access::Entry;
use crate::batches;
use crate::groups::{self, Given, MapError, Mapped, Stated};
use crate::lifecycle::{Deed, Denied, HowRoles, Refusal};
use crate::logins::{Arrival, SignIn, sign_in};
use crate::members::{self, MemberId, MemberState};
use crate::service_accounts::{self, NewServiceAccount};
use crate::snapshots;

fn given(group: &str, role: &str) -> Given {
    Given { role: role.into(), provider: "contoso".into(), group: group.into() }
}

fn roles(how: HowRoles, keys: &[&str]) -> Deed {
    Deed::Roles { how, roles: keys.iter().map(ToString::to_string).collect() }
}

impl World {
    async fn maps(&self, by: MemberId, group: &str, role: &str) -> Result<Mapped, MapError> {
        groups::map(&self.store, self.context(), by, given(group, role), true).await
    }

    /// Somebody comes by a provider that states these groups.
    async fn comes_in(&self, name: &str, idp: &str, names: &[&str]) -> SignIn {
        let version = self.known_version(name).await;
        let names = names.iter().map(ToString::to_string).collect();
        let groups = Stated { idp: idp.into(), names, ..Stated::default() };
        let arrival = Arrival { idp: idp.into(), member_version: version, groups, ..self.arrival(name) };
        sign_in(&self.store, self.context(), arrival).await.unwrap()
    }

    /// What an identity server that has heard everything knows of them.
    async fn known_version(&self, name: &str) -> i64 {
        let subject = format!("subject-of-{name}");
        let found = members::by_subject(&mut self.store.read().await.unwrap(), &subject).await.unwrap();
        found.map_or(0, |member| member.version)
    }

    /// Their roles; those that a group alone gives in parentheses.
    async fn holds(&self, id: MemberId) -> String {
        let row = members::with_roles(&mut self.store.read().await.unwrap(), id).await.unwrap().unwrap();
        let follows = row.follows();
        let shown = |key: String| if follows.contains(&key) { format!("({key})") } else { key };
        row.roles().into_iter().map(shown).collect::<Vec<_>>().join(" ")
    }

    /// The roles that the identity server will hear of.
    async fn told(&self, id: MemberId) -> String {
        let waiting = snapshots::waiting_of(&mut self.store.read().await.unwrap(), id).await.unwrap();
        waiting.unwrap().roles.join(" ")
    }
}

#[tokio::test]
async fn roles_follow_the_claim_both_ways_and_what_a_hand_gave_stays() {
    let world = World::new().await;
    let ada = world.admin().await;
    let mina = world.member("Mina", MemberState::Active, &["viewer"]).await;
    assert_eq!(world.maps(ada, "staff", "editor").await.unwrap(), Mapped::Yes);
    assert_eq!(world.maps(ada, "staff", "viewer").await.unwrap(), Mapped::Yes);
    assert_eq!(world.maps(ada, "press", "editor").await.unwrap(), Mapped::Yes);
    assert_eq!(world.maps(ada, "press", "editor").await.unwrap(), Mapped::Already);
    let epoch = world.get(mina).await.epoch;
    world.comes_in("Mina", "contoso", &["staff", "unknown"]).await;
    assert_eq!(world.holds(mina).await, "(editor) viewer");
    assert_eq!(world.told(mina).await, "editor viewer");
    // Another group that gives the same: nobody else has to hear of it.
    let version = world.get(mina).await.version;
    world.comes_in("Mina", "contoso", &["press", "staff"]).await;
    assert_eq!((world.holds(mina).await.as_str(), world.get(mina).await.version), ("(editor) viewer", version));
    world.comes_in("Mina", "contoso", &["press"]).await;
    assert_eq!(world.holds(mina).await, "(editor) viewer");
    world.comes_in("Mina", "contoso", &[]).await;
    assert_eq!((world.holds(mina).await, world.told(mina).await), ("viewer".into(), "viewer".into()));
    // Sessions go on, with the rights of each moment.
    assert_eq!(world.get(mina).await.epoch, epoch);
    let log = world.audited(mina).await;
    assert_eq!(log.iter().filter(|action| *action == "member.roles_by_group").count(), 4, "{log:?}");
    assert_eq!(world.misplaced().await, 0);
}

#[tokio::test]
async fn groups_count_from_the_provider_that_opened_this_login_alone() {
    let world = World::new().await;
    let ada = world.admin().await;
    let mina = world.member("Mina", MemberState::Active, &[]).await;
    world.maps(ada, "staff", "editor").await.unwrap();
    for (idp, stated_by) in
        [("fabrikam", "fabrikam"), ("platform", "contoso"), ("fabrikam", "contoso"), ("contoso", "")]
    {
        let groups = Stated { idp: stated_by.into(), names: vec!["staff".into()], ..Stated::default() };
        let arrival = Arrival { idp: idp.into(), groups, ..world.arrival("Mina") };
        sign_in(&world.store, world.context(), arrival).await.unwrap();
        assert_eq!(world.holds(mina).await, "", "{idp} {stated_by}");
    }
    // The control; and whoever comes by password next has come without their groups.
    world.comes_in("Mina", "contoso", &["staff"]).await;
    assert_eq!(world.holds(mina).await, "(editor)");
    world.comes_in("Mina", "platform", &[]).await;
    assert_eq!(world.holds(mina).await, "");
}

#[tokio::test]
async fn az_01_nobody_maps_what_they_do_not_hold_by_hand() {
    let world = World::new().await;
    let ada = world.admin().await;
    let eve = world.member("Eve", MemberState::Active, &["editor"]).await;
    let refused = world.maps(eve, "staff", "viewer").await;
    assert!(matches!(refused, Err(MapError::Denied(Denied::Forbidden))), "{refused:?}");
    // By a group, Eve runs the tenant; what she maps would be held up by a mapping.
    world.maps(ada, "bosses", "administrator").await.unwrap();
    world.comes_in("Eve", "contoso", &["bosses"]).await;
    assert_eq!(world.holds(eve).await, "(administrator) editor");
    let refused = world.maps(eve, "staff", "viewer").await;
    assert!(matches!(refused, Err(MapError::Denied(Denied::Refused(Refusal::OutOfReach)))), "{refused:?}");
    // What manages people is confirmed by itself; what there is not, not at all.
    let plain = groups::map(&world.store, world.context(), ada, given("b", "administrator"), false).await;
    assert!(matches!(plain, Err(MapError::Unconfirmed)), "{plain:?}");
    assert!(groups::map(&world.store, world.context(), ada, given("b", "viewer"), false).await.is_ok());
    for (provider, group, role) in [("nobody", "a", "viewer"), ("contoso", " ", "viewer"), ("contoso", "a", "king")] {
        let wrong = Given { role: role.into(), provider: provider.into(), group: group.into() };
        assert!(
            groups::map(&world.store, world.context(), ada, wrong, true).await.is_err(),
            "{provider} {group} {role}"
        );
    }
}

#[tokio::test]
async fn az_01_what_a_group_gives_makes_no_service_account_that_outlives_it() {
    let world = World::new().await;
    let ada = world.admin().await;
    let mina = world.member("Mina", MemberState::Active, &["viewer"]).await;
    world.maps(ada, "runs", "administrator").await.unwrap();
    world.comes_in("Mina", "contoso", &["runs"]).await;
    assert_eq!(world.holds(mina).await, "(administrator) viewer");
    let make = async |client: &str, role: &str| {
        let new = NewServiceAccount { name: "Robot".into(), client_id: client.into(), roles: vec![role.into()] };
        service_accounts::create(&world.store, world.context(), mina, new).await
    };
    let refused = make("robot", "administrator").await;
    assert!(matches!(refused, Err(Denied::Forbidden)), "{refused:?}");
    make("reader", "viewer").await.unwrap();
    // The control: as soon as a hand has given it.
    world.does(ada, mina, roles(HowRoles::Add, &["administrator"])).await.unwrap();
    make("robot", "administrator").await.unwrap();
}

#[tokio::test]
async fn whoever_mapped_must_hold_it_at_each_login() {
    let world = World::new().await;
    let ada = world.admin().await;
    let bea = world.member("Bea", MemberState::Active, &["administrator"]).await;
    let mina = world.member("Mina", MemberState::Active, &[]).await;
    world.maps(bea, "staff", "editor").await.unwrap();
    world.maps(bea, "bosses", "administrator").await.unwrap();
    world.comes_in("Mina", "contoso", &["staff", "bosses"]).await;
    world.comes_in("Bea", "contoso", &["bosses"]).await;
    assert_eq!(
        (world.holds(mina).await.as_str(), world.holds(bea).await.as_str()),
        ("(administrator) (editor)", "administrator")
    );
    // Demoted, she still is an administrator by her own mapping until she comes again: that holds nothing up.
    world.does(ada, bea, roles(HowRoles::Remove, &["administrator"])).await.unwrap();
    assert_eq!(world.holds(bea).await, "(administrator)");
    world.comes_in("Mina", "contoso", &["staff", "bosses"]).await;
    world.comes_in("Bea", "contoso", &["bosses"]).await;
    assert_eq!((world.holds(mina).await, world.holds(bea).await), (String::new(), String::new()));
    // Somebody who could gives it from now on.
    assert_eq!(world.maps(ada, "staff", "editor").await.unwrap(), Mapped::Yes);
    world.comes_in("Mina", "contoso", &["staff", "bosses"]).await;
    assert_eq!(world.holds(mina).await, "(editor)");
    world.does(ada, bea, Deed::Lock).await.unwrap();
}

#[tokio::test]
async fn a_hand_neither_takes_what_a_group_gives_nor_loses_what_it_gave() {
    let world = World::new().await;
    let ada = world.admin().await;
    let mina = world.member("Mina", MemberState::Active, &["viewer"]).await;
    world.maps(ada, "staff", "editor").await.unwrap();
    world.comes_in("Mina", "contoso", &["staff"]).await;
    let refused = world.does(ada, mina, roles(HowRoles::Remove, &["editor"])).await;
    assert!(matches!(refused, Err(Denied::Refused(Refusal::FollowsGroup))), "{refused:?}");
    world.does(ada, mina, roles(HowRoles::Set, &["supplier"])).await.unwrap();
    assert_eq!(world.holds(mina).await, "(editor) supplier");
    // Given by hand too, it stays when the group is gone; taken by hand, it stays while the group is there.
    world.does(ada, mina, roles(HowRoles::Add, &["editor"])).await.unwrap();
    assert_eq!(world.holds(mina).await, "editor supplier");
    world.does(ada, mina, roles(HowRoles::Remove, &["editor"])).await.unwrap();
    assert_eq!(
        (world.holds(mina).await, world.told(mina).await),
        ("(editor) supplier".into(), "editor supplier".into())
    );
    world.does(ada, mina, roles(HowRoles::Add, &["editor"])).await.unwrap();
    world.comes_in("Mina", "contoso", &[]).await;
    assert_eq!(world.holds(mina).await, "editor supplier");
}

#[tokio::test]
async fn a_batch_leaves_what_groups_give() {
    let world = World::new().await;
    let ada = world.admin().await;
    world.maps(ada, "staff", "editor").await.unwrap();
    let mut picked = Vec::new();
    for name in ["Mina", "Nils", "Ole"] {
        picked.push(world.member(name, MemberState::Active, &["viewer"]).await);
        world.comes_in(name, "contoso", &["staff"]).await;
    }
    let all =
        |deed| batches::create(&world.store, world.context(), ada, deed, batches::Selection::Picked(picked.clone()));
    for (deed, then) in [
        (roles(HowRoles::Set, &["supplier"]), "(editor) supplier"),
        // What a group gives is not given by hand by saying it once more.
        (roles(HowRoles::Set, &["editor", "supplier"]), "(editor) supplier"),
        (roles(HowRoles::Remove, &["editor"]), "(editor) supplier"),
        (roles(HowRoles::Add, &["editor"]), "editor supplier"),
        (roles(HowRoles::Remove, &["editor"]), "(editor) supplier"),
        (Deed::Switch { to: Some("fabrikam".into()), compromised: false, preset: None }, "supplier"),
    ] {
        let id = all(deed.clone()).await.unwrap();
        while let Some(next) =
            batches::unsorted(&mut world.store.read().await.unwrap(), &world.context()).await.unwrap()
        {
            batches::sort(&world.store, next, &batches::Claims::default()).await.unwrap();
        }
        batches::start(&world.store, world.context(), ada, id).await.unwrap();
        while batches::tick(&world.store, world.context(), &world.pace).await.unwrap() {}
        for member in &picked {
            assert_eq!(world.holds(*member).await, then, "{deed:?}");
            assert_eq!(world.told(*member).await, then.replace(['(', ')'], ""), "{deed:?}");
        }
    }
}

#[tokio::test]
async fn a_switch_and_the_end_of_a_mapping_end_what_they_gave() {
    let world = World::new().await;
    let ada = world.admin().await;
    let mina = world.member("Mina", MemberState::Active, &["viewer"]).await;
    world.maps(ada, "staff", "editor").await.unwrap();
    world.maps(ada, "press", "editor").await.unwrap();
    world.comes_in("Mina", "contoso", &["staff", "press"]).await;
    // Taken back at once from whoever has it by that group alone.
    groups::unmap(&world.store, world.context(), ada, given("staff", "editor")).await.unwrap();
    assert_eq!(world.holds(mina).await, "(editor) viewer");
    groups::unmap(&world.store, world.context(), ada, given("press", "editor")).await.unwrap();
    assert_eq!((world.holds(mina).await, world.told(mina).await), ("viewer".into(), "viewer".into()));
    let again = groups::unmap(&world.store, world.context(), ada, given("press", "editor")).await;
    assert!(matches!(again, Err(Denied::NotFound)), "{again:?}");
    world.maps(ada, "staff", "editor").await.unwrap();
    world.comes_in("Mina", "contoso", &["staff"]).await;
    let switch = Deed::Switch { to: Some("contoso".into()), compromised: false, preset: None };
    world.does(ada, mina, switch).await.unwrap();
    assert_eq!((world.holds(mina).await, world.told(mina).await), ("viewer".into(), "viewer".into()));
    world.comes_in("Mina", "contoso", &["staff"]).await;
    assert_eq!(world.holds(mina).await, "(editor) viewer");
    world.does(ada, mina, Deed::Switch { to: None, compromised: false, preset: None }).await.unwrap();
    assert_eq!(world.holds(mina).await, "viewer");
}

#[tokio::test]
async fn who_waits_has_them_when_they_are_let_in_and_who_was_turned_down_has_none() {
    let world = World::new().await;
    let ada = world.admin().await;
    world.maps(ada, "staff", "editor").await.unwrap();
    let SignIn::In { member: mina, entry: Entry::Standing { .. }, .. } =
        world.comes_in("Mina", "contoso", &["staff"]).await
    else {
        panic!("she is to wait")
    };
    assert_eq!((world.holds(mina).await.as_str(), world.get(mina).await.state()), ("(editor)", MemberState::ToReview));
    world.does(ada, mina, Deed::Reject { reason: "No".into() }).await.unwrap();
    world.comes_in("Mina", "contoso", &["staff"]).await;
    assert_eq!(world.holds(mina).await, "");
}

#[tokio::test]
async fn the_last_administrator_is_one_by_hand() {
    let world = World::new().await;
    let ada = world.admin().await;
    let mina = world.member("Mina", MemberState::Active, &[]).await;
    world.maps(ada, "bosses", "administrator").await.unwrap();
    world.comes_in("Mina", "contoso", &["bosses"]).await;
    assert_eq!(world.holds(mina).await, "(administrator)");
    // She may do what an administrator may, but not be the last one: her provider could end it at any sign-in.
    for deed in [Deed::Lock, Deed::Delete, roles(HowRoles::Set, &["viewer"])] {
        let refused = world.does(mina, ada, deed.clone()).await;
        assert!(matches!(refused, Err(Denied::Refused(Refusal::LastAdministrator))), "{deed:?} {refused:?}");
    }
    world.comes_in("Mina", "contoso", &[]).await;
    assert_eq!((world.holds(mina).await.as_str(), world.holds(ada).await.as_str()), ("", "administrator"));
    let sql = "SELECT COUNT(*) FROM member_role WHERE tenant_id = $1 AND role = 'administrator' AND by_hand";
    let (left,): (i64,) = world.store.read().await.unwrap().one(sql, params![]).await.unwrap();
    assert_eq!(left, 1);
}

#[tokio::test]
async fn what_is_asked_for_is_told_until_it_is_heard() {
    let world = World::new().await;
    let ada = world.admin().await;
    let now = || world.context().now;
    assert_eq!(groups::next(&mut world.store.read().await.unwrap(), now()).await.unwrap(), None);
    for (group, role) in [("staff", "editor"), ("staff", "viewer"), ("press", "viewer")] {
        world.maps(ada, group, role).await.unwrap();
    }
    let first = groups::next(&mut world.store.read().await.unwrap(), now()).await.unwrap().unwrap();
    assert_eq!(
        (first.provider.as_str(), first.groups.as_slice()),
        ("contoso", &["press".to_owned(), "staff".to_owned()][..])
    );
    groups::postpone(&world.store, first.clone(), now()).await.unwrap();
    assert_eq!(groups::next(&mut world.store.read().await.unwrap(), now()).await.unwrap(), None, "later");
    groups::unmap(&world.store, world.context(), ada, given("press", "viewer")).await.unwrap();
    let second = groups::next(&mut world.store.read().await.unwrap(), now()).await.unwrap().unwrap();
    assert!(second.version > first.version && second.groups == ["staff"]);
    groups::settle(&world.store, second).await.unwrap();
    assert_eq!(groups::next(&mut world.store.read().await.unwrap(), now()).await.unwrap(), None);
}

#[tokio::test]
async fn az_01_what_a_group_gives_is_no_reason_to_give_it_to_a_service_account() {
    let world = World::new().await;
    let ada = world.admin().await;
    world.maps(ada, "staff", "administrator").await.unwrap();
    let lea = world.member("Lea", MemberState::Active, &["viewer"]).await;
    world.comes_in("Lea", "contoso", &["staff"]).await;
    let new = NewServiceAccount { name: "Robot".into(), client_id: "robot".into(), roles: vec![] };
    let robot = service_accounts::create(&world.store, world.context(), lea, new).await.unwrap();
    let nils = world.member("Nils", MemberState::Active, &[]).await;
    let gives = || roles(HowRoles::Add, &["administrator"]);
    let refused = world.does(lea, robot, gives()).await;
    assert!(matches!(refused, Err(Denied::Refused(Refusal::OutOfReach))), "{refused:?}");
    world.does(lea, nils, gives()).await.unwrap();
    world.does(ada, robot, gives()).await.unwrap();
    assert_eq!(world.holds(robot).await, "administrator", "the control");
}
