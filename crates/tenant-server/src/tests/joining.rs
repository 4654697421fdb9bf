use std::time::Duration;

use axum::http::StatusCode;
use tenant::members::MemberState;

use super::browser::Answer;
use super::world::World;

fn request_link(inbox: &Answer) -> String {
    let start = inbox.body.find("/requests/0").expect("a request in the inbox");
    inbox.body[start..].split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn pp_02_a_stranger_waits_is_approved_and_is_in() {
    let world = World::new().await;
    let mut ada = world.admin().await;
    let mut mina = world.browser();
    assert_eq!(mina.signs_in(&world.idp, "mina").await.sent_to(), "/");
    let page = mina.get("/").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text("#request-standing").unwrap().contains("To review"), "{}", page.body);
    assert!(page.has("#manage-account") && page.has("#sign-out"));
    let saved = mina.post("/message", &page, &[("message", "I know <b>Ada</b>.")]).await;
    assert_eq!(saved.sent_to(), "/?done=message");
    assert_eq!(mina.get("/requests").await.status, StatusCode::FORBIDDEN);
    assert_eq!(mina.get("/profile").await.status, StatusCode::OK);

    let delivered = world.server.deliver_all().await.unwrap();
    assert_eq!((delivered.notices, delivered.snapshots), (1, 2));
    let mail = &world.mails.sent_to("ada@people.example")[0].letter;
    assert!(
        mail.subject.contains("mina Test") && mail.action.as_ref().unwrap().url.ends_with("acme.test:8401/requests")
    );

    let inbox = ada.get("/requests").await;
    let link = request_link(&inbox);
    let request = ada.get(&link).await;
    assert_eq!(request.text("#request-message").unwrap(), "I know <b>Ada</b>.", "WEB-16: shown as text");
    let nothing = ada.post(&format!("{link}/approve"), &request, &[("role", "")]).await;
    assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(nothing.has("#role-error"));
    let approved = ada.post(&format!("{link}/approve"), &request, &[("role", "editor")]).await;
    assert_eq!(approved.sent_to(), "/requests?done=approved");
    assert!(ada.get("/requests?done=approved").await.text("[role=status]").unwrap().contains("Approved"));

    world.server.deliver_all().await.unwrap();
    assert!(world.mails.sent_to("mina@people.example")[0].letter.subject.contains("You are in"));
    let snapshot = world.idp.tell(|told| told.members.last().cloned().unwrap());
    assert_eq!((&snapshot["state"], &snapshot["roles"]), (&"active".into(), &serde_json::json!(["editor"])));
    assert_eq!(mina.get("/").await.sent_to(), "/auth/login?return_to=%2F", "the session of before is void");
    mina.signs_in(&world.idp, "mina").await.sent_to();
    let home = mina.get("/").await;
    assert!(home.text("#own-roles").unwrap().contains("Editor") && home.has("#own-rights"));

    let late = ada.post(&format!("{link}/reject"), &request, &[("reason", "no")]).await;
    assert_eq!(late.status, StatusCode::CONFLICT, "decided already");
    let detail = ada.get(&link).await;
    let detail = ada.get(detail.sent_to()).await;
    let timeline = detail.text("#timeline").unwrap();
    assert!(timeline.contains("Approved") && timeline.contains("ada Test"), "{timeline}");
}

#[tokio::test]
async fn pp_20_a_rejection_is_read_and_a_new_request_is_possible_later() {
    let world = World::new().await;
    let mut ada = world.admin().await;
    let mut mina = world.browser();
    mina.signs_in(&world.idp, "mina").await.sent_to();
    let link = request_link(&ada.get("/requests").await);
    let request = ada.get(&link).await;
    let empty = ada.post(&format!("{link}/reject"), &request, &[("reason", "  ")]).await;
    assert!(empty.status == StatusCode::UNPROCESSABLE_ENTITY && empty.has("#reason-error"));
    ada.post(&format!("{link}/reject"), &request, &[("reason", "Ask your studio.")]).await.sent_to();

    mina.signs_in(&world.idp, "mina").await.sent_to();
    let page = mina.get("/").await;
    assert_eq!(page.text("#rejection-reason").unwrap(), "Ask your studio.");
    assert!(page.has("#ask-again-from") && !page.has("#ask-again"));
    let early = mina.post("/ask-again", &page, &[]).await;
    assert_eq!(early.status, StatusCode::CONFLICT);

    world.clock.advance(Duration::from_hours(7 * 24));
    mina.signs_in(&world.idp, "mina").await.sent_to();
    let page = mina.get("/").await;
    assert!(page.has("#ask-again"), "{}", page.body);
    assert_eq!(mina.post("/ask-again", &page, &[]).await.sent_to(), "/?done=asked");
    let page = mina.get("/?done=asked").await;
    assert!(page.text("#request-standing").unwrap().contains("To review"), "and is signed in still");
}

#[tokio::test]
async fn closed_doors_say_why() {
    let world = World::new().await;
    for (name, state, path) in [
        ("lo", MemberState::Locked, "/closed/locked"),
        ("su", MemberState::Suspended, "/closed/suspended"),
        ("de", MemberState::Deleted, "/closed/deleted"),
    ] {
        world.seed("acme", name, state, &["administrator"]).await;
        let mut browser = world.browser();
        let to = browser.signs_in(&world.idp, name).await.sent_to().to_owned();
        let (door, reference) = to.split_once("?reference=").unwrap();
        assert_eq!(door, path);
        let page = browser.get(&to).await;
        assert!(page.status == StatusCode::FORBIDDEN && page.has("#closed-why"), "{}", page.body);
        assert!(page.body.contains(reference), "the reference id of the request that was refused");
        browser.get("/members").await.sent_to();
    }
}
