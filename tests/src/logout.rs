//! Signing out: of one tenant, and of everything.

use tenant::members::MemberState;

use crate::harness::{DAY, HOUR, MINUTE, Person, Rp, World, claims};

const LIVE_AT_ID: &str = "SELECT COUNT(*) FROM session WHERE ended_at IS NULL";
const LIVE_SESSIONS: &str = "SELECT COUNT(*) FROM session WHERE tenant_id = $1 AND ended_at IS NULL";

/// A member of both tenants, signed in at both.
async fn member_of_both(world: &World) -> Person {
    let mut alice = world.member("alice", &world.acme, MemberState::Active, &["viewer"]).await;
    world.make_member(&alice, &world.studio, MemberState::Active, &["member"]).await;
    alice.enters(&world.acme).await.sees("Viewer").opens(&world.studio).await.sees("Team member");
    alice
}

#[tokio::test]
async fn id_01_signing_out_of_one_tenant_leaves_the_others_and_the_next_entry_asks() {
    let world = World::new().await;
    let mut alice = member_of_both(&world).await;
    alice.opens(&world.acme).await.submits("sign-out", &[]).await.is("/signed-out").sees("still signed in");
    alice.opens(&world.studio).await.sees("Team member");
    assert!(!alice.passed("/auth/login"), "the other tenant's session goes on");
    alice.opens(&world.acme).await.is("/login/accounts").sees("Continue as Alice").submits("choose", &[]).await;
    alice.is("/").sees("Viewer").opens(&world.acme.url("/profile")).await.is("/profile");
}

#[tokio::test]
async fn id_01_signing_out_everywhere_ends_every_session_at_every_tenant() {
    let world = World::new().await;
    let mut alice = member_of_both(&world).await;
    let mut stolen = world.browser();
    stolen.jar = alice.jar.clone();
    let mut other = alice.elsewhere(&world);
    other.enters(&world.acme).await.sees("Viewer");

    alice.opens(&world.acme).await.submits("sign-out", &[]).await.submits("sign-out-everywhere", &[]).await;
    alice.is("/signed-out").sees_not("still signed in");
    assert!(alice.url.as_str().starts_with(&world.acme.base), "back where they came from");
    world.settle().await;
    for door in [&world.acme, &world.studio] {
        alice.opens(door).await.is("/login");
        stolen.opens(door).await.is("/login");
    }
    assert_eq!(world.tenant_count(&world.studio, LIVE_SESSIONS).await, 0);
    assert_eq!(world.identity_count("SELECT COUNT(*) FROM access_grant WHERE revoked_at IS NULL").await, 1);
    other.opens(&world.acme).await.sees("Viewer");
    assert_eq!(world.tenant_count(&world.acme, LIVE_SESSIONS).await, 1, "the session in the other browser goes on");
}

#[tokio::test]
async fn a_logout_reaches_a_tenant_that_was_down() {
    let world = World::new().await;
    let mut alice = member_of_both(&world).await;
    world.studio.goes_down();
    alice
        .opens(&world.id.url("/logout"))
        .await
        .sees("Nordlys Studio")
        .submits("logout-confirm", &[])
        .await
        .is("/logout/done");
    world.identity.settle().await.unwrap();
    let waiting = "SELECT COUNT(*) FROM logout_delivery WHERE due_at IS NOT NULL AND done_at IS NULL";
    assert_eq!(world.identity_count(waiting).await, 1);
    assert_eq!(world.tenant_count(&world.acme, LIVE_SESSIONS).await, 0, "the tenant that was up heard at once");
    assert_eq!(world.tenant_count(&world.studio, LIVE_SESSIONS).await, 1);
    for _ in 0..6 {
        world.passes(20 * MINUTE);
        world.identity.settle().await.unwrap();
    }
    world.studio.comes_back();
    world.passes(2 * HOUR);
    world.settle().await;
    assert_eq!(world.tenant_count(&world.studio, LIVE_SESSIONS).await, 0);
    assert_eq!(world.identity_count(waiting).await, 0);
    alice.opens(&world.studio).await.is("/login");
}

#[tokio::test]
async fn an_application_signs_out_with_its_hint_and_gets_its_state_back() {
    let world = World::new().await;
    let mut alice = world.account("alice").await;
    let (rp, hint) = signed_in_at_an_application(&world, &mut alice).await;
    let state = "ü &=#+%2f".repeat(20);
    let url = logout_url(
        &rp,
        &[("id_token_hint", &hint), ("post_logout_redirect_uri", "https://app.example/bye"), ("state", &state)],
    );
    world.passes(HOUR);
    alice.opens(&url).await;
    assert_eq!(alice.url.as_str().split('?').next(), Some("https://app.example/bye"));
    assert_eq!(alice.query("state"), Some(state));
    assert_eq!(alice.url.query_pairs().count(), 1, "{}", alice.url);
    alice.opens(&rp.request(&[("prompt", Some("none"))]).url()).await;
    assert_eq!(alice.query("error").as_deref(), Some("login_required"));
    let live = "SELECT COUNT(*) FROM session WHERE ended_at IS NULL";
    assert_eq!(world.identity_count(live).await, 0);
}

