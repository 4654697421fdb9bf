use reqwest::Method;
use serde_json::json;
use tenant::members::MemberState;

use super::{acting, everything};
use crate::harness::{World, text};

const NOBODY: &str = "01900000-0000-7000-8000-000000000000";

#[tokio::test]
async fn pp_04_members_are_listed_by_filters_and_in_pages() {
    let world = World::new().await;
    let (_, token) = world.api_admin(&world.acme, "console").await;
    for (name, state, role) in [
        ("ada", MemberState::Locked, "supplier"),
        ("bea", MemberState::Active, "supplier"),
        ("cleo", MemberState::ToReview, "viewer"),
    ] {
        world.member(name, &world.acme, state, &[role]).await;
    }
    for (query, expected) in [
        ("role=supplier", &["Ada Doe", "Bea Doe"][..]),
        ("role=supplier&locked=true", &["Ada Doe"]),
        ("state=to_review", &["Cleo Doe"]),
        ("q=bea", &["Bea Doe"]),
        ("q=isLocked%3Atrue", &["Ada Doe"]),
    ] {
        let found = world.gets(&world.acme, &format!("/members?{query}"), &token).await.done(200);
        let names: Vec<&str> =
            found["members"].as_array().unwrap().iter().map(|member| member["name"].as_str().unwrap()).collect();
        assert_eq!(names, expected, "{query}");
    }
    let (mut seen, mut at) = (Vec::new(), "/members?limit=1".to_owned());
    loop {
        let page = world.gets(&world.acme, &at, &token).await.done(200);
        seen.extend(page["members"].as_array().unwrap().iter().map(|member| text(member, "id")));
        let Some(next) = page["next"].as_str() else { break };
        at = format!("/members?limit=1&cursor={next}");
    }
    assert_eq!(seen.len(), 4);
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 4, "each once");
}

#[tokio::test]
async fn web_18_garbage_in_filters_and_cursors_is_told_and_injects_nothing() {
    let world = World::new().await;
    let (_, token) = world.api_admin(&world.acme, "console").await;
    for (query, code) in [
        ("sort=name%3BDROP", "unknown_parameter"),
        ("limit=201", "invalid_parameter"),
        ("limit=0", "invalid_parameter"),
        ("limit=-1", "invalid_parameter"),
        ("state=%27", "invalid_parameter"),
        ("locked=maybe", "invalid_parameter"),
        ("role=no-such-role", "invalid_parameter"),
        ("q=isHappy%3Atrue", "invalid_parameter"),
        ("q=a&q=b", "invalid_parameter"),
        ("role=viewer&q=role%3Aeditor", "invalid_parameter"),
        ("q=role%3Aviewer+role%3Aeditor", "invalid_parameter"),
        ("locked=true&state=active", "invalid_parameter"),
        ("cursor=nonsense", "invalid_cursor"),
        ("cursor=%27%20OR%201%3D1", "invalid_cursor"),
        ("cursor=cjAxOTAwMDAwLTAwMDAtNzAwMC04MDAwLTAwMDAwMDAwMDAwMA", "invalid_cursor"),
    ] {
        world.gets(&world.acme, &format!("/members?{query}"), &token).await.refuses(400, code);
    }
    let told = world.gets(&world.acme, "/members?q=mina+isHappy%3Atrue+state%3Anone", &token).await.json();
    let detail = told["detail"].as_str().unwrap();
    assert!(detail.contains("q: isHappy:true, state:none"), "which part it is: {detail}");
    let signs = world.gets(&world.acme, "/members?q=%27%3B%20DROP%20TABLE%20member%3B--", &token).await.done(200);
    assert_eq!(signs["members"], json!([]));
    assert_eq!(world.tenant_count(&world.acme, "SELECT COUNT(*) FROM member").await, 1);
}

