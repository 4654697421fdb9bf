use axum::http::StatusCode;
use tenant::control::{self, Served};
use tenant::members::MemberState;

use super::browser::{Answer, Browser};
use super::world::World;

#[tokio::test]
async fn strangers_are_sent_to_sign_in_and_come_back_to_where_they_went() {
    let world = World::new().await;
    let mut browser = world.browser();
    for path in ["/", "/requests", "/requests/0190", "/members?after=x", "/members/0190", "/roles", "/profile"] {
        let answer = browser.get(path).await;
        let query = answer.sent_to().strip_prefix("/auth/login?").unwrap();
        let (_, return_to) = url::form_urlencoded::parse(query.as_bytes()).next().unwrap();
        assert_eq!(return_to, path);
    }
    for (path, status) in [("/health", 200), ("/closed/locked", 403), ("/closed/nonsense", 404), ("/nothing", 404)] {
        assert_eq!(browser.get(path).await.status.as_u16(), status, "{path}");
    }
}

#[tokio::test]
async fn web_01_every_answer_has_the_headers() {
    let world = World::new().await;
    let mut ada = world.admin().await;
    for path in ["/", "/members", "/nothing", "/auth/callback", "/closed/locked", "/health", "/auth/login"] {
        let headers = ada.get(path).await.headers;
        let csp = headers["content-security-policy"].to_str().unwrap();
        assert!(csp.contains("default-src 'none'") && csp.contains("form-action 'self'"), "{path}: {csp}");
        assert!(headers["x-content-type-options"] == "nosniff" && headers["cache-control"] == "no-store", "{path}");
    }
}

