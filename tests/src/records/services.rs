//! What other systems did, and what is shown of them (PP-28).

use serde_json::json;
use tenant::members::MemberState;

use crate::api::{everything, serving};
use crate::harness::{Page, Person, World, text};

/// A service account that may do everything, and has locked Bob: its record, and Bob's.
async fn robot(world: &World, token: &str) -> (String, String) {
    let robot = world.client_at(&world.acme, "robot", serving).await;
    let new = json!({ "name": "Payroll", "client_id": "robot", "roles": ["administrator"] });
    let member = text(&world.posts(&world.acme, "/service-accounts", token, &new).await.done(201), "member");
    let its = robot.serves_at(&world.acme, &everything()).await;
    world.member("bob", &world.acme, MemberState::Active, &["viewer"]).await;
    let bob = world.id_by_api(&world.acme, "bob", token).await;
    world.posts(&world.acme, &format!("/members/{bob}/lock"), &its, &json!({})).await.done(200);
    (member, bob)
}

async fn looks_at(admin: &mut Person, world: &World, path: &str) -> Page {
    admin.opens(&world.acme.url(path)).await.answers(200);
    admin.get(world.acme.url(path)).await
}

#[tokio::test]
async fn pp_28_what_a_service_account_did_is_told_by_its_name_and_found_by_its_record() {
    let world = World::new().await;
    let (mut admin, token) = world.api_admin(&world.acme, "console").await;
    let (member, bob) = robot(&world, &token).await;
    let (page, did) = (format!("/members/{member}"), format!("/audit?by={member}"));

    // In the log: by its name, which leads to all that it did, and as what it is, which leads to its record.
    let log = looks_at(&mut admin, &world, "/audit?action=member.locked").await;
    assert!(log.text_of("audit").contains("Locked: Bob Doe"), "{log:?}");
    assert_eq!((log.link("Payroll"), log.link("Service account")), (did.clone(), page.clone()));
    assert!(!log.text_of("audit").contains("robot"), "{log:?}");
    let log = looks_at(&mut admin, &world, "/audit?action=member.seeded").await;
    assert!(!log.text_of("audit").contains("Service account"), "the control: nobody else is marked");

    // What it did is found from its page, and where it stops doing things, so does the list.
    admin.opens(&world.acme.url(&page)).await.clicks("own-log").await.sees("By Payroll");
    let own = admin.text_of("audit");
    assert!(own.contains("Locked: Bob Doe") && !own.contains("Let a service account in"), "{own}");
    // In the history of whom it was done to.
    let history = looks_at(&mut admin, &world, &format!("/members/{bob}")).await;
    let locked = history.every("#timeline li", crate::harness::words).into_iter().find(|it| it.contains("Locked"));
    assert!(locked.unwrap().contains("Payroll"), "{history:?}");
    assert_eq!(history.link("Payroll"), page);

    // In the file, narrowed or not.
    for query in ["action=member.locked".to_owned(), format!("by={member}")] {
        let file = admin.get(world.acme.url(&format!("/audit/export.csv?{query}"))).await.body;
        let line = file.lines().find(|line| line.contains(",member.locked,")).unwrap();
        assert!(line.contains(",client,robot,") && line.ends_with(&format!(",{member}")), "{line}");
    }
    // And by the API.
    for query in [format!("member={bob}"), format!("actor={}", member.to_uppercase())] {
        let log = world.gets(&world.acme, &format!("/audit?{query}"), &token).await.done(200);
        let entry = log["entries"].as_array().unwrap().iter().find(|entry| entry["action"] == "member.locked");
        let actor = &entry.unwrap_or_else(|| panic!("{query}: {log}"))["actor"];
        assert_eq!(*actor, json!({ "kind": "client", "id": "robot", "member": member }), "{query}");
    }
    let log = world.gets(&world.acme, "/audit?action=service_account.created", &token).await.done(200);
    let actor = &log["entries"][0]["actor"];
    assert_eq!((&actor["kind"], &actor["member"]), (&json!("member"), &actor["id"]), "a person is their own member");
    let log = world.gets(&world.acme, "/audit?action=member.seeded", &token).await.done(200);
    assert_eq!(log["entries"][0]["actor"], json!({ "kind": "operator", "id": null, "member": null }));
}

