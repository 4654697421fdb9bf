//! The way into a tenant: joining, waiting, being let in or turned down, and a second door without a password.

use tenant::members::MemberState;

use crate::harness::{DAY, HOUR, SECOND, World};

#[tokio::test]
async fn pp_27_a_stranger_signs_up_on_the_way_in_and_waits_for_review() {
    let world = World::new().await;
    let mut alice = world.sign_up("alice").await;
    alice.is("/").sees("You asked to join Acme Library");
    alice.submits("send-message", &[("message", "Bob invited me")]).await;
    alice.opens(&world.acme).await.sees("To review").sees("Bob invited me");

    let mut admin = world.admin_of(&world.acme).await;
    admin.reviews(&world.acme, "Alice Doe").await.sees("alice@people.test");
    assert_eq!(admin.text_of("request-message"), "Bob invited me");
    alice.opens(&world.acme.url("/members")).await.answers(403);
}

#[tokio::test]
async fn pp_02_approved_with_a_role_a_person_gets_a_mail_and_is_in() {
    let world = World::new().await;
    let mut admin = world.admin_of(&world.acme).await;
    let mut alice = world.sign_up("alice").await;
    assert_eq!(world.mails_to(&admin.email).await.len(), 1, "the administrator hears of the request");

    admin.opens(&world.acme).await.sees("Requests").has("things-to-do");
    admin.reviews(&world.acme, "Alice Doe").await.submits("approve", &[("role", "editor")]).await.is("/requests");
    let mails = world.mails_to(&alice.email).await;
    assert_eq!(mails.last().unwrap().letter.subject, "You are in: Acme Library");
    assert!(mails.last().unwrap().letter.paragraphs.iter().any(|text| text.contains("Editor")));

    alice.opens(&mails.last().unwrap().letter.action.as_ref().unwrap().url).await;
    assert!(alice.text_of("own-roles").contains("Editor"), "{:?}", alice.page);
    assert_eq!(
        world
            .identity_texts("SELECT state || roles FROM membership WHERE state = 'active' AND roles LIKE '%editor%'")
            .await
            .len(),
        1
    );
}

#[tokio::test]
async fn pp_02_administrators_hear_of_several_requests_in_one_mail() {
    let world = World::new().await;
    let admin = world.admin_of(&world.acme).await;
    let studio_admin = world.admin_of(&world.studio).await;
    for name in ["alice", "bob"] {
        let mut person = world.account(name).await;
        person.enters(&world.acme).await.submits("allow", &[]).await.sees("You asked to join");
    }
    let mails = world.mails_to(&admin.email).await;
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].letter.subject, "2 people ask to join Acme Library");
    let text = mails[0].letter.paragraphs.join(" ");
    assert!(text.contains("Alice Doe") && text.contains("Bob Doe"), "{text}");
    assert!(world.mails_to(&studio_admin.email).await.is_empty(), "another tenant hears nothing");
}

#[tokio::test]
async fn pp_02_an_approval_needs_a_role_and_whoever_decides_second_is_told() {
    let world = World::new().await;
    let mut admin = world.admin_of(&world.acme).await;
    let mut other = world.admin_of(&world.acme).await;
    world.sign_up("alice").await;
    admin.reviews(&world.acme, "Alice Doe").await.submits("approve", &[("role", "")]).await.answers(422);
    admin.submits("approve", &[("role", "no-such-role")]).await.answers(422);
    other.reviews(&world.acme, "Alice Doe").await;
    admin.submits("approve", &[("role", "viewer")]).await.is("/requests");
    other.submits("reject", &[("reason", "too late")]).await.answers(409);
    let approved = "SELECT COUNT(*) FROM member WHERE tenant_id = $1 AND email = 'alice@people.test' AND authorization_state = 'reviewed'";
    assert_eq!(world.tenant_count(&world.acme, approved).await, 1);
}

