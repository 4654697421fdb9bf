use super::world::World;
use tenant::members::MemberState;
#[tokio::test]
async fn shoot() {
    let world = World::new().await;
    for (n, s, r) in [
        ("bo", MemberState::Active, "editor"),
        ("lo", MemberState::Locked, "viewer"),
        ("de", MemberState::Deleted, "viewer"),
        ("in", MemberState::Invited, "supplier"),
    ] {
        world.seed("acme", n, s, &[r]).await;
    }
    let ada = world.admin().await;
    let mut mina = world.browser();
    mina.signs_in(&world.idp, "mina").await.sent_to();
    let page = mina.get("/").await;
    mina.post("/message", &page, &[("message", "I am the new assistant of Ada.\nThank you!")]).await;
    let mut rej = world.browser();
    rej.signs_in(&world.idp, "rej").await.sent_to();
    println!("{}", serde_json::json!({"ada": ada.cookies, "mina": mina.cookies, "rej": rej.cookies}));
    std::fs::write(
        "/tmp/shoot.json",
        serde_json::json!({"ada": ada.cookies, "mina": mina.cookies, "rej": rej.cookies}).to_string(),
    )
    .unwrap();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:8401").await.unwrap();
    let router = world.router.clone();
    tokio::spawn(async move { axum::serve(listener, router).await });
    tokio::time::sleep(std::time::Duration::from_secs(100)).await;
}
