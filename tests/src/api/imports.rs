//! Members from a file by the API: as from the page, with a token for what a file does.

use serde_json::{Value, json};
use tenant::members::MemberState;

use crate::harness::{SECOND, World, text};

const CSV: &str = "text/csv";
const PEOPLE: &str = "email,given_name,family_name,language,state,roles,shoe_size\n\
    nora@elsewhere.test,Nora,New,en,active,editor viewer,40\n\
    nobody,,,,,,\n";
const MEMBERS: &str = "SELECT COUNT(*) FROM member";

fn tally(of: &Value) -> [i64; 5] {
    ["new", "changed", "reopened", "unchanged", "wrong"].map(|word| of[word].as_i64().unwrap())
}

#[tokio::test]
async fn a_file_is_looked_at_started_and_its_lines_are_told_by_the_api() {
    let world = World::new().await;
    let (mut admin, token) = world.api_admin(&world.acme, "console").await;
    let lars = world.member("lars", &world.acme, MemberState::Locked, &["viewer"]).await;
    let before = world.tenant_count(&world.acme, MEMBERS).await;
    let file = format!("{PEOPLE}{},,,,active,viewer,\n", lars.email);
    let made =
        world.files(&world.acme, "/imports?file_name=people.csv&invite=true", &token, CSV, &file).await.done(201);
    let id = text(&made, "id");
    assert_eq!((&made["lines"], &made["file_name"], &made["invites"]), (&json!(3), &json!("people.csv"), &json!(true)));
    assert_eq!(made["ignored_columns"], json!(["shoe_size"]));
    world.settle().await;
    let ready = world.gets(&world.acme, &format!("/imports/{id}"), &token).await.done(200);
    assert_eq!((&ready["state"], tally(&ready["ahead"])), (&json!("ready"), [1, 0, 1, 0, 1]));
    assert_eq!(world.tenant_count(&world.acme, MEMBERS).await, before, "nothing is done before the word");
    let wrong = world.gets(&world.acme, &format!("/imports/{id}/lines?outcome=wrong"), &token).await.done(200);
    let line = &wrong["lines"][0];
    assert_eq!((&line["line"], &line["problem"]["code"]), (&json!(3), &json!("email_wrong")), "{wrong}");
    assert_eq!(line["problem"]["column"], "email");
    assert!(text(&line["problem"], "detail").contains("nobody"), "{wrong}");

    // The word is for whoever brought it.
    let (_, other) = world.api_admin(&world.acme, "console2").await;
    let start = format!("/imports/{id}/start");
    world.posts(&world.acme, &start, &other, &json!({})).await.refuses(403, "forbidden");
    world.posts(&world.acme, &start, &token, &json!({ "reopens": true })).await.refuses(422, "invalid_body");
    world.posts(&world.acme, &start, &token, &json!({})).await.done(200);
    world.posts(&world.acme, &start, &token, &json!({})).await.refuses(409, "already_so");
    world.settle().await;
    let done = world.gets(&world.acme, &format!("/imports/{id}"), &token).await.done(200);
    // Nobody is let back in without the word for it.
    assert_eq!((&done["state"], tally(&done["behind"])), (&json!("done"), [1, 0, 0, 1, 1]));
    assert_eq!(world.tenant_count(&world.acme, MEMBERS).await, before + 2, "she, and the other administrator");
    assert_eq!(world.mails_to("nora@elsewhere.test").await.len(), 1);
    let locked = "SELECT COUNT(*) FROM member WHERE locked";
    assert_eq!(world.tenant_count(&world.acme, locked).await, 1);

    world.passes(SECOND);
    // JSON lines, and the word to let back in.
    let line = format!("{{\"email\":\"{}\",\"state\":\"active\"}}\n", lars.email);
    let made = world.files(&world.acme, "/imports", &token, "application/jsonl", &line).await.done(201);
    world.settle().await;
    let again = format!("/imports/{}/start", text(&made, "id"));
    world.posts(&world.acme, &again, &token, &json!({ "reopen": true })).await.done(200);
    world.settle().await;
    assert_eq!(world.tenant_count(&world.acme, locked).await, 0);
    let page = world.gets(&world.acme, "/imports?limit=1", &token).await.done(200);
    assert_eq!(page["imports"][0]["id"], made["id"], "the newest first");
    let next = format!("/imports?limit=1&cursor={}", text(&page, "next"));
    let second = world.gets(&world.acme, &next, &token).await.done(200);
    assert_eq!((&second["imports"][0]["id"], &second["next"]), (&json!(id), &json!(null)));
    let lines = format!("/imports/{id}/lines?limit=2");
    let first = world.gets(&world.acme, &lines, &token).await.done(200);
    let next = format!("{lines}&cursor={}", text(&first, "next"));
    assert_eq!(world.gets(&world.acme, &next, &token).await.done(200)["lines"].as_array().unwrap().len(), 1);

    // A token that may read jobs alone learns of nobody who they are.
    let reader = world.client_at(&world.acme, "reader", super::acting).await;
    let jobs_alone = text(&reader.acts_for(&mut admin, &world.acme, "jobs:read").await, "access_token");
    let told = world.gets(&world.acme, &format!("/imports/{id}/lines"), &jobs_alone).await.done(200).to_string();
    for secret in ["elsewhere.test", "Nora", "nobody", &lars.email] {
        assert!(!told.contains(secret), "{secret} in {told}");
    }
    // Nor does one that gives no roles bring a file that does.
    let members_alone = reader.acts_for(&mut admin, &world.acme, "members:read members:write").await;
    let members_alone = text(&members_alone, "access_token");
    world.files(&world.acme, "/imports", &members_alone, CSV, PEOPLE).await.refuses(403, "insufficient_scope");
}

