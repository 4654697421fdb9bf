//! One deed done to many.

use std::collections::BTreeMap;

use store::{TenantRead, params};

use super::world::{DAY, World};
use crate::batches::{self, BatchId, BatchState, CreateError, Outcome, Selection};
use crate::lifecycle::{Deed, HowRoles, Refusal};
use crate::members::{Lifecycle, MemberId, MemberState};
use crate::{housekeeping, roles};

impl World {
    async fn batch(&self, by: MemberId, deed: Deed, selection: Selection) -> BatchId {
        let id = batches::create(&self.store, self.context(), by, deed, selection).await.unwrap();
        self.work().await;
        id
    }

    /// Does whatever is at work.
    async fn work(&self) {
        while batches::tick(&self.store, self.context(), &self.pace).await.unwrap() {}
    }

    async fn run(&self, by: MemberId, id: BatchId) -> batches::Batch {
        batches::start(&self.store, self.context(), by, id).await.unwrap();
        self.work().await;
        self.state_of(id).await
    }

    async fn state_of(&self, id: BatchId) -> batches::Batch {
        batches::by_id(&mut self.store.read().await.unwrap(), id).await.unwrap().unwrap()
    }

    async fn outcomes(&self, id: BatchId) -> BTreeMap<MemberId, Outcome> {
        let page = batches::items(&mut self.store.read().await.unwrap(), id, None, 0).await.unwrap();
        page.items.iter().map(|item| (item.member_id, item.outcome())).collect()
    }

    async fn crowd(&self, number: usize, role: &str) -> Vec<MemberId> {
        let mut crowd = Vec::new();
        for n in 0..number {
            crowd.push(self.member(&format!("Crowd{n:04}"), MemberState::Active, &[role]).await);
        }
        crowd
    }
}

#[tokio::test]
async fn pp_08_a_batch_says_how_many_it_will_affect_and_gives_each_its_outcome() {
    let world = World::new().await;
    let admin = world.admin().await;
    let mina = world.member("Mina", MemberState::Active, &["viewer"]).await;
    let locked = world.member("Lo", MemberState::Locked, &["viewer"]).await;
    let gone = world.member("Go", MemberState::Deleted, &["viewer"]).await;
    let foreign = MemberId(uuid::Uuid::from_u128(4_711));
    let picked = vec![mina, locked, gone, admin, foreign, mina];
    let id = world.batch(admin, Deed::Lock, Selection::Picked(picked)).await;
    let batch = world.state_of(id).await;
    assert_eq!((batch.state, batch.items, batch.fitting), (BatchState::Ready, 5, 1), "lock 1 of 5");
    assert!(!world.get(mina).await.locked, "nothing is done before somebody gives the word");
    let expected = BTreeMap::from([
        (mina, Outcome::Fits),
        (locked, Outcome::Refused(Refusal::AlreadySo)),
        (gone, Outcome::Refused(Refusal::Deleted)),
        (admin, Outcome::Refused(Refusal::Yourself)),
        (foreign, Outcome::Gone),
    ]);
    assert_eq!(world.outcomes(id).await, expected);
    let done = world.run(admin, id).await;
    assert_eq!((done.state, done.come_to, done.changed, done.refused()), (BatchState::Done, 5, 1, 4));
    assert!(world.get(mina).await.locked);
    assert_eq!(world.mails("member.locked").await, 1);
    let twice = batches::start(&world.store, world.context(), admin, id).await;
    assert!(twice.is_err(), "a batch is done once");
}