#[tokio::test]
async fn pp_28_nobody_of_now_is_told_to_have_done_what_another_did_whose_row_is_lost() {
    let world = World::new().await;
    let (mut admin, token) = world.api_admin(&world.acme, "console").await;
    let (member, _) = robot(&world, &token).await;
    // As a server of the version before leaves it, that lets a client in anew: made later, and nothing of the one before.
    world.tenant_change(&world.acme, "UPDATE service_account SET made_at = made_at * 2").await;
    let log = looks_at(&mut admin, &world, "/audit?action=member.locked").await.text_of("audit");
    assert!(log.contains("Locked: Bob Doe") && log.contains("robot") && !log.contains("Payroll"), "{log}");
    let did = looks_at(&mut admin, &world, &format!("/audit?by={member}")).await;
    assert!(!did.text_of("audit").contains("Locked"), "{did:?}");
}

#[tokio::test]
async fn pp_28_the_page_of_a_service_account_has_nothing_that_only_people_have() {
    let world = World::new().await;
    let (mut admin, token) = world.api_admin(&world.acme, "console").await;
    let (member, bob) = robot(&world, &token).await;
    let of_people = ["provider", "switch-provider", "break-glass", "set-break-glass"];
    let facts = |page: &Page| page.every("dl.facts dt", crate::harness::words);
    let page = looks_at(&mut admin, &world, &format!("/members/{bob}")).await;
    assert!(of_people.iter().all(|id| page.has(id)) && !page.has("client-id"), "the control: {page:?}");
    assert!(facts(&page).iter().any(|fact| fact == "E-mail"), "{page:?}");
    let page = looks_at(&mut admin, &world, &format!("/members/{member}")).await;
    assert!(of_people.iter().all(|id| !page.has(id)), "{page:?}");
    let facts = facts(&page);
    assert!(!facts.iter().any(|fact| fact == "E-mail" || fact == "Last sign-in"), "{facts:?}");
    assert_eq!(page.text_of("client-id"), "robot");
    assert!(page.has("assign-roles") && page.has("lock"), "what it has as people have is there");
    for path in ["provider", "break-glass"] {
        admin.get(world.acme.url(&format!("/members/{bob}/{path}"))).await.answers(200);
        admin.get(world.acme.url(&format!("/members/{member}/{path}"))).await.answers(409).sees("is no person");
    }
    for (who, steps) in [(&bob, 1), (&member, 0)] {
        let states = looks_at(&mut admin, &world, &format!("/members/states?member={who}")).await;
        let own = states.text_of("can-happen") + &states.text_of("cannot-happen");
        assert_eq!(own.matches("Asks for their own deletion").count(), steps, "{own}");
    }

    // Nobody is told that somebody gets a mail.
    admin.opens(&world.acme.url(&format!("/members/{member}"))).await;
    admin.submits("lock", &[]).await.sees("Locked. From now on it can do nothing here.");
    admin.submits("undo", &[]).await.sees("Unlocked. It can act here again, with new tokens.");
    admin.page.sees_not("they get a mail");
    admin.clicks("delete").await;
    let told = admin.text_of("what-follows");
    assert!(told.contains("whatever tokens it has") && told.contains("30 days it can be brought back"), "{told}");
    assert!(!told.contains("mail") && !told.contains("account"), "{told}");
    admin.submits("delete", &[]).await.sees("Deleted. From now on it can do nothing here.");
    admin.sees("It can be brought back. Its record is erased on:");
    admin.opens(&world.acme.url(&format!("/members/{bob}/delete"))).await;
    assert!(admin.text_of("what-follows").contains("Their own account"), "people are told what concerns people");
}

#[tokio::test]
async fn pp_28_the_list_of_service_accounts_says_how_each_stands_and_what_it_may() {
    let world = World::new().await;
    let (mut admin, token) = world.api_admin(&world.acme, "console").await;
    let mut made = Vec::new();
    for (client, roles) in [("one", json!(["viewer", "editor"])), ("two", json!([]))] {
        let new = json!({ "name": format!("System {client}"), "client_id": client, "roles": roles });
        made.push(text(&world.posts(&world.acme, "/service-accounts", &token, &new).await.done(201), "member"));
    }
    world.posts(&world.acme, &format!("/members/{}/lock", made[1]), &token, &json!({})).await.done(200);
    let page = looks_at(&mut admin, &world, "/service-accounts").await;
    let rows = page.every("#accounts tbody tr", crate::harness::words);
    assert!(rows[0].contains("System one") && rows[0].contains("Active"), "{rows:?}");
    assert!(rows[0].contains("Viewer") && rows[0].contains("Editor"), "{rows:?}");
    assert!(rows[1].contains("System two") && rows[1].contains("Locked") && !rows[1].contains("Viewer"), "{rows:?}");
}
