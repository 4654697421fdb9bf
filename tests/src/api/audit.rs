//! The audit log by the API (PP-17).

use serde_json::{Value, json};
use tenant::members::MemberState;

use super::acting;
use crate::harness::{DAY, World, text};

#[tokio::test]
async fn pp_17_the_log_is_narrowed_by_days_beside_one_other_thing() {
    let world = World::new().await;
    let (_, token) = world.api_admin(&world.acme, "console").await;
    world.member("bob", &world.acme, MemberState::Active, &["viewer"]).await;
    let bob = world.id_by_api(&world.acme, "bob", &token).await;
    let path = |deed: &str| format!("/members/{bob}/{deed}");
    world.posts(&world.acme, &path("lock"), &token, &json!({})).await.done(200);
    world.passes(DAY);
    let (other, token) = world.api_admin(&world.acme, "later").await;
    let other = world.id_by_api(&world.acme, &other.email, &token).await;
    for deed in ["unlock", "suspend", "resume"] {
        world.posts(&world.acme, &path(deed), &token, &json!({})).await.done(200);
    }
    let list = async |query: &str| {
        let mut entries: Vec<Value> = Vec::new();
        let mut at = format!("/audit?limit=2&{query}");
        loop {
            let page = world.gets(&world.acme, &at, &token).await.done(200);
            entries.extend(page["entries"].as_array().unwrap().iter().cloned());
            let Some(next) = page["next"].as_str() else { break };
            at = format!("/audit?limit=2&{query}&cursor={next}");
        }
        entries
    };
    let of_bob = list(&format!("member={bob}")).await;
    let day = |action: &str| {
        let entry = of_bob.iter().find(|entry| entry["action"] == action).unwrap();
        text(entry, "at")[..10].to_owned()
    };
    let (first, second) = (day("member.locked"), day("member.unlocked"));
    assert!(first < second);
    // Each bound, on each road through the log, leaves what lies within it, page by page.
    for narrowed in
        ["".to_owned(), format!("member={bob}"), format!("actor={other}"), "action=member.locked".to_owned()]
    {
        let all = list(&narrowed).await;
        assert!(!all.is_empty(), "{narrowed}");
        let within = |from: &str, to: &str| -> Vec<Value> {
            let day = |entry: &Value| text(entry, "at")[..10].to_owned();
            all.iter().filter(|entry| *from <= *day(entry) && *day(entry) <= *to).cloned().collect()
        };
        for (query, expected) in [
            (format!("since={second}"), within(&second, "9999")),
            (format!("until={first}"), within("", &first)),
            (format!("since={first}&until={first}"), within(&first, &first)),
            (format!("since={first}&until={second}"), within(&first, &second)),
            (format!("since={second}&until={first}"), vec![]),
        ] {
            assert_eq!(list(&format!("{narrowed}&{query}")).await, expected, "{narrowed} {query}");
        }
    }
    assert_eq!(list(&format!("action=member.locked&since={second}")).await, Vec::<Value>::new());
    assert_eq!(list(&format!("action=member.locked&until={first}")).await.len(), 1);
    // What cannot be read, or not together, is told by its name, and nothing is listed in its place.
    for (query, name, code) in [
        ("since=yesterday".to_owned(), "since", "invalid_parameter"),
        ("until=2026-02-30".to_owned(), "until", "invalid_parameter"),
        (format!("until={first}&until={second}"), "until", "invalid_parameter"),
        ("action=nonsense".to_owned(), "action", "invalid_parameter"),
        ("member=%27".to_owned(), "member", "invalid_parameter"),
        ("actor=x".to_owned(), "actor", "invalid_parameter"),
        (format!("memebr={bob}"), "memebr", "unknown_parameter"),
        (format!("member={bob}&action=member.locked"), "one of member, actor, action", "invalid_parameter"),
        (format!("member={bob}&actor={other}"), "one of member, actor, action", "invalid_parameter"),
    ] {
        let refused = world.gets(&world.acme, &format!("/audit?{query}"), &token).await;
        let told = text(&refused.refuses(400, code).json(), "detail");
        assert!(told.contains(name) && refused.json().get("entries").is_none(), "{query}: {told}");
    }
}

#[tokio::test]
async fn pp_17_who_people_are_and_why_they_were_turned_down_takes_the_right_to_know_it() {
    let world = World::new().await;
    let (mut admin, token) = world.api_admin(&world.acme, "console").await;
    let new = json!({ "given_name": "Mina", "family_name": "Hollis", "email": "mina@people.test", "locale": "en" });
    world.posts(&world.acme, "/members", &token, &new).await.done(201);
    world.member("dora", &world.acme, MemberState::ToReview, &[]).await;
    let dora = world.id_by_api(&world.acme, "dora", &token).await;
    let why = json!({ "reason": "Nobody knows her." });
    world.posts(&world.acme, &format!("/members/{dora}/reject"), &token, &why).await.done(200);
    let rp = world.client_at(&world.acme, "watch", acting).await;
    let watch = text(&rp.acts_for(&mut admin, &world.acme, "audit:read").await, "access_token");
    for (action, personal) in [("member.invited", "mina@people.test"), ("member.rejected", "Nobody knows her.")] {
        let told = async |token: &str| {
            let page = world.gets(&world.acme, &format!("/audit?action={action}"), token).await.done(200);
            assert_eq!(page["entries"].as_array().unwrap().len(), 1, "{page}");
            page["entries"][0]["personal"].to_string()
        };
        assert_eq!(told(&watch).await, "{}", "{action}");
        assert!(told(&token).await.contains(personal), "the control: {action}");
    }
}
