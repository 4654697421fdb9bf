use oidc::client::{AuthMethod, Client};
use tenant::members::MemberState;

use crate::harness::{Person, World};

async fn alice(world: &World) -> Person {
    let mut alice = world.member("alice", &world.acme, MemberState::Active, &["viewer"]).await;
    alice.signs_in(world).await;
    alice
}

#[tokio::test]
async fn oa_07_a_request_without_a_good_challenge_is_refused() {
    let world = World::new().await;
    let mut alice = alice(&world).await;
    let rp = world.client_at(&world.acme, "app", |_| {}).await;
    let verifier = "a".repeat(43);
    for changes in [
        vec![("code_challenge", None), ("code_challenge_method", None)],
        vec![("code_challenge", None)],
        vec![("code_challenge_method", None)],
        vec![("code_challenge_method", Some("plain")), ("code_challenge", Some(&*verifier))],
        vec![("code_challenge_method", Some("s256"))],
        vec![("code_challenge_method", Some("S512"))],
        vec![("code_challenge", Some("short"))],
        vec![("code_challenge", Some(""))],
        vec![("code_challenge", Some("=========================================== "))],
    ] {
        alice.opens(&rp.request(&changes).url()).await;
        assert_eq!(alice.query("error").as_deref(), Some("invalid_request"), "{changes:?}");
        assert_eq!(alice.query("code"), None);
    }
    rp.tokens(&mut alice).await;
}

#[tokio::test]
async fn oa_07_a_code_is_redeemed_by_its_own_verifier_alone() {
    let world = World::new().await;
    let mut alice = alice(&world).await;
    let rp = world.client_at(&world.acme, "app", |_| {}).await;
    let other = rp.request(&[]).verifier;
    for wrong in [None, Some(""), Some(&*other), Some("short"), Some("CHALLENGE")] {
        let request = rp.request(&[]);
        let code = rp.code(&mut alice, &request).await;
        let challenge = oidc::pkce::challenge_of(&request.verifier);
        let mut fields =
            vec![("grant_type", "authorization_code"), ("code", &*code), ("redirect_uri", rp.redirect_uri())];
        fields.extend(wrong.map(|wrong| ("code_verifier", if wrong == "CHALLENGE" { &*challenge } else { wrong })));
        rp.token(&fields).await.is_error(400, "invalid_grant");
        rp.redeem(&code, &request.verifier).await.is_error(400, "invalid_grant");
    }
    rp.tokens(&mut alice).await;
}

#[tokio::test]
async fn oa_07_a_challenge_cannot_be_taken_out_or_put_in_on_the_way() {
    let world = World::new().await;
    let mut alice = alice(&world).await;
    // A confidential client that need not use PKCE: what it began with, it has to end with.
    let rp = world.client_at(&world.acme, "app", |client| client.require_pkce = false).await;
    let without = rp.request(&[("code_challenge", None), ("code_challenge_method", None)]);
    let code = rp.code(&mut alice, &without).await;
    rp.redeem(&code, &without.verifier).await.is_error(400, "invalid_grant");
    let code = rp.code(&mut alice, &without).await;
    let plain = [("grant_type", "authorization_code"), ("code", &*code), ("redirect_uri", rp.redirect_uri())];
    assert_eq!(rp.token(&plain).await.status, 200, "without from beginning to end is fine for it");

    let with = rp.request(&[]);
    let code = rp.code(&mut alice, &with).await;
    let stripped = [("grant_type", "authorization_code"), ("code", &*code), ("redirect_uri", rp.redirect_uri())];
    rp.token(&stripped).await.is_error(400, "invalid_grant");
}

#[tokio::test]
async fn oa_07_public_and_native_clients_always_need_pkce() {
    let world = World::new().await;
    let mut alice = alice(&world).await;
    let public = |client: &mut Client| (client.auth_method, client.require_pkce) = (AuthMethod::None, false);
    let native = |client: &mut Client| {
        (client.native, client.require_pkce) = (true, false);
        client.redirect_uris = vec!["http://127.0.0.1/cb".to_owned()];
    };
    let none = [("code_challenge", None), ("code_challenge_method", None)];
    let public = world.client_at(&world.acme, "public", public).await;
    let native = world.client_at(&world.acme, "native", native).await;
    for rp in [&public, &native] {
        alice.opens(&rp.request(&none).url()).await;
        assert_eq!(alice.query("error").as_deref(), Some("invalid_request"), "{}", rp.client.client_id);
    }
    let request = public.request(&[]);
    let code = public.code(&mut alice, &request).await;
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", &*code),
        ("redirect_uri", public.redirect_uri()),
        ("code_verifier", &*request.verifier),
        ("client_id", "public"),
    ];
    assert_eq!(public.call(reqwest::Method::POST, "/token", &[], Some(&fields)).await.status, 200);
}
