//! What a job does, deed by deed; and how it is stopped and tried again.

use std::collections::BTreeSet;

use serde_json::json;
use tenant::members::MemberState;

use super::{id_of, job, post};
use crate::harness::{MINUTE, Person, World};

const LOCKED: &str = "SELECT COUNT(*) FROM member WHERE locked";

/// Makes a job on the page, gives the word, and waits for it; shows it.
async fn runs(world: &World, who: &mut Person, fields: &[(&str, &str)]) {
    let path = job(who, &world.acme, fields).await;
    world.settle().await;
    who.opens(&world.acme.url(&path)).await.submits("start", &[]).await;
    world.settle().await;
    who.opens(&world.acme.url(&path)).await;
}

#[tokio::test]
async fn rel_04_a_job_is_stopped_on_its_page_before_the_word_and_after() {
    let world = World::new().await;
    let mut admin = world.admin_of(&world.acme).await;
    world.crowd(&["one", "two"], MemberState::Active, &["supplier"]).await;
    let fields = [("deed", "lock"), ("all", "yes"), ("search", "role:supplier")];
    for started in [false, true] {
        let path = job(&mut admin, &world.acme, &fields).await;
        if started {
            world.settle().await;
        }
        admin.opens(&world.acme.url(&path)).await;
        if started {
            admin.submits("start", &[]).await.sees("Running");
        }
        admin.submits("cancel", &[]).await;
        assert_eq!(admin.text_of("job-state"), "Stopped");
        assert!(!admin.has("start") && !admin.has("cancel"));
        for turn in ["start", "cancel"] {
            post(&mut admin, &world.acme, &format!("{path}/{turn}"), &[]).await.answers(409);
        }
        world.settle().await;
        assert_eq!(world.tenant_count(&world.acme, LOCKED).await, 0, "{started}");
    }
    let told = "SELECT COUNT(*) FROM audit_entry WHERE action = 'batch.cancelled'";
    assert_eq!(world.tenant_count(&world.acme, told).await, 2);
    runs(&world, &mut admin, &fields).await;
    assert_eq!(world.tenant_count(&world.acme, LOCKED).await, 2, "the control");
}

#[tokio::test]
async fn pp_08_after_it_was_stopped_nobody_is_said_to_be_ahead() {
    let world = World::new().await;
    let mut admin = world.admin_of(&world.acme).await;
    world.crowd(&["one", "two"], MemberState::Active, &["supplier"]).await;
    let fields = [
        ("deed", "roles"),
        ("how", "add"),
        ("role[]", "editor"),
        ("asked", "yes"),
        ("all", "yes"),
        ("search", "role:supplier"),
    ];
    let path = job(&mut admin, &world.acme, &fields).await;
    world.settle().await;
    let page = admin.opens(&world.acme.url(&path)).await;
    page.sees("Will be done").sees("Gets: Editor");
    admin.submits("cancel", &[]).await;
    let is_told = |who: &Person| {
        let page = who.page.text();
        assert!(!page.contains("Will be done") && !page.contains("Gets: Editor"), "{page}");
        assert_eq!(who.text_of("outcomes"), "2 Not reached");
        assert!(page.contains("Not reached: 2."), "{page}");
    };
    is_told(&admin);
    // What there is to choose, and what is chosen by it.
    let chosen = admin.page.find("#outcomes a", |link| link.value().attr("href").unwrap().to_owned()).unwrap();
    admin.opens(&world.acme.url(&chosen)).await;
    is_told(&admin);
    assert_eq!(admin.text_of("items").matches("Not reached").count(), 2);
    admin.opens(&world.acme.url(&format!("{path}?only=fits"))).await;
    assert!(!admin.has("items"), "nobody is");
    let report = admin.get(world.acme.url(&format!("{path}/report.csv"))).await.body;
    assert_eq!((report.matches(",not_reached,\r\n").count(), report.matches("fits").count()), (2, 0), "{report}");

    // One was done before.
    runs(&world, &mut admin, &fields).await;
    let path = admin.url.path().to_owned();
    world.tenant_change(&world.acme, "UPDATE batch_item SET outcome = NULL, undo = NULL WHERE position = 2").await;
    let stopped = "UPDATE batch SET state = 'cancelled', come_to = 1, changed = 1 WHERE state = 'done'";
    world.tenant_change(&world.acme, stopped).await;
    admin.opens(&world.acme.url(&path)).await.sees("1 of 2 done").sees("Not reached: 1.");
    assert_eq!(admin.text_of("outcomes"), "1 Done 1 Not reached");
    assert_eq!(admin.page.text().matches("Gets: Editor").count(), 1);
    let report = admin.get(world.acme.url(&format!("{path}/report.csv"))).await.body;
    assert_eq!(
        (report.matches(",changed,Gets: Editor").count(), report.matches(",not_reached,").count()),
        (1, 1),
        "{report}"
    );
}

