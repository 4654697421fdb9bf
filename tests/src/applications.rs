//! Relying applications: consent, its denial and its memory; a tenant's own; roles by member snapshots.

use serde_json::{Value, json};
use tenant::members::MemberState;

use crate::harness::{Answer, Rp, World, claims};

#[tokio::test]
async fn id_02_a_stock_client_configured_by_discovery_signs_in_and_shows_the_claims() {
    let world = World::new().await;
    let mut alice = world.member("alice", &world.acme, MemberState::Active, &["editor"]).await;
    alice.opens(&world.lightbox).await.clicks("sign-in").await.proves_who_they_are().await.is("/");
    assert!(alice.url.as_str().starts_with(&world.lightbox.base));
    assert!(!alice.passed("/consent"), "a tenant's own application asks for nothing");
    assert_eq!(alice.text_of("name"), "Alice Doe");
    assert_eq!(alice.text_of("email"), "alice@people.test");
    assert_eq!((alice.text_of("tenant"), alice.text_of("roles")), ("acme".into(), "editor".into()));
    let id_token: Value = serde_json::from_str(&alice.text_of("id-token-json")).unwrap();
    assert_eq!(id_token["iss"], json!(world.id.base));
    assert_eq!(id_token["sub"], json!(alice.text_of("subject")));
    assert!(id_token.get("email").is_none() && id_token.get("roles").is_none(), "{id_token}");
}

#[tokio::test]
async fn an_application_asks_again_and_shows_the_roles_of_the_moment() {
    let world = World::new().await;
    let mut alice = world.member("alice", &world.acme, MemberState::Active, &["editor"]).await;
    alice.opens(&world.lightbox).await.clicks("sign-in").await.proves_who_they_are().await.is("/");
    let subject = alice.text_of("subject");
    let (rp, token) = tenant_api(&world, &world.acme, "acme-api").await;
    tell(&world, &rp, &token, &snapshot(&subject, 50, "supplier")).await;
    assert_eq!(alice.opens(&world.lightbox).await.text_of("roles"), "editor", "as of the sign-in");
    alice.submits("refresh", &[]).await.is("/");
    assert_eq!((alice.text_of("roles"), alice.text_of("subject")), ("supplier".into(), subject));
    assert!(!alice.passed("/authorize"));
    let locked = json!({ "members": [{ "subject": alice.text_of("subject"), "version": 51, "state": "locked", "roles": [], "groups": [] }] });
    tell(&world, &rp, &token, &locked).await;
    alice.submits("refresh", &[]).await.sees("Your access has ended").opens(&world.lightbox).await.sees("Sign in with");
}

#[tokio::test]
async fn pp_11_a_lock_signs_the_member_out_of_the_tenants_application_at_once() {
    let world = World::new().await;
    let mut admin = world.admin_of(&world.acme).await;
    let mut alice = world.member("alice", &world.acme, MemberState::Active, &["editor"]).await;
    alice.opens(&world.lightbox).await.clicks("sign-in").await.proves_who_they_are().await.is("/");
    alice.opens(&world.inkwell).await.submits("sign-in", &[("tenant", "acme")]).await.submits("allow", &[]).await;
    alice.opens(&world.lightbox).await.sees("Hello, Alice");
    admin.opens(&world.acme.url("/members")).await.follows("Alice Doe").await.submits("lock", &[]).await;
    world.settle().await;
    world.settle().await;
    alice.opens(&world.lightbox).await.sees_not("Hello, Alice").sees("Sign in with");
    alice.opens(&world.inkwell).await.sees("Hello, Alice");
    alice.submits("refresh", &[]).await.sees("Your access has ended");
}

