//! Which profile fields there are, by the API (PP-16).

use serde_json::{Value, json};
use tenant::members::MemberState;

use super::{acting, everything};
use crate::harness::{World, text};

#[tokio::test]
async fn pp_16_profile_fields_are_listed_added_and_taken_away() {
    let world = World::new().await;
    let (_, token) = world.api_admin(&world.acme, "console").await;
    world.member("bob", &world.acme, MemberState::Active, &["viewer"]).await;
    let listed = async |token: &str| world.gets(&world.acme, "/fields", token).await.done(200)["fields"].clone();
    let add = async |body: Value| world.posts(&world.acme, "/fields", &token, &body).await;
    let of_blueprint = listed(&token).await;
    let telephone = of_blueprint.as_array().unwrap().iter().find(|field| field["key"] == "telephone").unwrap();
    assert_eq!((&telephone["added"], &telephone["longest"]), (&json!(false), &json!(40)));
    assert_eq!(telephone["label"]["en"], "Telephone");
    for (body, status, code) in [
        (json!({ "label": " " }), 422, "invalid_body"),
        (json!({ "label": "x".repeat(61) }), 422, "invalid_body"),
        (json!({ "label": "Badge", "key": "email" }), 422, "invalid_body"),
        (json!({ "label": "telephone" }), 409, "field_taken"),
    ] {
        add(body).await.refuses(status, code);
    }
    assert_eq!(listed(&token).await, of_blueprint);
    let added = add(json!({ "label": "Cost centre" })).await.done(201);
    let label = json!({ "en": "Cost centre", "de": "Cost centre" });
    assert_eq!(
        (&added["key"], &added["label"], &added["required"], &added["added"]),
        (&json!("cost_centre"), &label, &json!(false), &json!(true))
    );
    assert!(listed(&token).await.as_array().unwrap().contains(&added));
    // It is written and read like any other.
    let bob = world.id_by_api(&world.acme, "bob", &token).await;
    let wrote = json!({ "fields": { "cost_centre": "4711" } });
    world.posts(&world.acme, &format!("/members/{bob}/fields"), &token, &wrote).await.done(200);
    let remove = async |key: &str| world.posts(&world.acme, &format!("/fields/{key}/remove"), &token, &json!({})).await;
    assert_eq!(remove("cost_centre").await.done(200), json!({ "removed": true }));
    // Once; and the blueprint's own stay.
    for key in ["cost_centre", "telephone", "no_such", "%27"] {
        remove(key).await.refuses(404, "not_found");
    }
    assert_eq!(listed(&token).await, of_blueprint);
    world.posts(&world.acme, &format!("/members/{bob}/fields"), &token, &wrote).await.refuses(422, "invalid_body");
    // Added again under its label it is the same field, with what stood in it, and may be another in the rest.
    let back = add(json!({ "label": "cost CENTRE", "required": true })).await.done(201);
    assert_eq!((&back["key"], &back["required"]), (&json!("cost_centre"), &json!(true)));
    let shown = world.gets(&world.acme, &format!("/members/{bob}"), &token).await.done(200);
    assert_eq!(shown["fields"], wrote["fields"]);
    let log = world.gets(&world.acme, "/audit?action=field.added", &token).await.done(200);
    assert_eq!(log["entries"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn pp_16_a_field_is_called_otherwise_and_required_and_keeps_its_key_and_values() {
    let world = World::new().await;
    let (_, token) = world.api_admin(&world.acme, "console").await;
    world.member("bob", &world.acme, MemberState::Active, &["viewer"]).await;
    let bob = world.id_by_api(&world.acme, "bob", &token).await;
    for label in ["Badge", "Locker"] {
        world.posts(&world.acme, "/fields", &token, &json!({ "label": label })).await.done(201);
    }
    let wrote = json!({ "fields": { "badge": "7" } });
    world.posts(&world.acme, &format!("/members/{bob}/fields"), &token, &wrote).await.done(200);
    let change =
        async |key: &str, body: Value| world.posts(&world.acme, &format!("/fields/{key}"), &token, &body).await;
    for (key, body, status, code) in [
        ("badge", json!({ "label": " " }), 422, "invalid_body"),
        ("badge", json!({ "label": "locker" }), 409, "field_taken"),
        ("badge", json!({ "label": "Firma" }), 409, "field_taken"),
        ("badge", json!({ "required": "yes" }), 422, "invalid_body"),
        ("company", json!({ "required": true }), 404, "not_found"),
        ("no_such", json!({ "required": true }), 404, "not_found"),
    ] {
        change(key, body).await.refuses(status, code);
    }
    for (body, changed, label, required) in [
        (json!({}), false, "Badge", false),
        (json!({ "label": "Badge", "required": false }), false, "Badge", false),
        (json!({ "label": "BADGE no." }), true, "BADGE no.", false),
        (json!({ "required": true }), true, "BADGE no.", true),
        (json!({ "label": "Door", "required": false }), true, "Door", false),
    ] {
        let done = change("badge", body.clone()).await.done(200);
        assert_eq!(done["changed"], json!(changed), "{body}");
        let field = &done["field"];
        assert_eq!((&field["key"], &field["required"]), (&json!("badge"), &json!(required)), "{body}");
        assert_eq!(field["label"], json!({ "en": label, "de": label }), "{body}");
    }
    let shown = world.gets(&world.acme, &format!("/members/{bob}"), &token).await.done(200);
    assert_eq!(shown["fields"], wrote["fields"], "what stands in it stays");
    let log = world.gets(&world.acme, "/audit?action=field.changed", &token).await.done(200);
    assert_eq!(log["entries"].as_array().unwrap().len(), 3);
    world.posts(&world.acme, "/fields/badge/remove", &token, &json!({})).await.done(200);
    change("badge", json!({ "label": "Key" })).await.refuses(404, "not_found");
}

#[tokio::test]
async fn pp_16_only_who_may_and_a_token_for_it_changes_which_fields_there_are() {
    let world = World::new().await;
    let (mut admin, token) = world.api_admin(&world.acme, "console").await;
    let rp = world.client_at(&world.acme, "narrow", acting).await;
    let new = json!({ "label": "Badge" });
    let reads = text(&rp.acts_for(&mut admin, &world.acme, "members:read members:write").await, "access_token");
    world.gets(&world.acme, "/fields", &reads).await.done(200);
    world.posts(&world.acme, "/fields", &reads, &new).await.refuses(403, "insufficient_scope");
    world.posts(&world.acme, "/fields/badge", &reads, &new).await.refuses(403, "insufficient_scope");
    let settles = text(&rp.acts_for(&mut admin, &world.acme, "settings:write").await, "access_token");
    world.gets(&world.acme, "/fields", &settles).await.done(200);
    let jobs = text(&rp.acts_for(&mut admin, &world.acme, "jobs:read").await, "access_token");
    world.gets(&world.acme, "/fields", &jobs).await.refuses(403, "insufficient_scope");
    // Whoever sees members reads what their fields are called, and changes nothing; whoever does not reads nothing.
    for (role, may_read) in [("support", true), ("viewer", false)] {
        let mut other = world.member(role, &world.acme, MemberState::Active, &[role]).await;
        other.enters(&world.acme).await;
        let theirs = text(&rp.acts_for(&mut other, &world.acme, &everything()).await, "access_token");
        let answer = world.gets(&world.acme, "/fields", &theirs).await;
        assert_eq!(answer.status, if may_read { 200 } else { 403 }, "{role}: {answer:?}");
        world.posts(&world.acme, "/fields", &theirs, &new).await.refuses(403, "forbidden");
        world.posts(&world.acme, "/fields/badge/remove", &theirs, &json!({})).await.refuses(403, "forbidden");
        world.posts(&world.acme, "/fields/badge", &theirs, &json!({ "label": "Key" })).await.refuses(403, "forbidden");
    }
    assert_eq!(world.tenant_count(&world.acme, "SELECT COUNT(*) FROM tenant_field").await, 0);
    world.posts(&world.acme, "/fields", &settles, &new).await.done(201);
    world.posts(&world.acme, "/fields/badge/remove", &token, &json!({})).await.done(200);
}
