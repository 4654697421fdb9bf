//! AZ-01, for every body that the document describes: nothing in it that is not described, and no role that its sender lacks. A
//! body that works stands here for each, by hand. One that is missing fails the test.

use reqwest::Method;
use serde_json::{Value, json};
use tenant::members::MemberState;

use super::{acting, everything};
use crate::harness::{World, text};
use crate::jobs::superiors::with_lead;

/// What the bodies and paths name.
struct There {
    /// Somebody who is in, and somebody who asked.
    member: String,
    asks: String,
    import: String,
    provider: String,
}

impl There {
    async fn of(world: &World, token: &str) -> Self {
        // The first of them: what the tenant has heard of providers it keeps for a while.
        let provider = world.own_provider(&world.acme, "corp", &world.contoso, &[]).await;
        world.member("bob", &world.acme, MemberState::Active, &[]).await;
        world.member("tove", &world.acme, MemberState::ToReview, &[]).await;
        let import = world.files(&world.acme, "/imports", token, "text/csv", "email\nnew@elsewhere.test\n").await;
        let import = text(&import.done(201), "id");
        world.settle().await;
        Self {
            member: world.id_by_api(&world.acme, "bob", token).await,
            asks: world.id_by_api(&world.acme, "tove", token).await,
            import,
            provider,
        }
    }

    /// The smallest body that works.
    fn body(&self, operation: &str) -> Value {
        let name =
            || json!({ "given_name": "Nora", "family_name": "Doe", "email": "nora@people.test", "locale": "en" });
        let settings = || json!({ "issuer": "https://login.contoso.example", "client_id": "us", "client_secret": "a long secret" });
        match operation {
            "inviteMember" => name(),
            "approveMember" | "changeProvider" | "removeProvider" | "startImport" => json!({}),
            "rejectMember" => json!({ "reason": "We know nobody of that name." }),
            "assignRoles" => json!({ "roles": ["viewer"] }),
            "editFields" => json!({ "fields": { "city": "Graz" } }),
            "switchProvider" | "setNewcomers" => json!({ "provider": "platform" }),
            "setBreakGlass" => json!({ "on": false }),
            "createJob" => json!({ "deed": "roles", "roles": ["viewer"], "members": [self.member] }),
            "createServiceAccount" => json!({ "name": "Payroll", "client_id": "robot", "roles": [] }),
            "createProvider" => json!({ "preset": "generic", "key": "else", "name": "Else", "settings": settings() }),
            "mapClaims" => json!({ "groups": "teams" }),
            "turnKey" => json!({ "turn": "next" }),
            "mapGroup" | "unmapGroup" => json!({ "group": "staff", "role": "viewer" }),
            "publishTerms" => json!({ "body": "Be kind.", "required": false, "after": 0 }),
            "addField" | "changeField" => json!({ "label": "Badge" }),
            "nameKeeper" => json!({ "kept_by": "Payroll" }),
            "correctDetails" => json!({ "given_name": "Nora" }),
            "correctEmail" => json!({ "email": "nora@people.test" }),
            "saveView" => json!({ "name": "All", "search": "" }),
            unknown => panic!("{unknown} has no body in this table (AZ-01)"),
        }
    }

    fn path(&self, path: &str, operation: &str) -> String {
        let id = match operation {
            "startImport" => &self.import,
            "approveMember" | "rejectMember" => &self.asks,
            _ => &self.member,
        };
        let key = if path.starts_with("/terms") { "terms" } else { self.provider.as_str() };
        path.replace("{id}", id).replace("{key}", key)
    }
}

/// Every operation that changes something, but for those that take a file: its path, its name, and the schema of its body.
async fn changes(world: &World) -> Vec<(String, String, Value)> {
    let document = world.calls(&world.acme, (Method::GET, "/openapi.json"), &[], None).await.done(200);
    let mut all = Vec::new();
    for (path, operations) in document["paths"].as_object().unwrap() {
        let operation = &operations["post"];
        if operation.is_null() || operation["requestBody"]["content"].get("text/csv").is_some() {
            continue;
        }
        let schema = &operation["requestBody"]["content"]["application/json"]["schema"]["$ref"];
        let schema = schema.as_str().map_or(&Value::Null, |at| document.pointer(at.trim_start_matches('#')).unwrap());
        all.push((path.clone(), text(operation, "operationId"), schema.clone()));
    }
    all
}

/// The body with one member more, in each of its objects.
fn with_more(body: &Value) -> Vec<Value> {
    let Some(members) = body.as_object() else { return Vec::new() };
    let mut all = Vec::new();
    for (name, value) in members {
        for changed in with_more(value) {
            let mut body = body.clone();
            body[name] = changed;
            all.push(body);
        }
    }
    let mut body = body.clone();
    body["surprise"] = json!("x");
    all.push(body);
    all
}