#[tokio::test]
async fn an_outside_application_asks_for_consent_once() {
    let world = World::new().await;
    let mut alice = world.account("alice").await;
    alice.opens(&world.inkwell).await.submits("sign-in", &[]).await.proves_who_they_are().await.is("/consent");
    alice.sees("Inkwell").sees("Your e-mail address").sees("alice@people.test").submits("deny", &[]).await;
    alice.is("/callback").answers(403);
    assert_eq!(alice.text_of("error-code"), "access_denied");
    let given = "SELECT COUNT(*) FROM consent";
    assert_eq!(world.identity_count(given).await, 0);
    assert_eq!(world.identity_count("SELECT COUNT(*) FROM access_grant").await, 0);

    alice.opens(&world.inkwell).await.submits("sign-in", &[]).await.is("/consent").submits("allow", &[]).await;
    assert_eq!(alice.text_of("name"), "Alice Doe");
    assert_eq!(world.identity_count(given).await, 1);
    alice
        .elsewhere(&world)
        .opens(&world.inkwell)
        .await
        .submits("sign-in", &[])
        .await
        .proves_who_they_are()
        .await
        .is("/");
}

#[tokio::test]
async fn wider_scopes_and_prompt_consent_ask_again() {
    let world = World::new().await;
    let mut alice = world.account("alice").await;
    alice.signs_in(&world).await;
    let rp = world.platform_client("app", |_| {}).await;
    alice.opens(&rp.request(&[("scope", Some("openid"))]).url()).await.is("/consent").submits("allow", &[]).await;
    assert!(alice.query("code").is_some());
    alice.opens(&rp.request(&[("scope", Some("openid"))]).url()).await;
    assert!(alice.query("code").is_some(), "remembered");
    alice.opens(&rp.request(&[("scope", Some("openid email"))]).url()).await.is("/consent").submits("allow", &[]).await;
    alice
        .opens(&rp.request(&[("scope", Some("openid email")), ("prompt", Some("consent"))]).url())
        .await
        .is("/consent");
    let again = alice.submits("allow", &[]).await.query("code");
    assert!(again.is_some());
}

#[tokio::test]
async fn an_outside_application_gets_the_roles_of_the_tenant_that_it_names() {
    let world = World::new().await;
    let mut alice = world.member("alice", &world.acme, MemberState::Active, &["editor"]).await;
    world.make_member(&alice, &world.studio, MemberState::Active, &["member"]).await;
    alice.opens(&world.inkwell).await.submits("sign-in", &[("tenant", "acme")]).await.proves_who_they_are().await;
    alice.is("/consent").sees("Acme Library").submits("allow", &[]).await;
    assert_eq!((alice.text_of("tenant"), alice.text_of("roles")), ("acme".into(), "editor".into()));
    let subject = alice.text_of("subject");

    alice.opens(&world.inkwell.url("/login?tenant=studio")).await.is("/consent").submits("allow", &[]).await;
    assert_eq!((alice.text_of("tenant"), alice.text_of("roles")), ("studio".into(), "member".into()));
    assert_eq!(alice.text_of("subject"), subject, "the subject is the application's, not the tenant's");
    alice.opens(&world.inkwell.url("/login")).await;
    assert!(alice.is("/consent").submits("allow", &[]).await.text_of("roles").to_lowercase().contains("none"));
}

#[tokio::test]
async fn who_is_no_active_member_is_told_and_gets_no_further() {
    let world = World::new().await;
    let mut bob = world.account("bob").await;
    bob.signs_in(&world).await;
    bob.opens(&world.lightbox.url("/login")).await.is("/not-a-member").sees("you have never been there");
    bob.submits("deny", &[]).await.is("/callback").answers(403);
    for (state, words) in [
        (MemberState::ToReview, "has to let you in"),
        (MemberState::Rejected, "You are no member"),
        (MemberState::Locked, "is locked"),
        (MemberState::Suspended, "is locked"),
        (MemberState::Deleted, "You are no member"),
    ] {
        let mut person = world.member(&format!("p{}", world.number()), &world.acme, state, &[]).await;
        person.signs_in(&world).await.opens(&world.lightbox.url("/login")).await.is("/not-a-member").sees(words);
        // An application outside learns nothing of its visitors' instances before they say yes (DESIGN §4.11).
        person.opens(&world.inkwell.url("/login?tenant=acme")).await.is("/consent").submits("allow", &[]).await;
        person.is("/not-a-member").sees(words);
        person.opens(&world.inkwell.url("/login")).await.is("/consent");
    }
    assert_eq!(world.identity_count("SELECT COUNT(*) FROM access_grant").await, 0);
    bob.opens(&world.inkwell.url("/login?tenant=no-such-tenant")).await.is("/consent").submits("allow", &[]).await;
    bob.is("/callback");
    assert_eq!(bob.text_of("error-code"), "invalid_target");
}

