//! TN-02 for the API: whatever ids of another tenant are brought to whichever operation of the document, the answer is that of
//! ids that don't exist. What each operation takes stands here, by hand. One that is missing fails the test.

use reqwest::Method;
use serde_json::{Value, json};
use tenant::members::MemberState;

use crate::harness::{Place, World, text};

/// What an operation takes that could name something of another tenant.
enum Takes {
    /// Nothing: no id in path, query or body.
    Nothing,
    /// A member's id in the path, and this body.
    Member(fn() -> Value),
    /// A job's id in the path.
    Job,
    /// An import's id in the path.
    Import,
    /// Members' ids in the body.
    Selection,
    /// Ids in the query, under these names.
    Filter(&'static [&'static str]),
    /// A provider's key in the path, and this body.
    Key(fn() -> Value),
    /// A version of the terms, by its number in the query.
    Version,
    /// The key of a profile field in the path.
    Field,
    /// A saved view's id in the path.
    View,
}
use Takes::{Field, Filter, Import, Job, Key, Member, Nothing, Selection, Version, View};

const NO_BODY: fn() -> Value = || json!({});
const A_GROUP: fn() -> Value = || json!({ "group": "staff", "role": "viewer" });

const OPERATIONS: &[(&str, &str, Takes)] = &[
    ("get", "/members", Nothing),
    ("get", "/members/export", Nothing),
    ("post", "/members", Nothing),
    ("get", "/members/{id}", Member(NO_BODY)),
    ("post", "/members/{id}/approve", Member(|| json!({ "roles": ["viewer"] }))),
    ("post", "/members/{id}/reject", Member(|| json!({ "reason": "because" }))),
    ("post", "/members/{id}/lock", Member(NO_BODY)),
    ("post", "/members/{id}/unlock", Member(NO_BODY)),
    ("post", "/members/{id}/suspend", Member(NO_BODY)),
    ("post", "/members/{id}/resume", Member(NO_BODY)),
    ("post", "/members/{id}/delete", Member(NO_BODY)),
    ("post", "/members/{id}/reactivate", Member(NO_BODY)),
    ("post", "/members/{id}/keep", Member(NO_BODY)),
    ("post", "/members/{id}/invite", Member(NO_BODY)),
    ("post", "/members/{id}/withdraw", Member(NO_BODY)),
    ("post", "/members/{id}/roles", Member(|| json!({ "roles": ["viewer"] }))),
    ("post", "/members/{id}/fields", Member(|| json!({ "fields": { "city": "Elsewhere" } }))),
    ("post", "/members/{id}/provider", Member(|| json!({ "provider": "platform" }))),
    ("post", "/members/{id}/break-glass", Member(|| json!({ "on": true }))),
    ("post", "/members/{id}/reset", Member(NO_BODY)),
    ("post", "/members/{id}/keeper", Member(|| json!({ "kept_by": "Payroll" }))),
    ("post", "/members/{id}/details", Member(|| json!({ "given_name": "Else" }))),
    ("post", "/members/{id}/email", Member(|| json!({ "email": "else@people.test" }))),
    ("get", "/members/{id}/rights", Member(NO_BODY)),
    ("get", "/members/{id}/request", Member(NO_BODY)),
    ("get", "/invitations", Filter(&["member"])),
    ("get", "/jobs", Nothing),
    ("post", "/jobs", Selection),
    ("get", "/jobs/{id}", Job),
    ("get", "/jobs/{id}/items", Job),
    ("post", "/jobs/{id}/start", Job),
    ("post", "/jobs/{id}/cancel", Job),
    ("post", "/jobs/{id}/undo", Job),
    ("post", "/jobs/{id}/retry", Job),
    ("get", "/imports", Nothing),
    ("post", "/imports", Nothing),
    ("get", "/imports/{id}", Import),
    ("get", "/imports/{id}/lines", Import),
    ("post", "/imports/{id}/start", Import),
    ("post", "/imports/{id}/cancel", Import),
    ("get", "/newcomers", Nothing),
    ("post", "/newcomers", Nothing),
    ("get", "/providers", Nothing),
    ("post", "/providers", Nothing),
    ("get", "/providers/{key}", Key(NO_BODY)),
    ("post", "/providers/{key}", Key(|| json!({ "name": "Mine" }))),
    ("post", "/providers/{key}/test", Key(NO_BODY)),
    ("post", "/providers/{key}/mapping", Key(|| json!({ "groups": "teams" }))),
    ("post", "/providers/{key}/key", Key(|| json!({ "turn": "next" }))),
    ("post", "/providers/{key}/enable", Key(NO_BODY)),
    ("post", "/providers/{key}/disable", Key(NO_BODY)),
    ("post", "/providers/{key}/remove", Key(|| json!({ "confirm_stranded": true }))),
    ("get", "/providers/{key}/groups", Key(NO_BODY)),
    ("post", "/providers/{key}/groups", Key(A_GROUP)),
    ("post", "/providers/{key}/groups/remove", Key(A_GROUP)),
    ("get", "/roles", Nothing),
    ("get", "/audit", Filter(&["member", "actor"])),
    ("get", "/service-accounts", Nothing),
    // A client's name at the identity server: without a token of this tenant it opens nothing (api/service_accounts.rs).
    ("post", "/service-accounts", Nothing),
    ("get", "/terms/{key}", Version),
    // The same two words in every tenant.
    ("get", "/terms/{key}/versions", Nothing),
    ("post", "/terms/{key}", Nothing),
    // A place in the list: api/terms.rs shows that another tenant's leads to nobody of theirs.
    ("get", "/acceptances", Nothing),
    ("get", "/fields", Nothing),
    ("post", "/fields", Nothing),
    ("post", "/fields/{key}", Field),
    ("post", "/fields/{key}/remove", Field),
    ("get", "/views", Nothing),
    ("post", "/views", Nothing),
    ("post", "/views/{id}/remove", View),
    ("get", "/openapi.json", Nothing),
];

