//! Many switched at once: what a look says of each, and what changes between two chunks.

use store::{StoreError, params};

use super::owning::role;
use super::switching::to;
use super::world::{DAY, MINUTE, World};
use crate::Pace;
use crate::batches::{self, BatchState};
use crate::lifecycle::{Deed, Denied};
use crate::logins::{Arrival, SignIn};
use crate::members::MemberState;
use crate::providers;

#[tokio::test]
async fn sw_05_a_provider_disabled_between_two_chunks_of_a_batch_takes_nobody_more() {
    let mut world = World::new().await;
    world.pace = Pace::begins_with(2);
    let ada = world.admin().await;
    let mut people = Vec::new();
    for name in ["A", "B", "C", "D", "E"] {
        people.push(world.member(name, MemberState::Active, &["viewer"]).await);
    }
    let id = world.makes(ada, to("contoso"), &people).await;
    world.sorts(&[], &[]).await;
    batches::start(&world.store, world.context(), ada, id).await.unwrap();
    batches::tick(&world.store, world.context(), &world.pace).await.unwrap();
    assert_eq!(world.look_up(id).await.changed, 2, "the first chunk");
    while batches::tick(&world.store, world.without("contoso"), &world.pace).await.unwrap() {}
    let came = world.came_to(id).await;
    let mut words: Vec<_> = came.values().copied().collect();
    words.sort_unstable();
    assert_eq!(words, ["changed", "changed", "provider_disabled", "provider_disabled", "provider_disabled"]);
    let done = world.look_up(id).await;
    assert_eq!((done.state, done.changed, done.refused()), (BatchState::Done, 2, 3));
    // Each is let in by one of the two: nobody by both, nobody by none.
    for (name, member) in ["A", "B", "C", "D", "E"].into_iter().zip(&people) {
        let now = world.get(*member).await;
        assert_eq!(now.provider.is_some(), came[member] == "changed", "{name}");
        let by_account = world.comes(world.by(name, "platform", now.version)).await;
        assert_eq!(matches!(by_account, SignIn::In { .. }), now.provider.is_none(), "{name}");
        if now.provider.is_some() {
            let by_it = world.comes(world.by(name, "contoso", now.version)).await;
            assert!(matches!(by_it, SignIn::In { .. }), "{name}: {by_it:?}");
        }
    }
    // The control: enabled again, the rest moves.
    let again = world.makes(ada, to("contoso"), &people).await;
    world.sorts(&[], &[]).await;
    world.runs(ada, again).await;
    assert_eq!(world.look_up(again).await.changed, 3);
}

#[tokio::test]
async fn pp_06_az_03_the_look_of_a_batch_says_who_stays_as_they_are_and_why() {
    let world = World::with(|blueprint| role(blueprint, "keeper", &["members.manage", "assets.view"])).await;
    let ada = world.admin().await;
    let kim = world.member("Kim", MemberState::Active, &["keeper"]).await;
    let bea = world.member("Bea", MemberState::Active, &["administrator"]).await;
    let mut people = vec![bea];
    for name in ["Kept", "Glass", "Mina"] {
        people.push(world.member(name, MemberState::Active, &["viewer"]).await);
    }
    let kept = "UPDATE member SET kept_by = 'directory' WHERE tenant_id = $1 AND id = $2";
    let keeps = world.store.write::<_, _, StoreError, _>(people[1], move |mut tx, id| {
        Box::pin(async move { tx.execute(kept, params![id]).await })
    });
    assert_eq!(keeps.await.unwrap(), 1);
    providers::set(&world.store, world.context(), ada, people[2], true).await.unwrap();
    let expected = |mina| people.iter().copied().zip(["superior", "kept_elsewhere", "break_glass", mina]).collect();
    let id = world.makes(kim, to("contoso"), &people).await;
    world.sorts(&[], &[]).await;
    assert_eq!((world.came_to(id).await, world.look_up(id).await.fitting), (expected("needs_proof"), 1));
    world.runs(kim, id).await;
    assert_eq!((world.came_to(id).await, world.look_up(id).await.changed), (expected("changed"), 1));
    for (member, provider) in people.iter().zip([None, None, None, Some("contoso")]) {
        assert_eq!(world.get(*member).await.provider.as_deref(), provider);
    }
    // The control: for whoever has the rights, the superior fits.
    let id = world.makes(ada, to("contoso"), &people[..1]).await;
    world.sorts(&["Bea"], &[]).await;
    assert_eq!(world.came_to(id).await[&bea], "will_link");
}

