//! The list that an administrator lives in, and what is done to one member.

use std::time::{Duration, Instant};

use tenant::members::MemberState;
use tokio_util::sync::CancellationToken;

use crate::harness::{Person, Place, World};

mod called;
mod columns;
mod providers;
mod unread;

/// Opens the list with these words in the search field, as the form sends them.
async fn searches(admin: &mut Person, at: &Place, typed: &str) {
    let query = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs([("q", typed), ("state", ""), ("locked", ""), ("lifecycle", ""), ("role", "")])
        .finish();
    admin.opens(&at.url(&format!("/members?{query}"))).await.answers(200);
}

#[tokio::test]
async fn pp_04_search_and_filters_combine_and_live_in_the_address() {
    let world = World::new().await;
    let mut admin = world.admin_of(&world.acme).await;
    for (name, state, role) in [
        ("ada", MemberState::Locked, "supplier"),
        ("bea", MemberState::Active, "supplier"),
        ("cleo", MemberState::Locked, "editor"),
        ("dora", MemberState::ToReview, "viewer"),
        ("elin", MemberState::Deleted, "viewer"),
        ("fay", MemberState::Suspended, "viewer"),
    ] {
        let roles = if name == "bea" { vec![role, "support"] } else { vec![role] };
        world.member(name, &world.acme, state, &roles).await;
    }
    let names = ["Ada Doe", "Bea Doe", "Cleo Doe", "Dora Doe", "Elin Doe", "Fay Doe"];
    let table = [
        ("isLocked:true role:supplier", "locked=true&role=supplier", &["Ada Doe"][..]),
        ("islocked:TRUE", "locked=true", &["Ada Doe", "Cleo Doe"]),
        ("role:Supplier", "role=supplier", &["Ada Doe", "Bea Doe"]),
        ("state:to_review", "state=to_review", &["Dora Doe"]),
        ("isDeleted:true", "lifecycle=deleted", &["Elin Doe"]),
        ("isDeleted:false", "lifecycle=not_deleted", &["Ada Doe", "Bea Doe", "Cleo Doe", "Dora Doe", "Fay Doe"]),
        ("lifecycle:active", "lifecycle=active", &["Ada Doe", "Bea Doe", "Cleo Doe", "Dora Doe"]),
        ("cle", "q=cle", &["Cleo Doe"]),
        ("do be", "q=do+be", &["Bea Doe"]),
        ("DORA@people.test", "q=DORA%40people.test", &["Dora Doe"]),
        ("doe isLocked:true", "q=doe&locked=true", &["Ada Doe", "Cleo Doe"]),
        ("nobody", "q=nobody", &[]),
        ("isFederated:true", "federated=true", &[]),
        ("isReadOnly:false cle", "q=cle&readonly=false", &["Cleo Doe"]),
        ("isSupportUser:true", "support=true", &["Bea Doe"]),
        ("inactiveSince:2999-12-31 ada", "q=ada&inactive=2999-12-31", &["Ada Doe"]),
        ("inactiveSince:2001-01-01", "inactive=2001-01-01", &[]),
    ];
    for (typed, address, expected) in table {
        searches(&mut admin, &world.acme, typed).await;
        assert_eq!(admin.url.query(), Some(address), "{typed}");
        let seen: Vec<&str> = names.into_iter().filter(|name| admin.text_of("members").contains(name)).collect();
        assert_eq!(seen, expected, "{typed}");
        let shared = admin.url.to_string();
        admin.opens(&shared).await.answers(200);
        assert_eq!(admin.url.as_str(), shared, "a shared address shows the same");
    }
    searches(&mut admin, &world.acme, "isLocked:true role:supplier").await;
    assert_eq!(admin.text_of("total"), "1");
    admin.sees("Role: Supplier").sees("Locked: Yes");
    let without =
        admin.page.find(".chip a[aria-label*='Role']", |a| a.value().attr("href").unwrap().to_owned()).unwrap();
    admin.opens(&world.acme.url(&without)).await.sees("Ada Doe").sees("Cleo Doe");
    searches(&mut admin, &world.acme, "nobody").await;
    admin.sees("Nobody fits").clicks("no-filter").await.is("/members").sees("Ada Doe");
}