#[tokio::test]
async fn subjects_and_sids_are_pairwise_by_tenant() {
    let world = World::new().await;
    let mut alice = world.member("alice", &world.acme, MemberState::Active, &["viewer"]).await;
    world.make_member(&alice, &world.studio, MemberState::Active, &["member"]).await;
    alice.signs_in(&world).await;
    let mut seen = Vec::new();
    for rp in [
        world.client_at(&world.acme, "acme-one", |_| {}).await,
        world.client_at(&world.acme, "acme-two", |_| {}).await,
        world.client_at(&world.studio, "studio-one", |_| {}).await,
    ] {
        let token = claims(&rp.tokens(&mut alice).await["id_token"]);
        assert!(token["sub"].as_str().unwrap().len() >= 22 && token["sid"].as_str().unwrap().len() >= 22);
        seen.push((token["sub"].clone(), token["sid"].clone()));
    }
    assert_eq!(seen[0], seen[1], "one tenant is one sector");
    assert!(seen[0].0 != seen[2].0 && seen[0].1 != seen[2].1, "two tenants see two people");
    let own = "SELECT COUNT(*) FROM subject JOIN membership ON membership.subject = subject.subject WHERE subject.subject = $1";
    assert_eq!(world.identity_count_of(own, store::params![seen[0].0.as_str().unwrap()]).await, 1);
}

/// A tenant's own client, as its server uses one for snapshots.
pub async fn tenant_api(world: &World, tenant: &crate::harness::Place, id: &'static str) -> (Rp, String) {
    let rp = world
        .client_at(tenant, id, |client| {
            client.kind = oidc::client::ClientKind::TenantInstance;
            client.grant_types = vec![oidc::client::GrantType::ClientCredentials];
            client.scopes = vec!["members".to_owned()];
        })
        .await;
    let answer = rp.token(&[("grant_type", "client_credentials"), ("scope", "members")]).await;
    let token = answer.json()["access_token"].as_str().unwrap().to_owned();
    (rp, token)
}

pub async fn tell(world: &World, rp: &Rp, token: &str, body: &Value) -> Answer {
    let url = format!("{}/api/v1/tenant/members", rp.issuer);
    let request = world.net.http.post(url).header("authorization", format!("Bearer {token}"));
    let answer = request.header("content-type", "application/json").body(body.to_string()).send().await.unwrap();
    let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
    Answer { status, headers, body: answer.text().await.unwrap() }
}

fn snapshot(subject: &str, version: i64, role: &str) -> Value {
    json!({ "members": [{ "subject": subject, "version": version, "state": "active", "roles": [role], "groups": [], "provider": null }] })
}

