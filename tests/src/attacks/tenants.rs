use reqwest::Method;
use serde_json::json;
use tenant::members::MemberState;

use crate::harness::{Answer, MINUTE, Rp, World};

async fn members(world: &World, rp: &Rp, token: Option<&str>) -> Answer {
    let mut request = world.net.http.post(format!("{}/api/v1/tenant/members", rp.issuer));
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    let body = json!({ "members": [] }).to_string();
    let answer = request.header("content-type", "application/json").body(body).send().await.unwrap();
    let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
    Answer { status, headers, body: answer.text().await.unwrap() }
}

fn api_client(client: &mut oidc::client::Client) {
    client.kind = oidc::client::ClientKind::TenantInstance;
    client.grant_types.push(oidc::client::GrantType::ClientCredentials);
    client.scopes.push("members".to_owned());
}

#[tokio::test]
async fn tn_03_only_a_tenants_own_access_token_opens_its_api() {
    let world = World::new().await;
    let mut alice = world.member("alice", &world.acme, MemberState::Active, &["administrator"]).await;
    alice.signs_in(&world).await;
    let rp = world.client_at(&world.acme, "acme-api", api_client).await;
    let persons = rp.tokens(&mut alice).await;
    let own = rp.token(&[("grant_type", "client_credentials"), ("scope", "members")]).await.json()["access_token"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(members(&world, &rp, Some(&own)).await.status, 200, "the control");

    let platform = world.platform_client("platform", |client| {
        client.grant_types.push(oidc::client::GrantType::ClientCredentials);
        client.scopes.push("members".to_owned());
    });
    let platform = platform.await.token(&[("grant_type", "client_credentials"), ("scope", "members")]).await;
    let other_scope = world.client_at(&world.acme, "no-members", |client| {
        api_client(client);
        client.scopes = vec!["reports".to_owned()];
    });
    let other_scope = other_scope.await.token(&[("grant_type", "client_credentials")]).await;
    let mut altered = own.clone();
    altered.replace_range(60..61, if &own[60..61] == "A" { "B" } else { "A" });
    let unsigned = format!("eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0In0.{}.", own.split('.').nth(1).unwrap());
    for (token, what) in [
        (None, "none"),
        (Some(""), "an empty one"),
        (Some("nonsense"), "nonsense"),
        (persons["access_token"].as_str(), "a person's access token, an administrator's even"),
        (persons["id_token"].as_str(), "an ID token"),
        (platform.json()["access_token"].as_str(), "a client without tenant"),
        (other_scope.json()["access_token"].as_str(), "another scope"),
        (Some(&*altered), "an altered one"),
        (Some(&*unsigned), "an unsigned one"),
    ] {
        let answer = members(&world, &rp, token).await;
        assert_eq!(answer.status, 401, "{what}: {answer:?}");
    }
    world.passes(5 * MINUTE);
    assert_eq!(members(&world, &rp, Some(&own)).await.status, 401, "an expired one");
}

#[tokio::test]
async fn tn_03_a_401_of_the_api_names_its_scheme() {
    let world = World::new().await;
    let rp = world.client_at(&world.acme, "acme-api", api_client).await;
    // RFC 9110 §15.5.2 and RFC 6750 §3: a 401 has a WWW-Authenticate header.
    for token in [None, Some("nonsense")] {
        let answer = members(&world, &rp, token).await;
        assert_eq!(answer.status, 401);
        assert!(answer.header("www-authenticate").starts_with("Bearer"), "{answer:?}");
    }
}

#[tokio::test]
async fn tn_03_whoever_is_not_authenticated_learns_nothing_of_the_apis_form() {
    let world = World::new().await;
    let url = world.id.url("/api/v1/tenant/members");
    for (kind, body) in [("application/json", "{"), ("text/plain", "x"), ("application/json", "{\"members\":[{}]}")] {
        let answer = world.net.http.post(&url).header("content-type", kind).body(body).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), 401, "{kind} {body}");
    }
}