async fn signed_in_at_an_application(world: &World, person: &mut Person) -> (Rp, String) {
    person.signs_in(world).await;
    let rp = world.platform_client("app", |_| {}).await;
    let request = rp.request(&[]);
    person.opens(&request.url()).await.submits("allow", &[]).await;
    let code = person.query("code").unwrap();
    let tokens = rp.redeem(&code, &request.verifier).await.json();
    (rp, tokens["id_token"].as_str().unwrap().to_owned())
}

fn logout_url(rp: &Rp, params: &[(&str, &str)]) -> String {
    format!("{}/logout?{}", rp.issuer, crate::harness::encode(params.iter().copied()))
}

#[tokio::test]
async fn a_logout_request_that_is_not_right_asks_and_redirects_nowhere() {
    let world = World::new().await;
    let mut alice = world.account("alice").await;
    let (rp, hint) = signed_in_at_an_application(&world, &mut alice).await;
    let mut bob = world.account("bob").await;
    bob.signs_in(&world).await;
    let other = world.platform_client("other", |_| {}).await;
    let tokens = {
        let request = other.request(&[]);
        bob.opens(&request.url()).await.submits("allow", &[]).await;
        let code = bob.query("code").unwrap();
        other.redeem(&code, &request.verifier).await.json()
    };
    let foreign = tokens["id_token"].as_str().unwrap();
    let mut altered = hint.clone();
    let end = altered.pop().unwrap();
    altered.push(if end == 'A' { 'B' } else { 'A' });
    altered.replace_range(30..31, if &altered[30..31] == "A" { "B" } else { "A" });
    let access = tokens["access_token"].as_str().unwrap();
    let bye = ("post_logout_redirect_uri", "https://app.example/bye");
    let bad: Vec<Vec<(&str, &str)>> = vec![
        vec![],
        vec![bye],
        vec![bye, ("client_id", "app")],
        vec![bye, ("id_token_hint", &altered)],
        vec![bye, ("id_token_hint", foreign)],
        vec![bye, ("id_token_hint", foreign), ("client_id", "app")],
        vec![bye, ("id_token_hint", access)],
        vec![bye, ("id_token_hint", "nonsense"), ("client_id", "app")],
        vec![bye, ("id_token_hint", &hint), ("client_id", "other")],
        vec![("post_logout_redirect_uri", "https://app.example/bye/"), ("id_token_hint", &hint)],
        vec![("post_logout_redirect_uri", "https://evil.test/"), ("id_token_hint", &hint)],
        vec![("post_logout_redirect_uri", "https://app.example/cb"), ("id_token_hint", &hint)],
    ];
    for params in &bad {
        alice.opens(&logout_url(&rp, params)).await.answers(200).is("/logout").sees("Sign out everywhere?");
    }
    for params in &bad {
        let mut nobody = world.browser();
        nobody.opens(&logout_url(&rp, params)).await.answers(200).is("/logout/done");
    }
    let repeated = format!("{}&id_token_hint=x", logout_url(&rp, &[bye, ("id_token_hint", &hint)]));
    alice.opens(&repeated).await.answers(400);
    alice.opens(&world.id.url("/account")).await.is("/account");
    for params in &bad[..3] {
        alice.opens(&logout_url(&rp, params)).await.submits("logout-confirm", &[]).await.is("/logout/done");
        alice.signs_in(&world).await;
    }
}

#[tokio::test]
async fn nobody_is_logged_out_by_another_site_unasked() {
    let world = World::new().await;
    let mut alice = world.account("alice").await;
    let mut eve = world.account("eve").await;
    alice.signs_in(&world).await;
    let (rp, hint) = signed_in_at_an_application(&world, &mut eve).await;
    let eves = logout_url(&rp, &[("id_token_hint", &hint), ("post_logout_redirect_uri", "https://app.example/bye")]);
    alice.opens(&eves).await.is("/logout").sees("Sign out everywhere?");
    let csrf = alice.csrf();
    let confirm = world.id.url("/logout/confirm");
    let url = confirm.parse::<url::Url>().unwrap();
    let body = crate::harness::encode([("csrf", &*csrf), ("query", "")]);
    let cross = [("sec-fetch-site", "cross-site")];
    alice.send(reqwest::Method::POST, url.clone(), &cross, Some(body)).await.answers(403);
    alice.post(&confirm, &[("query", "")]).await.answers(403);
    alice
        .send(reqwest::Method::POST, world.id.url("/logout").parse().unwrap(), &cross, Some(String::new()))
        .await
        .answers(303);
    alice.opens(&world.id.url("/account")).await.is("/account");
    alice.post(&confirm, &[("csrf", &csrf), ("query", "")]).await.answers(303);
    alice.opens(&world.id.url("/account")).await.is("/login");
}

