//! The sessions that a provider has proved: one in a browser, which ends with what it rests on.

use evil_provider::Person as Upstream;

use crate::harness::{World, encode};

#[tokio::test]
async fn oa_19_a_logout_that_names_a_person_and_a_session_ends_that_session_alone() {
    let world = World::new().await;
    world.platform_provider("contoso", &world.contoso, &["people.example"]).await;
    let mut at = Vec::new();
    for sid in ["desk", "phone"] {
        let mut mina = world.browser();
        let who = Upstream::named("mina").in_session(sid);
        mina.opens(&world.id.url("/account")).await.comes_by("contoso", &world.contoso, who).await.is("/account");
        at.push(mina);
    }
    for (sid, reached) in [("watch", ["/account", "/account"]), ("desk", ["/login", "/account"])] {
        let token = world.contoso.logout_token("latchkey", "subject-of-mina", |claims| {
            claims.insert("sid".to_owned(), sid.into());
        });
        let request = world.net.http.post(world.id.url("/upstream/contoso/backchannel-logout"));
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        let answer = request.body(encode([("logout_token", token.as_str())])).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{sid}");
        for (person, path) in at.iter_mut().zip(reached) {
            person.opens(&world.id.url("/account")).await.is(path);
        }
    }
}

#[tokio::test]
async fn id_01_who_comes_by_a_provider_again_goes_on_in_their_own_session_of_this_browser() {
    let world = World::new().await;
    world.platform_provider("contoso", &world.contoso, &["people.example"]).await;
    let rp = world.platform_client("app", |_| {}).await;
    let mut browser = world.browser();
    browser.opens(&world.id.url("/account")).await;
    browser.comes_by("contoso", &world.contoso, Upstream::named("mina")).await.is("/account");
    for (who, sessions) in [("nils", 2), ("mina", 2), ("nils", 2), ("olga", 3)] {
        let another = rp.request(&[("prompt", Some("select_account"))]).url();
        browser.opens(&another).await.clicks("use-another").await;
        browser.comes_by("contoso", &world.contoso, Upstream::named(who)).await;
        // It is that session, and no new one in its place: what it has opened goes on.
        assert_eq!(world.identity_count("SELECT COUNT(*) FROM session").await, sessions, "{who}");
    }
}
