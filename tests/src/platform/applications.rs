use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::Method;
use tenant::members::MemberState;

use crate::harness::{Answer, Person, Rp, World};

async fn registered(tove: &mut Person, world: &World, changes: &[(&str, &str)]) {
    let mut entered = vec![
        ("name", "Reading Room"),
        ("redirect_uris", "https://room.example/cb"),
        ("auth_method", "client_secret_basic"),
        ("id_token_alg", "ES256"),
    ];
    entered.retain(|(name, _)| changes.iter().all(|(changed, _)| changed != name));
    entered.extend(changes);
    tove.opens(&world.id.url("/admin/applications/new")).await.submits("register", &entered).await;
}

/// The application, as it works by what the page has told.
async fn rp(world: &World, tove: &Person) -> (Rp, String) {
    let (client_id, secret) = (tove.text_of("client-id"), tove.text_of("client-secret"));
    let base = world.platform_client("template", |_| {}).await;
    let mut rp = base;
    rp.client.client_id = client_id;
    rp.client.redirect_uris = vec!["https://room.example/cb".to_owned()];
    (rp, secret)
}

async fn redeem(rp: &Rp, person: &mut Person, secret: &str) -> Answer {
    let request = rp.request(&[]);
    person.opens(&request.url()).await;
    if person.page.has("allow") {
        person.submits("allow", &[]).await;
    }
    let code = person.page.query("code").unwrap_or_else(|| panic!("{:?}", person.page));
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", &code),
        ("redirect_uri", rp.redirect_uri()),
        ("code_verifier", &request.verifier),
    ];
    let basic = format!("Basic {}", STANDARD.encode(format!("{}:{secret}", rp.client.client_id)));
    rp.call(Method::POST, "/token", &[("authorization", &basic)], Some(&fields)).await
}

#[tokio::test]
async fn id_02_an_application_registered_on_the_page_signs_people_in_by_what_the_page_tells() {
    let world = World::new().await;
    let mut tove = world.platform_admin("tove").await;
    registered(&mut tove, &world, &[]).await;
    tove.answers(200).sees("The secret is shown once").sees("Reading Room is registered");
    let (rp, secret) = rp(&world, &tove).await;
    let mut alice = world.account("alice").await;
    alice.signs_in(&world).await;
    assert_eq!(redeem(&rp, &mut alice, &secret).await.status, 200);
    redeem(&rp, &mut alice, "another secret").await.is_error(401, "invalid_client");
    tove.opens(&world.id.url("/admin/applications?q=reading")).await.follows("Reading Room").await;
    tove.sees("https://room.example/cb").page.sees_not(&secret);
    assert_eq!(world.audited("application.registered").await, 1);
    // A new secret: the old one is nothing from now on.
    let page = tove.submits("rotate", &[]).await.text_of("client-secret");
    assert_ne!(page, secret);
    redeem(&rp, &mut alice, &secret).await.is_error(401, "invalid_client");
    assert_eq!(redeem(&rp, &mut alice, &page).await.status, 200);
    assert_eq!(world.audited("application.secret_rotated").await, 1);
    let details = world.identity_texts("SELECT detail FROM audit_entry").await;
    assert!(!details.iter().any(|detail| detail.contains(&secret) || detail.contains(&page)), "WEB-26");
}

#[tokio::test]
async fn in_04_a_disabled_application_gets_nothing_and_what_it_had_opens_nothing() {
    let world = World::new().await;
    let mut tove = world.platform_admin("tove").await;
    registered(&mut tove, &world, &[]).await;
    let (rp, secret) = rp(&world, &tove).await;
    let mut alice = world.account("alice").await;
    alice.signs_in(&world).await;
    let tokens = redeem(&rp, &mut alice, &secret).await.json();
    let request = rp.request(&[]);
    let code = rp.code(&mut alice, &request).await;
    tove.clicks("secret-done").await.submits("disable", &[]).await.sees("Nobody can sign in to it now");
    assert_eq!(rp.userinfo(tokens["access_token"].as_str().unwrap()).await.status, 401);
    let basic = format!("Basic {}", STANDARD.encode(format!("{}:{secret}", rp.client.client_id)));
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", &*code),
        ("redirect_uri", rp.redirect_uri()),
        ("code_verifier", &request.verifier),
    ];
    let answer = rp.call(Method::POST, "/token", &[("authorization", &basic)], Some(&fields)).await;
    answer.is_error(401, "invalid_client");
    alice.opens(&rp.request(&[]).url()).await.answers(400);
    tove.submits("enable", &[]).await.sees("People can sign in to it again");
    assert_eq!(redeem(&rp, &mut alice, &secret).await.status, 200);
    assert_eq!((world.audited("application.disabled").await, world.audited("application.enabled").await), (1, 1));
}

#[tokio::test]
async fn a_tenants_application_lets_its_members_in_and_nobody_else() {
    let world = World::new().await;
    let mut tove = world.platform_admin("tove").await;
    tove.opens(&world.id.url("/admin/tenants/acme")).await.clicks("new-application").await;
    assert_eq!(tove.attribute("tenant", "value"), "acme");
    registered(&mut tove, &world, &[("tenant", "acme")]).await;
    let (rp, secret) = rp(&world, &tove).await;
    let mut alice = world.member("alice", &world.acme, MemberState::Active, &["viewer"]).await;
    alice.signs_in(&world).await;
    assert_eq!(redeem(&rp, &mut alice, &secret).await.status, 200);
    let mut eve = world.account("eve").await;
    eve.signs_in(&world).await;
    eve.opens(&rp.request(&[]).url()).await.is("/not-a-member");
    tove.opens(&world.id.url("/admin/tenants/acme")).await.sees("Reading Room");
}

#[tokio::test]
async fn oa_05_an_address_that_may_not_be_registered_is_refused_with_its_reason() {
    let world = World::new().await;
    let mut tove = world.platform_admin("tove").await;
    for (field, bad, says) in [
        ("redirect_uris", "https://room.example/cb#x", "may not have a fragment"),
        ("redirect_uris", "http://room.example/cb", "must use https"),
        ("redirect_uris", "javascript:alert(1)", "must use https"),
        ("redirect_uris", "https://good.example@evil.example/cb", "user name or password"),
        ("redirect_uris", "https://room.example/a/../b", "dot segments"),
        ("redirect_uris", " ", "one to twenty"),
        ("post_logout_uris", "room.example", "must be absolute"),
        ("backchannel_uri", "ftp://room.example", "must use https"),
        ("tenant", "nowhere", "no tenant with this short name"),
        ("jwks", "{", "A JSON Web Key Set"),
        ("name", " ", "1 to 80 characters"),
    ] {
        registered(&mut tove, &world, &[(field, bad)]).await;
        tove.answers(422).sees(says);
    }
    registered(&mut tove, &world, &[("auth_method", "private_key_jwt")]).await;
    tove.answers(422).sees("A JSON Web Key Set");
    assert_eq!(world.audited("application.registered").await, 0);
}
