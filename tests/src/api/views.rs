//! Saved views by the API (PP-04).

use serde_json::{Value, json};
use tenant::members::MemberState;

use super::{acting, everything, serving};
use crate::harness::{World, text};

fn names(listed: &Value) -> Vec<&str> {
    listed["views"].as_array().unwrap().iter().map(|view| view["name"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn pp_04_a_view_is_kept_shared_and_forgotten_by_the_api_as_on_the_page() {
    let world = World::new().await;
    let (mut admin, token) = world.api_admin(&world.acme, "console").await;
    let mut support = world.member("support", &world.acme, MemberState::Active, &["support"]).await;
    support.enters(&world.acme).await;
    let rp = world.client_at(&world.acme, "other", acting).await;
    let theirs = text(&rp.acts_for(&mut support, &world.acme, &everything()).await, "access_token");
    let save = async |token: &str, body: Value| world.posts(&world.acme, "/views", token, &body).await;
    let list = async |token: &str| world.gets(&world.acme, "/views", token).await.done(200);
    let own = save(&token, json!({ "name": "Locked", "search": "mina isLocked:TRUE" })).await.done(200);
    assert_eq!(
        (&own["search"], &own["shared"], &own["own"]),
        (&json!("mina isLocked:true"), &json!(false), &json!(true))
    );
    assert_eq!(own["columns"], json!(["email", "state", "roles", "last_sign_in"]), "the usual ones");
    let columns = json!(["field.city", "state"]);
    let shared = json!({ "name": "Suppliers", "search": "role:supplier", "columns": columns, "shared": true });
    let shared = save(&token, shared).await.done(200);
    assert_eq!(shared["columns"], json!(["state", "field.city"]), "in the order of every list");
    // The page shows the same, and the API what the page keeps.
    admin.opens(&world.acme.url("/members")).await.sees("Locked").sees("Suppliers");
    let there = admin.page.find(".view[href*='supplier']", |link| link.value().attr("href").unwrap().to_owned());
    assert_eq!(there.as_deref(), Some("/members?role=supplier&columns=state+field.city"));
    admin.opens(&world.acme.url("/members?q=bob&columns=name")).await.submits("save", &[("name", "Bob")]).await;
    assert_eq!(names(&list(&token).await), ["Bob", "Locked", "Suppliers"]);
    assert_eq!(list(&token).await["views"][0]["columns"], json!([]), "the name alone");
    // What another has not shared is not there for anybody else.
    let seen = list(&theirs).await;
    assert_eq!((names(&seen), &seen["views"][0]["own"]), (vec!["Suppliers"], &json!(false)));
    let forget = async |token: &str, id: &Value| {
        world.posts(&world.acme, &format!("/views/{}/remove", id.as_str().unwrap()), token, &json!({})).await
    };
    for id in [&own["id"], &shared["id"], &json!("01900000-0000-7000-8000-000000000000"), &json!("x")] {
        forget(&theirs, id).await.refuses(404, "not_found");
    }
    save(&theirs, json!({ "name": "!", "search": "", "shared": true })).await.refuses(403, "forbidden");
    let mine = save(&theirs, json!({ "name": "Mine", "search": "" })).await.done(200);
    forget(&token, &mine["id"]).await.refuses(404, "not_found");
    // The same name again replaces it.
    let again = save(&token, json!({ "name": " Locked ", "search": "isLocked:true", "columns": [] })).await.done(200);
    assert_eq!((&again["id"], &again["columns"]), (&own["id"], &json!([])));
    assert_eq!(forget(&token, &own["id"]).await.done(200), json!({ "removed": true }));
    forget(&token, &own["id"]).await.refuses(404, "not_found");
    assert_eq!(names(&list(&token).await), ["Bob", "Suppliers"]);
}

#[tokio::test]
async fn pp_04_what_is_no_view_is_not_kept_and_nobody_keeps_without_end() {
    let world = World::new().await;
    let (_, token) = world.api_admin(&world.acme, "console").await;
    let save = async |body: &Value| world.posts(&world.acme, "/views", &token, body).await;
    for (body, code) in [
        (json!({ "name": " ", "search": "" }), "invalid_body"),
        (json!({ "name": "x".repeat(61), "search": "" }), "invalid_body"),
        (json!({ "name": "x" }), "invalid_body"),
        (json!({ "name": "x", "search": "", "columns": ["nonsense"] }), "invalid_body"),
        (json!({ "name": "x", "search": "", "columns": ["state email"] }), "invalid_body"),
        (json!({ "name": "x", "search": "mina isHappy:true" }), "not_understood"),
        (json!({ "name": "x", "search": "y".repeat(1_001) }), "not_understood"),
    ] {
        save(&body).await.refuses(422, code);
    }
    assert!(save(&json!({ "name": "x", "search": "isHappy:true" })).await.body.contains("isHappy:true"), "it is told");
    assert_eq!(world.tenant_count(&world.acme, "SELECT COUNT(*) FROM member_view").await, 0);
    for n in 0..50 {
        save(&json!({ "name": format!("View {n}"), "search": "" })).await.done(200);
    }
    save(&json!({ "name": "One more", "search": "" })).await.refuses(409, "too_many");
    save(&json!({ "name": "View 7", "search": "isLocked:true" })).await.done(200);
}

#[tokio::test]
async fn pp_04_views_take_a_right_and_a_token_for_it_and_a_service_account_keeps_its_own() {
    let world = World::new().await;
    let (mut admin, token) = world.api_admin(&world.acme, "console").await;
    let rp = world.client_at(&world.acme, "narrow", acting).await;
    let new = json!({ "name": "Mine", "search": "" });
    let reads = text(&rp.acts_for(&mut admin, &world.acme, "members:read").await, "access_token");
    world.gets(&world.acme, "/views", &reads).await.done(200);
    world.posts(&world.acme, "/views", &reads, &new).await.refuses(403, "insufficient_scope");
    let mut viewer = world.member("vera", &world.acme, MemberState::Active, &["viewer"]).await;
    viewer.enters(&world.acme).await;
    let theirs = text(&rp.acts_for(&mut viewer, &world.acme, &everything()).await, "access_token");
    world.gets(&world.acme, "/views", &theirs).await.refuses(403, "forbidden");
    world.posts(&world.acme, "/views", &theirs, &new).await.refuses(403, "forbidden");
    // Another system keeps views as its roles let it: one that manages members shares them.
    for (client, role, shares) in [("robot", "administrator", 200), ("watcher", "support", 403)] {
        let account = json!({ "name": "Robot", "client_id": client, "roles": [role] });
        world.posts(&world.acme, "/service-accounts", &token, &account).await.done(201);
        let its = world.client_at(&world.acme, client, serving).await.serves_at(&world.acme, &everything()).await;
        let own = world.posts(&world.acme, "/views", &its, &new).await.done(200);
        let shared = json!({ "name": client, "search": "", "shared": true });
        let answer = world.posts(&world.acme, "/views", &its, &shared).await;
        assert_eq!(answer.status, shares, "{client}: {answer:?}");
        world.posts(&world.acme, &format!("/views/{}/remove", text(&own, "id")), &its, &json!({})).await.done(200);
    }
    let listed = world.gets(&world.acme, "/views", &token).await.done(200);
    assert_eq!(names(&listed), ["robot"], "everybody sees it");
}

#[tokio::test]
async fn pp_04_as_many_views_are_shared_as_everybody_sees() {
    let world = World::new().await;
    let (_, token) = world.api_admin(&world.acme, "console").await;
    let (_, others) = world.api_admin(&world.acme, "console2").await;
    for n in 0..50 {
        let view = json!({ "name": format!("View {n}"), "search": "", "shared": true });
        let by = if n % 2 == 0 { &token } else { &others };
        world.posts(&world.acme, "/views", by, &view).await.done(200);
    }
    let more = |shared: bool| json!({ "name": "One more", "search": "", "shared": shared });
    world.posts(&world.acme, "/views", &token, &more(true)).await.refuses(409, "too_many");
    world.posts(&world.acme, "/views", &token, &more(false)).await.done(200);
    let again = json!({ "name": "View 0", "search": "isLocked:true", "shared": true });
    world.posts(&world.acme, "/views", &token, &again).await.done(200);
    assert_eq!(names(&world.gets(&world.acme, "/views", &others).await.done(200)).len(), 50);
}