#[tokio::test]
async fn pp_08_the_list_of_jobs_goes_on_to_the_oldest() {
    let world = World::new().await;
    let mut admin = world.admin_of(&world.acme).await;
    world.crowd(&["one"], MemberState::Active, &["supplier"]).await;
    let mut made = BTreeSet::new();
    for _ in 0..52 {
        let path = job(&mut admin, &world.acme, &[("deed", "lock"), ("all", "yes"), ("search", "role:supplier")]).await;
        post(&mut admin, &world.acme, &format!("{path}/cancel"), &[]).await.answers(303);
        made.insert(path);
    }
    let jobs = |who: &Person| who.page.every("#jobs td a", |link| link.value().attr("href").unwrap().to_owned());
    admin.opens(&world.acme.url("/jobs")).await;
    let first = jobs(&admin);
    admin.clicks("next-page").await.answers(200);
    let second = jobs(&admin);
    assert_eq!((first.len(), second.len(), admin.has("next-page")), (50, 2, false));
    assert_eq!(first.into_iter().chain(second).collect::<BTreeSet<_>>(), made, "each of them once");
    admin.opens(&world.acme.url("/jobs?before=%27")).await.answers(200);
    assert_eq!(jobs(&admin).len(), 50, "a place that is none is the beginning");
}

#[tokio::test]
async fn pp_03_invitations_of_many_are_withdrawn_from_the_list() {
    let world = World::new().await;
    let mut admin = world.admin_of(&world.acme).await;
    for name in ["mina", "nils"] {
        let who = world.stranger(name);
        world.invites(&mut admin, &world.acme, &who, &["viewer"]).await;
    }
    world.crowd(&["one"], MemberState::Active, &["viewer"]).await;
    let list = admin.opens(&world.acme.url("/members?role=viewer")).await;
    assert!(list.has("bulk-withdraw"));
    let deeds =
        list.page.every("#members input[name='member[]']", |it| it.value().attr("data-deeds").unwrap().to_owned());
    let withdrawn = deeds.iter().filter(|deeds| deeds.split(' ').any(|deed| deed == "withdraw")).count();
    assert_eq!((withdrawn, deeds.len()), (2, 3), "2 of 3");
    runs(&world, &mut admin, &[("deed", "withdraw"), ("all", "yes"), ("search", "role:viewer")]).await;
    admin.sees("Withdraw invitations").sees("Changed: 2.");
    let open = "SELECT COUNT(*) FROM invitation WHERE state = 'open'";
    assert_eq!(world.tenant_count(&world.acme, open).await, 0);
}

#[tokio::test]
async fn rel_04_what_a_job_could_not_do_is_tried_again_from_its_page() {
    let world = World::new().await;
    let mut admin = world.admin_of(&world.acme).await;
    world.crowd(&["one"], MemberState::Suspended, &["supplier"]).await;
    world.crowd(&["two"], MemberState::Active, &["supplier"]).await;
    let one = id_of(&mut admin, &world.acme, "one").await;
    runs(&world, &mut admin, &[("deed", "lock"), ("all", "yes"), ("search", "role:supplier")]).await;
    admin.sees("Changed: 1. So already: 0. Not done: 1.");
    let done = admin.url.clone();
    post(&mut admin, &world.acme, &format!("/members/{one}/resume"), &[]).await.answers(303);
    admin.opens(done.as_str()).await.submits("retry", &[]).await;
    let again = admin.url.clone();
    world.settle().await;
    admin.opens(again.as_str()).await.sees("This will affect 1 of 1.").sees("One Doe").sees("Once more: Lock members");
    assert_eq!(admin.page.attribute("job-retries", "href"), done.path());
    admin.submits("start", &[]).await;
    world.settle().await;
    admin.opens(again.as_str()).await.sees("Changed: 1. So already: 0. Not done: 0.");
    assert!(!admin.has("retry"), "nothing is left to try");
    assert_eq!(world.tenant_count(&world.acme, LOCKED).await, 2);
    post(&mut admin, &world.acme, &format!("{}/retry", again.path()), &[]).await.answers(409);
}