#[tokio::test]
async fn undo_takes_back_what_was_done_and_has_not_changed_since() {
    let world = World::new().await;
    let admin = world.admin().await;
    let crowd = world.crowd(5, "viewer").await;
    let set = Deed::Roles { how: HowRoles::Set, roles: ["editor".to_owned()].into() };
    let id = world.batch(admin, set, Selection::Picked(crowd.clone())).await;
    world.run(admin, id).await;
    world
        .does(admin, crowd[1], Deed::Roles { how: HowRoles::Add, roles: ["supplier".to_owned()].into() })
        .await
        .unwrap();
    world.does(admin, crowd[2], Deed::Lock).await.unwrap();
    let undo = batches::undo(&world.store, world.context(), admin, id).await.unwrap();
    world.work().await;
    let looked = world.state_of(undo).await;
    assert_eq!((looked.state, looked.items, looked.fitting, looked.undo_of), (BatchState::Ready, 5, 3, Some(id)));
    let undone = world.run(admin, undo).await;
    assert_eq!((undone.changed, undone.refused()), (3, 2));
    for (index, expected) in
        [(0, vec!["viewer"]), (1, vec!["editor", "supplier"]), (2, vec!["editor"]), (3, vec!["viewer"])]
    {
        let held = roles::of_member(&mut world.store.read().await.unwrap(), crowd[index]).await.unwrap();
        assert_eq!(held, expected, "{index}");
    }
    // What was taken back cannot be taken back twice: it has changed since.
    let again = batches::undo(&world.store, world.context(), admin, id).await.unwrap();
    world.work().await;
    assert_eq!(world.state_of(again).await.fitting, 0);
    // But the undoing can.
    let redo = batches::undo(&world.store, world.context(), admin, undo).await.unwrap();
    world.work().await;
    assert_eq!(world.run(admin, redo).await.changed, 3);
}

#[tokio::test]
async fn what_cannot_be_taken_back_says_so() {
    let world = World::new().await;
    let admin = world.admin().await;
    let (_, mina) = world.enters("Mina").await;
    let approve = Deed::Approve { roles: ["viewer".to_owned()].into() };
    let id = world.batch(admin, approve, Selection::Picked(vec![mina])).await;
    assert!(matches!(batches::undo(&world.store, world.context(), admin, id).await, Err(CreateError::NothingToUndo)));
    assert_eq!(world.run(admin, id).await.changed, 1);
    assert!(matches!(batches::undo(&world.store, world.context(), admin, id).await, Err(CreateError::NothingToUndo)));
}

#[tokio::test]
async fn az_05_each_item_is_judged_with_the_rights_of_its_moment() {
    let world = World::new().await;
    let admin = world.admin().await;
    let boss = world.member("Boss", MemberState::Active, &["administrator"]).await;
    let crowd = world.crowd(120, "viewer").await;
    let id = world.batch(boss, Deed::Lock, Selection::Picked(crowd.clone())).await;
    batches::start(&world.store, world.context(), boss, id).await.unwrap();
    batches::tick(&world.store, world.context(), &world.pace).await.unwrap();
    assert_eq!(world.state_of(id).await.changed, 50);
    world.does(admin, boss, Deed::Roles { how: HowRoles::Set, roles: ["viewer".to_owned()].into() }).await.unwrap();
    world.work().await;
    let done = world.state_of(id).await;
    assert_eq!((done.state, done.come_to, done.changed), (BatchState::Done, 120, 50), "the rest has its outcome too");
    let not_allowed =
        batches::items(&mut world.store.read().await.unwrap(), id, Some(Outcome::NotAllowed), 0).await.unwrap();
    assert_eq!(not_allowed.items.len(), 70);
    // Somebody who may tries the rest again.
    let retry = batches::retry(&world.store, world.context(), admin, id).await.unwrap();
    world.work().await;
    assert_eq!(world.run(admin, retry).await.changed, 70);
    assert!(matches!(
        batches::retry(&world.store, world.context(), admin, retry).await,
        Err(CreateError::NothingToUndo)
    ));
    // And whoever may not do it makes no batch of it.
    let viewer = crowd[0];
    for by in [viewer, boss] {
        let refused =
            batches::create(&world.store, world.context(), by, Deed::Lock, Selection::Picked(vec![admin])).await;
        assert!(matches!(refused, Err(CreateError::Denied(crate::lifecycle::Denied::Forbidden))), "{refused:?}");
    }
}