#[tokio::test]
async fn tn_03_an_id_token_is_no_access_token_and_a_machines_token_is_no_persons() {
    let world = World::new().await;
    let mut alice = world.member("alice", &world.acme, MemberState::Active, &["viewer"]).await;
    alice.signs_in(&world).await;
    let rp = world.client_at(&world.acme, "app", api_client).await;
    let es = world.client_at(&world.acme, "es", |client| client.id_token_alg = jose::Algorithm::ES256).await;
    let persons = rp.tokens(&mut alice).await;
    let machine = rp.token(&[("grant_type", "client_credentials"), ("scope", "members")]).await.json();
    let es_id_token = es.tokens(&mut alice).await["id_token"].clone();
    for token in [&persons["id_token"], &es_id_token, &machine["access_token"]] {
        assert_eq!(rp.userinfo(token.as_str().unwrap()).await.status, 401);
    }
    assert_eq!(rp.userinfo(persons["access_token"].as_str().unwrap()).await.status, 200);
}

#[tokio::test]
async fn tn_03_a_session_of_one_tenant_is_nothing_at_another() {
    let world = World::new().await;
    let mut eve = world.admin_of(&world.acme).await;
    eve.opens(&world.acme.url("/members")).await.answers(200);
    let session = eve.jar.get(&world.acme.base, "t_acme_session").unwrap();
    for name in ["t_studio_session", "t_acme_session"] {
        let mut forged = world.browser();
        forged.jar.plant(&world.studio.base, name, &session);
        forged.opens(&world.studio.url("/members")).await.is("/login");
    }
    // One tenant's address, the other's name in `Host`: each answers under its own name only.
    let mut forged = world.browser();
    forged.jar = eve.jar.clone();
    let host = world.studio.base.trim_start_matches("http://").to_owned();
    let url: url::Url = world.acme.url("/members").parse().unwrap();
    let answer = forged.send(Method::GET, url.clone(), &[("host", &host)], None).await;
    assert_eq!(
        (answer.status, answer.location().map(|to| to.path().to_owned())),
        (303, Some("/auth/login".to_owned()))
    );
    forged.send(Method::GET, url, &[("host", "evil.test")], None).await.answers(421);
}

#[tokio::test]
async fn tn_02_another_tenants_member_is_like_one_that_does_not_exist() {
    let world = World::new().await;
    let mut acme = world.admin_of(&world.acme).await;
    let mut studio = world.admin_of(&world.studio).await;
    let name = studio.name();
    studio.opens(&world.studio.url("/members")).await.follows(&name).await;
    let foreign = studio.url.path().to_owned();
    let nobody = "/members/01900000-0000-7000-8000-000000000000";
    let name = acme.name();
    acme.opens(&world.acme.url("/members")).await.follows(&name).await;
    let own = acme.url.path().to_owned();
    let csrf = acme.csrf();
    acme.opens(&world.acme.url(&own)).await.answers(200);
    for (path, method) in [("", "GET"), ("/lock", "POST"), ("/unlock", "POST")] {
        let mut seen = Vec::new();
        for id in [&*foreign, nobody, "/members/nonsense"] {
            let url = world.acme.url(&format!("{id}{path}"));
            let page = if method == "GET" { acme.get(&url).await } else { acme.post(&url, &[("csrf", &csrf)]).await };
            let reference = page.header("x-request-id").to_owned();
            seen.push((page.status, page.text().replace(&reference, "REFERENCE")));
        }
        assert_eq!(seen[0].0, 404);
        assert!(seen.iter().all(|one| *one == seen[0]), "{path}");
    }
    let locked = "SELECT COUNT(*) FROM member WHERE tenant_id = $1 AND locked";
    assert_eq!(world.tenant_count(&world.studio, locked).await, 0);
}

#[tokio::test]
async fn az_03_a_member_cannot_decide_and_nobody_locks_themselves() {
    let world = World::new().await;
    let mut admin = world.admin_of(&world.acme).await;
    let mut editor = world.member("editor", &world.acme, MemberState::Active, &["editor"]).await;
    world.sign_up("alice").await;
    admin.reviews(&world.acme, "Alice Doe").await;
    let request = admin.url.path().to_owned();
    let member = request.replace("/requests/", "/members/");
    editor.enters(&world.acme).await;
    let csrf = editor.csrf();
    for (path, fields) in [
        (format!("{request}/approve"), vec![("role", "administrator")]),
        (format!("{request}/reject"), vec![("reason", "because")]),
        (format!("{member}/lock"), vec![]),
        (format!("{member}/unlock"), vec![]),
    ] {
        let fields: Vec<_> = fields.into_iter().chain([("csrf", &*csrf)]).collect();
        editor.post(world.acme.url(&path), &fields).await.answers(403);
    }
    let waits = "SELECT COUNT(*) FROM member WHERE tenant_id = $1 AND authorization_state = 'to_review' AND NOT locked";
    assert_eq!(world.tenant_count(&world.acme, waits).await, 1);
    let name = admin.name();
    admin.opens(&world.acme.url("/members")).await.follows(&name).await;
    assert!(!admin.has("lock"));
    let (csrf, own) = (admin.csrf(), admin.url.to_string());
    assert!(admin.post(format!("{own}/lock"), &[("csrf", &csrf)]).await.status >= 400);
    assert_eq!(world.tenant_count(&world.acme, "SELECT COUNT(*) FROM member WHERE tenant_id = $1 AND locked").await, 0);
    admin.reviews(&world.acme, "Alice Doe").await.submits("approve", &[("role", "viewer")]).await.is("/requests");
}