#[tokio::test]
async fn az_pages_are_for_those_whose_roles_allow_them() {
    let world = World::new().await;
    let mut ada = world.admin().await;
    let ed = world.seed("acme", "ed", MemberState::Active, &["editor"]).await;
    world.seed("acme", "no", MemberState::Active, &[]).await;
    let (mut editor, mut nobody) = (world.browser(), world.browser());
    editor.signs_in(&world.idp, "ed").await.sent_to();
    nobody.signs_in(&world.idp, "no").await.sent_to();
    let detail = format!("/members/{ed}");
    for path in ["/requests", "/members", "/roles", &detail] {
        assert_eq!(ada.get(path).await.status, StatusCode::OK, "{path}");
        assert_eq!(editor.get(path).await.status, StatusCode::FORBIDDEN, "{path}");
        assert_eq!(nobody.get(path).await.status, StatusCode::FORBIDDEN, "{path}");
    }
    let home = nobody.get("/").await;
    assert!(home.has("#no-role") && !home.has("#own-rights"), "PP-01");
    assert_eq!(nobody.get("/profile").await.status, StatusCode::OK);
    let profile = editor.get("/profile").await;
    let lock = editor.post(&format!("{detail}/lock"), &profile, &[]).await;
    assert_eq!(lock.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn forms_need_their_token_and_their_session() {
    let world = World::new().await;
    let mut ada = world.admin().await;
    let mina = world.seed("acme", "mina", MemberState::ToReview, &[]).await;
    let path = format!("/requests/{mina}/approve");
    let page = ada.get(&format!("/requests/{mina}")).await;
    let mut other = world.browser();
    let foreign = other.get("/closed/locked").await.csrf();
    for csrf in ["", "AAAA", foreign.as_str()] {
        let answer = ada.post_raw(&path, &[("csrf", csrf), ("role", "viewer")]).await;
        assert_eq!(answer.status, StatusCode::FORBIDDEN, "{csrf:?}");
    }
    assert_eq!(ada.post_raw(&path, &[("role", "viewer")]).await.status, StatusCode::FORBIDDEN);
    let more = ada.post(&path, &page, &[("role", "viewer"), ("locked", "false")]).await;
    assert_eq!(more.status, StatusCode::BAD_REQUEST, "AZ-01: unknown fields are refused");
    let page_of_other = other.get("/closed/locked").await;
    let anonymous = other.post(&path, &page_of_other, &[("role", "viewer")]).await;
    assert_eq!(anonymous.status, StatusCode::UNAUTHORIZED);
    assert!(anonymous.has("#error-next"));
    assert_eq!(ada.post(&path, &page, &[("role", "viewer")]).await.sent_to(), "/requests?done=approved", "the control");
}

#[tokio::test]
async fn tn_02_other_tenants_ids_and_sessions_are_worth_nothing() {
    let world = World::new().await;
    let mut ada = world.admin().await;
    let theirs = world.seed("nordlys", "nora", MemberState::ToReview, &[]).await;
    let page = ada.get("/requests").await;
    let missing = "0190a000-0000-7000-8000-000000000000";
    for id in [theirs.to_string().as_str(), missing, "nonsense"] {
        assert_eq!(ada.get(&format!("/members/{id}")).await.status, StatusCode::NOT_FOUND, "{id}");
        assert_eq!(ada.get(&format!("/requests/{id}")).await.status, StatusCode::NOT_FOUND, "{id}");
        let approve = ada.post(&format!("/requests/{id}/approve"), &page, &[("role", "viewer")]).await;
        assert_eq!(approve.status, StatusCode::NOT_FOUND, "{id}");
    }
    let mut next_door = Browser::new(&world.router, "nordlys.test:8401");
    for (name, value) in &ada.cookies {
        next_door.cookies.insert(name.replace("t_acme", "t_nordlys"), value.clone());
    }
    next_door.get("/members").await.sent_to();
    let mut nowhere = Browser::new(&world.router, "evil.test");
    assert_eq!(nowhere.get("/").await.status, StatusCode::MISDIRECTED_REQUEST);
}

#[tokio::test]
async fn locking_from_the_members_page_ends_sessions_at_once() {
    let world = World::new().await;
    let mut ada = world.admin().await;
    let id = world.seed("acme", "mina", MemberState::Active, &["viewer"]).await;
    let mut mina = world.browser();
    mina.signs_in(&world.idp, "mina").await.sent_to();
    let page = ada.get(&format!("/members/{id}")).await;
    assert!(page.has("#lock") && page.text("#member-roles").unwrap().contains("Viewer"));
    ada.post(&format!("/members/{id}/lock"), &page, &[]).await.sent_to();
    assert!(mina.signs_in(&world.idp, "mina").await.sent_to().starts_with("/closed/locked?"));
    let page = ada.get(&format!("/members/{id}?done=lock")).await;
    assert!(page.text("#member-state").unwrap().contains("Locked") && page.has("#unlock"));
}

#[tokio::test]
async fn pages_speak_german_to_who_reads_german() {
    let world = World::new().await;
    let mut ada = world.admin().await;
    let page = ada.get("/members?ui_locales=de").await;
    assert!(page.body.contains("<html lang=\"de\"") && page.text("h1").unwrap().contains("Mitglieder"));
    for path in ["/", "/requests", "/roles", "/profile"] {
        let page = ada.get(&format!("{path}?ui_locales=de")).await;
        assert!(page.status == StatusCode::OK && !page.body.contains(">["), "{path}");
    }
}

#[tokio::test]
async fn web_01_what_no_tenant_answers_has_the_headers_too() {
    let world = World::new().await;
    let served = control::all(&mut world.server.control().read().await.unwrap()).await.unwrap().remove(0);
    let (id, base_url) = (uuid::Uuid::from_u128(9), "http://broken.test:8401".to_owned());
    let broken = Served { id, slug: "broken".into(), base_url, blueprint: "no-such".into(), ..served };
    world.server.take_in(broken).unwrap();
    for (host, status, retry) in [("nobody.test", 421, None), ("broken.test:8401", 503, Some("30"))] {
        for path in ["/", "/nothing", "/auth/login?return_to=/"] {
            let Answer { status: given, headers, body, .. } = Browser::new(&world.router, host).get(path).await;
            assert_eq!((given.as_u16(), body.contains("instance")), (status, true), "{host}{path}");
            let csp = headers["content-security-policy"].to_str().unwrap();
            assert!(
                csp.contains("default-src 'none'") && csp.contains("frame-ancestors 'none'"),
                "{host}{path}: {csp}"
            );
            assert!(headers["x-content-type-options"] == "nosniff" && headers["cache-control"] == "no-store", "{host}");
            assert!(!headers["x-request-id"].is_empty() && !headers.contains_key("set-cookie"), "{host}{path}");
            assert_eq!(headers.get("retry-after").map(|it| it.to_str().unwrap()), retry);
        }
    }
    assert_eq!(world.browser().get("/health").await.status, StatusCode::OK, "the others are served");
}
