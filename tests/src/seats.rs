//! What somebody counts as in a licence: roles alone decide, of people and of other systems.

use serde_json::json;
use tenant::members::MemberState;

use crate::api::serving;
use crate::harness::{World, text};

#[tokio::test]
async fn pp_18_page_api_and_export_say_what_a_member_counts_as() {
    let world = World::new().await;
    let (mut admin, token) = world.api_admin(&world.acme, "console").await;
    for (name, roles) in [("one", &["viewer", "supplier"][..]), ("two", &["viewer", "editor"]), ("three", &[])] {
        world.member(name, &world.acme, MemberState::Active, roles).await;
    }
    let csv = admin.get(world.acme.url("/members/export.csv")).await.body;
    let json = admin.get(world.acme.url("/members/export.jsonl")).await.body;
    let head: Vec<&str> = csv.lines().next().unwrap().split(',').collect();
    let column = head.iter().position(|name| *name == "seat_class").unwrap();
    for (name, word, label) in
        [("one", "regular", "Regular user"), ("two", "core", "Core user"), ("three", "regular", "Regular user")]
    {
        let id = world.id_by_api(&world.acme, name, &token).await;
        let page = admin.opens(&world.acme.url(&format!("/members/{id}"))).await;
        assert_eq!(page.text_of("seat"), label, "{name}");
        let member = world.gets(&world.acme, &format!("/members/{id}"), &token).await.done(200);
        assert_eq!(member["seat_class"], word, "{name}");
        let line = csv.lines().find(|line| line.contains(&id)).unwrap();
        assert_eq!(line.split(',').nth(column), Some(word), "{line}");
        let line: serde_json::Value =
            serde_json::from_str(json.lines().find(|line| line.contains(&id)).unwrap()).unwrap();
        assert_eq!(line["seat_class"], word, "{name}");
    }
    // Another role, another class, at once; and what a file says of it changes nothing.
    let two = world.id_by_api(&world.acme, "two", &token).await;
    let less = json!({ "how": "set", "roles": ["viewer"] });
    let done = world.posts(&world.acme, &format!("/members/{two}/roles"), &token, &less).await.done(200);
    assert_eq!(done["member"]["seat_class"], "regular");
    let file = "email,seat_class\ntwo@people.test,core\n";
    let import = world.files(&world.acme, "/imports", &token, "text/csv", file).await.done(201);
    assert_eq!(import["ignored_columns"], json!([]), "one of an export's own");
}

#[tokio::test]
async fn pp_28_another_system_counts_as_regular_or_core_by_its_roles() {
    let world = World::new().await;
    let (mut admin, token) = world.api_admin(&world.acme, "console").await;
    world.client_at(&world.acme, "robot", serving).await;
    let new = json!({ "name": "Payroll", "client_id": "robot", "roles": ["viewer"] });
    let member = text(&world.posts(&world.acme, "/service-accounts", &token, &new).await.done(201), "member");
    for (role, word, label) in [("viewer", "regular", "Regular user"), ("administrator", "core", "Core user")] {
        let roles = json!({ "how": "set", "roles": [role] });
        let done = world.posts(&world.acme, &format!("/members/{member}/roles"), &token, &roles).await.done(200);
        assert_eq!(done["member"]["seat_class"], word, "{role}");
        let page = admin.opens(&world.acme.url(&format!("/members/{member}"))).await;
        assert_eq!(page.text_of("seat"), label, "{role}");
    }
}