#[tokio::test]
async fn az_05_taking_ones_own_role_stops_ones_own_batch() {
    let world = World::new().await;
    world.member("Other", MemberState::Active, &["administrator"]).await;
    let admin = world.admin().await;
    let mut picked = vec![admin];
    // Whoever was made first comes first.
    world.clock.advance(std::time::Duration::from_millis(5));
    picked.extend(world.crowd(3, "administrator").await);
    let take = Deed::Roles { how: HowRoles::Remove, roles: ["administrator".to_owned()].into() };
    let id = world.batch(admin, take, Selection::Picked(picked.clone())).await;
    let done = world.run(admin, id).await;
    assert_eq!((done.changed, done.refused()), (1, 3), "the first was the actor");
    assert_eq!(world.outcomes(id).await[&picked[3]], Outcome::NotAllowed);
}

#[tokio::test]
async fn rel_04_a_batch_over_a_search_goes_on_after_a_crash_and_repeats_nothing() {
    let world = World::new().await;
    let admin = world.admin().await;
    world.crowd(230, "supplier").await;
    world.crowd_of_others(20).await;
    let search = Selection::Search("role:supplier".into());
    let id = world.batch(admin, Deed::Lock, search).await;
    let ready = world.state_of(id).await;
    assert_eq!((ready.state, ready.items, ready.fitting), (BatchState::Ready, 230, 230));
    batches::start(&world.store, world.context(), admin, id).await.unwrap();
    // Several workers at once, each of which may be the one whose chunk counts; some never come back.
    for _ in 0..3 {
        let ticks = (0..4).map(|_| batches::tick(&world.store, world.context(), &world.pace));
        for tick in futures_util::future::join_all(ticks).await {
            tick.unwrap();
        }
        drop(batches::tick(&world.store, world.context(), &world.pace));
    }
    world.work().await;
    let done = world.state_of(id).await;
    assert_eq!((done.state, done.items, done.come_to, done.changed), (BatchState::Done, 230, 230, 230));
    let mut read = world.store.read().await.unwrap();
    let locks: (i64, i64) = read
        .one(
            "SELECT COUNT(*), COUNT(DISTINCT target_id) FROM audit_entry WHERE tenant_id = $1 AND action = 'member.locked'",
            params![],
        )
        .await
        .unwrap();
    assert_eq!(locks, (230, 230), "each once");
    let versions: (i64,) = read
        .one("SELECT COUNT(*) FROM member WHERE tenant_id = $1 AND locked AND version <> 2", params![])
        .await
        .unwrap();
    assert_eq!(versions, (0,));
    drop(read);
    assert_eq!(world.mails("member.locked").await, 230);
}

impl World {
    async fn crowd_of_others(&self, number: usize) {
        for n in 0..number {
            self.member(&format!("Other{n}"), MemberState::Active, &["viewer"]).await;
        }
    }
}

#[tokio::test]
async fn rel_04_cancelling_leaves_the_rest_alone() {
    let world = World::new().await;
    let admin = world.admin().await;
    let crowd = world.crowd(130, "viewer").await;
    let id = world.batch(admin, Deed::Suspend, Selection::Picked(crowd)).await;
    batches::start(&world.store, world.context(), admin, id).await.unwrap();
    batches::tick(&world.store, world.context(), &world.pace).await.unwrap();
    batches::cancel(&world.store, world.context(), admin, id).await.unwrap();
    world.work().await;
    let left = world.state_of(id).await;
    assert_eq!((left.state, left.come_to, left.changed), (BatchState::Cancelled, 50, 50));
    assert!(batches::cancel(&world.store, world.context(), admin, id).await.is_err());
    // The rest can be done after all.
    let rest = batches::retry(&world.store, world.context(), admin, id).await.unwrap();
    world.work().await;
    assert_eq!((world.state_of(rest).await.items, world.run(admin, rest).await.changed), (80, 80));
    let again = batches::retry(&world.store, world.context(), admin, rest).await;
    assert!(matches!(again, Err(CreateError::NothingToUndo)), "{again:?}");
    // What was done can be taken back.
    let undo = batches::undo(&world.store, world.context(), admin, id).await.unwrap();
    world.work().await;
    assert_eq!(world.run(admin, undo).await.changed, 50);
}

