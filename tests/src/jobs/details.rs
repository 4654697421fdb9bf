//! What a job says before the word: what is done, how, to whom, and what of it cannot be taken back.

use tenant::blueprint::{Granted, Label, Role};
use tenant::members::MemberState;

use serde_json::json;

use super::{id_of, job, post};
use crate::harness::{Person, World};

#[tokio::test]
async fn pp_05_a_job_says_which_roles_come_and_go_and_for_whom() {
    let world = World::new().await;
    let mut admin = world.admin_of(&world.acme).await;
    let mut people = Vec::new();
    for (name, roles) in [("one", &["viewer"][..]), ("two", &["editor", "supplier"]), ("three", &["editor"])] {
        world.crowd(&[name], MemberState::Active, roles).await;
        people.push(id_of(&mut admin, &world.acme, name).await);
    }
    let picked = [("member[]", &*people[0]), ("member[]", &*people[1]), ("member[]", &*people[2])];
    for (how, word, told) in [
        ("remove", "Remove", ["So already", "Loses: Editor Will be done", "Loses: Editor Will be done"]),
        ("add", "Add", ["Gets: Editor Will be done", "So already", "So already"]),
        ("set", "Replace", ["Gets: Editor Loses: Viewer Will be done", "Loses: Supplier Will be done", "So already"]),
    ] {
        let fields = [("deed", "roles"), ("asked", "yes"), ("how", how), ("role[]", "editor")];
        let path = job(&mut admin, &world.acme, &[&fields[..], &picked[..]].concat()).await;
        let page = admin.opens(&world.acme.url(&path)).await;
        assert_eq!((page.text_of("job-how"), page.text_of("job-roles")), (word.to_owned(), "Editor".to_owned()));
        let items = page.text_of("items");
        for (name, told) in ["one", "two", "three"].into_iter().zip(told) {
            assert!(items.contains(&format!("{name}@people.test {told}")), "{how}: {name}: {items}");
        }
        if how != "set" {
            continue;
        }
        // Afterwards it says what it did, and the way back what it will do: to each what they had.
        post(&mut admin, &world.acme, &format!("{path}/start"), &[]).await.answers(303);
        world.settle().await;
        let items = admin.opens(&world.acme.url(&path)).await.text_of("items");
        assert!(items.contains("one@people.test Gets: Editor Loses: Viewer Done"), "{items}");
        let undo = post(&mut admin, &world.acme, &format!("{path}/undo"), &[]).await.location().unwrap();
        world.settle().await;
        let page = admin.opens(undo.as_str()).await;
        assert!(!page.has("job-how") && !page.has("job-roles"), "each has their own");
        let items = page.text_of("items");
        assert!(items.contains("one@people.test Gets: Viewer Loses: Editor Will be done"), "{items}");
        assert!(items.contains("two@people.test Gets: Supplier Will be done"), "{items}");
    }
}

#[tokio::test]
async fn pp_05_the_report_of_a_job_says_what_changes_for_each_as_text() {
    // A name that a spreadsheet would calculate, with what would end its cell.
    let world = World::with(|blueprint| {
        let editor = blueprint.roles.iter_mut().find(|role| role.key == "editor").unwrap();
        editor.label.en = "=1+1,\"x\"".to_owned();
    })
    .await;
    let mut admin = world.admin_of(&world.acme).await;
    let mut picked = Vec::new();
    for (name, roles) in [("one", &["viewer"][..]), ("two", &["editor"])] {
        world.crowd(&[name], MemberState::Active, roles).await;
        picked.push(id_of(&mut admin, &world.acme, name).await);
    }
    let fields = [("deed", "roles"), ("asked", "yes"), ("how", "set"), ("role[]", "editor")];
    let fields = [&fields[..], &[("member[]", &*picked[0]), ("member[]", &*picked[1])]].concat();
    let path = job(&mut admin, &world.acme, &fields).await;
    let report = async |admin: &mut Person, query: &str| {
        let page = admin.get(world.acme.url(&format!("{path}/report.csv{query}"))).await;
        let lines: Vec<String> = page.body.split("\r\n").map(str::to_owned).collect();
        let of = |name: &str| {
            let line = lines.iter().find(|line| line.contains(name)).unwrap();
            line.split_once("test,").unwrap().1.to_owned()
        };
        (lines[0].clone(), of("one@"), of("two@"))
    };
    let gets = "\"Gets: =1+1,\"\"x\"\"; Loses: Viewer\"";
    let (head, one, two) = report(&mut admin, "").await;
    assert_eq!(head, "member,name,email,outcome,change");
    assert_eq!((one, two), (format!("fits,{gets}"), "unchanged,".to_owned()));
    // Afterwards, what it did.
    post(&mut admin, &world.acme, &format!("{path}/start"), &[]).await.answers(303);
    world.settle().await;
    assert_eq!(report(&mut admin, "").await.1, format!("changed,{gets}"));
    let german = report(&mut admin, "?ui_locales=de").await.1;
    assert!(german.starts_with("changed,\"") && !german.contains("Gets"), "in the words of the page: {german}");
}

