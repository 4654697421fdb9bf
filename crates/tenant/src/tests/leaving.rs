//! How members leave, and come back.

use std::time::Duration;

use store::{TenantRead, params};

use super::world::{DAY, MINUTE, World};
use crate::access::Closed;
use crate::lifecycle::{Deed, Denied, HowRoles, Refusal, ask_deletion, purge_some};
use crate::logins::SignIn;
use crate::members::{Authorization, Lifecycle, MemberState};
use crate::roles;
use crate::sessions::resume;

#[tokio::test]
async fn pp_13_a_deleted_member_comes_back_as_they_were_within_the_time() {
    let world = World::new().await;
    let admin = world.admin().await;
    let mina = world.member("Mina", MemberState::Active, &["editor", "viewer"]).await;
    let (session, _) = world.enters("Mina").await;
    world.does(admin, mina, Deed::Delete).await.unwrap();
    assert!(resume(&world.store, &world.context(), session).await.unwrap().is_none(), "sessions end at once");
    assert!(matches!(world.arrives("Mina").await, SignIn::Closed(Closed::Deleted)), "and no second member is made");
    world.clock.advance(DAY * 29);
    assert!(!purge_some(&world.store, world.context()).await.unwrap());
    let back = world.does(admin, mina, Deed::Reactivate).await.unwrap();
    assert_eq!(
        (back.lifecycle, back.authorization, back.deleted_at),
        (Lifecycle::Active, Authorization::Reviewed, None)
    );
    let held = roles::of_member(&mut world.store.read().await.unwrap(), mina).await.unwrap();
    assert_eq!(held, ["editor", "viewer"]);
    assert!(resume(&world.store, &world.context(), session).await.unwrap().is_none(), "IN-03: sessions do not revive");
    world.enters("Mina").await;
    assert_eq!(world.mails("member.deleted").await, 0, "PP-12: no mail");
    // From now on nothing of the first deletion counts.
    world.clock.advance(DAY * 29);
    purge_some(&world.store, world.context()).await.unwrap();
    assert_eq!(world.get(mina).await.lifecycle, Lifecycle::Active);
}

#[tokio::test]
async fn pp_13_after_the_time_a_member_is_erased_and_the_log_says_so() {
    let world = World::new().await;
    let admin = world.admin().await;
    let (_, mina) = world.enters("Mina").await;
    world.does(admin, mina, Deed::Reject { reason: "Mina Hollis is unknown here".into() }).await.unwrap();
    world.does(admin, mina, Deed::Delete).await.unwrap();
    world.clock.advance(DAY * 30);
    let late = world.does(admin, mina, Deed::Reactivate).await;
    assert!(matches!(late, Err(Denied::Refused(Refusal::TooLate))), "{late:?}");
    purge_some(&world.store, world.context()).await.unwrap();
    let left = world.get(mina).await;
    assert_eq!(left.lifecycle, Lifecycle::Purged);
    assert_eq!((left.name().as_str(), left.email.as_str(), left.decision_reason), ("", "", None));
    assert_eq!((left.requested_at, left.last_sign_in), (None, None));
    let mut read = world.store.read().await.unwrap();
    for sql in [
        "SELECT COUNT(*) FROM member_word WHERE tenant_id = $1 AND member_id = $2",
        "SELECT COUNT(*) FROM member_role WHERE tenant_id = $1 AND member_id = $2",
        "SELECT COUNT(*) FROM session WHERE tenant_id = $1 AND member_id = $2",
    ] {
        assert_eq!(read.one::<(i64,)>(sql, params![mina]).await.unwrap(), (0,), "{sql}");
    }
    let personal: (i64,) = read
        .one(
            "SELECT COUNT(*) FROM audit_personal p JOIN audit_entry e ON e.tenant_id = p.tenant_id AND e.id = p.entry_id
             WHERE p.tenant_id = $1 AND e.target_id = $2",
            params![mina.to_string()],
        )
        .await
        .unwrap();
    assert_eq!(personal, (0,), "WEB-22: the clear values are gone");
    let logged: (i64,) = read
        .one(
            "SELECT COUNT(*) FROM audit_entry WHERE tenant_id = $1 AND target_id = $2 AND action = 'member.purged'",
            params![mina.to_string()],
        )
        .await
        .unwrap();
    assert_eq!(logged, (1,));
    drop(read);
    // A stranger again: their own row goes on, so that the identity server's snapshots do too.
    let (_, again) = world.enters("Mina").await;
    assert_eq!(again, mina);
    let again = world.get(again).await;
    assert_eq!((again.authorization, again.lifecycle), (Authorization::ToReview, Lifecycle::Active));
    assert!(again.version > left.version && !again.name().is_empty() && again.requested_at.is_some());
}

#[tokio::test]
async fn pp_14_a_member_asks_for_their_own_deletion() {
    let world = World::new().await;
    let admin = world.admin().await;
    let other = world.member("Otto", MemberState::Active, &["administrator"]).await;
    let mina = world.member("Mina", MemberState::Active, &["administrator"]).await;
    let (session, _) = world.enters("Mina").await;
    let asked = ask_deletion(&world.store, world.context(), mina, Some(world.context().now)).await.unwrap();
    assert_eq!((asked.authorization, asked.locked), (Authorization::UserDeletion, true));
    assert!(resume(&world.store, &world.context(), session).await.unwrap().is_none());
    assert!(matches!(world.arrives("Mina").await, SignIn::Closed(Closed::Inactive)));
    assert_eq!(world.mails("member.deletion_asked").await, 2, "to everyone else who may manage members");
    assert_eq!(world.mails("member.locked").await, 0, "and none to the member");
    let unlock = world.does(admin, mina, Deed::Unlock).await;
    assert!(matches!(unlock, Err(Denied::Refused(Refusal::AskedForDeletion))), "a plain unlock is refused: {unlock:?}");
    world.does(other, mina, Deed::Keep).await.unwrap();
    world.enters("Mina").await;
    assert_eq!(world.mails("member.unlocked").await, 1);
    // And the other answer: from then on the thirty days run.
    ask_deletion(&world.store, world.context(), mina, Some(world.context().now)).await.unwrap();
    world.clock.advance(DAY * 40);
    purge_some(&world.store, world.context()).await.unwrap();
    assert_eq!(world.get(mina).await.lifecycle, Lifecycle::Active, "nobody decided");
    world.does(admin, mina, Deed::Delete).await.unwrap();
    world.clock.advance(DAY * 29);
    let back = world.does(admin, mina, Deed::Reactivate).await.unwrap();
    assert_eq!((back.authorization, back.locked), (Authorization::Reviewed, false));
}

