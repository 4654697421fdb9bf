//! Terms and the privacy policy by the API (PP-19).

use std::collections::BTreeSet;

use serde_json::{Value, json};
use tenant::members::MemberState;

use super::{acting, api, everything, serving};
use crate::harness::{Person, Place, World, text};

/// Somebody who is signed in accepts what is asked for.
async fn accepts(who: &mut Person, at: &Place) {
    who.opens(at).await.is("/accept").submits("accept", &[]).await;
}

#[tokio::test]
async fn pp_19_terms_are_published_read_and_never_overwritten_unseen() {
    let world = World::new().await;
    let (admin, token) = world.api_admin(&world.acme, "console").await;
    let own = world.id_by_api(&world.acme, &admin.email, &token).await;
    let get = async |path: &str| world.gets(&world.acme, path, &token).await;
    let publish = async |body: &Value| world.posts(&world.acme, "/terms/terms", &token, body).await;
    get("/terms/terms").await.refuses(404, "not_found");
    assert_eq!(get("/terms/terms/versions").await.done(200), json!({ "versions": [], "next": null }));
    // A first version is the first: nobody leaves a gap, or goes on from what is not there.
    for after in [1, 5, -1, i64::MAX] {
        publish(&json!({ "body": "x", "required": false, "after": after })).await.refuses(409, "changed_since");
    }
    let text_of_it = json!({ "body": "# House rules\r\n\r\nBe kind.", "required": false, "after": 0 });
    let first = publish(&text_of_it).await.done(201);
    assert_eq!((&first["number"], &first["required"], &first["address"]), (&json!(1), &json!(false), &json!(null)));
    assert_eq!((&first["body"], &first["published_by"]), (&json!("# House rules\n\nBe kind."), &json!(own)));
    publish(&text_of_it).await.refuses(409, "changed_since");
    // As long as on the page, whatever a program makes of its letters; and no longer.
    let long = |number: usize| json!({ "body": "ü".repeat(number), "required": false, "after": 1 });
    publish(&long(100_001)).await.refuses(422, "invalid_body");
    publish(&long(1024 * 1024)).await.refuses(413, "too_long");
    for wrong in [
        json!({ "required": false, "after": 1 }),
        json!({ "body": " ", "required": false, "after": 1 }),
        json!({ "body": "x", "address": "https://acme.example", "required": false, "after": 1 }),
        json!({ "address": "http://acme.example", "required": false, "after": 1 }),
        json!({ "address": "javascript:alert(1)", "required": false, "after": 1 }),
        json!({ "body": "x", "required": false }),
        json!({ "body": "x", "after": 1 }),
    ] {
        publish(&wrong).await.refuses(422, "invalid_body");
    }
    let elsewhere = json!({ "address": "https://acme.example/terms", "required": false, "after": 1 });
    publish(&elsewhere).await.done(201);
    let newest = get("/terms/terms").await.done(200);
    assert_eq!(
        (&newest["number"], &newest["body"], &newest["address"]),
        (&json!(2), &json!(null), &elsewhere["address"])
    );
    assert_eq!(get("/terms/terms?version=1").await.done(200), first, "what was published stays as it was");
    world.browser().opens(&world.acme.url("/terms?version=1")).await.sees("House rules").sees("Be kind.");
    // The list is led through by its cursor, and has no texts.
    let page = get("/terms/terms/versions?limit=1").await.done(200);
    assert_eq!((&page["versions"][0]["number"], page["versions"][0].get("body")), (&json!(2), None));
    let next = format!("/terms/terms/versions?limit=1&cursor={}", text(&page, "next"));
    let second = get(&next).await.done(200);
    assert_eq!((&second["versions"][0]["number"], &second["next"]), (&json!(1), &json!(null)));
    // There are two kinds of it, and each has its own versions.
    get("/terms/privacy").await.refuses(404, "not_found");
    get("/terms/nonsense").await.refuses(404, "not_found");
    world.posts(&world.acme, "/terms/nonsense", &token, &text_of_it).await.refuses(404, "not_found");
    get("/terms/terms?version=3").await.refuses(404, "not_found");
    for number in ["0", "-1", "x", "99999999999999999999", "%27"] {
        get(&format!("/terms/terms?version={number}")).await.refuses(400, "invalid_parameter");
    }
    let log = get("/audit?action=terms.published").await.done(200);
    let by: Vec<&Value> = log["entries"].as_array().unwrap().iter().map(|entry| &entry["actor"]["id"]).collect();
    assert_eq!(by, [&json!(own), &json!(own)]);
}