const NOBODY: &str = "01900000-0000-7000-8000-000000000000";

#[tokio::test]
async fn tn_02_another_tenants_ids_are_like_ids_that_do_not_exist_at_every_operation() {
    let world = World::new().await;
    let (_, token) = world.api_admin(&world.acme, "console").await;
    let (their_admin, theirs) = world.api_admin(&world.studio, "their-console").await;
    world.member("vera", &world.studio, MemberState::ToReview, &["member"]).await;
    let member = world.id_by_api(&world.studio, "vera", &theirs).await;
    // By whose ids their lists say something.
    let new = json!({ "given_name": "Guest", "family_name": "Doe", "email": "guest@people.test", "locale": "en", "send": true });
    let guest = text(&world.posts(&world.studio, "/members", &theirs, &new).await.done(201), "id");
    let told_of = [("member", guest), ("actor", world.id_by_api(&world.studio, &their_admin.email, &theirs).await)];
    let new = json!({ "deed": "lock", "members": [member] });
    let job = text(&world.posts(&world.studio, "/jobs", &theirs, &new).await.done(201), "id");
    let import = text(
        &world.files(&world.studio, "/imports", &theirs, "text/csv", "email\nnew@elsewhere.test\n").await.done(201),
        "id",
    );
    let provider = world.own_provider(&world.studio, "corp", &world.contoso, &[]).await;
    let new = json!({ "body": "Be kind.", "required": false, "after": 0 });
    let version = world.posts(&world.studio, "/terms/terms", &theirs, &new).await.done(201)["number"].to_string();
    let new = json!({ "label": "Badge" });
    let field = text(&world.posts(&world.studio, "/fields", &theirs, &new).await.done(201), "key");
    let new = json!({ "name": "Everybody", "search": "", "shared": true });
    let view = text(&world.posts(&world.studio, "/views", &theirs, &new).await.done(200), "id");
    let document = world.calls(&world.acme, (Method::GET, "/openapi.json"), &[], None).await.done(200);
    let before = world.all_of(&world.studio).await;
    let mut tried = 0;
    for (path, operations) in document["paths"].as_object().unwrap() {
        for method in operations.as_object().unwrap().keys() {
            let entry = OPERATIONS.iter().find(|(known, at, _)| known == method && at == path);
            let (_, _, takes) = entry.unwrap_or_else(|| panic!("{method} {path} has no entry in this table (TN-02)"));
            let named = if let Filter(names) = takes { *names } else { &[] };
            assert_eq!(ids_of_query(&operations[method]), named, "{method} {path}: ids in its query (TN-02)");
            for name in named {
                let (_, of) = told_of.iter().find(|(known, _)| known == name).unwrap();
                let by = async |at: &Place, token: &str, id: &str| {
                    world.gets(at, &format!("{path}?{name}={id}"), token).await.done(200).to_string().replace(id, "ID")
                };
                let (found, nobody) = (by(&world.acme, &token, of).await, by(&world.acme, &token, NOBODY).await);
                assert_eq!(found, nobody, "{method} {path} {name}");
                assert!(by(&world.studio, &theirs, of).await.len() > found.len(), "the control: {path} {name}");
                tried += 1;
            }
            let (foreign, body) = match takes {
                Nothing | Filter(_) => continue,
                Key(body) => (&provider, body()),
                Member(body) => (&member, body()),
                Job => (&job, json!({})),
                Import => (&import, json!({})),
                Selection => (&member, json!({})),
                Version => (&version, json!({})),
                Field => (&field, json!({})),
                View => (&view, json!({})),
            };
            let nobodys = match takes {
                Key(_) => "acme.none",
                Version => "7",
                Field => "none",
                _ => NOBODY,
            };
            let mut told = Vec::new();
            for id in [foreign.as_str(), nobodys] {
                told.push(tries(&world, &token, (method, path), takes, (id, &body)).await);
            }
            assert_eq!(told[0], told[1], "{method} {path}");
            assert!(told[0].0 == 404 || matches!(takes, Selection), "{method} {path}: {told:?}");
            tried += 1;
        }
    }
    let ways = |takes: &Takes| match takes {
        Nothing => 0,
        Filter(names) => names.len(),
        _ => 1,
    };
    let listed: usize = OPERATIONS.iter().map(|(.., takes)| ways(takes)).sum();
    assert!(tried == listed && tried >= 39, "whatever takes an id, once: {tried} of {listed}");
    assert_eq!(world.identity_texts("SELECT name || version FROM provider").await, ["corp1"]);
    assert_eq!(world.all_of(&world.studio).await, before, "nothing of theirs has changed");
    // The control: their own administrator finds both.
    let paths = ["members", "jobs", "imports"].into_iter().zip([&member, &job, &import]);
    let paths = paths.map(|(kind, id)| format!("/{kind}/{id}"));
    let version = format!("/terms/terms?version={version}");
    for path in paths.chain([format!("/jobs/{job}/items"), format!("/imports/{import}/lines"), version]) {
        assert_eq!(world.gets(&world.studio, &path, &theirs).await.status, 200, "{path}");
    }
    for path in [format!("/fields/{field}/remove"), format!("/views/{view}/remove")] {
        world.posts(&world.studio, &path, &theirs, &json!({})).await.done(200);
    }
}