#[tokio::test]
async fn pp_08_a_deed_is_done_once_and_a_state_that_forbids_it_says_so() {
    let world = World::new().await;
    let (admin, token) = world.api_admin(&world.acme, "console").await;
    world.member("bob", &world.acme, MemberState::Active, &["viewer"]).await;
    world.member("tove", &world.acme, MemberState::ToReview, &[]).await;
    let bob = world.id_by_api(&world.acme, "bob", &token).await;
    let tove = world.id_by_api(&world.acme, "tove", &token).await;
    let does = async |id: &str, deed: &str, body| {
        world.posts(&world.acme, &format!("/members/{id}/{deed}"), &token, &body).await
    };
    let locked = does(&bob, "lock", json!({})).await.done(200);
    assert_eq!((&locked["changed"], &locked["member"]["state"]), (&json!(true), &json!("locked")));
    does(&bob, "lock", json!({})).await.refuses(409, "already_so");
    does(&bob, "unlock", json!({})).await.done(200);
    does(&tove, "reject", json!({})).await.refuses(422, "invalid_body");
    does(&tove, "reject", json!({ "reason": " " })).await.refuses(422, "no_reason");
    does(&tove, "approve", json!({ "roles": ["nonsense"] })).await.refuses(422, "unknown_role");
    let approved = does(&tove, "approve", json!({ "roles": ["supplier"] })).await.done(200);
    assert_eq!((&approved["member"]["state"], &approved["member"]["roles"]), (&json!("active"), &json!(["supplier"])));
    does(&tove, "approve", json!({})).await.refuses(409, "nothing_to_decide");
    let roles = does(&bob, "roles", json!({ "how": "set", "roles": ["editor"] })).await.done(200);
    assert_eq!(roles["member"]["roles"], json!(["editor"]));
    let again = does(&bob, "roles", json!({ "roles": ["editor"] })).await.done(200);
    assert_eq!(again["changed"], json!(false));
    let own = world.id_by_api(&world.acme, &admin.email, &token).await;
    does(&own, "delete", json!({})).await.refuses(403, "yourself");
    does(&own, "roles", json!({ "how": "remove", "roles": ["administrator"] }))
        .await
        .refuses(409, "last_administrator");
    does(NOBODY, "lock", json!({})).await.refuses(404, "not_found");
    // The log knows the person behind the application.
    let log = world.gets(&world.acme, &format!("/audit?member={bob}&limit=200"), &token).await.done(200);
    let actions: Vec<&str> =
        log["entries"].as_array().unwrap().iter().map(|entry| entry["action"].as_str().unwrap()).collect();
    for action in ["member.locked", "member.unlocked", "member.roles_changed"] {
        assert_eq!(actions.iter().filter(|known| **known == action).count(), 1, "{actions:?}");
    }
    assert!(log["entries"].as_array().unwrap().iter().any(|entry| entry["actor"]["id"] == json!(own)));
}

#[tokio::test]
async fn pp_03_somebody_is_invited_and_nobody_twice() {
    let world = World::new().await;
    let (mut admin, token) = world.api_admin(&world.acme, "console").await;
    let new = json!({ "given_name": "Mina", "family_name": "Hollis", "email": "mina@people.test", "locale": "en", "roles": ["viewer"] });
    let made = world.posts(&world.acme, "/members", &token, &new).await.done(201);
    assert_eq!((&made["state"], &made["roles"]), (&json!("invited"), &json!(["viewer"])));
    world.settle().await;
    assert_eq!(world.mails_to("mina@people.test").await.len(), 1);
    let again = world.posts(&world.acme, "/members", &token, &new).await;
    assert_eq!(again.refuses(409, "already_here").json()["member"], made["id"]);
    // Whoever gives roles, in whatever way, needs a token for that.
    let rp = world.client_at(&world.acme, "narrow", acting).await;
    let narrow = text(&rp.acts_for(&mut admin, &world.acme, "members:write").await, "access_token");
    let other = json!({ "given_name": "Nils", "family_name": "Berg", "email": "nils@people.test", "locale": "en", "roles": ["administrator"] });
    world.posts(&world.acme, "/members", &narrow, &other).await.refuses(403, "insufficient_scope");
    for (field, value) in
        [("email", json!("a@b\r\nBcc: c@d.example")), ("locale", json!("xx")), ("given_name", json!(""))]
    {
        let mut bad = other.clone();
        bad[field] = value;
        world.posts(&world.acme, "/members", &token, &bad).await.refuses(422, "invalid_body");
    }
    assert_eq!(world.tenant_count(&world.acme, "SELECT COUNT(*) FROM member").await, 2);
}

