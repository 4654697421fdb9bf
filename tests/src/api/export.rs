//! All members as a file: what the page gives, by the API.

use serde_json::{Value, json};
use tenant::members::MemberState;

use super::document::differences;
use super::{acting, everything};
use crate::harness::{World, text};

const TAKEN: &str = "SELECT COUNT(*) FROM audit_entry WHERE action = 'members.exported'";

#[tokio::test]
async fn ik_08_members_are_exported_as_on_the_page_profile_fields_included() {
    let world = World::new().await;
    let (mut admin, token) = world.api_admin(&world.acme, "console").await;
    for (name, state, role) in [
        ("ada", MemberState::Locked, "supplier"),
        ("bea", MemberState::Active, "supplier"),
        ("cleo", MemberState::ToReview, "viewer"),
    ] {
        world.member(name, &world.acme, state, &[role]).await;
    }
    let bea = world.id_by_api(&world.acme, "bea", &token).await;
    let fields = json!({ "fields": { "city": "Größe, =1+1", "company": "Doe & Daughters" } });
    world.posts(&world.acme, &format!("/members/{bea}/fields"), &token, &fields).await.done(200);
    for (number, (query, lines)) in
        [("", 4), ("role=supplier", 2), ("role=supplier&locked=true", 1), ("state=to_review", 1), ("q=bea", 1)]
            .into_iter()
            .enumerate()
    {
        for (format, kind) in [("csv", "text/csv; charset=utf-8"), ("jsonl", "application/jsonl; charset=utf-8")] {
            let asked = format!("/members/export?format={format}&{query}");
            let asked = asked.trim_end_matches('&');
            let answer = world.gets(&world.acme, asked, &token).await;
            assert_eq!((answer.status, answer.header("content-type")), (200, kind), "{asked}");
            let name = format!("attachment; filename=\"members-acme.{format}\"");
            assert_eq!(answer.header("content-disposition"), name);
            assert_eq!(answer.header("cache-control"), "no-store");
            let page = admin.get(world.acme.url(&format!("/members/export.{format}?{query}"))).await.body;
            assert_eq!(answer.body, page, "{asked}");
            assert_eq!(answer.body.lines().count() - usize::from(format == "csv"), lines, "{asked}");
        }
        let taken = i64::try_from(4 * (number + 1)).unwrap();
        assert_eq!(world.tenant_count(&world.acme, TAKEN).await, taken, "each is in the log");
    }
    let usual = world.gets(&world.acme, "/members/export?q=bea", &token).await;
    assert!(usual.body.starts_with("id,given_name,") && usual.body.contains("\"Größe, =1+1\""), "{}", usual.body);

    // A line is what the document says, and whoever acted stands in the log.
    let document = world.calls(&world.acme, (reqwest::Method::GET, "/openapi.json"), &[], None).await.done(200);
    let answers = &document["paths"]["/members/export"]["get"]["responses"]["200"]["content"];
    assert_eq!(answers.as_object().unwrap().keys().collect::<Vec<_>>(), ["application/jsonl", "text/csv"]);
    let file = world.gets(&world.acme, "/members/export?format=jsonl", &token).await.body;
    let mut found = Vec::new();
    for line in file.lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        differences(&document, &json!({ "$ref": "#/components/schemas/MemberLine" }), &line, "line", &mut found);
        if line["id"] == *bea {
            assert_eq!(line["fields"], fields["fields"]);
        }
    }
    assert!(found.is_empty(), "{found:#?}");
    let log = world.gets(&world.acme, "/audit?action=members.exported", &token).await.done(200);
    let own = world.id_by_api(&world.acme, &admin.given_name, &token).await;
    assert_eq!(
        (&log["entries"][0]["actor"]["id"], &log["entries"][0]["personal"]),
        (&json!(own), &json!({ "search": "" }))
    );

    // What comes back in changes nothing.
    let import = world.files(&world.acme, "/imports", &token, "application/jsonl", &file).await.done(201);
    world.settle().await;
    let import = world.gets(&world.acme, &format!("/imports/{}", text(&import, "id")), &token).await.done(200);
    assert_eq!((&import["lines"], &import["ahead"]["unchanged"]), (&json!(4), &json!(4)), "{import}");
}

#[tokio::test]
async fn az_05_a_file_of_members_takes_what_the_page_takes_and_the_scope_that_reads() {
    let world = World::new().await;
    let (mut admin, all) = world.api_admin(&world.acme, "console").await;
    let rp = world.client_at(&world.acme, "reader", acting).await;
    let writing = text(&rp.acts_for(&mut admin, &world.acme, "members:write jobs:read").await, "access_token");
    world.gets(&world.acme, "/members/export", &writing).await.refuses(403, "insufficient_scope");
    // Who helps sees the list, and takes nobody along.
    let mut helper = world.member("hans", &world.acme, MemberState::Active, &["support"]).await;
    helper.enters(&world.acme).await;
    let theirs = text(&rp.acts_for(&mut helper, &world.acme, &everything()).await, "access_token");
    assert_eq!(world.gets(&world.acme, "/members", &theirs).await.status, 200);
    world.gets(&world.acme, "/members/export", &theirs).await.refuses(403, "forbidden");
    helper.get(world.acme.url("/members/export.csv")).await.answers(403);
    for (query, code) in [
        ("format=xml", "invalid_parameter"),
        ("format=csv&format=csv", "invalid_parameter"),
        ("locked=maybe", "invalid_parameter"),
        ("q=isHappy%3Atrue", "invalid_parameter"),
        ("limit=5", "unknown_parameter"),
        ("cursor=x", "unknown_parameter"),
    ] {
        world.gets(&world.acme, &format!("/members/export?{query}"), &all).await.refuses(400, code);
    }
    assert_eq!(world.tenant_count(&world.acme, TAKEN).await, 0, "what was refused was not taken");
    world.gets(&world.acme, "/members/export", &all).await;
    assert_eq!(world.tenant_count(&world.acme, TAKEN).await, 1, "the control");
}
