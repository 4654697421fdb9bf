//! The sessions that a provider has proved: one in a browser, and all of them end with what they rest on.

use evil_provider::Person as Upstream;
use store::{StoreError, params};

use crate::harness::{World, encode};

const OPEN: &str = "SELECT COUNT(*) FROM session WHERE ended_at IS NULL";

/// As if the one session that there is, with its proof, were so many more.
async fn repeats(world: &World, times: usize) {
    let ids: Vec<_> = (0..times).map(|_| (world.ambient.row_id(), world.ambient.row_id())).collect();
    let made = world.identity.identity().store.write::<_, _, StoreError, _>(ids, |tx, ids| {
        Box::pin(async move {
            let session = "INSERT INTO session (id, account_id, epoch, user_agent, created_at, expires_at)
                           SELECT $1, account_id, epoch, user_agent, created_at, expires_at FROM session LIMIT 1";
            let proof = "INSERT INTO authentication (id, session_id, method, provider, at, identity_id)
                         SELECT $1, $2, method, provider, at, identity_id FROM authentication LIMIT 1";
            for (id, proof_id) in ids {
                tx.execute(session, params![id]).await?;
                tx.execute(proof, params![proof_id, id]).await?;
            }
            Ok(())
        })
    });
    made.await.unwrap();
}

#[tokio::test]
async fn lk_13_with_a_provider_all_its_sessions_end_also_where_one_transaction_does_not_end_them() {
    let world = World::new().await;
    world.platform_provider("contoso", &world.contoso, &["people.example"]).await;
    world.platform_provider("works", &world.evil, &["works.example"]).await;
    let mut mina = world.browser();
    mina.opens(&world.id.url("/account")).await;
    mina.comes_by("contoso", &world.contoso, Upstream::named("mina")).await.is("/account");
    repeats(&world, 450).await;
    let mut olga = world.browser();
    let by_another = Upstream::named("olga").with_email("olga@works.example", true);
    olga.opens(&world.id.url("/account")).await.comes_by("works", &world.evil, by_another).await.is("/account");
    assert_eq!(world.identity_count(OPEN).await, 452);
    world.enables("contoso", false).await;
    assert_eq!(world.identity_count(OPEN).await, 1);
    // The control: another provider's goes on.
    olga.opens(&world.id.url("/account")).await.is("/account");
}

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