#[tokio::test]
async fn pp_04_a_view_is_kept_and_shared_and_forgotten() {
    let world = World::new().await;
    let mut admin = world.admin_of(&world.acme).await;
    let mut viewer = world.member("vera", &world.acme, MemberState::Active, &["support"]).await;
    viewer.signs_in(&world).await;
    world.member("ada", &world.acme, MemberState::Locked, &["supplier"]).await;
    searches(&mut admin, &world.acme, "isLocked:true").await;
    admin.submits("save", &[("name", "<b>Locked</b>")]).await.is("/members").sees("Ada Doe");
    assert_eq!(admin.url.query(), Some("locked=true"), "saving leads back to the view");
    searches(&mut admin, &world.acme, "role:supplier").await;
    admin.submits("save", &[("name", "Suppliers"), ("shared", "yes")]).await;
    // The same name again replaces it.
    searches(&mut admin, &world.acme, "role:supplier isLocked:true").await;
    admin.submits("save", &[("name", "Suppliers"), ("shared", "yes")]).await;
    assert_eq!(world.tenant_count(&world.acme, "SELECT COUNT(*) FROM member_view").await, 2);
    admin.opens(&world.acme.url("/members")).await.sees("<b>Locked</b>").sees("Suppliers");

    viewer.opens(&world.acme.url("/members")).await.sees("Suppliers");
    viewer.page.sees_not("<b>Locked</b>");
    let there = viewer.page.find(".view", |link| link.value().attr("href").unwrap().to_owned()).unwrap();
    viewer.opens(&world.acme.url(&there)).await.sees("Ada Doe");
    assert_eq!(viewer.url.query(), Some("locked=true&role=supplier"));
    assert!(!viewer.has("forget-view"), "it is another's");
    let csrf = viewer.page.csrf();
    let shared = [("name", "!"), ("search", "isLocked:true"), ("shared", "yes"), ("csrf", &*csrf)];
    viewer.post(world.acme.url("/members/views"), &shared).await.answers(403);
    admin.opens(&world.acme.url(&there)).await;
    admin.submits("forget-view", &[]).await.is("/members").sees("<b>Locked</b>");
    admin.page.sees_not("Suppliers");
    searches(&mut admin, &world.acme, "isLocked:true").await;
    for name in ["", " ", &"x".repeat(61)] {
        admin.submits("save", &[("name", name)]).await.answers(400).is("/members/views");
        searches(&mut admin, &world.acme, "isLocked:true").await;
    }
    assert_eq!(world.tenant_count(&world.acme, "SELECT COUNT(*) FROM member_view").await, 1);
}

#[tokio::test]
async fn pp_04_pages_lead_on_and_back() {
    let world = World::new().await;
    let mut admin = world.admin_of(&world.acme).await;
    for n in 0..60 {
        let member = tenant_server::SeedMember {
            subject: Some(format!("subject-{n}")),
            email: format!("p{n:02}@people.test"),
            given_name: format!("P{n:02}"),
            family_name: "Aaa".into(),
            locale: "en".into(),
            state: MemberState::Active,
            roles: vec![],
            reason: None,
        };
        world.tenants.seed_member("acme", member).await.unwrap();
    }
    admin.opens(&world.acme.url("/members")).await.sees("P00 Aaa").sees("P49 Aaa");
    admin.page.sees_not("P50 Aaa");
    assert_eq!(admin.text_of("total"), "61");
    assert!(!admin.has("previous-page"));
    let name = admin.name();
    admin.clicks("next-page").await.sees("P50 Aaa").sees(&name);
    admin.page.sees_not("P49 Aaa");
    assert!(!admin.has("next-page"));
    admin.clicks("previous-page").await.sees("P00 Aaa").sees("P49 Aaa");
    searches(&mut admin, &world.acme, "aaa").await;
    admin.clicks("next-page").await.sees("P59 Aaa");
    assert!(admin.url.query().unwrap().starts_with("q=aaa&after="));
}