#[tokio::test]
async fn pp_06_a_job_says_to_which_provider_and_whether_credentials_are_compromised() {
    let world = World::new().await;
    let mut admin = world.admin_of(&world.acme).await;
    let provider = world.own_provider(&world.acme, "corp", &world.contoso, &[]).await;
    world.crowd(&["one"], MemberState::Active, &["viewer"]).await;
    let one = id_of(&mut admin, &world.acme, "one").await;
    let fields = [("deed", "switch"), ("asked", "yes"), ("provider", &*provider), ("member[]", &*one)];
    for (more, expected) in [(&[][..], "Not compromised"), (&[("compromised", "1")], "Compromised: they prove nothing")]
    {
        let path = job(&mut admin, &world.acme, &[&fields[..], more].concat()).await;
        world.settle().await;
        let page = admin.opens(&world.acme.url(&path)).await;
        assert!(page.text_of("job-compromised").starts_with(expected), "{page:?}", page = page.page);
        let to = page.text_of("job-to");
        page.sees(&format!("Their own account → {to}"));
    }
}

#[tokio::test]
async fn pp_20_a_job_shows_its_reason_to_those_who_decide_and_says_that_it_is_final() {
    let world = World::new().await;
    let mut admin = world.admin_of(&world.acme).await;
    world.crowd(&["one", "two"], MemberState::ToReview, &[]).await;
    let fields = [("deed", "reject"), ("asked", "yes"), ("reason", "We know nobody of that name."), ("all", "yes")];
    let fields = [&fields[..], &[("search", "state:to_review")]].concat();
    let path = job(&mut admin, &world.acme, &fields).await;
    world.settle().await;
    let page = admin.opens(&world.acme.url(&path)).await;
    assert_eq!(page.text_of("job-reason"), "We know nobody of that name.");
    assert_eq!(page.text_of("start"), "Turn 2 people down");
    assert!(page.attribute("start", "class").contains("danger"));
    page.sees("Nobody can undo that").sees("They can ask again after 7 days");
    // Whoever sees members and does not decide sees the job, and not the reason.
    let mut support = world.member("support", &world.acme, MemberState::Active, &["support"]).await;
    support.enters(&world.acme).await;
    let page = support.opens(&world.acme.url(&path)).await;
    page.sees("Turn down requests");
    assert!(!page.has("job-reason") && !page.has("start"));
}