#[tokio::test]
async fn sw_01_a_batch_as_compromised_says_so_of_each_and_takes_who_is_there_already() {
    let world = World::new().await;
    let ada = world.admin().await;
    let mina = world.member("Mina", MemberState::Active, &["viewer"]).await;
    let bo = world.member("Bo", MemberState::Active, &["viewer"]).await;
    world.switches(ada, bo, "contoso").await;
    world.tells().await;
    let deed = Deed::Switch { to: Some("contoso".into()), compromised: true, preset: None };
    let id = world.makes(ada, deed, &[mina, bo]).await;
    let asked = batches::unsorted(&mut world.store.read().await.unwrap(), &world.context()).await.unwrap().unwrap();
    assert!(asked.compromised, "what was claimed before counts for nothing: the identity server is told so");
    assert_eq!(asked.subjects().len(), 2);
    world.sorts(&[], &[]).await;
    assert_eq!(world.came_to(id).await, [(mina, "needs_proof"), (bo, "needs_proof")].into_iter().collect());
    world.runs(ada, id).await;
    assert_eq!(world.look_up(id).await.changed, 2);
    let told = serde_json::to_value(world.tells().await).unwrap();
    for member in [mina, bo] {
        let now = world.get(member).await;
        let one = told.as_array().unwrap().iter().find(|one| one["subject"] == now.subject.clone().unwrap()).unwrap();
        assert_eq!((now.provider.as_deref(), &one["compromised"]), (Some("contoso"), &true.into()));
        assert_eq!((&one["switched"], &one["compromised_version"]), (&now.version.into(), &now.version.into()));
    }
    // The control: without it, who is there already stays as they are.
    let again = world.makes(ada, to("contoso"), &[mina, bo]).await;
    assert_eq!(world.sorts(&[], &[]).await, 0, "nobody is asked about");
    assert_eq!(world.came_to(again).await, [(mina, "already_so"), (bo, "already_so")].into_iter().collect());
}

#[tokio::test]
async fn id_03_a_list_of_subjects_says_who_is_who() {
    let world = World::new().await;
    let ada = world.admin().await;
    let mut people = Vec::new();
    for name in ["Mina", "Bo", "Cleo"] {
        people.push(world.member(name, MemberState::Active, &["viewer"]).await);
    }
    let search = batches::Selection::Search("role:viewer".into());
    let id = batches::create(&world.store, world.context(), ada, to("contoso"), search).await.unwrap();
    while batches::tick(&world.store, world.context(), &world.pace).await.unwrap() {}
    world.sorts(&[], &["Mina", "Bo", "Cleo"]).await;
    assert_eq!(world.look_up(id).await.fitting, 0, "nobody could prove anything");
    let list = format!("who,subject\n{},upn-1\nBO@people.example,upn-2\nother@people.example,upn-3\n", people[0]);
    let list = batches::read_matches(list.as_bytes()).unwrap();
    let mina_gives = batches::give_matches(&world.store, world.context(), people[0], id, list.clone()).await;
    assert!(matches!(mina_gives, Err(Denied::Forbidden)));
    batches::give_matches(&world.store, world.context(), ada, id, list).await.unwrap();
    world.clock.advance(MINUTE);
    assert_eq!(world.sorts(&[], &[]).await, 0, "the list says it all");
    let expected = [(people[0], "will_link"), (people[1], "will_link"), (people[2], "no_match")];
    assert_eq!(world.came_to(id).await, expected.into_iter().collect());
    world.runs(ada, id).await;
    let presets: Vec<_> = futures_util::future::join_all(people.iter().map(|id| world.get(*id))).await;
    let presets: Vec<_> = presets.iter().map(|it| (it.provider.as_deref(), it.preset_subject.as_deref())).collect();
    assert_eq!(presets, [(Some("contoso"), Some("upn-1")), (Some("contoso"), Some("upn-2")), (None, None)]);
    world.clock.advance(DAY * 2);
    crate::housekeeping::sweep(&world.store, world.context().now).await.unwrap();
    assert_eq!(world.count("SELECT COUNT(*) FROM batch_match WHERE tenant_id = $1").await, 0, "the list goes");
}

#[tokio::test]
async fn tn_01_a_list_names_nobody_by_an_address_that_a_provider_merely_states() {
    let world = World::new().await;
    let ada = world.admin().await;
    let mina = world.member("Mina", MemberState::Active, &["viewer"]).await;
    let eve = world.member("Eve", MemberState::Active, &["viewer"]).await;
    let mut states = Arrival { email_verified: false, ..world.by("Eve", "acme.corp", 0) };
    states.profile.email = "mina@people.example".into();
    assert!(matches!(world.comes(states).await, SignIn::In { .. }));
    let id = world.makes(ada, to("contoso"), &[mina, eve]).await;
    while batches::tick(&world.store, world.context(), &world.pace).await.unwrap() {}
    world.sorts(&[], &["Mina", "Eve"]).await;
    let by_address = batches::read_matches(b"mina@people.example,upn-1\n").unwrap();
    batches::give_matches(&world.store, world.context(), ada, id, by_address).await.unwrap();
    world.clock.advance(MINUTE);
    world.sorts(&[], &[]).await;
    assert_eq!(world.came_to(id).await, [(mina, "will_link"), (eve, "no_match")].into_iter().collect());
    // The control: whoever makes the list may name them by their id.
    let by_id = batches::read_matches(format!("{eve},upn-1\n").as_bytes()).unwrap();
    batches::give_matches(&world.store, world.context(), ada, id, by_id).await.unwrap();
    world.clock.advance(MINUTE);
    world.sorts(&[], &[]).await;
    assert_eq!(world.came_to(id).await, [(mina, "no_match"), (eve, "will_link")].into_iter().collect());
}
