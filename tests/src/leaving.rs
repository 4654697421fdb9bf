//! Leaving a tenant by oneself, and the fresh proof that it takes.

use tenant::members::MemberState;

use crate::harness::{MINUTE, Person, Place, World};

/// Somebody who is in, on their profile.
async fn at_profile(world: &World, name: &str, at: &Place, roles: &[&str]) -> Person {
    let mut person = world.member(name, at, MemberState::Active, roles).await;
    person.enters(at).await.opens(&at.url("/profile")).await;
    person
}

#[tokio::test]
async fn pp_14_a_member_asks_for_their_own_deletion_and_is_out_at_once() {
    let world = World::new().await;
    let mut admin = world.admin_of(&world.acme).await;
    let mut bob = at_profile(&world, "bob", &world.acme, &["viewer"]).await;
    let other = world.member("ann", &world.acme, MemberState::Active, &["administrator"]).await;
    let locked = world.member("lou", &world.acme, MemberState::Locked, &["administrator"]).await;
    let may_not = [
        world.member("vera", &world.acme, MemberState::Active, &["viewer"]).await,
        world.member("sam", &world.acme, MemberState::Active, &["support"]).await,
    ];
    let mut elsewhere = bob.elsewhere(&world);
    elsewhere.enters(&world.acme).await.sees("Viewer");
    // Who had asked for it and was deleted is not waited for.
    world.member("gone", &world.acme, MemberState::Active, &["viewer"]).await;
    let gone = "UPDATE member SET authorization_state = 'user_deletion', locked = TRUE, lifecycle = 'deleted' WHERE given_name = 'Gone'";
    world.tenant_change(&world.acme, gone).await;
    let before = world.mails_to(&other.email).await.len();
    bob.clicks("leave").await.is("/leave").sees("for 30 days").sees("Its administrators get a mail");
    bob.submits("leave-now", &[]).await.is("/leave/done").sees("An administrator of Acme Library deletes you");
    let now_out = elsewhere.get(world.acme.url("/profile")).await;
    assert_eq!(now_out.status, 303, "signed out everywhere here");
    bob.opens(&world.acme)
        .await
        .is("/login/accounts")
        .submits("choose", &[])
        .await
        .is("/closed/inactive")
        .sees("Your account is inactive here");
    let told = world.mails_to(&admin.email).await;
    assert!(told.last().unwrap().letter.subject.contains("Bob Doe"), "{:?}", told.last().unwrap().letter.subject);
    assert!(world.mails_to(&bob.email).await.is_empty(), "no mail to the user at all");
    assert_eq!(world.mails_to(&other.email).await.len(), before + 1, "every member who manages users");
    for one in may_not.iter().chain([&locked]) {
        let theirs = world.mails_to(&one.email).await;
        assert!(theirs.iter().all(|mail| !mail.letter.subject.contains("Bob Doe")), "{}", one.email);
    }
    assert_eq!(world.identity_count("SELECT COUNT(*) FROM membership WHERE state = 'locked'").await, 2);
    let asked = "SELECT COUNT(*) FROM audit_entry WHERE action = 'member.deletion_asked'";
    assert_eq!(world.tenant_count(&world.acme, asked).await, 1);
    // Whoever decides finds it at home, and in the list.
    admin.opens(&world.acme.url("/")).await.sees("Waiting to be deleted, or kept: 1").clicks("see-leaving").await;
    assert!(admin.text_of("members").contains("Asked for their own deletion"), "{}", admin.text_of("members"));
    assert_eq!(admin.page.every("#members tbody tr", |_| ()).len(), 1);
    // The administrator's side: no plain unlock; keeping brings them back.
    admin.opens(&world.acme.url("/members")).await.follows("Bob Doe").await.sees("Asked for their own deletion");
    assert!(!admin.page.has("unlock") && admin.page.has("delete"));
    admin.submits("keep", &[]).await;
    bob.opens(&world.acme).await.submits("choose", &[]).await.sees("Viewer");
}