#[tokio::test]
async fn signing_out_at_the_application_signs_out_at_the_identity_server_too() {
    let world = World::new().await;
    let mut alice = member_of_both(&world).await;
    alice.opens(&world.lightbox.url("/login")).await.is("/").submits("logout", &[]).await.is("/signed-out");
    assert!(alice.url.as_str().starts_with(&world.lightbox.base));
    world.settle().await;
    alice.opens(&world.acme).await.is("/login");
    alice.opens(&world.lightbox.url("/login")).await.is("/login");
}

#[tokio::test]
async fn oa_19_forged_and_replayed_logout_tokens_end_nothing() {
    let world = World::new().await;
    let mut alice = member_of_both(&world).await;
    let rp = world.client_at(&world.acme, "app", |_| {}).await;
    let tokens = rp.tokens(&mut alice).await;
    let (id_token, access) = (tokens["id_token"].as_str().unwrap(), tokens["access_token"].as_str().unwrap());
    assert!(claims(&tokens["id_token"])["sid"].is_string());
    let logout = world.acme.url("/backchannel-logout");
    for token in ["", "nonsense", "a.b.c", id_token, access] {
        alice.post(&logout, &[("logout_token", token)]).await.answers(400);
    }
    alice.post(&logout, &[]).await.answers(400);
    alice.opens(&world.acme).await.sees("Viewer");
    assert_eq!(world.tenant_count(&world.acme, LIVE_SESSIONS).await, 1);
    alice.opens(&world.id.url("/logout")).await.submits("logout-confirm", &[]).await;
    world.settle().await;
    assert_eq!(world.tenant_count(&world.acme, LIVE_SESSIONS).await, 0);
    world.passes(DAY);
}

/// Signs another account in to the same browser, by way of an application that asks which.
async fn also_signs_in(browser: &mut Person, rp: &Rp, other: &Person) {
    browser.opens(&rp.request(&[("prompt", Some("select_account"))]).url()).await.clicks("use-another").await;
    browser.submits("next", &[("username", &other.email)]).await;
    browser.submits("login", &[("password", &other.password)]).await;
}

#[tokio::test]
async fn a_hint_ends_its_own_session_and_no_other_accounts() {
    let world = World::new().await;
    let mut alice = world.account("alice").await;
    let bob = world.account("bob").await;
    let (rp, hint) = signed_in_at_an_application(&world, &mut alice).await;
    also_signs_in(&mut alice, &rp, &bob).await;
    assert_eq!(world.identity_count(LIVE_AT_ID).await, 2);
    let bye = ("post_logout_redirect_uri", "https://app.example/bye");
    alice.opens(&logout_url(&rp, &[("id_token_hint", &hint), bye])).await;
    assert_eq!(alice.url.as_str(), "https://app.example/bye");
    assert_eq!(world.identity_count(LIVE_AT_ID).await, 1, "Bob's goes on");
    alice.opens(&world.id.url("/account")).await.is("/account").sees("Hello, Bob");
}

#[tokio::test]
async fn in_04_a_session_that_the_browser_lets_go_of_has_ended() {
    let world = World::new().await;
    let mut browser = world.account("alice").await;
    browser.signs_in(&world).await;
    let rp = world.platform_client("chooser", |_| {}).await;
    for name in ["bob", "carol", "dave", "erin"] {
        let other = world.account(name).await;
        also_signs_in(&mut browser, &rp, &other).await;
    }
    assert_eq!(world.identity_count(LIVE_AT_ID).await, 5, "the control: five are held");
    let sixth = world.account("frank").await;
    also_signs_in(&mut browser, &rp, &sixth).await;
    assert_eq!(world.identity_count(LIVE_AT_ID).await, 5, "the oldest ended");
    browser.opens(&world.id.url("/logout")).await.submits("logout-confirm", &[]).await.is("/logout/done");
    assert_eq!(world.identity_count(LIVE_AT_ID).await, 0, "none is left behind");
}

#[tokio::test]
async fn in_04_a_lock_ends_what_the_tenants_applications_were_given() {
    let world = World::new().await;
    let mut admin = world.admin_of(&world.acme).await;
    let mut alice = world.member("alice", &world.acme, MemberState::Active, &["viewer"]).await;
    alice.signs_in(&world).await;
    alice.opens(&world.lightbox).await.clicks("sign-in").await;
    let live = "SELECT COUNT(*) FROM access_grant JOIN client ON client.id = access_grant.client_id
                WHERE kind = 'tenant_application' AND revoked_at IS NULL";
    world.settle().await;
    assert_eq!(world.identity_count(live).await, 1, "the control: she is in");
    admin.opens(&world.acme.url("/members")).await.follows("Alice Doe").await.submits("lock", &[]).await;
    world.settle().await;
    assert_eq!(world.identity_count(live).await, 0);
}
