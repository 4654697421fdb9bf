use audit::Actor;
use identity::tenants;
use serde_json::Value;
use tenant::members::MemberState;

use crate::harness::{Rp, World};

#[tokio::test]
async fn in_04_a_suspended_tenant_gives_nothing_to_anybody_and_resumes_whole() {
    let world = World::new().await;
    let mut tove = world.platform_admin("tove").await;
    let mut alice = world.member("alice", &world.acme, MemberState::Active, &["viewer"]).await;
    alice.enters(&world.acme).await.sees("Viewer");
    let rp = world.client_at(&world.acme, "app", |_| {}).await;
    let tokens = rp.tokens(&mut alice).await;
    let unredeemed = rp.request(&[]);
    let code = rp.code(&mut alice, &unredeemed).await;
    let machine = machine(&world).await;
    tove.opens(&world.id.url("/admin/tenants/acme")).await.clicks("suspend").await.sees("Nobody can enter");
    tove.submits("suspend-do", &[]).await.is("/admin/tenants/acme").sees("Nobody can enter now");
    assert_eq!(tove.text_of("tenant-standing"), "Suspended");
    world.settle_the_platform().await;
    // Codes, tokens, UserInfo, the tenant's own API.
    rp.redeem(&code, &unredeemed.verifier).await.is_error(400, "invalid_grant");
    assert_eq!(rp.userinfo(tokens["access_token"].as_str().unwrap()).await.status, 401);
    assert_eq!(world.members_api(&machine).await, 401);
    alice.opens(&rp.request(&[]).url()).await.answers(403).is("/closed").sees("Acme Library is suspended");
    let silent = rp.request(&[("prompt", Some("none"))]);
    alice.opens(&silent.url()).await;
    assert_eq!(alice.page.query("error").as_deref(), Some("access_denied"));
    // Its sessions have ended by back-channel logout; its own pages follow with the lease.
    alice.opens(&world.acme).await.answers(403).is("/closed");
    world.tenants.renew_leases().await.unwrap();
    alice.opens(&world.acme).await.answers(403).is("/").sees("This instance is suspended");
    // The other tenant is as it was.
    let mut stina = world.member_of_studio().await;
    stina.enters(&world.studio).await.answers(200).is("/");
    tove.opens(&world.id.url("/admin/tenants/acme")).await.submits("resume", &[]).await.sees("Resumed");
    world.tenants.renew_leases().await.unwrap();
    alice.enters(&world.acme).await.answers(200).sees("Viewer");
    rp.tokens(&mut alice).await;
    // What ended stays ended.
    assert_eq!(rp.userinfo(tokens["access_token"].as_str().unwrap()).await.status, 401);
    assert_eq!((world.audited("tenant.suspended").await, world.audited("tenant.resumed").await), (1, 1));
}

#[tokio::test]
async fn a_deletion_asks_for_the_short_name_and_takes_everything_of_the_tenants_and_nothing_else() {
    let world = World::new().await;
    let mut tove = world.platform_admin("tove").await;
    let mut alice = world.member("alice", &world.acme, MemberState::Active, &["viewer"]).await;
    world.make_member(&alice, &world.studio, MemberState::Active, &["member"]).await;
    alice.enters(&world.acme).await;
    let rp = world.client_at(&world.acme, "app", |_| {}).await;
    rp.tokens(&mut alice).await;
    let subjects = world.identity_texts("SELECT subject FROM subject ORDER BY subject").await;
    tove.opens(&world.id.url("/admin/tenants/acme/delete")).await.submits("delete-do", &[("slug", "acne")]).await;
    tove.answers(422).sees("Nothing was deleted");
    tove.submits("delete-do", &[("slug", "acme")]).await.is("/admin/tenants").sees("Deleted");
    world.settle_the_platform().await;
    for table in [
        "SELECT COUNT(*) FROM link WHERE tenant_id IN (SELECT id FROM tenant WHERE slug = 'acme')",
        "SELECT COUNT(*) FROM membership WHERE tenant_id IN (SELECT id FROM tenant WHERE slug = 'acme')",
        "SELECT COUNT(*) FROM subject WHERE sector_id IN (SELECT id FROM tenant WHERE slug = 'acme')",
        "SELECT COUNT(*) FROM client WHERE disabled_at IS NULL AND tenant_id IN (SELECT id FROM tenant WHERE slug = 'acme')",
        "SELECT COUNT(*) FROM client WHERE (secret_hash IS NOT NULL OR jwks IS NOT NULL)
            AND tenant_id IN (SELECT id FROM tenant WHERE slug = 'acme')",
        "SELECT COUNT(*) FROM access_grant WHERE revoked_at IS NULL
            AND tenant_id IN (SELECT id FROM tenant WHERE slug = 'acme')",
        "SELECT COUNT(*) FROM tenant WHERE ending_at IS NOT NULL",
    ] {
        assert_eq!(world.identity_count(table).await, 0, "{table}");
    }
    tove.opens(&world.id.url("/admin/tenants/acme")).await.answers(404);
    tove.opens(&world.id.url("/admin/tenants")).await.page.sees_not("Acme Library");
    world.tenants.renew_leases().await.unwrap();
    alice.opens(&world.acme).await.answers(410).sees("This instance is gone");
    // The account and the other tenant stay.
    alice.enters(&world.studio).await.answers(200).is("/");
    alice.opens(&world.id.url("/account/instances")).await.sees("Nordlys Studio").page.sees_not("Acme Library");
    // The short name is taken for ever, and so are the subjects.
    let new = tenants::NewTenant {
        slug: "acme".to_owned(),
        name: "Another".to_owned(),
        base_url: "https://another.example".to_owned(),
        blueprint: "asset-library".to_owned(),
        first_administrator: tenants::FirstAdministrator { email: "a@b.example".to_owned(), ..Default::default() },
    };
    let again = tenants::create(world.identity.identity(), Actor::Operator, new).await.unwrap();
    assert!(matches!(again, tenants::Creation::Wrong(wrong) if wrong == [tenants::Wrong::SlugTaken]));
    let mut bob = world.member_of_studio().await;
    bob.enters(&world.studio).await;
    let now = world.identity_texts("SELECT subject FROM subject ORDER BY subject").await;
    assert!(now.iter().filter(|subject| subjects.contains(subject)).count() < subjects.len());
    assert_eq!(world.audited("tenant.deleted").await, 1);
}

