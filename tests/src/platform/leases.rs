use serde_json::json;
use tenant::members::MemberState;

use crate::harness::{HOUR, MINUTE, Person, Rp, SECOND, World};

/// A member of acme, signed in at the identity server, with an application of acme that lets them in.
async fn lived_in(world: &World) -> (Person, Person, Rp) {
    let admin = world.admin_of(&world.acme).await;
    let mut alice = world.member("alice", &world.acme, MemberState::Active, &["viewer"]).await;
    alice.signs_in(world).await;
    let rp = world.client_at(&world.acme, "app", |_| {}).await;
    (admin, alice, rp)
}

#[tokio::test]
async fn rel_23_a_cut_off_tenants_applications_get_nothing_after_five_minutes() {
    let world = World::new().await;
    let (mut admin, mut alice, rp) = lived_in(&world).await;
    let request = rp.request(&[]);
    let code = rp.code(&mut alice, &request).await;
    let tokens = rp.redeem(&code, &request.verifier).await.json();
    // From now on nothing that the tenant says arrives. It locks alice.
    world.wire.is_cut();
    let name = alice.name();
    admin.opens(&world.acme.url("/members")).await.follows(&name).await.submits("lock", &[]).await;
    assert!(world.tenants.deliver_all().await.is_err(), "it cannot be told");
    world.passes(4 * MINUTE + 55 * SECOND);
    let in_time = rp.request(&[]);
    let last = rp.code(&mut alice, &in_time).await;
    world.passes(5 * SECOND);
    // The lease is over: no code, no token, with and without a page.
    let answer = rp.redeem(&last, &in_time.verifier).await;
    answer.is_error(503, "temporarily_unavailable");
    alice.opens(&rp.request(&[]).url()).await.answers(503).is("/closed").sees("Acme Library can’t be reached");
    let silent = rp.request(&[("prompt", Some("none"))]);
    alice.opens(&silent.url()).await;
    assert_eq!(alice.page.query("error").as_deref(), Some("temporarily_unavailable"));
    // A platform-wide application that names the tenant is no way round it.
    let platform = world.platform_client("platform", |_| {}).await;
    alice.opens(&platform.request(&[("tenant", Some("acme"))]).url()).await.answers(503).is("/closed");
    // The last access token ends by its own time: within ten minutes nothing is left.
    world.passes(5 * MINUTE);
    assert_eq!(rp.userinfo(tokens["access_token"].as_str().unwrap()).await.status, 401);
    // Another tenant's people sign in as ever, and so does whoever needs no tenant.
    let plain = platform.request(&[]);
    alice.opens(&plain.url()).await.is("/consent");
    // Mended: the lock is told first, the lease counts again, and the lock holds.
    world.wire.is_mended();
    world.tenants.renew_leases().await.unwrap();
    let state = "SELECT state FROM membership WHERE state = 'locked'";
    assert_eq!(world.identity_texts(state).await, ["locked"], "a renewal delivers what was stuck");
    alice.opens(&rp.request(&[]).url()).await.is("/not-a-member");
    world.studio_still_opens().await;
}

#[tokio::test]
async fn rel_22_what_happens_while_the_identity_server_is_away_is_told_in_order_when_it_is_back() {
    let world = World::new().await;
    let (mut admin, mut alice, rp) = lived_in(&world).await;
    let told = "SELECT version FROM membership WHERE subject IN
        (SELECT subject FROM subject JOIN account ON account.id = subject.account_id WHERE email = 'alice@people.test')";
    let before = world.identity_count(told).await;
    world.id.goes_down();
    let name = alice.name();
    // The tenant works on: locked, unlocked, locked, unlocked.
    for button in ["lock", "unlock", "lock", "unlock"] {
        admin.opens(&world.acme.url("/members")).await.follows(&name).await.submits(button, &[]).await.answers(200);
    }
    assert!(world.tenants.renew_leases().await.is_err());
    assert!(world.tenants.deliver_all().await.is_err());
    world.passes(HOUR);
    assert!(world.tenants.renew_leases().await.is_err());
    assert_eq!(world.tenant_count(&world.acme, "SELECT COUNT(*) FROM snapshot").await, 4, "all of them wait");
    world.id.comes_back();
    // For some seconds nobody asks again.
    world.passes(std::time::Duration::from_secs(4));
    world.tenants.renew_leases().await.unwrap();
    assert_eq!(world.identity_count(told).await, before + 4, "the last one is in force");
    assert_eq!(world.tenant_count(&world.acme, "SELECT COUNT(*) FROM snapshot").await, 0);
    alice.signs_in(&world).await;
    rp.tokens(&mut alice).await;
}

