use serde_json::{Value, json};
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
    let told = world.gets(&world.acme, &format!("/jobs/{id}"), &jobs_alone).await.done(200);
    assert_eq!((&told["search"], &done["search"]), (&json!(null), &json!("role:supplier")));

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

#[tokio::test]
async fn pp_05_a_job_tells_what_it_does_and_to_whom_with_what_effect() {
    let world = World::new().await;
    let (mut admin, token) = world.api_admin(&world.acme, "console").await;
    world.member("one", &world.acme, MemberState::Active, &["viewer"]).await;
    world.member("two", &world.acme, MemberState::ToReview, &[]).await;
    let [one, two] =
        [world.id_by_api(&world.acme, "one", &token).await, world.id_by_api(&world.acme, "two", &token).await];
    let provider = world.own_provider(&world.acme, "corp", &world.contoso, &[]).await;
    let make = async |body: serde_json::Value| world.posts(&world.acme, "/jobs", &token, &body).await.done(201);
    let items = async |job: &serde_json::Value, token: &str| {
        let at = format!("/jobs/{}/items", text(job, "id"));
        world.gets(&world.acme, &at, token).await.done(200)["items"][0].clone()
    };
    let reader = world.client_at(&world.acme, "reader", super::acting).await;
    let jobs_alone = text(&reader.acts_for(&mut admin, &world.acme, "jobs:read").await, "access_token");

    let set = make(json!({ "deed": "roles", "how": "set", "roles": ["editor"], "members": [one] })).await;
    assert_eq!(set["details"], json!({ "how": "set", "roles": ["editor"] }));
    let gives = json!({ "gives": ["editor"], "takes": ["viewer"] });
    assert_eq!(items(&set, &token).await["change"], gives);
    assert_eq!(items(&set, &jobs_alone).await["change"], json!(null), "nobody's roles without members:read");
    world.posts(&world.acme, &format!("/jobs/{}/start", text(&set, "id")), &token, &json!({})).await.done(200);
    world.settle().await;
    assert_eq!(items(&set, &token).await["change"], gives, "what was done");
    let undo = format!("/jobs/{}/undo", text(&set, "id"));
    let undo = world.posts(&world.acme, &undo, &token, &json!({})).await.done(201);
    assert_eq!(undo["details"], json!(null), "each item has its own");
    assert_eq!(items(&undo, &token).await["change"], json!({ "gives": ["viewer"], "takes": ["editor"] }));

    let switch = make(json!({ "deed": "switch", "provider": provider, "compromised": true, "members": [one] })).await;
    assert_eq!(switch["details"], json!({ "provider": "acme.corp", "compromised": true }));
    assert_eq!(items(&switch, &token).await["change"], json!({ "from": "platform", "to": "acme.corp" }));
    let approve = make(json!({ "deed": "approve", "roles": ["supplier"], "members": [two] })).await;
    assert_eq!(approve["details"], json!({ "roles": ["supplier"] }));
    let lock = make(json!({ "deed": "lock", "members": [one] })).await;
    assert_eq!((&lock["details"], &items(&lock, &token).await["change"]), (&json!({}), &json!(null)));

    // A reason is for those who decide.
    let reject = make(json!({ "deed": "reject", "reason": "We know nobody of that name.", "members": [two] })).await;
    assert_eq!(reject["details"], json!({ "reason": "We know nobody of that name." }));
    let at = format!("/jobs/{}", text(&reject, "id"));
    assert_eq!(world.gets(&world.acme, &at, &jobs_alone).await.done(200)["details"], json!({}));
    let mut support = world.member("support", &world.acme, MemberState::Active, &["support"]).await;
    support.enters(&world.acme).await;
    let theirs = text(&reader.acts_for(&mut support, &world.acme, "jobs:read members:read").await, "access_token");
    assert_eq!(world.gets(&world.acme, &at, &theirs).await.done(200)["details"], json!({}));
}