#[tokio::test]
async fn snapshots_are_applied_in_order_and_once() {
    let world = World::new().await;
    let mut alice = world.member("alice", &world.acme, MemberState::Active, &["viewer"]).await;
    alice.signs_in(&world).await;
    let app = world.client_at(&world.acme, "app", |_| {}).await;
    let subject = claims(&app.tokens(&mut alice).await["id_token"])["sub"].as_str().unwrap().to_owned();
    let (rp, token) = tenant_api(&world, &world.acme, "acme-api").await;
    let roles = "SELECT version || ' ' || roles FROM membership";
    for (version, role, stands) in [
        (50, "editor", "50 [\"editor\"]"),
        (49, "administrator", "50 [\"editor\"]"),
        (50, "administrator", "50 [\"editor\"]"),
        (1, "administrator", "50 [\"editor\"]"),
        (51, "supplier", "51 [\"supplier\"]"),
    ] {
        let answer = tell(&world, &rp, &token, &snapshot(&subject, version, role)).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        assert_eq!(answer.json(), json!({ "applied": [{ "subject": subject, "version": version }], "unknown": [] }));
        assert_eq!(world.identity_texts(roles).await, [stands], "after version {version}");
    }
    let token = app.tokens(&mut alice).await;
    assert_eq!(app.userinfo(token["access_token"].as_str().unwrap()).await.json()["roles"], json!(["supplier"]));
    assert_eq!(claims(&token["access_token"])["roles"], json!(["supplier"]));
}

#[tokio::test]
async fn tn_03_a_tenant_tells_of_its_own_members_only() {
    let world = World::new().await;
    let mut alice = world.member("alice", &world.acme, MemberState::Active, &["viewer"]).await;
    world.make_member(&alice, &world.studio, MemberState::Active, &["member"]).await;
    alice.signs_in(&world).await;
    let app = world.client_at(&world.acme, "app", |_| {}).await;
    let at_acme = claims(&app.tokens(&mut alice).await["id_token"])["sub"].as_str().unwrap().to_owned();
    let (acme, acme_token) = tenant_api(&world, &world.acme, "acme-api").await;
    let (studio, studio_token) = tenant_api(&world, &world.studio, "studio-api").await;
    let before = world.identity_texts("SELECT version || state || roles FROM membership ORDER BY 1").await;
    let foreign = tell(&world, &studio, &studio_token, &snapshot(&at_acme, 99, "owner")).await;
    let nonexistent = tell(&world, &studio, &studio_token, &snapshot("nobody", 99, "owner")).await;
    assert_eq!(foreign.json(), json!({ "applied": [], "unknown": [at_acme] }));
    assert_eq!(foreign.body.replace(&at_acme, "nobody"), nonexistent.body, "a foreign subject is like none at all");
    assert_eq!(world.identity_texts("SELECT version || state || roles FROM membership ORDER BY 1").await, before);

    for bad in [
        json!({ "tenant": "acme", "members": [] }),
        json!({ "members": [{ "subject": at_acme, "version": 99, "state": "owner", "roles": [], "groups": [], "provider": null }] }),
        json!({ "members": [{ "subject": at_acme, "version": 99, "state": "active", "roles": [], "groups": [], "tenant": "acme" }] }),
        json!([]),
    ] {
        assert_eq!(tell(&world, &acme, &acme_token, &bad).await.status, 422, "{bad}");
    }
    let many = json!({ "members": vec![json!({ "subject": at_acme, "version": 99, "state": "active", "roles": [], "groups": [] }); 501] });
    assert_eq!(tell(&world, &acme, &acme_token, &many).await.status, 413);
    assert_eq!(
        tell(&world, &acme, &acme_token, &snapshot(&at_acme, 99, "editor")).await.json()["applied"][0]["version"],
        99
    );
}

#[tokio::test]
async fn a_full_batch_of_snapshots_is_taken() {
    let world = World::new().await;
    let (rp, token) = tenant_api(&world, &world.acme, "acme-api").await;
    let member = |number: usize| {
        let roles = ["administrator", "editor", "supplier", "viewer"];
        json!({ "subject": format!("{number:022}"), "version": 12_345, "state": "to_review", "roles": roles, "groups": [], "provider": "a-company-directory" })
    };
    let full = json!({ "members": (0..500).map(member).collect::<Vec<_>>() });
    let answer = tell(&world, &rp, &token, &full).await;
    assert_eq!(
        answer.status,
        200,
        "500 members, {} bytes: {}",
        full.to_string().len(),
        &answer.body[..answer.body.len().min(200)]
    );
    assert_eq!(answer.json()["unknown"].as_array().unwrap().len(), 500);
}