#[tokio::test]
async fn az_01_unknown_fields_are_refused_in_every_body() {
    let world = World::new().await;
    let (_, token) = world.api_admin(&world.acme, "console").await;
    world.member("bob", &world.acme, MemberState::Active, &["viewer"]).await;
    let bob = world.id_by_api(&world.acme, "bob", &token).await;
    let before = world.tenant_count(&world.acme, "SELECT COUNT(*) FROM audit_entry").await;
    for (path, mut body) in [
        (format!("/members/{bob}/lock"), json!({})),
        (format!("/members/{bob}/roles"), json!({ "roles": ["editor"] })),
        (format!("/members/{bob}/approve"), json!({})),
        (format!("/members/{bob}/keeper"), json!({ "kept_by": "Payroll" })),
        (format!("/members/{bob}/email"), json!({ "email": "b@people.test" })),
        (format!("/members/{bob}/fields"), json!({ "fields": { "city": "Graz" } })),
        (
            "/members".to_owned(),
            json!({ "given_name": "M", "family_name": "H", "email": "m@people.test", "locale": "en" }),
        ),
        ("/jobs".to_owned(), json!({ "deed": "lock", "members": [bob] })),
        ("/service-accounts".to_owned(), json!({ "name": "R", "client_id": "robot", "roles": [] })),
    ] {
        body["subject"] = json!("somebody else's");
        world.posts(&world.acme, &path, &token, &body).await.refuses(422, "invalid_body");
    }
    for body in [
        json!({ "deed": "exchange", "members": [bob], "roles": ["editor"] }),
        json!({ "deed": "lock", "members": [bob], "roles": ["editor"] }),
    ] {
        world.posts(&world.acme, "/jobs", &token, &body).await.refuses(422, "invalid_body");
    }
    let twice = r#"{"roles":["viewer"],"roles":["administrator"]}"#;
    let request = world.net.http.post(format!("{}/members/{bob}/roles", super::api(&world.acme)));
    let request = request.header("authorization", format!("Bearer {token}")).header("content-type", "application/json");
    assert_eq!(request.body(twice).send().await.unwrap().status().as_u16(), 422, "a field that comes twice");
    assert_eq!(world.tenant_count(&world.acme, "SELECT COUNT(*) FROM audit_entry").await, before);
}

#[tokio::test]
async fn az_01_whoever_lacks_the_permission_does_nothing_to_anybody_and_ownership_is_given_by_nobody() {
    let world = World::new().await;
    let mut owner = world.admin_of(&world.studio).await;
    let rp = world.client_at(&world.studio, "console", acting).await;
    let owners = text(&rp.acts_for(&mut owner, &world.studio, &everything()).await, "access_token");
    let mut writer = world.member("writer", &world.studio, MemberState::Active, &["member-writing"]).await;
    writer.enters(&world.studio).await;
    world.member("bob", &world.studio, MemberState::Active, &["member"]).await;
    let token = text(&rp.acts_for(&mut writer, &world.studio, &everything()).await, "access_token");
    let above = world.id_by_api(&world.studio, &owner.email, &owners).await;
    let below = world.id_by_api(&world.studio, "bob", &owners).await;
    for deed in ["lock", "delete"] {
        let path = format!("/members/{above}/{deed}");
        world.posts(&world.studio, &path, &token, &json!({})).await.refuses(403, "forbidden");
    }
    let roles = format!("/members/{below}/roles");
    let taken = json!({ "roles": ["owner"] });
    world.posts(&world.studio, &roles, &token, &taken).await.refuses(403, "forbidden");
    // PD-01: not even the owner gives what is only handed over.
    world.posts(&world.studio, &roles, &owners, &taken).await.refuses(403, "out_of_reach");
    let locked = "SELECT COUNT(*) FROM member WHERE locked";
    assert_eq!(world.tenant_count(&world.studio, locked).await, 0);
    world.posts(&world.studio, &format!("/members/{below}/lock"), &owners, &json!({})).await.done(200);
    assert_eq!(world.tenant_count(&world.studio, locked).await, 1, "the control");
    // A method that the address does not have.
    let answer = world.calls(&world.studio, (Method::DELETE, &format!("/members/{below}")), &[], None).await;
    answer.refuses(405, "method_not_allowed");
}
