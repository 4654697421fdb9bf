use serde_json::json;
use tenant::members::MemberState;

use crate::harness::{SECOND, World, text};

#[tokio::test]
async fn pp_06_a_search_and_then_a_deed_for_all_whom_it_found_and_back() {
    let world = World::new().await;
    let (mut admin, token) = world.api_admin(&world.acme, "console").await;
    for name in ["one", "two", "three"] {
        world.member(name, &world.acme, MemberState::Active, &["supplier"]).await;
    }
    world.member("four", &world.acme, MemberState::Locked, &["supplier"]).await;
    let new = json!({ "deed": "lock", "search": "role:supplier" });
    let made = world.posts(&world.acme, "/jobs", &token, &new).await.done(201);
    let id = text(&made, "id");
    world.settle().await;
    let ready = world.gets(&world.acme, &format!("/jobs/{id}"), &token).await.done(200);
    assert_eq!((&ready["state"], &ready["items"], &ready["fitting"]), (&json!("ready"), &json!(4), &json!(3)));
    let locked = "SELECT COUNT(*) FROM member WHERE locked";
    assert_eq!(world.tenant_count(&world.acme, locked).await, 1, "nothing is done before the word");
    // The word is for whoever made it: they saw whom it affects with their own rights.
    let (_, other) = world.api_admin(&world.acme, "console2").await;
    world.posts(&world.acme, &format!("/jobs/{id}/start"), &other, &json!({})).await.refuses(403, "forbidden");
    world.posts(&world.acme, &format!("/jobs/{id}/start"), &token, &json!({})).await.done(200);
    world.posts(&world.acme, &format!("/jobs/{id}/start"), &token, &json!({})).await.refuses(409, "already_so");
    world.settle().await;
    let done = world.gets(&world.acme, &format!("/jobs/{id}"), &token).await.done(200);
    assert_eq!((&done["state"], &done["changed"], &done["refused"]), (&json!("done"), &json!(3), &json!(1)));
    assert_eq!(world.tenant_count(&world.acme, locked).await, 4);
    let refused = world.gets(&world.acme, &format!("/jobs/{id}/items?outcome=already_so"), &token).await.done(200);
    assert_eq!(refused["items"].as_array().unwrap().len(), 1, "{refused}");
    let page = world.gets(&world.acme, &format!("/jobs/{id}/items?limit=3"), &token).await.done(200);
    let next = format!("/jobs/{id}/items?limit=3&cursor={}", page["next"].as_str().unwrap());
    assert_eq!(world.gets(&world.acme, &next, &token).await.done(200)["items"].as_array().unwrap().len(), 1);

    world.passes(SECOND);
    // A token that may read jobs alone learns of nobody who they are.
    let refused =
        |page: &serde_json::Value| page["items"].as_array().unwrap().iter().all(|item| item["name"].is_null());
    let items = world.gets(&world.acme, &format!("/jobs/{id}/items"), &token).await.done(200);
    assert!(!refused(&items), "the control");
    let reader = world.client_at(&world.acme, "reader", super::acting).await;
    let jobs_alone = text(&reader.acts_for(&mut admin, &world.acme, "jobs:read").await, "access_token");
    assert!(refused(&world.gets(&world.acme, &format!("/jobs/{id}/items"), &jobs_alone).await.done(200)));

    let undo = text(&world.posts(&world.acme, &format!("/jobs/{id}/undo"), &token, &json!({})).await.done(201), "id");
    world.settle().await;
    world.posts(&world.acme, &format!("/jobs/{undo}/start"), &token, &json!({})).await.done(200);
    world.settle().await;
    assert_eq!(world.tenant_count(&world.acme, locked).await, 1, "as before");
    let jobs = world.gets(&world.acme, "/jobs?limit=1", &token).await.done(200);
    assert_eq!(jobs["jobs"][0]["undo_of"], json!(id), "the newest first");
    let next = format!("/jobs?limit=1&cursor={}", jobs["next"].as_str().unwrap());
    let second = world.gets(&world.acme, &next, &token).await.done(200);
    assert_eq!((&second["jobs"][0]["id"], &second["next"]), (&json!(id), &json!(null)));
    for body in [json!({ "deed": "lock" }), json!({ "deed": "lock", "members": [], "search": "" })] {
        world.posts(&world.acme, "/jobs", &token, &body).await.refuses(422, "invalid_body");
    }
    world.posts(&world.acme, "/jobs", &token, &json!({ "deed": "lock", "members": [] })).await.refuses(422, "nobody");
    let unknown = json!({ "deed": "lock", "search": "isHappy:true" });
    world.posts(&world.acme, "/jobs", &token, &unknown).await.refuses(422, "not_understood");
}
