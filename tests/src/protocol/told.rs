//! Revocation (RFC 7009) and introspection (RFC 7662).

use oidc::client::{AuthMethod, GrantType};
use reqwest::Method;
use serde_json::json;
use tenant::members::MemberState;

use crate::harness::{MINUTE, Person, Rp, World, claims, staying, text};

async fn ready(world: &World) -> (Person, Rp) {
    let mut alice = world.member("alice", &world.acme, MemberState::Active, &["viewer"]).await;
    alice.signs_in(world).await;
    (alice, world.client_at(&world.acme, "app", staying).await)
}

#[tokio::test]
async fn introspection_tells_a_client_of_its_own_tokens() {
    let world = World::new().await;
    let (mut alice, rp) = ready(&world).await;
    let tokens = rp.tokens(&mut alice).await;
    let (access, refresh) = (text(&tokens, "access_token"), text(&tokens, "refresh_token"));
    let subject = claims(&tokens["id_token"])["sub"].clone();
    let scope = "email membership offline_access openid profile";
    let of_access = rp.asks("/introspect", &[("token", &access)]).await;
    assert_eq!((of_access.status, of_access.header("cache-control")), (200, "no-store"));
    let claimed = claims(&tokens["access_token"]);
    assert_eq!(
        of_access.json(),
        json!({
            "active": true, "scope": scope, "client_id": "app", "token_type": "Bearer", "sub": subject,
            "exp": claimed["exp"], "iat": claimed["iat"], "aud": world.id.base, "iss": world.id.base, "jti": claimed["jti"]
        })
    );
    let now = world.ambient.now().as_seconds();
    for hint in ["refresh_token", "access_token", "unknown"] {
        let of_refresh = rp.asks("/introspect", &[("token", &refresh), ("token_type_hint", hint)]).await;
        assert_eq!(
            of_refresh.json(),
            json!({
                "active": true, "scope": scope, "client_id": "app", "sub": subject, "iss": world.id.base,
                "iat": now, "exp": now + 14 * 24 * 60 * 60
            })
        );
    }
    let next = text(&rp.refresh(&refresh).await.json(), "refresh_token");
    assert!(rp.is_active(&next).await && rp.is_active(&refresh).await, "the predecessor would still be answered");
    world.passes(MINUTE);
    assert!(rp.is_active(&next).await && !rp.is_active(&refresh).await);
    assert!(rp.is_active(&next).await, "asking about an ancestor ends nothing");
    world.passes(4 * MINUTE);
    assert!(!rp.is_active(&access).await, "expired");
}

#[tokio::test]
async fn introspection_says_nothing_of_other_clients_tokens_and_nothing_to_who_proves_nothing() {
    let world = World::new().await;
    let (mut alice, rp) = ready(&world).await;
    let other = world.client_at(&world.acme, "other", staying).await;
    let public = world.client_at(&world.acme, "public", |client| client.auth_method = AuthMethod::None).await;
    let tokens = rp.tokens(&mut alice).await;
    let inactive = json!({ "active": false });
    for name in ["access_token", "refresh_token"] {
        let token = text(&tokens, name);
        assert_eq!(other.asks("/introspect", &[("token", &token)]).await.json(), inactive, "{name}");
        assert!(rp.is_active(&token).await, "the control");
        let fields = [("token", &*token), ("client_id", "public")];
        public.call(Method::POST, "/introspect", &[], Some(&fields)).await.is_error(401, "invalid_client");
        public.call(Method::POST, "/introspect", &[], Some(&fields[..1])).await.is_error(401, "invalid_client");
    }
    for nothing in ["nonsense", &*text(&tokens, "id_token"), &"A".repeat(86)] {
        assert_eq!(rp.asks("/introspect", &[("token", nothing)]).await.json(), inactive, "{nothing}");
    }
    rp.asks("/introspect", &[]).await.is_error(400, "invalid_request");
    rp.asks("/introspect", &[("token", "a"), ("token", "b")]).await.is_error(400, "invalid_request");
    let get = rp.call(Method::GET, "/introspect?token=x", &[], None).await;
    assert_eq!(get.status, 405);
}

#[tokio::test]
async fn any_token_of_a_grant_revokes_all_of_it() {
    let world = World::new().await;
    let (mut alice, rp) = ready(&world).await;
    for (revoked, entries) in [("access_token", 1), ("refresh_token", 2), ("ancestor", 3)] {
        let first = rp.tokens(&mut alice).await;
        let bystander = rp.tokens(&mut alice).await;
        let second = rp.refresh(&text(&first, "refresh_token")).await.json();
        let token = match revoked {
            "ancestor" => text(&first, "refresh_token"),
            name => text(&second, name),
        };
        let answer = rp.asks("/revoke", &[("token", &token), ("token_type_hint", "unknown")]).await;
        assert_eq!((answer.status, &*answer.body), (200, ""), "{revoked}");
        for tokens in [&first, &second] {
            assert_eq!(rp.userinfo(&text(tokens, "access_token")).await.status, 401, "{revoked}");
            assert!(!rp.is_active(&text(tokens, "access_token")).await);
            rp.refresh(&text(tokens, "refresh_token")).await.is_error(400, "invalid_grant");
        }
        assert_eq!(rp.asks("/revoke", &[("token", &token)]).await.status, 200, "a second time is no error");
        assert_eq!(world.audited("grant.revoked").await, entries);
        assert_eq!(rp.userinfo(&text(&bystander, "access_token")).await.status, 200, "another login goes on");
    }
    assert_eq!(world.audited("refresh.replayed").await, 0);
}

#[tokio::test]
async fn a_foreign_token_is_not_revoked_and_the_answer_does_not_tell() {
    let world = World::new().await;
    let (mut alice, rp) = ready(&world).await;
    let other = world.client_at(&world.acme, "other", staying).await;
    let tokens = rp.tokens(&mut alice).await;
    let refresh = text(&tokens, "refresh_token");
    for token in [&refresh, &text(&tokens, "access_token"), "nonsense", &"A".repeat(86)] {
        let answer = other.asks("/revoke", &[("token", token)]).await;
        assert_eq!((answer.status, &*answer.body, answer.header("cache-control")), (200, "", "no-store"));
    }
    rp.call(Method::POST, "/revoke", &[], Some(&[("token", &*refresh)])).await.is_error(401, "invalid_client");
    rp.asks("/revoke", &[]).await.is_error(400, "invalid_request");
    assert_eq!(world.audited("grant.revoked").await, 0);
    assert_eq!(rp.refresh(&refresh).await.status, 200);
}

#[tokio::test]
async fn a_clients_token_for_itself_cannot_be_revoked_and_says_so() {
    let world = World::new().await;
    let machine = world
        .client_at(&world.acme, "machine", |client| {
            client.grant_types = vec![GrantType::ClientCredentials];
            client.scopes = vec!["members".into()];
        })
        .await;
    let token = text(&machine.token(&[("grant_type", "client_credentials")]).await.json(), "access_token");
    assert!(machine.is_active(&token).await);
    machine.asks("/revoke", &[("token", &token)]).await.is_error(400, "unsupported_token_type");
    world.passes(5 * MINUTE);
    assert!(!machine.is_active(&token).await);
    assert_eq!(machine.asks("/revoke", &[("token", &token)]).await.status, 200, "expired: nothing to revoke");
}