#[tokio::test]
async fn rel_04_a_job_is_stopped_and_what_it_could_not_do_is_tried_again() {
    let world = World::new().await;
    let (_, token) = world.api_admin(&world.acme, "console").await;
    world.member("one", &world.acme, MemberState::Active, &["supplier"]).await;
    world.member("two", &world.acme, MemberState::Suspended, &["supplier"]).await;
    let new = json!({ "deed": "suspend", "search": "role:supplier" });
    let suspended = "SELECT COUNT(*) FROM member WHERE lifecycle = 'suspended'";
    let turn =
        async |id: &str, turn: &str| world.posts(&world.acme, &format!("/jobs/{id}/{turn}"), &token, &json!({})).await;
    for started in [false, true] {
        let id = text(&world.posts(&world.acme, "/jobs", &token, &new).await.done(201), "id");
        turn(&id, "retry").await.refuses(409, "nothing_left");
        if started {
            world.settle().await;
            turn(&id, "start").await.done(200);
        }
        let stopped = turn(&id, "cancel").await.done(200);
        assert_eq!((&stopped["state"], &stopped["done"]), (&json!("cancelled"), &json!(0)));
        turn(&id, "cancel").await.refuses(409, "already_so");
        turn(&id, "start").await.refuses(409, "already_so");
        for (query, number) in [("", 2), ("?outcome=not_reached", 2), ("?outcome=fits", 0), ("?outcome=already_so", 0)]
        {
            let items = world.gets(&world.acme, &format!("/jobs/{id}/items{query}"), &token).await.done(200);
            let items = items["items"].as_array().unwrap().clone();
            assert_eq!(items.len(), number, "{query}");
            let told = |item: &Value| (item["done"].clone(), item["outcome"].clone(), item["change"].clone());
            let not_reached = (json!(false), json!("not_reached"), json!(null));
            assert!(items.iter().all(|item| told(item) == not_reached), "{items:?}");
        }
        world.settle().await;
        assert_eq!(world.tenant_count(&world.acme, suspended).await, 1, "{started}");
    }
    let id = text(&world.posts(&world.acme, "/jobs", &token, &new).await.done(201), "id");
    world.settle().await;
    turn(&id, "start").await.done(200);
    world.settle().await;
    let done = world.gets(&world.acme, &format!("/jobs/{id}"), &token).await.done(200);
    assert_eq!((&done["changed"], &done["refused"]), (&json!(1), &json!(1)));
    let two = world.id_by_api(&world.acme, "two", &token).await;
    world.posts(&world.acme, &format!("/members/{two}/resume"), &token, &json!({})).await.done(200);
    let again = turn(&id, "retry").await.done(201);
    assert_eq!((&again["retry_of"], &again["items"], &again["fitting"]), (&json!(id), &json!(1), &json!(1)));
    let again = text(&again, "id");
    world.settle().await;
    turn(&again, "start").await.done(200);
    world.settle().await;
    assert_eq!(world.tenant_count(&world.acme, suspended).await, 2);
    turn(&again, "retry").await.refuses(409, "nothing_left");
}

impl World {
    /// A job that changes one member of Acme, from its making to its end.
    async fn job_of_one(&self, token: &str, body: serde_json::Value) {
        let made = self.posts(&self.acme, "/jobs", token, &body).await.done(201);
        self.settle().await;
        let at = format!("/jobs/{}", text(&made, "id"));
        self.posts(&self.acme, &format!("{at}/start"), token, &json!({})).await.done(200);
        self.settle().await;
        let done = self.gets(&self.acme, &at, token).await.done(200);
        assert_eq!(
            (&done["state"], &done["changed"], &done["refused"]),
            (&json!("done"), &json!(1), &json!(0)),
            "{done}"
        );
    }
}

#[tokio::test]
async fn pp_08_jobs_invite_let_in_turn_down_and_keep() {
    let world = World::new().await;
    let (_, token) = world.api_admin(&world.acme, "console").await;
    let mut leaving = world.member("lea", &world.acme, MemberState::Active, &["viewer"]).await;
    leaving.enters(&world.acme).await;
    leaving.opens(&world.acme.url("/leave")).await.submits("leave-now", &[]).await.is("/leave/done");
    for name in ["one", "two"] {
        world.member(name, &world.acme, MemberState::ToReview, &[]).await;
    }
    let new = json!({ "given_name": "Nora", "family_name": "Doe", "email": "nora@people.test", "locale": "en", "send": false });
    world.posts(&world.acme, "/members", &token, &new).await.done(201);
    let mails = async |name: &str| world.mails_to(&format!("{name}@people.test")).await.len();
    world.job_of_one(&token, json!({ "deed": "invite", "search": "state:invited" })).await;
    assert_eq!(mails("nora").await, 1);
    world.passes(crate::harness::HOUR);
    let (_, token) = world.api_admin(&world.acme, "later").await;
    world.job_of_one(&token, json!({ "deed": "invite", "search": "state:invited" })).await;
    assert_eq!(mails("nora").await, 2, "once more");
    let [one, two] =
        [world.id_by_api(&world.acme, "one", &token).await, world.id_by_api(&world.acme, "two", &token).await];
    world.job_of_one(&token, json!({ "deed": "approve", "roles": ["supplier"], "members": [one] })).await;
    world
        .job_of_one(&token, json!({ "deed": "reject", "reason": "We know nobody of that name.", "members": [two] }))
        .await;
    assert_eq!((mails("one").await, mails("two").await), (1, 1));
    world.job_of_one(&token, json!({ "deed": "keep", "search": "state:user_deletion" })).await;
    assert_eq!(mails("lea").await, 1);
    let stand = async |q: &str| {
        let id = world.id_by_api(&world.acme, q, &token).await;
        let member = world.gets(&world.acme, &format!("/members/{id}"), &token).await.done(200);
        (text(&member, "authorization"), member["roles"].clone())
    };
    assert_eq!(stand("one").await, ("reviewed".to_owned(), json!(["supplier"])));
    assert_eq!(stand("two").await, ("rejected".to_owned(), json!([])));
    assert_eq!(stand("lea").await, ("reviewed".to_owned(), json!(["viewer"])));
    assert_eq!(stand("nora").await.0, "invited");
}