#[tokio::test]
async fn pp_08_whom_a_stopped_batch_did_not_come_to_is_not_said_to_be_ahead() {
    let world = World::new().await;
    let admin = world.admin().await;
    let crowd = world.crowd(60, "viewer").await;
    let roles = Deed::Roles { how: HowRoles::Add, roles: ["editor".to_owned()].into() };
    let id = world.batch(admin, roles, Selection::Picked(crowd)).await;
    batches::start(&world.store, world.context(), admin, id).await.unwrap();
    batches::tick(&world.store, world.context(), &world.pace).await.unwrap();
    let found = async |only| batches::items(&mut world.store.read().await.unwrap(), id, only, 0).await.unwrap().items;
    let number = async |only| found(Some(only)).await.len();
    assert_eq!((number(Outcome::Fits).await, number(Outcome::NotReached).await), (10, 0), "while it runs");
    batches::cancel(&world.store, world.context(), admin, id).await.unwrap();
    assert_eq!((number(Outcome::Fits).await, number(Outcome::NotReached).await), (0, 10));
    assert_eq!(number(Outcome::Changed).await, 50);
    let all = found(None).await;
    assert!(all.iter().all(|item| item.is_done() == (item.outcome() == Outcome::Changed)));
    // Nor is it told how they would have been changed.
    let blueprint = &world.context().tenant.blueprint;
    let batch = world.state_of(id).await;
    let changes = batches::changes(&mut world.store.read().await.unwrap(), blueprint, &batch, &all).await.unwrap();
    let told: Vec<i64> = changes.into_keys().collect();
    assert_eq!(told, (1..=50).collect::<Vec<_>>());
}

#[tokio::test]
async fn who_is_deleted_or_locked_between_the_look_and_their_turn_has_an_outcome_of_their_own() {
    let world = World::new().await;
    let admin = world.admin().await;
    let crowd = world.crowd(5, "viewer").await;
    let suspend = world.batch(admin, Deed::Suspend, Selection::Picked(crowd.clone())).await;
    let lock = world.batch(admin, Deed::Lock, Selection::Picked(crowd.clone())).await;
    assert_eq!((world.state_of(suspend).await.fitting, world.state_of(lock).await.fitting), (5, 5), "it looked so");
    // One is erased altogether by the time that it is done.
    world.does(admin, crowd[2], Deed::Delete).await.unwrap();
    world.clock.advance(super::world::DAY * 31);
    crate::lifecycle::purge_some(&world.store, world.context()).await.unwrap();
    world.does(admin, crowd[0], Deed::Delete).await.unwrap();
    world.does(admin, crowd[1], Deed::Lock).await.unwrap();
    let (deleted, purged) = (Outcome::Refused(Refusal::Deleted), Outcome::Refused(Refusal::Purged));
    let already = Outcome::Refused(Refusal::AlreadySo);
    for (id, expected) in [
        (lock, [deleted, already, purged, Outcome::Changed, Outcome::Changed]),
        (suspend, [deleted, Outcome::Changed, purged, Outcome::Changed, Outcome::Changed]),
    ] {
        let changed = i64::try_from(expected.iter().filter(|outcome| **outcome == Outcome::Changed).count()).unwrap();
        let done = world.run(admin, id).await;
        assert_eq!((done.state, done.come_to, done.changed), (BatchState::Done, 5, changed));
        assert_eq!(done.refused(), 5 - changed);
        let outcomes = world.outcomes(id).await;
        assert_eq!(crowd.iter().map(|member| outcomes[member]).collect::<Vec<_>>(), expected);
    }
    for member in &crowd[3..] {
        let found = world.get(*member).await;
        assert!(found.locked && found.lifecycle == Lifecycle::Suspended, "{member}: it went on");
    }
    assert_eq!(world.get(crowd[2]).await.lifecycle, Lifecycle::Purged);
}