#[tokio::test]
async fn pp_13_a_job_that_deletes_says_so_and_how_long_there_is_a_way_back() {
    let world = World::new().await;
    let mut admin = world.admin_of(&world.acme).await;
    world.crowd(&["one", "two"], MemberState::Active, &["supplier"]).await;
    let search = [("all", "yes"), ("search", "role:supplier")];
    let path = job(&mut admin, &world.acme, &[&[("deed", "lock")][..], &search].concat()).await;
    world.settle().await;
    let page = admin.opens(&world.acme.url(&path)).await;
    assert_eq!(page.text_of("start"), "Do it for 2 people");
    assert!(page.attribute("start", "class").contains("primary") && !page.has("job-consequences"), "the control");

    let path = job(&mut admin, &world.acme, &[&[("deed", "delete")][..], &search].concat()).await;
    world.settle().await;
    let page = admin.opens(&world.acme.url(&path)).await;
    assert_eq!(page.text_of("start"), "Delete 2 people");
    assert!(page.attribute("start", "class").contains("danger"));
    let told = page.text_of("job-consequences");
    assert!(told.contains("let back in within 30 days") && told.contains("They get no mail"), "{told}");
    admin.submits("start", &[]).await;
    world.settle().await;
    assert!(!admin.opens(&world.acme.url(&path)).await.has("job-consequences"), "it is done");
    // The way back destroys nothing; the way back from that does.
    let undo = admin.submits("undo-job", &[]).await.url.path().to_owned();
    world.settle().await;
    let page = admin.opens(&world.acme.url(&undo)).await;
    assert!(page.attribute("start", "class").contains("primary") && !page.has("job-consequences"));
    let bring = [("deed", "reactivate"), ("all", "yes"), ("search", "isDeleted:true")];
    let bring = job(&mut admin, &world.acme, &bring).await;
    world.settle().await;
    admin.opens(&world.acme.url(&bring)).await.submits("start", &[]).await;
    world.settle().await;
    admin.opens(&world.acme.url(&bring)).await.submits("undo-job", &[]).await;
    world.settle().await;
    let here = admin.url.clone();
    let page = admin.opens(here.as_str()).await;
    assert_eq!(page.text_of("start"), "Delete 2 people");
    assert!(page.has("job-consequences") && page.attribute("start", "class").contains("danger"));
}

#[tokio::test]
async fn pd_05_where_deleting_is_for_good_the_job_and_the_page_of_one_say_so() {
    let world = World::new().await;
    let mut owner = world.admin_of(&world.studio).await;
    world.member("one", &world.studio, MemberState::Active, &["member"]).await;
    let one = id_of(&mut owner, &world.studio, "one").await;
    let path = job(&mut owner, &world.studio, &[("deed", "delete"), ("member[]", &one)]).await;
    let page = owner.opens(&world.studio.url(&path)).await;
    assert_eq!(page.text_of("start"), "Delete one person");
    let told = page.text_of("job-consequences");
    assert!(told.contains("erased at once, for good") && told.contains("They get a mail"), "{told}");
    owner.opens(&world.studio.url(&format!("/members/{one}/delete"))).await.sees("for good").sees("They get a mail.");
    owner.opens(&world.studio.url(&path)).await.submits("start", &[]).await;
    world.settle().await;
    owner.opens(&world.studio.url(&path)).await;
    assert!(owner.page.has("report") && !owner.page.has("undo-job"), "there is no way back");
}

