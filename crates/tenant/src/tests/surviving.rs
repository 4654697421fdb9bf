//! Who is left (DESIGN §4.6): a way in, a break-glass member, a mailbox that is not full.

use super::world::{DAY, World};
use crate::lifecycle::{Deed, Denied, HowRoles, Refusal, ask_deletion, purge_some};
use crate::members::{MemberId, MemberState};
use crate::providers;
use crate::service_accounts::{self, NewServiceAccount};

#[tokio::test]
async fn sw_05_whoever_surely_gets_in_is_not_taken_away_while_nobody_else_does() {
    let world = World::new().await;
    let ada = world.admin().await;
    let bea = world.member("Bea", MemberState::Active, &["administrator"]).await;
    let cy = world.member("Cy", MemberState::Active, &["administrator"]).await;
    // Two of them could come by a provider, and never have.
    let switched = world.switches(ada, bea, "contoso").await;
    world.switches(ada, cy, "contoso").await;
    let missed = |answer: Result<_, Denied>| matches!(answer, Err(Denied::Refused(Refusal::LastWayIn)));
    let away = Deed::Roles { how: HowRoles::Set, roles: ["viewer".to_owned()].into() };
    for deed in [Deed::Lock, Deed::Suspend, Deed::Delete, away.clone()] {
        assert!(missed(world.does(bea, ada, deed.clone()).await), "{deed:?}");
    }
    assert!(missed(world.does(ada, ada, away).await), "nor by themselves");
    let now = world.context().now;
    assert!(missed(ask_deletion(&world.store, world.context(), ada, Some(now)).await));
    assert!(!world.get(ada).await.locked);
    // Whoever is no way in anyhow may go.
    world.does(ada, cy, Deed::Lock).await.unwrap();
    // And the control: as soon as another one has come.
    world.clock.advance(DAY);
    world.comes(world.by("Bea", "contoso", switched.version)).await;
    world.does(bea, ada, Deed::Lock).await.unwrap();
    assert!(world.get(ada).await.locked);
}

#[tokio::test]
async fn pp_06_only_somebody_who_can_come_in_is_kept_for_the_day_when_providers_fail() {
    let world = World::new().await;
    let ada = world.admin().await;
    let glass = async |member, on| providers::set(&world.store, world.context(), ada, member, on).await;
    let bea = world.member("Bea", MemberState::Active, &["administrator"]).await;
    let new = NewServiceAccount { name: "Robot".into(), client_id: "robot".into(), roles: vec!["viewer".into()] };
    let robot: MemberId = service_accounts::create(&world.store, world.context(), ada, new).await.unwrap();
    let refused = glass(robot, true).await;
    assert!(matches!(refused, Err(Denied::Refused(Refusal::NoPerson))), "{refused:?}");
    glass(bea, true).await.unwrap();
    for state in [MemberState::Locked, MemberState::Rejected, MemberState::Suspended] {
        let other = world.member(&format!("{state:?}"), state, &["viewer"]).await;
        glass(other, true).await.unwrap();
        let last = world.does(ada, bea, Deed::Delete).await;
        assert!(matches!(last, Err(Denied::Refused(Refusal::LastBreakGlass))), "{state:?}: {last:?}");
    }
    let other = world.member("Otto", MemberState::Active, &["viewer"]).await;
    glass(other, true).await.unwrap();
    world.does(ada, bea, Deed::Delete).await.unwrap();
}