#[tokio::test]
async fn pp_20_who_is_turned_down_reads_why_and_can_ask_again_later() {
    let world = World::new().await;
    let mut admin = world.admin_of(&world.acme).await;
    let mut alice = world.sign_up("alice").await;
    admin.reviews(&world.acme, "Alice Doe").await.submits("reject", &[("reason", " ")]).await.answers(422);
    admin.submits("reject", &[("reason", "We know no Alice.")]).await.is("/requests");
    let mail = world.mails_to(&alice.email).await.pop().unwrap();
    assert!(mail.letter.paragraphs.iter().any(|text| text.contains("We know no Alice.")));

    alice.opens(&world.acme).await;
    alice.enters(&world.acme).await;
    assert_eq!(alice.text_of("rejection-reason"), "We know no Alice.");
    assert!(!alice.has("ask-again") && alice.has("ask-again-from"));
    let (csrf, ask) = (alice.csrf(), world.acme.url("/ask-again"));
    alice.post(&ask, &[("csrf", &csrf)]).await.answers(409);

    world.passes(7 * DAY - HOUR);
    assert!(!alice.enters(&world.acme).await.has("ask-again"));
    world.passes(HOUR);
    alice.enters(&world.acme).await.submits("ask-again", &[]).await.sees("You asked to join");
    admin.enters(&world.acme.url("/requests")).await;
    admin.reviews(&world.acme, "Alice Doe").await.sees("We know no Alice.");
    admin.submits("approve", &[("role", "viewer")]).await;
    assert!(alice.enters(&world.acme).await.text_of("own-roles").contains("Viewer"));
}

#[tokio::test]
async fn pp_01_a_member_without_a_role_sees_their_own_profile_only() {
    let world = World::new().await;
    let mut bob = world.member("bob", &world.acme, MemberState::Active, &[]).await;
    bob.enters(&world.acme).await;
    assert!(bob.has("no-role"), "{:?}", bob.page);
    bob.opens(&world.acme.url("/profile")).await.answers(200).sees("bob@people.test");
    for path in ["/members", "/requests", "/roles"] {
        bob.opens(&world.acme.url(path)).await.answers(403);
    }
    let mut admin = world.admin_of(&world.acme).await;
    for path in ["/members", "/requests", "/roles"] {
        admin.opens(&world.acme.url(path)).await.answers(200);
    }
}

#[tokio::test]
async fn id_01_the_second_door_asks_no_password_but_once_for_the_link() {
    let world = World::new().await;
    let mut alice = world.member("alice", &world.acme, MemberState::Active, &["viewer"]).await;
    alice.enters(&world.acme).await.sees("Viewer");

    alice.opens(&world.studio).await.is("/join").sees("Nordlys Studio").sees("alice@people.test");
    assert!(!alice.passed("/login"), "{:?}", alice.trail);
    let links = "SELECT COUNT(*) FROM link";
    assert_eq!(world.identity_count(links).await, 1, "looking at the page joins nobody");
    alice.submits("allow", &[]).await.sees("You asked to join Nordlys Studio");
    assert_eq!(world.identity_count(links).await, 2);

    let mut elsewhere = alice.elsewhere(&world);
    elsewhere.enters(&world.studio).await.sees("You asked to join");
    assert!(!elsewhere.passed("/join"), "asked once only");
    elsewhere.opens(&world.acme).await.sees("Viewer");
    assert!(!elsewhere.passed("/login"));
}

#[tokio::test]
async fn id_01_the_menu_leads_to_all_instances_and_from_there_to_each() {
    let world = World::new().await;
    let mut alice = world.member("alice", &world.acme, MemberState::Active, &["viewer"]).await;
    world.make_member(&alice, &world.studio, MemberState::Active, &["member"]).await;
    alice.enters(&world.acme).await.follows("Other instances").await.is("/account/instances");
    alice.sees("Acme Library").sees("Nordlys Studio");
    let page = alice.page.clone();
    assert_eq!(page.find(&format!("#instances a[href='{}']", world.studio.base), |_| ()), Some(()));
    alice.opens(&world.studio).await.sees("Team member");
    assert!(!alice.passed("/login") && !alice.passed("/join"));
}

#[tokio::test]
async fn who_does_not_want_to_join_goes_back_and_no_link_is_made() {
    let world = World::new().await;
    let mut alice = world.account("alice").await;
    alice.enters(&world.acme).await.is("/join").submits("deny", &[]).await.is("/auth/callback").answers(403);
    alice.sees("You did not sign in");
    assert_eq!(world.identity_count("SELECT COUNT(*) FROM link").await, 0);
    assert_eq!(world.identity_count("SELECT COUNT(*) FROM subject").await, 0);
    assert_eq!(world.tenant_count(&world.acme, "SELECT COUNT(*) FROM member WHERE tenant_id = $1").await, 0);
    alice.follows("Sign in again").await.is("/join").submits("allow", &[]).await.sees("You asked to join");
}