#[tokio::test]
async fn rel_04_what_is_tried_again_of_a_way_back_is_a_way_back() {
    let world = World::new().await;
    let mut admin = world.admin_of(&world.acme).await;
    world.crowd(&["one"], MemberState::Active, &["supplier"]).await;
    let one = id_of(&mut admin, &world.acme, "one").await;
    let path = job(&mut admin, &world.acme, &[("deed", "delete"), ("member[]", &one)]).await;
    admin.opens(&world.acme.url(&path)).await.submits("start", &[]).await;
    world.settle().await;
    admin.opens(&world.acme.url(&path)).await.submits("undo-job", &[]).await;
    world.settle().await;
    let undo = admin.url.path().to_owned();
    // Somebody else brings them back first, and deletes them again: the job leaves them alone.
    for deed in ["reactivate", "delete"] {
        post(&mut admin, &world.acme, &format!("/members/{one}/{deed}"), &[]).await.answers(303);
    }
    admin.opens(&world.acme.url(&undo)).await;
    post(&mut admin, &world.acme, &format!("{undo}/start"), &[]).await.answers(303);
    world.settle().await;
    admin.opens(&world.acme.url(&undo)).await.sees("Changed or claimed since");
    assert!(!admin.has("retry"), "what was changed since stays so");
    let here = post(&mut admin, &world.acme, &format!("{undo}/retry"), &[]).await.answers(303).location().unwrap();
    world.settle().await;
    let page = admin.opens(here.as_str()).await;
    assert_eq!(page.text_of("job-affects"), "This will affect 0 of 1.");
    page.sees("Once more: Undo: Delete members");
    assert_eq!(page.attribute("job-retries", "href"), undo);
    assert_eq!(page.attribute("job-takes-back", "href"), path);
    // The first one is to be taken back already, as its page says.
    let page = admin.opens(&world.acme.url(&path)).await;
    assert!(!page.has("undo-job"), "{}", page.text());
    let newest = page.attribute("job-may-be-taken-back", "href");
    assert_eq!(newest, here.path());
    // Stopped, nothing takes it back: the first one has changed nobody.
    post(&mut admin, &world.acme, &format!("{newest}/cancel"), &[]).await.answers(303);
    let page = admin.opens(&world.acme.url(&newest)).await;
    assert!(!page.has("retry"), "it was stopped before its word was given");
    let page = admin.opens(&world.acme.url(&path)).await;
    assert!(page.has("undo-job") && !page.has("job-may-be-taken-back"), "{}", page.text());
    // One that has done so is named, and none that can come to nothing is offered.
    post(&mut admin, &world.acme, &format!("/members/{one}/reactivate"), &[]).await.answers(303);
    let again = job(&mut admin, &world.acme, &[("deed", "delete"), ("member[]", &one)]).await;
    admin.opens(&world.acme.url(&again)).await.submits("start", &[]).await;
    world.settle().await;
    admin.opens(&world.acme.url(&again)).await.submits("undo-job", &[]).await;
    let back = admin.url.path().to_owned();
    world.settle().await;
    admin.opens(&world.acme.url(&back)).await.submits("start", &[]).await;
    world.settle().await;
    let page = admin.opens(&world.acme.url(&again)).await;
    assert_eq!((page.attribute("job-taken-back", "href"), page.has("undo-job")), (back, false));
    assert!(!page.has("job-consequences"), "it would bring them back");
}

#[tokio::test]
async fn pp_17_a_report_is_for_whoever_may_do_such_a_thing_and_the_log_says_who_took_it() {
    let world = World::with(|blueprint| {
        let label = Label { en: "Desk".to_owned(), de: "Empfang".to_owned() };
        let (key, about) = ("desk".to_owned(), label.clone());
        let permissions = ["members.view".to_owned()].into();
        blueprint.roles.push(Role { key, label, about, granted: Granted::ByHand, permissions, support: false });
    })
    .await;
    let mut admin = world.admin_of(&world.acme).await;
    let mut desk = world.member("desk", &world.acme, MemberState::Active, &["desk"]).await;
    desk.enters(&world.acme).await;
    world.crowd(&["one"], MemberState::Active, &["viewer"]).await;
    let one = id_of(&mut admin, &world.acme, "one").await;
    let path = job(&mut admin, &world.acme, &[("deed", "lock"), ("asked", "yes"), ("member[]", &*one)]).await;
    let report = world.acme.url(&format!("{path}/report.csv"));
    let taken = "SELECT COUNT(*) FROM audit_entry WHERE action = 'batch.reported'";
    assert!(!desk.opens(&world.acme.url(&path)).await.has("report"), "they may look, and take nothing along");
    let waits = format!("Waits for {}", admin.name());
    desk.sees(&waits);
    desk.opens(&world.acme.url("/jobs")).await.sees(&waits);
    admin.opens(&world.acme.url(&path)).await.sees("Waits for you");
    assert_eq!(desk.get(&report).await.status, 403);
    assert_eq!(world.tenant_count(&world.acme, taken).await, 0);
    assert!(admin.opens(&world.acme.url(&path)).await.has("report"));
    assert!(admin.get(&report).await.body.contains("one@people.test"));
    assert_eq!(world.tenant_count(&world.acme, taken).await, 1);
    admin.opens(&world.acme.url("/audit")).await.sees("Took the report of a job along");
}