#[tokio::test]
async fn the_last_administrator_stays_whatever_is_done() {
    let world = World::new().await;
    let ada = world.admin().await;
    let bo = world.member("Bo", MemberState::Active, &["administrator"]).await;
    let refused = |answer: Result<_, Denied>| matches!(answer, Err(Denied::Refused(Refusal::LastAdministrator)));
    let away = || Deed::Roles { how: HowRoles::Set, roles: ["viewer".to_owned()].into() };
    world.does(ada, bo, Deed::Lock).await.unwrap();
    assert!(refused(world.does(ada, ada, away()).await), "not by taking one's own role");
    assert!(
        refused(ask_deletion(&world.store, world.context(), ada, Some(world.context().now)).await),
        "not by asking to leave"
    );
    world.does(ada, bo, Deed::Unlock).await.unwrap();
    // Two at once, each taking the other's.
    for _ in 0..8 {
        let (one, two) = tokio::join!(world.does(ada, bo, away()), world.does(bo, ada, away()));
        assert!(one.is_ok() != two.is_ok() || (one.is_err() && two.is_err()), "never both: {one:?} {two:?}");
        let mut left = 0;
        for member in [ada, bo] {
            let held = roles::of_member(&mut world.store.read().await.unwrap(), member).await.unwrap();
            left += usize::from(held.contains(&"administrator".to_owned()));
        }
        assert!(left >= 1);
        for member in [ada, bo] {
            restore(&world, member).await;
        }
    }
}

async fn restore(world: &World, member: crate::members::MemberId) {
    world
        .store
        .write(member, |mut tx, member| {
            Box::pin(async move {
                let sql = "INSERT INTO member_role (tenant_id, member_id, role, granted_at) VALUES ($1, $2, 'administrator', 0)
                           ON CONFLICT DO NOTHING";
                tx.execute(sql, params![member]).await.map(drop)
            })
        })
        .await
        .map_err(|error: store::StoreError| error)
        .unwrap();
}

#[tokio::test]
async fn pp_05_roles_are_given_and_taken_and_sessions_go_on_with_the_rights_of_the_moment() {
    let world = World::new().await;
    let admin = world.admin().await;
    let mina = world.member("Mina", MemberState::Active, &["viewer"]).await;
    let (session, _) = world.enters("Mina").await;
    let version = world.get(mina).await.version;
    let give = |how, role: &str| Deed::Roles { how, roles: [role.to_owned()].into() };
    world.does(admin, mina, give(HowRoles::Add, "editor")).await.unwrap();
    let visitor = resume(&world.store, &world.context(), session).await.unwrap().unwrap();
    assert!(visitor.rights.has("assets.edit"));
    world.does(admin, mina, give(HowRoles::Remove, "editor")).await.unwrap();
    let visitor = resume(&world.store, &world.context(), session).await.unwrap().unwrap();
    assert!(!visitor.rights.has("assets.edit"));
    assert_eq!(world.get(mina).await.version, version + 2, "the identity server hears of both");
    world.does(admin, mina, give(HowRoles::Remove, "editor")).await.unwrap();
    assert_eq!(world.get(mina).await.version, version + 2, "taking what is not there changes nothing");
}

#[tokio::test]
async fn ps_05_suspended_members_are_out_until_they_are_resumed() {
    let world = World::new().await;
    let admin = world.admin().await;
    let mina = world.member("Mina", MemberState::Active, &["viewer"]).await;
    let (session, _) = world.enters("Mina").await;
    world.does(admin, mina, Deed::Suspend).await.unwrap();
    assert!(resume(&world.store, &world.context(), session).await.unwrap().is_none());
    assert!(matches!(world.arrives("Mina").await, SignIn::Closed(Closed::Suspended)));
    world.clock.advance(Duration::from_secs(1));
    world.does(admin, mina, Deed::Resume).await.unwrap();
    world.enters("Mina").await;
}

#[tokio::test]
async fn what_a_deed_answers_is_the_member_as_they_are_kept() {
    let world = World::new().await;
    let admin = world.admin().await;
    let mina = world.member("Mina", MemberState::Active, &["viewer"]).await;
    let roles = |how, role: &str| Deed::Roles { how, roles: [role.to_owned()].into() };
    let switch = Deed::Switch { to: Some("contoso".into()), compromised: true, preset: None };
    for deed in [
        roles(HowRoles::Add, "editor"),
        roles(HowRoles::Set, "supplier"),
        Deed::Lock,
        Deed::Unlock,
        Deed::Suspend,
        Deed::Resume,
        switch,
        Deed::Delete,
        Deed::Reactivate,
    ] {
        world.clock.advance(MINUTE);
        let answered = world.does(admin, mina, deed.clone()).await.unwrap();
        assert_eq!(answered, world.get(mina).await, "{deed:?}");
        assert_eq!(answered.changed_at, world.context().now, "{deed:?}");
    }
}
