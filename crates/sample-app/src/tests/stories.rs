use std::time::Duration;

use axum::http::StatusCode;

use super::{Mischief, World, is_signed_in, query};

#[tokio::test]
async fn someone_signs_in_and_sees_what_the_application_knows() {
    let world = World::new().await;
    let mut mina = world.browser();
    assert_eq!(mina.get("/").await.text("#sign-in"), "Sign in with Latchkey");
    let done = world.sign_in(&mut mina).await;
    assert_eq!((done.status, done.location()), (StatusCode::SEE_OTHER, "/"));
    let page = mina.get("/").await;
    let seen = ["#name", "#email", "#subject", "#tenant", "#roles", "#groups"].map(|selector| page.text(selector));
    assert_eq!(seen, ["Mina Hollis", "mina@hollis.test", "subject-1", "acme", "editor viewer", "north"]);
    assert!(page.text("#id-token-json").contains("\"sid\": \"sid-1\""));
    assert!(page.text("#userinfo-json").contains("\"tenant\": \"acme\""));
    assert_eq!(world.provider.last_basic().as_deref(), Some("client-1:secret-1"));
}

#[tokio::test]
async fn the_authorization_request_says_all_it_must() {
    let world = World::new().await;
    let (mut one, mut other) = (world.browser(), world.browser());
    let url = one.get("/login").await.onward();
    assert_eq!(url.path(), "/authorize");
    let said = ["response_type", "client_id", "redirect_uri", "scope", "code_challenge_method", "tenant"]
        .map(|name| query(&url, name));
    assert_eq!(said, ["code", "client-1", "http://app.test/callback", "openid profile membership", "S256", "acme"]);
    let again = other.get("/login").await.onward();
    for fresh in ["state", "nonce", "code_challenge"] {
        assert!(query(&url, fresh).len() >= 22, "{fresh}");
        assert_ne!(query(&url, fresh), query(&again, fresh));
    }
}

#[tokio::test]
async fn in_a_platform_wide_application_one_names_the_tenant() {
    let world = World::with_tenant(None).await;
    let mut mina = world.browser();
    let wrong = mina.post_from("/", "/login", "tenant=Not%20a%20slug").await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(wrong.attribute("#tenant", "value"), "Not a slug");
    assert_eq!(query(&mina.post_from("/", "/login", "tenant=acme").await.onward(), "tenant"), "acme");
    assert_eq!(query(&mina.post_from("/", "/login", "tenant=").await.onward(), "tenant"), "");
    assert_eq!(query(&mina.get("/login?tenant=acme").await.onward(), "tenant"), "acme");
    let owned = World::new().await;
    assert_eq!(query(&owned.browser().get("/login?tenant=other").await.onward(), "tenant"), "acme");
}

#[tokio::test]
async fn two_tabs_can_sign_in_at_once() {
    let world = World::new().await;
    let mut mina = world.browser();
    let (one, other) = (world.until_callback(&mut mina).await, world.until_callback(&mut mina).await);
    assert_eq!(mina.get(&one).await.location(), "/");
    assert_eq!(mina.get(&other).await.location(), "/");
}

#[tokio::test]
async fn new_keys_are_fetched_once_when_they_are_first_seen() {
    let world = World::new().await;
    world.sign_in(&mut world.browser()).await;
    world.sign_in(&mut world.browser()).await;
    assert_eq!(world.provider.jwks_reads(), 1, "kept");
    world.provider.change_keys();
    let mut mina = world.browser();
    world.sign_in(&mut mina).await;
    assert!(is_signed_in(&mut mina).await);
    assert_eq!(world.provider.jwks_reads(), 2);
}

#[tokio::test]
async fn while_the_identity_server_is_away_one_is_told_and_afterwards_it_works() {
    let world = World::new().await;
    let mut mina = world.browser();
    world.provider.misbehave(Mischief { away: true, ..Mischief::default() });
    let page = mina.get("/login").await;
    assert_eq!(
        (page.status, page.text("h1").as_str()),
        (StatusCode::BAD_GATEWAY, "The identity server doesn’t answer")
    );
    assert_eq!(page.attribute("#error-next", "href"), "/login");
    world.provider.misbehave(Mischief::default());
    world.sign_in(&mut mina).await;
    assert!(is_signed_in(&mut mina).await);
}

#[tokio::test]
async fn errors_of_the_identity_server_become_pages_that_offer_another_try() {
    let world = World::new().await;
    let mut mina = world.browser();
    for (code, title) in [
        ("access_denied", "You said no"),
        ("login_required", "The identity server needs you"),
        ("invalid_scope", "The identity server refused"),
    ] {
        let url = mina.get("/login").await.onward();
        let page = mina.get(&world.answer(&url, &[("error", code), ("iss", &world.provider.issuer())])).await;
        assert_eq!((page.text("h1").as_str(), page.text("#error-code").as_str()), (title, code));
        assert_eq!(page.attribute("#error-next", "href"), "/login");
    }
}

#[tokio::test]
async fn logout_ends_the_session_here_and_goes_on_to_the_identity_server() {
    let world = World::new().await;
    let mut mina = world.browser();
    world.sign_in(&mut mina).await;
    let onward = mina.post_from("/", "/logout", "").await.onward();
    assert_eq!(onward.path(), "/logout");
    assert_eq!(query(&onward, "post_logout_redirect_uri"), "http://app.test/signed-out");
    assert_eq!(query(&onward, "client_id"), "client-1");
    assert_eq!(query(&onward, "id_token_hint").split('.').count(), 3);
    assert!(!is_signed_in(&mut mina).await);
    let back = format!("/signed-out?state={}", query(&onward, "state"));
    assert_eq!(world.browser().get(&back).await.location(), "/", "not in another browser");
    assert_eq!(mina.get(&back).await.text("[role=status]"), "You are signed out here, and at the identity server.");
    assert_eq!(mina.get(&back).await.location(), "/", "once");
}

#[tokio::test]
async fn a_session_ends_after_its_time() {
    let world = World::new().await;
    let mut mina = world.browser();
    world.sign_in(&mut mina).await;
    world.clock.advance(Duration::from_secs(8 * 3_600 - 1));
    assert!(is_signed_in(&mut mina).await);
    world.clock.advance(Duration::from_secs(1));
    assert!(!is_signed_in(&mut mina).await);
}