#[tokio::test]
async fn pp_05_a_batch_tells_what_it_will_change_and_what_it_has_changed() {
    let world = World::new().await;
    let admin = world.admin().await;
    let set = |keys: &[&str]| keys.iter().map(ToString::to_string).collect::<std::collections::BTreeSet<_>>();
    let (mina, bo) = (
        world.member("Mina", MemberState::Active, &["viewer", "supplier"]).await,
        world.member("Bo", MemberState::Active, &["editor"]).await,
    );
    let deed = Deed::Roles { how: HowRoles::Set, roles: set(&["editor"]) };
    let id = world.batch(admin, deed, Selection::Picked(vec![mina, bo])).await;
    let told = async |id| {
        let (batch, mut read) = (world.state_of(id).await, world.store.read().await.unwrap());
        let items = batches::items(&mut read, id, None, 0).await.unwrap().items;
        let blueprint = &world.context().tenant.blueprint;
        batches::changes(&mut read, blueprint, &batch, &items).await.unwrap().into_values().collect::<Vec<_>>()
    };
    let exchange = |give: &[&str], take: &[&str]| batches::Change::Roles { give: set(give), take: set(take) };
    let ahead = exchange(&["editor"], &["viewer", "supplier"]);
    assert_eq!(
        told(id).await,
        std::slice::from_ref(&ahead),
        "nothing changes for somebody who has these and no others"
    );
    // What somebody else does meanwhile counts.
    world.does(admin, mina, Deed::Roles { how: HowRoles::Remove, roles: set(&["viewer"]) }).await.unwrap();
    assert_eq!(told(id).await, [exchange(&["editor"], &["supplier"])]);
    world.run(admin, id).await;
    assert_eq!(told(id).await, [exchange(&["editor"], &["supplier"])], "what was done");
    let undo = batches::undo(&world.store, world.context(), admin, id).await.unwrap();
    world.work().await;
    assert_eq!(told(undo).await, [exchange(&["supplier"], &["editor"])]);
    // A switch tells from where to where.
    let deed = Deed::Switch { to: None, compromised: false, preset: None };
    world.does(admin, bo, Deed::Switch { to: Some("contoso".into()), compromised: false, preset: None }).await.unwrap();
    let id = world.batch(admin, deed, Selection::Picked(vec![bo])).await;
    let change = batches::Change::Provider { from: Some("contoso".into()), to: None };
    assert_eq!(told(id).await, std::slice::from_ref(&change));
    world.run(admin, id).await;
    assert_eq!(told(id).await, [change]);
    let id = world.batch(admin, Deed::Lock, Selection::Picked(vec![bo])).await;
    assert_eq!(told(id).await, [], "the same for all");
    assert_eq!(world.misplaced().await, 0);
}

#[tokio::test]
async fn the_last_administrator_is_nobodys_batch_item() {
    let world = World::new().await;
    // They are come to by their ids: the other one first, and then whoever does it.
    let mut two = [world.admin().await, world.member("Bo", MemberState::Active, &["administrator"]).await];
    two.sort();
    let [bo, ada] = two;
    let take = Deed::Roles { how: HowRoles::Set, roles: ["viewer".to_owned()].into() };
    let id = world.batch(ada, take, Selection::Picked(vec![bo, ada])).await;
    let done = world.run(ada, id).await;
    assert_eq!((done.changed, done.refused()), (1, 1));
    let outcomes = world.outcomes(id).await;
    assert_eq!((outcomes[&bo], outcomes[&ada]), (Outcome::Changed, Outcome::Refused(Refusal::LastAdministrator)));
}

