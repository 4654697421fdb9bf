use store::{TenantRead, params};

use super::world::World;
use crate::blueprint::{Blueprint, Role};
use crate::groups::{self, Given};
use crate::invitations::{NewInvitation, invite};
use crate::lifecycle::{Deed, Denied, Refusal};
use crate::logins::{Arrival, SignIn, sign_in};
use crate::members::{MemberId, MemberState, Profile};
use crate::providers;
use crate::providers::own::{End, OwnDeed, begin, end};

const CORP: &str = "acme.corp";

/// A role of its own, beside those of the blueprint.
pub(super) fn role(blueprint: &mut Blueprint, key: &str, permissions: &[&str]) {
    let permissions = permissions.iter().map(ToString::to_string).collect();
    let role = Role { key: key.to_owned(), permissions, ..blueprint.role("viewer").unwrap().clone() };
    blueprint.roles.push(role);
}

fn given(role: &str) -> Given {
    Given { role: role.into(), provider: CORP.into(), group: "staff".into() }
}

impl World {
    /// Whether somebody may do that to the tenant's own provider; nothing comes of it.
    async fn may(&self, by: MemberId, deed: OwnDeed) -> Result<(), Refusal> {
        match begin(&self.store, self.context(), by, deed, CORP.to_owned()).await {
            Ok(begun) => {
                end(&self.store, self.context(), begun, End::Refused).await.unwrap();
                Ok(())
            }
            Err(Denied::Refused(refusal)) => Err(refusal),
            Err(other) => panic!("{other}"),
        }
    }

    async fn invites(&self, by: MemberId, name: &str, role: &str) -> MemberId {
        let profile = Profile::new(name, "Test", &format!("{name}@work.example"), "en", None);
        let new = NewInvitation { profile, roles: vec![role.into()], message: String::new(), send_now: true };
        invite(&self.store, self.context(), by, new).await.unwrap()
    }

    async fn switches_to(&self, by: MemberId, member: MemberId, key: Option<&str>) {
        let deed = Deed::Switch { to: key.map(str::to_owned), compromised: false, preset: None };
        self.does(by, member, deed).await.unwrap();
    }
}

#[tokio::test]
async fn az_03_nobody_touches_a_provider_by_which_somebody_comes_who_may_more() {
    let world = World::with(|blueprint| {
        role(blueprint, "keeper", &["members.manage", "roles.manage", "providers.manage", "assets.view"])
    })
    .await;
    let ada = world.admin().await;
    let kim = world.member("Kim", MemberState::Active, &["keeper"]).await;
    let bea = world.member("Bea", MemberState::Active, &["administrator"]).await;
    let mina = world.member("Mina", MemberState::Active, &["viewer"]).await;
    let touching =
        [OwnDeed::Add, OwnDeed::Describe, OwnDeed::Change, OwnDeed::Enable, OwnDeed::Disable, OwnDeed::Remove];
    let all = async |by: MemberId, expected: Result<(), Refusal>, why: &str| {
        for deed in touching {
            assert_eq!(world.may(by, deed).await, expected, "{why}: {deed:?}");
        }
        assert_eq!(world.may(by, OwnDeed::Test).await, Ok(()), "{why}: it changes nothing");
    };
    world.switches_to(ada, mina, Some(CORP)).await;
    all(kim, Ok(()), "whoever comes by it may no more than they").await;
    // Somebody who may more, and has not come yet: whoever comes first with her address would be her.
    world.switches_to(ada, bea, Some(CORP)).await;
    all(kim, Err(Refusal::SuperiorsCome), "an unclaimed administrator").await;
    all(ada, Ok(()), "whose rights cover theirs").await;
    world.does(ada, bea, Deed::Lock).await.unwrap();
    all(kim, Err(Refusal::SuperiorsCome), "she is unlocked one day").await;
    world.switches_to(ada, bea, None).await;
    all(kim, Ok(()), "she comes another way").await;
    // Somebody who is invited, and does not exist elsewhere yet.
    let invited = world.invites(ada, "nils", "editor").await;
    world.switches_to(ada, invited, Some(CORP)).await;
    all(kim, Err(Refusal::SuperiorsCome), "an invited editor").await;
    world.switches_to(ada, invited, None).await;
    // A group of it gives a role that is more.
    groups::map(&world.store, world.context(), ada, given("editor"), true).await.unwrap();
    all(kim, Err(Refusal::SuperiorsCome), "a mapped role").await;
    groups::unmap(&world.store, world.context(), ada, given("editor")).await.unwrap();
    groups::map(&world.store, world.context(), ada, given("viewer"), true).await.unwrap();
    all(kim, Ok(()), "a mapped role that is no more").await;
}

#[tokio::test]
async fn az_03_nobody_ends_a_mapping_whose_role_is_more() {
    let world = World::with(|blueprint| role(blueprint, "mapper", &["roles.manage", "assets.view"])).await;
    let ada = world.admin().await;
    let kim = world.member("Kim", MemberState::Active, &["mapper"]).await;
    for role in ["administrator", "viewer"] {
        groups::map(&world.store, world.context(), ada, given(role), true).await.unwrap();
    }
    let unmaps = async |role: &str| groups::unmap(&world.store, world.context(), kim, given(role)).await;
    let mapped = async || {
        let sql = "SELECT COUNT(*) FROM group_role WHERE tenant_id = $1";
        world.store.read().await.unwrap().one::<(i64,)>(sql, params![]).await.unwrap().0
    };
    assert!(matches!(unmaps("administrator").await, Err(Denied::Refused(Refusal::Superior))));
    assert_eq!(mapped().await, 2);
    unmaps("viewer").await.unwrap();
    assert_eq!(mapped().await, 1, "the control");
}

#[tokio::test]
async fn id_03_the_first_use_of_an_invited_break_glass_member_is_not_unseen() {
    let world = World::new().await;
    let ada = world.admin().await;
    for (name, flagged) in [("Nils", false), ("Mina", true)] {
        let invited = world.invites(ada, name, "viewer").await;
        if flagged {
            providers::set(&world.store, world.context(), ada, invited, true).await.unwrap();
        }
        let sql = "SELECT id FROM invitation WHERE tenant_id = $1 AND member_id = $2";
        let (id,): (uuid::Uuid,) = world.store.read().await.unwrap().one(sql, params![invited]).await.unwrap();
        let auth_time = Some(world.context().now);
        let arrival = Arrival { invitations: vec![id], auth_time, ..world.arrival(name) };
        let came = sign_in(&world.store, world.context(), arrival.clone()).await.unwrap();
        assert!(matches!(came, SignIn::In { member, .. } if member == invited), "{came:?}");
        assert_eq!(world.mails("break_glass.used").await, i64::from(flagged), "{name}");
        let used = world.audited(invited).await.iter().filter(|it| *it == "member.break_glass_used").count();
        assert_eq!(used, usize::from(flagged));
        // And the next one, as ever.
        let again = Arrival { session: world.arrival(name).session, ..arrival };
        sign_in(&world.store, world.context(), again).await.unwrap();
        assert_eq!(world.mails("break_glass.used").await, 2 * i64::from(flagged), "{name}");
    }
}