#[tokio::test]
async fn pp_11_before_the_word_is_given_a_job_says_whether_its_people_get_mail() {
    let world = World::new().await;
    let mut admin = world.admin_of(&world.acme).await;
    let person = world.member("one", &world.acme, MemberState::Active, &["supplier"]).await;
    let one = id_of(&mut admin, &world.acme, "one").await;
    let (mail, nobody) = ("Each of them who has come in, or asked to, gets a mail.", "Nobody gets a mail.");
    for (deed, told, undone) in [
        ("lock", mail, mail),
        ("unlock", mail, mail),
        ("suspend", nobody, nobody),
        ("delete", nobody, nobody),
        ("invite", "Each of them gets an invitation by mail.", nobody),
    ] {
        let path = job(&mut admin, &world.acme, &[("deed", deed), ("member[]", &one)]).await;
        assert_eq!(admin.opens(&world.acme.url(&path)).await.text_of("job-mails"), told, "{deed}");
        if ["lock", "suspend"].contains(&deed) {
            let before = world.mails_to(&person.email).await.len();
            admin.submits("start", &[]).await;
            world.settle().await;
            assert_eq!(world.mails_to(&person.email).await.len() - before, usize::from(told == mail), "{deed}");
            admin.opens(&world.acme.url(&path)).await;
            assert!(!admin.page.has("job-mails"), "it is over");
            admin.submits("undo-job", &[]).await;
            world.settle().await;
            let here = admin.url.clone();
            assert_eq!(admin.opens(here.as_str()).await.text_of("job-mails"), undone, "{deed}");
            admin.submits("start", &[]).await;
            world.settle().await;
        }
    }
}

#[tokio::test]
async fn pp_05_a_job_about_roles_names_one_unless_it_replaces_them() {
    let world = World::new().await;
    let (mut admin, token) = world.api_admin(&world.acme, "console").await;
    world.crowd(&["one"], MemberState::Active, &["supplier"]).await;
    let one = id_of(&mut admin, &world.acme, "one").await;
    for how in ["add", "remove"] {
        let form = [("deed", "roles"), ("asked", "yes"), ("how", how), ("member[]", &*one)];
        let page = post(&mut admin, &world.acme, "/jobs", &form).await;
        assert!(page.answers(422).text_of("roles-error").contains("Choose at least one role."), "{how}");
        let body = json!({ "deed": "roles", "how": how, "roles": [], "members": [one] });
        world.posts(&world.acme, "/jobs", &token, &body).await.refuses(422, "no_roles");
    }
    assert_eq!(world.tenant_count(&world.acme, "SELECT COUNT(*) FROM batch").await, 0);
    let form = [("deed", "roles"), ("asked", "yes"), ("how", "set"), ("member[]", &*one)];
    let path = job(&mut admin, &world.acme, &form).await;
    let told = admin.opens(&world.acme.url(&path)).await.text_of("job-consequences");
    assert!(told.contains("loses all roles that were given by hand"), "{told}");
}

#[tokio::test]
async fn pp_26_what_a_kind_of_tenant_does_not_have_is_neither_offered_nor_done() {
    let world = World::new().await;
    let (mut owner, token) = world.api_admin(&world.studio, "console").await;
    world.member("one", &world.studio, MemberState::Active, &["member"]).await;
    let one = world.id_by_api(&world.studio, "one", &token).await;
    let (absent, there) = (["suspend", "resume", "keep", "reactivate"], ["lock", "unlock", "delete"]);
    owner.opens(&world.studio.url("/members")).await;
    for deed in absent {
        assert!(!owner.page.has(&format!("bulk-{deed}")), "{deed}");
    }
    for deed in there {
        assert!(owner.page.has(&format!("bulk-{deed}")), "the control: {deed}");
    }
    let suspend = format!("/members/{one}/suspend");
    world.posts(&world.studio, &suspend, &token, &json!({})).await.refuses(409, "not_here");
    post(&mut owner, &world.studio, &suspend, &[]).await.answers(409).sees("That is not done in this instance");
    let away = "SELECT COUNT(*) FROM member WHERE lifecycle <> 'active'";
    assert_eq!(world.tenant_count(&world.studio, away).await, 0);
}
