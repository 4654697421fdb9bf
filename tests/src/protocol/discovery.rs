use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::World;

#[tokio::test]
async fn the_discovery_document_says_what_is() {
    let world = World::new().await;
    let mut anyone = world.browser();
    let page = anyone.get(world.id.url("/.well-known/openid-configuration")).await;
    let document = page.json();
    assert_eq!(document["issuer"], json!(world.id.base), "the issuer is the address without its suffix");
    assert_eq!(page.header("content-type"), "application/json");
    for (member, path) in [
        ("authorization_endpoint", "/authorize"),
        ("token_endpoint", "/token"),
        ("userinfo_endpoint", "/userinfo"),
        ("jwks_uri", "/jwks"),
        ("end_session_endpoint", "/logout"),
        ("revocation_endpoint", "/revoke"),
        ("introspection_endpoint", "/introspect"),
    ] {
        assert_eq!(document[member], json!(world.id.url(path)));
        let answer = anyone.get(world.id.url(path)).await;
        assert_ne!(answer.status, 404, "{member}");
    }
    for (member, value) in [
        ("response_types_supported", json!(["code"])),
        ("grant_types_supported", json!(["authorization_code", "refresh_token", "client_credentials"])),
        (
            "introspection_endpoint_auth_methods_supported",
            json!(["client_secret_basic", "client_secret_post", "private_key_jwt"]),
        ),
        (
            "revocation_endpoint_auth_methods_supported",
            json!(["client_secret_basic", "client_secret_post", "private_key_jwt", "none"]),
        ),
        ("subject_types_supported", json!(["pairwise"])),
        ("id_token_signing_alg_values_supported", json!(["RS256", "ES256"])),
        ("code_challenge_methods_supported", json!(["S256"])),
        ("authorization_response_iss_parameter_supported", json!(true)),
        ("request_parameter_supported", json!(false)),
        ("request_uri_parameter_supported", json!(false)),
        ("claims_parameter_supported", json!(true)),
        ("backchannel_logout_supported", json!(true)),
        ("backchannel_logout_session_supported", json!(true)),
        ("ui_locales_supported", json!(["en", "de"])),
    ] {
        assert_eq!(document[member], value, "{member}");
    }
    let other = anyone.get(world.id.url("/.well-known/oauth-authorization-server")).await.json();
    assert_eq!(document, other);
    assert!(document.as_object().unwrap().values().all(|value| !value.is_null()));
}

#[tokio::test]
async fn only_registered_metadata_members_stand_in_the_document() {
    // IANA, OAuth Authorization Server Metadata and OpenID Connect Discovery; by hand.
    const REGISTERED: &[&str] = &[
        "issuer",
        "authorization_endpoint",
        "token_endpoint",
        "userinfo_endpoint",
        "jwks_uri",
        "end_session_endpoint",
        "revocation_endpoint",
        "revocation_endpoint_auth_methods_supported",
        "revocation_endpoint_auth_signing_alg_values_supported",
        "introspection_endpoint",
        "introspection_endpoint_auth_methods_supported",
        "introspection_endpoint_auth_signing_alg_values_supported",
        "scopes_supported",
        "response_types_supported",
        "response_modes_supported",
        "grant_types_supported",
        "acr_values_supported",
        "subject_types_supported",
        "id_token_signing_alg_values_supported",
        "token_endpoint_auth_methods_supported",
        "token_endpoint_auth_signing_alg_values_supported",
        "display_values_supported",
        "claim_types_supported",
        "claims_supported",
        "ui_locales_supported",
        "claims_parameter_supported",
        "request_parameter_supported",
        "request_uri_parameter_supported",
        "require_request_uri_registration",
        "code_challenge_methods_supported",
        "authorization_response_iss_parameter_supported",
        "prompt_values_supported",
        "backchannel_logout_supported",
        "backchannel_logout_session_supported",
    ];
    let world = World::new().await;
    let document = world.browser().get(world.id.url("/.well-known/openid-configuration")).await.json();
    for member in document.as_object().unwrap().keys() {
        assert!(REGISTERED.contains(&member.as_str()), "{member}");
    }
    assert_eq!(document["scopes_supported"].as_array().unwrap().iter().filter(|scope| *scope == "openid").count(), 1);
}

#[tokio::test]
async fn keys_are_public_unique_and_have_no_private_member() {
    let world = World::new().await;
    let page = world.browser().get(world.id.url("/jwks")).await;
    let keys = page.json()["keys"].as_array().unwrap().clone();
    let mut kids: Vec<&Value> = keys.iter().map(|key| &key["kid"]).collect();
    kids.dedup();
    assert_eq!(kids.len(), keys.len());
    let mut algorithms: Vec<_> = keys.iter().map(|key| key["alg"].as_str().unwrap()).collect();
    algorithms.sort_unstable();
    assert_eq!(algorithms, ["ES256", "RS256"]);
    for key in &keys {
        for private in ["d", "p", "q", "dp", "dq", "qi", "k", "oth"] {
            assert!(key.get(private).is_none(), "{private}");
        }
        assert_eq!(key["use"], "sig");
    }
}

#[tokio::test]
async fn web_21_what_is_public_may_be_read_from_anywhere_and_nothing_else() {
    let world = World::new().await;
    let mut page = world.browser();
    let origin = [("origin", "https://evil.test")];
    for path in ["/.well-known/openid-configuration", "/jwks"] {
        let answer = page.send(Method::GET, world.id.url(path).parse().unwrap(), &origin, None).await;
        assert_eq!(answer.header("access-control-allow-origin"), "*", "{path}");
        assert_eq!(answer.header("access-control-allow-credentials"), "");
    }
    for (method, path) in
        [(Method::GET, "/account"), (Method::GET, "/authorize"), (Method::GET, "/userinfo"), (Method::POST, "/token")]
    {
        let answer = page.send(method, world.id.url(path).parse().unwrap(), &origin, None).await;
        assert_eq!(answer.header("access-control-allow-origin"), "", "{path}");
    }
}