#[tokio::test]
async fn pp_26_each_axis_is_shown_in_list_and_details() {
    let world = World::new().await;
    let mut admin = world.admin_of(&world.acme).await;
    let table = [
        (MemberState::Invited, "Invited", ["Invited", "No", "Active"]),
        (MemberState::ToReview, "To review", ["To review", "No", "Active"]),
        (MemberState::Active, "Active", ["Reviewed", "No", "Active"]),
        (MemberState::Rejected, "Rejected", ["Rejected", "No", "Active"]),
        (MemberState::Locked, "Locked", ["Reviewed", "Yes", "Active"]),
        (MemberState::Suspended, "Deactivated", ["Reviewed", "No", "Deactivated"]),
        // The blueprint has a word of its own for it.
        (MemberState::Deleted, "Inactive", ["Reviewed", "No", "Inactive"]),
    ];
    for (index, (state, word, axes)) in table.into_iter().enumerate() {
        let person = world.member(&format!("person{index}"), &world.acme, state, &["viewer"]).await;
        searches(&mut admin, &world.acme, &person.email).await;
        assert!(admin.text_of("members").contains(word), "{word}: {:?}", admin.page);
        let by_axes = format!("/members?q={}&columns=authorization&columns=locked&columns=lifecycle", person.email);
        let list = admin.opens(&world.acme.url(&by_axes)).await.text_of("members");
        assert!(list.contains(&axes.join(" ")), "each axis in the list: {list}");
        admin.follows(&person.name()).await;
        assert_eq!(admin.text_of("member-state"), word);
        let shown = ["axis-authorization", "axis-locked", "axis-lifecycle"].map(|axis| admin.text_of(axis));
        assert_eq!(shown, axes, "{word}");
        admin.sees("Viewer").sees("Given by the operator").sees("Added by the operator");
    }
}

#[tokio::test]
async fn pp_26_the_diagram_shows_where_a_member_stands_and_what_can_happen() {
    let world = World::new().await;
    let mut admin = world.admin_of(&world.acme).await;
    world.member("bob", &world.acme, MemberState::Locked, &["viewer"]).await;
    admin.opens(&world.acme.url("/members")).await.follows("Bob Doe").await.clicks("see-states").await.answers(200);
    assert!(admin.text_of("standing").starts_with("Bob Doe Locked"), "{}", admin.text_of("standing"));
    let (can, cannot) = (admin.text_of("can-happen"), admin.text_of("cannot-happen"));
    assert!(can.contains("Unlocked by an administrator Reviewed, Active") && can.contains("Deleted"), "{can}");
    let not = "Asks for their own deletion They are locked. Unlock them first.";
    assert!(!can.contains("Asks for their own deletion") && cannot.contains(not), "{can} / {cannot}");
    assert_eq!(admin.body.matches("class=\"here\"").count(), 3, "one on each axis");
    // Opened without a member; and where a step does not exist, no arrow.
    admin.opens(&world.acme.url("/members/states")).await.sees("Deactivated").sees_not("Here now");
    let mut owner = world.admin_of(&world.studio).await;
    owner.opens(&world.studio.url("/members/states")).await.answers(200).sees_not("Asks for their own deletion");
    owner.sees_not("Deactivated").sees_not("Asked for their own deletion");
    for nobody in ["01900000-0000-7000-8000-000000000000", "nonsense", ""] {
        admin.get(world.acme.url(&format!("/members/states?member={nobody}"))).await.answers(404);
    }
    let mut ed = world.member("ed", &world.acme, MemberState::Active, &["editor"]).await;
    ed.enters(&world.acme).await.get(world.acme.url("/members/states")).await.answers(403);
}

#[tokio::test]
async fn pp_01_a_members_page_says_why_she_may() {
    let world = World::new().await;
    let mut admin = world.admin_of(&world.acme).await;
    world.member("bob", &world.acme, MemberState::Active, &["viewer"]).await;
    admin.opens(&world.acme.url("/members")).await.follows("Bob Doe").await.clicks("assign-roles").await;
    let (to, csrf) = (admin.url.to_string(), admin.csrf());
    admin.post(&to, &[("csrf", &csrf), ("role[]", "viewer"), ("role[]", "supplier")]).await.answers(303);
    admin.opens(to.trim_end_matches("/roles")).await;
    let why = admin.text_of("why");
    let view = "View and download shared assets Through the role Supplier, given by";
    assert!(why.contains(view) && why.contains("Through the role Viewer, given by the operator"), "{why}");
    assert!(why.contains(&format!("Upload assets Through the role Supplier, given by {}", admin.name())), "{why}");
    assert!(!why.contains("Edit and delete assets"), "what no role gives is not there: {why}");
    admin.submits("lock", &[]).await;
    assert!(admin.text_of("why").contains("none of this counts"));
}

