use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jose::Algorithm;
use oidc::client::{AuthMethod, GrantType};
use reqwest::Method;
use serde_json::json;
use tenant::members::MemberState;

use crate::harness::{MINUTE, Person, Rp, SECOND, World, claims, secret_of};

/// Somebody who is signed in and has nothing to be asked by a tenant's own application.
async fn ready(world: &World) -> (Person, Rp) {
    let mut alice = world.member("alice", &world.acme, MemberState::Active, &["viewer"]).await;
    alice.signs_in(world).await;
    (alice, world.client_at(&world.acme, "app", |_| {}).await)
}

#[tokio::test]
async fn a_token_answer_is_complete_and_cached_by_nobody() {
    let world = World::new().await;
    let (mut alice, rp) = ready(&world).await;
    let request = rp.request(&[("max_age", Some("1000"))]);
    let code = rp.code(&mut alice, &request).await;
    let answer = rp.redeem(&code, &request.verifier).await;
    assert_eq!((answer.status, answer.header("cache-control")), (200, "no-store"));
    assert_eq!(answer.header("content-type"), "application/json");
    let tokens = answer.json();
    assert_eq!((&tokens["token_type"], &tokens["expires_in"]), (&json!("Bearer"), &json!(300)));
    assert_eq!(tokens["scope"], "email membership openid profile");
    assert!(tokens.get("refresh_token").is_none());

    let id = claims(&tokens["id_token"]);
    let now = world.ambient.now().as_seconds();
    assert_eq!((&id["iss"], &id["aud"], &id["nonce"]), (&json!(world.id.base), &json!("app"), &json!(request.nonce)));
    assert_eq!((id["iat"].as_i64(), id["exp"].as_i64()), (Some(now), Some(now + 300)));
    assert_eq!(id["at_hash"], json!(jose::left_half_hash(tokens["access_token"].as_str().unwrap())));
    assert_eq!(id["amr"], json!(["pwd"]));
    assert!(!id["acr"].as_str().unwrap().is_empty() && id["auth_time"].is_i64() && id["sid"].is_string());
    let mut names: Vec<_> = id.as_object().unwrap().keys().map(String::as_str).collect();
    names.sort_unstable();
    let expected = ["acr", "amr", "at_hash", "aud", "auth_time", "exp", "iat", "iss", "nonce", "sid", "sub"];
    assert_eq!(names, expected, "nothing that was not asked for; no idp, no member_version");
}

#[tokio::test]
async fn id_tokens_are_signed_as_the_client_registered_and_access_tokens_es256() {
    let world = World::new().await;
    let (mut alice, rp) = ready(&world).await;
    let other = world.client_at(&world.acme, "es", |client| client.id_token_alg = Algorithm::ES256).await;
    let header = |token: &serde_json::Value| {
        let part = token.as_str().unwrap().split('.').next().unwrap().to_owned();
        serde_json::from_slice::<serde_json::Value>(
            &base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(part).unwrap(),
        )
        .unwrap()
    };
    let jwks: jose::JwkSet = serde_json::from_str(&world.browser().get(world.id.url("/jwks")).await.body).unwrap();
    for (rp, alg) in [(&rp, Algorithm::RS256), (&other, Algorithm::ES256)] {
        let tokens = rp.tokens(&mut alice).await;
        assert_eq!(header(&tokens["id_token"])["alg"], alg.name());
        assert_eq!(
            (&header(&tokens["access_token"])["alg"], &header(&tokens["access_token"])["typ"]),
            (&json!("ES256"), &json!("at+jwt"))
        );
        let expected = jose::Expected {
            typ: None,
            issuer: &world.id.base,
            audiences: &[&rp.client.client_id],
            algorithms: &[alg],
            now: world.ambient.now(),
            leeway: SECOND,
        };
        let read: Result<serde_json::Value, _> = jose::verify(tokens["id_token"].as_str().unwrap(), &jwks, &expected);
        assert!(read.is_ok(), "{read:?}");
    }
}

#[tokio::test]
async fn a_code_lives_for_a_minute() {
    let world = World::new().await;
    let (mut alice, rp) = ready(&world).await;
    for (age, status) in [(MINUTE - SECOND, 200), (MINUTE, 400)] {
        let request = rp.request(&[]);
        let code = rp.code(&mut alice, &request).await;
        world.passes(age);
        assert_eq!(rp.redeem(&code, &request.verifier).await.status, status, "{age:?}");
    }
}

#[tokio::test]
async fn errors_of_the_token_endpoint_are_those_of_the_specification() {
    let world = World::new().await;
    let (mut alice, rp) = ready(&world).await;
    let request = rp.request(&[]);
    let code = rp.code(&mut alice, &request).await;
    let uri = rp.redirect_uri();
    let grant = ("grant_type", "authorization_code");
    for (fields, error) in [
        (vec![], "invalid_request"),
        (vec![grant], "invalid_request"),
        (vec![grant, ("code", &*code)], "invalid_request"),
        (vec![grant, ("redirect_uri", uri)], "invalid_request"),
        (vec![grant, grant, ("code", &*code), ("redirect_uri", uri)], "invalid_request"),
        (vec![("grant_type", "password"), ("username", "alice"), ("password", "x")], "unsupported_grant_type"),
        (vec![("grant_type", "refresh_token"), ("refresh_token", "x")], "unauthorized_client"),
        (vec![("grant_type", "client_credentials")], "unauthorized_client"),
        (vec![grant, ("code", "nonsense"), ("redirect_uri", uri)], "invalid_grant"),
        (vec![grant, ("code", ""), ("redirect_uri", uri)], "invalid_request"),
    ] {
        let answer = rp.token(&fields).await;
        answer.is_error(400, error);
        assert_eq!(answer.header("cache-control"), "no-store");
    }
    rp.redeem(&code, &request.verifier).await;
    assert_eq!(rp.redeem(&rp.code(&mut alice, &request).await, &request.verifier).await.status, 200);
}