#[tokio::test]
async fn web_25_no_mailbox_is_filled_by_a_button() {
    let world = World::new().await;
    let admin = world.admin().await;
    let mina = world.member("Mina", MemberState::Active, &["viewer"]).await;
    for _ in 0..15 {
        world.does(admin, mina, Deed::Lock).await.unwrap();
        world.does(admin, mina, Deed::Unlock).await.unwrap();
    }
    assert_eq!((world.mails("member.locked").await, world.mails("member.unlocked").await), (10, 10));
    assert!(!world.get(mina).await.locked, "what was done was done all the same");
    let bo = world.member("Bo", MemberState::Active, &["viewer"]).await;
    world.does(admin, bo, Deed::Lock).await.unwrap();
    assert_eq!(world.mails("member.locked").await, 11, "another mailbox");
    // By a job no more than by hand.
    let id = world.makes(admin, Deed::Lock, &[mina]).await;
    world.runs(admin, id).await;
    assert!(world.get(mina).await.locked);
    assert_eq!(world.mails("member.locked").await, 11);
    world.clock.advance(DAY * 2);
    world.does(admin, mina, Deed::Unlock).await.unwrap();
    assert_eq!(world.mails("member.unlocked").await, 11, "another day");
}

#[tokio::test]
async fn pp_13_a_purge_takes_along_what_jobs_had_to_say() {
    let world = World::new().await;
    let admin = world.admin().await;
    let mina = world.member("Mina", MemberState::ToReview, &[]).await;
    let bo = world.member("Bo", MemberState::Active, &["viewer"]).await;
    let id = world.makes(admin, Deed::Reject { reason: "Mina Hollis is unknown here".into() }, &[mina, bo]).await;
    world.runs(admin, id).await;
    let preset =
        Deed::Switch { to: Some("contoso".into()), compromised: false, preset: Some("mina-at-contoso".into()) };
    let switch = world.makes(admin, preset, &[mina]).await;
    world.sorts(&[], &[]).await;
    world.runs(admin, switch).await;
    let said = "SELECT COUNT(*) FROM batch WHERE tenant_id = $1 AND deed LIKE '%unknown here%'";
    assert_eq!(world.count(said).await, 1);
    let undo = "SELECT COUNT(*) FROM batch_item WHERE tenant_id = $1 AND deed IS NULL AND undo IS NOT NULL";
    assert_eq!(world.count(undo).await, 1);
    // Who looked for them typed their name.
    let looked = "SELECT COUNT(*) FROM batch WHERE tenant_id = $1 AND search LIKE '%Mina%'";
    let search = crate::batches::Selection::Search("Mina".into());
    let by_name = crate::batches::create(&world.store, world.context(), admin, Deed::Unlock, search).await.unwrap();
    while crate::batches::tick(&world.store, world.context(), &world.pace).await.unwrap() {}
    world.runs(admin, by_name).await;
    assert_eq!((world.count(looked).await, world.look_up(by_name).await.items), (1, 1));
    // Those that wait for the word: nothing looks for anybody any more; the reason goes where they end.
    let again = crate::batches::Selection::Search("Mina".into());
    crate::batches::create(&world.store, world.context(), admin, Deed::Lock, again).await.unwrap();
    while crate::batches::tick(&world.store, world.context(), &world.pace).await.unwrap() {}
    let reason = || Deed::Reject { reason: "Mina Hollis is unknown here".into() };
    let (done, stopped) =
        (world.makes(admin, reason(), &[mina, bo]).await, world.makes(admin, reason(), &[mina, bo]).await);
    let of_others = world.makes(admin, Deed::Reject { reason: "Bo is unknown here".into() }, &[bo]).await;
    world.does(admin, mina, Deed::Delete).await.unwrap();
    world.clock.advance(DAY * 31);
    purge_some(&world.store, world.context()).await.unwrap();
    assert_eq!((world.count(said).await, world.count(undo).await, world.count(looked).await), (3, 0, 0));
    for waits in [done, of_others] {
        world.runs(admin, waits).await;
    }
    crate::batches::cancel(&world.store, world.context(), admin, stopped).await.unwrap();
    assert_eq!(world.count(said).await, 1, "what was said of nobody who is erased stays");
    // What says nothing any more is done to nobody.
    let again = crate::batches::retry(&world.store, world.context(), admin, id).await;
    assert!(matches!(again, Err(crate::batches::CreateError::Denied(Denied::NoReason))), "{again:?}");
}
