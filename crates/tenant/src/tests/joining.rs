use super::world::{DAY, World};
use crate::access::Entry;
use crate::lifecycle::{Deed, Denied, Refusal, ask_again};
use crate::logins::SignIn;
use crate::members::{Authorization, MemberFilter, MemberId, MemberState, Place};
use crate::requests::{Due, announce, inbox, possible_duplicates, set_message};
use crate::sessions::resume;
use crate::{members, roles};

#[tokio::test]
async fn pp_02_a_stranger_becomes_a_member_to_review_once_and_is_approved_with_a_role() {
    let world = World::new().await;
    let admin = world.admin().await;
    let arrivals = (0..32).map(|_| world.arrives("Mina"));
    for signed_in in futures_util::future::join_all(arrivals).await {
        assert!(matches!(signed_in, SignIn::In { entry: Entry::Standing { .. }, .. }), "{signed_in:?}");
    }
    let waiting = inbox(&mut world.store.read().await.unwrap(), None).await.unwrap();
    assert_eq!((waiting.rows.len(), waiting.total), (1, 1), "32 first sign-ins at once make one member");
    let (session, mina) = world.enters("Mina").await;
    assert_eq!(world.get(mina).await.version, 1);

    let approved = world.approves(admin, mina, "editor").await.unwrap();
    assert_eq!((approved.state(), approved.version, approved.epoch), (MemberState::Active, 2, 2));
    assert_eq!(roles::of_member(&mut world.store.read().await.unwrap(), mina).await.unwrap(), ["editor"]);
    assert_eq!(world.mails("member.approved").await, 1);
    assert!(resume(&world.store, &world.context(), session).await.unwrap().is_none(), "the session of before is void");

    let (session, _) = world.enters("Mina").await;
    let visitor = resume(&world.store, &world.context(), session).await.unwrap().unwrap();
    assert_eq!(visitor.entry, Entry::Admit);
    assert!(visitor.rights.has("assets.edit") && !visitor.rights.has("members.view"));
    assert!(world.audited(mina).await.contains(&"member.approved".to_owned()));
}

#[tokio::test]
async fn of_two_administrators_at_once_one_decides_and_the_other_is_told() {
    let world = World::new().await;
    let (one, two) = (world.admin().await, world.member("Bo", MemberState::Active, &["administrator"]).await);
    for round in 0..8 {
        let (_, person) = world.enters(&format!("Person{round}")).await;
        let decisions = (0..32).map(|index| {
            let world = &world;
            async move {
                if index % 2 == 0 {
                    world.approves(one, person, "viewer").await
                } else {
                    world.does(two, person, Deed::Reject { reason: "full".into() }).await
                }
            }
        });
        let answers = futures_util::future::join_all(decisions).await;
        assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
        for answer in answers.iter().filter(|answer| answer.is_err()) {
            assert!(matches!(answer, Err(Denied::Refused(Refusal::NothingToDecide))), "{answer:?}");
        }
        let member = world.get(person).await;
        assert_eq!((member.version, member.epoch), (2, 2));
        let held = roles::of_member(&mut world.store.read().await.unwrap(), person).await.unwrap();
        assert_eq!(held.is_empty(), member.authorization == Authorization::Rejected, "the loser left nothing behind");
    }
    assert_eq!(world.mails("member.approved").await + world.mails("member.rejected").await, 8);
}

#[tokio::test]
async fn pp_20_who_was_rejected_reads_why_and_asks_again_when_the_time_has_come() {
    let world = World::new().await;
    let admin = world.admin().await;
    let (_, mina) = world.enters("Mina").await;
    assert!(matches!(world.does(admin, mina, Deed::Reject { reason: " \n".into() }).await, Err(Denied::NoReason)));
    world.does(admin, mina, Deed::Reject { reason: "Ask your studio first.".into() }).await.unwrap();
    assert_eq!(world.mails("member.rejected").await, 1);

    let (session, _) = world.enters("Mina").await;
    let visitor = resume(&world.store, &world.context(), session).await.unwrap().unwrap();
    let Entry::Rejected(told) = visitor.entry else { panic!("{:?}", visitor.entry) };
    assert_eq!((told.reason.as_str(), told.may_ask_now), ("Ask your studio first.", false));
    let early = ask_again(&world.store, world.context(), mina, None).await;
    assert!(matches!(early, Err(Denied::Refused(Refusal::NotYet))), "{early:?}");

    world.clock.advance(DAY * 7);
    let (session, _) = world.enters("Mina").await;
    let again = ask_again(&world.store, world.context(), mina, Some(session)).await.unwrap();
    let visitor = resume(&world.store, &world.context(), session).await.unwrap().expect("who asks stays signed in");
    assert!(matches!(visitor.entry, Entry::Standing { .. }));
    assert_eq!((again.state(), again.requested_at), (MemberState::ToReview, Some(world.context().now)));
    let twice = ask_again(&world.store, world.context(), mina, None).await;
    assert!(matches!(twice, Err(Denied::Refused(Refusal::NotRejected))), "{twice:?}");
    world.clock.advance(DAY);
    world.approves(admin, mina, "viewer").await.unwrap();
    let story = ["member.requested", "member.rejected", "member.asked_again", "member.approved"];
    let audited = world.audited(mina).await;
    let decided: Vec<&str> = audited.iter().map(String::as_str).filter(|action| story.contains(action)).collect();
    assert_eq!(decided, story);
}

