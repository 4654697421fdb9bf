use serde_json::json;
use tenant::members::MemberState;

use crate::harness::{DAY, HOUR, MINUTE, Person, Rp, World, claims, refreshing, staying, text};

async fn ready(world: &World) -> (Person, Rp) {
    let mut alice = world.member("alice", &world.acme, MemberState::Active, &["viewer"]).await;
    alice.signs_in(world).await;
    (alice, world.client_at(&world.acme, "app", staying).await)
}

#[tokio::test]
async fn a_refresh_gives_an_id_token_of_the_same_sign_in() {
    let world = World::new().await;
    let (mut alice, rp) = ready(&world).await;
    let first = rp.tokens(&mut alice).await;
    assert_eq!(first["scope"], "email membership offline_access openid profile");
    world.passes(HOUR);
    let answer = rp.refresh(&text(&first, "refresh_token")).await;
    assert_eq!((answer.status, answer.header("cache-control")), (200, "no-store"));
    let second = answer.json();
    assert_eq!((&second["token_type"], &second["expires_in"]), (&json!("Bearer"), &json!(300)));
    assert_eq!(second["scope"], first["scope"]);
    let (before, after) = (claims(&first["id_token"]), claims(&second["id_token"]));
    // OIDC Core §12.2.
    for same in ["iss", "sub", "aud", "auth_time", "acr", "amr", "sid"] {
        assert_eq!(before[same], after[same], "{same}");
    }
    assert!(before["nonce"].is_string() && after.get("nonce").is_none());
    let now = world.ambient.now().as_seconds();
    assert_eq!((after["iat"].as_i64(), after["exp"].as_i64()), (Some(now), Some(now + 300)));
    assert_eq!(after["at_hash"], json!(jose::left_half_hash(second["access_token"].as_str().unwrap())));
    assert_ne!(first["access_token"], second["access_token"]);
    assert_eq!(rp.userinfo(&text(&second, "access_token")).await.json()["email"], "alice@people.test");
    assert_eq!(rp.userinfo(&text(&first, "access_token")).await.status, 401, "the first one has expired");
}

#[tokio::test]
async fn a_refresh_may_narrow_the_scope_for_one_access_token() {
    let world = World::new().await;
    let (mut alice, rp) = ready(&world).await;
    let mut refresh = text(&rp.tokens(&mut alice).await, "refresh_token");
    let whole = "email membership offline_access openid profile";
    for (scope, granted, userinfo) in [
        (Some("openid email"), "email openid", Some(json!(["email", "email_verified", "sub"]))),
        (Some("openid"), "openid", Some(json!(["sub"]))),
        (Some("email"), "email", None),
        (None, whole, Some(json!(null))),
    ] {
        let mut fields = vec![("grant_type", "refresh_token"), ("refresh_token", &*refresh)];
        fields.extend(scope.map(|scope| ("scope", scope)));
        let answer = rp.token(&fields).await.json();
        assert_eq!((&answer["scope"], answer.get("id_token").is_some()), (&json!(granted), userinfo.is_some()));
        assert_eq!(claims(&answer["access_token"])["scope"], json!(granted));
        let told = rp.userinfo(&text(&answer, "access_token")).await;
        match userinfo {
            None => {
                assert_eq!((told.status, told.header("www-authenticate").contains("insufficient_scope")), (403, true))
            }
            Some(names) if names.is_array() => {
                assert_eq!(json!(told.json().as_object().unwrap().keys().collect::<Vec<_>>()), names);
            }
            Some(_) => assert_eq!(told.json()["roles"], json!(["viewer"])),
        }
        refresh = text(&answer, "refresh_token");
    }
    for wider in ["openid phone", "members", "openid address"] {
        let fields = [("grant_type", "refresh_token"), ("refresh_token", &*refresh), ("scope", wider)];
        rp.token(&fields).await.is_error(400, "invalid_scope");
    }
}

#[tokio::test]
async fn offline_access_outlives_the_session_and_a_refresh_token_without_it_does_not() {
    let world = World::new().await;
    let (mut alice, stays) = ready(&world).await;
    let bound = world.client_at(&world.acme, "bound", refreshing).await;
    let staying = text(&stays.tokens(&mut alice).await, "refresh_token");
    let bound_tokens = bound.tokens(&mut alice).await;
    assert_eq!(bound_tokens["scope"], "email membership openid profile");
    let ending = text(&bound.refresh(&text(&bound_tokens, "refresh_token")).await.json(), "refresh_token");
    alice.opens(&world.id.url("/logout")).await.submits("logout-confirm", &[]).await.is("/logout/done");
    bound.refresh(&ending).await.is_error(400, "invalid_grant");
    let stayed = stays.refresh(&staying).await;
    assert_eq!(stayed.status, 200);
    assert_eq!(stays.userinfo(&text(&stayed.json(), "access_token")).await.status, 200);
    assert_eq!(world.audited("refresh.replayed").await, 0);
}

