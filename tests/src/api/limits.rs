use reqwest::Method;
use serde_json::json;

use super::{acting, everything};
use crate::harness::{DAY, MINUTE, SECOND, World, text};

#[tokio::test]
async fn ik_08_what_is_sent_twice_under_one_key_is_done_once() {
    let world = World::new().await;
    let mut admin = world.admin_of(&world.acme).await;
    let console = world.client_at(&world.acme, "console", acting).await;
    let token = text(&console.acts_for(&mut admin, &world.acme, &everything()).await, "access_token");
    let bearer = format!("Bearer {token}");
    let new = |name: &str| json!({ "given_name": name, "family_name": "Hollis", "email": format!("{name}@people.test"), "locale": "en" });
    let sends = async |key: &str, body: serde_json::Value| {
        let headers = [("authorization", &*bearer), ("idempotency-key", key)];
        world.calls(&world.acme, (Method::POST, "/members"), &headers, Some(&body)).await
    };
    let first = sends("one", new("mina")).await;
    let again = sends("one", new("mina")).await;
    assert_eq!((again.done(201), again.header("idempotency-replayed")), (first.done(201), "true"));
    assert_eq!(first.header("idempotency-replayed"), "");
    sends("one", new("nils")).await.refuses(422, "idempotency_key_reused");
    // A refusal is an answer too; without the key it is asked anew.
    let refused = sends("two", new("mina")).await;
    refused.refuses(409, "already_here");
    assert_eq!(sends("two", new("mina")).await.refuses(409, "already_here").json(), refused.json());
    sends(&"x".repeat(201), new("nils")).await.refuses(400, "invalid_parameter");
    // What one token may read is not told again to another of the same client and person.
    let writes =
        format!("Bearer {}", text(&console.acts_for(&mut admin, &world.acme, "members:write").await, "access_token"));
    let headers = [("authorization", &*writes), ("idempotency-key", "one")];
    let again = world.calls(&world.acme, (Method::POST, "/members"), &headers, Some(&new("mina"))).await;
    again.refuses(422, "idempotency_key_reused");
    // Somebody else's key of the same name is another key.
    let (_, others) = world.api_admin(&world.acme, "console2").await;
    let others = format!("Bearer {others}");
    let headers = [("authorization", &*others), ("idempotency-key", "one")];
    let body = new("nils");
    world.calls(&world.acme, (Method::POST, "/members"), &headers, Some(&body)).await.done(201);
    // One that is at work (or whose server went away a moment ago) is not done beside itself.
    let at_work = "UPDATE api_request SET status = NULL, answer = NULL";
    world.tenant_change(&world.acme, at_work).await;
    let busy = sends("one", new("mina")).await;
    assert_eq!(busy.refuses(409, "in_progress").header("retry-after"), "1");
    assert_eq!(
        world.tenant_count(&world.acme, "SELECT COUNT(*) FROM member WHERE authorization_state = 'invited'").await,
        2
    );
    world.passes(DAY + SECOND);
    let kept = "SELECT COUNT(*) FROM api_request";
    assert!(world.tenant_count(&world.acme, kept).await > 0);
    let of_acme = world.tenant_store(&world.acme).await.for_tenant(world.acme.id());
    tenant::housekeeping::sweep(&of_acme, world.ambient.now()).await.unwrap();
    assert_eq!(world.tenant_count(&world.acme, kept).await, 0, "answers are kept for a day");
}

#[tokio::test]
async fn ik_08_of_requests_at_once_under_one_key_one_is_done() {
    let world = World::new().await;
    let (_, token) = world.api_admin(&world.acme, "console").await;
    let bearer = format!("Bearer {token}");
    for round in 0..10 {
        let key = format!("round {round}");
        let headers = [("authorization", &*bearer), ("idempotency-key", &key)];
        // Twice the same field would be refused; twice the same request is not.
        let body = json!({ "label": format!("Field {round}") });
        let sends = || world.calls(&world.acme, (Method::POST, "/fields"), &headers, Some(&body));
        let answers: [_; 3] = tokio::join!(sends(), sends(), sends()).into();
        let done = answers.iter().filter(|answer| answer.status == 201);
        assert_eq!(done.filter(|answer| answer.header("idempotency-replayed").is_empty()).count(), 1, "{answers:?}");
        for answer in &answers {
            match answer.status {
                201 => assert_eq!(answer.json()["label"]["en"], body["label"]),
                _ => drop(answer.refuses(409, "in_progress")),
            }
        }
    }
    let fields = "SELECT COUNT(*) FROM tenant_field WHERE label LIKE 'Field %'";
    assert_eq!(world.tenant_count(&world.acme, fields).await, 10);
}

#[tokio::test]
async fn ik_08_a_client_that_asks_too_much_waits_and_nobody_else() {
    let world = World::new().await;
    let (mut admin, token) = world.api_admin(&world.acme, "console").await;
    let other = world.client_at(&world.acme, "other", super::acting).await;
    let others = text(&other.acts_for(&mut admin, &world.acme, "members:read members:write").await, "access_token");
    let path = "/members/01900000-0000-7000-8000-000000000000/lock";
    for _ in 0..120 {
        world.posts(&world.acme, path, &token, &json!({})).await.refuses(404, "not_found");
    }
    let refused = world.posts(&world.acme, path, &token, &json!({})).await;
    let wait: u64 = refused.refuses(429, "too_many_requests").header("retry-after").parse().unwrap();
    assert!((1..=60).contains(&wait), "{wait}");
    assert_eq!(world.gets(&world.acme, "/roles", &token).await.status, 200, "reading goes on");
    world.posts(&world.acme, path, &others, &json!({})).await.refuses(404, "not_found");
    world.passes(MINUTE);
    world.posts(&world.acme, path, &token, &json!({})).await.refuses(404, "not_found");
}
