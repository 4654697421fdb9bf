//! A lock that was lifted, and who hears of one; what an end ends is in `revocation.rs`.

use serde_json::json;
use tenant::members::MemberState;

use crate::applications::{tell, tenant_api};
use crate::harness::{MINUTE, World, claims, staying, text};

#[tokio::test]
async fn in_04_who_is_locked_stays_out_although_they_come_back_later() {
    let world = World::new().await;
    let mut admin = world.admin_of(&world.acme).await;
    let mut alice = world.member("alice", &world.acme, MemberState::Active, &["viewer"]).await;
    alice.signs_in(&world).await;
    let app = world.client_at(&world.acme, "app", staying).await;
    let refresh = text(&app.tokens(&mut alice).await, "refresh_token");
    admin.opens(&world.acme.url("/members")).await.follows("Alice Doe").await.submits("lock", &[]).await;
    world.settle().await;
    app.refresh(&refresh).await.is_error(400, "invalid_grant");
    admin.submits("unlock", &[]).await;
    world.settle().await;
    app.refresh(&refresh).await.is_error(400, "invalid_grant");
    let again = text(&app.tokens(&mut alice).await, "refresh_token");
    assert_eq!(app.refresh(&again).await.status, 200, "a new sign-in gives new ones");
}

#[tokio::test]
async fn in_04_a_lock_tells_the_tenants_applications_each_time_and_no_others() {
    let world = World::new().await;
    let mut alice = world.member("alice", &world.acme, MemberState::Active, &["viewer"]).await;
    world.make_member(&alice, &world.studio, MemberState::Active, &["member"]).await;
    alice.signs_in(&world).await;
    let told_at = |uri: String| move |client: &mut oidc::client::Client| client.backchannel_logout_uri = Some(uri);
    let hears = world.lightbox.url("/backchannel-logout");
    let app = world.client_at(&world.acme, "app", told_at(hears.clone())).await;
    let elsewhere = world.client_at(&world.studio, "elsewhere", told_at(hears.clone())).await;
    let outside = world.platform_client("outside", told_at(hears)).await;
    let deaf = world.client_at(&world.acme, "deaf", |_| {}).await;
    let subject = text(&claims(&app.tokens(&mut alice).await["id_token"]), "sub");
    for rp in [&elsewhere, &deaf] {
        rp.tokens(&mut alice).await;
    }
    alice.opens(&outside.request(&[("tenant", Some("acme"))]).url()).await.submits("allow", &[]).await;
    alice.opens(&world.acme).await.sees("Viewer");

    let (rp, token) = tenant_api(&world, &world.acme, "acme-api").await;
    let told = "SELECT client.client_id FROM logout_delivery JOIN client ON client.id = logout_delivery.client_id
                WHERE due_at IS NOT NULL";
    assert_eq!(world.identity_texts(told).await, Vec::<String>::new());
    for version in [1_000, 2_000] {
        let lock = json!({ "members": [{ "subject": subject, "version": version, "state": "locked", "roles": [], "groups": [] }] });
        assert_eq!(tell(&world, &rp, &token, &lock).await.status, 200);
        assert_eq!(world.identity_texts(told).await, ["app"], "version {version}");
        world.identity.settle().await.unwrap();
        world.identity_change("UPDATE logout_delivery SET due_at = NULL").await;
        tell(&world, &rp, &token, &lock).await;
        assert_eq!(world.identity_texts(told).await, Vec::<String>::new(), "the same version again says nothing new");
        world.passes(MINUTE);
    }
    // The session itself goes on, and when it ends everybody hears, the application that was told before as well.
    alice.opens(&world.id.url("/account")).await.is("/account");
    alice.opens(&world.id.url("/logout")).await.submits("logout-confirm", &[]).await;
    let mut all = world.identity_texts(told).await;
    all.sort();
    assert_eq!(all, ["acme", "app", "elsewhere", "outside"]);
}

#[tokio::test]
async fn in_04_what_an_application_had_stays_dead_when_it_is_enabled_again() {
    let world = World::new().await;
    let heard = world.lightbox.url("/backchannel-logout");
    let told = move |client: &mut oidc::client::Client| {
        staying(client);
        client.backchannel_logout_uri = Some(heard);
    };
    let rp = world.client_at(&world.acme, "app", told).await;
    let other = world.client_at(&world.acme, "other", staying).await;
    let mut alice = world.member("alice", &world.acme, MemberState::Active, &["viewer"]).await;
    alice.signs_in(&world).await;
    let (had, others) = (rp.tokens(&mut alice).await, other.tokens(&mut alice).await);
    let request = rp.request(&[]);
    let code = rp.code(&mut alice, &request).await;
    assert_eq!(rp.userinfo(&text(&had, "access_token")).await.status, 200, "the control");

    let identity = world.identity.identity();
    let row = identity::clients::find(&mut identity.store.read().await.unwrap(), "app").await.unwrap().unwrap().id;
    assert!(identity::clients::disable(identity, audit::Actor::Operator, row).await.unwrap());
    // At once, before any worker has come to it.
    assert!(identity::clients::enable(identity, audit::Actor::Operator, row).await.unwrap());
    assert_eq!(rp.userinfo(&text(&had, "access_token")).await.status, 401);
    for token in ["access_token", "refresh_token"] {
        assert!(!rp.is_active(&text(&had, token)).await, "{token}");
    }
    rp.refresh(&text(&had, "refresh_token")).await.is_error(400, "invalid_grant");
    rp.redeem(&code, &request.verifier).await.is_error(400, "invalid_grant");
    assert_eq!(world.identity_count("SELECT COUNT(*) FROM logout_delivery").await, 1, "its sessions end too");

    assert_eq!(other.userinfo(&text(&others, "access_token")).await.status, 200, "nobody else's");
    assert_eq!(other.refresh(&text(&others, "refresh_token")).await.status, 200);
    let again = rp.tokens(&mut alice).await;
    world.settle().await;
    assert_eq!(rp.userinfo(&text(&again, "access_token")).await.status, 200, "it is whole again");
    assert_eq!(rp.refresh(&text(&again, "refresh_token")).await.status, 200);
}