/// The parameters of its query that are ids.
fn ids_of_query(operation: &Value) -> Vec<&str> {
    let all = operation["parameters"].as_array().into_iter().flatten();
    let ids = all.filter(|one| one["in"] == "query" && one["schema"]["format"] == "uuid");
    ids.filter_map(|one| one["name"].as_str()).collect()
}

/// Status and words, without what differs anyway.
async fn tries(
    world: &World,
    token: &str,
    (method, path): (&str, &str),
    takes: &Takes,
    (id, body): (&str, &Value),
) -> (u16, String) {
    let path = match takes {
        Version => format!("{}?version={id}", path.replace("{key}", "terms")),
        _ => path.replace("{id}", id).replace("{key}", id),
    };
    let answer = match (method, takes) {
        ("get", _) => world.gets(&world.acme, &path, token).await,
        (_, Selection) => {
            let made =
                world.posts(&world.acme, &path, token, &json!({ "deed": "lock", "members": [id] })).await.done(201);
            world.gets(&world.acme, &format!("/jobs/{}/items", text(&made, "id")), token).await
        }
        _ => world.posts(&world.acme, &path, token, body).await,
    };
    let mut said = answer.json();
    if let Some(said) = said.as_object_mut() {
        said.remove("reference");
    }
    (answer.status, said.to_string().replace(id, "ID"))
}

impl World {
    async fn all_of(&self, of: &Place) -> Vec<i64> {
        let mut rows = Vec::new();
        for sql in [
            "SELECT COUNT(*) FROM member WHERE authorization_state = 'to_review'",
            "SELECT CAST(SUM(version) AS BIGINT) FROM member",
            "SELECT COUNT(*) FROM member_role",
            "SELECT COUNT(*) FROM member_field",
            "SELECT COUNT(*) FROM batch WHERE state = 'ready'",
            "SELECT COUNT(*) FROM import WHERE ended_at IS NULL",
            "SELECT COUNT(*) FROM tenant_field WHERE removed_at IS NULL",
            "SELECT COUNT(*) FROM member_view",
            "SELECT COUNT(*) FROM audit_entry",
        ] {
            rows.push(self.tenant_count(of, sql).await);
        }
        rows
    }
}

#[tokio::test]
async fn tn_02_another_tenants_provider_is_like_one_that_does_not_exist_in_every_body() {
    let world = World::new().await;
    let own = world.own_provider(&world.acme, "corp", &world.contoso, &[]).await;
    let foreign = world.own_provider(&world.studio, "corp", &world.contoso, &[]).await;
    let (_, token) = world.api_admin(&world.acme, "console").await;
    world.member("bob", &world.acme, MemberState::Active, &["viewer"]).await;
    let bob = world.id_by_api(&world.acme, "bob", &token).await;
    let one = format!("/members/{bob}/provider");
    let body = |at: &str, key: &str| match at {
        "/jobs" => json!({ "deed": "switch", "provider": key, "members": [bob] }),
        _ => json!({ "provider": key }),
    };
    for at in [one.as_str(), "/jobs", "/newcomers"] {
        let mut told = Vec::new();
        for key in [foreign.as_str(), "nobodys.corp"] {
            let answer = world.posts(&world.acme, at, &token, &body(at, key)).await;
            let code = if at == "/jobs" {
                // Looked at first: each of its people says why not.
                world.settle().await;
                let items = format!("/jobs/{}/items", text(&answer.done(201), "id"));
                text(&world.gets(&world.acme, &items, &token).await.done(200)["items"][0], "outcome")
            } else {
                text(&answer.json(), "code")
            };
            assert_eq!(code, "provider_unknown", "{at} {key}: {answer:?}");
            told.push((answer.status, answer.json()["detail"].clone()));
        }
        assert_eq!(told[0], told[1], "{at}");
        let answer = world.posts(&world.acme, at, &token, &body(at, &own)).await;
        assert!(answer.status < 300, "the control: {at}: {answer:?}");
    }
    let theirs = "SELECT COUNT(*) FROM member WHERE provider LIKE 'studio%'";
    assert_eq!(world.tenant_count(&world.acme, theirs).await, 0);
}
