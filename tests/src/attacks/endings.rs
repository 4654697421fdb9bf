//! IN-04: what ends an access, and what is worth nothing from then on.

use serde_json::json;
use tenant::members::MemberState;

use crate::applications::{tell, tenant_api};
use crate::harness::{MINUTE, Person, Rp, World, claims, refreshing, staying, text};

/// What ends an access.
#[derive(Debug, Clone, Copy, PartialEq)]
enum End {
    Nothing,
    Logout,
    /// From another device: every other session.
    AllOthers,
    SessionRunsOut,
    CredentialsChange,
    /// The tenant tells of this state.
    Member(&'static str),
    RoleRemoved,
    Unlinked,
    ClientDisabled,
    ClientRevokes,
}

use End::*;

/// By hand: whether tokens that end with the session live on, and those with `offline_access`.
const TABLE: &[(End, bool, bool)] = &[
    (Nothing, true, true),
    (Logout, false, true),
    (AllOthers, false, false),
    (SessionRunsOut, false, true),
    (CredentialsChange, false, false),
    (Member("locked"), false, false),
    (Member("suspended"), false, false),
    (Member("rejected"), false, false),
    (Member("deleted"), false, false),
    (Member("to_review"), false, false),
    (RoleRemoved, true, true),
    (Unlinked, false, false),
    (ClientDisabled, false, false),
    (ClientRevokes, false, false),
];

async fn happens(end: End, world: &World, alice: &mut Person, apps: &[&App; 2]) {
    match end {
        Nothing => {}
        Logout => {
            alice.opens(&world.id.url("/logout")).await.submits("logout-confirm", &[]).await;
        }
        AllOthers => {
            let mut other = alice.elsewhere(world);
            other.signs_in(world).await.opens(&world.id.url("/account/sessions")).await;
            other.clicks("end-others").await.submits("end", &[]).await;
        }
        SessionRunsOut => world.identity_change("UPDATE session SET expires_at = 1").await,
        CredentialsChange => world.identity_change("UPDATE account SET epoch = epoch + 1").await,
        Member(state) => member(world, &apps[0].subject, state, &["viewer"]).await,
        RoleRemoved => member(world, &apps[0].subject, "active", &[]).await,
        Unlinked => world.identity_change("DELETE FROM link").await,
        ClientDisabled => {
            world.identity_change("UPDATE client SET disabled_at = 1 WHERE client_id IN ('bound', 'stays')").await;
        }
        ClientRevokes => {
            for app in apps {
                assert_eq!(app.rp.asks("/revoke", &[("token", &app.refresh)]).await.status, 200);
            }
        }
    }
}

/// An application with everything that it can hold of a person.
struct App {
    rp: Rp,
    access: String,
    refresh: String,
    subject: String,
    code: String,
    verifier: String,
}

async fn app(rp: Rp, alice: &mut Person) -> App {
    let tokens = rp.tokens(alice).await;
    let request = rp.request(&[]);
    App {
        access: text(&tokens, "access_token"),
        refresh: text(&tokens, "refresh_token"),
        subject: text(&claims(&tokens["id_token"]), "sub"),
        code: rp.code(alice, &request).await,
        verifier: request.verifier,
        rp,
    }
}

async fn member(world: &World, subject: &str, state: &str, roles: &[&str]) {
    let (rp, token) = tenant_api(world, &world.acme, "acme-api").await;
    let member = json!({ "subject": subject, "version": 1_000, "state": state, "roles": roles, "groups": [] });
    let answer = tell(world, &rp, &token, &json!({ "members": [member] })).await;
    assert_eq!(answer.json()["applied"][0]["version"], 1_000, "{answer:?}");
}

#[tokio::test]
async fn in_04_what_ends_an_access_ends_its_codes_its_refresh_and_its_access_tokens() {
    for (end, bound, offline) in TABLE.iter().copied() {
        let world = World::new().await;
        let mut alice = world.member("alice", &world.acme, MemberState::Active, &["viewer"]).await;
        alice.signs_in(&world).await;
        let ends = app(world.client_at(&world.acme, "bound", refreshing).await, &mut alice).await;
        let stays = app(world.client_at(&world.acme, "stays", staying).await, &mut alice).await;
        happens(end, &world, &mut alice, &[&ends, &stays]).await;
        lives(end, &ends, bound).await;
        lives(end, &stays, offline).await;
        assert_eq!(world.audited("refresh.replayed").await, 0, "{end:?}: no replay");
    }
}

async fn lives(end: End, app: &App, lives: bool) {
    let what = format!("{end:?}, {}", app.rp.client.client_id);
    // An unlinked person's access token goes on until its minutes are over: nothing unlinks yet.
    let access_lives = lives || end == Unlinked;
    assert_eq!(app.rp.userinfo(&app.access).await.status, if access_lives { 200 } else { 401 }, "{what}: UserInfo");
    if end == ClientDisabled {
        app.rp.refresh(&app.refresh).await.is_error(401, "invalid_client");
        app.rp.redeem(&app.code, &app.verifier).await.is_error(401, "invalid_client");
        return;
    }
    assert_eq!(app.rp.is_active(&app.access).await, access_lives, "{what}: introspection of the access token");
    assert_eq!(app.rp.is_active(&app.refresh).await, lives, "{what}: introspection of the refresh token");
    // A code never outlives its session, whatever it was to give; what a client revokes is another grant.
    let code_lives = matches!(end, Nothing | RoleRemoved | ClientRevokes);
    assert_eq!(app.rp.redeem(&app.code, &app.verifier).await.status == 200, code_lives, "{what}: the code");
    let answer = app.rp.refresh(&app.refresh).await;
    if !lives {
        answer.is_error(400, "invalid_grant");
        return;
    }
    assert_eq!(answer.status, 200, "{what}: {answer:?}");
    let roles = if end == RoleRemoved { json!([]) } else { json!(["viewer"]) };
    assert_eq!(claims(&answer.json()["access_token"])["roles"], roles, "{what}: roles are fresh");
}

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