#[tokio::test]
async fn pp_14_the_last_administrator_and_those_kept_elsewhere_cannot_leave() {
    let world = World::new().await;
    let mut admin = world.admin_of(&world.acme).await;
    let csrf = admin.opens(&world.acme.url("/profile")).await.csrf();
    admin.clicks("leave").await.answers(409).sees("Nobody would be left");
    admin.post(world.acme.url("/leave"), &[("csrf", &csrf)]).await.answers(409);
    let mut kept = at_profile(&world, "kim", &world.acme, &["viewer"]).await;
    let keep = "UPDATE member SET kept_by = 'Directory' WHERE given_name = 'Kim'";
    world.tenant_change(&world.acme, keep).await;
    let csrf = kept.csrf();
    kept.clicks("leave").await.answers(409).sees("kept elsewhere");
    kept.post(world.acme.url("/leave"), &[("csrf", &csrf)]).await.answers(409);
    let asked = "SELECT COUNT(*) FROM member WHERE authorization_state = 'user_deletion'";
    assert_eq!(world.tenant_count(&world.acme, asked).await, 0);
    // With a second administrator, the first may go.
    world.admin_of(&world.acme).await;
    admin.opens(&world.acme.url("/leave")).await.submits("leave-now", &[]).await.is("/leave/done");
}

#[tokio::test]
async fn pp_14_where_the_blueprint_has_no_self_deletion_there_is_no_such_page() {
    let world = World::new().await;
    let mut tess = at_profile(&world, "tess", &world.studio, &["member"]).await;
    assert!(!tess.page.has("leave"));
    let csrf = tess.csrf();
    tess.get(world.studio.url("/leave")).await.answers(404);
    tess.post(world.studio.url("/leave"), &[("csrf", &csrf)]).await.answers(404);
    tess.get(world.studio.url("/leave/done")).await.answers(404);
}

#[tokio::test]
async fn in_05_leaving_takes_a_proof_of_the_last_five_minutes() {
    let world = World::new().await;
    world.admin_of(&world.acme).await;
    let mut bob = at_profile(&world, "bob", &world.acme, &["viewer"]).await;
    let csrf = bob.csrf();
    world.passes(6 * MINUTE);
    // The browser that was left open: neither the page nor a form sent past it does anything.
    bob.clicks("leave").await.is("/leave").sees("First, show that it’s you");
    assert!(!bob.page.has("leave-now"));
    let sent = bob.post(world.acme.url("/leave"), &[("csrf", &csrf)]).await;
    assert_eq!((sent.status, sent.location().unwrap().path().to_owned()), (303, "/leave".to_owned()));
    let asked = "SELECT COUNT(*) FROM member WHERE authorization_state = 'user_deletion'";
    assert_eq!(world.tenant_count(&world.acme, asked).await, 0);
    // A sign-in that needs no proof does not help: the identity server's session is as old as before.
    bob.opens(&world.acme.url("/auth/login?return_to=/leave")).await.is("/leave").sees("First, show");
    // The control: password, back on the page, done.
    bob.clicks("prove").await.is("/login");
    bob.proves_who_they_are().await.is("/leave").submits("leave-now", &[]).await.is("/leave/done");
    assert_eq!(world.tenant_count(&world.acme, asked).await, 1);
}

#[tokio::test]
async fn in_05_a_request_for_a_fresh_proof_cannot_be_answered_with_an_old_one() {
    let world = World::new().await;
    let mut bob = at_profile(&world, "bob", &world.acme, &["viewer"]).await;
    world.passes(6 * MINUTE);
    // Somebody takes `prompt` and `max_age` out of the authorization request on its way.
    let begun = bob.get(world.acme.url("/auth/login?return_to=/leave&fresh=1")).await;
    let mut weaker = begun.location().unwrap();
    let pairs: Vec<(String, String)> = weaker.query_pairs().into_owned().collect();
    assert!(pairs.contains(&("prompt".into(), "login".into())) && pairs.contains(&("max_age".into(), "0".into())));
    let kept = pairs.into_iter().filter(|(name, _)| name != "prompt" && name != "max_age");
    weaker.query_pairs_mut().clear().extend_pairs(kept);
    bob.opens(weaker.as_str()).await.is("/auth/callback").answers(403).sees("That sign-in was not fresh");
    bob.opens(&world.acme.url("/leave")).await.sees("First, show");
}
