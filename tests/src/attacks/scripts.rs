use tenant::members::MemberState;

use crate::harness::World;

const SCRIPT: &str = "<script>alert(1)</script>";
const IMAGE: &str = "\"><img src=x onerror=alert(1)>";

#[tokio::test]
async fn web_16_names_are_text_on_every_page_and_in_every_mail() {
    let world = World::new().await;
    let mut admin = world.admin_of(&world.acme).await;
    let mut alice = world.stranger("alice");
    (alice.given_name, alice.family_name) = (SCRIPT.to_owned(), IMAGE.to_owned());
    alice.asks_for_sign_up(&world.acme).await;
    alice.opens(&world.mailed_link(&alice.email).await).await.completes_sign_up().await.is("/join");
    let mut pages = vec![alice.page.clone()];
    alice.submits("allow", &[]).await.submits("send-message", &[("message", SCRIPT)]).await;
    alice.opens(&world.acme).await;
    pages.push(alice.page.clone());
    for url in [
        world.acme.url("/profile"),
        world.id.url("/account"),
        world.id.url("/account/instances"),
        world.inkwell.url("/login"),
    ] {
        alice.opens(&url).await.answers(200);
        pages.push(alice.page.clone());
    }
    alice.submits("allow", &[]).await.is("/");
    pages.push(alice.page.clone());
    let rp = world.platform_client("chooser", |client| client.name = SCRIPT.to_owned()).await;
    alice.opens(&rp.request(&[("prompt", Some("select_account"))]).url()).await.is("/login/accounts");
    pages.push(alice.page.clone());
    alice.opens(&rp.request(&[]).url()).await.is("/consent");
    pages.push(alice.page.clone());

    let name = alice.name();
    for path in ["/requests", "/members", "/"] {
        admin.opens(&world.acme.url(path)).await.answers(200);
        pages.push(admin.page.clone());
    }
    let folded = name.split_whitespace().collect::<Vec<_>>().join(" ");
    admin.reviews(&world.acme, &folded).await.sees(SCRIPT);
    pages.push(admin.page.clone());
    admin.submits("reject", &[("reason", IMAGE)]).await;
    pages.push(admin.page.clone());
    admin.opens(&world.acme.url("/members")).await.follows(&folded).await;
    pages.push(admin.page.clone());
    alice.enters(&world.acme).await.sees(IMAGE);
    pages.push(alice.page.clone());

    let named = pages.iter().filter(|page| page.text().contains("alert(1)")).count();
    assert!(named >= 12, "the control: the name is shown, on {named} pages");
    for page in pages {
        assert!(!page.body.contains(SCRIPT) && !page.body.contains("<img"), "{page:?}");
        assert_eq!(page.find("script:not([src])", |_| ()), None, "{page:?}");
        assert_eq!(page.find("img[onerror]", |_| ()), None, "{page:?}");
    }
    world.settle().await;
    let mails = world.mail.sent();
    assert!(mails.iter().any(|mail| mail.letter.paragraphs.iter().any(|text| text.contains("alert(1)"))));
    for mail in mails {
        let raw = String::from_utf8_lossy(&mail.raw).replace("=\r\n", "").replace("=3D", "=");
        let html = raw.split("text/html").nth(1).unwrap();
        assert!(!html.contains("<script") && !html.contains("<img src=3Dx") && !html.contains("<img src=x"), "{raw}");
    }
}

#[tokio::test]
async fn web_14_a_name_adds_no_header_to_a_mail() {
    let world = World::new().await;
    let admin = world.admin_of(&world.acme).await;
    let mut alice = world.account("alice").await;
    let store = &world.identity.identity().store;
    let name = "Alice\r\nBcc: eve@evil.test\r\n\r\nx";
    let renamed = store.write::<_, _, store::StoreError, _>(name, |tx, name| {
        Box::pin(tx.execute("UPDATE account SET given_name = $1", store::params![name]))
    });
    renamed.await.unwrap();
    alice.enters(&world.acme).await.submits("allow", &[]).await;
    for mail in world.mails_to(&admin.email).await {
        let raw = String::from_utf8_lossy(&mail.raw).into_owned();
        let head = raw.split("\r\n\r\n").next().unwrap();
        assert!(!head.lines().any(|line| line.to_ascii_lowercase().starts_with("bcc")), "{head}");
        assert_eq!(mail.envelope.to().len(), 1);
    }
    assert!(world.mail.sent().iter().all(|mail| !mail.envelope.to().iter().any(|to| to.to_string().contains("evil"))));
}

#[tokio::test]
async fn web_16_what_stands_in_an_address_is_text_on_the_page() {
    let world = World::new().await;
    let mut alice = world.member("alice", &world.acme, MemberState::Active, &["viewer"]).await;
    alice.enters(&world.acme).await;
    let script = url::form_urlencoded::byte_serialize(SCRIPT.as_bytes()).collect::<String>();
    let rp = world.platform_client("app", |_| {}).await;
    for url in [
        world.id.url(&format!("/authorize?client_id={script}")),
        rp.request(&[("redirect_uri", Some(SCRIPT))]).url(),
        rp.request(&[("login_hint", Some(IMAGE)), ("prompt", Some("login"))]).url(),
        world.id.url(&format!("/signup/welcome?tenant={script}")),
        world.id.url(&format!("/logout?state={script}&client_id={script}")),
        world.id.url(&format!("/signup/confirm?token={script}")),
        world.id.url(&format!("/{script}")),
        world.acme.url(&format!("/?done={script}")),
        world.acme.url(&format!("/auth/callback?error={script}&state=x&iss=x")),
        world.acme.url(&format!("/members?after={script}")),
        world.acme.url(&format!("/closed/{script}")),
        world.lightbox.url(&format!("/callback?error={script}&error_description={script}&state=x")),
        world.inkwell.url(&format!("/login?tenant={script}")),
    ] {
        alice.opens(&url).await;
        assert!(!alice.body.contains(SCRIPT) && !alice.body.contains("<img"), "{url}");
    }
    let mut eve = world.browser();
    eve.opens(&world.acme).await.submits("next", &[("username", IMAGE)]).await.answers(422);
    assert!(!eve.body.contains("<img") && eve.attribute("username", "value") == IMAGE);
}