#[tokio::test]
async fn pp_11_locking_and_unlocking_send_a_mail_and_end_sessions_here_at_once() {
    let world = World::new().await;
    let mut admin = world.admin_of(&world.acme).await;
    let mut bob = world.member("bob", &world.acme, MemberState::Active, &["viewer"]).await;
    bob.enters(&world.acme).await.sees("Viewer");
    let cookie = bob.jar.clone();
    admin.opens(&world.acme.url("/members")).await.follows("Bob Doe").await.submits("lock", &[]).await;
    admin.sees("they get a mail").sees("Locked");
    bob.opens(&world.acme).await.is("/closed/locked");
    assert_eq!(world.mails_to(&bob.email).await.last().unwrap().letter.subject, "You have been locked at Acme Library");
    admin.submits("unlock", &[]).await;
    assert_eq!(world.mails_to(&bob.email).await.last().unwrap().letter.subject, "You can open Acme Library again");
    let mut old = world.browser();
    old.jar = cookie;
    let answer = old.get(world.acme.url("/profile")).await;
    assert_eq!(answer.status, 303, "the session of before the lock does not revive");
    let told = "SELECT COUNT(*) FROM audit_entry WHERE action IN ('member.locked', 'member.unlocked')";
    assert_eq!(world.tenant_count(&world.acme, told).await, 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pp_11_the_identity_server_hears_of_a_lock_within_a_second() {
    let world = World::new().await;
    let mut admin = world.admin_of(&world.acme).await;
    world.member("bob", &world.acme, MemberState::Active, &["viewer"]).await;
    admin.opens(&world.acme.url("/members")).await.follows("Bob Doe").await;
    let cancel = CancellationToken::new();
    let workers = world.tenants.spawn_workers(&cancel);
    // The workers have looked once, found nothing, and rest for seconds: only the bell wakes them.
    while world.tenant_count(&world.acme, "SELECT COUNT(*) FROM snapshot").await > 0 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    admin.submits("lock", &[]).await;
    let pressed = Instant::now();
    let locked = "SELECT COUNT(*) FROM membership WHERE state = 'locked'";
    while world.identity_count(locked).await == 0 {
        assert!(pressed.elapsed() < Duration::from_secs(4), "nobody rang");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    cancel.cancel();
    for worker in workers {
        worker.stopped().await;
    }
}

#[tokio::test]
async fn tn_02_nothing_of_an_invitation_can_be_done_to_another_tenants_member() {
    let world = World::new().await;
    let mut acme = world.admin_of(&world.acme).await;
    let mut studio = world.admin_of(&world.studio).await;
    let mina = world.stranger("mina");
    let foreign = world.invites(&mut studio, &world.studio, &mina, &["member"]).await;
    let control = world.invites(&mut acme, &world.acme, &mina, &["viewer"]).await;
    acme.opens(&world.acme.url(&control)).await;
    let csrf = acme.csrf();
    let nobody = "/members/01900000-0000-7000-8000-000000000000";
    for (path, fields) in [("/invite", vec![]), ("/withdraw", vec![]), ("/email", vec![("email", "eve@evil.test")])] {
        let fields: Vec<_> = fields.into_iter().chain([("csrf", csrf.as_str())]).collect();
        let mut seen = Vec::new();
        for member in [&*foreign, nobody, "/members/nonsense"] {
            let page = acme.post(world.acme.url(&format!("{member}{path}")), &fields).await;
            let reference = page.header("x-request-id").to_owned();
            seen.push((page.status, page.text().replace(&reference, "REFERENCE")));
        }
        assert_eq!(seen[0].0, 404, "{path}");
        assert!(seen.iter().all(|one| *one == seen[0]), "{path}");
        assert_eq!(acme.post(world.acme.url(&format!("{control}{path}")), &fields).await.status, 303, "{path}");
    }
    let untouched = "SELECT COUNT(*) FROM invitation WHERE state = 'open' AND email = 'mina@people.test'";
    assert_eq!(world.tenant_count(&world.studio, untouched).await, 1);
}