#[tokio::test]
async fn az_01_what_no_body_describes_is_refused_by_its_name_at_every_operation() {
    let world = World::new().await;
    let (_, token) = world.api_admin(&world.acme, "console").await;
    let there = There::of(&world, &token).await;
    let all = changes(&world).await;
    let before = world.tenant_count(&world.acme, "SELECT COUNT(*) FROM audit_entry").await;
    let mut described = 0;
    for (path, operation, schema) in &all {
        let at = there.path(path, operation);
        if schema.is_null() {
            let answer = world.posts(&world.acme, &at, &token, &json!({ "surprise": "x" })).await;
            assert_eq!(answer.status, 422, "{operation}: {answer:?}");
            continue;
        }
        assert_eq!(schema["additionalProperties"], json!(false), "{operation}: the document says so");
        for body in with_more(&there.body(operation)) {
            let answer = world.posts(&world.acme, &at, &token, &body).await;
            assert!([400, 422].contains(&answer.status), "{operation} {body}: {answer:?}");
            assert!(text(&answer.json(), "detail").contains("surprise"), "{operation} {body}: {answer:?}");
        }
        described += 1;
    }
    assert!(described >= 20, "the document is read: {described}");
    assert_eq!(world.tenant_count(&world.acme, "SELECT COUNT(*) FROM audit_entry").await, before, "nothing was done");
    // The control: the same bodies without it.
    for (path, operation, _) in all.iter().filter(|(.., schema)| !schema.is_null()) {
        let answer = world.posts(&world.acme, &there.path(path, operation), &token, &there.body(operation)).await;
        assert!(answer.status != 400 && answer.json()["code"] != "invalid_body", "{operation}: {answer:?}");
    }
    assert!(world.tenant_count(&world.acme, "SELECT COUNT(*) FROM audit_entry").await > before);
}

/// The body, naming this role.
fn naming(role: &str, schema: &Value, mut body: Value) -> Value {
    if schema["properties"].get("roles").is_some() {
        body["roles"] = json!([role]);
    } else {
        body["role"] = json!(role);
    }
    body
}

#[tokio::test]
async fn az_01_no_body_gives_a_role_that_its_sender_lacks() {
    let (world, mut lead) = with_lead().await;
    let (_, console) = world.api_admin(&world.acme, "console").await;
    let there = There::of(&world, &console).await;
    let rp = world.client_at(&world.acme, "tool", acting).await;
    let token = text(&rp.acts_for(&mut lead, &world.acme, &everything()).await, "access_token");
    let mut all = changes(&world).await;
    let names_roles = |schema: &Value| ["role", "roles"].iter().any(|name| schema["properties"].get(name).is_some());
    all.retain(|(.., schema)| names_roles(schema));
    assert!(all.len() >= 7, "whatever names roles: {all:?}");
    let given = "SELECT (SELECT COUNT(*) FROM member_role) + (SELECT COUNT(*) FROM group_role)
                   + (SELECT COUNT(*) FROM service_account)";
    let before = world.tenant_count(&world.acme, given).await;
    // An editor may what a lead may not, a viewer nothing more. The last is the control.
    for (role, may) in [("editor", false), ("viewer", true)] {
        for (path, operation, schema) in &all {
            let body = naming(role, schema, there.body(operation));
            let answer = world.posts(&world.acme, &there.path(path, operation), &token, &body).await;
            match operation.as_str() {
                // Looked at first: it comes to nothing where it may not.
                "createJob" => {
                    let start = format!("/jobs/{}/start", text(&answer.done(201), "id"));
                    world.posts(&world.acme, &start, &token, &json!({})).await.done(200);
                    world.settle().await;
                }
                // It takes, and gives nothing.
                "unmapGroup" => {}
                _ if may => assert!(answer.status < 300, "{operation}: {answer:?}"),
                _ => assert_eq!(answer.status, 403, "{operation}: {answer:?}"),
            }
        }
        assert_eq!(world.tenant_count(&world.acme, given).await > before, may, "{role}");
    }
}

#[tokio::test]
async fn a_text_with_u0000_is_refused_before_a_database_is_asked_for_it() {
    let world = World::new().await;
    let (_, token) = world.api_admin(&world.acme, "console").await;
    world.gets(&world.acme, "/providers/%00/groups", &token).await.refuses(404, "not_found");
    world.posts(&world.acme, "/fields/%00/remove", &token, &json!({})).await.refuses(404, "not_found");
    world.gets(&world.acme, "/members?q=%00", &token).await.refuses(400, "invalid_parameter");
    let group = json!({ "group": "\u{0}", "role": "viewer" });
    world.posts(&world.acme, "/providers/contoso/groups/remove", &token, &group).await.refuses(422, "invalid_body");
    let group = json!({ "group": "nobody", "role": "viewer" });
    world.posts(&world.acme, "/providers/contoso/groups/remove", &token, &group).await.refuses(404, "not_found");
}