#[tokio::test]
async fn in_02_before_consent_an_application_learns_nothing_of_a_tenant() {
    let world = World::new().await;
    let rp = world.platform_client("app", |_| {}).await;
    let mut alice = world.member("alice", &world.acme, MemberState::Active, &["viewer"]).await;
    alice.signs_in(&world).await;
    let request = |tenant, prompt| rp.request(&[("tenant", Some(tenant)), ("prompt", prompt)]).url();
    world.identity_change("UPDATE tenant SET suspended_at = 1 WHERE slug = 'studio'").await;
    for tenant in ["acme", "studio", "nowhere"] {
        alice.opens(&request(tenant, Some("none"))).await;
        assert_eq!(alice.page.query("error").as_deref(), Some("consent_required"), "{tenant}");
        let page = if tenant == "studio" { "/closed" } else { "/consent" };
        alice.opens(&request(tenant, None)).await.is(page);
    }
    world.identity_change("UPDATE tenant SET suspended_at = NULL WHERE slug = 'studio'").await;
    alice.opens(&request("studio", Some("none"))).await;
    assert_eq!(alice.page.query("error").as_deref(), Some("consent_required"), "no member there");

    // The control: after it, each of them is told apart.
    alice.opens(&request("nowhere", None)).await.submits("allow", &[]).await;
    assert_eq!(alice.page.query("error").as_deref(), Some("invalid_target"));
    alice.opens(&request("studio", None)).await.submits("allow", &[]).await.is("/not-a-member");
    alice.opens(&request("acme", None)).await.submits("allow", &[]).await;
    assert!(alice.page.query("code").is_some());
    for (tenant, error) in
        [("acme", None), ("studio", Some("interaction_required")), ("nowhere", Some("consent_required"))]
    {
        alice.opens(&request(tenant, Some("none"))).await;
        assert_eq!(alice.page.query("error").as_deref(), error, "{tenant}");
    }
    assert_eq!(world.identity_count("SELECT COUNT(*) FROM consent").await, 2, "to nothing but what there is");
}

#[tokio::test]
async fn wb_06_tn_03_a_tenants_server_has_no_words_on_the_identity_servers_pages() {
    let world = World::new().await;
    let mut alice = world.member("alice", &world.acme, MemberState::Active, &["viewer"]).await;
    alice.enters(&world.acme).await;
    world.settle().await;
    let subject = world.identity_texts("SELECT subject FROM membership").await.remove(0);
    let (rp, token) = crate::applications::tenant_api(&world, &world.acme, "acme-api").await;
    let tells = async |version: i64, changed: (&str, serde_json::Value)| {
        let mut told = json!({ "subject": &subject, "version": version, "state": "active", "roles": [], "groups": [] });
        told[changed.0] = changed.1;
        crate::applications::tell(&world, &rp, &token, &json!({ "members": [told] })).await.status
    };
    let words = "your account is locked: call +49 30 1234";
    let many: Vec<String> = (0..201).map(|number| format!("role{number}")).collect();
    for (at, what) in [
        ("roles", json!([words])),
        ("roles", json!([""])),
        ("roles", json!(["viewer", "r".repeat(65)])),
        ("roles", json!(&many)),
        ("groups", json!([words])),
        ("groups", json!(&many)),
        ("provider", json!(words)),
        ("preset", json!("s".repeat(256))),
    ] {
        assert_eq!(tells(1_000, (at, what.clone())).await, 422, "{at}: {what}");
    }
    alice.opens(&world.id.url("/account/instances")).await.sees("Viewer").sees_not("call +49");
    // The control: keys as a blueprint has them, as many as a member has.
    assert_eq!(tells(1_001, ("roles", json!(&many[1..]))).await, 200);
    alice.opens(&world.id.url("/account/instances")).await.sees("Role200");
}