#[tokio::test]
async fn rel_23_a_tenant_whose_outbox_is_stuck_is_left_out_and_the_others_are_not() {
    let world = World::new().await;
    let (mut admin, mut alice, rp) = lived_in(&world).await;
    let mut stina = world.member("stina", &world.studio, MemberState::Active, &["member"]).await;
    stina.signs_in(&world).await;
    let other = world.client_at(&world.studio, "studio-app", |_| {}).await;
    // The identity server does not take acme's own token any more: its keys there are others.
    let broken = world.identity.identity().store.write::<_, _, store::StoreError, _>((), |tx, ()| {
        Box::pin(tx.execute("UPDATE client SET jwks = '{\"keys\":[]}' WHERE client_id = 'acme'", vec![]))
    });
    broken.await.unwrap();
    world.passes(6 * MINUTE);
    let name = alice.name();
    admin.opens(&world.acme.url("/members")).await.follows(&name).await.submits("lock", &[]).await;
    world.tenants.renew_leases().await.unwrap();
    rp.tokens(&mut alice).await;
    // Two minutes unheard: acme is left out. Its tenant server is not.
    world.passes(2 * MINUTE);
    world.tenants.renew_leases().await.unwrap();
    alice.opens(&rp.request(&[]).url()).await.answers(503).is("/closed");
    other.tokens(&mut stina).await;
}

#[tokio::test]
async fn tn_03_a_lease_is_renewed_by_a_tenant_servers_own_token_alone() {
    let world = World::new().await;
    let (_admin, mut alice, rp) = lived_in(&world).await;
    let lease = world.id.url("/api/v1/tenant-servers/lease");
    let enrol = world.id.url("/api/v1/tenant-servers/enrol");
    let machine = world.client_at(&world.acme, "machine", |client| {
        client.kind = oidc::client::ClientKind::TenantInstance;
        client.grant_types.push(oidc::client::GrantType::ClientCredentials);
        client.scopes = vec!["members".to_owned(), "lease".to_owned()];
    });
    let machine = machine.await.token(&[("grant_type", "client_credentials"), ("scope", "lease")]).await.json();
    let persons = rp.tokens(&mut alice).await;
    let body = json!({ "withheld": [], "heard_at": 0 }).to_string();
    for token in [
        None,
        Some("nonsense"),
        persons["access_token"].as_str(),
        persons["id_token"].as_str(),
        machine["access_token"].as_str(),
    ] {
        let mut request = world.net.http.post(&lease).header("content-type", "application/json").body(body.clone());
        if let Some(token) = token {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        assert_eq!(request.send().await.unwrap().status().as_u16(), 401, "{token:?}");
    }
    // Whoever is nobody learns nothing of the body's form, and cannot look at either address.
    for (method, url) in [(reqwest::Method::GET, &lease), (reqwest::Method::GET, &enrol)] {
        assert_eq!(world.net.http.request(method, url).send().await.unwrap().status().as_u16(), 405);
    }
    assert_eq!(world.net.http.post(&lease).body("{").send().await.unwrap().status().as_u16(), 401);
    world.tenants.renew_leases().await.unwrap();
}

#[tokio::test]
async fn a_tenant_that_no_server_has_enrolled_opens_to_nobody() {
    let world = World::new().await;
    let mut tove = world.platform_admin("tove").await;
    let new = tenants_new("fjord");
    identity::tenants::create(world.identity.identity(), audit::Actor::Operator, new).await.unwrap();
    let platform = world.platform_client("platform", |_| {}).await;
    tove.opens(&platform.request(&[("tenant", Some("fjord"))]).url()).await.answers(503).is("/closed");
    tove.clicks("try-again").await.is("/closed");
    // Asking for no tenant, or for one that is served, is another matter.
    tove.opens(&platform.request(&[]).url()).await.is("/consent");
}

fn tenants_new(slug: &str) -> identity::tenants::NewTenant {
    identity::tenants::NewTenant {
        slug: slug.to_owned(),
        name: "Fjord Archive".to_owned(),
        base_url: format!("https://{slug}.example"),
        blueprint: "asset-library".to_owned(),
        first_administrator: identity::tenants::FirstAdministrator {
            email: "ada@fjord.example".to_owned(),
            ..Default::default()
        },
    }
}

impl World {
    async fn studio_still_opens(&self) {
        let mut stina = self.member("stina", &self.studio, MemberState::Active, &["member"]).await;
        stina.signs_in(self).await;
        let rp = self.client_at(&self.studio, "studio-app", |_| {}).await;
        rp.tokens(&mut stina).await;
    }
}