#[tokio::test]
async fn az_rights_are_those_of_the_moment_and_nobody_gives_what_they_lack() {
    let world = World::new().await;
    let admin = world.admin().await;
    let editor = world.member("Ed", MemberState::Active, &["editor"]).await;
    let locked = world.member("Lo", MemberState::Locked, &["administrator"]).await;
    let gone = world.member("Go", MemberState::Deleted, &["administrator"]).await;
    let (_, mina) = world.enters("Mina").await;
    let try_as = |by: MemberId, role: &'static str| {
        let world = &world;
        async move { world.approves(by, mina, role).await }
    };
    for by in [editor, locked, gone, mina, MemberId(uuid::Uuid::from_u128(99))] {
        assert!(matches!(try_as(by, "viewer").await, Err(Denied::Forbidden)), "{by}");
    }
    assert!(matches!(try_as(admin, "owner").await, Err(Denied::UnknownRole)));
    let nobody = MemberId(uuid::Uuid::from_u128(98));
    let unknown = world.approves(admin, nobody, "viewer").await;
    assert!(matches!(unknown, Err(Denied::NotFound)));
    assert_eq!(world.get(mina).await.version, 1, "nothing of all this left a trace");
    try_as(admin, "viewer").await.unwrap();
}

#[tokio::test]
async fn another_tenants_members_do_not_exist_here() {
    let world = World::new().await;
    let admin = world.admin().await;
    let mut elsewhere = world.other.read().await.unwrap();
    assert_eq!(members::by_id(&mut elsewhere, admin).await.unwrap(), None);
    assert_eq!(
        members::list_members(&mut elsewhere, &MemberFilter::default(), &Place::Start).await.unwrap().total,
        Some(0)
    );
    assert_eq!(inbox(&mut elsewhere, None).await.unwrap().total, 0);
}

#[tokio::test]
async fn locking_ends_sessions_at_once_and_unlocking_lets_in_again() {
    let world = World::new().await;
    let admin = world.admin().await;
    let mina = world.member("Mina", MemberState::Active, &["viewer"]).await;
    let (session, _) = world.enters("Mina").await;
    assert!(matches!(world.does(admin, admin, Deed::Lock).await, Err(Denied::Refused(Refusal::Yourself))));
    assert!(matches!(world.does(mina, admin, Deed::Lock).await, Err(Denied::Forbidden)));
    world.does(admin, mina, Deed::Lock).await.unwrap();
    assert!(resume(&world.store, &world.context(), session).await.unwrap().is_none());
    assert!(matches!(world.arrives("Mina").await, SignIn::Closed(crate::access::Closed::Locked)));
    world.does(admin, mina, Deed::Unlock).await.unwrap();
    assert!(resume(&world.store, &world.context(), session).await.unwrap().is_none(), "a session does not revive");
    world.enters("Mina").await;
    assert_eq!((world.mails("member.locked").await, world.mails("member.unlocked").await), (1, 1));
}

#[tokio::test]
async fn administrators_get_one_gathered_mail_and_none_twice() {
    let world = World::new().await;
    world.enters("Early").await;
    assert_eq!(announce(&world.store, world.context(), Due::Any).await.unwrap(), 0, "nobody may review yet");
    world.admin().await;
    world.member("Bo", MemberState::Active, &["administrator", "editor"]).await;
    world.member("Ed", MemberState::Active, &["editor"]).await;
    world.member("Lo", MemberState::Locked, &["administrator"]).await;
    world.enters("Mina").await;
    assert_eq!(announce(&world.store, world.context(), Due::Now).await.unwrap(), 0, "not yet due");
    world.clock.advance(DAY);
    assert_eq!(
        announce(&world.store, world.context(), Due::Now).await.unwrap(),
        2,
        "one each for Ada and Bo, about both"
    );
    assert_eq!(announce(&world.store, world.context(), Due::Any).await.unwrap(), 0);
    world.enters("Third").await;
    world.clock.advance(std::time::Duration::from_secs(121));
    let ticks = (0..8).map(|_| announce(&world.store, world.context(), Due::Now));
    let sent: usize = futures_util::future::join_all(ticks).await.into_iter().map(Result::unwrap).sum();
    assert_eq!(sent, 2, "of several workers one writes");
    assert_eq!(world.mails("requests.gathered").await, 4);
}

#[tokio::test]
async fn a_message_can_be_added_while_the_request_waits() {
    let world = World::new().await;
    let admin = world.admin().await;
    let (_, mina) = world.enters("Mina").await;
    set_message(&world.store, world.context(), mina, "I am Jo's colleague.\r\nThank you!").await.unwrap();
    assert_eq!(world.get(mina).await.request_text, "I am Jo's colleague.\nThank you!");
    world.approves(admin, mina, "viewer").await.unwrap();
    let late = set_message(&world.store, world.context(), mina, "late").await;
    assert!(matches!(late, Err(Denied::Refused(Refusal::NothingToDecide))));
}

#[tokio::test]
async fn the_same_address_is_pointed_out_and_never_linked() {
    let world = World::new().await;
    let mina = world.member("Mina", MemberState::Active, &["viewer"]).await;
    let mut arrival = world.arrival("Mina");
    arrival.subject = "somebody-else".into();
    crate::logins::sign_in(&world.store, world.context(), arrival).await.unwrap();
    let mut read = world.store.read().await.unwrap();
    let second = members::by_subject(&mut read, "somebody-else").await.unwrap().unwrap();
    assert_ne!(second.id, mina, "PH-06: the address finds nobody");
    let duplicates = possible_duplicates(&mut read, &second).await.unwrap();
    assert_eq!(duplicates.iter().map(|member| member.id).collect::<Vec<_>>(), [mina]);
}
