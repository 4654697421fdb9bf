use serde_json::{Value, json};
use tenant::members::{MemberId, MemberState};

use super::providers::switches;
use super::world::World;

impl World {
    /// A token for acme's API of somebody who consented, issued now.
    fn token(&self, person: &str, scope: &str) -> String {
        let now = self.ambient.now().as_seconds();
        let claims = json!({
            "iss": self.idp.issuer(), "sub": format!("subject-of-{person}"), "aud": "http://acme.test:8401/api/v1",
            "exp": now + 300, "iat": now, "jti": self.ambient.identifier(), "client_id": "console", "scope": scope,
            "grant": "a-grant",
        });
        self.idp.sign("at+jwt", &claims)
    }

    async fn posts(&self, path: &str, token: &str, body: &Value) -> (u16, Value) {
        self.browser().calls("POST", &format!("/api/v1{path}"), token, Some(body)).await
    }

    async fn gets(&self, path: &str, token: &str) -> (u16, Value) {
        self.browser().calls("GET", &format!("/api/v1{path}"), token, None).await
    }
}

const ALL: &str = "members:read members:write roles:write jobs:read";

#[tokio::test]
async fn id_03_the_api_switches_and_says_why_not() {
    let world = World::new().await;
    let (_ada, mina) = world.with_mina().await;
    let token = world.token("ada", ALL);
    let at = format!("/members/{mina}/provider");
    let (status, known) = world.gets("/providers", &token).await;
    assert_eq!((status, &known["providers"][0]["key"]), (200, &"contoso".into()));
    let (status, done) = world.posts(&at, &token, &json!({ "provider": "contoso", "subject": "upn-7" })).await;
    assert_eq!((status, &done["changed"], &done["member"]["provider"]), (200, &true.into(), &"contoso".into()));
    assert!(done["member"]["provider_since"].is_string());
    for (body, status, code) in [
        (json!({ "provider": "contoso" }), 409, "already_so"),
        (json!({ "provider": "globex.corp" }), 409, "provider_unknown"),
        (json!({ "provider": "platform", "subject": "upn-7" }), 422, "invalid_body"),
        (json!({}), 422, "invalid_body"),
        (json!({ "provider": null }), 422, "invalid_body"),
        (json!({ "provider": "contoso", "fields": {} }), 422, "invalid_body"),
    ] {
        let (answered, problem) = world.posts(&at, &token, &body).await;
        assert_eq!((answered, &problem["code"]), (status, &code.into()), "{body}");
        assert!(!problem["detail"].as_str().unwrap().starts_with('['), "{problem}");
    }
    // PP-07: what the provider owns is refused here too, and by name.
    let fields = format!("/members/{mina}/fields");
    let (status, problem) = world.posts(&fields, &token, &json!({ "fields": { "company": "Other" } })).await;
    assert_eq!((status, &problem["code"]), (409, &"provider_owns".into()));
    assert!(problem["detail"].as_str().unwrap().contains("Contoso"));
    assert_eq!(world.posts(&fields, &token, &json!({ "fields": { "city": "Oslo" } })).await.0, 200);
    // Scopes and flags.
    assert_eq!(world.posts(&at, &world.token("ada", "members:read"), &json!({ "provider": "platform" })).await.0, 403);
    let again = json!({ "provider": "contoso", "subject": "upn-8" });
    assert_eq!(world.posts(&at, &token, &again).await.0, 200, "whoever was named wrongly");
    assert_eq!(world.posts(&at, &token, &json!({ "provider": "platform", "compromised": true })).await.0, 200);
    let glass = format!("/members/{mina}/break-glass");
    let (status, done) = world.posts(&glass, &token, &json!({ "on": true })).await;
    assert_eq!((status, &done["member"]["break_glass"]), (200, &true.into()));
    let (status, problem) = world.posts(&at, &token, &json!({ "provider": "contoso" })).await;
    assert_eq!((status, &problem["code"]), (409, &"break_glass".into()));
    let deletes = format!("/members/{mina}/delete");
    assert_eq!(world.posts(&deletes, &token, &json!({})).await.1["code"], "last_break_glass");
    let job = json!({ "deed": "switch", "provider": "contoso", "members": [mina] });
    let (status, job) = world.posts("/jobs", &token, &job).await;
    assert_eq!((status, &job["state"]), (201, &"sorting".into()));
}

#[tokio::test]
async fn az_03_the_api_lets_nobody_switch_a_superior() {
    let world = World::new().await;
    let (_ada, _) = world.with_mina().await;
    let bea = world.seed("acme", "bea", MemberState::Active, &["administrator"]).await;
    world.seed("acme", "ed", MemberState::Active, &["editor"]).await;
    let at = format!("/members/{bea}/provider");
    let body = json!({ "provider": "contoso" });
    assert_eq!(world.posts(&at, &world.token("ed", ALL), &body).await.0, 403);
    assert_eq!(world.posts(&at, &world.token("ada", ALL), &body).await.0, 200, "the control");
}

#[tokio::test]
async fn sw_01_a_token_from_before_the_switch_opens_nothing() {
    let world = World::new().await;
    let (mut ada, mina) = world.with_mina().await;
    world.seed("acme", "bea", MemberState::Active, &["administrator"]).await;
    let bea = ada.get("/members?q=bea").await;
    let bea = bea.body.split("/members/").find_map(|it| it.get(..36).filter(|id| uuid::Uuid::parse_str(id).is_ok()));
    let bea = MemberId(uuid::Uuid::parse_str(bea.unwrap()).unwrap());
    assert_ne!(bea, mina);
    let before = world.token("bea", ALL);
    assert_eq!(world.gets("/members", &before).await.0, 200);
    switches(&mut ada, bea, &[("provider", "contoso")]).await;
    assert_eq!(world.gets("/members", &before).await.0, 401);
    // Nor one that the identity server gives while it has not heard of it.
    world.clock.advance(std::time::Duration::from_secs(2));
    let between = world.token("bea", ALL);
    assert_eq!(world.gets("/members", &between).await.0, 401);
    world.clock.advance(std::time::Duration::from_secs(2));
    world.server.deliver_all().await.unwrap();
    for token in [&before, &between] {
        assert_eq!(world.gets("/members", token).await.0, 401, "nor later");
    }
    world.clock.advance(std::time::Duration::from_secs(2));
    assert_eq!(world.gets("/members", &world.token("bea", ALL)).await.0, 200, "one by the new provider does");
    assert_eq!(world.gets("/members", &world.token("ada", ALL)).await.0, 200, "and nobody else is touched");
}