#[tokio::test]
async fn a_locked_member_is_out_at_once_and_told_so_after_proof() {
    let world = World::new().await;
    let mut admin = world.admin_of(&world.acme).await;
    let mut bob = world.member("bob", &world.acme, MemberState::Active, &["viewer"]).await;
    bob.enters(&world.acme).await.sees("Viewer");
    admin.opens(&world.acme.url("/members")).await.follows("Bob Doe").await.submits("lock", &[]).await;
    bob.opens(&world.acme.url("/profile")).await.is("/closed/locked").answers(403).sees("You are locked here");
    assert!(world.mails_to(&bob.email).await.last().unwrap().letter.subject.contains("locked at Acme Library"));
    world.settle().await;
    bob.opens(&world.lightbox.url("/login")).await.is("/not-a-member").sees("locked");

    admin.opens(&world.acme.url("/members")).await.follows("Bob Doe").await.submits("unlock", &[]).await;
    bob.opens(&world.acme).await.sees("Viewer");
}

#[tokio::test]
async fn when_the_identity_server_is_away_a_page_says_so_and_retries() {
    let world = World::new().await;
    let mut bob = world.member("bob", &world.studio, MemberState::Active, &["member"]).await;
    // What the tenant knew of the identity server is old, so that it has to look.
    world.passes(HOUR);
    world.id.goes_down();
    bob.opens(&world.studio.url("/members")).await;
    assert!(
        !bob.url.as_str().starts_with(&world.id.base),
        "the browser was sent to a server that is away: {:?}",
        bob.page
    );
    bob.answers(503);
    assert_eq!(bob.header("retry-after"), "10");
    assert!(bob.attribute("try-again", "href").contains("members"), "it leads on to where they were going");
    world.id.comes_back();
    world.passes(10 * SECOND);
    bob.clicks("try-again").await.proves_who_they_are().await.is("/members").answers(200);
}

#[tokio::test]
async fn while_the_identity_server_is_away_nothing_is_lost() {
    let world = World::new().await;
    let mut admin = world.admin_of(&world.acme).await;
    let mut alice = world.sign_up("alice").await;
    let mut bob = world.member("bob", &world.acme, MemberState::Active, &["viewer"]).await;
    bob.signs_in(&world).await;
    let url = bob.get(world.acme.url("/auth/login?return_to=/profile")).await.location().unwrap();
    let callback = bob.get(url).await.location().unwrap();
    world.id.goes_down();
    bob.opens(callback.as_str()).await.answers(503);
    assert!(bob.attribute("try-again", "href").contains("profile"));
    alice.opens(&world.acme).await.answers(200).sees("You asked to join");
    admin.reviews(&world.acme, "Alice Doe").await.submits("approve", &[("role", "supplier")]).await.answers(200);
    assert!(world.tenants.deliver_all().await.is_err(), "the identity server cannot be told yet");

    world.id.comes_back();
    world.passes(HOUR / 3);
    bob.clicks("try-again").await.is("/profile").answers(200);
    world.passes(HOUR);
    world.settle().await;
    assert_eq!(world.identity_texts("SELECT state FROM membership WHERE roles = '[\"supplier\"]'").await, ["active"]);
    assert_eq!(world.mails_to(&alice.email).await.len(), 2, "sign-up and approval");
}

#[tokio::test]
async fn closed_doors_say_why() {
    let world = World::new().await;
    let table = [
        (MemberState::Suspended, "/closed/suspended", "You are deactivated here"),
        (MemberState::Deleted, "/closed/deleted", "You were removed here"),
        (MemberState::Locked, "/closed/locked", "You are locked here"),
    ];
    for (state, path, words) in table {
        let mut person = world.member(&format!("p{}", world.number()), &world.acme, state, &["viewer"]).await;
        person.enters(&world.acme).await.is(path).answers(403).sees(words);
        person.opens(&world.acme.url("/profile")).await.is(path);
    }
    world.browser().opens(&world.acme.url("/closed/invite-only")).await.answers(403).sees("By invitation only");
    assert_eq!(world.tenant_count(&world.acme, "SELECT COUNT(*) FROM session WHERE tenant_id = $1").await, 0);
}