#[tokio::test]
async fn a_file_that_cannot_be_taken_is_refused_with_its_reason_and_nothing_is_left_open() {
    let world = World::new().await;
    let (_, token) = world.api_admin(&world.acme, "console").await;
    for (kind, file, status, code) in [
        (CSV, "", 422, "empty"),
        (CSV, "name\nNora\n", 422, "no_email"),
        ("application/json", PEOPLE, 415, "unsupported_media_type"),
        ("", PEOPLE, 415, "unsupported_media_type"),
    ] {
        world.files(&world.acme, "/imports", &token, kind, file).await.refuses(status, code);
    }
    world.files(&world.acme, "/imports?invite=yes", &token, CSV, PEOPLE).await.refuses(400, "invalid_parameter");
    let headers = [("authorization", &*format!("Bearer {token}")), ("idempotency-key", "one"), ("content-type", CSV)];
    let keyed = world.calls(&world.acme, (reqwest::Method::POST, "/imports"), &headers, None).await;
    keyed.refuses(400, "unknown_parameter");
    world.files(&world.acme, "/imports", "no-token", CSV, PEOPLE).await.refuses(401, "invalid_token");
    let open = "SELECT COUNT(*) FROM import WHERE ended_at IS NULL";
    assert_eq!(world.tenant_count(&world.acme, open).await, 0);

    let made = world.files(&world.acme, "/imports", &token, CSV, PEOPLE).await.done(201);
    let cancel = format!("/imports/{}/cancel", text(&made, "id"));
    world.posts(&world.acme, &cancel, &token, &json!({})).await.done(200);
    world.posts(&world.acme, &cancel, &token, &json!({})).await.refuses(409, "already_so");
    for (query, number) in [("", 2), ("?outcome=not_reached", 2), ("?outcome=new", 0)] {
        let at = format!("/imports/{}/lines{query}", text(&made, "id"));
        let lines = world.gets(&world.acme, &at, &token).await.done(200)["lines"].as_array().unwrap().clone();
        assert_eq!(lines.len(), number, "{query}");
        let told = |line: &Value| (line["done"].clone(), line["outcome"].clone());
        assert!(lines.iter().all(|line| told(line) == (json!(false), json!("not_reached"))), "{lines:?}");
    }
    assert_eq!(world.tenant_count(&world.acme, open).await, 0);

    // Somebody who may not manage members brings none.
    let mut viewer = world.member("vera", &world.acme, MemberState::Active, &["viewer"]).await;
    viewer.enters(&world.acme).await;
    let rp = world.client_at(&world.acme, "viewers", super::acting).await;
    let token = text(&rp.acts_for(&mut viewer, &world.acme, &super::everything()).await, "access_token");
    world.files(&world.acme, "/imports", &token, CSV, PEOPLE).await.refuses(403, "forbidden");
    world.gets(&world.acme, "/imports", &token).await.refuses(403, "forbidden");
}
