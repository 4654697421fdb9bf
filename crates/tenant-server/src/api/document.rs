use axum::extract::State;
use axum::http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};

use super::limits::{CHANGES_A_MINUTE, REQUESTS_A_MINUTE};
use super::operations::{Method, OPERATIONS, Operation};
use super::schemas::schemas;
use super::{BASE, imports, once};
use crate::instance::App;

/// Where it is, below the API's address.
pub(super) const PATH: &str = "/openapi.json";

/// The public document of this tenant's API (OpenAPI 3.1), the same for everyone: any page may read it (WEB-21).
pub(super) async fn show(State(app): State<App>) -> Response {
    let headers = [
        (CONTENT_TYPE, "application/json"),
        (CACHE_CONTROL, "public, max-age=300"),
        (ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
    ];
    (headers, document(&app.tenant.name, &app.tenant.page(BASE), &app.issuer).to_string()).into_response()
}

fn document(name: &str, base: &str, issuer: &str) -> Value {
    let mut paths: Map<String, Value> = Map::new();
    for operation in OPERATIONS.iter() {
        let path = paths.entry(operation.path).or_insert_with(|| json!({}));
        if let Some(path) = path.as_object_mut() {
            path.insert(operation.method.word().to_owned(), described(operation));
        }
    }
    let itself = json!({ "200": { "description": "The document", "content": { "application/json": {} } } });
    let itself =
        json!({ "operationId": "getDocument", "summary": "This document", "security": [], "responses": itself });
    paths.insert(PATH.to_owned(), json!({ "get": itself }));
    let issuer = issuer.trim_end_matches('/');
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": format!("{name}: members"),
            "version": "1",
            "description": format!(
                "Access tokens come from {issuer}, for the resource `{base}` (RFC 8707): for a person by the authorization \
                 code grant, for a service account by client credentials. A scope opens what the person's or the account's \
                 roles allow at that moment, and no more. Each client may send {REQUESTS_A_MINUTE} requests a minute, of \
                 them {CHANGES_A_MINUTE} that change something. Other members than those described are refused."
            ),
        },
        "servers": [{ "url": base }],
        "paths": paths,
        "components": {
            "schemas": schemas(),
            "parameters": { "IdempotencyKey": {
                "name": "Idempotency-Key",
                "in": "header",
                "description": "What is sent twice under one key within 24 hours is done once; the first answer is given again.",
                "schema": { "type": "string", "minLength": 1, "maxLength": once::LONGEST },
            } },
            "responses": { "Problem": {
                "description": "It was not done, and why (RFC 9457)",
                "content": { "application/problem+json": { "schema": reference("Problem") } },
            } },
            "securitySchemes": { "identity": {
                "type": "openIdConnect",
                "openIdConnectUrl": format!("{issuer}/.well-known/openid-configuration"),
            } },
        },
    })
}

fn reference(schema: &str) -> Value {
    json!({ "$ref": format!("#/components/schemas/{schema}") })
}

fn content(schema: &str) -> Value {
    json!({ "application/json": { "schema": reference(schema) } })
}

/// A file in each of these kinds. A schema can say what a line is, and not that there are many.
fn files(kinds: &[&str], line: &str) -> Value {
    let about = format!("A line for each: `{line}`, in CSV with its members as columns.");
    let file = |kind: &&str| ((*kind).to_owned(), json!({ "schema": { "type": "string", "description": about } }));
    kinds.iter().map(file).collect::<Map<_, _>>().into()
}

fn described(operation: &Operation) -> Value {
    let (status, schema) = operation.answer;
    let mut responses = Map::new();
    let done = if operation.files.is_empty() { content(schema) } else { files(operation.files, schema) };
    responses.insert(status.to_string(), json!({ "description": "Done", "content": done }));
    for status in problems(operation) {
        responses.insert(status.to_string(), json!({ "$ref": "#/components/responses/Problem" }));
    }
    let security: Vec<Value> = operation.scopes.iter().map(|scope| json!({ "identity": [scope] })).collect();
    let mut described = json!({
        "operationId": operation.id,
        "summary": operation.summary,
        "security": security,
        "parameters": parameters(operation),
        "responses": responses,
    });
    if let (Some(schema), Some(described)) = (operation.body, described.as_object_mut()) {
        described.insert("requestBody".to_owned(), json!({ "required": true, "content": content(schema) }));
    }
    if let (true, Some(described)) = (operation.file, described.as_object_mut()) {
        let file = |kind: &&str| ((*kind).to_owned(), json!({ "schema": { "type": "string" } }));
        let content: Map<String, Value> = imports::KINDS.iter().map(file).collect();
        described.insert("requestBody".to_owned(), json!({ "required": true, "content": content }));
    }
    described
}

/// What can stand against it.
fn problems(operation: &Operation) -> Vec<u16> {
    let mut statuses = vec![400, 401, 403, 429, 503];
    if operation.path.contains('{') {
        statuses.push(404);
    }
    if operation.method == Method::Post {
        statuses.extend([409, 413, 415, 422]);
    }
    statuses
}

fn parameters(operation: &Operation) -> Vec<Value> {
    let mut parameters = Vec::new();
    if operation.path.contains("{id}") {
        let schema = json!({ "type": "string", "format": "uuid" });
        parameters.push(json!({ "name": "id", "in": "path", "required": true, "schema": schema }));
    }
    if operation.path.contains("{key}") {
        let schema = json!({ "type": "string" });
        parameters.push(json!({ "name": "key", "in": "path", "required": true, "schema": schema }));
    }
    for parameter in operation.query {
        let (name, about) = (parameter.name, parameter.about);
        parameters.push(json!({ "name": name, "in": "query", "description": about, "schema": parameter.schema() }));
    }
    if operation.method == Method::Post && !operation.file {
        parameters.push(json!({ "$ref": "#/components/parameters/IdempotencyKey" }));
    }
    parameters
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn ik_08_each_operation_has_a_name_of_its_own_and_every_schema_is_there() {
        let document = document("Acme", "https://acme.test/api/v1", "https://id.test");
        let names: BTreeSet<&str> = OPERATIONS.iter().map(|operation| operation.id).collect();
        assert_eq!(names.len(), OPERATIONS.len());
        let text = document.to_string();
        let references = text.split("#/components/").skip(1).filter_map(|rest| rest.split('"').next());
        for reference in references.collect::<BTreeSet<_>>() {
            assert!(document.pointer(&format!("/components/{reference}")).is_some(), "{reference}");
        }
        let described: usize =
            document["paths"].as_object().unwrap().values().map(|it| it.as_object().unwrap().len()).sum();
        assert_eq!(described, OPERATIONS.len() + 1, "no operation hides another");
    }
}