#[tokio::test]
async fn pp_03_a_job_invites_and_invites_again() {
    let world = World::new().await;
    let (mut admin, token) = world.api_admin(&world.acme, "console").await;
    for name in ["nora", "olaf"] {
        let new = json!({
            "given_name": name, "family_name": "Doe", "email": format!("{name}@people.test"), "locale": "en", "send": false,
        });
        world.posts(&world.acme, "/members", &token, &new).await.done(201);
        assert!(world.mails_to(&format!("{name}@people.test")).await.is_empty(), "nothing goes out before");
    }
    let fields = [("deed", "invite"), ("all", "yes"), ("search", "state:invited")];
    runs(&world, &mut admin, &fields).await;
    admin.sees("Changed: 2. So already: 0. Not done: 0.");
    let first = world.mailed_link("nora@people.test").await;
    world.passes(20 * MINUTE);
    runs(&world, &mut admin, &fields).await;
    for name in ["nora", "olaf"] {
        assert_eq!(world.mails_to(&format!("{name}@people.test")).await.len(), 2, "{name}");
    }
    assert_ne!(world.mailed_link("nora@people.test").await, first);
    let queued = "SELECT COUNT(*) FROM audit_entry WHERE action = 'member.invitation_queued'";
    assert_eq!(world.tenant_count(&world.acme, queued).await, 4);
}

#[tokio::test]
async fn pp_02_a_job_lets_in_who_asked_with_the_roles_that_were_chosen() {
    let world = World::new().await;
    let mut admin = world.admin_of(&world.acme).await;
    world.crowd(&["one", "two"], MemberState::ToReview, &[]).await;
    world.crowd(&["three"], MemberState::Active, &["viewer"]).await;
    let fields = [("deed", "approve"), ("asked", "yes"), ("role[]", "supplier"), ("all", "yes"), ("search", "")];
    runs(&world, &mut admin, &fields).await;
    assert_eq!(admin.text_of("job-roles"), "Supplier");
    admin.sees("Changed: 2. So already: 0. Not done: 2.").sees("No open request");
    let held = "SELECT COUNT(*) FROM member_role r JOIN member m ON m.id = r.member_id
                WHERE r.role = 'supplier' AND m.authorization_state = 'reviewed'";
    assert_eq!(world.tenant_count(&world.acme, held).await, 2);
    let mails = world.mails_to("one@people.test").await;
    assert_eq!(mails.last().unwrap().letter.subject, "You are in: Acme Library");
    let told = "SELECT COUNT(*) FROM audit_entry WHERE action = 'member.approved'";
    assert_eq!(world.tenant_count(&world.acme, told).await, 2);
}

#[tokio::test]
async fn pp_20_a_job_turns_down_who_asked_and_each_reads_why() {
    let world = World::new().await;
    let mut admin = world.admin_of(&world.acme).await;
    let mut one = world.account("one").await;
    one.enters(&world.acme).await.submits("allow", &[]).await.sees("You asked to join");
    world.crowd(&["two"], MemberState::ToReview, &[]).await;
    let fields = [("deed", "reject"), ("asked", "yes"), ("reason", "We know nobody of that name.")];
    runs(&world, &mut admin, &[&fields[..], &[("all", "yes"), ("search", "state:to_review")]].concat()).await;
    admin.sees("Changed: 2. So already: 0. Not done: 0.");
    assert!(!admin.has("undo-job"), "there is no way back");
    let rejected = "SELECT COUNT(*) FROM member WHERE authorization_state = 'rejected' AND decided_at IS NOT NULL";
    assert_eq!(world.tenant_count(&world.acme, rejected).await, 2);
    for name in ["one", "two"] {
        let mails = world.mails_to(&format!("{name}@people.test")).await;
        let words = mails.last().unwrap().letter.paragraphs.join(" ");
        assert!(words.contains("We know nobody of that name."), "{words}");
    }
    one.opens(&world.acme).await;
    one.enters(&world.acme).await;
    assert_eq!(one.text_of("rejection-reason"), "We know nobody of that name.");
}

#[tokio::test]
async fn pp_14_a_job_keeps_who_asked_to_be_deleted() {
    let world = World::new().await;
    let mut admin = world.admin_of(&world.acme).await;
    for name in ["one", "two"] {
        let mut person = world.member(name, &world.acme, MemberState::Active, &["viewer"]).await;
        person.enters(&world.acme).await;
        person.opens(&world.acme.url("/leave")).await.submits("leave-now", &[]).await.is("/leave/done");
    }
    runs(&world, &mut admin, &[("deed", "keep"), ("all", "yes"), ("search", "role:viewer")]).await;
    admin.sees("Changed: 2. So already: 0. Not done: 0.");
    let kept = "SELECT COUNT(*) FROM member WHERE authorization_state = 'reviewed' AND deletion_asked_at IS NULL";
    assert_eq!(world.tenant_count(&world.acme, kept).await, 3);
    for name in ["one", "two"] {
        assert_eq!(world.mails_to(&format!("{name}@people.test")).await.len(), 1, "{name} may come in again");
    }
    let told = "SELECT COUNT(*) FROM audit_entry WHERE action = 'member.kept'";
    assert_eq!(world.tenant_count(&world.acme, told).await, 2);
}
