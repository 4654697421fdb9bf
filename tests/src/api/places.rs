//! Places in lists that are made up, or another tenant's.

use serde_json::{Value, json};
use tenant::members::MemberState;
use uuid::Uuid;

use crate::harness::{Place, World, text};

/// Every list with a cursor, but that of members: its name in answers, and what tells its rows apart.
const LISTS: [(&str, &str, &str); 3] =
    [("/jobs", "jobs", "id"), ("/audit", "entries", "id"), ("/service-accounts", "service_accounts", "client_id")];

/// Two jobs and two service accounts; answers with the later job.
async fn fills(world: &World, at: &Place, name: &str, token: &str) -> String {
    world.member(name, at, MemberState::Active, &[]).await;
    let id = world.id_by_api(at, name, token).await;
    let mut job = String::new();
    for n in 0..2 {
        let new = json!({ "deed": "lock", "members": [id] });
        job = text(&world.posts(at, "/jobs", token, &new).await.done(201), "id");
        let new = json!({ "name": "Robot", "client_id": format!("{name}-{n}"), "roles": [] });
        world.posts(at, "/service-accounts", token, &new).await.done(201);
    }
    world.settle().await;
    job
}

fn keys(page: &Value, list: &str, key: &str) -> Vec<String> {
    page[list].as_array().unwrap_or_else(|| panic!("{page}")).iter().map(|row| text(row, key)).collect()
}

#[tokio::test]
async fn web_18_places_that_are_made_up_or_another_tenants_lead_nowhere_else() {
    let world = World::new().await;
    let (_, token) = world.api_admin(&world.acme, "console").await;
    let (_, other) = world.api_admin(&world.studio, "studio-console").await;
    let job = fills(&world, &world.acme, "bob", &token).await;
    let theirs = fills(&world, &world.studio, "sue", &other).await;
    for (path, list, key) in LISTS {
        let own = keys(&world.gets(&world.acme, &format!("{path}?limit=200"), &token).await.done(200), list, key);
        let foreign = world.gets(&world.studio, &format!("{path}?limit=1"), &other).await.done(200);
        let cursor = foreign["next"].as_str().unwrap_or_else(|| panic!("{path}: {foreign}"));
        let there = world.gets(&world.studio, &format!("{path}?cursor={cursor}"), &other).await.done(200);
        assert!(!keys(&there, list, key).is_empty(), "the control: {path}");
        let here = world.gets(&world.acme, &format!("{path}?limit=200&cursor={cursor}"), &token).await.done(200);
        assert!(keys(&here, list, key).iter().all(|row| own.contains(row)), "{path}: {here}");
    }
    let items = format!("/jobs/{job}/items");
    world.gets(&world.acme, &items, &token).await.done(200);
    world.gets(&world.acme, &format!("/jobs/{theirs}/items"), &token).await.refuses(404, "not_found");
    // A cursor of members is none of anything else; nor is what somebody makes up.
    let members = world.gets(&world.acme, "/members?limit=1", &token).await.done(200);
    let members = members["next"].as_str().unwrap();
    for path in ["/jobs", items.as_str(), "/imports", "/audit", "/service-accounts", "/terms/terms/versions"] {
        for garbage in ["", "nonsense", "%27+OR+1%3D1--", "%00", members, &"x".repeat(3_000)] {
            let answer = world.gets(&world.acme, &format!("{path}?cursor={garbage}"), &token).await;
            answer.refuses(400, "invalid_cursor");
        }
        world.gets(&world.acme, &format!("{path}?limit=0"), &token).await.refuses(400, "invalid_parameter");
    }
    for (path, parameter) in [(items.as_str(), "outcome"), ("/audit", "member"), ("/audit", "actor")] {
        world.gets(&world.acme, &format!("{path}?{parameter}=%27"), &token).await.refuses(400, "invalid_parameter");
    }
}

#[tokio::test]
async fn pp_08_a_thousand_are_named_one_by_one_and_more_are_told_to_be_searched_for() {
    let world = World::new().await;
    let (_, token) = world.api_admin(&world.acme, "console").await;
    let named =
        |count: u128| json!({ "deed": "lock", "members": (1..=count).map(Uuid::from_u128).collect::<Vec<_>>() });
    let refused = world.posts(&world.acme, "/jobs", &token, &named(1_001)).await;
    refused.refuses(422, "too_many");
    assert!(refused.body.contains("More than 1,000"), "{refused:?}");
    assert_eq!(world.tenant_count(&world.acme, "SELECT COUNT(*) FROM batch").await, 0, "nothing is begun with a part");
    world.posts(&world.acme, "/jobs", &token, &named(1_000)).await.done(201);
    assert_eq!(world.tenant_count(&world.acme, "SELECT items FROM batch").await, 1_000);
}
