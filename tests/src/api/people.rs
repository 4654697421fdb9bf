//! What is told of one member beside their record: their rights and why, and what they asked for.

use serde_json::{Value, json};
use tenant::members::MemberState;

use super::{acting, everything};
use crate::harness::{World, text};

/// The permissions, each with the roles that give it.
fn given(rights: &Value) -> Vec<(String, Vec<String>)> {
    let roles = |right: &Value| right["through"].as_array().unwrap().iter().map(|one| text(one, "role")).collect();
    rights["rights"].as_array().unwrap().iter().map(|right| (text(right, "permission"), roles(right))).collect()
}

#[tokio::test]
async fn pp_01_the_api_says_why_she_can() {
    let world = World::new().await;
    let (admin, token) = world.api_admin(&world.acme, "console").await;
    world.member("mina", &world.acme, MemberState::Active, &["viewer"]).await;
    let own = world.id_by_api(&world.acme, &admin.email, &token).await;
    let mina = world.id_by_api(&world.acme, "mina", &token).await;
    let roles = json!({ "roles": ["supplier"] });
    world.posts(&world.acme, &format!("/members/{mina}/roles"), &token, &roles).await.done(200);
    let rights = world.gets(&world.acme, &format!("/members/{mina}/rights"), &token).await.done(200);
    assert_eq!(rights["counts"], json!(true));
    let both = vec!["supplier".to_owned(), "viewer".to_owned()];
    assert_eq!(
        given(&rights),
        [("assets.view".to_owned(), both), ("assets.upload".to_owned(), vec!["supplier".to_owned()])]
    );
    let through = &rights["rights"][0]["through"];
    assert_eq!((&through[0]["granted_by"], &through[0]["by_hand"]), (&json!(own), &json!(true)));
    assert_eq!((&through[1]["granted_by"], &through[1]["groups"]), (&json!(null), &json!([])), "by the operator");
    // Nobody who is not in may do anything.
    world.posts(&world.acme, &format!("/members/{mina}/lock"), &token, &json!({})).await.done(200);
    let locked = world.gets(&world.acme, &format!("/members/{mina}/rights"), &token).await.done(200);
    assert_eq!((&locked["counts"], &locked["rights"]), (&json!(false), &rights["rights"]));
    // It is for who sees members.
    let mut editor = world.member("ed", &world.acme, MemberState::Active, &["editor"]).await;
    editor.enters(&world.acme).await;
    let rp = world.client_at(&world.acme, "console2", acting).await;
    let theirs = text(&rp.acts_for(&mut editor, &world.acme, &everything()).await, "access_token");
    world.gets(&world.acme, &format!("/members/{mina}/rights"), &theirs).await.refuses(403, "forbidden");
}

#[tokio::test]
async fn pp_27_what_somebody_wrote_who_asks_to_join_is_told_by_the_api_to_who_reviews() {
    let world = World::new().await;
    let mut alice = world.sign_up("alice").await;
    alice.submits("send-message", &[("message", "Bob invited me.\n<b>Really</b>")]).await;
    let (admin, token) = world.api_admin(&world.acme, "console").await;
    let own = world.id_by_api(&world.acme, &admin.email, &token).await;
    let id = world.id_by_api(&world.acme, "alice", &token).await;
    let path = format!("/members/{id}/request");
    let asked = world.gets(&world.acme, &path, &token).await.done(200);
    assert_eq!((&asked["text"], &asked["waits"]), (&json!("Bob invited me.\n<b>Really</b>"), &json!(true)));
    assert!(asked["requested_at"].is_string() && asked["decided_at"].is_null(), "{asked}");
    let reason = json!({ "reason": "We are full." });
    world.posts(&world.acme, &format!("/members/{id}/reject"), &token, &reason).await.done(200);
    let decided = world.gets(&world.acme, &path, &token).await.done(200);
    assert_eq!((&decided["waits"], &decided["reason"]), (&json!(false), &reason["reason"]));
    assert_eq!((&decided["decided_by"], decided["decided_at"].is_string()), (&json!(own), true));
    let never = world.gets(&world.acme, &format!("/members/{own}/request"), &token).await.done(200);
    assert_eq!((&never["text"], &never["requested_at"]), (&json!(""), &json!(null)));
    // As on the page: who sees members alone reads no requests, and a token for something else opens none.
    let mut looks = world.member("looks", &world.acme, MemberState::Active, &["support"]).await;
    looks.enters(&world.acme).await;
    let rp = world.client_at(&world.acme, "console2", acting).await;
    let theirs = text(&rp.acts_for(&mut looks, &world.acme, &everything()).await, "access_token");
    world.gets(&world.acme, &format!("/members/{id}"), &theirs).await.done(200);
    world.gets(&world.acme, &path, &theirs).await.refuses(403, "forbidden");
    let mut admin = admin;
    let narrow = text(&rp.acts_for(&mut admin, &world.acme, "jobs:read").await, "access_token");
    world.gets(&world.acme, &path, &narrow).await.refuses(403, "insufficient_scope");
}
