use serde_json::Value;
use tenant::members::MemberState;

use crate::harness::{MINUTE, Person, Rp, SECOND, World, claims};

async fn app(world: &World) -> Rp {
    world.platform_client("app", |_| {}).await
}

/// The ID token's claims after a request, if it ended with a code.
async fn id_token(rp: &Rp, person: &mut Person, changes: &[(&str, Option<&str>)]) -> Value {
    let request = rp.request(changes);
    let code = rp.code(person, &request).await;
    claims(&rp.redeem(&code, &request.verifier).await.json()["id_token"])
}

#[tokio::test]
async fn prompt_none_shows_no_page_whatever_is_missing() {
    let world = World::new().await;
    let mut alice = world.member("alice", &world.studio, MemberState::Active, &["member"]).await;
    let rp = app(&world).await;
    let none = [("prompt", Some("none"))];
    let error = |person: &mut Person| person.query("error");
    alice.opens(&rp.request(&none).url()).await;
    assert_eq!(error(&mut alice).as_deref(), Some("login_required"));
    assert_eq!(world.identity_count("SELECT COUNT(*) FROM interaction").await, 0);

    alice.signs_in(&world).await.opens(&rp.request(&none).url()).await;
    assert_eq!(error(&mut alice).as_deref(), Some("consent_required"));
    alice.opens(&rp.request(&[]).url()).await.submits("allow", &[]).await.opens(&rp.request(&none).url()).await;
    assert!(alice.query("code").is_some(), "silent once everything is said");

    let own = world.client_at(&world.acme, "acme-app", |_| {}).await;
    alice.opens(&own.request(&none).url()).await;
    assert_eq!(error(&mut alice).as_deref(), Some("interaction_required"));
    let eves = "{\"id_token\":{\"sub\":{\"value\":\"another\"}}}";
    alice.opens(&rp.request(&[("prompt", Some("none")), ("claims", Some(eves))]).url()).await;
    assert_eq!(error(&mut alice).as_deref(), Some("login_required"));
}

#[tokio::test]
async fn a_tenant_cannot_collect_members_in_passing() {
    let world = World::new().await;
    let mut alice = world.account("alice").await;
    alice.signs_in(&world).await;
    let instance = |client: &mut oidc::client::Client| client.kind = oidc::client::ClientKind::TenantInstance;
    let evil = world.client_at(&world.acme, "evil-instance", instance).await;
    alice.opens(&evil.request(&[("prompt", Some("none"))]).url()).await;
    assert_eq!(alice.query("error").as_deref(), Some("consent_required"));
    let marks = "SELECT (SELECT COUNT(*) FROM link) + (SELECT COUNT(*) FROM subject)";
    assert_eq!(world.identity_count(marks).await, 0);
    alice.opens(&evil.request(&[]).url()).await.is("/join").submits("allow", &[]).await;
    assert!(alice.query("code").is_some());
    alice.opens(&evil.request(&[("prompt", Some("none"))]).url()).await;
    assert!(alice.query("code").is_some());
}

#[tokio::test]
async fn prompt_login_and_max_age_force_a_later_auth_time() {
    let world = World::new().await;
    let mut alice = world.account("alice").await;
    alice.signs_in(&world).await;
    let rp = app(&world).await;
    alice.opens(&rp.request(&[]).url()).await.submits("allow", &[]).await;
    let first = id_token(&rp, &mut alice, &[]).await["auth_time"].as_i64().unwrap();
    world.passes(MINUTE);
    assert_eq!(id_token(&rp, &mut alice, &[("max_age", Some("10000"))]).await["auth_time"], first);
    for change in [("prompt", Some("login")), ("max_age", Some("1")), ("max_age", Some("0"))] {
        world.passes(2 * SECOND);
        let before = id_token(&rp, &mut alice, &[]).await["auth_time"].as_i64().unwrap();
        let request = rp.request(&[change]);
        alice.opens(&request.url()).await.is("/login").proves_who_they_are().await;
        let code = alice.query("code").unwrap();
        let token = claims(&rp.redeem(&code, &request.verifier).await.json()["id_token"]);
        assert!(token["auth_time"].as_i64().unwrap() > before, "{change:?}");
    }
    world.passes(2 * SECOND);
    alice.opens(&rp.request(&[("max_age", Some("1")), ("prompt", Some("none"))]).url()).await;
    assert_eq!(alice.query("error").as_deref(), Some("login_required"));
}

#[tokio::test]
async fn id_token_hint_means_that_person_and_no_other() {
    let world = World::new().await;
    let mut alice = world.account("alice").await;
    alice.signs_in(&world).await;
    let rp = app(&world).await;
    let request = rp.request(&[]);
    alice.opens(&request.url()).await.submits("allow", &[]).await;
    let code = alice.query("code").unwrap();
    let hint = rp.redeem(&code, &request.verifier).await.json()["id_token"].as_str().unwrap().to_owned();
    world.passes(10 * MINUTE);
    let with_hint = [("prompt", Some("none")), ("id_token_hint", Some(&*hint))];
    let again = id_token(&rp, &mut alice, &with_hint).await;
    let first = claims(&Value::from(hint.clone()));
    assert_eq!(
        (&again["sub"], &again["auth_time"]),
        (&first["sub"], &first["auth_time"]),
        "an expired hint still counts"
    );

    let mut bob = world.account("bob").await;
    bob.signs_in(&world).await.opens(&rp.request(&[]).url()).await.submits("allow", &[]).await;
    bob.opens(&rp.request(&with_hint).url()).await;
    assert_eq!(bob.query("error").as_deref(), Some("login_required"));
    bob.opens(&rp.request(&[("id_token_hint", Some(&hint))]).url()).await.is("/login");
    alice.opens(&rp.request(&[("prompt", Some("none")), ("id_token_hint", Some("a.b.c"))]).url()).await;
    assert_eq!(alice.query("error").as_deref(), Some("login_required"), "a hint that is none of ours fits nobody");
}

#[tokio::test]
async fn login_hint_and_ui_locales_are_honoured_on_the_page() {
    let world = World::new().await;
    let mut alice = world.browser();
    let rp = app(&world).await;
    let request = rp.request(&[("login_hint", Some("alice@people.test")), ("ui_locales", Some("de"))]);
    alice.opens(&request.url()).await.is("/login");
    assert_eq!(alice.attribute("username", "value"), "alice@people.test");
    assert_eq!(
        alice.page.find("html", |it| it.value().attr("lang").map(str::to_owned)).flatten().as_deref(),
        Some("de")
    );
    let long = "x".repeat(5_000);
    alice.opens(&rp.request(&[("login_hint", Some(&long))]).url()).await.is("/login").answers(200);
}