#[tokio::test]
async fn pp_30_an_export_tells_everything_of_one_tenant_line_by_line_and_no_secret() {
    let world = World::new().await;
    let mut tove = world.platform_admin("tove").await;
    for name in ["alice", "bob"] {
        let mut person = world.member(name, &world.acme, MemberState::Active, &["viewer"]).await;
        person.enters(&world.acme).await;
    }
    world.client_at(&world.acme, "app", |_| {}).await;
    world.member_of_studio().await;
    let page = tove.get(world.id.url("/admin/tenants/acme/export")).await;
    assert_eq!((page.status, page.header("content-type")), (200, "application/jsonl; charset=utf-8"));
    assert_eq!(page.header("content-disposition"), "attachment; filename=\"acme.jsonl\"");
    let lines: Vec<Value> = page.body.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let of = |kind: &str| lines.iter().filter(|line| line["kind"] == kind).collect::<Vec<_>>();
    assert_eq!(of("tenant")[0]["slug"], "acme");
    let mut applications: Vec<_> = of("application").iter().map(|line| line["client_id"].as_str().unwrap()).collect();
    applications.sort_unstable();
    assert_eq!(applications, ["acme", "app", "lightbox"]);
    assert_eq!(of("member").len(), 2);
    assert!(of("member").iter().all(|line| line["state"] == "active" && line["roles"][0] == "viewer"));
    assert!(of("audit").iter().any(|line| line["action"] == "tenant.enrolled"));
    assert!(!page.body.contains("people.test") && !page.body.contains("Nordlys"), "accounts are their holders'");
    let hash = ambient::SecretHash::of(&crate::harness::secret_of("app"));
    assert!(!page.body.contains(&jose::base64url(hash.as_bytes())));
    assert_eq!(world.audited("tenant.exported").await, 1);
}

async fn machine(world: &World) -> String {
    let rp: Rp = world
        .client_at(&world.acme, "machine", |client| {
            client.kind = oidc::client::ClientKind::TenantInstance;
            client.grant_types.push(oidc::client::GrantType::ClientCredentials);
            client.scopes = vec!["members".to_owned()];
        })
        .await;
    let answer = rp.token(&[("grant_type", "client_credentials")]).await.json();
    let token = answer["access_token"].as_str().unwrap().to_owned();
    assert_eq!(world.members_api(&token).await, 200, "the control");
    token
}

impl World {
    /// What the identity server has to do by itself; the tenants say nothing meanwhile.
    async fn settle_the_platform(&self) {
        self.identity.settle().await.unwrap();
    }

    async fn member_of_studio(&self) -> crate::harness::Person {
        self.member(&format!("stina{}", self.number()), &self.studio, MemberState::Active, &["member"]).await
    }

    async fn members_api(&self, token: &str) -> u16 {
        let request = self.net.http.post(self.id.url("/api/v1/tenant/members"));
        let request = request.header("authorization", format!("Bearer {token}"));
        let request = request.header("content-type", "application/json").body("{\"members\":[]}");
        request.send().await.unwrap().status().as_u16()
    }
}
