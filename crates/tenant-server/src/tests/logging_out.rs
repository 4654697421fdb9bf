use axum::http::StatusCode;
use serde_json::{Value, json};
use url::Url;

use super::browser::{Answer, Browser};
use super::idp::Lie;
use super::world::World;

async fn signed_in(world: &World, person: &str) -> Browser {
    let mut browser = world.browser();
    browser.signs_in(&world.idp, person).await.sent_to();
    browser
}

#[tokio::test]
async fn signing_out_here_asks_next_time_and_everywhere_is_offered() {
    let world = World::new().await;
    let mut mina = signed_in(&world, "mina").await;
    let page = mina.get("/").await;
    assert_eq!(mina.post("/logout", &page, &[]).await.sent_to(), "/signed-out");
    let page = mina.get("/signed-out").await;
    assert!(page.text("#signed-out-where").unwrap().contains("still signed in at Latchkey"));
    mina.get("/").await.sent_to();
    assert_eq!(mina.goes_to_sign_in("/").await["prompt"], "select_account");

    let away = mina.post("/logout/everywhere", &page, &[]).await;
    assert_eq!(away.status, StatusCode::OK, "a page that continues, since the POST leaves this origin");
    let link = away.body.split("id=\"continue\" href=\"").nth(1).unwrap().split('"').next().unwrap();
    let link = Url::parse(&link.replace("&#38;", "&").replace("&amp;", "&")).unwrap();
    assert_eq!(link.path(), "/logout");
    let query: std::collections::HashMap<_, _> = link.query_pairs().into_owned().collect();
    assert_eq!(query["post_logout_redirect_uri"], "http://acme.test:8401/signed-out");
    assert_eq!(query["id_token_hint"].split('.').count(), 3);
    let back = mina.get(&format!("/signed-out?state={}", query["state"])).await;
    assert!(!back.has("#sign-out-everywhere"));

    let request = mina.goes_to_sign_in("/").await;
    let code = world.idp.code("mina", &request);
    mina.comes_back(&world.idp, &code, &request["state"]).await.sent_to();
    assert!(!mina.goes_to_sign_in("/").await.contains_key("prompt"), "asked once");
}

fn claims(world: &World, jti: &str) -> Value {
    let now = world.ambient.now().as_seconds();
    json!({
        "iss": world.idp.issuer(), "aud": "tenant-acme", "iat": now, "exp": now + 120, "jti": jti,
        "sub": "subject-of-mina", "sid": "sid-of-mina",
        "events": { "http://schemas.openid.net/event/backchannel-logout": {} },
    })
}

async fn post(world: &World, token: &str) -> Answer {
    world.browser().post_raw("/backchannel-logout", &[("logout_token", token)]).await
}

#[tokio::test]
async fn oa_19_forged_logout_tokens_end_nothing() {
    let world = World::new().await;
    let mut mina = signed_in(&world, "mina").await;
    let forged: [(&str, Lie); 8] = [
        ("iss", |it| it["iss"] = "https://evil.test".into()),
        ("aud", |it| it["aud"] = "tenant-nordlys".into()),
        ("exp", |it| it["exp"] = (it["iat"].as_i64().unwrap() - 60).into()),
        ("iat", |it| drop(it.as_object_mut().unwrap().remove("iat"))),
        ("jti", |it| drop(it.as_object_mut().unwrap().remove("jti"))),
        ("events", |it| it["events"] = json!({ "http://schemas.openid.net/event/other": {} })),
        ("nonce", |it| it["nonce"] = "n".into()),
        ("nobody", |it| drop((it.as_object_mut().unwrap().remove("sub"), it.as_object_mut().unwrap().remove("sid")))),
    ];
    for (what, change) in forged {
        let mut claims = claims(&world, what);
        change(&mut claims);
        let answer = post(&world, &world.idp.sign("logout+jwt", &claims)).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{what}");
        let error: Value = serde_json::from_str(&answer.body).unwrap();
        assert_eq!(
            (&error["error"], &answer.headers["cache-control"]),
            (&json!("invalid_request"), &"no-store".parse().unwrap())
        );
    }
    let good = world.idp.sign("logout+jwt", &claims(&world, "good"));
    let id_token = world.idp.sign("JWT", &claims(&world, "typ"));
    let stranger = jose::SigningKey::generate(jose::Algorithm::ES256, &world.ambient).unwrap();
    let foreign = stranger.sign("logout+jwt", &claims(&world, "key")).unwrap();
    for (what, token) in [
        ("typ", id_token.as_str()),
        ("key", &foreign),
        ("none", "e30.e30."),
        ("", ""),
        ("cut", &good[..good.len() - 2]),
    ] {
        assert_eq!(post(&world, token).await.status, StatusCode::BAD_REQUEST, "{what}");
    }
    assert_eq!(world.browser().post_raw("/backchannel-logout", &[]).await.status, StatusCode::BAD_REQUEST);
    assert_eq!(mina.get("/").await.status, StatusCode::OK, "she is signed in still");

    assert_eq!(post(&world, &good).await.status, StatusCode::OK);
    mina.get("/").await.sent_to();
    assert_eq!(post(&world, &good).await.status, StatusCode::BAD_REQUEST, "once");
}