#[tokio::test]
async fn a_client_that_is_not_registered_for_it_gets_no_refresh_token() {
    let world = World::new().await;
    let (mut alice, _) = ready(&world).await;
    let rp = world.client_at(&world.acme, "codes-only", |client| client.scopes.push("offline_access".into())).await;
    let tokens = rp.tokens(&mut alice).await;
    assert!(tokens.get("refresh_token").is_none());
    assert_eq!(tokens["scope"], "email membership openid profile", "nor the scope that it comes with");
    assert_eq!(world.identity_count("SELECT COUNT(*) FROM refresh_family").await, 0);
}

#[tokio::test]
async fn an_outside_application_gets_offline_access_by_consent_that_was_just_given() {
    let world = World::new().await;
    let mut alice = world.account("alice").await;
    alice.signs_in(&world).await;
    let rp = world.platform_client("outside", staying).await;
    let mut tokens_of = async |prompt: Option<&str>, asked: bool, away: bool| {
        let request = rp.request(&[("prompt", prompt)]);
        alice.opens(&request.url()).await;
        if asked {
            alice.is("/consent");
            assert_eq!(alice.text().contains("while you are away"), away, "{prompt:?}");
            alice.submits("allow", &[]).await;
        }
        let code = alice.query("code").unwrap_or_else(|| panic!("{:?}", alice.page));
        rp.redeem(&code, &request.verifier).await.json()
    };
    let without = tokens_of(None, true, false).await;
    assert_eq!(without["scope"], "email membership openid profile");
    let with = tokens_of(Some("consent"), true, true).await;
    assert_eq!(with["scope"], "email membership offline_access openid profile");
    for prompt in [None, Some("none")] {
        let later = tokens_of(prompt, false, false).await;
        assert_eq!(later["scope"], "email membership openid profile", "what was consented to once is not enough");
    }
    alice.opens(&world.id.url("/logout")).await.submits("logout-confirm", &[]).await;
    rp.refresh(&text(&without, "refresh_token")).await.is_error(400, "invalid_grant");
    assert_eq!(rp.refresh(&text(&with, "refresh_token")).await.status, 200);
}

#[tokio::test]
async fn refresh_tokens_end_when_nobody_uses_them_and_after_ninety_days_in_any_case() {
    let world = World::new().await;
    let (mut alice, rp) = ready(&world).await;
    let idle = text(&rp.tokens(&mut alice).await, "refresh_token");
    let mut used = text(&rp.tokens(&mut alice).await, "refresh_token");
    world.passes(14 * DAY - MINUTE);
    assert!(rp.is_active(&idle).await, "day 14, a minute before");
    used = text(&rp.refresh(&used).await.json(), "refresh_token");
    world.passes(MINUTE);
    rp.refresh(&idle).await.is_error(400, "invalid_grant");
    for day in (27..90).step_by(13) {
        world.passes(13 * DAY);
        let answer = rp.refresh(&used).await;
        assert_eq!(answer.status, 200, "day {day}");
        used = text(&answer.json(), "refresh_token");
    }
    world.passes(11 * DAY - MINUTE);
    assert!(rp.is_active(&used).await, "day 90, a minute before");
    world.passes(MINUTE);
    assert!(!rp.is_active(&used).await);
    rp.refresh(&used).await.is_error(400, "invalid_grant");
    assert_eq!(world.identity_count("SELECT COUNT(*) FROM refresh_family").await, 2);
    world.passes(MINUTE);
    while identity::housekeeping::sweep(world.identity.identity()).await.unwrap() {}
    assert_eq!(world.identity_count("SELECT COUNT(*) FROM refresh_family").await, 0, "what has ended goes");
}

#[tokio::test]
async fn a_family_is_one_row_however_often_it_is_exchanged_and_a_refresh_writes_no_other() {
    let world = World::new().await;
    let (mut alice, rp) = ready(&world).await;
    let mut refresh = text(&rp.tokens(&mut alice).await, "refresh_token");
    let rows = world.identity_rows().await;
    for _ in 0..20 {
        refresh = text(&rp.refresh(&refresh).await.json(), "refresh_token");
        world.passes(MINUTE);
    }
    assert_eq!(world.identity_rows().await, rows);
}