#[tokio::test]
async fn a_selection_that_is_none_is_refused() {
    let world = World::new().await;
    let admin = world.admin().await;
    let make = |selection| batches::create(&world.store, world.context(), admin, Deed::Lock, selection);
    assert!(matches!(make(Selection::Picked(vec![])).await, Err(CreateError::Nobody)));
    let many = (0..1_001).map(|n| MemberId(uuid::Uuid::from_u128(n))).collect();
    assert!(matches!(make(Selection::Picked(many)).await, Err(CreateError::TooMany)));
    let unknown = make(Selection::Search("isNonsense:true mina".into())).await;
    assert!(matches!(unknown, Err(CreateError::NotUnderstood(words)) if words == ["isNonsense:true"]));
    // A search that finds nobody is a batch of nobody.
    let id = world.batch(admin, Deed::Lock, Selection::Search("role:supplier".into())).await;
    let nobody = world.run(admin, id).await;
    assert_eq!((nobody.state, nobody.items), (BatchState::Done, 0));
}

#[tokio::test]
async fn rel_19_open_batches_have_a_bound_and_what_is_over_goes() {
    let world = World::new().await;
    let admin = world.admin().await;
    world.member("bo", MemberState::Active, &["viewer"]).await;
    let make = || batches::create(&world.store, world.context(), admin, Deed::Lock, Selection::Search("bo".into()));
    let first = make().await.unwrap();
    for _ in 1..batches::MOST_OPEN {
        make().await.unwrap();
    }
    assert!(matches!(make().await, Err(CreateError::TooManyOpen)));
    // Whoever stops one may make another.
    batches::cancel(&world.store, world.context(), admin, first).await.unwrap();
    let done = make().await.unwrap();
    world.work().await;
    world.run(admin, done).await;
    let batches = async || world.count("SELECT COUNT(*) FROM batch WHERE tenant_id = $1").await;
    let items = async || world.count("SELECT COUNT(*) FROM batch_item WHERE tenant_id = $1").await;
    let sweep = async || while housekeeping::sweep(&world.store, world.context().now).await.unwrap() {};
    sweep().await;
    assert_eq!(batches().await, batches::MOST_OPEN + 1, "nothing is over");
    world.clock.advance(DAY * 31);
    sweep().await;
    assert_eq!((batches().await, items().await), (1, 1), "whose word nobody gave; what was done is kept");
    world.clock.advance(DAY * 335);
    sweep().await;
    assert_eq!((batches().await, items().await), (0, 0));
}

#[tokio::test]
async fn pp_08_what_somebody_waits_to_look_at_does_not_wait_for_what_others_do() {
    let world = World::new().await;
    let admin = world.admin().await;
    let crowd = world.crowd(120, "viewer").await;
    let long = world.batch(admin, Deed::Lock, Selection::Picked(crowd)).await;
    let next = world.batch(admin, Deed::Suspend, Selection::Search("Crowd0001".into())).await;
    let (create, context) = (batches::create, || world.context());
    // The word is given the other way round.
    for id in [next, long] {
        batches::start(&world.store, context(), admin, id).await.unwrap();
        world.clock.advance(DAY);
    }
    let search = Selection::Search("Crowd0002".into());
    let looked = create(&world.store, context(), admin, Deed::Suspend, search).await.unwrap();
    batches::tick(&world.store, context(), &world.pace).await.unwrap();
    // What is done is done in the order of who gave the word: whoever speaks last has the last one.
    assert_eq!((world.state_of(long).await.come_to, world.state_of(next).await.come_to), (0, 1));
    assert_eq!(world.state_of(looked).await.items, 1, "the preview goes on beside it");
    batches::tick(&world.store, context(), &world.pace).await.unwrap();
    let (looked, long) = (world.state_of(looked).await, world.state_of(long).await);
    assert_eq!((looked.state, long.come_to), (BatchState::Ready, 50), "nor does anything wait for the preview");
}
