use reqwest::Method;
use serde_json::{Value, json};
use tenant::members::MemberState;

use crate::harness::{World, text};

/// Everything of an answer that its schema does not say, or says otherwise.
pub(super) fn differences(document: &Value, schema: &Value, value: &Value, at: &str, found: &mut Vec<String>) {
    if let Some(reference) = schema["$ref"].as_str() {
        let schema = document.pointer(reference.trim_start_matches('#')).expect("the schema is there");
        return differences(document, schema, value, at, found);
    }
    if let Some(choices) = schema["oneOf"].as_array() {
        let fits = choices.iter().any(|choice| {
            let mut own = Vec::new();
            differences(document, choice, value, at, &mut own);
            own.is_empty()
        });
        if !fits {
            found.push(format!("{at}: none of the choices"));
        }
        return;
    }
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    let kinds = &schema["type"];
    if kinds.as_str() != Some(kind) && !kinds.as_array().is_some_and(|kinds| kinds.contains(&json!(kind))) {
        found.push(format!("{at}: {kind}, not {kinds}"));
    }
    if schema["enum"].as_array().is_some_and(|words| !words.contains(value)) {
        found.push(format!("{at}: {value} is no word of it"));
    }
    for item in value.as_array().into_iter().flatten() {
        differences(document, &schema["items"], item, &format!("{at}[]"), found);
    }
    let Some(properties) = schema["properties"].as_object() else { return };
    for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
        if value.get(name).is_none() {
            found.push(format!("{at}.{name} is missing"));
        }
    }
    for (name, value) in value.as_object().into_iter().flatten() {
        match properties.get(name) {
            Some(schema) => differences(document, schema, value, &format!("{at}.{name}"), found),
            None => found.push(format!("{at}.{name} is not described")),
        }
    }
}

#[tokio::test]
async fn ik_08_the_document_is_served_and_says_what_is_answered() {
    let world = World::new().await;
    let (mut admin, token) = world.api_admin(&world.acme, "console").await;
    world.member("bob", &world.acme, MemberState::Active, &["viewer"]).await;
    let bob = world.id_by_api(&world.acme, "bob", &token).await;
    let document = world.calls(&world.acme, (Method::GET, "/openapi.json"), &[], None).await.done(200);
    assert_eq!(
        (&document["openapi"], &document["servers"][0]["url"]),
        (&json!("3.1.0"), &json!(super::api(&world.acme)))
    );
    let new = json!({ "deed": "lock", "members": [bob] });
    let job = text(&world.posts(&world.acme, "/jobs", &token, &new).await.done(201), "id");
    let file = "email,roles,shoe_size\nnora@elsewhere.test,viewer,40\nnobody,,\n";
    let import = text(&world.files(&world.acme, "/imports", &token, "text/csv", file).await.done(201), "id");
    let new = json!({ "name": "Payroll", "client_id": "robot", "roles": [] });
    world.posts(&world.acme, "/service-accounts", &token, &new).await.done(201);
    let new = json!({ "given_name": "Mina", "family_name": "Doe", "email": "mina@people.test", "locale": "en" });
    world.posts(&world.acme, "/members", &token, &new).await.done(201);
    let provider = world.own_provider(&world.acme, "corp", &world.contoso, &[]).await;
    let group = json!({ "group": "staff", "role": "viewer" });
    let to = format!("/providers/{provider}/groups");
    let mapped = world.posts(&world.acme, &to, &token, &group).await.done(200);
    let new = json!({ "body": "Be kind.", "required": true, "after": 0 });
    let published = world.posts(&world.acme, "/terms/terms", &token, &new).await.done(201);
    admin.opens(&world.acme).await.submits("accept", &[]).await;
    let added = world.posts(&world.acme, "/fields", &token, &json!({ "label": "Badge" })).await.done(201);
    let new = json!({ "name": "Everybody", "search": "" });
    let view = world.posts(&world.acme, "/views", &token, &new).await.done(200);
    let mut compared = 0;
    for (path, operations) in document["paths"].as_object().unwrap() {
        let schema = &operations["get"]["responses"]["200"]["content"]["application/json"]["schema"];
        if schema.is_null() {
            continue;
        }
        let id = match path {
            path if path.starts_with("/jobs") => &job,
            path if path.starts_with("/imports") => &import,
            _ => &bob,
        };
        let key = if path.starts_with("/terms") { "terms" } else { provider.as_str() };
        let answer = world.gets(&world.acme, &path.replace("{id}", id).replace("{key}", key), &token).await.done(200);
        let mut found = Vec::new();
        differences(&document, schema, &answer, path, &mut found);
        assert!(found.is_empty(), "{found:#?}");
        compared += 1;
    }
    assert_eq!(compared, 23, "every operation that reads");
    let locked = world.posts(&world.acme, &format!("/members/{bob}/lock"), &token, &json!({})).await.done(200);
    let refused = world.posts(&world.acme, &format!("/members/{bob}/lock"), &token, &json!({})).await.json();
    let changed = world.posts(&world.acme, "/fields/badge", &token, &json!({ "required": true })).await.done(200);
    let removed = world.posts(&world.acme, "/fields/badge/remove", &token, &json!({})).await.done(200);
    for (schema, answer) in [
        ("Done", locked),
        ("Problem", refused),
        ("GroupsChanged", mapped),
        ("TermsVersion", published),
        ("Field", added),
        ("FieldChanged", changed),
        ("View", view),
        ("Removed", removed),
    ] {
        let mut found = Vec::new();
        differences(
            &document,
            &json!({ "$ref": format!("#/components/schemas/{schema}") }),
            &answer,
            schema,
            &mut found,
        );
        assert!(found.is_empty(), "{found:#?}");
    }
}

#[tokio::test]
async fn web_21_no_page_of_another_origin_reads_or_changes_anything() {
    let world = World::new().await;
    let (mut admin, token) = world.api_admin(&world.acme, "console").await;
    let bearer = format!("Bearer {token}");
    let foreign = [("origin", "https://evil.test"), ("authorization", &*bearer)];
    let answer = world.calls(&world.acme, (Method::GET, "/members"), &foreign, None).await;
    assert_eq!((answer.status, answer.header("access-control-allow-origin")), (200, ""));
    let asked = [("origin", "https://evil.test"), ("access-control-request-method", "POST")];
    let preflight = world.calls(&world.acme, (Method::OPTIONS, "/members"), &asked, None).await;
    assert_eq!((preflight.status, preflight.header("access-control-allow-origin")), (405, ""));
    let cross = [("sec-fetch-site", "cross-site"), ("authorization", &*bearer)];
    let body = json!({ "given_name": "M", "family_name": "H", "email": "m@people.test", "locale": "en" });
    assert_eq!(world.calls(&world.acme, (Method::POST, "/members"), &cross, Some(&body)).await.status, 403);
    // A browser's session opens the pages, and not the API.
    admin.opens(&world.acme.url("/members")).await.answers(200);
    assert_eq!(admin.get(world.acme.url("/api/v1/members")).await.status, 401);
    assert_eq!(world.tenant_count(&world.acme, "SELECT COUNT(*) FROM member").await, 1);
    let document = world.calls(&world.acme, (Method::GET, "/openapi.json"), &foreign[..1], None).await;
    assert_eq!(document.header("access-control-allow-origin"), "*", "the document is for everyone");
}
