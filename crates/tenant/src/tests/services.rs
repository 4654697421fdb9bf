//! Service accounts, one after the other, of one client (PP-28).

use audit::{Line, Of};

use super::world::{DAY, World};
use crate::lifecycle::{Deed, act, purge_some};
use crate::members::{self, MemberId, MemberKind, MemberState};
use crate::service_accounts::{self, Actors, NewServiceAccount, Service, client_of, done_by};

const CLIENT: &str = "robot";

impl World {
    async fn robot(&self, by: MemberId) -> MemberId {
        let new =
            NewServiceAccount { name: "Robot".into(), client_id: CLIENT.into(), roles: vec!["administrator".into()] };
        service_accounts::create(&self.store, self.context(), by, new).await.unwrap()
    }

    async fn robot_does(&self, robot: MemberId, to: MemberId, deed: Deed) {
        let service = Service { member: robot, client_id: CLIENT.into() };
        act(&self.store, self.context().by_service(Some(service)), robot, to, deed).await.unwrap();
    }

    /// What one did, page by page of that size, the newest first.
    async fn did(&self, who: MemberId, size: u16) -> Vec<String> {
        let (mut did, mut before) = (Vec::new(), None);
        loop {
            let page: Vec<Line> = done_by(&mut self.store.read().await.unwrap(), who, before, size).await.unwrap();
            let Some(last) = page.last() else { return did };
            before = Some(last.id);
            did.extend(page.into_iter().map(|line| line.action));
        }
    }
}

#[tokio::test]
async fn pp_28_an_erased_service_account_stays_one_and_what_it_did_stays_its_own() {
    let world = World::new().await;
    let ada = world.admin().await;
    let bo = world.member("Bo", MemberState::Active, &["viewer"]).await;
    let first = world.robot(ada).await;
    world.robot_does(first, bo, Deed::Lock).await;
    world.clock.advance(DAY);
    world.robot_does(first, bo, Deed::Unlock).await;
    world.does(ada, first, Deed::Delete).await.unwrap();
    world.clock.advance(31 * DAY);
    assert!(!purge_some(&world.store, world.context()).await.unwrap());
    world.clock.advance(DAY);
    let second = world.robot(ada).await;
    world.clock.advance(DAY);
    world.robot_does(second, bo, Deed::Suspend).await;

    let mut read = world.store.read().await.unwrap();
    let kinds = members::some(&mut read, [first, second, bo]).await.unwrap();
    let kind = |id| kinds[&id].kind();
    assert_eq!([kind(first), kind(second)], [MemberKind::ServiceAccount; 2]);
    assert_eq!(kind(bo), MemberKind::Person);
    for one in [first, second] {
        assert_eq!(client_of(&mut read, one).await.unwrap().as_deref(), Some(CLIENT));
    }
    assert_eq!(service_accounts::of_client(&mut read, CLIENT).await.unwrap(), Some(second), "who acts is the new one");
    let listed = service_accounts::list(&mut read, "", 10).await.unwrap();
    assert_eq!(listed.iter().map(|one| one.member_id).collect::<Vec<_>>(), [second]);

    // Each deed is of the one that there was then.
    let lines = audit::page_of(&mut read, Of::Target("member", &bo.to_string()), None, 50).await.unwrap();
    let actors = Actors::of(&mut read, &lines).await.unwrap();
    let by: Vec<_> = lines.iter().map(|line| (line.action.as_str(), actors.member(line))).collect();
    let told = [
        ("member.suspended", Some(second)),
        ("member.unlocked", Some(first)),
        ("member.locked", Some(first)),
        ("member.seeded", None),
    ];
    assert_eq!(by, told);
    drop(read);
    for size in [1, 50] {
        assert_eq!(world.did(first, size).await, ["member.unlocked", "member.locked"], "{size}");
        assert_eq!(world.did(second, size).await, ["member.suspended"], "{size}");
        assert_eq!(world.did(bo, size).await, [] as [String; 0], "{size}");
    }
    let expected = ["service_account.created", "member.deleted", "service_account.created"];
    assert_eq!(world.did(ada, 50).await, expected, "a person's as before");
}