#[tokio::test]
async fn a_client_proves_itself_by_its_registered_method_alone() {
    let world = World::new().await;
    let (mut alice, rp) = ready(&world).await;
    let post = world.client_at(&world.acme, "poster", |client| client.auth_method = AuthMethod::ClientSecretPost).await;
    let basic = |id: &str, secret: &str| format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")));
    let encoded = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let (secret, others) = (secret_of("app"), secret_of("poster"));
    let grant = [("grant_type", "authorization_code"), ("code", "x"), ("redirect_uri", "x")];
    let with = |more: &[(&'static str, String)]| {
        let mut fields: Vec<(&str, String)> = grant.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        fields.extend(more.iter().map(|(name, value)| (*name, value.clone())));
        fields
    };
    let right = basic("app", &encoded(&secret));
    for (header, fields, status, error) in [
        (None, with(&[]), 401, "invalid_client"),
        (None, with(&[("client_id", "app".into())]), 401, "invalid_client"),
        (None, with(&[("client_id", "app".into()), ("client_secret", secret.clone())]), 401, "invalid_client"),
        (None, with(&[("client_id", "poster".into()), ("client_secret", secret.clone())]), 401, "invalid_client"),
        (Some(basic("poster", &encoded(&others))), with(&[]), 401, "invalid_client"),
        (Some(basic("app", "wrong")), with(&[]), 401, "invalid_client"),
        (Some(basic("app", "")), with(&[]), 401, "invalid_client"),
        (Some(basic("nobody", "x")), with(&[]), 401, "invalid_client"),
        (Some("Basic ~~~".into()), with(&[]), 401, "invalid_client"),
        (Some("Bearer x".into()), with(&[]), 401, "invalid_client"),
        (Some(right.clone()), with(&[("client_secret", secret.clone())]), 400, "invalid_request"),
        (Some(right.clone()), with(&[("client_id", "poster".into())]), 400, "invalid_request"),
        (Some(basic("acme", "x")), with(&[]), 401, "invalid_client"),
        (
            None,
            with(&[
                ("client_id", "acme".into()),
                ("client_assertion", "a.b.c".into()),
                ("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer".into()),
            ]),
            401,
            "invalid_client",
        ),
        (Some(right.clone()), with(&[("client_id", "app".into())]), 400, "invalid_grant"),
    ] {
        let headers: Vec<_> = header.iter().map(|header| ("authorization", header.as_str())).collect();
        let fields: Vec<_> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let answer = rp.call(Method::POST, "/token", &headers, Some(&fields)).await;
        answer.is_error(status, error);
        assert_eq!(answer.header("www-authenticate").is_empty(), status != 401, "{answer:?}");
    }
    let request = post.request(&[]);
    let code = post.code(&mut alice, &request).await;
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", &*code),
        ("redirect_uri", post.redirect_uri()),
        ("code_verifier", &*request.verifier),
        ("client_id", "poster"),
        ("client_secret", &*others),
    ];
    assert_eq!(post.call(Method::POST, "/token", &[], Some(&fields)).await.status, 200);
}

#[tokio::test]
async fn whatever_is_sent_to_the_token_endpoint_the_answer_is_oauth_json() {
    let world = World::new().await;
    let url = world.id.url("/token");
    let send = |body: Vec<u8>| {
        let request = world.net.http.post(&url).header("content-type", "application/x-www-form-urlencoded").body(body);
        async { request.send().await.unwrap() }
    };
    for body in [b"grant_type=%ff".to_vec(), b"\xff\xfe=x".to_vec(), vec![b'x'; 70_000], b"%00=1".to_vec()] {
        let start = String::from_utf8_lossy(&body[..body.len().min(20)]).into_owned();
        let answer = send(body).await;
        let (status, kind) = (answer.status(), answer.headers()["content-type"].to_str().unwrap().to_owned());
        assert!(status.is_client_error(), "{start}: {status}");
        assert!(kind.starts_with("application/json"), "{start}: {status} {kind}");
        let text = answer.text().await.unwrap();
        let json: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
        assert!(json["error"].is_string(), "{start}: {text}");
    }
    let fine = send(b"grant_type=client_credentials".to_vec()).await;
    assert_eq!(fine.status().as_u16(), 401);
}

#[tokio::test]
async fn client_credentials_give_what_the_client_may_and_never_a_persons_scopes() {
    let world = World::new().await;
    let machine = world
        .client_at(&world.acme, "machine", |client| {
            client.grant_types = vec![GrantType::ClientCredentials];
            client.scopes = vec!["openid".into(), "email".into(), "members".into()];
        })
        .await;
    let rows = world.identity_rows().await;
    let answer = machine.token(&[("grant_type", "client_credentials")]).await;
    assert_eq!((answer.status, answer.json()["scope"].as_str()), (200, Some("members")));
    assert!(answer.json().get("id_token").is_none());
    assert_eq!(world.identity_rows().await, rows, "self-contained: nothing is written");
    for scope in ["openid", "members openid", "email", "unknown"] {
        machine.token(&[("grant_type", "client_credentials"), ("scope", scope)]).await.is_error(400, "invalid_scope");
    }
    let mut alice = world.account("alice").await;
    alice.signs_in(&world).await.opens(&machine.request(&[]).url()).await;
    assert_eq!(alice.query("error").as_deref(), Some("unauthorized_client"));
}