#[tokio::test]
async fn pp_19_who_accepted_which_version_is_listed_page_by_page() {
    let world = World::new().await;
    let (mut admin, token) = world.api_admin(&world.acme, "console").await;
    let (mut owner, theirs) = world.api_admin(&world.studio, "their-console").await;
    let mut bob = world.member("bob", &world.acme, MemberState::Active, &["viewer"]).await;
    bob.enters(&world.acme).await;
    let asks = json!({ "body": "Be kind.", "required": true, "after": 0 });
    for kind in ["terms", "privacy"] {
        world.posts(&world.studio, &format!("/terms/{kind}"), &theirs, &asks).await.done(201);
        accepts(&mut owner, &world.studio).await;
    }
    assert_eq!(world.gets(&world.acme, "/acceptances", &token).await.done(200)["acceptances"], json!([]));
    world.posts(&world.acme, "/terms/terms", &token, &asks).await.done(201);
    // Whoever publishes is asked like everybody, also where an application acts for them.
    world.gets(&world.acme, "/acceptances", &token).await.refuses(403, "terms_not_accepted");
    accepts(&mut admin, &world.acme).await;
    accepts(&mut bob, &world.acme).await;
    world.posts(&world.acme, "/terms/privacy", &token, &asks).await.done(201);
    accepts(&mut admin, &world.acme).await;
    let (mut seen, mut at) = (Vec::new(), "/acceptances?limit=1".to_owned());
    loop {
        let page = world.gets(&world.acme, &at, &token).await.done(200);
        seen.extend(page["acceptances"].as_array().unwrap().iter().map(|row| {
            assert!(row["accepted_at"].as_str().unwrap().starts_with("2025-"), "{row}");
            (text(row, "email"), text(row, "kind"), row["number"].as_i64().unwrap())
        }));
        let Some(next) = page["next"].as_str() else { break };
        at = format!("/acceptances?limit=1&cursor={next}");
    }
    let every: BTreeSet<_> = seen.iter().cloned().collect();
    let row = |who: &Person, kind: &str| (who.email.clone(), kind.to_owned(), 1);
    assert_eq!(every, [row(&admin, "terms"), row(&admin, "privacy"), row(&bob, "terms")].into());
    assert_eq!(seen.len(), 3, "each once");
    // TN-02: a place in another tenant's list leads to nobody else's here.
    let foreign = world.gets(&world.studio, "/acceptances?limit=1", &theirs).await.done(200);
    let here = format!("/acceptances?cursor={}", text(&foreign, "next"));
    assert!(!world.gets(&world.acme, &here, &token).await.done(200).to_string().contains(&owner.email));
    assert!(world.gets(&world.studio, &here, &theirs).await.done(200).to_string().contains(&owner.email));
    let members = world.gets(&world.acme, "/members?limit=1", &token).await.done(200);
    for garbage in ["", "nonsense", "%27+OR+1%3D1--", &text(&members, "next")] {
        world.gets(&world.acme, &format!("/acceptances?cursor={garbage}"), &token).await.refuses(400, "invalid_cursor");
    }
}

#[tokio::test]
async fn pp_19_only_who_may_and_a_token_for_it_reads_and_publishes() {
    let world = World::new().await;
    let mut admin = world.admin_of(&world.acme).await;
    let rp = world.client_at(&world.acme, "console", acting).await;
    // The scope is named to whoever consents.
    let resource = api(&world.acme);
    let asks = rp.request(&[("scope", Some("openid settings:write")), ("resource", Some(&*resource))]);
    admin.opens(&asks.url()).await.is("/consent");
    admin.sees("Publish the instance’s terms and change its profile fields in your name");
    let settles = text(&rp.acts_for(&mut admin, &world.acme, "settings:write").await, "access_token");
    let reads = text(&rp.acts_for(&mut admin, &world.acme, "members:read").await, "access_token");
    let new = json!({ "body": "Be kind.", "required": false, "after": 0 });
    world.posts(&world.acme, "/terms/terms", &reads, &new).await.refuses(403, "insufficient_scope");
    world.posts(&world.acme, "/terms/terms", &settles, &new).await.done(201);
    for token in [&settles, &reads] {
        world.gets(&world.acme, "/terms/terms", token).await.done(200);
        world.gets(&world.acme, "/terms/terms/versions", token).await.done(200);
    }
    world.gets(&world.acme, "/acceptances", &reads).await.done(200);
    world.gets(&world.acme, "/acceptances", &settles).await.refuses(403, "insufficient_scope");
    // A scope opens what the person may do anyway: seeing members is not settling anything.
    let mut support = world.member("support", &world.acme, MemberState::Active, &["support"]).await;
    support.enters(&world.acme).await;
    let theirs = text(&rp.acts_for(&mut support, &world.acme, &everything()).await, "access_token");
    let next = json!({ "body": "Mine.", "required": false, "after": 1 });
    world.posts(&world.acme, "/terms/terms", &theirs, &next).await.refuses(403, "forbidden");
    for path in ["/terms/terms", "/terms/terms/versions", "/acceptances"] {
        world.gets(&world.acme, path, &theirs).await.refuses(403, "forbidden");
    }
    assert_eq!(world.tenant_count(&world.acme, "SELECT COUNT(*) FROM terms_version").await, 1);
    // Another system publishes under its own name.
    let everything = text(&rp.acts_for(&mut admin, &world.acme, &everything()).await, "access_token");
    let robot = json!({ "name": "Legal", "client_id": "robot", "roles": ["administrator"] });
    let member = text(&world.posts(&world.acme, "/service-accounts", &everything, &robot).await.done(201), "member");
    let its = world.client_at(&world.acme, "robot", serving).await.serves_at(&world.acme, "settings:write").await;
    let published = world.posts(&world.acme, "/terms/terms", &its, &next).await.done(201);
    assert_eq!(published["published_by"], json!(member));
    let log = world.gets(&world.acme, "/audit?action=terms.published&limit=1", &everything).await.done(200);
    assert_eq!(log["entries"][0]["actor"], json!({ "kind": "client", "id": "robot", "member": member }));
}
